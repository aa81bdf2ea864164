#pragma once
#include <stop_token>

#include "base/result.h"
#include "io/http.h"
#include "package/index_file.h"
#include "store/store.h"

namespace assay {

// The file into the store, its SHA-256 checked. What a cut-off download has stays under the store's
// partial/ and is gone on from, in this call's next attempt or in another run.
// invalid_input if the bytes are not the ones the index tells of; network if they can't be had.
Result<Blob> download(const IndexFile& file, HttpClient& http, Store& store, std::stop_token stop);

}  // namespace assay
