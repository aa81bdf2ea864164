#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "python/module.h"

namespace assay::behaviour {

// What all decoders of this thread may spend together while it lives: a file may name one long text ten
// thousand times. When it is spent, nothing more is known of what is hidden, only that it is.
class DecodingBudget {
 public:
  DecodingBudget();
  ~DecodingBudget();
  DecodingBudget(const DecodingBudget&) = delete;
  DecodingBudget& operator=(const DecodingBudget&) = delete;

  // Whether so many bytes may still be worked on; then they are spent.
  static bool spend(std::size_t bytes);

 private:
  std::size_t before_;
};

// Works out the text of an expression that a module hides: base64, base32, base85, hexadecimal, rot13,
// zlib, gzip, bzip2 and lzma are undone, reversals and joined characters too, also behind the module's own
// one-line functions. Nothing of the package is run: what is not one of these is not known. At most
// 8 MiB, whatever was written.
class ConstantDecoder {
 public:
  explicit ConstantDecoder(const python::Module& module) : module_(module), syntax_(module.syntax()) {}

  std::optional<std::string> decode(python::NodeId expression) { return read(expression, 0); }
  // What was undone, innermost first: "base64", "zlib", "reversed".
  const std::vector<std::string>& steps() const { return steps_; }

 private:
  using Text = std::optional<std::string>;

  Text read(python::NodeId id, int depth);
  Text read_kind(python::NodeId id, int depth);
  Text call(python::NodeId id, int depth);
  Text method(python::NodeId id, std::string_view name, int depth);
  Text lambda_call(python::NodeId lambda, python::NodeId call, int depth);
  Text joined(python::NodeId parts, const std::string& separator, int depth);
  Text characters(python::NodeId numbers, bool bytes = false);
  Text sliced(python::NodeId id, int depth);
  Text step(std::string name, Text text);

  const python::Module& module_;
  const python::Syntax& syntax_;
  std::vector<std::string> steps_;
  std::map<std::string, std::string, std::less<>> bound_;  // parameters of the function that is read
  std::size_t visits_ = 0;
  std::size_t spent_ = 0;  // bytes
};

// `name` is a codec of Python's that turns text or bytes into others: "rot13", "hex_codec", "base64" …
std::optional<std::string> undo_codec(std::string_view name, std::string_view text);

}  // namespace assay::behaviour
