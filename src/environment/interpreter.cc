#include "environment/interpreter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>

#include "base/digest.h"
#include "base/json.h"
#include "base/text.h"
#include "base/variable.h"
#include "io/files.h"
#include "io/subprocess.h"
#include "package/version.h"

namespace assay {

namespace {

// Asked of each interpreter. What PEP 508 calls its environment, what PEP 425's tags follow from,
// and the settings that decide how an extension is compiled. `_base_executable` looks through a
// virtual environment at the Python below it.
constexpr const char* question = R"(
import json, os, platform, sys, sysconfig
full = platform.python_version()
def pep508_version(info):
    text = "%d.%d.%d" % info[:3]
    return text if info.releaselevel == "final" else text + info.releaselevel[0] + str(info.serial)
try:
    libc = os.confstr("CS_GNU_LIBC_VERSION") or ""
except (AttributeError, OSError, ValueError):
    libc = ""
setting = sysconfig.get_config_var
shared = setting("Py_ENABLE_SHARED") and setting("INSTSONAME")
print(json.dumps({
    "executable": os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable),
    "prefixes": [os.path.realpath(sys.base_prefix), os.path.realpath(sys.base_exec_prefix)],
    "library": os.path.realpath(os.path.join(setting("LIBDIR"), shared)) if shared else "",
    "version": "%d.%d" % sys.version_info[:2],
    "full_version": full,
    "major": sys.version_info[0],
    "minor": sys.version_info[1],
    "markers": {
        "implementation_name": sys.implementation.name,
        "implementation_version": pep508_version(sys.implementation.version),
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_release": platform.release(),
        "platform_system": platform.system(),
        "platform_version": platform.version(),
        "python_full_version": full,
        "python_version": "%d.%d" % sys.version_info[:2],
        "sys_platform": sys.platform,
    },
    "platform": sysconfig.get_platform(),
    "libc": libc.replace(" ", "-"),
    "debug": bool(setting("Py_DEBUG")) or hasattr(sys, "gettotalrefcount"),
    "free_threaded": bool(setting("Py_GIL_DISABLED")),
    "build": [sys.version] + [str(setting(name)) for name in (
        "SOABI", "EXT_SUFFIX", "MULTIARCH", "CC", "CXX", "CFLAGS", "LDSHARED", "LDFLAGS", "AR")],
}))
)";

// Directories that are not inside another of them, and not in /usr, which every sandbox has.
std::vector<fs::path> roots_outside_usr(std::set<fs::path> folders) {
  std::vector<fs::path> roots;
  const auto inside = [](const fs::path& path, const fs::path& folder) {
    return std::ranges::mismatch(folder, path).in1 == folder.end();
  };
  for (const auto& folder : folders) {  // sorted, so that an outer one comes first
    const bool seen = inside(folder, "/usr") || std::ranges::any_of(roots, [&](const auto& root) {
                        return inside(folder, root);
                      });
    if (!seen) roots.push_back(folder);
  }
  return roots;
}

Result<std::string> fingerprint_of(const Json& answer, const fs::path& root) {
  Sha256 hash;
  hash.update(answer.at("full_version").get<std::string>() + "\n" + compact(answer.at("build")));
  hash.update(answer.at("platform").get<std::string>() + answer.at("libc").get<std::string>());
  for (const char* file : {"executable", "library"}) {
    const auto path = answer.at(file).get<std::string>();
    if (path.empty()) continue;
    ASSAY_TRY(const std::string bytes, read_file(root / fs::path(path).relative_path()));
    hash.update(bytes);
  }
  return hash.finish().hex();
}

Result<Interpreter> interpreter_from(const Json& answer, const Target& target) {
  Interpreter found;
  found.target = target;
  found.executable = answer.at("executable").get<std::string>();
  found.version = answer.at("version").get<std::string>();
  found.full_version = answer.at("full_version").get<std::string>();
  for (const auto& [name, value] : answer.at("markers").items()) {
    found.markers[name] = value.get<std::string>();
  }
  found.tag_facts.python_major = answer.at("major").get<int>();
  found.tag_facts.python_minor = answer.at("minor").get<int>();
  found.tag_facts.implementation = found.markers["implementation_name"];
  found.tag_facts.platform = answer.at("platform").get<std::string>();
  found.tag_facts.libc = answer.at("libc").get<std::string>();
  found.tag_facts.debug = answer.at("debug").get<bool>();
  found.tag_facts.free_threaded = answer.at("free_threaded").get<bool>();
  found.tags = supported_tags(found.tag_facts);
  std::set<fs::path> folders = {found.executable.parent_path()};
  for (const auto& prefix : answer.at("prefixes")) folders.insert(prefix.get<std::string>());
  if (const auto library = answer.at("library").get<std::string>(); !library.empty()) {
    folders.insert(fs::path(library).parent_path());
  }
  found.roots = roots_outside_usr(std::move(folders));
  ASSAY_TRY(found.fingerprint, fingerprint_of(answer, target.root()));
  return found;
}

Result<Interpreter> understand(std::string_view text, const Target& target,
                               const std::string& program) {
  ASSAY_TRY(const Json answer, context(parse_json(text), program));
  try {
    return interpreter_from(answer, target);
  } catch (const Json::exception& e) {
    return fail(ErrorKind::subprocess, fmt::format("{} answers oddly: {}", program, e.what()));
  }
}

std::unexpected<Error> no_answer(const std::string& program, std::string_view output) {
  return fail(ErrorKind::subprocess, fmt::format("{} does not answer: {}", program,
                                                 printable(trim(output.substr(0, 300)))));
}

// Isolated, and without site: what was installed beside it neither runs nor delays the answer.
std::vector<std::string> question_for(const fs::path& program) {
  return {program.string(), "-I", "-S", "-c", question};
}

