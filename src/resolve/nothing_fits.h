#pragma once
#include <string>

#include "package/requirement.h"
#include "resolve/project.h"

namespace assay {

// Of bounded length, whatever a package wrote.
std::string words_of(const Requirement& requirement);

// Why a requirement lets no candidate of its project through.
std::string nothing_fits(const Project& project, const Requirement& requirement);

}  // namespace assay
