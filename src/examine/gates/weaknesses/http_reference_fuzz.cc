#include "examine/gates/weaknesses/http_reference.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/text.h"

// A URL that is told begins within the text and is short and safe to print.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const std::string mark : {"://", ":\\/\\/"}) {
    for (auto at = text.find(mark); at != text.npos; at = text.find(mark, at + 1)) {
      const auto url = assay::http_reference(text, at + mark.size());
      if (!url) continue;
      if (url->begin >= at || url->url.size() > 210 || url->host.empty()) __builtin_trap();
      if (assay::printable(url->url) != url->url) __builtin_trap();
      assay::is_local_host(url->host);
      if (!assay::is_within(url->host, url->host)) __builtin_trap();
    }
  }
  return 0;
}
