#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "package/index_file.h"
#include "package/requirement.h"
#include "resolve/resolver.h"

namespace assay {

// Who asks for a package, and how.
struct Asker {
  std::string who;  // "the set", "flask 3.1.3"
  Requirement requirement;
};

// A version that was not taken, and why, in a phrase.
struct NotTaken {
  Version version;
  std::string reason;
};

// The reason where nothing but the solver's answer stands against a version.
inline constexpr std::string_view does_not_agree = "does not agree with the rest of the set";

// Every version of the index that is newer than the chosen one, newest first, with what stood
// against it: no file of the kind that is needed, another Python, uploaded too late, left out by
// the request, yanked, a pre-release, or an asker whose requirement does not admit it.
std::vector<NotTaken> newer_not_taken(const Name& name, const Version& chosen,
                                      FileList files,
                                      const ResolutionRequest& request,
                                      const std::vector<Asker>& askers);

}  // namespace assay
