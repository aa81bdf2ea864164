#include "curation/dispositions.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "curation/plan_table.h"
#include "curation/table_reader.h"
#include "io/files.h"
#include "package/specifier.h"

namespace assay {

namespace {

constexpr std::size_t shortest_reason = 10;  // characters

using Subject = Disposition::Subject;

// `own`: the package whose file it is, or "" in the file for all.
void read_package(TableReader& table, const std::string& own, Name& package) {
  if (own.empty()) table.require("package");
  const auto text = table.text("package");
  if (!text) {
    package = Name::normalize(own);
    return;
  }
  const auto name = Name::parse(text->text);
  if (!name) {
    table.faults().add(text->position,
                       fmt::format("\"{}\" is no package's name", printable(text->text)));
  } else if (!own.empty() && name->str() != own) {
    table.faults().add(text->position, fmt::format("this is the file of {}, not of {}", own,
                                                   name->str()));
  } else {
    package = *name;
  }
}

void read_reason(TableReader& table, std::string& reason) {
  reason = table.required_text("reason");
  const auto text = table.text("reason");
  if (text && (reason.size() < shortest_reason || reason.find(' ') == std::string::npos)) {
    table.faults().add(text->position,
                       "\"reason\" must be a sentence that another person can judge");
  }
}

// `end`: "expires", or "due" for a plan.
void read_dates(TableReader& table, std::string_view end, Disposition& disposition) {
  table.require("date");
  table.require(end);
  const auto date = table.date("date");
  const auto expires = table.date(end);
  if (!date || !expires) return;
  if (*expires <= *date) {
    table.faults().add(table.any(end)->value.position,
                       fmt::format("\"{}\" must be after \"date\" ({})", end, format_date(*date)));
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
void read_finding(TableReader& table, std::string_view title, Disposition& disposition) {
  read_fingerprint(table, disposition.fingerprint);
  if (const auto rule = table.text("rule")) disposition.rule = rule->text;
  if (const auto path = table.text("path")) disposition.path = path->text;
  if (disposition.fingerprint.empty() && disposition.rule.empty()) {
    table.faults().add(table.position(),
                       fmt::format("[[{}]] needs a \"fingerprint\" or a \"rule\"", title));
  }
}

void read_test(TableReader& table, Disposition& disposition) {
  disposition.test = table.required_text("test");
  if (const auto python = table.text("python")) disposition.python = python->text;
  if (disposition.test == "*") {
    table.faults().add(table.any("test")->value.position,
                       "\"*\" alone would accept every failure; name a file at least");
  }
}

// OpenVEX 0.2.0, "Status Justifications".
const std::vector<std::string> justifications = {
    "component_not_present", "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist"};

void read_justification(TableReader& table, std::string& justification) {
  justification = table.required_text("justification");
  const auto text = table.text("justification");
  if (!text || std::ranges::find(justifications, justification) != justifications.end()) return;
  table.faults().add(text->position,
                     fmt::format("\"justification\" must be one of {}{}", join(justifications, ", "),
                                 suggestion(justification, justifications)));
}

struct Heading {
  std::string_view key;
  Subject subject;
};

constexpr Heading headings[] = {{"finding", Subject::finding},
                                {"plan", Subject::plan},
                                {"not-affected", Subject::not_affected},
                                {"test", Subject::test},
                                {"tests", Subject::tests},
                                {"build", Subject::build},
                                {"ban", Subject::ban}};

Disposition read_disposition(TableReader& table, const Heading& heading, const std::string& own) {
  const Subject subject = heading.subject;
  Disposition disposition;
  disposition.subject = subject;
  disposition.file = table.faults().file();
  disposition.line = table.position().line;
  read_package(table, own, disposition.package);
  if (subject == Subject::finding || subject == Subject::plan || subject == Subject::not_affected) {
    read_finding(table, heading.key, disposition);
  }
  if (subject == Subject::plan) read_plan(table, disposition.plan);
  if (subject == Subject::not_affected) {
    read_justification(table, disposition.justification);
    disposition.targets = read_targets(table);
  }
  if (subject == Subject::test) read_test(table, disposition);
  if (subject == Subject::ban) table.require("versions");
  read_versions(table, disposition.versions);
  read_reason(table, disposition.reason);
  disposition.reviewer = table.required_text("reviewer");
  read_dates(table, subject == Subject::plan ? "due" : "expires", disposition);
  table.refuse_unknown_keys();
  return disposition;
}

std::vector<Disposition> read_document(const TomlTable& document, const std::string& own,
                                       Faults& faults) {
  std::vector<Disposition> dispositions;
  TableReader root(document, {}, "the dispositions file", faults);
  for (const auto& heading : headings) {
    const auto key = heading.key;
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
        dispositions.push_back(read_disposition(table, heading, own));
      } else {
        faults.add(element.position,
                   fmt::format("{} must be a table, not {}", title, kind_of(element)));
      }
    }
  }
  root.refuse_unknown_keys();
  return dispositions;
}

Result<> read_into(std::vector<Disposition>& dispositions, const fs::path& file,
                   const std::string& own) {
  ASSAY_TRY(const auto document, read_toml(file));
  Faults faults(file.string());
  auto found = read_document(document, own, faults);
  ASSAY_CHECK(faults.first());
  std::ranges::move(found, std::back_inserter(dispositions));
  return {};
}

// What people wrote stays one line.
std::string on_one_line(std::string text) {
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return text;
}

std::string table_text(const Disposition& disposition) {
  const auto heading = std::ranges::find(headings, disposition.subject, &Heading::subject);
  std::string text = fmt::format("[[{}]]\n", heading->key);
  const auto add = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) text += fmt::format("{} = {}\n", key, toml_string(on_one_line(value)));
  };
  add("fingerprint", disposition.fingerprint);
  add("rule", disposition.rule);
  add("path", disposition.path);
  add("test", disposition.test);
  add("python", disposition.python);
  add("versions", disposition.versions);
  add("reason", disposition.reason);
  add("justification", disposition.justification);
  if (!disposition.targets.empty()) text += fmt::format("targets = {}\n", toml_list(disposition.targets));
  if (disposition.subject == Subject::plan) text += plan_text(disposition.plan);
  add("reviewer", disposition.reviewer);
  text += fmt::format("date = {}\n", format_date(disposition.date));
  return text + fmt::format("{} = {}\n", disposition.subject == Subject::plan ? "due" : "expires",
                            format_date(disposition.expires));
}

}  // namespace

Result<std::vector<Disposition>> load_dispositions(const fs::path& folder) {
  std::vector<Disposition> dispositions;
  const auto all = (folder / "dispositions.toml").lexically_normal();
  if (fs::exists(all)) ASSAY_CHECK(read_into(dispositions, all, ""));
  ASSAY_TRY(const auto files, entries_of((folder / "dispositions").lexically_normal(), ".toml"));
  for (const auto& file : files) {
    const auto stem = file.stem().string();
    if (Name::normalize(stem).str() != stem) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("{}: the file of a package is called by its normalized name, {}.toml",
                              file.string(), Name::normalize(stem).str()));
    }
    ASSAY_CHECK(read_into(dispositions, file, stem));
  }
  return dispositions;
}

Result<fs::path> add_disposition(const fs::path& folder, const Disposition& disposition) {
  const auto file = folder / "dispositions" / (disposition.package.str() + ".toml");
  ASSAY_CHECK(make_directories(file.parent_path()));
  std::string text;
  if (fs::exists(file)) {
    ASSAY_TRY(text, read_file(file));
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    if (!text.empty()) text += '\n';
  }
  ASSAY_CHECK(write_file(file, text + table_text(disposition)));
  return file;
}

}  // namespace assay
