#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "copies/claims.h"
#include "inventory/inventory.h"

namespace assay {

// What packages say of other projects' code in them, put into an inventory: a version that is claimed
// several times, by a manifest and by the code itself, is one item.
class CarriedCode {
 public:
  explicit CarriedCode(Inventory& inventory) : inventory_(inventory) {}

  // `path` is the claim's file as a person would open it.
  void add(const Claim& claim, const std::optional<InventoryItem::Holder>& holder, const std::string& path);
  // Licence texts of projects that nothing tells the version of are told as left out.
  void finish();

 private:
  using Key = std::pair<std::string, Name>;  // of the holder, of the project
  static Key key(const Claim& claim, const std::optional<InventoryItem::Holder>& holder);

  Inventory& inventory_;
  std::map<Key, std::set<Version>> versions_;
  std::map<Key, std::string> notices_;
};

}  // namespace assay
