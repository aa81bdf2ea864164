#include "package/debug_answers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <compare>
#include <optional>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "package/file_name.h"
#include "package/marker.h"
#include "package/name.h"
#include "package/requirement.h"
#include "package/specifier.h"
#include "package/tag.h"
#include "package/version.h"

namespace assay {

namespace {

std::unexpected<Error> bad_question(std::string why) {
  return fail(ErrorKind::invalid_input, std::move(why));
}

Result<const Json*> object_member(const Json& object, std::string_view key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_object()) {
    return bad_question(fmt::format("\"{}\" must be an object", key));
  }
  return &*found;
}

// true, false, or null for "not given".
Result<std::optional<bool>> optional_flag(const Json& object, std::string_view key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return std::nullopt;
  if (!found->is_boolean()) return bad_question(fmt::format("\"{}\" must be true or false", key));
  return found->get<bool>();
}

Result<Version> version_member(const Json& question, std::string_view key) {
  ASSAY_TRY(const auto text, string_member(question, key));
  return Version::parse(text);
}

Result<Json> parse_version(const Json& question) {
  ASSAY_TRY(const auto version, version_member(question, "version"));
  return Json{{"normalized", version.str()}};
}

Result<Json> compare_versions(const Json& question) {
  ASSAY_TRY(const auto a, version_member(question, "a"));
  ASSAY_TRY(const auto b, version_member(question, "b"));
  const auto order = a <=> b;
  return Json{{"order", order < 0 ? -1 : order > 0 ? 1 : 0}};
}

// The version stays as it was written: === compares spellings, and what is no version at all is
// answered false as the reference implementation does, not refused.
Result<Json> contains(const Json& question) {
  ASSAY_TRY(const auto text, string_member(question, "specifier"));
  ASSAY_TRY(const auto version, string_member(question, "version"));
  ASSAY_TRY(const auto prereleases, optional_flag(question, "prereleases"));
  ASSAY_TRY(const auto set, SpecifierSet::parse(text));
  return Json{{"contains", set.contains_text(version, prereleases)}};
}

Result<Json> parse_requirement(const Json& question) {
  ASSAY_TRY(const auto text, string_member(question, "requirement"));
  ASSAY_TRY(const auto requirement, Requirement::parse(text));
  const auto or_null = [](const std::string& part) { return part.empty() ? Json() : Json(part); };
  return Json{{"name", requirement.written_name},
              {"extras", requirement.written_extras},
              {"specifier", requirement.specifier.str()},
              {"marker", or_null(requirement.marker ? requirement.marker->str() : "")},
              {"url", or_null(requirement.url)}};
}

Result<Json> evaluate_marker(const Json& question) {
  ASSAY_TRY(const auto text, string_member(question, "marker"));
  ASSAY_TRY(const Json* given, object_member(question, "environment"));
  ASSAY_TRY(const auto marker, Marker::parse(text));
  MarkerEnvironment environment;
  MarkerSets sets;
  for (const auto& [variable, value] : given->items()) {
    const auto is_text = [](const Json& member) { return member.is_string(); };
    if (value.is_string()) {
      environment[variable] = value.get<std::string>();
    } else if (value.is_array() && std::ranges::all_of(value, is_text)) {
      sets[variable] = value.get<std::set<std::string>>();
    } else if (!value.is_null()) {
      return bad_question("an environment's values are strings, lists of strings or null");
    }
  }
  ASSAY_TRY(const bool result, marker.evaluate_strictly(environment, sets));
  return Json{{"result", result}};
}

Result<Json> normalize_name(const Json& question) {
  ASSAY_TRY(const auto name, string_member(question, "name"));
  return Json{{"normalized", Name::normalize(name).str()}};
}

std::vector<std::string> sorted_texts(const std::vector<Tag>& tags) {
  std::set<std::string> texts;
  for (const auto& tag : tags) texts.insert(tag.str());
  return {texts.begin(), texts.end()};
}

Result<Json> parse_wheel_name(const Json& question) {
  ASSAY_TRY(const auto file_name, string_member(question, "filename"));
  ASSAY_TRY(const auto wheel, WheelName::parse(file_name));
  return Json{{"name", wheel.name.str()},
              {"version", wheel.version.str()},
              {"build", wheel.build},
              {"tags", sorted_texts(wheel.tags)}};
}

std::optional<int> small_number(std::string_view text) {
  int number = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  const bool usable = error == std::errc() && stopped == end && number >= 0 && number < 1000;
  return usable ? std::optional(number) : std::nullopt;
}

Result<TagFacts> tag_facts(const Json& environment) {
  TagFacts facts;
  ASSAY_TRY(const auto python, string_member(environment, "python"));
  const auto numbers = split(python, '.');
  const auto major = small_number(numbers[0]);
  const auto minor = numbers.size() > 1 ? small_number(numbers[1]) : std::nullopt;
  if (!major || !minor) return bad_question("\"python\" must be like 3.12");
  facts.python_major = *major;
  facts.python_minor = *minor;
  ASSAY_TRY(facts.platform, string_member(environment, "platform"));
  ASSAY_TRY(facts.libc, string_member(environment, "libc", ""));
  ASSAY_TRY(facts.implementation, string_member(environment, "implementation", "cpython"));
  ASSAY_TRY(const auto debug, optional_flag(environment, "debug"));
  ASSAY_TRY(const auto free_threaded, optional_flag(environment, "free_threaded"));
  facts.debug = debug.value_or(false);
  facts.free_threaded = free_threaded.value_or(false);
  return facts;
}

Result<Json> is_tag_supported(const Json& question) {
  ASSAY_TRY(const auto text, string_member(question, "tag"));
  ASSAY_TRY(const Json* environment, object_member(question, "environment"));
  ASSAY_TRY(const auto tags, parse_tags(text));
  ASSAY_TRY(const auto facts, tag_facts(*environment));
  const auto supported = supported_tags(facts);
  const bool taken = std::ranges::any_of(
      tags, [&](const Tag& tag) { return std::ranges::find(supported, tag) != supported.end(); });
  return Json{{"supported", taken}};
}

constexpr std::array<DebugOperation, 8> operations{{
    {"version.parse", parse_version},
    {"version.compare", compare_versions},
    {"specifier.contains", contains},
    {"requirement.parse", parse_requirement},
    {"marker.evaluate", evaluate_marker},
    {"name.normalize", normalize_name},
    {"wheel.parse", parse_wheel_name},
    {"tag.supported", is_tag_supported},
}};

Result<Json> answer(std::string_view line, std::span<const DebugOperation> more) {
  ASSAY_TRY(const auto question, parse_json(line));
  if (!question.is_object()) return bad_question("a question is a JSON object");
  ASSAY_TRY(const auto op, string_member(question, "op"));
  for (const auto known : {std::span<const DebugOperation>(operations), more}) {
    const auto found = std::ranges::find(known, op, &DebugOperation::name);
    if (found != known.end()) return found->answer(question);
  }
  return bad_question(fmt::format("no such operation: \"{}\"", printable(op.substr(0, 100))));
}

}  // namespace

std::string answer_debug_line(std::string_view json_line, std::span<const DebugOperation> more) {
  auto answered = answer(json_line, more);
  if (!answered) return compact(Json{{"ok", false}, {"error", answered.error().message}});
  (*answered)["ok"] = true;
  return compact(*answered);
}

}  // namespace assay
