#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace assay::behaviour {

inline constexpr std::size_t most_decoded = 8u << 20;  // bytes

// zlib and gzip streams (RFC 1950, 1952), as far as they go; nothing where they do not begin as one,
// or are larger than `most_decoded`.
std::optional<std::string> inflate_text(std::string_view bytes);
// bzip2, xz and lzma streams.
std::optional<std::string> unpack_stream(std::string_view bytes);

}  // namespace assay::behaviour
