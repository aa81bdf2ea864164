#include "pipeline/resolve_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "action/action.h"
#include "base/json.h"
#include "base/text.h"
#include "curation/set.h"
#include "environment/described_python.h"
#include "environment/interpreter.h"
#include "fetch/index.h"
#include "fetch/index_location.h"
#include "fetch/source_metadata.h"
#include "io/files.h"
#include "io/http.h"
#include "package/requirements_text.h"
#include "store/store.h"

namespace assay {

namespace {

using Need = ResolutionRequest::Need;

// The index as it is.
class IndexSource final : public CandidateSource {
 public:
  IndexSource(Index& index, std::optional<Time> uploaded_before)
      : index_(index), uploaded_before_(uploaded_before) {}

  Result<std::vector<IndexFile>> files(const Name& name) override {
    ASSAY_TRY(const auto page, index_.page(name, uploaded_before_));
    return *page.files;
  }
  Result<Metadata> metadata(const Name& name, const Version& version,
                            const std::vector<IndexFile>& files) override {
    return index_.metadata(name, version, files);
  }
  void prefetch(const std::vector<Name>& names) override { index_.prefetch(names, uploaded_before_); }

 private:
  Index& index_;
  std::optional<Time> uploaded_before_;
};

// Requirements of files, with what they name as constraints.
class Reading {
 public:
  Result<> read(const fs::path& file) {
    if (!seen_.insert(fs::absolute(file).lexically_normal()).second) return {};
    if (file.filename() == "assay.toml") {
      ASSAY_TRY(auto set, load_set(file.has_parent_path() ? file.parent_path() : "."));
      for (auto& requirement : set.requirements) requirements.push_back(std::move(requirement));
      return {};
    }
    if (file.filename() == "pyproject.toml") {
      ASSAY_TRY(const auto text, read_file(file));
      ASSAY_TRY(auto metadata, context(project_metadata(text), file.string()));
      // Those of extras hold nowhere, since nobody names an extra.
      for (auto& requirement : metadata.requires_dist) requirements.push_back(std::move(requirement));
      return {};
    }
    return read_lines(file, requirements);
  }
  Result<> read_constraints(const fs::path& file) { return read_lines(file, constraints); }
  Result<> read_overrides(const fs::path& file) { return read_lines(file, overrides); }

  std::vector<Requirement> requirements;
  std::vector<Requirement> constraints;
  std::vector<Requirement> overrides;

 private:
  Result<> read_lines(const fs::path& file, std::vector<Requirement>& into) {
    ASSAY_TRY(const auto text, read_file(file));
    for (const auto& line : logical_lines(text)) {
      if (const auto other = argument_of(line, "-r", "--requirement")) {
        ASSAY_CHECK(read(file.parent_path() / *other));
      } else if (const auto limits = argument_of(line, "-c", "--constraint")) {
        ASSAY_CHECK(read_constraints(file.parent_path() / *limits));
      } else if (line.starts_with("--")) {
        continue;  // says how pip is to work, not what is asked for
      } else {
        ASSAY_TRY(auto requirement, context(Requirement::parse(without_options(line)),
                                            fmt::format("{}: {}", file.string(), printable(line))));
        into.push_back(std::move(requirement));
      }
    }
    return {};
  }

