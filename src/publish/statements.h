#pragma once
#include <string>
#include <string_view>

#include "publish/release.h"

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

// What is known of vulnerabilities in it: OpenVEX 0.2.0. A package in a release that has a known
// vulnerability is "affected", with what was decided about it, or "not_affected" with OpenVEX's word
// for why; no statement is made of what nobody reported, and OpenVEX has no document without
// statements: then it is "".
std::string vulnerability_statements(const ReleaseContent& content);

// "pkg:pypi/flask@3.1.3" (package URL specification, type pypi).
std::string package_url(const Name& name, std::string_view version);

}  // namespace assay
