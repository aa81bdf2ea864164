#pragma once
#include <map>
#include <string>

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "publish/manifest.h"
#include "publish/release.h"

namespace assay {

// When a wheel was first published, by the hexadecimal digest of its bytes.
using UploadTimes = std::map<std::string, Time>;

// All files of a release in memory, but the wheels, which are named by their blob.
struct ReleaseFiles {
  std::map<std::string, std::string> texts;  // path -> bytes
  std::map<std::string, Digest> wheels;      // path -> blob
  Manifest manifest;
  std::string envelope;  // manifest.dsse.json; "" if the release is not signed
};

// Where the statement about a wheel lies in a signed release.
std::string provenance_path(std::string_view wheel_file);

// invalid_input if the content can't make an index: a wheel's file name that is none or not its
// metadata's, one name for two wheels, two versions of a package for one interpreter, an evidence
// file outside its folder.
Result<ReleaseFiles> make_files(const Store& store, const ReleaseContent& content,
                                const UploadTimes& first_published, Time now);

}  // namespace assay
