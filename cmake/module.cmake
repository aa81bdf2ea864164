# One module = one folder under src/ = one static library. Its headers are visible only to the
# modules that name it in DEPENDS, so a forbidden #include does not compile. Its *_test.cc files,
# side by side with what they test, become one test program, assay_<module>_test; TEST_DEPENDS are
# modules that only the tests see. Each *_fuzz.cc is a libFuzzer program of its own (preset fuzz).
function(assay_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "DEPENDS;LINKS;TEST_DEPENDS;TEST_LINKS")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS src/${name}/*.cc src/${name}/*.h)
  file(GLOB_RECURSE tests CONFIGURE_DEPENDS src/${name}/*_test.cc)
  file(GLOB_RECURSE fuzzers CONFIGURE_DEPENDS src/${name}/*_fuzz.cc)
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz)\\.cc$")
  set(view ${CMAKE_BINARY_DIR}/include/${name})
  file(MAKE_DIRECTORY ${view})
  file(CREATE_LINK ${CMAKE_SOURCE_DIR}/src/${name} ${view}/${name} SYMBOLIC)
  add_library(assay_${name} STATIC ${sources})
  set_target_properties(assay_${name} PROPERTIES LINKER_LANGUAGE CXX)
  target_include_directories(assay_${name} PUBLIC ${view})
  list(TRANSFORM arg_DEPENDS PREPEND assay_)
  list(TRANSFORM arg_TEST_DEPENDS PREPEND assay_)
  target_link_libraries(assay_${name} PUBLIC ${arg_DEPENDS} PRIVATE ${arg_LINKS} Threads::Threads)
  if(tests AND ASSAY_TESTS)
    add_executable(assay_${name}_test ${tests})
    target_include_directories(assay_${name}_test PRIVATE ${CMAKE_SOURCE_DIR}/tests/support)
    target_compile_definitions(assay_${name}_test PRIVATE
      ASSAY_GOLDEN_DIR="${CMAKE_SOURCE_DIR}/src/${name}"
      ASSAY_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    target_link_libraries(assay_${name}_test PRIVATE
      assay_${name} ${arg_TEST_DEPENDS} ${arg_LINKS} ${arg_TEST_LINKS} GTest::gmock_main)
    gtest_discover_tests(assay_${name}_test PROPERTIES LABELS unit DISCOVERY_TIMEOUT 60)
  endif()
  if(ASSAY_FUZZ)
    foreach(fuzzer ${fuzzers})
      get_filename_component(program ${fuzzer} NAME_WE)
      add_executable(${program} ${fuzzer})
      target_link_libraries(${program} PRIVATE assay_${name} ${arg_LINKS})
      target_link_options(${program} PRIVATE -fsanitize=fuzzer)
    endforeach()
  endif()
endfunction()
