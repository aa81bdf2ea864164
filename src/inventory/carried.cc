#include "inventory/carried.h"

#include <fmt/format.h>

#include "base/text.h"

namespace assay {

CarriedCode::Key CarriedCode::key(const Claim& claim, const std::optional<InventoryItem::Holder>& holder) {
  return {holder ? holder->name.str() : "", claim.name};
}

void CarriedCode::add(const Claim& claim, const std::optional<InventoryItem::Holder>& holder,
                      const std::string& path) {
  if (holder && holder->name == claim.name) return;
  const auto place = key(claim, holder);
  if (!claim.version) {
    notices_.emplace(place, path);
    return;
  }
  if (!versions_[place].insert(*claim.version).second) return;
  InventoryItem item{.title = claim.name.str(), .name = claim.name};
  item.version = claim.version;
  item.copy_in = holder;
  item.path = path;
  item.line = claim.line;
  inventory_.items.push_back(std::move(item));
}

void CarriedCode::finish() {
  for (const auto& [place, path] : notices_) {
    if (versions_.contains(place)) continue;
    inventory_.left_out.push_back(fmt::format("{}: {} says that its code is there, not which version",
                                              printable(place.second.str()), printable(path)));
  }
}

}  // namespace assay
