#include "base/variable.h"

#include <cstdlib>

namespace assay {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace assay
