#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "package/name.h"

namespace assay {

// That a commit was scanned under certain rules, and what it brought.
struct LedgerEntry {
  // baseline: every file of the commit; commit: what it changed; rescan: every file again, as the
  // rules are others; rewritten: every file, since upstream's history no longer leads here.
  std::string kind;
  Name package;
  std::string repository;
  std::string commit;
  std::string parent;
  std::string tree;
  std::string ruleset;
  std::uint64_t files = 0;
  std::vector<std::string> findings;  // fingerprints of what is new
};

// watch/ledger.jsonl beside the set: one line an entry, each with the SHA-256 of the line before, so
// that none can be changed, left out or put in between without all that follow showing it.
class Ledger {
 public:
  // invalid_input, with the line, if the chain is broken.
  static Result<Ledger> open(const std::filesystem::path& set_folder);

  const std::vector<LedgerEntry>& entries() const { return entries_; }
  const LedgerEntry* last(const Name& package) const;  // null if there is none
  Result<> add(const LedgerEntry& entry);              // on the disk when it returns

 private:
  std::filesystem::path path_;
  std::string text_;
  std::vector<LedgerEntry> entries_;
};

}  // namespace assay
