#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "action/action.h"
#include "base/clock.h"
#include "base/result.h"
#include "io/http.h"
#include "package/index_file.h"
#include "package/metadata.h"
#include "package/name.h"
#include "store/store.h"

namespace assay {

// The upstream index over the simple API: JSON (PEP 691) or HTML (PEP 503), what the server gives.
// Pages are kept in the store and revalidated once a run (ETag, Last-Modified; a page with neither
// is fetched again and compared by digest); offline, they are taken as they are. Every error names
// the project and the URL (without credentials). Safe for use from many threads; each project's
// page is asked for at most once in a run.
class Index {
 public:
  struct Options {
    std::string url;
    bool offline = false;
  };
  Index(Options options, HttpClient& http, Store& store, std::stop_token stop);
  ~Index();

  // A project's page: its files, and the digest of the page they were read from.
  struct Page {
    Digest digest;
    std::shared_ptr<const std::vector<IndexFile>> files;
  };
  // `uploaded_before`: only files uploaded before it matter to the caller. A kept page that was
  // fetched (or last found unchanged) after that time is then taken without asking again: no later
  // upload can change the answer. Nothing: the page is revalidated, once a run.
  // not_found if the index has no such project (404); network for any other answer that is not a
  // page, and offline where the page was never seen.
  Result<Page> page(const Name& name, std::optional<Time> uploaded_before = std::nullopt);
  // The digest alone, without parsing the page.
  Result<Digest> page_digest(const Name& name, std::optional<Time> uploaded_before = std::nullopt);
  // Starts the same requests in the background, so that page() finds them done or under way.
  void prefetch(const std::vector<Name>& names, std::optional<Time> uploaded_before = std::nullopt);

  // Without running code: <url>.metadata where offered (its hash checked), a wheel's METADATA by
  // byte ranges (the whole wheel where the server refuses ranges), else the PKG-INFO of the source
  // distribution where it is static (metadata 2.2 and later, no Dynamic dependencies) or what its
  // pyproject.toml states (PEP 621). invalid_input if only its code knows, or if it is another
  // package's. Kept in the store under the files' hashes.
  Result<Metadata> metadata(const Name& name, const Version& version,
                            const std::vector<IndexFile>& files);

  // The file into the store, its SHA-256 checked; a cut-off download goes on where it stopped, and
  // is thrown away when the whole does not match. A file without a SHA-256 on the page is refused.
  Result<Blob> fetch(const IndexFile& file);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace assay
