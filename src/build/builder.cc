#include "build/builder.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "build/hook_driver.h"
#include "io/files.h"
#include "package/file_name.h"
#include "store/tree.h"

namespace assay {

namespace {

// Raised when the same inputs would give another outcome.
constexpr const char* version_of_this = "1";
constexpr std::uint64_t max_answer_bytes = 4 << 20;

enum class Hook { required_for_build, prepare_metadata, build_wheel };

// As PEP 517 has it, and as the kind of an action.
struct HookNames {
  const char* hook;
  const char* action;
};

HookNames names_of(Hook hook) {
  switch (hook) {
    case Hook::required_for_build: return {"get_requires_for_build_wheel", "build-requirements"};
    case Hook::prepare_metadata: return {"prepare_metadata_for_build_wheel", "build-metadata"};
    case Hook::build_wheel: break;
  }
  return {"build_wheel", "build"};
}

ActionKey key_of(Hook hook, const Interpreter& interpreter, const BuildRequest& request) {
  ActionKey key;
  key.kind = names_of(hook).action;
  key.version = version_of_this;
  key.inputs = {request.tree.hex(), sha256(hook_driver).hex(), interpreter.fingerprint,
                interpreter.target.fingerprint};
  auto toolchain = request.toolchain;
  std::ranges::sort(toolchain, {}, &WheelFile::file_name);
  for (const auto& wheel : toolchain) {
    key.inputs.push_back(wheel.digest.hex());
    key.parameters.push_back(wheel.file_name);
  }
  const SandboxLimits& limits = request.limits;
  key.parameters.push_back(fmt::format("limits {} {} {} {} {} {} {}", limits.cpu.count(),
                                       limits.wall.count(), limits.memory_bytes, limits.file_bytes,
                                       limits.disk_bytes, limits.processes, limits.open_files));
  key.parameters.push_back(fmt::format("epoch {}", request.source_date_epoch));
  key.parameters.push_back("package " + request.name.str() + " " + request.version);
  key.parameters.push_back("backend " + request.system.backend);
  for (const auto& path : request.system.backend_path) key.parameters.push_back("in " + path);
  return key;
}

std::string as_json(const BuildOutcome& outcome) {
  Json document = {{"failure", outcome.failure},
                   {"log", outcome.log},
                   {"cpu_seconds", outcome.cpu_seconds},
                   {"requirements", outcome.requirements}};
  if (!outcome.wheel.file_name.empty()) {
    document["wheel"] = {{"file_name", outcome.wheel.file_name},
                         {"sha256", outcome.wheel.digest.hex()}};
  }
  if (!outcome.metadata.empty()) document["metadata"] = outcome.metadata;
  return compact(document);
}

Result<BuildOutcome> outcome_from(std::string_view text) {
  ASSAY_TRY(const Json document, context(parse_json(text), "a build's result in the store"));
  try {
    BuildOutcome outcome;
    outcome.failure = document.at("failure").get<std::string>();
    outcome.log = document.at("log").get<std::string>();
    outcome.cpu_seconds = document.at("cpu_seconds").get<double>();
    outcome.requirements = document.at("requirements").get<std::vector<std::string>>();
    outcome.metadata = document.value("metadata", "");
    if (document.contains("wheel")) {
      outcome.wheel.file_name = document["wheel"].at("file_name").get<std::string>();
      ASSAY_TRY(outcome.wheel.digest,
                Digest::parse(document["wheel"].at("sha256").get<std::string>()));
    }
    return outcome;
  } catch (const Json::exception& e) {
    return fail(ErrorKind::io,
                std::string("a build's result in the store is damaged: ") + e.what());
  }
}

// The last line that says something: of a traceback that is the exception.
std::string last_line(std::string_view log) {
  auto all = lines(log);
  std::ranges::reverse(all);
  for (const auto line : all) {
    if (const auto text = trim(line); !text.empty()) return printable(text.substr(0, 300));
  }
  return "";
}

// What the package's code left behind is looked at without following its links.
bool is_plain_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(fs::symlink_status(path, error));
}

// One hook call in a workshop of its own: the tree's copy, the environment, a place for what is
// made.
class HookCall {
 public:
  HookCall(Store& store, const Interpreter& interpreter, const BuildRequest& request, Hook hook)
      : store_(store), interpreter_(interpreter), request_(request), hook_(hook) {}

