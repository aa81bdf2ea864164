#include "check/role_witness.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

namespace assay {

namespace fs = std::filesystem;

namespace {

std::string joined(const std::string& folder, std::string_view path) {
  if (folder.empty() || path.empty()) return folder.empty() ? std::string(path) : folder;
  return folder + "/" + std::string(path);
}

}  // namespace

RoleWitness::RoleWitness(fs::path folder) : folder_(std::move(folder)), root_(open_folder(folder_)) {}

Descriptor RoleWitness::open_folder(const fs::path& folder) {
  return Descriptor(open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

RoleWitness::Answer RoleWitness::ask(const Descriptor& root, const std::string& path, Question question) {
  struct stat status{};
  const bool follows = question == Question::exists || question == Question::names;
  const int flags = follows ? 0 : AT_SYMLINK_NOFOLLOW;
  if (fstatat(root.get(), path.empty() ? "." : path.c_str(), &status, flags) != 0) return {};
  switch (question) {
    case Question::exists: return {.yes = true};
    case Question::is_file: return {.yes = S_ISREG(status.st_mode)};
    case Question::is_folder: return {.yes = S_ISDIR(status.st_mode)};
    case Question::names:
    case Question::text: return {.stamp = stamp_of(status), .yes = true};
  }
  return {};
}

bool RoleWitness::note(const std::string& path, Question question) {
  const auto now = system_nanoseconds();
  const auto answer = ask(root_, path, question);
  const std::scoped_lock lock(mutex_);
  answers_.try_emplace({path, question}, answer);
  if (answer.stamp.inode != 0 && settled(answer.stamp, now).inode == 0) settled_ = false;
  return answer.yes;
}

bool RoleWitness::exists(const std::string& path) { return note(path, Question::exists); }

class RoleWitness::View final : public FileView {
 public:
  View(std::shared_ptr<RoleWitness> witness, std::string folder)
      : witness_(std::move(witness)),
        folder_(std::move(folder)),
        files_(view_of_folder(folder_.empty() ? witness_->folder_ : witness_->folder_ / folder_)) {}

  std::vector<Name> names_in(std::string_view folder) const override {
    note(folder, Question::names);
    return files_->names_in(folder);
  }
  bool has_file(std::string_view path) const override { return note(path, Question::is_file); }
  bool has_folder(std::string_view path) const override { return note(path, Question::is_folder); }
  std::optional<std::string> text_of(std::string_view path) const override {
    note(path, Question::text);
    return files_->text_of(path);
  }
  std::optional<std::string> begin_of(std::string_view path) const override {
    note(path, Question::text);
    return files_->begin_of(path);
  }

 private:
  bool note(std::string_view path, Question question) const { return witness_->note(joined(folder_, path), question); }

  std::shared_ptr<RoleWitness> witness_;
  std::string folder_;
  std::shared_ptr<const FileView> files_;
};

std::shared_ptr<const FileView> RoleWitness::view(std::shared_ptr<RoleWitness> witness, const std::string& path) {
  return std::make_shared<View>(std::move(witness), path);
}

bool RoleWitness::is_settled() const {
  const std::scoped_lock lock(mutex_);
  return settled_;
}

RoleWitness::Answers RoleWitness::answers() const {
  const std::scoped_lock lock(mutex_);
  return answers_;
}

bool RoleWitness::holds(const fs::path& folder, const Answers& answers) {
  const auto root = open_folder(folder);
  return std::ranges::all_of(answers, [&](const auto& one) {
    return ask(root, one.first.first, one.first.second) == one.second;
  });
}

}  // namespace assay
