#include "examine/gate.h"

namespace assay {

#define ASSAY_FILE_GATE(make) Result<std::unique_ptr<FileGate>> make();
#include "examine/all_gates.def"
#undef ASSAY_FILE_GATE

Result<std::vector<std::unique_ptr<FileGate>>> all_file_gates() {
  std::vector<std::unique_ptr<FileGate>> gates;
#define ASSAY_FILE_GATE(make)         \
  {                                   \
    ASSAY_TRY(auto gate, make());     \
    gates.push_back(std::move(gate)); \
  }
#include "examine/all_gates.def"
#undef ASSAY_FILE_GATE
  return gates;
}

}  // namespace assay
