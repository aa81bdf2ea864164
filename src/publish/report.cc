#include "publish/report.h"

#include <fmt/format.h>

#include <map>
#include <vector>

#include <nlohmann/json.hpp>

#include "publish/html.h"

namespace assay {

namespace {

constexpr std::size_t most_rows = 200;

// A member's text, escaped; "" if it is not there or no text.
std::string text(const Json& json, const char* key) {
  const auto found = json.is_object() ? json.find(key) : json.end();
  if (found == json.end() || found->is_null()) return "";
  return escape_html(found->is_string() ? found->get_ref<const std::string&>() : found->dump());
}

// An array or object member; an empty array if there is none.
const Json& list(const Json& json, const char* key) {
  static const Json nothing = Json::array();
  const auto found = json.is_object() ? json.find(key) : json.end();
  return found != json.end() && found->is_structured() ? *found : nothing;
}

// A table with a head; "" without rows.
class Table {
 public:
  explicit Table(std::vector<std::string> head) : head_(std::move(head)) {}

  // Cells are HTML already.
  void row(const std::vector<std::string>& cells) {
    if (++count_ > most_rows) return;
    rows_ += "<tr>";
    for (const auto& cell : cells) rows_ += "<td>" + cell + "</td>";
    rows_ += "</tr>\n";
  }

  std::string str() const {
    if (count_ == 0) return "";
    auto html = report_table(head_, rows_);
    if (count_ > most_rows) {
      html += fmt::format("<p>and {} more, in the evidence</p>\n", count_ - most_rows);
    }
    return html;
  }

