#include "io/link_check.h"

#include <string_view>
#include <vector>

#include "base/text.h"

namespace assay {

namespace {

constexpr unsigned max_links_followed = 40;       // as Linux has it; more is ELOOP
constexpr unsigned max_steps_of_all = 4'000'000;  // no honest archive comes near

class LinkWalk {
 public:
  explicit LinkWalk(const Links& links) : links_(links) {}

  bool stays(std::string_view path, std::string_view target) {
    ahead_.clear();
    place_ = path;
    leave();
    look_at(target);
    return walk();
  }

 private:
  // The target's parts come next, the first of them on top.
  void look_at(std::string_view target) {
    const auto parts = split(target, '/');
    ahead_.insert(ahead_.end(), parts.rbegin(), parts.rend());
  }

  bool walk() {
    unsigned followed = 0;
    while (!ahead_.empty()) {
      if (++steps_ > max_steps_of_all) return false;
      const std::string_view part = ahead_.back();
      ahead_.pop_back();
      if (part.empty() || part == ".") continue;
      if (part == "..") {
        if (place_.empty()) return false;
        leave();
        continue;
      }
      enter(part);
      const auto link = links_.find(place_);
      if (link == links_.end()) continue;
      if (++followed > max_links_followed) return true;
      if (link->second.starts_with('/')) return false;
      leave();
      look_at(link->second);
    }
    return true;
  }

  void enter(std::string_view part) {
    if (!place_.empty()) place_ += '/';
    place_ += part;
  }
  void leave() {
    const auto slash = place_.rfind('/');
    place_.resize(slash == place_.npos ? 0 : slash);
  }

  const Links& links_;
  std::string place_;                    // where the walk is
  std::vector<std::string_view> ahead_;  // parts still to go, the next one last
  unsigned steps_ = 0;
};

}  // namespace

std::optional<std::string> link_that_leaves(const Links& links) {
  LinkWalk walk(links);
  for (const auto& [path, target] : links) {
    if (target.starts_with('/') || !walk.stays(path, target)) return path;
  }
  return std::nullopt;
}

}  // namespace assay
