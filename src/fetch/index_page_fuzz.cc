#include "fetch/index_page.h"

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const char* type : {"application/vnd.pypi.simple.v1+json", "text/html"}) {
    static_cast<void>(assay::parse_index_page(text, type, "https://index.example/simple/demo/"));
  }
  return 0;
}
