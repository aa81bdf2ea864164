#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "package/unicode.h"
#include "trial/trial.h"

// A reader for the XML that JUnit reports are: elements, attributes, text. There are no document
// types and no entities but XML's own five and numbered characters, so nothing can expand.
namespace assay {

namespace {

constexpr std::size_t most_bytes = 256ULL << 20;
constexpr std::size_t deepest = 64;
constexpr std::size_t most_attributes = 256;
constexpr std::size_t longest_message = 400;

std::unexpected<Error> no_junit(std::string why) {
  return fail(ErrorKind::invalid_input, "no JUnit XML: " + std::move(why));
}

// "&lt;" without its & and ;. False for an entity that XML does not bring along.
bool append_entity(std::string& text, std::string_view name) {
  static const std::map<std::string_view, char> own{
      {"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
  if (const auto found = own.find(name); found != own.end()) {
    text += found->second;
    return true;
  }
  if (!name.starts_with('#')) return false;
  name.remove_prefix(1);
  const bool hexadecimal = name.starts_with('x');
  if (hexadecimal) name.remove_prefix(1);
  std::uint32_t point = 0;
  const auto [end, error] =
      std::from_chars(name.data(), name.data() + name.size(), point, hexadecimal ? 16 : 10);
  if (error != std::errc() || end != name.data() + name.size()) return false;
  if (point == 0 || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
  append_utf8(text, point);
  return true;
}

Result<std::string> unescaped(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto at = text.find('&');
    result += text.substr(0, at);
    if (at == std::string_view::npos) break;
    const auto end = text.find(';', at);
    if (end == std::string_view::npos || end - at > 12 ||
        !append_entity(result, text.substr(at + 1, end - at - 1))) {
      return no_junit("an entity that is none of XML's own");
    }
    text.remove_prefix(end + 1);
  }
  return result;
}

struct XmlTag {
  enum class Kind { open, close, empty } kind = Kind::open;
  std::string name;
  std::map<std::string, std::string, std::less<>> attributes;

  std::string attribute(std::string_view key) const {
    const auto found = attributes.find(key);
    return found == attributes.end() ? "" : found->second;
  }
};

class XmlReader {
 public:
  explicit XmlReader(std::string_view text) : rest_(text) {}

  // The next tag; text, comments and instructions on the way are passed over. Nothing at the end.
  Result<std::optional<XmlTag>> next() {
    for (;;) {
      const auto at = rest_.find('<');
      if (at == std::string_view::npos) return std::nullopt;
      rest_.remove_prefix(at);
      if (rest_.starts_with("<!--")) {
        ASSAY_CHECK(skip_past("-->"));
      } else if (rest_.starts_with("<![CDATA[")) {
        ASSAY_CHECK(skip_past("]]>"));
      } else if (rest_.starts_with("<?")) {
        ASSAY_CHECK(skip_past("?>"));
      } else if (rest_.starts_with("<!")) {
        return no_junit("a document type");
      } else {
        ASSAY_TRY(XmlTag tag, read_tag());
        return std::optional(std::move(tag));
      }
    }
  }

 private:
  Result<> skip_past(std::string_view end) {
    const auto at = rest_.find(end);
    if (at == std::string_view::npos) return no_junit("it ends too early");
    rest_.remove_prefix(at + end.size());
    return {};
  }

  void skip_space() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }

  std::string take_name() {
    const auto end = std::min(rest_.find_first_of(" \t\r\n=/><\"'"), rest_.size());
    std::string name(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return name;
  }

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  Result<XmlTag> read_tag() {
    take('<');
    XmlTag tag;
    if (take('/')) tag.kind = XmlTag::Kind::close;
    tag.name = take_name();
    if (tag.name.empty()) return no_junit("a tag without a name");
    for (;;) {
      skip_space();
      if (take('>')) return tag;
      if (take('/')) {
        if (!take('>') || tag.kind == XmlTag::Kind::close) return no_junit("a broken tag");
        tag.kind = XmlTag::Kind::empty;
        return tag;
      }
      ASSAY_CHECK(read_attribute(tag));
    }
  }

  Result<> read_attribute(XmlTag& tag) {
    const auto name = take_name();
    skip_space();
    if (name.empty() || !take('=')) return no_junit("a broken tag");
    skip_space();
    const char quote = rest_.empty() ? '\0' : rest_.front();
    if (quote != '"' && quote != '\'') return no_junit("an attribute without quotes");
    const auto end = rest_.find(quote, 1);
    if (end == std::string_view::npos) return no_junit("it ends too early");
    ASSAY_TRY(tag.attributes[name], unescaped(rest_.substr(1, end - 1)));
    if (tag.attributes.size() > most_attributes) return no_junit("a tag with too many attributes");
    rest_.remove_prefix(end + 1);
    return {};
  }

  std::string_view rest_;
};

double seconds_of(const std::string& text) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  return error == std::errc() && std::isfinite(seconds) && seconds >= 0 ? seconds : 0;
}

TestOutcome begin_outcome(const XmlTag& testcase) {
  const auto group = testcase.attribute("classname");
  const auto name = testcase.attribute("name");
  return {.id = group.empty() ? name : group + "::" + name,
          .status = TestStatus::passed,
          .seconds = seconds_of(testcase.attribute("time")),
          .message = ""};
}

std::string first_line(std::string_view text) {
  return std::string(trim(text.substr(0, text.find('\n'))).substr(0, longest_message));
}

// The worst that stands in a test case counts.
void add_result(const XmlTag& tag, TestOutcome& outcome) {
  static const std::map<std::string_view, TestStatus> words{{"failure", TestStatus::failed},
                                                            {"error", TestStatus::error},
                                                            {"skipped", TestStatus::skipped}};
  const auto found = words.find(tag.name);
  if (found == words.end()) return;
  if (fails(outcome.status)) return;
  outcome.status = found->second;
  outcome.message = first_line(tag.attribute("message"));
}

}  // namespace

Result<std::vector<TestOutcome>> parse_junit(std::string_view xml) {
  if (xml.size() > most_bytes) return no_junit("it is larger than 256 MiB");
  if (!is_utf8(xml)) return no_junit("it is no UTF-8");
  std::vector<TestOutcome> outcomes;
  std::vector<std::string> open;
  XmlReader reader(xml);
  bool root_seen = false;
  for (;;) {
    ASSAY_TRY(const std::optional<XmlTag> tag, reader.next());
    if (!tag) break;
    if (tag->kind == XmlTag::Kind::close) {
      if (open.empty() || open.back() != tag->name) return no_junit("tags that do not match");
      open.pop_back();
      continue;
    }
    if (open.empty()) {
      if (root_seen || (tag->name != "testsuites" && tag->name != "testsuite")) {
        return no_junit("its root is no test suite");
      }
      root_seen = true;
    }
    const bool in_testcase = !open.empty() && open.back() == "testcase";
    if (tag->name == "testcase" && !in_testcase) {
      outcomes.push_back(begin_outcome(*tag));
    } else if (in_testcase) {
      add_result(*tag, outcomes.back());
    }
    if (tag->kind == XmlTag::Kind::open) open.push_back(tag->name);
    if (open.size() > deepest) return no_junit("it is nested too deeply");
  }
  if (!root_seen || !open.empty()) return no_junit("it ends too early");
  return outcomes;
}

}  // namespace assay
