#include "publish/envelope.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"

namespace assay {

namespace {

// DSSE's pre-authentication encoding: type and payload can't be taken for each other.
std::string pre_authentication(std::string_view type, std::string_view payload) {
  return fmt::format("DSSEv1 {} {} {} {}", type.size(), type, payload.size(), payload);
}

std::string envelope_text(std::string_view payload, std::string_view signature,
                          const std::string& key_id) {
  return pretty({{"payload", base64(payload)},
                 {"payloadType", in_toto_type},
                 {"signatures", {{{"keyid", key_id}, {"sig", base64(signature)}}}}});
}

std::string decoded(const Json& json, const char* key) {
  const auto text = string_member(json, key, "");
  return text ? decode_base64(*text).value_or("") : "";
}

}  // namespace

std::string seal(std::string_view payload, const SigningKey& key) {
  return envelope_text(payload, key.sign(pre_authentication(in_toto_type, payload)),
                       key.public_key().id());
}

Result<std::string> unseal(std::string_view envelope, const PublicKey& key) {
  const auto json = parse_json(envelope);
  if (!json || !json->is_object()) return fail(ErrorKind::invalid_input, "is no DSSE envelope");
  const auto signatures = json->find("signatures");
  if (signatures == json->end() || !signatures->is_array() || signatures->size() != 1 ||
      !signatures->front().is_object()) {
    return fail(ErrorKind::invalid_input, "is no DSSE envelope with one signature");
  }
  auto payload = decoded(*json, "payload");
  const auto signature = decoded(signatures->front(), "sig");
  if (!key.verifies(pre_authentication(in_toto_type, payload), signature)) {
    return fail(ErrorKind::invalid_input, "is not signed with this key, or was changed");
  }
  if (envelope_text(payload, signature, key.id()) != envelope) {
    return fail(ErrorKind::invalid_input, "was changed");
  }
  return payload;
}

}  // namespace assay
