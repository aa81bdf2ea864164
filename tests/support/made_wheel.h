#pragma once
#include <map>
#include <string>

#include "environment/virtual_environment.h"
#include "environment/wheel_audit.h"
#include "io/archive.h"
#include "package/record.h"
#include "store/store.h"

namespace assay {

// A wheel that a test makes up. What it says of itself is right unless a test overwrites it.
struct MadeWheel {
  std::string name = "demo";
  std::string version = "1.0";
  std::string tag = "py3-none-any";
  std::map<std::string, std::string> files;  // by path, .dist-info included

  std::string file_name() const { return name + "-" + version + "-" + tag + ".whl"; }
  std::string dist_info() const { return name + "-" + version + ".dist-info"; }

  std::string bytes() const {
    std::map<std::string, std::string> all = {
        {dist_info() + "/METADATA",
         "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n"},
        {dist_info() + "/WHEEL",
         "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: " + tag + "\n"}};
    for (const auto& [path, text] : files) all[path] = text;
    if (const std::string record = dist_info() + "/RECORD"; !all.contains(record)) {
      std::vector<RecordEntry> entries;
      for (const auto& [path, text] : all) {
        entries.push_back({path, record_digest(text), text.size()});
      }
      entries.push_back({record, "", std::nullopt});
      all[record] = write_record(entries);
    }
    ZipWriter zip;
    for (const auto& [path, text] : all) zip.add(path, text, false);
    return zip.finish();
  }

  WheelFile put(Store& store) const {
    return {file_name(), store.blobs.put(bytes()).value().digest};
  }
};

}  // namespace assay
