#pragma once
#include "build/builder.h"
#include "pipeline/selection.h"
#include "pipeline/workspace.h"

namespace assay {

// A source distribution that was unpacked, patched or not.
struct UnpackedSource {
  const Name& name;
  const Version& version;
  const IndexFile& file;
  Digest tree;
};

// A wheel of it in the sandbox, with what its build requires as wheels from the index. A build that fails
// is a wheel with a failure.
Result<BuiltWheel> build_source(Workspace& workspace, const Interpreter& interpreter, const UnpackedSource& source);

// What the wheel's METADATA would say, by the same means (metadata_of_wheel).
Result<BuildOutcome> built_metadata(Workspace& workspace, const Interpreter& interpreter,
                                    const UnpackedSource& source);

}  // namespace assay
