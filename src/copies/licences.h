#pragma once
#include <string>
#include <string_view>

#include "package/metadata.h"

namespace assay {

// What metadata states of a project's licence: an SPDX expression, else a classifier's words, else
// the first line of its free text, cut at 100 bytes; "" if nothing.
std::string stated_licence(const Metadata& metadata);

// What it means that code under one licence, as stated, is in a package under another, in a few
// words for a person. It is no legal judgement: what is not stated or not known is said to be so.
std::string compare_licences(std::string_view of_copy, std::string_view of_package);

}  // namespace assay
