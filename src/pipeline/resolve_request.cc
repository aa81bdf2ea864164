#include "pipeline/resolve_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>

#include "action/sandbox.h"
#include "base/progress.h"
#include "base/text.h"
#include "curation/set.h"
#include "environment/described_python.h"
#include "environment/interpreter.h"
#include "fetch/source_metadata.h"
#include "io/files.h"
#include "package/requirements_text.h"
#include "pipeline/index_source.h"
#include "pipeline/limits.h"

namespace assay {

namespace {

// What this machine can build with for what is asked: the Python that was asked for if it is here, else its
// own, looked for when it is first needed.
class Builder {
 public:
  explicit Builder(const Version& python) {
    const auto& release = python.release();
    if (release.size() > 1) wanted_ = fmt::format("{}.{}", release[0], release[1]);
  }

  Result<const Interpreter*> operator()() {
    if (!found_) found_ = find();
    if (!*found_) return std::unexpected(found_->error());
    return &**found_;
  }
  const std::string& id() const { return wanted_; }

 private:
  Result<Interpreter> find() const {
    ASSAY_CHECK(check_sandbox());
    if (auto same = find_interpreter(wanted_)) return same;
    return find_interpreter("host");
  }

  std::string wanted_ = "host";
  std::optional<Result<Interpreter>> found_;
};

// Requirements of files, with what they name as constraints.
class Reading {
 public:
  Result<> read(const fs::path& file) {
    if (!seen_.insert(fs::absolute(file).lexically_normal()).second) return {};
    if (file.filename() == "assay.toml") {
      return read_set(file.has_parent_path() ? file.parent_path() : ".");
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
  std::vector<std::string> pythons;    // of a set file
  std::vector<std::string> platforms;
  std::optional<Time> uploaded_before;

 private:
  Result<> read_set(const fs::path& folder) {
    ASSAY_TRY(auto set, load_set(folder));
    std::ranges::move(set.requirements, std::back_inserter(requirements));
    std::ranges::move(set.constraints, std::back_inserter(constraints));
    pythons = std::move(set.pythons);
    platforms = std::move(set.targets);
    uploaded_before = set.uploaded_before;
    return {};
  }
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

Result<DescribedPython> describe(const std::string& python, const std::string& platform) {
  if (python == "host" && platform == "host") {
    ASSAY_TRY(auto found, find_interpreter("host"));
    ASSAY_TRY(auto version, Version::parse(found.full_version));
    return DescribedPython{std::move(version), std::move(found.markers), std::move(found.tags)};
  }
  std::string version = python;
  if (python == "host") {
    ASSAY_TRY(const auto found, find_interpreter("host"));
    version = found.version;
  }
  return describe_python(version, platform == "host" ? host_platform() : platform);
}

// What is asked, for each Python on each platform.
Result<std::vector<ResolutionRequest>> questions(const ResolveRequest& request, Reading reading) {
  using Words = std::vector<std::string>;
  const auto chosen = [](const Words& wanted, const Words& of_set) {
    if (!wanted.empty()) return wanted;
    return of_set.empty() ? Words{"host"} : of_set;
  };
  const auto pythons = chosen(request.pythons, reading.pythons);
  const auto platforms = chosen(request.platforms, reading.platforms);
  ASSAY_TRY(auto uploaded_before, time_of(request.uploaded_before));
  if (!uploaded_before) uploaded_before = reading.uploaded_before;
  std::vector<ResolutionRequest> all;
  for (const auto& platform : platforms) {
    for (const auto& python : pythons) {
      ASSAY_TRY(auto described, describe(python, platform));
      auto& question = all.emplace_back();
      const auto version = described.markers.find("python_version");
      question.title = "Python " + (version == described.markers.end() ? python : version->second);
      if (platforms.size() > 1) question.title += " on " + (platform == "host" ? host_platform() : platform);
      question.requirements = reading.requirements;
      question.markers = std::move(described.markers);
      question.tags = std::move(described.tags);
      question.python = std::move(described.version);
      question.need = request.need;
      question.strategy = request.strategy;
      question.uploaded_before = uploaded_before;
      question.constraints = limits_by_project(reading.constraints, question.markers);
      for (const auto& one : reading.overrides) {
        if (one.applies(question.markers)) {
          question.overrides.insert_or_assign(one.name, one);
        } else {
          question.overrides.emplace(one.name, one);
        }
      }
    }
  }
  return all;
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
  ASSAY_TRY(const auto asked, questions(request, std::move(reading)));
  const auto uploaded_before = asked.front().uploaded_before;

  SilentProgress progress;
  ASSAY_TRY(auto workspace, Workspace::open({.store = request.store,
                                             .index_url = request.index_url,
                                             .index_url_of_set = "",
                                             .offline = request.offline,
                                             .uploaded_before = uploaded_before,
                                             .build_limits = limits_of(Policy().build)},
                                            progress, stop));
  Builder builder(asked.front().python);
  IndexSource source(workspace, {.uploaded_before = uploaded_before,
                                 .builder = std::ref(builder),
                                 .builder_id = builder.id(),
                                 .never_built = request.build ? "" : "--no-build forbids to build it"});
  ResolveAnswer answer;
  for (const auto& one : asked) answer.environments.push_back({one.title, one.markers, {}});
  auto joint = resolve_together(asked, source, stop);
  if (joint) {
    for (std::size_t i = 0; i < asked.size(); ++i) {
      answer.environments[i].resolution = std::move(joint->resolutions[i]);
    }
    answer.differences = std::move(joint->differences);
    return answer;
  }
  const auto kind = joint.error().kind;
  if (kind != ErrorKind::invalid_input && kind != ErrorKind::not_found) {
    return std::unexpected(std::move(joint).error());
  }
  answer.unsatisfiable = std::move(joint.error().message);
  if (request.on_unsatisfiable) request.on_unsatisfiable(answer.unsatisfiable);
  ASSAY_TRY(answer.changes, changes_that_help(asked, source, stop));
  return answer;
}

}  // namespace assay
