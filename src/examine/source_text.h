#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace assay {

// How a file is read: which marks begin a comment and a string in it.
enum class SourceKind {
  python,
  c,          // C, C++, CUDA, Objective-C: as c_like, with raw strings and comments that go on
  c_like,     // Rust, JavaScript, JSON, CSS …: // and /* */
  hash_like,  // shell, TOML, YAML, CMake …: #
  fixed_fortran,  // a comment by C, c, * or ! in a line's first column (Fortran 2018, 6.3.3)
  fortran,        // !
  markup,     // HTML, XML: <!-- -->
  document,   // prose: README, change logs, licences, metadata
  media,      // images, fonts, PDF: text in them is a label
  other,
};

// By the file's name, and by its "#!" line where the name tells nothing.
SourceKind source_kind(std::string_view path, std::string_view text);

// Where in a source an offset lies, and the piece that it lies in, without its quotes or marks.
struct SourcePiece {
  enum class Kind { code, string, comment, docstring } kind = Kind::code;
  std::size_t begin = 0;  // for code both are 0
  std::size_t end = 0;
};

// The strings and comments of a source; what lies in none of them is code. One pass over the text, as far
// as somebody asks for: most ask for a licence's URL at its top. For one thread.
// It never fails: a text that is no such source after all reads as code.
class SourcePieces {
 public:
  class Reader;  // of one family

  SourcePieces(SourceKind kind, std::string_view text);
  ~SourcePieces();
  SourcePieces(SourcePieces&&) = delete;
  SourceKind kind() const { return kind_; }
  SourcePiece at(std::size_t offset) const;

 private:
  SourceKind kind_;
  std::unique_ptr<Reader> reader_;
};

// The pieces that the offsets lie in.
std::vector<SourcePiece> pieces_at(SourceKind kind, std::string_view text,
                                   std::span<const std::size_t> offsets);

}  // namespace assay
