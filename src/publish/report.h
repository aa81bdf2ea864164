#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace assay {

// The look of every page for people: inline, so that pages open from a disk; light and dark.
std::string_view report_style();

// A table under a head; head and rows ("<tr>…</tr>…") are HTML already.
std::string report_table(const std::vector<std::string>& head, std::string_view rows);

// A whole page, with the style and no script; it tells the browser to run and load nothing.
std::string report_page(std::string_view title, std::string_view body);

// What is known of a package and why it was decided so, from its evidence document
// (evidence/<file>): verdict, reasons, findings, tests, builds, what was taken out, attack surfaces,
// newer versions. Lists are cut where they would drown the page, and say so; members that are
// missing leave their section out. Everything from a package is escaped.
std::string package_report(std::string_view set_name, const Json& evidence, std::string_view file);

// Where the page of an evidence file lies: "report/flask-3.1.3.html".
std::string report_path(std::string_view evidence_file);

}  // namespace assay
