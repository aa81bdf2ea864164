#include "package/file_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "package/unicode.h"

namespace assay {

namespace {

constexpr std::size_t longest_file_name = 512;  // file systems stop at 255

std::unexpected<Error> refuse(std::string_view kind, std::string_view file_name,
                              std::string_view why) {
  return fail(ErrorKind::invalid_input,
              fmt::format("not the file name of a {}: \"{}\" ({})", kind,
                          printable(file_name.substr(0, 200)), why));
}

// Nothing that could lead out of a folder, break a line or be read in two ways.
bool is_plain(std::string_view file_name) {
  bool ascii = true;
  const bool plain = !file_name.empty() && file_name.size() <= longest_file_name &&
                     std::ranges::all_of(file_name, [&](char c) {
                       const auto byte = static_cast<unsigned char>(c);
                       ascii = ascii && byte < 0x80;
                       return byte > ' ' && byte != 0x7F && c != '/' && c != '\\';
                     });
  return plain && (ascii || is_utf8(file_name));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// PEP 427: letters, digits, "_" and "."; runs of separators were made one "_". The reference
// implementation takes letters of any script, and separators at either end; no project is called so.
bool is_escaped_name(std::string_view text) {
  return !text.empty() && is_word(text, ".") && text.find("__") == std::string_view::npos;
}

}  // namespace

Result<WheelParts> WheelParts::split(std::string_view file_name) {
  const auto wrong = [&](std::string_view why) { return refuse("wheel", file_name, why); };
  constexpr std::string_view extension = ".whl";
  if (!is_plain(file_name)) return wrong("characters that no wheel's name has, or too long");
  if (!file_name.ends_with(extension)) return wrong("it must end in .whl");
  auto stem = file_name;
  stem.remove_suffix(extension.size());
  const auto parts = assay::split(stem, '-');
  if (parts.size() != 5 && parts.size() != 6) return wrong("wrong number of parts");

  if (!is_escaped_name(parts[0])) return wrong("project name");
  std::string_view build;
  if (parts.size() == 6) {
    build = parts[2];
    if (build.empty() || !is_digit(build.front())) return wrong("build tag");
  }
  const auto tags_at = static_cast<std::size_t>(parts[parts.size() - 3].data() - stem.data());
  return WheelParts{parts[0], parts[1], build, stem.substr(tags_at)};
}

Result<WheelName> WheelName::parse(std::string_view file_name) {
  ASSAY_TRY(const auto parts, WheelParts::split(file_name));
  auto version = Version::parse(parts.version);
  if (!version) return refuse("wheel", file_name, "version");
  auto tags = parse_tags(parts.tags);
  if (!tags) return refuse("wheel", file_name, "tags");
  return WheelName{Name::normalize(parts.name), *std::move(version), std::string(parts.build), *std::move(tags)};
}

Result<SdistName> SdistName::parse(std::string_view file_name, const Name& expected) {
  const auto wrong = [&](std::string_view why) {
    return refuse("source distribution", file_name, why);
  };
  constexpr std::array<std::string_view, 4> extensions{".tar.gz", ".zip", ".tgz", ".tar.bz2"};
  if (!is_plain(file_name)) return wrong("characters that no archive's name has, or too long");
  const auto extension = std::ranges::find_if(
      extensions, [&](std::string_view known) { return file_name.ends_with(known); });
  if (extension == extensions.end()) return wrong("it must end in .tar.gz, .zip, .tgz or .tar.bz2");
  auto stem = file_name;
  stem.remove_suffix(extension->size());

  // Older names hold hyphens, and so may versions ("1.0-1"): the expected name tells the border.
  bool named = false;
  for (std::size_t dash = 0; (dash = stem.find('-', dash)) != std::string_view::npos; ++dash) {
    if (Name::normalize(stem.substr(0, dash)) != expected) continue;
    named = true;
    if (auto version = Version::parse(stem.substr(dash + 1))) {
      return SdistName{expected, *std::move(version)};
    }
  }
  if (named) return wrong("version");
  return wrong("it is not of the project " + expected.str());
}

}  // namespace assay
