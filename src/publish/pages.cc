#include "publish/pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "publish/html.h"

namespace assay {

namespace {

constexpr std::string_view api_version = "1.1";  // PEP 700

std::string html_page(std::string_view title, std::string_view body) {
  return fmt::format(R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="pypi:repository-version" content="{}">
<title>{}</title>
</head>
<body>
{}</body>
</html>
)",
                     api_version, escape_html(title), body);
}

Json meta() { return {{"api-version", api_version}}; }

std::string file_url(const ReleasedWheel& wheel) {
  return "../../files/" + encode_segment(wheel.file_name);
}

}  // namespace

std::string index_html(const std::vector<Name>& projects) {
  std::string body;
  for (const auto& project : projects) {
    body += fmt::format("<a href=\"{0}/\">{0}</a><br>\n", project.str());
  }
  return html_page("Simple index", body);
}

std::string index_json(const std::vector<Name>& projects) {
  Json list = Json::array();
  for (const auto& project : projects) list.push_back({{"name", project.str()}});
  return pretty({{"meta", meta()}, {"projects", std::move(list)}});
}

std::string project_html(const Name& project, const std::vector<PageFile>& files) {
  const auto title = "Links for " + project.str();
  std::string body = fmt::format("<h1>{}</h1>\n", title);
  for (const auto& file : files) {
    const auto& wheel = *file.wheel;
    const auto requires_python = wheel.metadata.requires_python.str();
    std::string attributes;
    if (!requires_python.empty()) {
      attributes += fmt::format(" data-requires-python=\"{}\"", escape_html(requires_python));
    }
    // PEP 714: clients that came before it look for the second name.
    const auto digest = file.metadata_digest.hex();
    attributes += fmt::format(
        " data-core-metadata=\"sha256={0}\" data-dist-info-metadata=\"sha256={0}\"", digest);
    body += fmt::format("<a href=\"{}#sha256={}\"{}>{}</a><br>\n", file_url(wheel),
                        wheel.digest.hex(), attributes, escape_html(wheel.file_name));
  }
  return html_page(title, body);
}

std::string project_json(const Name& project, const std::vector<PageFile>& files) {
  std::set<Version> versions;
  Json list = Json::array();
  for (const auto& file : files) {
    const auto& wheel = *file.wheel;
    versions.insert(wheel.metadata.version);
    Json entry{{"filename", wheel.file_name},
               {"url", file_url(wheel)},
               {"hashes", {{"sha256", wheel.digest.hex()}}},
               {"core-metadata", {{"sha256", file.metadata_digest.hex()}}},
               {"size", file.size},
               {"upload-time", format_time(file.uploaded)}};
    const auto requires_python = wheel.metadata.requires_python.str();
    if (!requires_python.empty()) entry["requires-python"] = requires_python;
    list.push_back(std::move(entry));
  }
  Json version_list = Json::array();
  for (const auto& version : versions) version_list.push_back(version.str());
  return pretty({{"meta", meta()},
                 {"name", project.str()},
                 {"versions", std::move(version_list)},
                 {"files", std::move(list)}});
}

std::string requirements_text(const std::string& set_name, const std::string& python,
                              const std::vector<const ReleasedWheel*>& wheels) {
  std::map<Name, std::vector<const ReleasedWheel*>> packages;
  for (const auto* wheel : wheels) packages[wheel->metadata.name].push_back(wheel);
  std::string text = fmt::format(
      "# The set {} for Python {}: pip install --require-hashes --index-url …/simple/ -r this "
      "file\n",
      printable(set_name), python);
  for (const auto& [name, files] : packages) {
    std::set<std::string> hashes;
    for (const auto* file : files) hashes.insert(file->digest.hex());
    text += fmt::format("{}=={}", name.str(), files.front()->metadata.version.str());
    for (const auto& hash : hashes) text += fmt::format(" \\\n    --hash=sha256:{}", hash);
    text += '\n';
  }
  return text;
}

}  // namespace assay
