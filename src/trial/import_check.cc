#include "trial/import_check.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "io/files.h"

namespace assay {

namespace {

constexpr std::string_view version_of_this = "1";

// Writes a line for each module as it goes, so that what was done before a crash is known.
constexpr std::string_view script = R"(
import importlib, json, sys
with open("/check/modules.json") as file:
    modules = json.load(file)
with open("/check/out/result.jsonl", "w") as out:
    for name in modules:
        try:
            importlib.import_module(name)
            fault = ""
        except BaseException as error:
            fault = type(error).__name__ + ": " + str(error)[:200]
        out.write(json.dumps([name, fault]) + "\n")
        out.flush()
)";

Result<std::string> check(Store& store, const Interpreter& interpreter,
                          const std::vector<WheelFile>& wheels,
                          const std::vector<std::string>& modules, const SandboxLimits& limits,
                          const std::stop_token& stop) {
  ASSAY_TRY(const auto folder, TemporaryDirectory::create(store.blobs.temporary(), "imports-"));
  const fs::path& here = folder.path();
  ASSAY_CHECK(make_environment(store, interpreter, wheels, here / "env", "/check/env"));
  ASSAY_CHECK(make_directories(here / "out"));
  ASSAY_CHECK(write_file(here / "modules.json", compact(Json(modules))));
  ASSAY_CHECK(write_file(here / "check.py", script));
  SandboxCommand command;
  command.argv = {"/check/env/bin/python", "/check/check.py"};
  command.environment = {{"PATH", "/check/env/bin:/usr/bin:/bin"}, {"HOME", "/tmp/home"},
                         {"LANG", "C.UTF-8"}, {"PYTHONHASHSEED", "0"}};
  command.directory = "/tmp";
  command.limits = limits;
  command.system = interpreter.target.system;
  for (const auto& root : interpreter.roots) command.mounts.push_back({root, root, false});
  command.mounts.push_back({here / "env", "/check/env", false});
  command.mounts.push_back({here / "modules.json", "/check/modules.json", false});
  command.mounts.push_back({here / "check.py", "/check/check.py", false});
  command.mounts.push_back({here / "out", "/check/out", true});
  ASSAY_TRY(const auto result, run_sandboxed(command, stop));

  std::map<std::string, std::string> failures;
  for (const auto& module : modules) {
    failures[module] = "the process ended before: " + result.describe();
  }
  const auto written = here / "out" / "result.jsonl";
  std::error_code error;
  if (fs::is_regular_file(fs::symlink_status(written, error)) &&
      fs::file_size(written, error) < (64U << 20)) {
    ASSAY_TRY(const auto text, read_file(written));
    for (const auto line : lines(text)) {
      const auto pair = parse_json(line);
      if (!pair || !pair->is_array() || pair->size() != 2 || !pair->at(0).is_string() ||
          !pair->at(1).is_string()) {
        continue;
      }
      failures[pair->at(0).get<std::string>()] = pair->at(1).get<std::string>();
    }
  }
  std::erase_if(failures, [](const auto& one) { return one.second.empty(); });
  return compact(Json(failures));
}

}  // namespace

Result<std::map<std::string, std::string>> import_failures(
    ActionRunner& actions, const Interpreter& interpreter, const std::vector<WheelFile>& wheels,
    const std::vector<std::string>& modules, const SandboxLimits& limits, std::stop_token stop) {
  ActionKey key{.kind = "imports",
                .version = std::string(version_of_this),
                .inputs = {interpreter.fingerprint, interpreter.target.fingerprint},
                .parameters = {}};
  for (const auto& wheel : wheels) {
    key.inputs.push_back(wheel.digest.hex());
    key.parameters.push_back(wheel.file_name);
  }
  key.parameters.insert(key.parameters.end(), modules.begin(), modules.end());
  ASSAY_TRY(const auto text, actions.run(key, [&] {
    return check(actions.store(), interpreter, wheels, modules, limits, stop);
  }));
  ASSAY_TRY(const Json json, context(parse_json(text), "an import check in the store"));
  return json.get<std::map<std::string, std::string>>();
}

}  // namespace assay
