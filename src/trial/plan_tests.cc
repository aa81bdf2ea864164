#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "base/text.h"
#include "trial/imported_by_tests.h"
#include "package/ini_file.h"
#include "trial/needed_for_tests.h"
#include "trial/project_settings.h"
#include "trial/pytest_settings.h"
#include "trial/source_files.h"
#include "trial/test_places.h"
#include "trial/tox_ini.h"
#include "trial/trial.h"

// How the tests of a source tree are found and what they need, by reading. What upstream wrote down
// for its own test runs comes first: tox, then what is named for tests. Whatever the tests import
// and that choice lacks is taken from the rest of what upstream lists for developers.
namespace assay {

namespace {

constexpr std::size_t most_extras = 100;
constexpr std::array<std::string_view, 3> names_for_tests{"test", "tests", "testing"};

// The files at the root and in requirements/ that hold what tests need, best first.
constexpr std::array<std::string_view, 16> requirements_files{
    "requirements/tests.txt", "requirements/test.txt",  "requirements/testing.txt",
    "requirements/tests.in",  "requirements/test.in",   "requirements-tests.txt",
    "requirements-test.txt",  "requirements_tests.txt", "requirements_test.txt",
    "test-requirements.txt",  "test_requirements.txt",  "tests/requirements.txt",
    "requirements-dev.txt",   "requirements_dev.txt",   "dev-requirements.txt",
    "requirements/dev.txt"};

bool names_developers(std::string_view name) {
  constexpr std::array<std::string_view, 9> words{"test", "tests",       "testing", "dev", "devel",
                                                  "all",  "development", "ci",      "full"};
  const auto normalized = Name::normalize(name).str();
  return std::ranges::any_of(split(normalized, '-'), [&](std::string_view part) {
    return std::ranges::find(words, part) != words.end();
  });
}

class Planner {
 public:
  Planner(const SourceFiles& files, const Metadata& metadata, const MarkerEnvironment& markers)
      : files_(files), metadata_(metadata), markers_(markers) {
    read_project();
    pytest_ = find_pytest_settings(files_, project_);
  }

  TestPlan plan(const TestPlanOverride* given) {
    TestPlan plan;
    choose_paths(plan, given);
    if (!plan.present) {
      plan.how = how();
      return plan;
    }
    NeededForTests needed(files_, metadata_, markers_);
    if (given != nullptr && !given->requirements.empty()) {
      for (const auto& line : given->requirements) needed.add_line(line);
      say("requirements: the set's own");
    } else {
      discover(needed);
      complete(needed, plan.paths);
    }
    leave_to_the_set(needed);
    tell_elsewhere(needed);
    add_pytest(needed);
    if (given != nullptr) {
      plan.arguments = given->arguments;
      plan.environment = given->environment;
    }
    tell_left_out(needed);
    plan.requirements = std::move(needed.requirements);
    plan.extras = std::move(needed.extras);
    plan.how = how();
    return plan;
  }

 private:
  void say(std::string sentence) { said_.push_back(std::move(sentence)); }
  std::string how() const { return join(said_, "; "); }

  void read_project() {
    const auto text = files_.read("pyproject.toml");
    if (!text) return;
    auto parsed = ProjectSettings::parse(*text);
    if (parsed) {
      project_ = *std::move(parsed);
    } else {
      say("pyproject.toml can't be read: " + printable(parsed.error().message));
    }
  }

  void choose_paths(TestPlan& plan, const TestPlanOverride* given) {
    if (given != nullptr && !given->paths.empty()) {
      plan.paths = given->paths;
      plan.present = true;
      return say(fmt::format("tests: {} (the set's own)", join(plan.paths, " ")));
    }
    const auto places = find_test_places(files_, pytest_);
    plan.paths = places.paths;
    plan.present = !plan.paths.empty();
    if (plan.present) {
      say(fmt::format("tests: {} ({})", printable(join(plan.paths, " ")), places.how));
    } else {
      say("no tests were found: no testpaths, no folder or module named for tests");
    }
  }

