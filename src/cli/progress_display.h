#pragma once
#include <memory>

#include "base/progress.h"

namespace assay {

// How a run shows itself on standard error: a moving line for each stage on a terminal, plain lines
// elsewhere (one for each item that ends, and every half minute what still runs), or nothing.
std::unique_ptr<Progress> make_progress(bool quiet);

}  // namespace assay
