#include "pipeline/workspace.h"

#include <utility>

namespace assay {

Result<Workspace> Workspace::open(const Options& options, Progress& progress, std::stop_token stop) {
  ASSAY_TRY(auto opened, open_store(options.store));
  auto store = std::make_unique<Store>(std::move(opened));
  auto actions = std::make_unique<ActionRunner>(*store);
  auto http = std::make_unique<HttpClient>(HttpClient::Options{});
  ASSAY_TRY(auto location, find_index(options.index_url, options.index_url_of_set, *actions));
  auto index = std::make_unique<Index>(Index::Options{.url = location.url, .offline = options.offline}, *http,
                                       *store, stop);
  return Workspace{std::move(store),
                   std::move(actions),
                   std::move(http),
                   std::move(location),
                   std::move(index),
                   options.uploaded_before,
                   options.build_limits,
                   progress,
                   std::move(stop)};
}

}  // namespace assay
