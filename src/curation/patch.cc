#include "curation/patch.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"
#include "io/files.h"

namespace assay {

namespace {

constexpr std::size_t context_lines = 3;

// Lines with their ends, so that a missing end at the end of the file is kept.
std::vector<std::string_view> lines_with_ends(std::string_view text) {
  std::vector<std::string_view> result;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto size = end == text.npos ? text.size() : end + 1;
    result.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return result;
}

struct Range {
  std::size_t start = 0;  // from 1
  std::size_t count = 1;
};

std::optional<Range> read_range(std::string_view text) {
  Range range;
  const auto comma = text.find(',');
  const auto read = [](std::string_view digits, std::size_t& number) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc() && end == digits.data() + digits.size() && number < 10'000'000;
  };
  if (!read(text.substr(0, comma), range.start)) return std::nullopt;
  if (comma != text.npos && !read(text.substr(comma + 1), range.count)) return std::nullopt;
  return range;
}

// "b/src/x.py" and "b/src/x.py\t2026-…" are src/x.py.
std::string path_in(std::string_view line) {
  auto path = line.substr(4, line.find('\t', 4) - 4);
  if (path.starts_with("a/") || path.starts_with("b/")) path.remove_prefix(2);
  return std::string(path);
}

class Applier {
 public:
  Applier(const Patch& patch, const std::function<Result<std::string>(const std::string&)>& read)
      : patch_(patch), read_(read), lines_(lines_with_ends(patch.text)) {}

  Result<PatchedFiles> apply() {
    while (at_ < lines_.size()) {
      if (!line().starts_with("--- ")) {
        ++at_;  // what stands before a file is for people
        continue;
      }
      ASSAY_CHECK(apply_file());
    }
    if (applied_.files.empty()) return std::unexpected(wrong("it changes no file"));
    return std::move(applied_);
  }

 private:
  std::string_view line() const {
    auto text = at_ < lines_.size() ? lines_[at_] : std::string_view();
    if (text.ends_with('\n')) text.remove_suffix(1);
    return text;
  }

  Error wrong(std::string_view what) const {
    return {ErrorKind::invalid_input, fmt::format("{}:{}: {}", patch_.file, at_ + 1, what)};
  }

  Result<> apply_file() {
    const auto old_path = path_in(line());
    ++at_;
    if (!line().starts_with("+++ ")) return std::unexpected(wrong("a \"---\" line without its \"+++\""));
    const auto path = path_in(line());
    if (old_path != path || path == "/dev/null") {
      return std::unexpected(wrong("it makes, removes or renames a file; only changes are taken"));
    }
    ++at_;
    const auto known = applied_.files.find(path);
    std::string before;
    if (known != applied_.files.end()) {
      before = known->second;
    } else {
      auto bytes = read_(path);
      if (!bytes) return std::unexpected(wrong(fmt::format("{} is not in the source", printable(path))));
      before = *std::move(bytes);
    }
    std::string after;
    const auto source = lines_with_ends(before);
    std::size_t position = 0;
    while (line().starts_with("@@ ")) ASSAY_CHECK(apply_hunk(path, source, position, after));
    for (; position < source.size(); ++position) after += source[position];
    applied_.files[path] = std::move(after);
    return {};
  }

  // What a hunk says: these lines stand in the source, and those shall stand in their place.
  struct Hunk {
    std::vector<std::string_view> old_lines;
    std::vector<std::string_view> new_lines;
  };

  Result<Hunk> read_hunk(std::size_t count) {
    Hunk hunk;
    ++at_;
    while (at_ < lines_.size() && hunk.old_lines.size() <= count) {
      const auto text = lines_[at_];
      const char mark = text.empty() ? '\0' : text.front();
      if (mark != ' ' && mark != '-' && mark != '+') break;
      if (mark != '+' && hunk.old_lines.size() == count) break;
      auto content = text.substr(1);
      if (ends_without_newline() && content.ends_with('\n')) content.remove_suffix(1);
      if (mark != '+') hunk.old_lines.push_back(content);
      if (mark != '-') hunk.new_lines.push_back(content);
      ++at_;
      if (line().starts_with("\\ ")) ++at_;
    }
    if (hunk.old_lines.size() != count) return std::unexpected(wrong("the hunk above is cut short"));
    return hunk;
  }

  Result<> apply_hunk(const std::string& path, const std::vector<std::string_view>& source,
                      std::size_t& position, std::string& after) {
    const auto parts = split(line(), ' ');
    const auto from = parts.size() > 2 && parts[1].starts_with('-') ? read_range(parts[1].substr(1)) : std::nullopt;
    if (!from || from->start == 0) return std::unexpected(wrong("this hunk's place can't be read"));
    ASSAY_TRY(const auto hunk, read_hunk(from->count));
    ASSAY_TRY(const auto place, place_of(path, source, hunk, from->start - 1, position));
    for (; position < place; ++position) after += source[position];
    for (const auto text : hunk.new_lines) after += text;
    position += hunk.old_lines.size();
    return {};
  }

