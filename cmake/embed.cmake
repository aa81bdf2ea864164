# Makes the rules of a module's gates part of the program, so that it needs no data files: every
# src/<module>/gates/<gate>/rules/*.toml becomes an entry of embedded_rules(), which
# src/<module>/embedded_rules.h declares. A rule that is changed, added or removed configures anew.
function(assay_embed_rules module)
  set(root ${CMAKE_SOURCE_DIR}/src/${module}/gates)
  file(GLOB rules RELATIVE ${root} CONFIGURE_DEPENDS ${root}/*/rules/*.toml)
  set(entries "")
  foreach(rule IN LISTS rules)
    file(READ ${root}/${rule} text)
    string(APPEND entries "    {\"${rule}\", R\"assay_rule(${text})assay_rule\"},\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${root}/${rule})
  endforeach()
  set(generated ${CMAKE_BINARY_DIR}/embedded/${module}_rules.cc)
  file(CONFIGURE OUTPUT ${generated} @ONLY NEWLINE_STYLE UNIX CONTENT
"#include \"@module@/embedded_rules.h\"

namespace assay {

std::span<const EmbeddedRule> embedded_rules() {
  static constexpr EmbeddedRule rules[] = {
@entries@  };
  return rules;
}

}  // namespace assay
")
  target_sources(assay_${module} PRIVATE ${generated})
endfunction()
