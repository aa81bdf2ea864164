#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <utility>

#include "resolve/resolver.h"
#include "resolve/table_source.h"

// Two requests at once: a small index for two Pythons, against trying every pair of choices.
namespace assay {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<std::string> pythons{"3.9", "3.12"};

std::vector<ResolutionRequest> requests_for(const std::vector<std::string>& requirements) {
  std::vector<ResolutionRequest> requests;
  for (const auto& python : pythons) {
    auto& request = requests.emplace_back(request_for(requirements));
    request.title = "Python " + python;
    request.markers["python_version"] = python;
    request.markers["python_full_version"] = python + ".1";
    request.python = *Version::parse(python + ".1");
  }
  return requests;
}

// "3.9: numpy 2.0; 3.12: numpy 2.1", and the names that differ.
std::string summary(const Result<JointResolution>& joint) {
  if (!joint) return "error: " + joint.error().message;
  std::string text;
  for (std::size_t i = 0; i < pythons.size(); ++i) {
    text += fmt::format("{}{}: {}", i == 0 ? "" : "; ", pythons[i], summary(Result<Resolution>(joint->resolutions[i])));
  }
  for (const auto& difference : joint->differences) text += " | " + difference.name.str();
  return text;
}

TEST(ResolveTogether, TakesTheNewestThatServesAll) {
  TableSource source;
  source.add("numpy", "2.0", TableSource::Release{.requires_dist = {}, .requires_python = ">=3.9", .index_requires_python = ">=3.9"});
  source.add("numpy", "2.1", TableSource::Release{.requires_dist = {}, .requires_python = ">=3.10", .index_requires_python = ">=3.10"});
  source.add("app", "1", {"numpy"});
  EXPECT_EQ(summary(resolve_together(requests_for({"app"}), source)), "3.9: app 1, numpy 2.0; 3.12: app 1, numpy 2.0");
}

TEST(ResolveTogether, LimitsThatOnlyTheMetadataTellsCountToo) {
  TableSource source;
  source.add("numpy", "2.0", TableSource::Release{.requires_dist = {}, .requires_python = ">=3.9"});
  source.add("numpy", "2.1", TableSource::Release{.requires_dist = {}, .requires_python = ">=3.10"});
  EXPECT_EQ(summary(resolve_together(requests_for({"numpy"}), source)), "3.9: numpy 2.0; 3.12: numpy 2.0");
}

TEST(ResolveTogether, WhatOneEnvironmentDoesNotTakeDoesNotLimitTheOthers) {
  TableSource source;
  source.add("backport", "1", {"shared<2"});
  source.add("shared", "1");
  source.add("shared", "2");
  source.add("app", "1", {"backport; python_version < '3.10'", "shared; python_version >= '3.10'"});
  EXPECT_EQ(summary(resolve_together(requests_for({"app"}), source)),
            "3.9: app 1, backport 1, shared 1; 3.12: app 1, shared 1");
  // The old Python alone needs it: nothing ties it to what the other has.
  TableSource apart;
  apart.add("old", "1", TableSource::Release{.requires_dist = {}, .index_requires_python = "<3.10"});
  apart.add("old", "2", TableSource::Release{.requires_dist = {}, .index_requires_python = ">=3.10"});
  apart.add("app", "1", {"old; python_version < '3.10'"});
  EXPECT_EQ(summary(resolve_together(requests_for({"app"}), apart)), "3.9: app 1, old 1; 3.12: app 1");
}

TEST(ResolveTogether, DiffersOnlyWhereItMustAndSaysWhy) {
  TableSource source;
  source.add("compiled", "1", TableSource::Release{.requires_dist = {"base"}, .index_requires_python = "<3.10"});
  source.add("compiled", "2", TableSource::Release{.requires_dist = {"base"}, .index_requires_python = ">=3.10"});
  source.add("base", "1");
  source.add("base", "2");
  const auto joint = resolve_together(requests_for({"compiled", "base[fast]"}), source);
  EXPECT_EQ(summary(joint), "3.9: base 2, compiled 1; 3.12: base 2, compiled 2 | compiled");
  EXPECT_THAT(joint->differences.front().reason,
              AllOf(HasSubstr("compiled 2 on Python 3.9 can't be taken (needs Python >=3.10 (this is 3.9.1))"),
                    HasSubstr("compiled is asked for on Python 3.12")));
}

TEST(ResolveTogether, ExtrasOfOneEnvironmentOnly) {
  TableSource source;
  source.add("web", "1", {"socks<2; extra == 'socks'"});
  source.add("socks", "1");
  source.add("socks", "2");
  source.add("app", "1", {"web", "web[socks]; python_version < '3.10'"});
  EXPECT_EQ(summary(resolve_together(requests_for({"app"}), source)),
            "3.9: app 1, socks 1, web 1; 3.12: app 1, web 1");
}

TEST(ResolveTogether, SaysForWhichThereIsNoSolution) {
  TableSource source;
  source.add("app", "1", {"missing; python_version < '3.10'"});
  const auto joint = resolve_together(requests_for({"app"}), source);
  ASSERT_FALSE(joint);
  EXPECT_EQ(joint.error().kind, ErrorKind::not_found);
  EXPECT_THAT(joint.error().message, AllOf(HasSubstr("for Python 3.9"), HasSubstr("the index has no project missing")));
}

TEST(ResolveTogether, ConstraintsAndOverridesAreThoseOfTheEnvironment) {
  TableSource source;
  source.add("app", "1", {"tool<2"});
  source.add("tool", "1");
  source.add("tool", "2");
  source.add("tool", "3");
  auto requests = requests_for({"app"});
  requests[0].overrides.emplace(Name::normalize("tool"), *Requirement::parse("tool"));
  EXPECT_EQ(summary(resolve_together(requests, source)), "3.9: app 1, tool 1; 3.12: app 1, tool 1");
  requests[1].overrides.emplace(Name::normalize("tool"), *Requirement::parse("tool"));
  requests[1].constraints.emplace(Name::normalize("tool"), *SpecifierSet::parse("<3"));
  EXPECT_EQ(summary(resolve_together(requests, source)), "3.9: app 1, tool 2; 3.12: app 1, tool 2");
}

TEST(ResolveTogether, AYankedVersionWantsItsPinInThatEnvironment) {
  TableSource source;
  source.add("tool", "1");
  source.add("tool", "2", TableSource::Release{.requires_dist = {}, .yanked = "broken"});
  source.add("app", "1", {"tool"});
  source.add("needs", "1", {"tool==2; python_version < '3.10'", "tool; python_version >= '3.10'"});
  EXPECT_EQ(summary(resolve_together(requests_for({"app", "tool==2; python_version < '3.10'"}), source)),
            "3.9: app 1, tool 2; 3.12: app 1, tool 1 | tool");
  EXPECT_FALSE(resolve_together(requests_for({"needs"}), source));  // another's pin is none of the request's
}

// Small random indexes, in which some dependencies are of one Python only.
constexpr int project_count = 4;
constexpr int version_count = 3;
constexpr int absent = -1;
using Choice = std::vector<int>;  // a version for each project, or absent

struct Edge {
  int project;
  int lowest;
  int highest;
  int only;  // for this Python; -1: for both
};

struct Universe {
  std::vector<Edge> roots;
  std::vector<Edge> edges[project_count][version_count];
};

Universe random_universe(unsigned seed) {
  std::mt19937 engine(seed);
  const auto below = [&](int limit) { return static_cast<int>(engine() % static_cast<unsigned>(limit)); };
  const auto edge = [&] {
    const int first = below(version_count);
    const int second = below(version_count);
    const int project = below(project_count);
    return Edge{project, std::min(first, second), std::max(first, second), below(3) - 1};
  };
  Universe universe;
  for (int i = below(3); i >= 0; --i) universe.roots.push_back(edge());
  for (auto& project : universe.edges) {
    for (auto& version : project) {
      for (int i = below(4); i > 0; --i) version.push_back(edge());
    }
  }
  return universe;
}

std::string to_text(const Edge& edge) {
  auto text = fmt::format("p{}>={},<={}", edge.project, edge.lowest + 1, edge.highest + 1);
  if (edge.only >= 0) text += fmt::format("; python_version == '{}'", pythons[static_cast<std::size_t>(edge.only)]);
  return text;
}

bool is_solution(const Universe& universe, const Choice& choice, int python) {
  const auto holds = [&](const std::vector<Edge>& edges) {
    return std::ranges::all_of(edges, [&](const Edge& edge) {
      const int version = choice[static_cast<std::size_t>(edge.project)];
      return (edge.only >= 0 && edge.only != python) || (version >= edge.lowest && version <= edge.highest);
    });
  };
  if (!holds(universe.roots)) return false;
  for (int project = 0; project < project_count; ++project) {
    const int version = choice[static_cast<std::size_t>(project)];
    if (version != absent && !holds(universe.edges[project][version])) return false;
  }
  return true;
}

std::vector<Choice> solutions(const Universe& universe, int python) {
  std::vector<Choice> found;
  Choice choice(project_count, absent);
  for (;;) {
    if (is_solution(universe, choice, python)) found.push_back(choice);
    std::size_t at = 0;
    while (at < choice.size() && choice[at] == version_count - 1) choice[at++] = absent;
    if (at == choice.size()) return found;
    ++choice[at];
  }
}

// As bits of the projects that both take, in other versions.
unsigned difference(const Choice& a, const Choice& b) {
  unsigned bits = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != absent && b[i] != absent && a[i] != b[i]) bits |= 1U << i;
  }
  return bits;
}