  std::set<fs::path> seen_;
};

Result<std::optional<Time>> time_of(const std::string& text) {
  if (text.empty()) return std::optional<Time>();
  const bool whole = text.contains('T');
  ASSAY_TRY(const auto time, parse_time(whole ? text : text + "T00:00:00Z"));
  return std::optional(time);
}

Result<DescribedPython> python_of(const ResolveRequest& request) {
  if (request.python == "host" && request.platform == "host") {
    ASSAY_TRY(auto found, find_interpreter("host"));
    ASSAY_TRY(auto version, Version::parse(found.full_version));
    return DescribedPython{std::move(version), std::move(found.markers), std::move(found.tags)};
  }
  std::string version = request.python;
  if (version == "host") {
    ASSAY_TRY(const auto found, find_interpreter("host"));
    version = found.version;
  }
  return describe_python(version, request.platform == "host" ? host_platform() : request.platform);
}

// Limits of one project, together.
std::map<Name, SpecifierSet> together(const std::vector<Requirement>& constraints, const MarkerEnvironment& markers) {
  std::map<Name, std::string> texts;
  for (const auto& one : constraints) {
    if (!one.applies(markers) || one.specifier.empty()) continue;
    auto& text = texts[one.name];
    text += (text.empty() ? "" : ",") + one.specifier.str();
  }
  std::map<Name, SpecifierSet> all;
  for (const auto& [name, text] : texts) {
    if (auto set = SpecifierSet::parse(text)) all.emplace(name, *std::move(set));
  }
  return all;
}

void add_tree(std::string& text, const Resolution& resolution, const ResolvedPackage& package, std::size_t depth,
              std::set<Name>& seen) {
  const bool again = !seen.insert(package.name).second;
  const std::vector<std::string> wanted(package.extras.begin(), package.extras.end());
  const auto extras = wanted.empty() ? "" : "[" + join(wanted, ",") + "]";
  text += fmt::format("{}{}{} {}{}\n", std::string(2 * depth, ' '), package.name.str(), extras,
                      package.version.str(), again && !package.dependencies.empty() ? " (see above)" : "");
  if (again) return;
  for (const auto& name : package.dependencies) {
    const auto found = std::ranges::find(resolution.packages, name, &ResolvedPackage::name);
    if (found != resolution.packages.end()) add_tree(text, resolution, *found, depth + 1, seen);
  }
}

constexpr std::size_t most_changes_tried = 24;

// Which single changes would give a solution: a limit that is lifted, else a requirement that is left out.
Result<std::vector<std::string>> changes_that_help(const ResolutionRequest& question, CandidateSource& source,
                                                   std::stop_token stop) {
  std::vector<std::string> help;
  std::size_t tried = 0;
  const auto solves = [&](const ResolutionRequest& changed, const Name& about, std::string words) -> Result<> {
    if (++tried > most_changes_tried) return {};
    const auto resolution = resolve(changed, source, stop);
    if (!resolution && resolution.error().kind == ErrorKind::cancelled) return std::unexpected(resolution.error());
    if (!resolution) return {};
    const auto taken = std::ranges::find(resolution->packages, about, &ResolvedPackage::name);
    if (taken != resolution->packages.end()) {
      words += fmt::format(": {} {} would be taken", about.str(), taken->version.str());
    }
    help.push_back(std::move(words));
    return {};
  };
  for (std::size_t i = 0; i < question.requirements.size(); ++i) {
    const auto& requirement = question.requirements[i];
    if (requirement.specifier.empty() || !requirement.url.empty()) continue;
    auto changed = question;
    changed.requirements[i].specifier = {};
    ASSAY_CHECK(solves(changed, requirement.name,
                       fmt::format("{} without its limit {}", requirement.name.str(), requirement.specifier.str())));
  }
  for (const auto& [name, limit] : question.constraints) {
    auto changed = question;
    changed.constraints.erase(name);
    ASSAY_CHECK(solves(changed, name, fmt::format("no constraint {}{}", name.str(), limit.str())));
  }
  if (!help.empty() || question.requirements.size() < 2) return help;
  for (std::size_t i = 0; i < question.requirements.size(); ++i) {
    auto changed = question;
    changed.requirements.erase(changed.requirements.begin() + static_cast<std::ptrdiff_t>(i));
    ASSAY_CHECK(solves(changed, question.requirements[i].name,
                       fmt::format("not to ask for {}", question.requirements[i].str())));
  }
  return help;
}

}  // namespace

Result<ResolveAnswer> resolve_request(const ResolveRequest& request, std::stop_token stop) {
  Reading reading;
  for (const auto& text : request.requirements) {
    ASSAY_TRY(auto requirement, context(Requirement::parse(text), printable(text)));
    reading.requirements.push_back(std::move(requirement));
  }
  for (const auto& file : request.files) ASSAY_CHECK(reading.read(file));
  for (const auto& file : request.constraints) ASSAY_CHECK(reading.read_constraints(file));
  for (const auto& file : request.overrides) ASSAY_CHECK(reading.read_overrides(file));
  ASSAY_TRY(auto python, python_of(request));
  ASSAY_TRY(const auto uploaded_before, time_of(request.uploaded_before));

  ResolveAnswer answer{.resolution = {}, .unsatisfiable = "", .markers = python.markers};
  ResolutionRequest question{.requirements = std::move(reading.requirements),
                             .markers = std::move(python.markers),
                             .tags = std::move(python.tags),
                             .python = std::move(python.version),
                             .need = request.need,
                             .strategy = request.strategy,
                             .uploaded_before = uploaded_before,
                             .constraints = {},
                             .overrides = {},
                             .left_out = {}};
  question.constraints = together(reading.constraints, question.markers);
  for (auto& one : reading.overrides) {
    if (one.applies(question.markers)) question.overrides.insert_or_assign(one.name, std::move(one));
  }

  ASSAY_TRY(auto store, open_store(request.store));
  ActionRunner actions(store);
  HttpClient http(HttpClient::Options{});
  ASSAY_TRY(const auto location, find_index(request.index_url, "", actions));
  Index index(Index::Options{.url = location.url, .offline = request.offline}, http, store, stop);
  IndexSource source(index, uploaded_before);
  auto resolution = resolve(question, source, stop);
  if (resolution) {
    answer.resolution = *std::move(resolution);
    return answer;
  }
  const auto kind = resolution.error().kind;
  if (kind != ErrorKind::invalid_input && kind != ErrorKind::not_found) {
    return std::unexpected(std::move(resolution).error());
  }
  answer.unsatisfiable = std::move(resolution.error().message);
  ASSAY_TRY(answer.would_help, changes_that_help(question, source, stop));
  return answer;
}

std::string requirements_text(const Resolution& resolution) {
  std::string text;
  for (const auto& package : resolution.packages) {
    text += fmt::format("{}=={}", package.name.str(), package.version.str());
    if (package.file.sha256) text += " \\\n    --hash=sha256:" + package.file.sha256->hex();
    text += "\n";
  }
  return text;
}

Result<std::string> pylock_text(const ResolveAnswer& answer) {
  // A string of JSON is one of TOML.
  const auto quoted = [](std::string_view text) { return compact(Json(text)); };
  std::vector<std::string> environment;
  for (const char* variable : {"implementation_name", "python_version", "sys_platform", "platform_machine"}) {
    environment.push_back(fmt::format("{} == '{}'", variable, answer.markers.at(variable)));
  }
  std::string text = fmt::format("lock-version = \"1.0\"\nenvironments = [{}]\ncreated-by = \"assay\"\n",
                                 quoted(join(environment, " and ")));
  for (const auto& package : answer.resolution.packages) {
    const auto& file = package.file;
    if (!file.sha256) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("the index tells no SHA-256 of {}, which a lock file needs", printable(file.file_name)));
    }
    text += fmt::format("\n[[packages]]\nname = {}\nversion = {}\n", quoted(package.name.str()),
                        quoted(package.version.str()));
    if (const auto python = package.metadata.requires_python.str(); !python.empty()) {
      text += fmt::format("requires-python = {}\n", quoted(python));
    }
    std::vector<std::string> needs;
    for (const auto& name : package.dependencies) needs.push_back(fmt::format("{{ name = {} }}", quoted(name.str())));
    if (!needs.empty()) text += fmt::format("dependencies = [{}]\n", join(needs, ", "));
    std::string members = fmt::format("name = {}, url = {}", quoted(file.file_name), quoted(file.url));
    if (file.upload_time) members += ", upload-time = " + format_time(*file.upload_time);
    if (file.size > 0) members += fmt::format(", size = {}", file.size);
    members += fmt::format(", hashes = {{ sha256 = {} }}", quoted(file.sha256->hex()));
    text += file.file_name.ends_with(".whl") ? fmt::format("wheels = [{{ {} }}]\n", members)
                                             : fmt::format("sdist = {{ {} }}\n", members);
  }
  return text;
}

std::string tree_text(const Resolution& resolution) {
  std::string text;
  std::set<Name> seen;
  // Those that nobody needs first, then what is left: cycles.
  for (const bool needed : {false, true}) {
    for (const auto& package : resolution.packages) {
      if (package.required_by.empty() == needed || seen.contains(package.name)) continue;
      add_tree(text, resolution, package, 0, seen);
    }
  }
  return text;
}

}  // namespace assay
