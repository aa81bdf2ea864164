#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "evidence/verdict.h"
#include "publish/html.h"
#include "publish/pages.h"

namespace assay {

namespace {

constexpr std::string_view style = R"(
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0;
         border-bottom: 1px solid #8884; }
small { color: #777; }
)";

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

// Evidence may lie in folders of its own: "/" stays.
std::string evidence_url(std::string_view file) {
  std::string url = "evidence";
  while (!file.empty()) {
    const auto segment = file.substr(0, file.find('/'));
    url += "/" + encode_segment(segment);
    file.remove_prefix(std::min(file.size(), segment.size() + 1));
  }
  return url;
}

std::string verdict_cell(const KnownVerdict* known) {
  if (!known) return "<td></td>";
  const auto accepted =
      std::ranges::count(known->verdict.reasons, Reason::Weight::accepted, &Reason::weight);
  return fmt::format(
      "<td><a href=\"{}\">{}</a>{}</td>", evidence_url(known->file),
      to_string(known->verdict.decision),
      accepted == 0 ? "" : fmt::format("<br><small>{} accepted by a person</small>", accepted));
}

std::string package_row(const PackageKey& key, const std::vector<const ReleasedWheel*>& wheels,
                        const KnownVerdict* known) {
  std::string files;
  for (const auto* wheel : wheels) {
    files += fmt::format("<a href=\"files/{}\">{}</a><br>", encode_segment(wheel->file_name),
                         escape_html(wheel->file_name));
  }
  const auto& name = key.first.str();
  return fmt::format(
      "<tr><td><a "
      "href=\"simple/{}/\">{}</a><br><small>{}</small></td><td>{}</td>{}<td>{}</td></tr>\n",
      name, name, escape_html(wheels.front()->metadata.summary), escape_html(key.second),
      verdict_cell(known), files);
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
  std::string requirements;
  for (const auto& python : content.pythons) {
    requirements += fmt::format(
        " · <a href=\"requirements-{0}.txt\">requirements for Python {0}</a>", escape_html(python));
  }
  return fmt::format(R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{0}</title>
<style>{1}</style>
</head>
<body>
<h1>{0}</h1>
<p>{2} packages, vetted by assay and built from source.
<a href="simple/">index for pip</a>{3} · <a href="manifest.json">manifest</a></p>
<table>
<tr><th>Package</th><th>Version</th><th>Verdict</th><th>Files</th></tr>
{4}</table>
</body>
</html>
)",
                     escape_html(content.set_name), style, packages.size(), requirements, rows);
}

}  // namespace assay
