#include "examine/checked_gate.h"
#include "examine/gates/weaknesses/insecure_url.h"

namespace assay {

Result<std::unique_ptr<FileGate>> make_weaknesses_gate() {
  return CheckedGate::make("weaknesses", "1", CheckedGate::Excerpts::plain,
                           {{"insecure-url", check_insecure_urls}});
}

}  // namespace assay
