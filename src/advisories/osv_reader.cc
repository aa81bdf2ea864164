#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "advisories/source_reader.h"
#include "base/json.h"
#include "base/text.h"

namespace assay {

namespace {

// https://ossf.github.io/osv-schema/#schema_version-field: semantic versions, 1.0.0 where a record
// says none. A later major version may mean something else by the same words.
bool is_known_schema(std::string_view version) {
  return version.empty() || version.starts_with("1.");
}

// What findings need of a record for one package: its own affected entries only.
std::string line_for(const Advisory& advisory, const Name& name) {
  Advisory own = advisory;
  std::erase_if(own.affected, [&](const auto& entry) { return entry.name != name; });
  return compact(to_json(own)) + '\n';
}

void add_line(std::string& lines_of_key, std::string_view line) {
  const auto present = lines(lines_of_key);
  if (std::ranges::find(present, line) != present.end()) return;
  lines_of_key += line;
  lines_of_key += '\n';
}

class OsvReader final : public SourceReader {
 public:
  Result<> add(std::string_view where, std::string_view text) override {
    const auto advisory = Advisory::parse(text);
    if (!advisory) {
      tell(fmt::format("{}: {}", where, advisory.error().message));
      return {};
    }
    if (!is_known_schema(advisory->schema_version)) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("{} is of version {} of the OSV schema, which is not known",
                              printable(advisory->id), printable(advisory->schema_version)));
    }
    ++census.records;
    for (const auto& fault : advisory->malformed) tell(fmt::format("{}: {}", advisory->id, fault));
    if (advisory->modified) modified_.push_back(advisory->modified->time_since_epoch().count());
    keep(*advisory);
    return {};
  }

  Result<> finish() override {
    std::ranges::sort(modified_);
    std::string& times = texts[std::string(times_key)];
    for (const std::int64_t seconds : modified_) {
      for (int shift = 56; shift >= 0; shift -= 8) {
        times.push_back(static_cast<char>(seconds >> shift & 0xff));
      }
    }
    return {};
  }

 private:
  void keep(const Advisory& advisory) {
    std::set<Name> packages;
    for (const auto& affected : advisory.affected) packages.insert(affected.name);
    // A record of no package is kept for whoever asks for it by its id.
    if (packages.empty()) packages.insert(Name::normalize(""));
    for (const Name& name : packages) {
      texts[package_key(name.str())] += line_for(advisory, name);
      add_line(texts[id_key(advisory.id)], name.str());
      for (const auto& alias : advisory.aliases) add_line(texts[id_key(alias)], name.str());
    }
  }

  std::vector<std::int64_t> modified_;
};

}  // namespace

std::unique_ptr<SourceReader> osv_reader() { return std::make_unique<OsvReader>(); }

}  // namespace assay
