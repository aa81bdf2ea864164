#include "examine/gates/behaviour/constant_decoder.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "examine/gates/behaviour/decompress.h"
#include "examine/gates/behaviour/payload.h"

// A module that hides texts, and the bytes of each codec by themselves: nothing grows beyond its bound.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  static constexpr const char* codecs[] = {"base64", "base32",  "base85",     "ascii85",
                                           "hex",    "rot13",   "compressed", "zlib",
                                           "bz2",    "unicode_escape"};
  const std::size_t chosen = data[0];
  if (chosen < std::size(codecs)) {
    const auto undone = behaviour::undo_codec(codecs[chosen], text);
    if (undone && undone->size() > behaviour::most_decoded + (4U << 20)) __builtin_trap();
    behaviour::unpack_stream(text);
    return 0;
  }
  const python::Module module(text);
  for (python::NodeId id = 0; id < module.syntax().nodes().size(); ++id) {
    const auto kind = module.syntax().kind(id);
    if (kind != python::NodeKind::call && kind != python::NodeKind::subscript) continue;
    behaviour::ConstantDecoder decoder(module);
    const auto decoded = decoder.decode(id);
    if (!decoded) continue;
    behaviour::acts_in_words(*decoded);
    behaviour::beginning(*decoded);
  }
  return 0;
}
