#pragma once
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "action/action.h"
#include "action/sandbox.h"
#include "base/clock.h"
#include "base/progress.h"
#include "base/result.h"
#include "fetch/index.h"
#include "fetch/index_location.h"
#include "io/http.h"
#include "store/store.h"

namespace assay {

// What asking the index, and building what it has, works with.
struct Workspace {
  std::unique_ptr<Store> store;
  std::unique_ptr<ActionRunner> actions;
  std::unique_ptr<HttpClient> http;
  IndexLocation location;
  std::unique_ptr<Index> index;
  std::optional<Time> uploaded_before;  // of all that is taken from the index
  SandboxLimits build_limits;
  Progress& progress;
  std::stop_token stop;

  struct Options {
    std::filesystem::path store;    // "" for the default
    std::string index_url;          // as the command line says; "" if it does not
    std::string index_url_of_set;
    bool offline = false;
    std::optional<Time> uploaded_before;
    SandboxLimits build_limits;
  };
  static Result<Workspace> open(const Options& options, Progress& progress, std::stop_token stop);
};

}  // namespace assay
