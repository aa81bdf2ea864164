#include "watch/ledger.h"

#include <fmt/format.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/json.h"
#include "base/text.h"
#include "io/files.h"

namespace assay {

namespace {

std::string line_of(const LedgerEntry& entry, const std::string& previous) {
  return compact(Json{{"previous", previous},
                      {"kind", entry.kind},
                      {"package", entry.package.str()},
                      {"repository", entry.repository},
                      {"commit", entry.commit},
                      {"parent", entry.parent},
                      {"tree", entry.tree},
                      {"ruleset", entry.ruleset},
                      {"files", entry.files},
                      {"findings", entry.findings}});
}

Result<LedgerEntry> entry_from(const Json& json) {
  LedgerEntry entry;
  ASSAY_TRY(entry.kind, string_member(json, "kind"));
  ASSAY_TRY(const auto package, string_member(json, "package"));
  entry.package = Name::normalize(package);
  ASSAY_TRY(entry.repository, string_member(json, "repository"));
  ASSAY_TRY(entry.commit, string_member(json, "commit"));
  ASSAY_TRY(entry.parent, string_member(json, "parent"));
  ASSAY_TRY(entry.tree, string_member(json, "tree"));
  ASSAY_TRY(entry.ruleset, string_member(json, "ruleset"));
  try {
    entry.files = json.at("files").get<std::uint64_t>();
    entry.findings = json.at("findings").get<std::vector<std::string>>();
  } catch (const Json::exception& e) {
    return fail(ErrorKind::invalid_input, e.what());
  }
  return entry;
}

}  // namespace

Result<Ledger> Ledger::open(const fs::path& set_folder) {
  Ledger ledger;
  ledger.path_ = set_folder / "watch" / "ledger.jsonl";
  const auto text = read_file(ledger.path_);
  if (!text && text.error().kind == ErrorKind::not_found) return ledger;
  if (!text) return std::unexpected(text.error());
  std::string previous;
  unsigned number = 0;
  for (const auto line : lines(*text)) {
    ++number;
    const auto at = [&](std::string_view what) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("{}:{}: {}", ledger.path_.string(), number, what));
    };
    const auto json = parse_json(line);
    if (!json || !json->is_object()) return at("the line can't be read");
    if (string_member(*json, "previous", "").value_or("") != previous) {
      return at("the line does not follow the one before: something was changed, left out or put in");
    }
    const auto entry = entry_from(*json);
    if (!entry) return at(entry.error().message);
    if (line_of(*entry, previous) != line) return at("the line is not as it was written");
    ledger.entries_.push_back(*entry);
    previous = sha256(line).hex();
  }
  ledger.text_ = *text;
  return ledger;
}

const LedgerEntry* Ledger::last(const Name& package) const {
  const auto found = std::ranges::find(entries_.rbegin(), entries_.rend(), package, &LedgerEntry::package);
  return found == entries_.rend() ? nullptr : &*found;
}

Result<> Ledger::add(const LedgerEntry& entry) {
  const auto before = lines(text_);
  const std::string previous = before.empty() ? "" : sha256(before.back()).hex();
  const std::string grown = text_ + line_of(entry, previous) + "\n";
  ASSAY_CHECK(make_directories(path_.parent_path()));
  ASSAY_CHECK(write_file(path_, grown));
  text_ = grown;
  entries_.push_back(entry);
  return {};
}

}  // namespace assay
