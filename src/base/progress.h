#pragma once
#include <cstddef>
#include <string_view>

namespace assay {

enum class NoteLevel { detail, info, warning };

// What long work tells whoever watches it. The command line draws it, `--json` prints it, tests
// record it. Every function may be called from any thread.
class Progress {
 public:
  virtual ~Progress() = default;

  // A stage of the run begins; `total` items are expected, 0 if that is not known yet.
  virtual void stage(std::string_view name, std::size_t total) = 0;
  // An item of the current stage begins, ends. `item` is what a person calls it ("flask 3.1.3");
  // `outcome` is a word or a short phrase ("built", "from cache", "2 findings").
  virtual void begin(std::string_view item) = 0;
  virtual void end(std::string_view item, std::string_view outcome) = 0;
  virtual void note(NoteLevel level, std::string_view text) = 0;
};

class SilentProgress final : public Progress {
 public:
  void stage(std::string_view, std::size_t) override {}
  void begin(std::string_view) override {}
  void end(std::string_view, std::string_view) override {}
  void note(NoteLevel, std::string_view) override {}
};

}  // namespace assay
