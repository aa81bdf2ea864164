#include "curation/expected_tests.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "curation/toml_value.h"
#include "io/files.h"

namespace assay {

namespace {

constexpr std::string_view adopted_mark = "# adopted: ";
constexpr std::string_view version_mark = "# version: ";
constexpr std::string_view ending = ".txt";

fs::path proposals(const fs::path& folder) { return folder / "releases" / ".proposed-tests"; }

// "name-3.11.txt", "name-3.11-linux-s390x.txt".
Result<std::pair<Name, std::string>> key_of(const fs::path& file) {
  const std::string stem = file.stem().string();
  // A normalized name has no dot: the first one is of the interpreter's version.
  const auto dash = stem.rfind('-', stem.find('.'));
  const auto name = dash == stem.npos ? fail(ErrorKind::invalid_input, "") : Name::parse(stem.substr(0, dash));
  if (!name) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{}: such a file is called <package>-<interpreter>.txt, like flask-3.11.txt",
                            file.string()));
  }
  return std::pair(*name, stem.substr(dash + 1));
}

Result<> read_line(std::string_view line, ExpectedTests& expected) {
  if (line.starts_with(version_mark)) expected.version = line.substr(version_mark.size());
  if (line.starts_with(adopted_mark)) {
    const auto text = line.substr(adopted_mark.size());
    const auto space = text.find(' ');
    ASSAY_TRY(expected.date, parse_date(text.substr(0, space)));
    expected.adopted_by = space == text.npos ? "" : trim(text.substr(space + 1));
  }
  if (line.starts_with('#') || trim(line).empty()) return {};
  const auto space = line.find(' ');
  ASSAY_TRY(const auto status, parse_test_status(line.substr(0, space)));
  if (space == line.npos || space + 1 == line.size()) {
    return fail(ErrorKind::invalid_input, "an outcome without a test");
  }
  expected.outcomes[std::string(line.substr(space + 1))] = status;
  return {};
}

Result<ExpectedTests> parse(const fs::path& file, std::string_view text) {
  ExpectedTests expected;
  unsigned number = 0;
  for (const auto line : lines(text)) {
    ++number;
    if (const auto read = read_line(line, expected); !read) {
      return fail(ErrorKind::invalid_input, at_position(file.string(), {number, 1}, read.error().message));
    }
  }
  return expected;
}

}  // namespace

std::string expected_tests_file(const Name& name, const std::string& python) {
  return fmt::format("{}-{}{}", name.str(), python, ending);
}

std::string expected_tests_text(const Name& name, const std::string& python,
                                const ExpectedTests& expected) {
  std::string text = fmt::format("# The outcome that each test of {} is expected to have with Python {}.\n{}{}\n",
                                 name.str(), python, version_mark, expected.version);
  if (!expected.adopted_by.empty()) {
    text += fmt::format("{}{} {}\n", adopted_mark, format_date(expected.date),
                        printable(expected.adopted_by));
  }
  for (const auto& [id, status] : expected.outcomes) {
    text += fmt::format("{} {}\n", to_string(status), id);
  }
  return text;
}

ExpectedTests expected_of(const std::string& version, const TestReport& report) {
  ExpectedTests expected;
  expected.version = version;
  for (const auto& outcome : report.outcomes) expected.outcomes[printable(outcome.id)] = outcome.status;
  return expected;
}

Result<ExpectedResults> load_expected_tests(const fs::path& folder) {
  ExpectedResults results;
  ASSAY_TRY(const auto files, entries_of((folder / "expected-tests").lexically_normal(), ending));
  for (const auto& file : files) {
    ASSAY_TRY(const auto key, key_of(file));
    ASSAY_TRY(const auto text, read_file(file));
    ASSAY_TRY(results[key], parse(file, text));
  }
  return results;
}

Result<> propose_expected_tests(const fs::path& folder, const Name& name, const std::string& python,
                                const ExpectedTests& expected, const ExpectedResults& adopted) {
  const auto file = proposals(folder) / expected_tests_file(name, python);
  const auto known = adopted.find({name, python});
  if (known != adopted.end() && known->second.outcomes == expected.outcomes) {
    std::error_code error;
    fs::remove(file, error);  // there is nothing to propose any more
    return {};
  }
  const auto text = expected_tests_text(name, python, expected);
  if (read_file(file).value_or("") == text) return {};
  ASSAY_CHECK(make_directories(file.parent_path()));
  return replace_file(file, text);
}

Result<std::vector<fs::path>> adopt_expected_tests(const fs::path& folder, const std::string& name,
                                                   const std::string& reviewer, Date today) {
  std::vector<fs::path> written;
  ASSAY_TRY(const auto files, entries_of(proposals(folder), ending));
  for (const auto& file : files) {
    ASSAY_TRY(const auto key, key_of(file));
    if (!name.empty() && key.first != Name::normalize(name)) continue;
    ASSAY_TRY(const auto text, read_file(file));
    ASSAY_TRY(auto expected, parse(file, text));
    expected.adopted_by = reviewer;
    expected.date = today;
    const auto target = folder / "expected-tests" / expected_tests_file(key.first, key.second);
    ASSAY_CHECK(make_directories(target.parent_path()));
    ASSAY_CHECK(write_file(target, expected_tests_text(key.first, key.second, expected)));
    written.push_back(target);
  }
  return written;
}

}  // namespace assay
