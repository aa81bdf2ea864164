#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evidence/finding.h"
#include "evidence/path_role.h"
#include "evidence/rule_description.h"
#include "examine/line_index.h"
#include "examine/source_text.h"
#include "python/module.h"
#include "python/symbols.h"

namespace assay {

class FileGate;

// Where a pattern may have matched: it ends at `end` (an offset, past the last byte). Where it
// begins the engine does not say; the gate confirms in the window before `end`.
struct Hit {
  std::size_t pattern;  // an index into the gate's patterns()
  std::size_t end;
};

// A file in the hands of the gates: read once, hashed before.
struct ExaminedFile {
  std::string_view path;
  std::string_view bytes;
  PathRole role;

  // Where its lines begin, its strings and comments, and its Python: made at the first call, for all
  // gates.
  const LineIndex& lines() const;
  const SourcePieces& pieces() const;
  const python::Module& python() const;
  const SymbolIndex& symbols() const;  // for findings that know their line only

  // Hits of a gate's patterns in other bytes, those for Python only where the file may be: for what a file
  // holds packed or encoded. Nothing where no engine is at hand.
  std::vector<Hit> look_into(const FileGate& gate, std::string_view other) const;
  mutable std::function<std::vector<Hit>(const FileGate&, std::string_view)> engine{};

  // What these made.
  mutable std::unique_ptr<LineIndex> line_index{};
  mutable std::unique_ptr<SourcePieces> source_pieces{};
  mutable std::unique_ptr<python::Module> module{};
  mutable std::unique_ptr<SymbolIndex> symbol_index{};
};

// A pattern that the engine looks for on a gate's behalf, all gates' patterns in one pass.
struct Pattern {
  std::string expression;  // Hyperscan's PCRE subset
  bool caseless = false;
  bool python = false;     // looked for only where may_be_python(), and in stubs and Cython
};

// Whether a file may be Python: by its name, or by its "#!" line. The patterns of the rules for Python are
// not looked for in others, which are most of what packages hold.
bool may_be_python(std::string_view path, std::string_view bytes);

// What looks at a package's files. It sees bytes and returns findings; it neither decides nor
// prints. Objects are immutable once made and used by many threads.
class FileGate {
 public:
  virtual ~FileGate() = default;
  virtual std::string_view name() const = 0;
  // Whether what it finds must not be repeated: then a finding's context is its redacted excerpt.
  virtual bool redacts() const { return false; }
  virtual std::vector<Pattern> patterns() const = 0;
  // Judges all hits of the gate's patterns in one file; they come in the order of their ends.
  // Called only where there are any.
  virtual void examine(const ExaminedFile& file, std::span<const Hit> hits,
                       std::vector<Finding>& findings) const = 0;
  virtual std::vector<RuleDescription> rules() const = 0;
  // Part of the action's key: the digest of its rules and of the version of its code.
  virtual std::string ruleset() const = 0;
};

// The gates that look at files, from examine/all_gates.def. An error is a defect of a rule.
Result<std::vector<std::unique_ptr<FileGate>>> all_file_gates();

}  // namespace assay
