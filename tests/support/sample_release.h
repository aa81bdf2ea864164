#pragma once
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "evidence/verdict.h"
#include "io/archive.h"
#include "package/record.h"
#include "publish/release.h"

namespace assay {

inline std::string record_digest(std::string_view bytes) {
  const auto digest = sha256(bytes);
  const auto raw = digest.bytes();
  auto text = base64({reinterpret_cast<const char*>(raw.data()), raw.size()});
  text = replace_all(replace_all(std::move(text), "+", "-"), "/", "_");
  return "sha256=" + text.substr(0, text.find('='));
}

// A wheel of one module, complete enough for pip to install it, put into the store.
inline ReleasedWheel sample_wheel(Store& store, const std::string& name, const std::string& version,
                                  std::string_view more_metadata = "") {
  const auto form = Name::normalize(name).file_form();
  const auto info = fmt::format("{}-{}.dist-info/", form, version);
  const auto metadata = fmt::format("Metadata-Version: 2.1\nName: {}\nVersion: {}\n{}\n", name,
                                    version, more_metadata);
  std::vector<std::pair<std::string, std::string>> members = {
      {form + ".py", fmt::format("version = \"{}\"\n", version)},
      {info + "METADATA", metadata},
      {info + "WHEEL",
       "Wheel-Version: 1.0\nGenerator: sample\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}};
  std::vector<RecordEntry> record;
  for (const auto& [path, bytes] : members) {
    record.push_back({path, record_digest(bytes), bytes.size()});
  }
  record.push_back({info + "RECORD", "", std::nullopt});
  members.emplace_back(info + "RECORD", write_record(record));

  ZipWriter zip;
  for (const auto& [path, bytes] : members) zip.add(path, bytes, false);
  ReleasedWheel wheel;
  wheel.file_name = fmt::format("{}-{}-py3-none-any.whl", form, version);
  wheel.digest = store.blobs.put(zip.finish()).value().digest;
  wheel.metadata = Metadata::parse(metadata).value();
  wheel.metadata_text = metadata;
  wheel.pythons = {"3.11"};
  return wheel;
}

// A release of these wheels, each with a verdict among the evidence.
inline ReleaseContent sample_content(std::vector<ReleasedWheel> wheels) {
  ReleaseContent content;
  content.set_name = "sample";
  content.pythons = {"3.11"};
  content.wheels = std::move(wheels);
  for (const auto& wheel : content.wheels) {
    const auto version = wheel.metadata.version.str();
    const Verdict verdict{wheel.metadata.name, version, Decision::published, {}};
    content.evidence[fmt::format("{}-{}.json", wheel.metadata.name.str(), version)] = {
        {"verdict", to_json(verdict)}};
  }
  return content;
}

}  // namespace assay
