#include "io/git.h"

#include <fmt/format.h>

#include <cstdlib>

#include "base/text.h"
#include "io/files.h"
#include "io/http.h"
#include "io/subprocess.h"

namespace assay {

namespace {

constexpr const char* head = "refs/watch/head";
constexpr std::uint64_t most_blob_bytes = 64ULL << 20;

// Nothing of this machine's user or system takes part.
std::map<std::string, std::string> hardened_environment() {
  const char* path = std::getenv("PATH");
  std::map<std::string, std::string> environment = {
      {"PATH", path == nullptr ? "/usr/bin:/bin" : path},
      {"HOME", "/nonexistent"},
      {"LANG", "C.UTF-8"},
      {"GIT_CONFIG_NOSYSTEM", "1"},
      {"GIT_CONFIG_GLOBAL", "/dev/null"},
      {"GIT_TERMINAL_PROMPT", "0"},
      {"GIT_ASKPASS", "/bin/false"},
      {"GIT_ALLOW_PROTOCOL", "file:https"},
      {"GIT_NO_REPLACE_OBJECTS", "1"}};
  // git's own way to name certificate authorities goes before the one that every other request has.
  if (const auto authorities = certificates_from_environment(); !authorities.empty()) {
    environment[fs::is_directory(authorities) ? "GIT_SSL_CAPATH" : "GIT_SSL_CAINFO"] = authorities;
  }
  for (const char* name : {"GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "https_proxy", "HTTPS_PROXY", "no_proxy",
                           "NO_PROXY"}) {
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') environment[name] = value;
  }
  return environment;
}

// 40 or 64 hexadecimal digits: nothing that git could take for an option or a path.
bool is_object_id(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == text.npos;
}

}  // namespace

Result<GitMirror> GitMirror::open(const fs::path& folder, const std::string& remote,
                                  std::stop_token stop) {
  const bool url = remote.starts_with("https://") || remote.starts_with("file://");
  if ((!url && remote.contains("://")) || remote.starts_with('-') || remote.contains("::")) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{}: a repository is an https or file URL, or a path", printable(remote)));
  }
  GitMirror mirror(folder, url ? remote : fs::absolute(remote).lexically_normal().string(),
                   std::move(stop));
  if (!fs::exists(folder / "HEAD")) {
    ASSAY_CHECK(make_directories(folder));
    ASSAY_TRY(const auto made, mirror.run({"init", "--quiet", "--bare", "--template=", "."}));
  }
  return mirror;
}

Result<std::string> GitMirror::run(std::vector<std::string> arguments,
                                   std::uint64_t max_output) const {
  Command command;
  command.argv = {"git", "-c", "core.hooksPath=/dev/null", "-c", "transfer.fsckObjects=true",
                  "-c", "safe.directory=*", "-c", "gc.auto=0", "-c", "core.quotePath=false",
                  "--git-dir=" + folder_.string()};
  const std::string what = arguments.front();
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.environment = hardened_environment();
  command.directory = folder_;
  command.timeout = std::chrono::minutes(10);
  command.max_output = max_output;
  ASSAY_TRY(auto done, run_command(command, stop_));
  if (!done.ok() || done.truncated) {
    const auto kind = what == "fetch" ? ErrorKind::network : ErrorKind::io;
    const auto why = done.timed_out ? "it took too long"
                     : done.truncated ? "its output is too large"
                                      : printable(trim(done.err).substr(0, 300));
    return fail(kind, fmt::format("{}: git {}: {}", printable(remote_), what, why));
  }
  return std::move(done.out);
}

Result<std::string> GitMirror::fetch(const std::string& branch) {
  const std::string from = branch.empty() ? "HEAD" : "refs/heads/" + branch;
  ASSAY_TRY(const auto fetched, run({"fetch", "--quiet", "--no-tags", "--no-recurse-submodules",
                                     "--no-write-fetch-head", "--end-of-options", remote_,
                                     "+" + from + ":" + head}));
  ASSAY_TRY(const auto id, run({"rev-parse", "--verify", head}));
  return std::string(trim(id));
}

Result<std::vector<std::string>> GitMirror::commits(const std::string& from,
                                                    const std::string& to) const {
  std::vector<std::string> arguments{"rev-list", "--reverse", "--topo-order", to};
  if (!from.empty()) arguments.push_back("^" + from);
  ASSAY_TRY(const auto text, run(std::move(arguments)));
  std::vector<std::string> ids;
  for (const auto line : lines(text)) {
    if (is_object_id(line)) ids.emplace_back(line);
  }
  return ids;
}

bool GitMirror::has(const std::string& commit) const {
  return is_object_id(commit) && run({"cat-file", "-e", commit + "^{commit}"}).has_value();
}

Result<bool> GitMirror::is_ancestor(const std::string& older, const std::string& newer) const {
  if (!has(older)) return false;
  ASSAY_TRY(const auto missing, commits(newer, older));
  return missing.empty();
}

Result<GitCommit> GitMirror::commit(const std::string& id) const {
  ASSAY_TRY(const auto text, run({"show", "--no-patch", "--no-show-signature",
                                  "--format=%H%n%P%n%T%n%aI%n%s", id}));
  const auto parts = lines(text);
  if (parts.size() < 4) return fail(ErrorKind::io, printable(remote_) + ": git show: no commit " + id);
  return GitCommit{std::string(parts[0]), std::string(parts[1].substr(0, parts[1].find(' '))),
                   std::string(parts[2]), std::string(parts[3]),
                   parts.size() > 4 ? printable(parts[4].substr(0, 200)) : ""};
}

Result<std::vector<GitChange>> GitMirror::changes(const GitCommit& commit, bool whole) const {
  std::string before = commit.parent;
  if (whole || before.empty()) {
    // The empty tree stands for nothing; its id depends on the repository's hash.
    ASSAY_TRY(const auto empty, run({"hash-object", "-t", "tree", "/dev/null"}));
    before = trim(empty);
  }
  ASSAY_TRY(const auto text, run({"diff-tree", "-r", "--raw", "-z", "--no-renames", "--no-abbrev",
                                  before, commit.id}));
  std::vector<GitChange> changes;
  // ":100644 100644 <was> <blob> M" NUL "<path>" NUL, again and again.
  const auto fields = split(text, '\0');
  for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
    const auto parts = split(fields[i], ' ');
    if (parts.size() != 5) return fail(ErrorKind::io, printable(remote_) + ": git diff-tree: unreadable");
    const bool file = parts[1] == "100644" || parts[1] == "100755";  // no link, no submodule
    if (!file) continue;
    const bool is_new = parts[2].find_first_not_of('0') == std::string_view::npos;
    changes.push_back({std::string(fields[i + 1]), std::string(parts[3]),
                       is_new ? "" : std::string(parts[2])});
  }
  return changes;
}

Result<std::string> GitMirror::blob(const std::string& id) const {
  if (!is_object_id(id)) return fail(ErrorKind::io, "no object: " + printable(id));
  return run({"cat-file", "blob", id}, most_blob_bytes);
}

}  // namespace assay
