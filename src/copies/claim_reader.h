#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "copies/claims.h"

namespace assay {

// Reads what a package says of other projects' code in it, file by file, whether it lies in a tree, in an
// archive or in an environment.
class ClaimReader {
 public:
  using Text = std::function<Result<std::string>()>;

  explicit ClaimReader(const RoleOf& role_of) : role_of_(role_of) {}  // which must outlive it

  // `path` is within the package; `text` is called if the file may say something.
  Result<> read(const std::string& path, std::uint64_t size, const Text& text);
  std::vector<Claim> claims() && { return std::move(claims_); }

 private:
  struct File;

  bool is_metadata(const File& file) const;
  bool holds_projects(const std::string& folder) const;
  std::string project_with_notice(const File& file) const;
  std::string project_with_version(const File& file) const;
  Result<> read_metadata(const File& file, const Text& text);
  Result<> read_manifest(const File& file, const Text& text);
  Result<> read_marker(const File& file, const Text& text);

  const RoleOf& role_of_;
  std::vector<Claim> claims_;
};

}  // namespace assay
