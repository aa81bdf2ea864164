#include "pipeline/prove_closed.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "fetch/index_page.h"
#include "io/files.h"
#include "package/file_name.h"
#include "package/metadata.h"
#include "package/tag.h"
#include "resolve/resolver.h"

namespace assay {

namespace {

// The release as an index.
class ReleaseSource final : public CandidateSource {
 public:
  explicit ReleaseSource(fs::path release) : release_(std::move(release)) {}

  Result<FileList> files(const Name& name) override {
    const auto page = release_ / "simple" / name.str() / "index.json";
    std::error_code error;
    // A name that is no project's can lead nowhere else: a Name has no separator of paths.
    if (!fs::exists(page, error)) return fail(ErrorKind::not_found, "no project " + name.str());
    ASSAY_TRY(const auto text, read_file(page));
    ASSAY_TRY(auto files, context(parse_index_page(text, "application/vnd.pypi.simple.v1+json",
                                                   "file:///simple/" + name.str() + "/"),
                                  page.string()));
    return std::make_shared<const std::vector<IndexFile>>(std::move(files));
  }

  Result<Metadata> metadata(const Name&, const Version&, const std::vector<IndexFile>& files) override {
    ASSAY_TRY(const auto text, read_file(release_ / "files" / (files.front().file_name + ".metadata")));
    return Metadata::parse(text);
  }

 private:
  fs::path release_;
};

struct Environment {
  std::string name;
  MarkerEnvironment markers;
  std::vector<Tag> tags;
  Version python;
};

Result<std::vector<Environment>> environments_of(const fs::path& release) {
  const auto file = release / "evidence" / "set.json";
  ASSAY_TRY(const auto text, read_file(file));
  ASSAY_TRY(const Json set, context(parse_json(text), file.string()));
  std::vector<Environment> all;
  try {
    for (const auto& [name, python] : set.at("pythons").items()) {
      ASSAY_TRY(auto version, Version::parse(python.at("version").get<std::string>()));
      ASSAY_TRY(const auto facts, tag_facts_from_json(python.at("tags")));
      all.push_back({name, python.at("markers").get<MarkerEnvironment>(), supported_tags(facts), std::move(version)});
    }
  } catch (const Json::exception& e) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{} does not say what the release was made for: {}", file.string(), e.what()));
  }
  return all;
}

// Extras that somebody in the set asks for, by project.
Result<std::map<Name, std::set<std::string>>> asked_extras(const fs::path& release) {
  std::map<Name, std::set<std::string>> asked;
  ASSAY_TRY(const auto files, entries_of(release / "evidence", ".json"));
  for (const auto& file : files) {
    ASSAY_TRY(const auto text, read_file(file));
    ASSAY_TRY(const Json evidence, context(parse_json(text), file.string()));
    const auto askers = evidence.find("asked-for-by");
    if (askers == evidence.end() || !askers->is_array()) continue;
    for (const auto& asker : *askers) {
      ASSAY_TRY(const auto text_asked, string_member(asker, "requirement"));
      ASSAY_TRY(const auto requirement, Requirement::parse(text_asked));
      asked[requirement.name].insert(requirement.extras.begin(), requirement.extras.end());
    }
  }
  return asked;
}

class Proof {
 public:
  Proof(const fs::path& release, std::map<Name, std::set<std::string>> asked, std::stop_token stop)
      : source_(release), asked_(std::move(asked)), stop_(std::move(stop)) {}

  Result<> add(const Environment& environment, const Name& name) {
    ASSAY_TRY(const auto files, source_.files(name));
    std::set<Version> versions;
    for (const auto& file : *files) {
      ASSAY_TRY(const auto wheel, WheelName::parse(file.file_name));
      // A wheel that is for another environment only is no part of this one.
      if (std::ranges::none_of(wheel.tags, [&](const Tag& tag) {
            return std::ranges::find(environment.tags, tag) != environment.tags.end();
          })) {
        continue;
      }
      if (!versions.insert(wheel.version).second) continue;
      ASSAY_TRY(const auto metadata, source_.metadata(name, wheel.version, {file}));
      auto extras = asked_[name];
      extras.insert(metadata.provides_extra.begin(), metadata.provides_extra.end());
      auto& needs = needs_[environment.name][name];
      for (const auto& requirement : metadata.requires_dist) {
        if (requirement.applies(environment.markers, extras)) needs.insert(requirement.name);
      }
      ASSAY_TRY(const bool closed, ask(environment, name, "", wheel.version));
      if (!closed) continue;  // the extras would only say it again
      for (const auto& extra : metadata.provides_extra) {
        ASSAY_CHECK(ask(environment, name, extra, wheel.version));
      }
    }
    return {};
  }