  static bool stands(const std::vector<std::string_view>& source, std::size_t at,
                     const std::vector<std::string_view>& lines) {
    return at <= source.size() && lines.size() <= source.size() - at &&
           std::equal(lines.begin(), lines.end(), source.begin() + static_cast<std::ptrdiff_t>(at));
  }

  // Where the hunk says, else the only place behind `least` where all its lines stand: the same code
  // in another version. Never where they stand twice, or with one line that differs.
  Result<std::size_t> place_of(const std::string& path, const std::vector<std::string_view>& source,
                               const Hunk& hunk, std::size_t told, std::size_t least) {
    if (told >= least && stands(source, told, hunk.old_lines)) return told;
    std::vector<std::size_t> places;
    for (std::size_t at = least; at < source.size() && places.size() < 2; ++at) {
      if (!hunk.old_lines.empty() && stands(source, at, hunk.old_lines)) places.push_back(at);
    }
    if (places.size() == 1) {
      ++applied_.moved;
      return places.front();
    }
    if (places.size() > 1) {
      return std::unexpected(wrong(fmt::format("{} has the lines of the hunk above in several places, and "
                                               "not at line {}", printable(path), told + 1)));
    }
    for (std::size_t at = least; at < source.size(); ++at) {
      if (!hunk.new_lines.empty() && stands(source, at, hunk.new_lines)) {
        return std::unexpected(wrong(fmt::format("{} reads so already from line {}: upstream has this "
                                                 "change, take the patch out", printable(path), at + 1)));
      }
    }
    return std::unexpected(wrong(fmt::format("{} has another line {} than the hunk above", printable(path),
                                             first_difference(source, told, hunk.old_lines) + 1)));
  }

  static std::size_t first_difference(const std::vector<std::string_view>& source, std::size_t at,
                                      const std::vector<std::string_view>& lines) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (at + i >= source.size() || source[at + i] != lines[i]) return at + i;
    }
    return at;
  }

  bool ends_without_newline() const {
    return at_ + 1 < lines_.size() && lines_[at_ + 1].starts_with("\\ ");
  }

  const Patch& patch_;
  const std::function<Result<std::string>(const std::string&)>& read_;
  std::vector<std::string_view> lines_;
  std::size_t at_ = 0;
  PatchedFiles applied_;
};

void add_line(std::string& diff, char mark, std::string_view line) {
  diff += mark;
  diff += line;
  if (!line.ends_with('\n')) diff += "\n\\ No newline at end of file\n";
}

}  // namespace

Result<std::map<Name, std::vector<Patch>>> load_patches(const fs::path& folder) {
  std::map<Name, std::vector<Patch>> patches;
  ASSAY_TRY(const auto packages, entries_of((folder / "patches").lexically_normal()));
  for (const auto& package : packages) {
    const auto name = Name::parse(package.filename().string());
    if (!name || !fs::is_directory(package)) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("{}: patches lie in a folder named after their package", package.string()));
    }
    ASSAY_TRY(const auto files, entries_of(package, ".patch"));
    for (const auto& file : files) {
      ASSAY_TRY(auto text, read_file(file));
      patches[*name].push_back({file.string(), std::move(text)});
    }
  }
  return patches;
}

Result<PatchedFiles> apply_patch(
    const Patch& patch, const std::function<Result<std::string>(const std::string&)>& read) {
  return Applier(patch, read).apply();
}

std::string unified_diff(const std::string& path, std::string_view before, std::string_view after) {
  const auto old_lines = lines_with_ends(before);
  const auto new_lines = lines_with_ends(after);
  const auto count = std::min(old_lines.size(), new_lines.size());
  std::string diff;
  for (std::size_t i = 0; i < count; ++i) {
    if (old_lines[i] == new_lines[i]) continue;
    // A hunk reaches over gaps that two contexts would fill.
    std::size_t last = i;
    for (std::size_t j = i + 1; j < count && j <= last + 2 * context_lines; ++j) {
      if (old_lines[j] != new_lines[j]) last = j;
    }
    const auto begin = i - std::min(i, context_lines);
    const auto end = std::min(count, last + 1 + context_lines);
    if (diff.empty()) diff = fmt::format("--- a/{0}\n+++ b/{0}\n", path);
    diff += fmt::format("@@ -{0},{1} +{0},{1} @@\n", begin + 1, end - begin);
    for (std::size_t j = begin; j < end; ++j) {
      if (old_lines[j] == new_lines[j]) {
        add_line(diff, ' ', old_lines[j]);
      } else {
        add_line(diff, '-', old_lines[j]);
        add_line(diff, '+', new_lines[j]);
      }
    }
    i = end - 1;
  }
  return diff;
}

Result<fs::path> add_patch(const fs::path& folder, const Name& name, std::string_view slug,
                           std::string_view text) {
  const auto package = folder / "patches" / name.str();
  ASSAY_CHECK(make_directories(package));
  ASSAY_TRY(const auto there, entries_of(package));
  const auto file = package / fmt::format("{:04}-{}.patch", there.size() + 1, slug);
  ASSAY_CHECK(write_file(file, text));
  return file;
}

}  // namespace assay
