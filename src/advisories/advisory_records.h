#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/digest.h"
#include "base/progress.h"
#include "base/result.h"
#include "curation/set.h"
#include "io/http.h"
#include "store/store.h"

namespace assay {

// A source's records, found and named by their digest, not read yet.
struct AdvisoryRecords {
  // Called with a record's file name and its JSON.
  using Sink = std::function<void(std::string_view where, std::string_view json)>;

  Digest digest;
  std::function<Result<>(const Sink&)> read;
};

struct AdvisoryAccess {
  std::filesystem::path set_folder;  // what relative paths begin at
  bool offline = false;
  HttpClient& http;
  Store& store;
  const Clock& clock;
  Progress& progress;
};

// An https URL's archive is fetched, or found unchanged, and kept in the store; offline the kept
// copy serves, and also where there is no answer, which is then noted. Plain http is taken from
// this machine only: on the way anyone could make a package look clean. A path is a zip file or a
// folder.
Result<AdvisoryRecords> find_records(const AdvisorySource& source, const AdvisoryAccess& access);

}  // namespace assay
