#pragma once
#include <string>
#include <vector>

#include "base/clock.h"
#include "package/name.h"
#include "publish/release.h"

namespace assay {

// A wheel on a project's page.
struct PageFile {
  const ReleasedWheel* wheel = nullptr;
  std::uint64_t size = 0;  // bytes
  Digest metadata_digest;
  Time uploaded;
};

// The simple repository API: PEP 503 and 629 (HTML), PEP 691 and 700 (JSON, version 1.1), PEP 658
// and 714 (metadata files). URLs are relative, so that the folder may lie anywhere.
std::string index_html(const std::vector<Name>& projects);
std::string index_json(const std::vector<Name>& projects);
std::string project_html(const Name& project, const std::vector<PageFile>& files);
std::string project_json(const Name& project, const std::vector<PageFile>& files);

// What pip's hash-checking mode takes: one exact version for each package, with the hashes of its
// wheels.
std::string requirements_text(const std::string& set_name, const std::string& python,
                              const std::vector<const ReleasedWheel*>& wheels);

// The page for people: each package with its version, verdict and evidence.
std::string overview_html(const ReleaseContent& content);

}  // namespace assay
