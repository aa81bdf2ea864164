#include "publish/manifest.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace assay {

namespace {

constexpr std::string_view format_name = "assay-release/1";

Result<ManifestEntry> entry_from(const std::string& path, const Json& json) {
  const auto doing = fmt::format("manifest.json, \"{}\"", path);
  ASSAY_TRY(const auto hex, context(string_member(json, "sha256"), doing));
  ASSAY_TRY(const auto digest, context(Digest::parse(hex), doing));
  const auto size = json.find("size");
  if (size == json.end() || !size->is_number_unsigned()) {
    return fail(ErrorKind::invalid_input, doing + ": no \"size\"");
  }
  return ManifestEntry{digest, size->get<std::uint64_t>()};
}

}  // namespace

std::string Manifest::text() const {
  Json entries = Json::object();
  for (const auto& [path, entry] : files) {
    entries[path] = {{"sha256", entry.digest.hex()}, {"size", entry.size}};
  }
  return pretty({{"format", format_name}, {"set", set_name}, {"files", std::move(entries)}});
}

Result<Manifest> Manifest::parse(std::string_view text) {
  ASSAY_TRY(const auto json, context(parse_json(text), "manifest.json"));
  ASSAY_TRY(const auto format, context(string_member(json, "format"), "manifest.json"));
  if (format != format_name) {
    return fail(ErrorKind::invalid_input,
                fmt::format("manifest.json: not of format {}", format_name));
  }
  Manifest manifest;
  ASSAY_TRY(manifest.set_name, context(string_member(json, "set"), "manifest.json"));
  const auto files = json.find("files");
  if (files == json.end() || !files->is_object()) {
    return fail(ErrorKind::invalid_input, "manifest.json: no \"files\"");
  }
  for (const auto& [path, entry] : files->items()) {
    ASSAY_TRY(manifest.files[path], entry_from(path, entry));
  }
  return manifest;
}

}  // namespace assay