Choice to_choice(const Resolution& resolution) {
  Choice choice(project_count, absent);
  for (const auto& package : resolution.packages) {
    choice[static_cast<std::size_t>(package.name.str()[1] - '0')] = std::stoi(package.version.str()) - 1;
  }
  return choice;
}

TEST(ResolveTogether, AgreesWithTryingEverything) {
  constexpr int rounds = 600;
  int same = 0;
  int apart = 0;
  for (unsigned seed = 0; seed < rounds; ++seed) {
    const auto universe = random_universe(seed);
    TableSource source;
    std::vector<std::string> roots;
    for (const auto& edge : universe.roots) roots.push_back(to_text(edge));
    for (int project = 0; project < project_count; ++project) {
      for (int version = 0; version < version_count; ++version) {
        std::vector<std::string> needs;
        for (const auto& edge : universe.edges[project][version]) needs.push_back(to_text(edge));
        source.add(fmt::format("p{}", project), std::to_string(version + 1), needs);
      }
    }
    const auto first = solutions(universe, 0);
    const auto second = solutions(universe, 1);
    const auto joint = resolve_together(requests_for(roots), source);
    ASSERT_EQ(joint.has_value(), !first.empty() && !second.empty()) << "seed " << seed << ": " << summary(joint);
    if (!joint) continue;
    const auto a = to_choice(joint->resolutions[0]);
    const auto b = to_choice(joint->resolutions[1]);
    ASSERT_TRUE(is_solution(universe, a, 0)) << "seed " << seed << ": " << summary(joint);
    ASSERT_TRUE(is_solution(universe, b, 1)) << "seed " << seed << ": " << summary(joint);
    unsigned told = 0;
    for (const auto& [name, reason] : joint->differences) told |= 1U << (name.str()[1] - '0');
    ASSERT_EQ(difference(a, b), told) << "seed " << seed << ": " << summary(joint);
    ++(told == 0 ? same : apart);
    // No pair of solutions differs in fewer of the same projects.
    for (const auto& one : first) {
      for (const auto& other : second) {
        const auto bits = difference(one, other);
        ASSERT_FALSE(bits != told && (bits & ~told) == 0) << "seed " << seed << ": " << summary(joint);
      }
    }
  }
  EXPECT_GT(same, 100);
  EXPECT_GT(apart, 20);
}

}  // namespace
}  // namespace assay
