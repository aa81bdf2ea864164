#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace assay {

// Symbolic links of an archive or a tree: path and target.
using Links = std::map<std::string, std::string, std::less<>>;

// The first link that leads out of the root, also by way of other links ("a/up" -> ".." and
// "a/out" -> "up/../x"); nothing if all stay inside. Links in a circle lead nowhere, so they stay.
// A set of links that takes too long to follow counts as leading out.
std::optional<std::string> link_that_leaves(const Links& links);

}  // namespace assay
