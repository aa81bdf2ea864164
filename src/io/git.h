#pragma once
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace assay {

struct GitCommit {
  std::string id;
  std::string parent;  // the first one; "" of a root
  std::string tree;
  std::string date;    // the author's, ISO 8601, as the commit says
  std::string subject;
};

// A file that a commit added or changed, against its first parent. What it removed is no such file.
struct GitChange {
  std::string path;
  std::string blob;      // as it is now
  std::string was;       // as it was; "" if it is new
};

// A bare copy of a remote repository's default branch, kept by the `git` program. It runs without
// any configuration, hook, credential or prompt of this machine, over https or the file system only,
// checks every object it receives, and is bounded in time. Errors name the remote; network where it
// can't be reached: that never reads as "nothing new".
class GitMirror {
 public:
  // `remote`: an https or file URL, or a path.
  static Result<GitMirror> open(const std::filesystem::path& folder, const std::string& remote,
                                std::stop_token stop);

  // Fetches, and returns the commit that the default branch (or `branch`) is at.
  Result<std::string> fetch(const std::string& branch);
  // Commits that `to` has and `from` has not, oldest first; all of them if `from` is "".
  Result<std::vector<std::string>> commits(const std::string& from, const std::string& to) const;
  Result<bool> is_ancestor(const std::string& older, const std::string& newer) const;
  bool has(const std::string& commit) const;
  Result<GitCommit> commit(const std::string& id) const;
  // Against the first parent, or against nothing where `whole`: then every file of the commit.
  Result<std::vector<GitChange>> changes(const GitCommit& commit, bool whole) const;
  Result<std::string> blob(const std::string& id) const;

 private:
  GitMirror(std::filesystem::path folder, std::string remote, std::stop_token stop)
      : folder_(std::move(folder)), remote_(std::move(remote)), stop_(std::move(stop)) {}
  Result<std::string> run(std::vector<std::string> arguments, std::uint64_t max_output = 64ULL << 20) const;

  std::filesystem::path folder_;
  std::string remote_;
  std::stop_token stop_;
};

}  // namespace assay
