#pragma once
#include "base/result.h"
#include "io/descriptor.h"

namespace assay {

// A file with the BPF program that bubblewrap's --seccomp loads. It refuses the system calls that
// no build or test needs and that reach kernel state which namespaces do not divide, or memory that
// nobody counts. subprocess error if this machine's libseccomp can't make it.
Result<Descriptor> system_call_filter();

}  // namespace assay
