#pragma once
#include <string>
#include <string_view>

namespace assay {

// User and password of an index, as they stand in its URL. They are taken out of all that is kept
// or shown, and put back into the URLs that are asked for on the same server.
class IndexAccount {
 public:
  explicit IndexAccount(std::string_view index_url);

  const std::string& index_url() const { return url_; }  // without user and password
  std::string sign_in(std::string_view url) const;

 private:
  std::string url_;
  std::string origin_;       // scheme, host and port
  std::string credentials_;  // "user:password@"; "" if there are none
};

}  // namespace assay
