#pragma once
#include <string>

#include "evidence/advisory.h"
#include "package/name.h"

namespace assay {

// Which versions of the project a record calls affected: ">=1.26.0,<1.26.5 or <1.25.9", "1.0, 1.1" where
// it lists them only, of many how many there are. "" if it names none.
std::string affected_words(const Advisory& advisory, const Name& name);

}  // namespace assay
