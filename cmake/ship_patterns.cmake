# Gives programs the gates' patterns as Hyperscan compiles them, which takes a second that every examination
# would begin with. They fit processors that can do all that this one can; on others, and where a program is
# built for another system, patterns are compiled when they are needed (examine/kept_patterns.h).
#
# A program gets them as a source of its own, not by a library: the program that compiles them is made of the
# same libraries.
function(assay_compile_patterns)
  if(CMAKE_CROSSCOMPILING)
    return()
  endif()
  add_executable(assay_compile_patterns ${CMAKE_SOURCE_DIR}/cmake/compile_patterns.cc)
  target_link_libraries(assay_compile_patterns PRIVATE assay_examine assay_io)
  set(patterns ${CMAKE_BINARY_DIR}/embedded/patterns)
  add_custom_command(OUTPUT ${patterns} COMMAND assay_compile_patterns ${patterns}
    DEPENDS assay_compile_patterns VERBATIM)
  # A target of its own: as a part of the programs it would wait for all that they are made of.
  add_custom_target(assay_patterns DEPENDS ${patterns})
  set(generated ${CMAKE_BINARY_DIR}/embedded/shipped_patterns.cc)
  file(CONFIGURE OUTPUT ${generated} @ONLY NEWLINE_STYLE UNIX CONTENT
"#include \"examine/shipped_patterns.h\"

asm(R\"(
  .pushsection .rodata
  .balign 64
assay_patterns_begin:
  .incbin \"@patterns@\"
assay_patterns_end:
  .globl assay_patterns_begin, assay_patterns_end
  .popsection)\");
extern const char assay_patterns_begin[];
extern const char assay_patterns_end[];

std::string_view assay::shipped_patterns() { return {assay_patterns_begin, assay_patterns_end}; }
")
  # Names that only an assembler sees are none that link-time optimization knows.
  set_source_files_properties(${generated} PROPERTIES OBJECT_DEPENDS ${patterns} COMPILE_OPTIONS -fno-lto)
endfunction()

function(assay_ship_patterns program)
  if(TARGET assay_compile_patterns AND TARGET ${program})
    target_sources(${program} PRIVATE ${CMAKE_BINARY_DIR}/embedded/shipped_patterns.cc)
  endif()
endfunction()
