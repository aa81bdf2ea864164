#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "examine/dead_branch.h"
#include "examine/gate.h"
#include "examine/gates/weaknesses/http_reference.h"
#include "examine/rule.h"
#include "examine/source_text.h"

namespace assay {

// What is asked of a file with references, found once for all of them.
class FileOfUrls {
 public:
  FileOfUrls(const Rule& rule, const ExaminedFile& file) : rule_(rule), file_(file) {}
  // Python that speaks of no network anywhere names where something came from, or what it is called.
  bool may_fetch() const;
  // Python below `if __name__ == "__main__":`.
  bool is_run_by_hand(std::size_t offset) const;

 private:
  const Rule& rule_;
  const ExaminedFile& file_;
  mutable std::optional<bool> fetches_;
  mutable std::optional<bool> has_script_;
  mutable std::optional<ScriptPart> script_;
};

// A reference in its surroundings.
struct UrlInSource {
  // How far back they matter, in bytes.
  static constexpr std::size_t context_window = 2048;

  const ExaminedFile& file;
  const FileOfUrls& all;
  const HttpReference& url;
  SourceKind source;

  // The string or comment that it stands in. Read up to there only when asked: of most URLs their host tells.
  SourcePiece piece() const { return file.pieces().at(url.begin); }
  // The text before it: `bytes` at most, and of a string or comment no more than its own.
  std::string_view before(std::size_t bytes = context_window) const {
    const auto least = url.begin < bytes ? 0 : url.begin - bytes;
    const auto begin = std::min(std::max(least, piece().begin), url.begin);
    return file.bytes.substr(begin, url.begin - begin);
  }
  std::string_view before_in_file(std::size_t bytes = context_window) const {
    const auto begin = url.begin < bytes ? 0 : url.begin - bytes;
    return file.bytes.substr(begin, url.begin - begin);
  }
  std::string_view base_name() const { return file.path.substr(file.path.rfind('/') + 1); }
};

// The words of the name that the string is given to: NS_SOAP = "…", "xmlns:a": "…", apiUrl=r"…".
std::vector<std::string> words_of_target(const UrlInSource& reference);

bool contains_any(std::string_view text, const std::vector<std::string>& words);

// A command or a requirement that fetches: "curl http://…", "name @ http://…", "git+http://…".
bool is_command(const Rule& rule, const UrlInSource& reference);

// How sure it is that a program fetches it: high for commands and what a browser loads by itself;
// medium where its name, its host, its file or the call around it say so, and for other schemes than
// http, which name places only; low where nothing does: it may be a name, or a link for people.
Confidence confidence_of_fetching(const Rule& rule, const UrlInSource& reference);

}  // namespace assay
