#include "resolve/solver.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <utility>

#include "resolve/table_source.h"

// Random small indexes, resolved twice: by the solver and by trying every combination.
namespace assay {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int project_count = 6;
constexpr int version_count = 4;

struct Edge {
  int project;
  int lowest;
  int highest;
  bool extra;  // asks for the project's extra too
};

// Dependencies of every version of every project, and of the one extra that each has; the roots are a
// project's worth of edges too.
struct Universe {
  std::vector<Edge> roots;
  std::vector<Edge> edges[project_count][version_count];
  std::vector<Edge> extra_edges[project_count][version_count];
};

std::string project_name(int project) { return "p" + std::to_string(project); }

std::string to_text(const Edge& edge) {
  return fmt::format("{}{}>={},<={}", project_name(edge.project), edge.extra ? "[more]" : "", edge.lowest + 1,
                     edge.highest + 1);
}

class Generator {
 public:
  explicit Generator(unsigned seed) : engine_(seed) {}

  Universe universe() {
    Universe made;
    for (int i = below(3); i >= 0; --i) made.roots.push_back(edge());
    for (auto& project : made.edges) {
      for (auto& version : project) {
        for (int i = below(4); i > 0; --i) version.push_back(edge());
      }
    }
    for (auto& project : made.extra_edges) {
      for (auto& version : project) {
        for (int i = below(3); i > 0; --i) version.push_back(edge());
      }
    }
    return made;
  }

 private:
  int below(int limit) { return static_cast<int>(engine_() % static_cast<unsigned>(limit)); }
  Edge edge() {
    const int first = below(version_count);
    const int second = below(version_count);
    const int project = below(project_count);
    return {project, std::min(first, second), std::max(first, second), below(4) == 0};
  }

  std::mt19937 engine_;
};

constexpr int absent = -1;
using Choice = std::vector<int>;  // a version for each project, or absent

bool holds(const Choice& choice, const std::vector<Edge>& edges) {
  return std::ranges::all_of(edges, [&](const Edge& edge) {
    const int version = choice[static_cast<std::size_t>(edge.project)];
    return version >= edge.lowest && version <= edge.highest;
  });
}

bool is_solution(const Universe& universe, const Choice& choice) {
  // What must hold; it grows by the extras that are asked for on the way.
  std::vector<Edge> edges = universe.roots;
  for (int project = 0; project < project_count; ++project) {
    const int version = choice[static_cast<std::size_t>(project)];
    if (version == absent) continue;
    const auto& own = universe.edges[project][version];
    edges.insert(edges.end(), own.begin(), own.end());
  }
  bool with_extra[project_count] = {};
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const auto [project, lowest, highest, extra] = edges[i];
    const int version = choice[static_cast<std::size_t>(project)];
    if (!extra || version == absent || std::exchange(with_extra[project], true)) continue;
    const auto& more = universe.extra_edges[project][version];
    edges.insert(edges.end(), more.begin(), more.end());
  }
  return holds(choice, edges);
}

bool has_solution(const Universe& universe) {
  Choice choice(project_count, absent);
  for (;;) {
    if (is_solution(universe, choice)) return true;
    std::size_t at = 0;
    while (at < choice.size() && choice[at] == version_count - 1) choice[at++] = absent;
    if (at == choice.size()) return false;
    ++choice[at];
  }
}

TableSource to_source(const Universe& universe) {
  TableSource source;
  for (int project = 0; project < project_count; ++project) {
    for (int version = 0; version < version_count; ++version) {
      std::vector<std::string> requirements;
      for (const auto& edge : universe.edges[project][version]) {
        requirements.push_back(to_text(edge));
      }
      for (const auto& edge : universe.extra_edges[project][version]) {
        requirements.push_back(to_text(edge) + "; extra == 'more'");
      }
      source.add(project_name(project), std::to_string(version + 1), requirements);
    }
  }
  return source;
}

Choice to_choice(const Resolution& resolution) {
  Choice choice(project_count, absent);
  for (const auto& package : resolution.packages) {
    const auto project = static_cast<std::size_t>(std::stoi(package.name.str().substr(1)));
    choice[project] = std::stoi(package.version.str()) - 1;
  }
  return choice;
}

