#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "check/file_stamp.h"
#include "io/descriptor.h"
#include "store/file_view.h"

namespace assay {

// What was asked of a folder's files while roles were told, and what the answers were. Where each would be
// answered in the same way, roles are what they were.
class RoleWitness {
 public:
  enum class Question : std::uint8_t { exists, is_file, is_folder, names, text };
  struct Answer {
    FileStamp stamp{};  // of a folder whose names, a file whose text was asked for; none where it is not there
    bool yes = false;
    bool operator==(const Answer&) const = default;
  };
  // By the path below the folder.
  using Answers = std::map<std::pair<std::string, Question>, Answer>;

  explicit RoleWitness(std::filesystem::path folder);

  bool exists(const std::string& path);  // links are followed
  // A view of the folder that lies at the path, which notes what it is asked.
  static std::shared_ptr<const FileView> view(std::shared_ptr<RoleWitness> witness, const std::string& path);

  // What was noted; false where something was changed so lately that it may have changed since.
  bool is_settled() const;
  Answers answers() const;
  // Whether all of them would be answered in the same way now.
  static bool holds(const std::filesystem::path& folder, const Answers& answers);

 private:
  class View;
  static Descriptor open_folder(const std::filesystem::path& folder);
  static Answer ask(const Descriptor& root, const std::string& path, Question question);
  bool note(const std::string& path, Question question);

  std::filesystem::path folder_;
  Descriptor root_;
  mutable std::mutex mutex_;
  Answers answers_;
  bool settled_ = true;
};

}  // namespace assay
