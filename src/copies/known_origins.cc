#include "copies/known_origins.h"

#include <algorithm>
#include <mutex>
#include <optional>

#include <nlohmann/json.hpp>

#include "evidence/json_members.h"

namespace assay {

namespace {

constexpr std::string_view version_of_this = "1";

Digest digest_of(const std::vector<Origin>& origins) {
  Json all = Json::array();
  for (const auto& origin : origins) {
    all.push_back({origin.name.str(), origin.version.str(), origin.licence, origin.tree.hex()});
  }
  return sha256(compact(all));
}

Result<CopyReport> report_from_json(const Json& json) {
  JsonMembers members(json);
  CopyReport report{.copies = {}, .too_large = members.texts("too-large")};
  members.elements("copies", [&](const Json& element) -> Result<> {
    ASSAY_TRY(auto copy, copy_from_json(element));
    report.copies.push_back(std::move(copy));
    return {};
  });
  ASSAY_CHECK(members.finish());
  return report;
}

}  // namespace

Json to_json(const CopyReport& report) {
  Json copies = Json::array();
  for (const auto& copy : report.copies) copies.push_back(to_json(copy));
  return {{"copies", std::move(copies)}, {"too-large", report.too_large}};
}

struct KnownOrigins::State {
  std::vector<Origin> origins;
  Digest digest;
  RoleOf role_of;
  std::mutex mutex;
  std::optional<OriginIndex> index;

  Result<const OriginIndex*> open_index(ActionRunner& actions, const std::stop_token& stop) {
    const std::scoped_lock lock(mutex);
    if (!index) {
      std::vector<std::pair<Origin, SourcePrints>> known;
      for (const auto& origin : origins) {
        ASSAY_TRY(auto prints, source_prints(actions, origin.tree, role_of, stop));
        known.emplace_back(origin, std::move(prints));
      }
      index.emplace(std::move(known));
    }
    return &*index;
  }
};

KnownOrigins::KnownOrigins(std::unique_ptr<State> state) : state_(std::move(state)) {}
KnownOrigins::~KnownOrigins() = default;
KnownOrigins::KnownOrigins(KnownOrigins&&) noexcept = default;

Result<KnownOrigins> KnownOrigins::load(const Store& store, RoleOf role_of) {
  auto state = std::make_unique<State>();
  ASSAY_TRY(state->origins, load_origins(store));
  state->digest = digest_of(state->origins);
  state->role_of = std::move(role_of);
  return KnownOrigins(std::move(state));
}

const std::vector<Origin>& KnownOrigins::all() const { return state_->origins; }

bool KnownOrigins::has(const Name& name, const Version& version) const {
  return std::ranges::any_of(state_->origins, [&](const Origin& origin) {
    return origin.name == name && origin.version == version;
  });
}

Result<CopyReport> KnownOrigins::copies_in(ActionRunner& actions, const Digest& tree,
                                           const Name& own, std::stop_token stop) const {
  const ActionKey key{.kind = "copies",
                      .version = std::string(version_of_this),
                      .inputs = {tree.hex(), state_->digest.hex()},
                      .parameters = {own.str()}};
  ASSAY_TRY(const auto text, actions.run(key, [&]() -> Result<std::string> {
    ASSAY_TRY(const auto prints, source_prints(actions, tree, state_->role_of, stop));
    ASSAY_TRY(const auto* index, state_->open_index(actions, stop));
    const CopyReport report{find_copies(own, prints.files, *index), prints.too_large};
    return compact(to_json(report));
  }));
  ASSAY_TRY(const Json json, parse_json(text));
  return report_from_json(json);
}

}  // namespace assay
