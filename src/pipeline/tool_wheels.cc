#include "pipeline/tool_wheels.h"

#include <algorithm>
#include <map>
#include <mutex>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "resolve/changes.h"
#include "resolve/resolver.h"

namespace assay {

namespace {

// Raised when the resolver's answers change.
constexpr std::string_view resolver_version = "5";

Json to_json(const IndexFile& file) {
  Json json{{"file", file.file_name}, {"url", file.url}, {"size", file.size}};
  if (file.sha256) json["sha256"] = file.sha256->hex();
  if (file.upload_time) json["upload-time"] = format_time(*file.upload_time);
  return json;
}

Result<IndexFile> index_file_from_json(const Json& json) {
  IndexFile file;
  ASSAY_TRY(file.file_name, string_member(json, "file"));
  ASSAY_TRY(file.url, string_member(json, "url"));
  file.size = json.value("size", std::uint64_t{0});
  ASSAY_TRY(const auto sha256, string_member(json, "sha256", ""));
  if (!sha256.empty()) {
    ASSAY_TRY(file.sha256, Digest::parse(sha256));
  }
  ASSAY_TRY(const auto uploaded, string_member(json, "upload-time", ""));
  if (!uploaded.empty()) {
    ASSAY_TRY(file.upload_time, parse_time(uploaded));
  }
  return file;
}

std::vector<std::string> strings(const std::vector<Name>& names) {
  std::vector<std::string> texts;
  for (const auto& name : names) texts.push_back(name.str());
  return texts;
}

std::vector<Name> names(const Json& json, const char* key) {
  std::vector<Name> found;
  for (const auto& text : json.at(key)) found.push_back(Name::normalize(text.get<std::string>()));
  return found;
}

// What was answered, and the digest of each index page that was read for it.
struct Kept {
  std::map<std::string, std::string> pages;
  KeptResolution resolution;
};

Json to_json(const std::vector<ResolvedFile>& files) {
  Json list = Json::array();
  for (const auto& one : files) {
    list.push_back({{"name", one.name.str()},
                    {"version", one.version.str()},
                    {"file", to_json(one.file)},
                    {"extras", one.extras},
                    {"required-by", strings(one.required_by)},
                    {"dependencies", strings(one.dependencies)}});
  }
  return list;
}

std::string write(const Kept& kept) {
  Json resolutions = Json::array();
  for (const auto& files : kept.resolution.by_interpreter) resolutions.push_back(to_json(files));
  Json differences = Json::array();
  for (const auto& [name, reason] : kept.resolution.differences) {
    differences.push_back({{"name", name.str()}, {"reason", reason}});
  }
  return compact(Json{{"pages", kept.pages},
                      {"resolutions", std::move(resolutions)},
                      {"differences", std::move(differences)}});
}

// Throws Json::exception.
Result<std::vector<ResolvedFile>> files_from_json(const Json& list) {
  std::vector<ResolvedFile> files;
  for (const auto& one : list) {
    ASSAY_TRY(auto version, Version::parse(one.at("version").get<std::string>()));
    ASSAY_TRY(auto file, index_file_from_json(one.at("file")));
    files.push_back({.name = Name::normalize(one.at("name").get<std::string>()),
                     .version = std::move(version),
                     .file = std::move(file),
                     .extras = one.at("extras").get<std::set<std::string>>(),
                     .required_by = names(one, "required-by"),
                     .dependencies = names(one, "dependencies")});
  }
  return files;
}

Result<Kept> read_kept(std::string_view text) {
  ASSAY_TRY(const Json json, parse_json(text));
  try {
    Kept kept{.pages = json.at("pages").get<std::map<std::string, std::string>>(), .resolution = {}};
    for (const auto& one : json.at("resolutions")) {
      ASSAY_TRY(auto files, files_from_json(one));
      kept.resolution.by_interpreter.push_back(std::move(files));
    }
    for (const auto& one : json.at("differences")) {
      kept.resolution.differences.push_back(
          {Name::normalize(one.at("name").get<std::string>()), one.at("reason").get<std::string>()});
    }
    return kept;
  } catch (const Json::exception& e) {
    return fail(ErrorKind::invalid_input, e.what());
  }
}

// As a key's parameters. The strategy always stands first, and each other says what it is of: a project may
// be called "lowest".
void add_choices(ActionKey& key, const ResolutionQuestion& question) {
  const bool lowest = question.strategy == ResolutionRequest::Strategy::lowest;
  key.parameters.push_back(lowest ? "lowest" : "newest");
  for (const auto& [name, versions] : question.left_out) {
    for (const auto& [version, reason] : versions) {
      key.parameters.push_back(fmt::format("without {} {}: {}", name.str(), version.str(), reason));
    }
  }
  for (const auto& [name, versions] : question.preferred) {
    for (const auto& version : versions) {
      key.parameters.push_back(fmt::format("rather {} {}", name.str(), version.str()));
    }
  }
  for (const auto& limit : question.constraints) key.parameters.push_back("only " + limit.str());
}

ActionKey key_of(const Workspace& workspace, const std::vector<Interpreter>& interpreters,
                 const ResolutionQuestion& question) {
  ActionKey key{.kind = "resolve",
                .version = std::string(resolver_version),
                .inputs = {},
                .parameters = {workspace.location.url}};
  for (const auto& interpreter : interpreters) {
    key.inputs.push_back(interpreter.fingerprint);
    key.parameters.push_back(compact(Json(interpreter.markers)));
  }
  for (const auto& own : question.own) {
    key.inputs.push_back(own.wheel.digest.hex());
    key.parameters.push_back(own.wheel.file_name);
  }
  key.parameters.push_back(question.need == ResolutionRequest::Need::sdist ? "sdist" : "wheel");
  key.parameters.push_back(question.uploaded_before ? format_time(*question.uploaded_before) : "");
  add_choices(key, question);
  for (const auto& requirement : question.requirements) key.parameters.push_back(requirement.str());
  return key;
}

Result<std::vector<ResolutionRequest>> requests_for(const std::vector<Interpreter>& interpreters,
                                                    const ResolutionQuestion& question) {
  std::vector<ResolutionRequest> requests;
  for (const auto& interpreter : interpreters) {
    ASSAY_TRY(auto python, Version::parse(interpreter.full_version));
    requests.push_back({.title = "Python " + interpreter.id(),
                        .requirements = question.requirements,
                        .markers = interpreter.markers,
                        .tags = interpreter.tags,
                        .python = std::move(python),
                        .need = question.need,
                        .strategy = question.strategy,
                        .uploaded_before = question.uploaded_before,
                        .constraints = limits_by_project(question.constraints, interpreter.markers),
                        .overrides = {},
                        .left_out = question.left_out,
                        .preferred = question.preferred});
  }
  return requests;
}

// Only what is to be built may be built to learn what it needs.
IndexSource source_for(Workspace& workspace, const std::vector<Interpreter>& interpreters,
                       const ResolutionQuestion& question) {
  IndexSource::Options options{.uploaded_before = question.uploaded_before, .own = question.own};
  if (question.need == ResolutionRequest::Need::sdist) {
    options.builder = [&interpreters] { return &interpreters.front(); };
    options.builder_id = interpreters.front().fingerprint;
  }
  return {workspace, std::move(options)};
}

bool still_true(Workspace& workspace, const ResolutionQuestion& question, const Kept& kept) {
  std::vector<Name> all;
  for (const auto& [name, digest] : kept.pages) all.push_back(Name::normalize(name));
  workspace.index->prefetch(all, question.uploaded_before);
  return std::ranges::all_of(kept.pages, [&](const auto& page) {
    const auto now =
        workspace.index->page_digest(Name::normalize(page.first), question.uploaded_before);
    if (now) return now->hex() == page.second;
    return now.error().kind == ErrorKind::not_found && page.second == IndexSource::page_absent;
  });
}

}  // namespace

Result<KeptResolution> resolve_kept(Workspace& workspace, const std::vector<Interpreter>& interpreters,
                                    const ResolutionQuestion& question) {
  auto& store = *workspace.store;
  const Digest key = key_of(workspace, interpreters, question).digest();
  ASSAY_TRY(const auto before, store.catalogue.action_result(key));
  if (before) {
    if (const auto text = store.blobs.get(*before)) {
      auto kept = read_kept(*text);
      if (kept && still_true(workspace, question, *kept)) return std::move(kept->resolution);
    }
  }

  auto source = source_for(workspace, interpreters, question);
  ASSAY_TRY(const auto requests, requests_for(interpreters, question));
  ASSAY_TRY(auto joint, resolve_together(requests, source, workspace.stop));
  Kept kept{.pages = source.take_pages(),
            .resolution = {.by_interpreter = {}, .differences = std::move(joint.differences)}};
  for (auto& resolution : joint.resolutions) {
    auto& files = kept.resolution.by_interpreter.emplace_back();
    for (auto& package : resolution.packages) {
      files.push_back({.name = std::move(package.name),
                       .version = std::move(package.version),
                       .file = std::move(package.file),
                       .extras = std::move(package.extras),
                       .required_by = std::move(package.required_by),
                       .dependencies = std::move(package.dependencies)});
    }
  }
  ASSAY_TRY(const Blob blob, store.blobs.put(write(kept)));
  ASSAY_CHECK(store.catalogue.set_action_result(key, "resolve", blob.digest));
  return std::move(kept.resolution);
}

Result<Changes> changes_that_help(Workspace& workspace, const std::vector<Interpreter>& interpreters,
                                  const ResolutionQuestion& question) {
  auto source = source_for(workspace, interpreters, question);
  ASSAY_TRY(const auto requests, requests_for(interpreters, question));
  return changes_that_help(requests, source, workspace.stop);
}

Result<std::vector<ToolWheel>> fetch_tools(Workspace& workspace, const Interpreter& interpreter,
                                           const ResolutionQuestion& question) {
  ASSAY_TRY(auto kept, resolve_kept(workspace, {interpreter}, question));
  auto& resolved = kept.by_interpreter.front();
  std::vector<ToolWheel> tools;
  for (auto& one : resolved) {
    const bool own = std::ranges::find(question.own, one.name, &OwnWheel::name) !=
                     question.own.end();
    Digest digest;
    if (own) {
      digest = one.file.sha256.value();
    } else {
      ASSAY_TRY(const Blob blob, workspace.index->fetch(one.file));
      digest = blob.digest;
    }
    tools.push_back({std::move(one.name), std::move(one.version), {one.file.file_name, digest}});
  }
  return tools;
}

std::vector<WheelFile> wheel_files(const std::vector<ToolWheel>& tools) {
  std::vector<WheelFile> files;
  for (const auto& tool : tools) files.push_back(tool.wheel);
  return files;
}

}  // namespace assay
