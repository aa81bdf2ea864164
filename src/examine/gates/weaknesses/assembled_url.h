#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "examine/gate.h"

namespace assay {

// A URL that Python code puts together from parts that the module itself tells.
struct AssembledUrl {
  std::size_t begin = 0;  // of the whole expression
  std::size_t end = 0;
  std::string text;       // "http://host/…"; what is not known is left out
};

// Those whose scheme stands in the strings at the offsets: "http://" + HOST, f"http://{HOST}/",
// "http" + "://" + HOST. One for each expression.
std::vector<AssembledUrl> assembled_urls(const ExaminedFile& file, std::span<const std::size_t> offsets);

}  // namespace assay