TEST(Solver, AgreesWithTryingEverything) {
  int solved = 0;
  constexpr int rounds = 400;
  for (unsigned seed = 0; seed < rounds; ++seed) {
    const auto universe = Generator(seed).universe();
    auto source = to_source(universe);
    std::vector<std::string> roots;
    for (const auto& edge : universe.roots) roots.push_back(to_text(edge));
    const auto resolution = resolve(request_for(roots), source);
    ASSERT_EQ(resolution.has_value(), has_solution(universe))
        << "seed " << seed << ": " << summary(resolution);
    if (!resolution) {
      ASSERT_EQ(resolution.error().kind, ErrorKind::invalid_input) << "seed " << seed;
      continue;
    }
    ++solved;
    ASSERT_TRUE(is_solution(universe, to_choice(*resolution)))
        << "seed " << seed << ": " << summary(resolution);
    auto again = to_source(universe);
    ASSERT_EQ(summary(resolve(request_for(roots), again)), summary(resolution)) << "seed " << seed;
  }
  EXPECT_GT(solved, rounds / 5);
  EXPECT_LT(solved, rounds * 4 / 5);
}

// Two families that release in step and a third that lags behind: what makes naive backtracking
// look at every pair of versions.
TEST(Solver, UntiesFamiliesThatReleaseInStep) {
  TableSource source;
  constexpr int releases = 300;
  for (int i = 1; i <= releases; ++i) {
    source.add("front", std::to_string(i), {fmt::format("core>={},<{}", i, i + 1), "shared"});
    source.add("core", std::to_string(i), {"shared"});
    source.add("tools", std::to_string(i), {"core"});
  }
  for (int i = 1; i <= 50; ++i) {
    source.add("lagging", std::to_string(i), {fmt::format("core>={},<={}", i * 2, i * 2)});
  }
  source.add("shared", "1");
  const auto resolution = resolve(request_for({"front", "tools", "lagging"}), source);
  EXPECT_EQ(summary(resolution), "core 100, front 100, lagging 50, shared 1, tools 300");
  EXPECT_LT(source.asked_metadata.size(), 2U * releases);
}

TEST(Solver, AProjectThatADecisionShutsOutGoesFirst) {
  // The newest base was decided before; only the oldest user, which forgot its limit, admits it.
  TableSource source;
  constexpr int releases = 30;
  for (int i = 1; i <= releases; ++i) {
    source.add("base", std::to_string(i));
    source.add("user", std::to_string(i), i == 1 ? std::vector<std::string>{} : std::vector{fmt::format("base<{}", i)});
  }
  EXPECT_EQ(summary(resolve(request_for({"base", "user"}), source)), "base 29, user 30");
  EXPECT_LT(source.asked_metadata.size(), 10U);  // not each of them down to the oldest
  EXPECT_EQ(summary(resolve(request_for({"base==30", "user"}), source)), "base 30, user 1");
}

TEST(Solver, GivesUpOnAKnotThatIsTooLarge) {
  // Pigeons: one more project than there are places, every two of them apart.
  TableSource source;
  constexpr int holes = 9;
  std::vector<std::string> roots;
  for (int pigeon = 0; pigeon <= holes; ++pigeon) {
    roots.push_back(fmt::format("pigeon{}", pigeon));
    for (int hole = 1; hole <= holes; ++hole) {
      std::vector<std::string> apart;
      for (int other = 0; other <= holes; ++other) {
        if (other != pigeon) apart.push_back(fmt::format("pigeon{}!={}", other, hole));
      }
      source.add(roots.back(), std::to_string(hole), apart);
    }
  }
  const std::vector requests{request_for(roots)};
  ProjectTable projects(requests, source);
  const auto outcome = Solver(requests, projects, {.most_decisions = 1'000}).run();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(outcome.error().message,
              AllOf(HasSubstr("no answer after 1000 decisions"), HasSubstr("pigeon")));
}

}  // namespace
}  // namespace assay
