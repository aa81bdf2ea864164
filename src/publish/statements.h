#pragma once
#include <string>
#include <string_view>

#include "publish/release.h"
#include "publish/vex.h"

namespace assay {

// What is said of a release beside its index, each in one form only: the same content has the same
// bytes.

// How a wheel came to be: an in-toto Statement (v1) with a SLSA Provenance (v1) predicate. Subject:
// the wheel. Dependencies: its source distribution and what it was built with, by digest.
std::string provenance_statement(const ReleaseContent& content, const ReleasedWheel& wheel);

// That this manifest, and so each file it names, is a release of the set: an in-toto Statement (v1)
// with a Release (v0.1) predicate.
std::string release_statement(const std::string& set_name, std::string_view manifest);

// The bill of materials of the whole release: CycloneDX 1.6. Components are packages, with their
// wheels' hashes, licences as their metadata states them, and their dependencies in the set.
std::string bill_of_materials(const ReleaseContent& content);

}  // namespace assay
