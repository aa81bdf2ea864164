#include "publish/withdrawal.h"

#include <fmt/format.h>

#include <charconv>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "io/files.h"
#include "publish/release_folder.h"

namespace assay {

namespace {

fs::path record_of(const fs::path& set_folder) { return set_folder / "releases" / "withdrawn.json"; }

Result<> write_record(const fs::path& set_folder,
                      const std::map<std::uint64_t, Withdrawal>& withdrawn) {
  Json json = Json::object();
  for (const auto& [number, one] : withdrawn) {
    json[std::to_string(number)] = {{"reason", one.reason},
                                    {"reviewer", one.reviewer},
                                    {"date", format_date(one.date)}};
  }
  return write_file(record_of(set_folder), pretty(json));
}

}  // namespace

Result<std::map<std::uint64_t, Withdrawal>> withdrawn_releases(const fs::path& set_folder) {
  std::map<std::uint64_t, Withdrawal> withdrawn;
  const auto path = record_of(set_folder);
  const auto text = read_file(path);
  if (!text && text.error().kind == ErrorKind::not_found) return withdrawn;
  if (!text) return std::unexpected(text.error());
  ASSAY_TRY(const Json json, context(parse_json(*text), path.string()));
  if (!json.is_object()) return fail(ErrorKind::invalid_input, path.string() + ": not an object");
  for (const auto& [key, value] : json.items()) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
    if (error != std::errc() || end != key.data() + key.size()) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("{}: \"{}\" is no release", path.string(), printable(key)));
    }
    auto& one = withdrawn[number];
    ASSAY_TRY(one.reason, context(string_member(value, "reason"), path.string()));
    ASSAY_TRY(one.reviewer, context(string_member(value, "reviewer"), path.string()));
    ASSAY_TRY(const auto date, context(string_member(value, "date"), path.string()));
    ASSAY_TRY(one.date, context(parse_date(date), path.string()));
  }
  return withdrawn;
}

Result<std::uint64_t> withdraw_release(const fs::path& set_folder, std::uint64_t number,
                                       const Withdrawal& withdrawal) {
  const ReleasesFolder releases(set_folder);
  if (!fs::exists(releases.release(number) / "manifest.json")) {
    return fail(ErrorKind::not_found,
                fmt::format("{} has no release {}", set_folder.string(), number));
  }
  ASSAY_TRY(const auto lock, FileLock::acquire(releases.path() / ".lock"));
  ASSAY_TRY(auto withdrawn, withdrawn_releases(set_folder));
  if (!withdrawn.emplace(number, withdrawal).second) {
    return fail(ErrorKind::invalid_input, fmt::format("release {} is withdrawn already", number));
  }
  // The record first: whenever this is cut off, nobody is led to it by a later run.
  ASSAY_CHECK(write_record(set_folder, withdrawn));
  std::uint64_t left = releases.newest().value_or(0);
  while (left > 0 && (withdrawn.contains(left) || !fs::exists(releases.release(left)))) --left;
  if (left > 0) {
    ASSAY_CHECK(releases.switch_latest(left));
  } else {
    ASSAY_CHECK(remove_tree(releases.path() / "latest"));
  }
  return left;
}

}  // namespace assay
