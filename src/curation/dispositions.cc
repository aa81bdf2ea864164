#include "curation/dispositions.h"

#include <fmt/format.h>

#include "base/text.h"
#include "curation/table_reader.h"
#include "package/specifier.h"

namespace assay {

namespace {

constexpr std::size_t shortest_reason = 10;  // characters

using Subject = Disposition::Subject;

std::string required_text(TableReader& table, std::string_view key) {
  table.require(key);
  const auto text = table.text(key);
  if (!text) return "";
  if (trim(text->text).empty()) {
    table.faults().add(text->position, fmt::format("\"{}\" must not be empty", key));
  }
  return std::string(trim(text->text));
}

void read_package(TableReader& table, Name& package) {
  table.require("package");
  const auto text = table.text("package");
  if (!text) return;
  if (const auto name = Name::parse(text->text)) {
    package = *name;
  } else {
    table.faults().add(text->position,
                       fmt::format("\"{}\" is no package's name", printable(text->text)));
  }
}

void read_reason(TableReader& table, std::string& reason) {
  reason = required_text(table, "reason");
  const auto text = table.text("reason");
  if (text && (reason.size() < shortest_reason || reason.find(' ') == std::string::npos)) {
    table.faults().add(text->position,
                       "\"reason\" must be a sentence that another person can judge");
  }
}

void read_dates(TableReader& table, Disposition& disposition) {
  table.require("date");
  table.require("expires");
  const auto date = table.date("date");
  const auto expires = table.date("expires");
  if (!date || !expires) return;
  if (*expires <= *date) {
    table.faults().add(table.any("expires")->value.position,
                       fmt::format("\"expires\" must be after \"date\" ({})", format_date(*date)));
  }
  disposition.date = *date;
  disposition.expires = *expires;
}

void read_versions(TableReader& table, std::string& versions) {
  const auto text = table.text("versions");
  if (!text) return;
  if (const auto set = SpecifierSet::parse(text->text); !set || set->empty()) {
    table.faults().add(text->position,
                       fmt::format("\"{}\" is no version specifier; write it like \"==1.2.*\"",
                                   printable(text->text)));
  }
  versions = text->text;
}

void read_fingerprint(TableReader& table, std::string& fingerprint) {
  const auto text = table.text("fingerprint");
  if (!text) return;
  fingerprint = lower(text->text);
  constexpr std::size_t digits = 16;
  if (fingerprint.size() != digits ||
      fingerprint.find_first_not_of("0123456789abcdef") != std::string::npos) {
    table.faults().add(text->position,
                       "\"fingerprint\" must be 16 hexadecimal digits, as the "
                       "report shows them");
  }
}

// A path alone would accept whatever any gate will find there one day.
void read_finding(TableReader& table, Disposition& disposition) {
  read_fingerprint(table, disposition.fingerprint);
  if (const auto rule = table.text("rule")) disposition.rule = rule->text;
  if (const auto path = table.text("path")) disposition.path = path->text;
  if (disposition.fingerprint.empty() && disposition.rule.empty()) {
    table.faults().add(table.position(), "[[finding]] needs a \"fingerprint\" or a \"rule\"");
  }
}

void read_test(TableReader& table, Disposition& disposition) {
  disposition.test = required_text(table, "test");
  if (disposition.test == "*") {
    table.faults().add(table.any("test")->value.position,
                       "\"*\" alone would accept every failure; name a file at least");
  }
}

Disposition read_disposition(TableReader& table, Subject subject) {
  Disposition disposition;
  disposition.subject = subject;
  disposition.file = table.faults().file();
  disposition.line = table.position().line;
  read_package(table, disposition.package);
  if (subject == Subject::finding) read_finding(table, disposition);
  if (subject == Subject::test) read_test(table, disposition);
  read_versions(table, disposition.versions);
  read_reason(table, disposition.reason);
  disposition.reviewer = required_text(table, "reviewer");
  read_dates(table, disposition);
  table.refuse_unknown_keys();
  return disposition;
}

struct Heading {
  std::string_view key;
  Subject subject;
};

constexpr Heading headings[] = {{"finding", Subject::finding},
                                {"test", Subject::test},
                                {"tests", Subject::tests},
                                {"build", Subject::build}};

std::vector<Disposition> read_document(const TomlTable& document, Faults& faults) {
  std::vector<Disposition> dispositions;
  TableReader root(document, {}, "the dispositions file", faults);
  for (const auto& [key, subject] : headings) {
    const auto* member = root.any(key);
    if (!member) continue;
    const auto title = fmt::format("[[{}]]", key);
    const auto* elements = member->value.as<TomlArray>();
    if (!elements) {
      faults.add(member->position, fmt::format("\"{}\" must be tables, each under {}", key, title));
      continue;
    }
    for (const auto& element : *elements) {
      if (const auto* members = element.as<TomlTable>()) {
        TableReader table(*members, element.position, title, faults);
        dispositions.push_back(read_disposition(table, subject));
      } else {
        faults.add(element.position,
                   fmt::format("{} must be a table, not {}", title, kind_of(element)));
      }
    }
  }
  root.refuse_unknown_keys();
  return dispositions;
}

}  // namespace

Result<std::vector<Disposition>> load_dispositions(const std::filesystem::path& folder) {
  const auto file = (folder / "dispositions.toml").lexically_normal();
  auto document = read_toml(file);
  if (!document && document.error().kind == ErrorKind::not_found) return {};
  if (!document) return std::unexpected(std::move(document).error());
  Faults faults(file.string());
  auto dispositions = read_document(*document, faults);
  ASSAY_CHECK(faults.first());
  return dispositions;
}

}  // namespace assay