 private:
  std::vector<std::string> head_;
  std::string rows_;
  std::size_t count_ = 0;
};

std::string section(std::string_view title, const std::string& body) {
  return body.empty() ? "" : fmt::format("<h2>{}</h2>\n{}", title, body);
}

std::string mark(const std::string& word) {
  return fmt::format("<span class=\"mark {}\">{}</span>", word, word);
}

std::string reasons(const Json& verdict) {
  Table table({"Weight", "By", "Why"});
  for (const auto& reason : list(verdict, "reasons")) {
    std::string why = text(reason, "text");
    if (const auto by = text(reason, "accepted_by"); !by.empty()) why += "<br><small>accepted by " + by + "</small>";
    if (const auto policy = text(reason, "policy"); !policy.empty()) why += "<br><small>" + policy + "</small>";
    table.row({mark(text(reason, "weight")), text(reason, "gate"), why});
  }
  return table.str();
}

std::string plans(const Json& evidence) {
  Table table({"State", "For", "Plan"});
  for (const auto& plan : list(evidence, "plans")) {
    std::string shown;
    for (const auto& one : list(plan, "evidence")) {
      if (one.is_string()) shown += " <code>" + escape_html(one.get_ref<const std::string&>()) + "</code>";
    }
    const auto why = text(plan, "why");
    table.row({mark(text(plan, "state")) + (why.empty() ? "" : "<br><small>" + why + "</small>"),
               text(plan, "finding"),
               fmt::format("{}{}: {}<br><small>{}, due {}</small>", text(plan, "decision"), shown,
                           text(plan, "reason"), text(plan, "owner"), text(plan, "due"))});
  }
  return table.str();
}

std::string findings(const Json& evidence) {
  Table table({"Severity", "Role", "Place", "What"});
  for (const auto& finding : list(evidence, "findings")) {
    std::string place = text(finding, "path");
    if (place.empty()) place = "the package";
    if (const auto line = text(finding, "line"); line != "0" && !line.empty()) place += ":" + line;
    table.row({mark(text(finding, "severity")), text(finding, "role"), "<code>" + place + "</code>",
               fmt::format("{}<br><small>{} {}</small> <code>{}</code>", text(finding, "message"),
                           text(finding, "rule"), text(finding, "fingerprint"), text(finding, "excerpt"))});
  }
  return table.str();
}

std::string tests_with(const std::string& python, const Json& report) {
  std::map<std::string, std::size_t> counts;
  Table table({"Outcome", "Test", "Message"});
  for (const auto& outcome : list(report, "outcomes")) {
    const auto status = text(outcome, "status");
    ++counts[status];
    if (status == "passed") continue;
    table.row({mark(status), "<code>" + text(outcome, "id") + "</code>", text(outcome, "message")});
  }
  std::string sums;
  for (const auto& [status, count] : counts) sums += fmt::format(" {} {}", count, mark(status));
  if (counts.empty()) sums = " " + text(report, "state") + " " + text(report, "reason");
  return fmt::format("<p>Python {}:{}<br><small>{}</small></p>\n{}", python, sums, text(report, "how"),
                     table.str());
}

std::string tests(const Json& evidence) {
  std::string html;
  for (const auto& [python, report] : list(evidence, "tests").items()) {
    html += tests_with(escape_html(python), report);
  }
  return html;
}

std::string builds(const Json& evidence) {
  std::string html;
  for (const auto& [python, build] : list(evidence, "builds").items()) {
    html += fmt::format("<p>Python {}: <a href=\"../files/{}\">{}</a><br><small>SHA-256 {}</small></p>\n",
                        escape_html(python), encode_segment(build.value("wheel", "")),
                        text(build, "wheel"), text(build, "sha256"));
    Table tools({"Built with", "Version", "SHA-256"});
    for (const auto& tool : list(build, "tools")) {
      tools.row({text(tool, "name"), text(tool, "version"), "<code>" + text(tool, "sha256") + "</code>"});
    }
    html += tools.str();
    Table stripped({"Taken out", "Found in it", "Bytes"});
    for (const auto& file : list(list(build, "stripped"), "files")) {
      stripped.row({"<code>" + text(file, "path") + "</code>", text(file, "why"), text(file, "size")});
    }
    html += stripped.str();
  }
  return html;
}

std::string surfaces(const Json& evidence) {
  Table table({"Surface", "Places", "Where"});
  for (const auto& surface : list(evidence, "surfaces")) {
    std::string places;
    for (const auto& place : list(surface, "places")) {
      if (place.is_string()) places += "<code>" + escape_html(place.get_ref<const std::string&>()) + "</code><br>";
    }
    table.row({text(surface, "kind"), text(surface, "count"), places});
  }
  return table.str();
}

// Each place with the way to it, outermost first.
std::string capabilities(const Json& evidence) {
  Table table({"It can", "Places", "How, and where"});
  for (const auto& use : list(evidence, "capabilities")) {
    std::string places;
    for (const auto& place : list(use, "places")) {
      for (const auto& step : list(place, "chain")) {
        if (step.is_string()) places += escape_html(step.get_ref<const std::string&>()) + " → ";
      }
      places += fmt::format("{} <code>{}:{}</code><br>", text(place, "what"), text(place, "path"),
                            text(place, "line"));
    }
    table.row({text(use, "capability"), text(use, "count"), places});
  }
  return table.str();
}

std::string pairs(const Json& items, const char* first, const char* second,
                  std::vector<std::string> head) {
  Table table(std::move(head));
  for (const auto& item : items) table.row({text(item, first), text(item, second)});
  return table.str();
}

}  // namespace

std::string_view report_style() {
  return R"(
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 68rem; padding: 0 1rem;
       color: CanvasText; background: Canvas; overflow-wrap: anywhere; }
h2 { margin-top: 2rem; font-size: 1.2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0;
         border-bottom: 1px solid #8884; }
th { white-space: nowrap; }
td { min-width: 4rem; }
td:last-child { min-width: 12rem; }
.wide { overflow-x: auto; }
small { opacity: .75; }
code { font-size: .9em; }
.mark { border-radius: .3rem; padding: 0 .4rem; border: 1px solid currentColor; white-space: nowrap; }
.published, .passed, .accepted, .done { color: #1a7f37; }
.refused, .refuse, .failed, .error, .critical, .high { color: #cf222e; }
.held, .hold, .unfinished, .medium, .overdue, .stale { color: #9a6700; }
@media (prefers-color-scheme: dark) {
  .published, .passed, .accepted, .done { color: #56d364; }
  .refused, .refuse, .failed, .error, .critical, .high { color: #ff7b72; }
  .held, .hold, .unfinished, .medium, .overdue, .stale { color: #e3b341; }
}
)";
}

std::string report_table(const std::vector<std::string>& head, std::string_view rows) {
  std::string cells;
  for (const auto& cell : head) cells += "<th scope=\"col\">" + cell + "</th>";
  // Where it is wider than the screen it scrolls by itself, by the keyboard too.
  return fmt::format(
      "<div class=\"wide\" tabindex=\"0\"><table>\n<tr>{}</tr>\n{}</table></div>\n", cells, rows);
}

std::string report_page(std::string_view title, std::string_view body) {
  return fmt::format(R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{}</title>
<style>{}</style>
</head>
<body>
<main>
{}</main>
</body>
</html>
)",
                     title, report_style(), body);
}

std::string report_path(std::string_view evidence_file) {
  return fmt::format("report/{}.html", evidence_file.substr(0, evidence_file.rfind(".json")));
}

std::string package_report(std::string_view set_name, const Json& evidence, std::string_view file) {
  const auto& verdict = list(evidence, "verdict");
  const auto title = text(evidence, "name") + " " + text(evidence, "version");
  const auto& source = list(evidence, "source");
  std::string body = fmt::format(
      "<p><a href=\"../index.html\">{}</a></p>\n<h1>{} {}</h1>\n", escape_html(set_name), title,
      mark(text(verdict, "decision")));
  if (!source.empty()) {
    body += fmt::format("<p>From {}<br><small>SHA-256 {}</small></p>\n", text(source, "file"),
                        text(source, "sha256"));
  }
  body += fmt::format("<p><a href=\"../evidence/{}\">all evidence, as JSON</a></p>\n", encode_segment(file));
  body += section("Why", reasons(verdict));
  body += section("Remediation plans", plans(evidence));
  body += section("Who asks for it",
                  pairs(list(evidence, "asked-for-by"), "who", "requirement", {"Who", "How"}));
  body += section("Newer versions, and why they were not taken",
                  pairs(list(evidence, "newer-not-taken"), "version", "reason", {"Version", "Why"}));
  body += section("Patches that were applied",
                  pairs(list(evidence, "patches"), "file", "sha256", {"Patch", "SHA-256"}));
  body += section("Tests", tests(evidence));
  body += section("Builds", builds(evidence));
  body += section("Attack surfaces", surfaces(evidence));
  body += section("What its code can do", capabilities(evidence));
  body += section("Findings", findings(evidence));
  return report_page(title, body);
}

}  // namespace assay