  // The sources in their order; the first that names anything is taken.
  void discover(NeededForTests& needed) {
    using Source = std::string (Planner::*)(NeededForTests&);
    for (const Source source : {&Planner::from_tox, &Planner::from_groups, &Planner::from_extras,
                                &Planner::from_requirements_file}) {
      const auto where = (this->*source)(needed);
      if (needed.empty()) continue;
      return say("requirements: " + where);
    }
    say("requirements: none are named, so pytest alone");
  }

  std::string from_tox(NeededForTests& needed) {
    for (const std::string path : {"tox.ini", "setup.cfg"}) {
      const auto text = files_.read(path);
      if (text && take_tox_ini(*text, path, path == "setup.cfg", needed)) return path;
    }
    if (project_ && !project_->legacy_tox_ini.empty() &&
        take_tox_ini(project_->legacy_tox_ini, "pyproject.toml", false, needed)) {
      return "[tool.tox] of pyproject.toml";
    }
    if (project_ && take_tox(project_->tox, needed)) return "[tool.tox] of pyproject.toml";
    if (const auto text = files_.read("tox.toml")) {
      const auto environment = parse_tox_toml(*text);
      if (!environment) say("tox.toml can't be read: " + printable(environment.error().message));
      if (environment && take_tox(*environment, needed)) return "tox.toml";
    }
    return "";
  }

  // tox reads setup.cfg only where it has a [tox:tox] section.
  bool take_tox_ini(std::string_view text, const std::string& path, bool needs_section,
                    NeededForTests& needed) {
    const auto file = IniFile::parse(text);
    if (!file) {
      say(fmt::format("{} can't be read: {}", path, printable(file.error().message)));
      return false;
    }
    if (needs_section && !file->has_section("tox:tox")) return false;
    const auto python = markers_.find("python_version");
    return take_tox(read_tox_ini(*file, python == markers_.end() ? "" : python->second), needed);
  }

  bool take_tox(const ToxEnvironment& environment, NeededForTests& needed) {
    // A requirements file is named in deps as pip is told of it.
    for (const auto& line : environment.deps) needed.add_listed_line(line);
    for (const auto& extra : environment.extras) needed.add_extra(extra);
    for (const auto& group : environment.dependency_groups) {
      if (project_) {
        add_group(*project_, group, needed);
      } else {
        needed.leave_out(group, "a dependency group without pyproject.toml");
      }
    }
    return !needed.empty();
  }

  std::string from_groups(NeededForTests& needed) {
    if (!project_) return "";
    for (const auto name : names_for_tests) {
      if (!project_->groups.contains(name)) continue;
      add_group(*project_, name, needed);
      return fmt::format("dependency group \"{}\"", name);
    }
    return "";
  }

  std::string from_extras(NeededForTests& needed) {
    for (const std::string name : {"test", "tests", "testing"}) {
      const auto& offered = metadata_.provides_extra;
      if (std::ranges::find(offered, name) == offered.end()) continue;
      needed.add_extra(name);
      return fmt::format("the extra \"{}\"", name);
    }
    return "";
  }

  std::string from_requirements_file(NeededForTests& needed) {
    for (const auto path : requirements_files) {
      if (!files_.has_file(path)) continue;
      needed.add_file(path);
      return std::string(path);
    }
    return "";
  }

  // What upstream lists beside: in groups, extras and files for developers.
  NeededForTests listed_elsewhere() const {
    NeededForTests listed(files_, metadata_, markers_);
    if (project_) {
      if (project_->groups.contains("dev")) add_group(*project_, "dev", listed);
      for (const auto& [name, entries] : project_->groups) {
        if (names_developers(name)) add_group(*project_, name, listed);
      }
    }
    const auto& extras = metadata_.provides_extra;
    for (const auto& extra : std::span(extras).first(std::min(extras.size(), most_extras))) {
      for (const auto& requirement : metadata_.requires_dist) {
        if (requirement.applies(markers_) || !requirement.applies(markers_, {extra})) continue;
        auto plain = requirement;
        plain.marker.reset();
        listed.add_line(plain.str());
      }
    }
    for (const auto path : requirements_files) {
      if (files_.has_file(path)) listed.add_file(path);
    }
    return listed;
  }

