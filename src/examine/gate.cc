#include "examine/gate.h"

#include "examine/most_python.h"

namespace assay {

bool may_be_python(std::string_view path, std::string_view bytes) {
  if (path.ends_with(".py") || path.ends_with(".pyw") || path.ends_with(".pth")) return true;
  return bytes.starts_with("#!") && bytes.substr(0, bytes.find('\n')).contains("python");
}

const LineIndex& ExaminedFile::lines() const {
  if (line_index == nullptr) line_index = std::make_unique<LineIndex>(bytes);
  return *line_index;
}

const SourcePieces& ExaminedFile::pieces() const {
  if (source_pieces == nullptr) {
    source_pieces = std::make_unique<SourcePieces>(source_kind(path, bytes), bytes);
  }
  return *source_pieces;
}

const python::Module& ExaminedFile::python() const {
  if (module == nullptr) module = std::make_unique<python::Module>(bytes.substr(0, most_python));
  return *module;
}

const SymbolIndex& ExaminedFile::symbols() const {
  if (symbol_index == nullptr) symbol_index = std::make_unique<SymbolIndex>(python().syntax());
  return *symbol_index;
}

std::vector<Hit> ExaminedFile::look_into(const FileGate& gate, std::string_view other) const {
  return engine ? engine(gate, other) : std::vector<Hit>();
}

}  // namespace assay
