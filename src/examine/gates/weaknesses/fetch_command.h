#pragma once
#include "examine/checked_gate.h"

namespace assay {

// The check "fetch-command": curl, wget, git clone, pip install and the like in scripts, makefiles and
// files of build systems, whose name a hit ends with. What is piped into a shell runs whatever comes;
// what is checked by a hash on the next lines weighs little. The rule's lists tell which files run
// when a package is built (`build-files`) and which never do (`other-files`).
void check_fetch_command(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                         std::vector<Finding>& findings);

}  // namespace assay
