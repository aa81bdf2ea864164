#include "fetch/index_location.h"

#include <sys/stat.h>

#include <cstdlib>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "base/variable.h"
#include "io/subprocess.h"

namespace assay {

namespace {

// Asks pip, in its own words, what its configuration files say and what it does without any. The
// answer names the files that it depends on: pip itself and where its configuration may lie.
constexpr const char* question = R"(
import sys
sys.path = [path for path in sys.path if path not in ("", "/")]
import json
import pip
from pip._internal.configuration import Configuration
from pip._internal.exceptions import ConfigurationError
from pip._internal.models.index import PyPI

configuration = Configuration(isolated=False)
configuration.load()

def value(key):
    try:
        return str(configuration.get_value(key))
    except ConfigurationError:
        return ""

files = [pip.__file__] + [file for _, some in configuration.iter_config_files() for file in some]
print(json.dumps({
    "files": [str(file) for file in files if file],
    "configured": value("install.index-url") or value("global.index-url"),
    "default": PyPI.simple_url,
}))
)";

// As pip takes it: without white space around it; here also without the last slash.
std::string tidy(std::string_view url) {
  std::string tidied(trim(url));
  while (tidied.ends_with('/')) tidied.pop_back();
  return tidied;
}

// Whether a file is as it was: its time and size.
std::string stamp(const std::filesystem::path& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return path.string() + " absent";
  return fmt::format("{} {}.{} {}", path.string(), status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                     status.st_size);
}

// What decides which pip answers and which files it reads.
std::vector<std::string> surroundings(const std::filesystem::path& python) {
  std::vector<std::string> all{stamp(python)};
  for (const char* name : {"HOME", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "VIRTUAL_ENV",
                           "PIP_CONFIG_FILE", "PYENV_VERSION", "PYENV_ROOT", "PYTHONPATH",
                           "PYTHONHOME", "PYTHONUSERBASE", "PYTHONNOUSERSITE"}) {
    all.push_back(fmt::format("{}={}", name, variable(name)));
  }
  return all;
}

Result<std::string> ask_pip(const std::filesystem::path& python) {
  const Command command{.argv = {python.string(), "-c", question},
                        .directory = "/",  // where no stray module is imported from
                        .timeout = std::chrono::seconds(60)};
  ASSAY_TRY(const auto completed, run_command(command));
  if (completed.ok()) return completed.out;
  const auto words = lines(completed.err);
  return fail(
      ErrorKind::not_found,
      fmt::format("pip can't be asked for its index ({}: {}); install pip for it, or name the "
                  "index in assay.toml: [index] url = \"…\"",
                  python.string(),
                  words.empty() ? "no answer" : printable(words.back().substr(0, 200))));
}

// What pip answers, asked at most once here and not at all while nothing has changed since.
class PipAnswer {
 public:
  PipAnswer(std::filesystem::path python, ActionRunner& actions)
      : python_(std::move(python)), actions_(actions) {}

  Result<Json> get() {
    const auto ask = [this]() -> Result<std::string> {
      if (!asked_) {
        ASSAY_TRY(asked_, ask_pip(python_));
      }
      return *asked_;
    };
    ActionKey key{.kind = "pip-index-files",
                  .version = "1",
                  .inputs = {},
                  .parameters = surroundings(python_)};
    ASSAY_TRY(const auto earlier, parsed(actions_.run(key, ask)));
    key.kind = "pip-index";
    for (const auto& file : earlier.at("files")) {
      if (file.is_string()) key.parameters.push_back(stamp(file.get<std::string>()));
    }
    return parsed(actions_.run(key, ask));
  }

 private:
  static Result<Json> parsed(const Result<std::string>& answer) {
    if (!answer) return std::unexpected(answer.error());
    ASSAY_TRY(auto json, context(parse_json(*answer), "pip's answer about its index"));
    if (!json.is_object() || !json.contains("files") || !json["files"].is_array()) {
      return fail(ErrorKind::invalid_input, "pip's answer about its index has no list of files");
    }
    return json;
  }

  std::filesystem::path python_;
  ActionRunner& actions_;
  std::optional<std::string> asked_;
};

}  // namespace

Result<IndexLocation> find_index(const std::string& from_option, const std::string& from_set,
                                 ActionRunner& actions) {
  if (!from_option.empty()) return IndexLocation{tidy(from_option), "as --index says"};
  if (!from_set.empty()) return IndexLocation{tidy(from_set), "as the set says"};
  if (const auto url = tidy(variable("PIP_INDEX_URL")); !url.empty()) {
    return IndexLocation{url, "PIP_INDEX_URL"};
  }
  ASSAY_TRY(const auto python, find_program("python3"));
  ASSAY_TRY(const auto answer, PipAnswer(python, actions).get());
  ASSAY_TRY(const auto configured, string_member(answer, "configured"));
  if (!tidy(configured).empty()) return IndexLocation{tidy(configured), "pip's configuration"};
  ASSAY_TRY(const auto standard, string_member(answer, "default"));
  return IndexLocation{tidy(standard), "pip's default"};
}

}  // namespace assay
