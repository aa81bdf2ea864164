#pragma once
#include <filesystem>
#include <string>

#include "base/result.h"
#include "package/metadata.h"
#include "package/name.h"
#include "package/version.h"

namespace assay {

// Core metadata out of a source distribution, as text, without running its code: PKG-INFO where it
// is binding (metadata 2.2 and later with no dynamic dependencies, PEP 643), else what
// pyproject.toml states statically (PEP 621). invalid_input if neither says it.
Result<std::string> source_metadata(const std::filesystem::path& archive, const Name& name,
                                    const Version& version);

// The same of a project's own pyproject.toml, whose version may be dynamic: "0" stands for it.
Result<Metadata> project_metadata(const std::string& pyproject);

}  // namespace assay
