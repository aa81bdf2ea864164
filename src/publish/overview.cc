#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "evidence/verdict.h"
#include "publish/html.h"
#include "publish/pages.h"
#include "publish/report.h"

namespace assay {

namespace {

constexpr std::size_t longest_summary = 200;  // bytes; all of it is in the wheel's metadata

// A verdict among the evidence, and the file that it stands in.
struct KnownVerdict {
  std::string file;
  Verdict verdict;
};

using PackageKey = std::pair<Name, std::string>;  // and version

std::map<PackageKey, KnownVerdict> verdicts_in(const std::map<std::string, Json>& evidence) {
  std::map<PackageKey, KnownVerdict> verdicts;
  for (const auto& [file, document] : evidence) {
    if (!document.is_object() || !document.contains("verdict")) continue;
    auto verdict = verdict_from_json(document["verdict"]);
    if (!verdict) continue;
    const PackageKey key{verdict->package, verdict->version};
    verdicts.emplace(key, KnownVerdict{file, *std::move(verdict)});
  }
  return verdicts;
}

std::string verdict_cell(const KnownVerdict* known) {
  if (!known) return "<td></td>";
  const auto accepted =
      std::ranges::count(known->verdict.reasons, Reason::Weight::accepted, &Reason::weight);
  const auto word = to_string(known->verdict.decision);
  return fmt::format(
      "<td><span class=\"mark {0}\">{0}</span>{1}</td>", word,
      accepted == 0 ? "" : fmt::format("<br><small>{} accepted by a person</small>", accepted));
}

// A segment of a URL at a time: "/" stays.
std::string url_of(std::string_view path) {
  std::string url;
  while (!path.empty()) {
    const auto segment = path.substr(0, path.find('/'));
    url += (url.empty() ? "" : "/") + encode_segment(segment);
    path.remove_prefix(std::min(path.size(), segment.size() + 1));
  }
  return url;
}

std::string package_row(const PackageKey& key, const std::vector<const ReleasedWheel*>& wheels,
                        const KnownVerdict* known) {
  std::string files;
  for (const auto* wheel : wheels) {
    files += fmt::format("<a href=\"files/{}\">{}</a><br>", encode_segment(wheel->file_name),
                         escape_html(wheel->file_name));
  }
  const auto& name = key.first.str();
  const auto page = known ? url_of(report_path(known->file)) : "simple/" + name + "/";
  const auto summary = shortened(printable(wheels.front()->metadata.summary), longest_summary);
  return fmt::format(
      "<tr><td><a "
      "href=\"{}\">{}</a><br><small>{}</small></td><td>{}</td>{}<td>{}</td></tr>\n",
      page, name, escape_html(summary), escape_html(key.second), verdict_cell(known), files);
}

// "", or " (12 of 13 packages)" where a step did not run for all of them.
std::string packages_words(const Json& step) {
  const auto missing = step.find("not-for");
  if (missing == step.end() || missing->empty()) return "";
  const auto performed = step.value("packages", std::size_t{0});
  return fmt::format(" (for {} of {} packages)", performed, performed + missing->size());
}

// Each vetting step and where its evidence lies, from evidence/threat-model.json.
std::string steps_table(const std::map<std::string, Json>& evidence) {
  const auto found = evidence.find("threat-model.json");
  if (found == evidence.end() || !found->second.contains("steps")) return "";
  std::string rows;
  for (const auto& step : found->second.at("steps")) {
    rows += fmt::format("<tr><td>{}<br><small>{}</small></td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                        escape_html(step.value("step", "")), escape_html(step.value("what", "")),
                        escape_html(step.value("nist-ssdf", "")), escape_html(step.value("slsa", "")),
                        escape_html(step.value("evidence", "") + packages_words(step)));
  }
  return "<h2>What was done, and where its evidence is</h2>\n" +
         report_table({"Step", "SSDF", "SLSA", "Evidence"}, rows);
}

}  // namespace

std::string overview_html(const ReleaseContent& content) {
  std::map<PackageKey, std::vector<const ReleasedWheel*>> packages;
  for (const auto& wheel : content.wheels) {
    packages[{wheel.metadata.name, wheel.metadata.version.str()}].push_back(&wheel);
  }
  const auto verdicts = verdicts_in(content.evidence);
  std::string rows;
  for (const auto& [key, wheels] : packages) {
    const auto known = verdicts.find(key);
    rows += package_row(key, wheels, known == verdicts.end() ? nullptr : &known->second);
  }
  std::string links = "<a href=\"simple/index.html\">index for pip</a>";
  for (const auto& python : content.pythons) {
    links += fmt::format(
        " · <a href=\"requirements-{0}.txt\">requirements for Python {0}</a>", escape_html(python));
  }
  const auto link = [&](std::string_view file) {
    links += fmt::format(" · <a href=\"{0}\">{0}</a>", file);
  };
  link("sbom.cdx.json");
  if (!content.vulnerabilities.empty()) {
    link("vex.openvex.json");
    link("vex.cdx.json");
  }
  link("manifest.json");
  const auto title = escape_html(content.set_name);
  const auto body = fmt::format(
      "<h1>{}</h1>\n<p>{}, vetted by assay and built from source.</p>\n<p>{}</p>\n{}{}", title,
      counted(packages.size(), "package"), links,
      report_table({"Package", "Version", "Verdict", "Files"}, rows),
      steps_table(content.evidence));
  return report_page(title, body);
}

}  // namespace assay
