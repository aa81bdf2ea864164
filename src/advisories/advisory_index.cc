#include "advisories/advisory_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/json.h"
#include "base/text.h"

namespace assay {

namespace {

constexpr std::size_t told_limit = 200;  // problems kept in words

// What findings need of a record for one package: its own affected entries only.
std::string line_for(const Advisory& advisory, const Name& name) {
  Advisory own = advisory;
  std::erase_if(own.affected, [&](const auto& entry) { return entry.name != name; });
  return compact(to_json(own)) + '\n';
}

std::unexpected<Error> broken(std::string_view why) {
  return fail(ErrorKind::internal, fmt::format("the index of advisories is broken: {}", why));
}

}  // namespace

void AdvisoryIndexWriter::tell(std::string problem) {
  ++census_.malformed;
  if (census_.problems.size() < told_limit) census_.problems.push_back(printable(problem));
}

void AdvisoryIndexWriter::add(std::string_view where, std::string_view json) {
  const auto advisory = Advisory::parse(json);
  if (!advisory) return tell(fmt::format("{}: {}", where, advisory.error().message));
  ++census_.records;
  for (const auto& fault : advisory->malformed) tell(fmt::format("{}: {}", advisory->id, fault));
  if (advisory->modified) census_.modified.push_back(*advisory->modified);
  if (advisory->withdrawn) return;
  std::set<Name> packages;
  for (const auto& affected : advisory->affected) packages.insert(affected.name);
  for (const Name& name : packages) lines_[name] += line_for(*advisory, name);
}

std::string AdvisoryIndexWriter::finish() {
  Json packages = Json::object();
  std::string body;
  for (const auto& [name, lines] : lines_) {
    packages[name.str()] = {body.size(), lines.size()};
    body += lines;
  }
  std::ranges::sort(census_.modified);
  Json modified = Json::array();
  for (const Time time : census_.modified) modified.push_back(time.time_since_epoch().count());
  const Json head{{"records", census_.records},
                  {"malformed", census_.malformed},
                  {"problems", census_.problems},
                  {"modified", std::move(modified)},
                  {"packages", std::move(packages)}};
  return compact(head) + '\n' + body;
}

Result<AdvisoryIndex> AdvisoryIndex::read(std::string text) {
  AdvisoryIndex index;
  const auto line_end = text.find('\n');
  if (line_end == std::string::npos) return broken("it has no head");
  ASSAY_TRY(const Json head, parse_json(std::string_view(text).substr(0, line_end)));
  index.body_ = line_end + 1;
  const std::size_t body_size = text.size() - index.body_;
  try {
    head.at("records").get_to(index.census_.records);
    head.at("malformed").get_to(index.census_.malformed);
    head.at("problems").get_to(index.census_.problems);
    for (const auto& seconds : head.at("modified")) {
      index.census_.modified.emplace_back(std::chrono::seconds(seconds.get<std::int64_t>()));
    }
    for (const auto& [name, place] : head.at("packages").items()) {
      const auto [offset, size] = place.get<std::pair<std::size_t, std::size_t>>();
      if (offset > body_size || size > body_size - offset) return broken("it is cut off");
      index.places_.emplace(name, std::pair(offset, size));
    }
  } catch (const Json::exception& error) {
    return broken(error.what());
  }
  index.text_ = std::move(text);
  return index;
}

Result<std::vector<Advisory>> AdvisoryIndex::records(const Name& name) const {
  std::vector<Advisory> records;
  const auto place = places_.find(name.str());
  if (place == places_.end()) return records;
  const auto [offset, size] = place->second;
  for (const auto line : lines(std::string_view(text_).substr(body_ + offset, size))) {
    ASSAY_TRY(auto record, context(Advisory::parse(line), "the index of advisories"));
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace assay
