#pragma once
#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

#include "resolve/resolver.h"

namespace assay {

// An index that stands in a table: what the tests of this room resolve against.
class TableSource final : public CandidateSource {
 public:
  struct Release {
    std::vector<std::string> requires_dist;
    std::string requires_python = "";
    std::string yanked = "";
    bool sdist = true;
    std::vector<std::string> wheel_tags = {"py3-none-any"};
    std::optional<Time> upload_time = std::nullopt;
    std::string index_requires_python = "";
    std::string metadata_problem = "";  // if the metadata can't be read
  };

  void add(const std::string& name, const std::string& version, Release release) {
    auto& files = projects_[Name::normalize(name)];
    const auto stem = Name::normalize(name).file_form() + "-" + version;
    IndexFile file{.url = "https://index.test/" + stem,
                   .requires_python = release.index_requires_python,
                   .upload_time = release.upload_time,
                   .yanked = release.yanked};
    if (release.sdist) {
      file.file_name = stem + ".tar.gz";
      files.push_back(file);
    }
    for (const auto& tag : release.wheel_tags) {
      file.file_name = stem + "-" + tag + ".whl";
      files.push_back(file);
    }
    releases_[Name::normalize(name).str() + " " + Version::parse(version)->str()] =
        std::move(release);
  }
  void add(const std::string& name, const std::string& version,
           std::vector<std::string> requires_dist = {}) {
    add(name, version, Release{.requires_dist = std::move(requires_dist)});
  }
  void add_file(const std::string& project, IndexFile file) {
    projects_[Name::normalize(project)].push_back(std::move(file));
  }
  void break_network(const std::string& project) { unreachable_ = Name::normalize(project); }

  Result<FileList> files(const Name& name) override {
    asked_files.push_back(name.str());
    if (unreachable_ == name) return fail(ErrorKind::network, "no answer from the index");
    const auto found = projects_.find(name);
    if (found == projects_.end()) return fail(ErrorKind::not_found, "no project " + name.str());
    return std::make_shared<const std::vector<IndexFile>>(found->second);
  }

  Result<Metadata> metadata(const Name& name, const Version& version,
                            const std::vector<IndexFile>&) override {
    asked_metadata.push_back(name.str() + " " + version.str());
    const auto& release = releases_.at(asked_metadata.back());
    if (!release.metadata_problem.empty()) {
      return fail(ErrorKind::invalid_input, release.metadata_problem);
    }
    auto text = fmt::format("Metadata-Version: 2.1\nName: {}\nVersion: {}\n", name.str(),
                            version.str());
    if (!release.requires_python.empty()) {
      text += "Requires-Python: " + release.requires_python + "\n";
    }
    for (const auto& requirement : release.requires_dist) {
      text += "Requires-Dist: " + requirement + "\n";
    }
    return Metadata::parse(text);
  }

  void prefetch(const std::vector<Name>& names) override {
    for (const auto& name : names) prefetched.push_back(name.str());
  }

  std::vector<std::string> asked_files;
  std::vector<std::string> asked_metadata;
  std::vector<std::string> prefetched;

 private:
  std::map<Name, std::vector<IndexFile>> projects_;
  std::map<std::string, Release> releases_;
  std::optional<Name> unreachable_;
};

inline ResolutionRequest request_for(const std::vector<std::string>& requirements) {
  ResolutionRequest request{.markers = {{"python_version", "3.11"},
                                        {"python_full_version", "3.11.2"},
                                        {"sys_platform", "linux"},
                                        {"platform_machine", "x86_64"}},
                            .tags = supported_tags({.python_major = 3, .python_minor = 11,
                                                    .implementation = "cpython",
                                                    .platform = "linux-x86_64",
                                                    .libc = "glibc-2.36"}),
                            .python = *Version::parse("3.11.2")};
  for (const auto& text : requirements) {
    request.requirements.push_back(*Requirement::parse(text));
  }
  return request;
}

// "flask 3.0.2, werkzeug 3.0.1", or what went wrong.
inline std::string summary(const Result<Resolution>& resolution) {
  if (!resolution) return "error: " + resolution.error().message;
  std::string text;
  for (const auto& package : resolution->packages) {
    if (!text.empty()) text += ", ";
    text += package.name.str() + " " + package.version.str();
  }
  return text;
}

}  // namespace assay
