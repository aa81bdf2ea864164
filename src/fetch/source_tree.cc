#include "fetch/source_tree.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "io/link_check.h"
#include "store/tree.h"

namespace assay {

namespace {

// Without the one folder that every path begins with (PEP 625); as they are where there is none.
std::vector<TreeEntry> without_top_folder(std::vector<TreeEntry> entries) {
  const auto top = entries.front().path.substr(0, entries.front().path.find('/') + 1);
  const bool shared = !top.empty() && std::ranges::all_of(entries, [&](const TreeEntry& entry) {
    return entry.path.starts_with(top) && entry.path.size() > top.size();
  });
  if (shared) {
    for (auto& entry : entries) entry.path.erase(0, top.size());
  }
  return entries;
}

// A link that stayed in the archive may have done so by way of the top folder's name.
Result<> check_links(const std::vector<TreeEntry>& entries) {
  Links links;
  for (const auto& entry : entries) {
    if (!entry.link_target.empty()) links.emplace(entry.path, entry.link_target);
  }
  if (const auto link = link_that_leaves(links)) {
    return fail(ErrorKind::invalid_input,
                fmt::format("the archive's member \"{}\" is a link out of its top folder",
                            printable(*link)));
  }
  return {};
}

Result<Digest> unpack(Store& store, const Digest& archive, const ArchiveLimits& limits) {
  std::vector<TreeEntry> entries;
  const auto keep = [&](const ArchiveEntry& found, std::string_view bytes) -> Result<> {
    TreeEntry entry{
        .path = found.path, .executable = found.executable, .link_target = found.link_target};
    if (found.link_target.empty()) {
      ASSAY_TRY(const Blob blob, store.blobs.put(bytes));
      entry.digest = blob.digest;
      entry.size = blob.size;
    } else {
      entry.digest = sha256(found.link_target);
      entry.size = found.link_target.size();
    }
    entries.push_back(std::move(entry));
    return {};
  };
  ASSAY_CHECK(read_archive(store.blobs.path_of(archive), limits, keep));
  if (entries.empty()) return fail(ErrorKind::invalid_input, "the archive has folders only");
  entries = without_top_folder(std::move(entries));
  ASSAY_CHECK(check_links(entries));
  return put_tree(store.blobs, Tree(std::move(entries)));
}

// The role that a folder gives to all below it, unless one further down says otherwise. Words that
// are also names of modules ("news", "demo") count at the top only.
std::optional<PathRole> role_of_folder(std::string_view name, bool at_top) {
  if (is_any_of(name, {"test", "tests", "unittests", "test cases", "manual tests"})) {
    return PathRole::test;
  }
  if (is_any_of(name, {"doc", "docs"})) return PathRole::docs;
  if (is_any_of(name, {"example", "examples"})) return PathRole::example;
  if (is_any_of(name, {"_vendor", "_vendored", "vendor", "vendored", "third_party", "third-party",
                       "thirdparty", "extern", "external", "_externals"})) {
    return PathRole::vendored;
  }
  if (name.ends_with(".egg-info") || name.ends_with(".dist-info")) return PathRole::generated;
  if (!at_top) return std::nullopt;
  // Servers that only tests talk to, with the keys they are made for.
  if (is_any_of(name, {"dummyserver", "testserver", "test_server", "e2e_tests", "e2e-tests", "e2e", "integration_tests",
                       "integration-tests", "unit_tests", "functional_tests"})) {
    return PathRole::test;
  }
  if (is_any_of(name, {"documentation", "man", "changelog", "changes", "news"}))
    return PathRole::docs;
  if (is_any_of(name, {"demo", "demos", "samples", "tutorials", "docs_src", "notebooks"})) {
    return PathRole::example;
  }
  if (is_any_of(name, {"benchmark", "benchmarks", "bench", "asv_bench", "perf", "profiling", "tools",
                       "scripts", "script", "dev", "devtools", "maint_tools", "release", "ci", "appveyor",
                       "packaging", "docker", ".devcontainer", "contrib"})) {
    return PathRole::tool;
  }
  if (is_any_of(name, {".github", ".gitlab", ".circleci", ".azure-pipelines", ".ci", ".travis", ".buildkite",
                       ".vscode", ".idea", "winbuild"})) {
    return PathRole::tool;
  }
  if (name == "_build_hook") return PathRole::build;
  return std::nullopt;
}

std::optional<PathRole> role_of_file(std::string_view name) {
  if (is_test_file(name)) return PathRole::test;
  const std::string lowered = lower(name);
  constexpr std::array documents{"readme",   "changes",        "changelog",    "history",
                                 "news",     "license",        "licence",      "copying",
                                 "notice",   "authors",        "contributing", "contributors",
                                 "security", "code_of_conduct"};
  if (lowered.ends_with(".rst") || lowered.ends_with(".md") ||
      std::ranges::any_of(documents, [&](const char* word) {
        return lowered == word || lowered.starts_with(std::string(word) + ".");
      })) {
    return PathRole::docs;
  }
  if (is_any_of(lowered, {"pkg-info", "uv.lock", "poetry.lock", "pdm.lock", "package-lock.json"}) ||
      lowered.ends_with(".min.js") || lowered.ends_with(".min.css")) {
    return PathRole::generated;
  }
  return std::nullopt;
}

bool is_build_file(std::string_view name) {
  return is_any_of(name, {"setup.py", "setup.cfg", "pyproject.toml", "Makefile",
                          "makefile", "CMakeLists.txt", "meson.build", "meson_options.txt",
                          "MANIFEST.in", "hatch_build.py", "pdm_build.py", "configure.ac"});
}

// Settings of the continuous integration, of editors and of what developers run, at the top. Nothing
// of an installation reads them.
bool is_developers_file(std::string_view name) {
  constexpr std::array begins{".pre-commit-config", "azure-pipelines", "azure-steps", ".readthedocs", ".travis",
                              ".appveyor", "appveyor.", ".cirrus", ".gitlab-ci", ".pylintrc", "codecov.", ".codecov"};
  return std::ranges::any_of(begins, [&](const char* begin) { return name.starts_with(begin); }) ||
         is_any_of(name, {"tox.ini", "noxfile.py", "tasks.py", "dodo.py", "fabfile.py", "pavement.py",
                          "dockerfile", "docker-compose.yml", "docker-compose.yaml", "pytest.ini", "mypy.ini",
                          ".coveragerc", ".flake8", ".isort.cfg", ".bumpversion.cfg", ".editorconfig",
                          ".gitignore", ".gitattributes", ".dockerignore", "justfile", "vagrantfile"});
}

}  // namespace

Result<Digest> unpack_sdist(ActionRunner& actions, const Digest& archive,
                            std::string_view file_name, const ArchiveLimits& limits) {
  const ActionKey key{
      .kind = "unpack",
      .version = "2",
      .inputs = {archive.hex()},
      .parameters = {fmt::format("{} {} {} {} {}", limits.files, limits.bytes, limits.file_bytes,
                                 limits.ratio, limits.path_bytes)}};
  ASSAY_TRY(const auto hex, context(actions.run(key,
                                                [&]() -> Result<std::string> {
                                                  ASSAY_TRY(
                                                      const auto tree,
                                                      unpack(actions.store(), archive, limits));
                                                  return tree.hex();
                                                }),
                                    file_name));
  return Digest::parse(hex);
}

PathRole role_of(std::string_view path) {
  const auto parts = split(path, '/');
  PathRole role = PathRole::shipped;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    // A test's vendored helper is still a test's; all else goes by the innermost folder.
    if (role == PathRole::test) break;
    if (const auto found = role_of_folder(lower(parts[i]), i == 0)) role = *found;
  }
  if (!ships(role)) return role;
  if (const auto found = role_of_file(parts.back())) return *found;
  if (parts.size() != 1) return role;
  if (is_developers_file(lower(parts.back()))) return PathRole::tool;
  return is_build_file(parts.back()) ? PathRole::build : role;
}

}  // namespace assay
