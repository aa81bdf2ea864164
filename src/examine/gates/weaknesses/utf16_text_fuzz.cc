#include <cstddef>
#include <cstdint>
#include <string>

#include "base/text.h"
#include "examine/gates/weaknesses/utf16_text.h"

// What has a byte order mark becomes UTF-8, whatever follows it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const char* mark : {"\xff\xfe", "\xfe\xff"}) {
    const auto text =
        assay::utf16_as_utf8(mark + std::string(reinterpret_cast<const char*>(data), size));
    if (!text || !assay::is_utf8(*text)) __builtin_trap();
    if (text->size() > 3 * (size / 2)) __builtin_trap();
  }
  return 0;
}
