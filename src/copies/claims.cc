#include "copies/claims.h"

#include <nlohmann/json.hpp>

#include "copies/claim_reader.h"
#include "evidence/enum_names.h"
#include "evidence/json_members.h"
#include "store/tree.h"

namespace assay {

namespace {

using Kind = Claim::Kind;

constexpr std::string_view version_of_this = "1";
constexpr EnumNames<4> kinds{"manifest", "metadata", "marker", "notice"};

Result<Kind> parse_kind(std::string_view text) { return value_of<Kind>(kinds, text, "claim"); }

Json to_json(const Claim& claim) {
  return {{"kind", name_of(kinds, claim.kind)},
          {"name", claim.name.str()},
          {"version", claim.version ? claim.version->str() : ""},
          {"licence", claim.licence},
          {"path", claim.path},
          {"line", claim.line},
          {"folder", claim.folder}};
}

Result<Claim> claim_from_json(const Json& json) {
  JsonMembers members(json);
  Claim claim{.kind = members.word("kind", parse_kind),
              .name = Name::normalize(members.text("name")),
              .version = std::nullopt,
              .licence = members.text("licence"),
              .path = members.text("path"),
              .line = members.count("line"),
              .folder = members.text("folder")};
  if (const auto text = members.text("version"); !text.empty()) {
    ASSAY_TRY(claim.version, Version::parse(text));
  }
  ASSAY_CHECK(context(members.finish(), "a claim"));
  return claim;
}

}  // namespace

Result<std::vector<Claim>> vendor_claims(ActionRunner& actions, const Digest& tree,
                                         const RoleOf& role_of, std::stop_token stop) {
  const ActionKey key{.kind = "vendor-claims",
                      .version = std::string(version_of_this),
                      .inputs = {tree.hex()},
                      .parameters = {}};
  ASSAY_TRY(const auto text, actions.run(key, [&]() -> Result<std::string> {
    const auto& blobs = actions.store().blobs;
    ASSAY_TRY(const Tree entries, get_tree(blobs, tree));
    ClaimReader reader(role_of);
    for (const auto& entry : entries.entries()) {
      if (stop.stop_requested()) return fail(ErrorKind::cancelled, "stopped");
      if (!entry.link_target.empty()) continue;
      ASSAY_CHECK(reader.read(entry.path, entry.size, [&] { return blobs.get(entry.digest); }));
    }
    Json claims = Json::array();
    for (const auto& claim : std::move(reader).claims()) claims.push_back(to_json(claim));
    return compact(claims);
  }));
  ASSAY_TRY(const Json json, parse_json(text));
  std::vector<Claim> claims;
  for (const auto& element : json) {
    ASSAY_TRY(auto claim, claim_from_json(element));
    claims.push_back(std::move(claim));
  }
  return claims;
}

}  // namespace assay