  Result<BuildOutcome> run(std::stop_token stop);

 private:
  Result<> set_up(const fs::path& workshop);
  SandboxCommand command(const fs::path& workshop) const;
  Result<> take_value(const fs::path& out);
  Result<> take_requirements(const Json& value);
  Result<> take_wheel(const fs::path& wheels, const Json& value);
  Result<> keep_wheel(const fs::path& file);
  void failed(std::string why) { outcome_.failure = std::move(why); }

  Store& store_;
  const Interpreter& interpreter_;
  const BuildRequest& request_;
  Hook hook_;
  BuildOutcome outcome_;
};

Result<> HookCall::set_up(const fs::path& workshop) {
  ASSAY_CHECK(make_directories(workshop / "src"));
  ASSAY_CHECK(make_directories(workshop / "out/wheels"));
  ASSAY_TRY(const Tree tree, get_tree(store_.blobs, request_.tree));
  ASSAY_CHECK(export_tree(store_.blobs, tree, workshop / "src"));
  ASSAY_CHECK(write_file(workshop / "driver.py", hook_driver));
  const auto made =
      make_environment(store_, interpreter_, request_.toolchain, workshop / "env", "/build/env");
  if (made) return {};
  // A build requirement that is no proper wheel is the package's trouble, not ours.
  if (made.error().kind != ErrorKind::invalid_input) return made;
  failed("its build environment can't be made: " + made.error().message);
  return {};
}

SandboxCommand HookCall::command(const fs::path& workshop) const {
  SandboxCommand command;
  command.argv = {"/build/env/bin/python", "/build/driver.py",       names_of(hook_).hook,
                  request_.system.backend, "/build/out/answer.json", "/build/out/wheels"};
  command.argv.insert(command.argv.end(), request_.system.backend_path.begin(),
                      request_.system.backend_path.end());
  command.environment = {{"PATH", "/build/env/bin:/usr/bin:/bin"},
                         {"HOME", "/tmp/home"},
                         {"LANG", "C.UTF-8"},
                         {"TZ", "UTC"},
                         {"SOURCE_DATE_EPOCH", std::to_string(request_.source_date_epoch)},
                         {"PYTHONHASHSEED", "0"},
                         {"PYTHONDONTWRITEBYTECODE", "1"}};
  command.directory = "/build/src";
  command.limits = request_.limits;
  command.system = interpreter_.target.system;
  for (const auto& root : interpreter_.roots) command.mounts.push_back({root, root, false});
  command.mounts.push_back({workshop / "src", "/build/src", true});
  command.mounts.push_back({workshop / "env", "/build/env", false});
  command.mounts.push_back({workshop / "out", "/build/out", true});
  command.mounts.push_back({workshop / "driver.py", "/build/driver.py", false});
  return command;
}

Result<> HookCall::take_requirements(const Json& value) {
  for (const auto& item : value) {
    const auto text = item.is_string() ? item.get<std::string>() : std::string();
    if (const auto parsed = Requirement::parse(text); !parsed) {
      outcome_.requirements.clear();
      failed("its back end asks for what is no requirement: " + parsed.error().message);
      return {};
    }
    outcome_.requirements.push_back(text);
  }
  return {};
}

Result<> HookCall::take_wheel(const fs::path& wheels, const Json& value) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(wheels, error)) {
    if (entry.path().extension() == ".whl") found.push_back(entry.path());
  }
  if (found.size() != 1) {
    failed(fmt::format("its back end made {} wheels instead of one", found.size()));
    return {};
  }
  if (!is_plain_file(found.front())) {
    failed("its wheel is not a file");
    return {};
  }
  const std::string file_name = found.front().filename().string();
  if (!value.is_string() || value.get<std::string>() != file_name) {
    failed("its back end names another wheel than it made, which is " + printable(file_name));
    return {};
  }
  const auto name = WheelName::parse(file_name);
  if (!name) {
    failed("its wheel's name: " + name.error().message);
    return {};
  }
  const auto version = Version::parse(request_.version);
  if (name->name != request_.name || !version || name->version != *version) {
    failed(fmt::format("its wheel is {} {}, not {} {}", name->name.str(), name->version.str(),
                       request_.name.str(), request_.version));
    return {};
  }
  return keep_wheel(found.front());
}

