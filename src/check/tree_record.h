#pragma once
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "check/file_stamp.h"
#include "check/role_witness.h"
#include "io/mapped_file.h"

namespace assay {

// What a check saw in a folder, and what it found in its files.
struct SeenName {
  std::string name;
  unsigned char type = 0;  // as in dirent.h: DT_REG, DT_DIR, DT_LNK, DT_FIFO
  FileStamp stamp{};       // none where the answer must not be used again
  std::shared_ptr<const std::string> packed{};  // null: no findings
};
struct SeenFolder {
  std::string path;   // below the root, with "/"
  FileStamp stamp{};  // none where its names must not be used again
  std::vector<SeenName> names;  // by their bytes
};
using SeenTree = std::deque<SeenFolder>;  // the root first

// What an earlier check of the same folder by the same program saw and found, in one file that is mapped.
// With it a check of what has not changed asks the file system for stamps and for nothing else: no folder
// is listed, no role told, no key made.
class TreeRecord {
 public:
  struct Folder {
    FileStamp stamp;
    std::uint32_t first = 0;  // of its names
    std::uint32_t count = 0;
  };
  struct Name {
    FileStamp stamp;
    std::uint64_t name = 0;    // in texts
    std::uint64_t answer = 0;  // in texts
    std::uint32_t name_size = 0;
    std::uint32_t answer_size = 0;
    std::uint32_t folder = 0;  // which one it is; 0 where it is none that was listed
    std::uint32_t type = 0;    // SeenName::type
  };

  // not_found; invalid_input where it is damaged.
  static Result<TreeRecord> read(const std::filesystem::path& file);
  // Nothing is written of what would take up more than 64 MiB.
  static Result<> write(const std::filesystem::path& file, const SeenTree& tree,
                        const RoleWitness::Answers& roles);

  const Folder& root() const { return folders_[0]; }
  const Folder* folder_of(const Name& name) const { return name.folder == 0 ? nullptr : &folders_[name.folder]; }
  std::span<const Name> names_of(const Folder& folder) const { return names_.subspan(folder.first, folder.count); }
  std::string_view text_of(const Name& name) const { return texts_.substr(name.name, name.name_size); }
  // Null where there are no findings.
  std::shared_ptr<const std::string> answer_of(const Name& name) const;
  // What the roles of its files were told by.
  RoleWitness::Answers roles() const;

 private:
  struct Header;
  struct Role;
  bool is_sound() const;

  MappedFile file_;
  std::span<const Folder> folders_;
  std::span<const Name> names_;
  std::span<const Role> roles_;
  std::string_view texts_;
};

}  // namespace assay
