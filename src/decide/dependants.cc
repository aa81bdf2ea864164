#include "decide/dependants.h"

#include <fmt/format.h>

#include <deque>
#include <map>
#include <set>

#include "base/text.h"

namespace assay {

namespace {

using Index = std::size_t;

class DependencyGraph {
 public:
  explicit DependencyGraph(const std::vector<PackageEvidence>& evidence) {
    for (Index i = 0; i < evidence.size(); ++i) places_[evidence[i].name].push_back(i);
    for (Index i = 0; i < evidence.size(); ++i) {
      for (const auto& name :
           std::set<Name>(evidence[i].dependencies.begin(), evidence[i].dependencies.end())) {
        const auto place = places_.find(name);
        if (place == places_.end()) {
          unknown_.emplace_back(i, name);
          continue;
        }
        for (const Index dependency : place->second) dependants_[dependency].push_back(i);
      }
    }
  }

  // Everything that needs `from`, nearest first, each with the next package on its way there. The
  // ways don't lead through packages that are held back by themselves: those are told of directly.
  std::vector<std::pair<Index, Index>> dependants(Index from,
                                                  const std::set<Index>& stopped) const {
    std::vector<std::pair<Index, Index>> found;
    std::set<Index> seen{from};
    std::deque<Index> waiting{from};
    while (!waiting.empty()) {
      const Index next = waiting.front();
      waiting.pop_front();
      const auto above = dependants_.find(next);
      if (above == dependants_.end()) continue;
      for (const Index dependant : above->second) {
        if (!seen.insert(dependant).second) continue;
        found.emplace_back(dependant, next);
        if (!stopped.contains(dependant)) waiting.push_back(dependant);
      }
    }
    return found;
  }

  const std::vector<std::pair<Index, Name>>& unknown() const { return unknown_; }

 private:
  std::map<Name, std::vector<Index>> places_;
  std::map<Index, std::vector<Index>> dependants_;
  std::vector<std::pair<Index, Name>> unknown_;
};

// "Needs werkzeug, which needs markupsafe, which is refused." A long way is cut in the middle.
std::string chain_text(const std::vector<PackageEvidence>& evidence,
                       const std::map<Index, Index>& next, Index from, const Verdict& culprit) {
  constexpr std::size_t most = 8;
  std::vector<std::string> names;
  std::size_t length = 0;
  for (auto way = next.find(from); way != next.end(); way = next.find(way->second)) {
    if (++length < most) names.push_back(evidence[way->second].name.str());
  }
  if (length > most) names.push_back(fmt::format("{} more", length - most));
  if (length >= most) names.push_back(culprit.package.str());
  return fmt::format("Needs {}, which is {}.", join(names, ", which needs "),
                     to_string(culprit.decision));
}

}  // namespace

void take_dependants(const std::vector<PackageEvidence>& evidence, std::vector<Verdict>& verdicts) {
  const DependencyGraph graph(evidence);
  for (const auto& [index, name] : graph.unknown()) {
    auto& verdict = verdicts[index];
    verdict.reasons.push_back({Reason::Weight::hold, "dependencies",
                               fmt::format("Needs {}, of which nothing is known.", name.str()), "",
                               name.str(), ""});
    if (verdict.decision != Decision::refused) verdict.decision = Decision::unfinished;
  }
  std::set<Index> stopped;
  for (Index i = 0; i < verdicts.size(); ++i) {
    if (verdicts[i].decision != Decision::published) stopped.insert(i);
  }
  for (const Index culprit : stopped) {
    std::map<Index, Index> next;
    for (const auto& [dependant, dependency] : graph.dependants(culprit, stopped)) {
      next.emplace(dependant, dependency);
      auto& verdict = verdicts[dependant];
      verdict.reasons.push_back({Reason::Weight::hold, "dependencies",
                                 chain_text(evidence, next, dependant, verdicts[culprit]), "",
                                 evidence[culprit].name.str(), ""});
      if (verdict.decision == Decision::published) verdict.decision = Decision::held;
    }
  }
}

}  // namespace assay
