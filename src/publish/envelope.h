#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "publish/signature.h"

namespace assay {

// in-toto's media type for what stands in an envelope here.
constexpr std::string_view in_toto_type = "application/vnd.in-toto+json";

// A payload and its signature in a DSSE envelope (Dead Simple Signing Envelope 1.0.2), as JSON in
// one form only: the same payload and key give the same bytes.
std::string seal(std::string_view payload, const SigningKey& key);

// The payload, if the key signed it. invalid_input for any other text, also for one that says the
// same in another form: then somebody changed it.
Result<std::string> unseal(std::string_view envelope, const PublicKey& key);

}  // namespace assay
