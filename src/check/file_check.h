#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "check/check.h"
#include "check/content_check.h"
#include "check/result_cache.h"
#include "check/tree_walk.h"
#include "check/project_roles.h"
#include "io/descriptor.h"

namespace assay {

// Looks at single files, for any thread: in the cache first, then at their bytes.
class FileCheck {
 public:
  using Packed = ResultCache::Packed;  // findings; null where there are none

  FileCheck(ContentCheck& contents, ResultCache& cache, std::string ruleset, CheckProgress& progress);

  ~FileCheck();

  // For the files that are looked at from now on; not while others are being looked at.
  void tell_roles_by(RoleOf role_of) { role_of_ = std::move(role_of); }

  // What WalkedName::known is of, for the names that are checked from now on; null for none.
  void know(const TreeRecord* record) { record_ = record; }

  // A name of a walk from this root. What is settled of it is noted in WalkedName::seen.
  Result<Packed> check_name(const Descriptor& root, const WalkedName& name);
  // A file below the folder; `within`: the path that gates see.
  Result<Packed> check_file(const Descriptor& folder, const char* path, std::string_view within,
                            const WalkedName* name = nullptr);
  // An archive's member; its findings carry its path.
  Result<std::string> check_member(std::string_view path, std::string_view bytes);

  // An archive's findings: those known of its content, else what `check` says, which is kept if all
  // of it could be read.
  Result<Packed> check_archive(const std::filesystem::path& path,
                               const std::function<Result<std::string>()>& check);

  std::uint64_t cached_files() const { return cached_; }
  std::uint64_t links() const { return links_; }
  // Files that no TreeRecord answered for.
  std::uint64_t looked_up() const { return looked_up_; }
  bool incomplete() const { return incomplete_; }

  // Findings about files that are none of a gate's business.
  std::string own_finding(std::string_view rule, std::string_view within, std::string message,
                          std::string_view told = "");
  void count_link() { ++links_; }
  void leave_incomplete() { incomplete_ = true; }

 private:
  struct Workspace;
  Result<std::unique_ptr<Workspace>> borrow();
  void give_back(std::unique_ptr<Workspace> workspace);

  void count_cached(std::uint64_t bytes);
  std::string check_link(const Descriptor& root, const std::string& path);
  std::string cannot_read(std::string_view within, int error);
  Result<std::string> check_in_parts(const Descriptor& file, std::string_view within,
                                     Workspace& workspace, std::size_t filled, bool& whole);
  Result<std::string> check_parts_of(const ContentCheck::Content& content,
                                     const PatternEngine::Scratch& scratch);
  struct Asked;
  Result<Packed> check_opened(const Descriptor& file, const Asked& asked);

  ContentCheck& contents_;
  ResultCache& cache_;
  std::string ruleset_;
  RoleOf role_of_;
  const TreeRecord* record_ = nullptr;
  CheckProgress& progress_;
  std::atomic<std::uint64_t> cached_{0};
  std::atomic<std::uint64_t> links_{0};
  std::atomic<std::uint64_t> looked_up_{0};
  std::atomic<bool> incomplete_{false};
  std::mutex mutex_;
  std::vector<std::unique_ptr<Workspace>> idle_;
};

}  // namespace assay
