#pragma once
#include <string>

#include "action/action.h"
#include "base/result.h"

namespace assay {

// The upstream index, as the command line says, else as the set says, else as pip is configured (PIP_INDEX_URL, pip.conf), else
// pip's own default, asked of the installed pip. `how` says which, for the run's first lines.
struct IndexLocation {
  std::string url;  // without a trailing slash
  std::string how;  // "as --index says", "as the set says", "PIP_INDEX_URL", "pip's default"
};

// Both are "" where none is named there. What pip answered is kept as an action, under what its
// answer depends on: it takes pip longer to start than a whole run without changes may last.
Result<IndexLocation> find_index(const std::string& from_option, const std::string& from_set,
                                 ActionRunner& actions);

}  // namespace assay
