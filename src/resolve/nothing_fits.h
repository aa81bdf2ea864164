#pragma once
#include <string>
#include <string_view>

#include "package/requirement.h"
#include "resolve/project.h"

namespace assay {

// Of bounded length, whatever a package wrote.
std::string words_of(const Requirement& requirement);

// What stands against a version, to be quoted within another sentence: that of an advisory tells its whole
// story, which explain_selection() and the verdict keep.
std::string brief_reason(std::string_view reason);

// Why a requirement lets no candidate of its project through.
std::string nothing_fits(const Project& project, const Requirement& requirement);

}  // namespace assay