  // Leaves the least counterexamples: what fails only because something that it needs fails is implied.
  void minimize() {
    std::vector<Counterexample> least;
    for (const auto& example : found.counterexamples) {
      if (!needs_another(example)) least.push_back(example);
    }
    if (least.empty()) return;  // a ring of them
    found.implied = found.counterexamples.size() - least.size();
    found.counterexamples = std::move(least);
  }

  ClosureProof found;

 private:
  using Needs = std::map<Name, std::set<Name>>;

  bool needs_another(const Counterexample& example) const {
    const auto own = Requirement::parse(example.requirement)->name;
    const auto& needs = needs_.at(example.python);
    std::vector<Name> todo{own};
    std::set<Name> seen{own};
    while (!todo.empty()) {
      const auto name = todo.back();
      todo.pop_back();
      if (name != own && failed_.contains({example.python, name})) return true;
      const auto next = needs.find(name);
      if (next == needs.end()) continue;
      for (const auto& needed : next->second) {
        if (seen.insert(needed).second) todo.push_back(needed);
      }
    }
    return false;
  }

  Result<bool> ask(const Environment& environment, const Name& name, const std::string& extra,
                   const Version& version) {
    const auto text = fmt::format("{}{}=={}", name.str(), extra.empty() ? "" : "[" + extra + "]", version.str());
    ASSAY_TRY(auto requirement, Requirement::parse(text));
    ++found.questions;
    const ResolutionRequest request{.requirements = {std::move(requirement)},
                                    .markers = environment.markers,
                                    .tags = environment.tags,
                                    .python = environment.python,
                                    .need = ResolutionRequest::Need::wheel,
                                    .strategy = ResolutionRequest::Strategy::newest,
                                    .uploaded_before = std::nullopt,
                                    .constraints = {},
                                    .overrides = {},
                                    .left_out = {}};
    const auto resolution = resolve(request, source_, stop_);
    if (resolution) return true;
    const auto kind = resolution.error().kind;
    if (kind != ErrorKind::invalid_input && kind != ErrorKind::not_found) {
      return std::unexpected(resolution.error());
    }
    const auto asked = asked_.find(name);
    if (extra.empty()) failed_.emplace(environment.name, name);
    const bool counts = extra.empty() || (asked != asked_.end() && asked->second.contains(extra));
    (counts ? found.counterexamples : found.open_extras)
        .push_back({environment.name, text, resolution.error().message});
    return false;
  }

  ReleaseSource source_;
  std::map<Name, std::set<std::string>> asked_;
  std::map<std::string, Needs> needs_;              // by environment
  std::set<std::pair<std::string, Name>> failed_;  // by itself, in an environment
  std::stop_token stop_;
};

}  // namespace

Result<ClosureProof> prove_closed(const fs::path& release, std::stop_token stop) {
  ASSAY_TRY(const auto environments, environments_of(release));
  ASSAY_TRY(auto asked, asked_extras(release));
  Proof proof(release, std::move(asked), std::move(stop));
  std::vector<Name> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(release / "simple", error)) {
    if (!entry.is_directory()) continue;
    ASSAY_TRY(auto name, Name::parse(entry.path().filename().string()));
    names.push_back(std::move(name));
  }
  if (error) return path_error("could not read", release / "simple");
  std::ranges::sort(names);
  proof.found.packages = names.size();
  for (const auto& environment : environments) {
    proof.found.pythons.push_back(environment.name);
    for (const auto& name : names) ASSAY_CHECK(proof.add(environment, name));
  }
  proof.minimize();
  return std::move(proof.found);
}

}  // namespace assay
