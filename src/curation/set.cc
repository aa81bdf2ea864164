#include "curation/set.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "curation/policy.h"
#include "curation/table_reader.h"
#include "io/files.h"

namespace assay {

namespace {

// What a Linux machine can be, as this one or under an emulator.
const std::vector<std::string> known_targets = {"host",         "linux-x86_64",  "linux-aarch64",
                                                "linux-armv7l", "linux-ppc64le", "linux-riscv64",
                                                "linux-s390x"};

// "3.11": the language's version, as an interpreter is chosen by.
bool is_python_version(std::string_view text) {
  if (!text.starts_with("3.")) return false;
  const auto minor = text.substr(2);
  return (minor.size() == 1 || minor.size() == 2) && !(minor.size() == 2 && minor[0] == '0') &&
         minor.find_first_not_of("0123456789") == std::string_view::npos;
}

void read_name(TableReader& table, std::string& name) {
  table.require("name");
  const auto text = table.text("name");
  if (!text) return;
  if (trim(text->text).empty() || printable(text->text) != text->text) {
    table.faults().add(text->position, "\"name\" must be a line of text");
  }
  name = text->text;
}

std::optional<Requirement> read_requirement(const PlacedText& written, Faults& faults) {
  auto requirement = Requirement::parse(written.text);
  if (!requirement) {
    faults.add(written.position, fmt::format("\"{}\" is not a requirement: {}",
                                             printable(written.text), requirement.error().message));
    return std::nullopt;
  }
  if (!requirement->url.empty()) {
    faults.add(written.position,
               fmt::format("\"{}\" names a URL; a requirement names a package of the index",
                           printable(written.text)));
    return std::nullopt;
  }
  return *std::move(requirement);
}

void read_requirements(TableReader& table, std::vector<Requirement>& requirements) {
  table.require("requirements");
  const auto texts = table.texts("requirements");
  if (!texts) return;
  if (texts->empty()) {
    table.faults().add(table.any("requirements")->value.position,
                       "\"requirements\" must name at least one package");
  }
  std::map<Name, unsigned> seen;
  for (const auto& written : *texts) {
    auto requirement = read_requirement(written, table.faults());
    if (!requirement) continue;
    const auto [earlier, is_new] = seen.emplace(requirement->name, written.position.line);
    if (!is_new) {
      table.faults().add(written.position,
                         fmt::format("\"{}\" is required twice; the first is on line {}",
                                     requirement->name.str(), earlier->second));
    }
    requirements.push_back(*std::move(requirement));
  }
}

// A project may stand here more than once.
void read_more(TableReader& table, std::string_view key, std::vector<Requirement>& requirements) {
  const auto texts = table.texts(key);
  if (!texts) return;
  for (const auto& written : *texts) {
    auto requirement = read_requirement(written, table.faults());
    if (!requirement) continue;
    if (requirement->specifier.empty()) {
      table.faults().add(written.position, fmt::format("\"{}\" in \"{}\" says nothing of its version",
                                                       requirement->name.str(), key));
    }
    requirements.push_back(*std::move(requirement));
  }
}

// An array of words without repetition, or "host" alone where there is none.
template <class Check>
std::vector<std::string> read_words(TableReader& table, std::string_view key, Check check) {
  const auto texts = table.texts(key);
  if (!texts) return {"host"};
  if (texts->empty()) {
    table.faults().add(
        table.any(key)->value.position,
        fmt::format("\"{}\" must name at least one; without it, it is \"host\"", key));
  }
  std::vector<std::string> words;
  for (const auto& written : *texts) {
    check(written);
    if (std::ranges::find(words, written.text) != words.end()) {
      table.faults().add(written.position, fmt::format("\"{}\" stands twice in \"{}\"",
                                                       printable(written.text), key));
    }
    words.push_back(written.text);
  }
  return words;
}

void read_set_table(TableReader& table, Set& set) {
  auto& faults = table.faults();
  read_name(table, set.name);
  read_requirements(table, set.requirements);
  read_more(table, "constraints", set.constraints);
  read_more(table, "also", set.also);
  set.pythons = read_words(table, "pythons", [&](const PlacedText& written) {
    if (written.text == "host" || is_python_version(written.text)) return;
    faults.add(written.position, fmt::format("\"{}\" is no Python; write it like \"3.11\", or "
                                             "\"host\" for this machine's",
                                             printable(written.text)));
  });
  set.targets = read_words(table, "targets", [&](const PlacedText& written) {
    if (std::ranges::find(known_targets, written.text) != known_targets.end()) return;
    faults.add(written.position, fmt::format("unknown target \"{}\"{}", printable(written.text),
                                             suggestion(written.text, known_targets)));
  });
  set.uploaded_before = table.time("uploaded-before");
  table.refuse_unknown_keys();
}

void read_index(TableReader& table, std::string& url) {
  if (const auto written = table.text("url")) {
    const auto& text = written->text;
    if (!text.starts_with("https://") && !text.starts_with("http://") &&
        !text.starts_with("file://")) {
      table.faults().add(written->position,
                         fmt::format("\"{}\" is no https, http or file URL", printable(text)));
    }
    url = text;
  }
  table.refuse_unknown_keys();
}

bool stays_inside(std::string_view path) {
  if (path.empty() || path.starts_with('/')) return false;
  const auto parts = split(path, '/');
  return std::ranges::find(parts, "..") == parts.end();
}

TestOverride read_override(TableReader& table) {
  TestOverride override;
  const auto requirements = table.texts("requirements");
  if (requirements) {
    for (const auto& written : *requirements) read_requirement(written, table.faults());
  }
  override.requirements = plain(requirements);
  override.arguments = plain(table.texts("arguments"));
  const auto paths = table.texts("paths");
  if (paths) {
    for (const auto& written : *paths) {
      if (stays_inside(written.text)) continue;
      table.faults().add(
          written.position,
          fmt::format("\"{}\" is no path within the source distribution", printable(written.text)));
    }
  }
  override.paths = plain(paths);
  if (auto environment = table.text_map("environment")) {
    override.environment = *std::move(environment);
  }
  table.refuse_unknown_keys();
  return override;
}

void read_overrides(const TomlTable& tables, Faults& faults, std::map<Name, TestOverride>& tests) {
  for (const auto& [key, position, value] : tables) {
    const auto name = Name::parse(key);
    const auto* members = value.as<TomlTable>();
    if (!name) {
      faults.add(position, fmt::format("\"{}\" is no package's name", printable(key)));
    } else if (!members) {
      faults.add(value.position,
                 fmt::format("\"{}\" must be a table, not {}; [tests] holds a table "
                             "for each package",
                             printable(key), kind_of(value)));
    } else {
      TableReader table(*members, value.position, fmt::format("[tests.{}]", key), faults);
      if (!tests.emplace(*name, read_override(table)).second) {
        faults.add(position, fmt::format("[tests.{}] stands twice, in two spellings", name->str()));
      }
    }
  }
}

// [watch]: a location for each package, or a table with a branch.
void read_watch(const TomlTable& members, Faults& faults,
                std::map<Name, WatchedRepository>& watch) {
  for (const auto& [key, position, value] : members) {
    const auto name = Name::parse(key);
    if (!name) {
      faults.add(position, fmt::format("\"{}\" is no package's name", printable(key)));
      continue;
    }
    WatchedRepository& repository = watch[*name];
    if (const auto* location = value.as<std::string>()) {
      repository.location = *location;
    } else if (const auto* table_members = value.as<TomlTable>()) {
      TableReader table(*table_members, value.position, fmt::format("[watch.{}]", key), faults);
      table.require("repository");
      if (const auto text = table.text("repository")) repository.location = text->text;
      if (const auto text = table.text("branch")) repository.branch = text->text;
      table.refuse_unknown_keys();
    } else {
      faults.add(value.position, fmt::format("\"{}\" must be a repository's URL or path, not {}",
                                             printable(key), kind_of(value)));
    }
  }
}

void read_document(const TomlTable& document, Faults& faults, Set& set) {
  TableReader root(document, {}, "the set file", faults);
  const auto each = [&](std::string_view key, auto read) {
    const auto* member = root.table(key);
    if (!member) return;
    TableReader table(*member->value.as<TomlTable>(), member->value.position,
                      fmt::format("[{}]", key), faults);
    read(table);
  };
  root.require("set");
  each("set", [&](TableReader& table) { read_set_table(table, set); });
  each("index", [&](TableReader& table) { read_index(table, set.index_url); });
  each("policy", [&](TableReader& table) { read_policy(table, set.policy); });
  each("advisories", [&](TableReader& table) { read_advisories(table, set.advisories); });
  if (const auto* member = root.table("watch")) {
    read_watch(*member->value.as<TomlTable>(), faults, set.watch);
  }
  if (const auto* member = root.table("tests")) {
    read_overrides(*member->value.as<TomlTable>(), faults, set.tests);
  }
  root.refuse_unknown_keys();
}

constexpr std::string_view set_part =
    R"(# A set of Python packages that assay vets and publishes as a closed index: `assay run` in this
# folder. What people have accepted (a finding, a failing test) stands in dispositions/ beside
# this file. A line that begins with "#" shows a default: take the "#" away to change it.

[set]
name = {}

# What is wanted, as pip would take it: names with versions, extras and markers. What they need in
# turn is found and vetted too.
requirements = [
  "requests >= 2.32",
]

# Limits to the versions of what is found on the way, without asking for it.
# constraints = ["urllib3 < 2.6"]

# Versions to publish beside those, with what they need.
# also = ["numpy < 2"]

# The interpreters to publish for, "host" being this machine's python3. A package is the same version
# for all of them, wherever there is such a version.
# pythons = ["host"]
# pythons = ["3.11", "3.12"]

# The platforms to publish for, "host" being this machine's. For another one, an emulator runs its
# programs; `scripts/target linux-s390x` installs its system.
# targets = ["host"]
# targets = ["host", "linux-s390x"]

# Files that were uploaded later are not seen, so that a run can be repeated.
# uploaded-before = 2026-01-31T00:00:00Z

[index]
# Where source distributions come from: without it, wherever pip is configured to look.
# url = "https://index.example/simple"

[advisories]
# Sources of known vulnerabilities, which all count: OSV records (a URL of a zip archive, a zip or a
# folder), NVD's scores, CISA's list of what is exploited, FIRST's estimates. Without it, the public
# ones are.
# sources = [
#   "advisories",
#   {{ name = "OSV", location = "https://first.example/osv.zip", mirrors = ["kept/osv.zip"] }},
#   {{ name = "KEV", kind = "kev", location = "kept/known_exploited_vulnerabilities.json" }},
# ]
)";

constexpr std::string_view tests_part = R"(
# How the tests of one package are run, where what assay finds by itself is not enough.
# [tests.example]
# requirements = ["pytest", "pytest-httpbin"]
# paths = ["tests"]
# arguments = ["-k", "not network"]
# environment = {{ TZ = "UTC" }}
)";

}  // namespace

Result<Set> load_set(const std::filesystem::path& folder) {
  const auto file = (folder / "assay.toml").lexically_normal();
  auto document = read_toml(file);
  if (!document && document.error().kind == ErrorKind::not_found) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{} is not there; `assay init` writes a new one", file.string()));
  }
  if (!document) return std::unexpected(std::move(document).error());
  Set set;
  set.folder = folder;
  Faults faults(file.string());
  read_document(*document, faults, set);
  ASSAY_CHECK(faults.first());
  return set;
}

std::string set_template(std::string_view name) {
  return fmt::format(fmt::runtime(set_part), toml_string(trim(name).empty() ? "my set" : name)) +
         policy_template() + fmt::format(fmt::runtime(tests_part));
}

}  // namespace assay