  void complete(NeededForTests& needed, const std::vector<std::string>& paths) {
    const auto listed = listed_elsewhere();
    if (listed.requirements.empty()) return;
    std::vector<std::string> added;
    for (const auto& module : imported_by_tests(files_, paths)) {
      const auto found = std::ranges::find_if(
          listed.requirements,
          [&](const Requirement& requirement) { return likely_brings(requirement.name, module); });
      if (found == listed.requirements.end() || needed.has(found->name)) continue;
      if (is_needed_to_run(found->name)) continue;
      needed.requirements.push_back(*found);
      added.push_back(found->str());
    }
    if (!added.empty()) {
      say("the tests import, and upstream lists elsewhere: " + printable(join(added, ", ")));
    }
  }

  bool is_needed_to_run(const Name& name) const {
    return std::ranges::any_of(metadata_.requires_dist, [&](const Requirement& own) {
      return own.name == name && own.applies(markers_);
    });
  }

  // What the package needs to run comes from the set, in the set's version: a pin of it, made when
  // upstream tested, would ask for another one.
  void leave_to_the_set(NeededForTests& needed) const {
    std::erase_if(needed.requirements, [&](const Requirement& requirement) {
      if (!is_needed_to_run(requirement.name)) return false;
      needed.leave_out(requirement.str(), "the package needs it to run, in the set's version");
      return true;
    });
  }

  // A fork that upstream tests with is not on the index: some of its tests may fail for that alone.
  void tell_elsewhere(const NeededForTests& needed) {
    if (!project_) return;
    for (const auto& requirement : needed.requirements) {
      const auto& name = requirement.name.str();
      if (!project_->taken_from_elsewhere.contains(name)) continue;
      say(fmt::format("upstream takes {} from elsewhere, here it is the index's", name));
    }
  }

  void add_pytest(NeededForTests& needed) {
    const auto pytest = Name::normalize("pytest");
    if (metadata_.name != pytest && !needed.has(pytest)) needed.add_line("pytest");
  }

  void tell_left_out(const NeededForTests& needed) {
    if (!needed.left_out.empty()) say("left out: " + join(needed.left_out, ", "));
  }

  const SourceFiles& files_;
  const Metadata& metadata_;
  const MarkerEnvironment& markers_;
  std::optional<ProjectSettings> project_;
  PytestSettings pytest_;
  std::vector<std::string> said_;
};

// What a person wrote for this set must be right; what the package wrote is taken as far as it
// goes.
Result<> check_override(const SourceFiles& files, const TestPlanOverride& given) {
  for (const auto& path : given.paths) {
    const auto inside = path_within("", path);
    if (inside && (inside->empty() || files.has_file(*inside) || files.has_folder(*inside)))
      continue;
    return fail(ErrorKind::invalid_input,
                fmt::format("the source has no \"{}\", which the set gives as a path of its tests",
                            printable(path)));
  }
  for (const auto& line : given.requirements) {
    if (trim(line).starts_with('.')) continue;
    if (const auto parsed = Requirement::parse(line); !parsed) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("the set's requirement for the tests, \"{}\": {}", printable(line),
                              parsed.error().message));
    }
  }
  return {};
}

}  // namespace

Result<TestPlan> plan_tests(const Store& store, const Digest& tree, const Metadata& metadata,
                            const MarkerEnvironment& markers, const TestPlanOverride* override) {
  ASSAY_TRY(const SourceFiles files, SourceFiles::open(store, tree));
  if (override != nullptr) ASSAY_CHECK(check_override(files, *override));
  TestPlan plan = Planner(files, metadata, markers).plan(override);
  ASSAY_CHECK(context(files.fault(), "what the tests need"));
  return plan;
}

}  // namespace assay