Result<> HookCall::keep_wheel(const fs::path& file) {
  // A copy: a process can't hold the store's file open for writing.
  ASSAY_TRY(const Blob blob, store_.blobs.put_file(file, false));
  const WheelFile wheel{file.filename().string(), blob.digest};
  if (const auto checked = check_wheel(store_, wheel); !checked) {
    if (checked.error().kind != ErrorKind::invalid_input) return checked;
    failed("its wheel is malformed: " + checked.error().message);
    return {};
  }
  outcome_.wheel = wheel;
  return {};
}

Result<> HookCall::take_value(const fs::path& out) {
  const fs::path answer = out / "answer.json";
  std::error_code error;
  if (!is_plain_file(answer) || fs::file_size(answer, error) > max_answer_bytes) {
    failed(fmt::format("{} ended without an answer", names_of(hook_).hook));
    return {};
  }
  ASSAY_TRY(const std::string text, read_file(answer));
  const auto document = parse_json(text);
  if (!document || !document->is_object() || !document->contains("value")) {
    failed(fmt::format("{} left an answer that can't be read", names_of(hook_).hook));
    return {};
  }
  const Json& value = document->at("value");
  if (hook_ == Hook::build_wheel) return take_wheel(out / "wheels", value);
  if (hook_ == Hook::prepare_metadata && value.is_string()) {
    outcome_.metadata = value.get<std::string>();
  } else if (hook_ == Hook::required_for_build && value.is_array()) {
    return take_requirements(value);
  } else {
    failed(fmt::format("{} did not answer as it should", names_of(hook_).hook));
  }
  return {};
}

Result<BuildOutcome> HookCall::run(std::stop_token stop) {
  ASSAY_TRY(const TemporaryDirectory workshop,
            TemporaryDirectory::create(store_.blobs.temporary(), "build-"));
  ASSAY_CHECK(set_up(workshop.path()));
  if (!outcome_.failure.empty()) return outcome_;
  ASSAY_TRY(const SandboxResult result, run_sandboxed(command(workshop.path()), stop));
  ASSAY_TRY(const Blob log, store_.blobs.put(result.output));
  outcome_.log = log.digest.hex();
  outcome_.cpu_seconds = result.cpu_seconds;
  if (result.ok()) {
    ASSAY_CHECK(take_value(workshop.path() / "out"));
    return outcome_;
  }
  const std::string line = last_line(result.output);
  failed(
      fmt::format("{} {}{}{}", names_of(hook_).hook, result.describe(), line.empty() ? "" : ": ", line));
  return outcome_;
}

Result<BuildOutcome> run_hook(ActionRunner& actions, const Interpreter& interpreter,
                              const BuildRequest& request, Hook hook, std::stop_token stop) {
  const auto work = [&]() -> Result<std::string> {
    ASSAY_TRY(const BuildOutcome outcome,
              HookCall(actions.store(), interpreter, request, hook).run(stop));
    return as_json(outcome);
  };
  ASSAY_TRY(const std::string result, context(actions.run(key_of(hook, interpreter, request), work),
                                              request.name.str() + " " + request.version));
  return outcome_from(result);
}

}  // namespace

Result<BuildOutcome> required_for_build(ActionRunner& actions, const Interpreter& interpreter,
                                        const BuildRequest& request, std::stop_token stop) {
  return run_hook(actions, interpreter, request, Hook::required_for_build, stop);
}

Result<BuildOutcome> metadata_of_wheel(ActionRunner& actions, const Interpreter& interpreter,
                                       const BuildRequest& request, std::stop_token stop) {
  return run_hook(actions, interpreter, request, Hook::prepare_metadata, stop);
}

Result<BuildOutcome> build_wheel(ActionRunner& actions, const Interpreter& interpreter,
                                 const BuildRequest& request, std::stop_token stop) {
  return run_hook(actions, interpreter, request, Hook::build_wheel, stop);
}

}  // namespace assay
