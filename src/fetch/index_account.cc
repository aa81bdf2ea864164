#include "fetch/index_account.h"

#include <algorithm>

#include "io/http.h"

namespace assay {

IndexAccount::IndexAccount(std::string_view index_url) : url_(without_credentials(index_url)) {
  const auto scheme = url_.find("://");
  if (scheme == url_.npos) return;
  const auto host = scheme + 3;
  origin_ = url_.substr(0, std::min(url_.find_first_of("/?#", host), url_.size()));
  credentials_ = index_url.substr(host, index_url.size() - url_.size());
}

std::string IndexAccount::sign_in(std::string_view url) const {
  const bool same_server =
      url.starts_with(origin_) &&
      (url.size() == origin_.size() || std::string_view("/?#").contains(url[origin_.size()]));
  if (credentials_.empty() || !same_server) return std::string(url);
  std::string signed_in(url);
  return signed_in.insert(signed_in.find("://") + 3, credentials_);
}

}  // namespace assay
