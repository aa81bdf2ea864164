#pragma once
#include <optional>

#include "base/progress.h"
#include "base/result.h"
#include "curation/set.h"
#include "pipeline/run.h"
#include "publish/signature.h"

namespace assay {

// The key that signs a set's releases: the option's, else $ASSAY_SIGN_KEY, else the one that was
// made for the set ($XDG_CONFIG_HOME/assay/keys/<set>.pem, else below ~/.config). Where there is
// none and the set has no public key yet, a pair is made and told; the public half lies in the
// set's folder, as release-key.pub. Nothing if the options want no signature. invalid_input if the
// key is not the one whose public half lies there: who trusts that would refuse the release.
Result<std::optional<SigningKey>> find_signing_key(const Set& set, const RunOptions& options,
                                                   Progress& progress);

}  // namespace assay
