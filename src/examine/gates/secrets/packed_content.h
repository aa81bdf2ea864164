#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "evidence/finding.h"
#include "examine/gate.h"
#include "examine/gates/secrets/token_format.h"
#include "examine/rule.h"

namespace assay {

// Looks with the gate itself into what a file holds packed or encoded: members of archives, and text
// in base64. What is opened is bounded in depth, in bytes and in members, all levels of a file
// together; what exceeds it is said and not opened.
class PackedContent {
 public:
  // The gate that looks; it owns whoever calls this, so it outlives it.
  void set_gate(const FileGate* gate) { gate_ = gate; }

  // The check "archive": a hit ends the mark with which an archive begins. The members' findings are
  // told of the archive, whose own rule tells what could not be opened.
  void check_archive(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                     std::vector<Finding>& findings) const;

  // The check "encoded": a hit ends what a credential's begin looks like in base64.
  void check_encoded(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                     std::vector<Finding>& findings) const;

 private:
  void examine_inner(const ExaminedFile& outer, std::string_view path, std::string_view bytes,
                     std::vector<Finding>& findings) const;

  const FileGate* gate_ = nullptr;
};

// Literals for the begins of these formats of PEM's marks and of JSON web
// tokens, in base64 at each of its three
// alignments.
std::vector<Pattern> encoded_patterns(std::span<const TokenFormat* const> formats);

}  // namespace assay
