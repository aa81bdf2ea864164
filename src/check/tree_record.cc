#include "check/tree_record.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <type_traits>

#include "base/digest.h"
#include "io/files.h"

namespace assay {

namespace {

constexpr std::array<char, 16> magic = {'a', 's', 's', 'a', 'y', ' ', 't', 'r', 'e', 'e', ' ', '1', '\n'};
constexpr std::uint64_t most_bytes = std::uint64_t{64} << 20;

template <class T>
std::string_view bytes_of_all(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

// The next values of the file; the caller knows that they are there.
template <class T>
std::span<const T> take(std::string_view& bytes, std::uint64_t count) {
  const std::span values(reinterpret_cast<const T*>(bytes.data()), count);
  bytes.remove_prefix(count * sizeof(T));
  return values;
}

}  // namespace

struct TreeRecord::Header {
  std::array<char, 16> magic;
  std::array<std::uint8_t, Digest::size> check;  // of all that follows
  std::uint64_t folders;
  std::uint64_t names;
  std::uint64_t roles;
  std::uint64_t texts;  // bytes
};

struct TreeRecord::Role {
  FileStamp stamp;
  std::uint64_t path;  // in texts
  std::uint32_t path_size;
  RoleWitness::Question question;
  bool yes;
  std::uint16_t unused;
};

Result<TreeRecord> TreeRecord::read(const fs::path& file) {
  static_assert(std::is_trivially_copyable_v<Folder> && std::is_trivially_copyable_v<Name> &&
                std::is_trivially_copyable_v<Role>);
  TreeRecord record;
  ASSAY_TRY(record.file_, MappedFile::open(file));
  const auto damaged = [&] { return fail(ErrorKind::invalid_input, file.string() + " is damaged"); };
  auto rest = record.file_.bytes();
  Header header;
  if (rest.size() < sizeof header || rest.size() > most_bytes) return damaged();
  std::memcpy(&header, rest.data(), sizeof header);
  const auto checked = rest.substr(offsetof(Header, folders));
  if (header.magic != magic || sha256(checked) != Digest(header.check)) return damaged();
  rest.remove_prefix(sizeof header);
  // None is more than the file has bytes, so that the sum can't go round.
  const bool counts = std::max({header.folders, header.names, header.roles, header.texts}) <= rest.size() &&
                      header.folders * sizeof(Folder) + header.names * sizeof(Name) + header.roles * sizeof(Role) +
                              header.texts == rest.size();
  if (!counts || header.folders == 0) return damaged();
  record.folders_ = take<Folder>(rest, header.folders);
  record.names_ = take<Name>(rest, header.names);
  record.roles_ = take<Role>(rest, header.roles);
  record.texts_ = rest;
  if (!record.is_sound()) return damaged();
  return record;
}

bool TreeRecord::is_sound() const {
  const auto in_texts = [&](std::uint64_t begin, std::uint64_t size) {
    return begin <= texts_.size() && size <= texts_.size() - begin;
  };
  return std::ranges::all_of(folders_, [&](const Folder& folder) {
           return folder.first <= names_.size() && folder.count <= names_.size() - folder.first;
         }) &&
         std::ranges::all_of(names_, [&](const Name& name) {
           return in_texts(name.name, name.name_size) && in_texts(name.answer, name.answer_size) &&
                  name.folder < folders_.size();
         }) &&
         std::ranges::all_of(roles_, [&](const Role& role) { return in_texts(role.path, role.path_size); });
}

std::shared_ptr<const std::string> TreeRecord::answer_of(const Name& name) const {
  if (name.answer_size == 0) return nullptr;
  return std::make_shared<const std::string>(texts_.substr(name.answer, name.answer_size));
}

RoleWitness::Answers TreeRecord::roles() const {
  RoleWitness::Answers answers;
  for (const Role& role : roles_) {
    const std::pair key{std::string(texts_.substr(role.path, role.path_size)), role.question};
    answers.insert_or_assign(key, RoleWitness::Answer{role.stamp, role.yes});
  }
  return answers;
}

Result<> TreeRecord::write(const fs::path& file, const SeenTree& tree, const RoleWitness::Answers& roles) {
  std::map<std::string_view, std::uint32_t> places;  // of folders
  for (const SeenFolder& folder : tree) places.emplace(folder.path, static_cast<std::uint32_t>(places.size()));
  std::vector<Folder> folders;
  std::vector<Name> names;
  std::vector<Role> asked;
  std::string texts;
  const auto keep = [&](std::string_view text) {
    texts += text;
    return texts.size() - text.size();
  };
  for (const SeenFolder& seen : tree) {
    folders.push_back({seen.stamp, static_cast<std::uint32_t>(names.size()), static_cast<std::uint32_t>(seen.names.size())});
    const std::string below = seen.path.empty() ? "" : seen.path + "/";
    for (const SeenName& one : seen.names) {
      Name name{.stamp = one.stamp, .name = keep(one.name), .type = one.type};
      name.name_size = static_cast<std::uint32_t>(one.name.size());
      if (one.packed != nullptr) {
        name.answer = keep(*one.packed);
        name.answer_size = static_cast<std::uint32_t>(one.packed->size());
      }
      if (const auto child = places.find(below + one.name); child != places.end()) name.folder = child->second;
      names.push_back(name);
    }
  }
  for (const auto& [question, answer] : roles) {
    asked.push_back({answer.stamp, keep(question.first), static_cast<std::uint32_t>(question.first.size()),
                     question.second, answer.yes, 0});
  }
  Header header{magic, {}, folders.size(), names.size(), asked.size(), texts.size()};
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  for (const std::string_view part : {bytes_of_all(folders), bytes_of_all(names), bytes_of_all(asked), std::string_view(texts)}) {
    bytes += part;
  }
  if (bytes.size() > most_bytes) return {};
  const auto digest = sha256(std::string_view(bytes).substr(offsetof(Header, folders)));
  std::ranges::copy(digest.bytes(), bytes.begin() + offsetof(Header, check));
  return replace_file(file, bytes);
}

}  // namespace assay
