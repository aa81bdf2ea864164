#include "examine/checked_gate.h"
#include "examine/gates/secrets/private_key_check.h"

namespace assay {

Result<std::unique_ptr<FileGate>> make_secrets_gate() {
  return CheckedGate::make("secrets", "1", CheckedGate::Excerpts::redacted,
                           {{"private-key", check_private_keys}});
}

}  // namespace assay