Result<Interpreter> ask(const fs::path& program) {
  Command command;
  command.argv = question_for(program);
  command.timeout = std::chrono::seconds(60);
  ASSAY_TRY(const Completed completed, run_command(command));
  if (!completed.ok()) return no_answer(program.string(), completed.err);
  ASSAY_TRY(const Target host, find_target("host"));
  return understand(completed.out, host, program.string());
}

// The emulator takes half a second for it, so that it is asked once only.
Result<Interpreter> ask_emulated(const fs::path& program, const Target& target,
                                 ActionRunner& actions, std::stop_token stop) {
  const ActionKey key{.kind = "interpreter",
                      .version = "1",
                      .inputs = {sha256(question).hex(), target.fingerprint},
                      .parameters = {program.string()}};
  const auto named = program.string() + " of " + target.platform;
  const auto work = [&]() -> Result<std::string> {
    SandboxCommand command;
    command.argv = question_for(program);
    command.system = target.system;
    ASSAY_TRY(const SandboxResult result, run_sandboxed(command, stop));
    if (!result.ok()) return no_answer(named, result.output);
    return result.output;
  };
  ASSAY_TRY(const std::string answer, actions.run(key, work));
  return understand(answer, target, named);
}

fs::path pyenv_root() {
  const std::string root = variable("PYENV_ROOT");
  return root.empty() ? fs::path(variable("HOME")) / ".pyenv" : fs::path(root);
}

std::vector<fs::path> program_folders() {
  std::vector<fs::path> folders = {"/usr/bin", "/usr/local/bin"};
  const std::string path = variable("PATH");
  // pyenv's shims are slow shell scripts before the versions that are looked at anyway.
  const fs::path shims = pyenv_root() / "shims";
  for (const auto part : split(path, ':')) {
    if (!part.empty() && part != shims &&
        std::ranges::find(folders, fs::path(part)) == folders.end()) {
      folders.emplace_back(part);
    }
  }
  return folders;
}

// pyenv keeps each full version in a folder of its name. Newest first.
std::vector<std::pair<Version, fs::path>> pyenv_versions() {
  std::vector<std::pair<Version, fs::path>> versions;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(pyenv_root() / "versions", error)) {
    if (auto version = Version::parse(entry.path().filename().string())) {
      versions.emplace_back(*std::move(version), entry.path());
    }
  }
  std::ranges::sort(versions, [](const auto& a, const auto& b) { return a.first > b.first; });
  return versions;
}

std::string minor_of(const Version& version) {
  const auto& release = version.release();
  return release.size() < 2 ? release.front() : release[0] + "." + release[1];
}

std::vector<fs::path> candidates(const std::string& version) {
  std::vector<fs::path> found;
  const std::string name = "python" + version;
  for (const auto& folder : program_folders()) {
    std::error_code error;
    if (fs::exists(folder / name, error)) found.push_back(folder / name);
  }
  for (const auto& [full, folder] : pyenv_versions()) {
    if (minor_of(full) == version) found.push_back(folder / "bin" / name);
  }
  return found;
}

std::string versions_that_are_there() {
  std::set<std::pair<int, int>> versions;
  const auto note = [&](const std::string& version) {
    int major = 0;
    int minor = 0;
    int end = 0;
    if (std::sscanf(version.c_str(), "%2d.%3d%n", &major, &minor, &end) == 2 &&
        version.size() == static_cast<std::size_t>(end) && major == 3) {
      versions.emplace(major, minor);
    }
  };
  for (const auto& folder : program_folders()) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with("python3.")) note(name.substr(6));
    }
  }
  for (const auto& [full, folder] : pyenv_versions()) note(minor_of(full));
  std::vector<std::string> words;
  for (const auto& [major, minor] : versions) words.push_back(fmt::format("{}.{}", major, minor));
  return words.empty() ? "none" : join(words, ", ");
}

bool is_minor_version(std::string_view version) {
  return version.size() > 2 && version.size() < 6 && version.starts_with("3.") &&
         version.find_first_not_of("0123456789", 2) == std::string_view::npos;
}

std::unexpected<Error> no_version(const std::string& text) {
  return fail(ErrorKind::invalid_input,
              "not a version of Python like \"3.11\": " + printable(text));
}

}  // namespace

Result<Interpreter> find_interpreter(const std::string& version, const Target& target,
                                     ActionRunner& actions, std::stop_token stop) {
  if (!target.system) return find_interpreter(version);
  if (version != "host" && !is_minor_version(version)) return no_version(version);
  const fs::path program = "/usr/bin/python" + (version == "host" ? "3" : version);
  std::error_code error;
  if (!fs::exists(target.root() / program.relative_path(), error)) {
    return fail(ErrorKind::not_found, fmt::format("the system of {} has no Python {}",
                                                  target.platform, version));
  }
  return ask_emulated(program, target, actions, std::move(stop));
}

Result<Interpreter> find_interpreter(const std::string& version) {
  if (version == "host") {
    ASSAY_TRY(const fs::path program, context(find_program("python3"), "the host's Python"));
    return ask(program);
  }
  if (!is_minor_version(version)) return no_version(version);
  std::string refused;
  for (const auto& program : candidates(version)) {
    auto answer = ask(program);
    if (answer && answer->version == version) return answer;
    refused += "; " + (answer ? program.string() + " is Python " + answer->full_version
                              : answer.error().message);
  }
  return fail(
      ErrorKind::not_found,
      fmt::format("no Python {} in /usr/bin, /usr/local/bin, on PATH or among pyenv's versions; "
                  "there are: {}{}",
                  version, versions_that_are_there(), refused));
}

}  // namespace assay
