#include "publish/release_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "package/file_name.h"
#include "publish/envelope.h"
#include "publish/pages.h"
#include "publish/report.h"
#include "publish/statements.h"

namespace assay {

namespace {

constexpr std::string_view name_characters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._+!";

// A name that is one harmless segment of a path.
bool is_plain_name(std::string_view name) {
  return !name.empty() && !name.starts_with('.') && name.size() <= 255 &&
         name.find_first_not_of(name_characters) == std::string_view::npos;
}

Result<> check_wheel_name(const ReleasedWheel& wheel) {
  const auto bad = [&](std::string_view why) {
    return fail(ErrorKind::invalid_input, fmt::format("the wheel {} can't be published: {}",
                                                      printable(wheel.file_name), why));
  };
  if (!is_plain_name(wheel.file_name)) return bad("its file name is not a plain one");
  const auto name = WheelName::parse(wheel.file_name);
  if (!name) return bad(name.error().message);
  if (name->name != wheel.metadata.name || name->version != wheel.metadata.version) {
    return bad(fmt::format("its metadata is that of {} {}", wheel.metadata.name.str(),
                           wheel.metadata.version.str()));
  }
  return {};
}

Result<> check_wheels(const ReleaseContent& content) {
  std::set<std::string> names;
  for (const auto& wheel : content.wheels) {
    ASSAY_CHECK(check_wheel_name(wheel));
    if (!names.insert(wheel.file_name).second) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("two wheels are named {}", wheel.file_name));
    }
    for (const auto& python : wheel.pythons) {
      if (std::ranges::find(content.pythons, python) != content.pythons.end()) continue;
      return fail(ErrorKind::invalid_input,
                  fmt::format("the wheel {} is for Python {}, which the release is not",
                              wheel.file_name, printable(python)));
    }
  }
  return {};
}

// The wheels of one interpreter's requirements file. pip takes one version of a package.
Result<std::vector<const ReleasedWheel*>> wheels_for(const ReleaseContent& content,
                                                     const std::string& python) {
  std::vector<const ReleasedWheel*> wheels;
  std::map<Name, const ReleasedWheel*> chosen;
  for (const auto& wheel : content.wheels) {
    if (std::ranges::find(wheel.pythons, python) == wheel.pythons.end()) continue;
    const auto [first, is_new] = chosen.emplace(wheel.metadata.name, &wheel);
    if (!is_new && first->second->metadata.version != wheel.metadata.version) {
      return fail(
          ErrorKind::invalid_input,
          fmt::format("two versions of {} for Python {}: {} and {}", wheel.metadata.name.str(),
                      python, first->second->metadata.version.str(), wheel.metadata.version.str()));
    }
    wheels.push_back(&wheel);
  }
  return wheels;
}

Result<std::uint64_t> size_of(const Store& store, const ReleasedWheel& wheel) {
  std::error_code error;
  const auto size = std::filesystem::file_size(store.blobs.path_of(wheel.digest), error);
  if (error) {
    return fail(ErrorKind::not_found,
                fmt::format("the store has no {} ({})", wheel.file_name, wheel.digest.hex()));
  }
  return size;
}

Result<> add_projects(const Store& store, const ReleaseContent& content,
                      const UploadTimes& first_published, Time now, ReleaseFiles& files) {
  std::map<Name, std::vector<PageFile>> projects;
  for (const auto& wheel : content.wheels) {
    ASSAY_TRY(const auto size, size_of(store, wheel));
    const auto known = first_published.find(wheel.digest.hex());
    projects[wheel.metadata.name].push_back({&wheel, size, sha256(wheel.metadata_text),
                                             known == first_published.end() ? now : known->second});
    const auto path = "files/" + wheel.file_name;
    files.wheels[path] = wheel.digest;
    files.manifest.files[path] = {wheel.digest, size};
    files.texts[path + ".metadata"] = wheel.metadata_text;
  }
  std::vector<Name> names;
  for (auto& [name, page] : projects) {
    std::ranges::sort(page, {}, [](const PageFile& file) { return file.wheel->file_name; });
    files.texts[fmt::format("simple/{}/index.html", name.str())] = project_html(name, page);
    files.texts[fmt::format("simple/{}/index.json", name.str())] = project_json(name, page);
    names.push_back(name);
  }
  files.texts["simple/index.html"] = index_html(names);
  files.texts["simple/index.json"] = index_json(names);
  return {};
}

Result<> add_requirements(const ReleaseContent& content, ReleaseFiles& files) {
  for (const auto& python : content.pythons) {
    if (!is_plain_name(python)) {
      return fail(ErrorKind::invalid_input, fmt::format("no Python: \"{}\"", printable(python)));
    }
    ASSAY_TRY(const auto wheels, wheels_for(content, python));
    files.texts[fmt::format("requirements-{}.txt", python)] =
        requirements_text(content.set_name, python, wheels);
  }
  return {};
}

Result<> add_evidence(const ReleaseContent& content, ReleaseFiles& files) {
  for (const auto& [path, document] : content.evidence) {
    const auto segments = split(path, '/');
    if (!std::ranges::all_of(segments, is_plain_name)) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("no name for an evidence file: \"{}\"", printable(path)));
    }
    files.texts["evidence/" + path] = pretty(document);
    if (document.is_object() && document.contains("verdict")) {
      files.texts[report_path(path)] = package_report(content.set_name, document, path);
    }
  }
  return {};
}

void add_statements(const ReleaseContent& content, ReleaseFiles& files) {
  files.texts["sbom.cdx.json"] = bill_of_materials(content);
  if (!content.vulnerabilities.empty()) {
    files.texts["vex.openvex.json"] =
        open_vex("the curators of " + content.set_name, content.known_until, content.vulnerabilities);
    files.texts["vex.cdx.json"] =
        cyclonedx_vex(content.set_name, content.known_until, content.vulnerabilities);
  }
  if (content.key == nullptr) return;
  for (const auto& wheel : content.wheels) {
    files.texts[provenance_path(wheel.file_name)] =
        seal(provenance_statement(content, wheel), *content.key);
  }
}

}  // namespace

std::string provenance_path(std::string_view wheel_file) {
  return fmt::format("provenance/{}.dsse.json", wheel_file);
}

Result<ReleaseFiles> make_files(const Store& store, const ReleaseContent& content,
                                const UploadTimes& first_published, Time now) {
  ASSAY_CHECK(check_wheels(content));
  ReleaseFiles files;
  files.manifest.set_name = content.set_name;
  ASSAY_CHECK(add_projects(store, content, first_published, now, files));
  ASSAY_CHECK(add_requirements(content, files));
  ASSAY_CHECK(add_evidence(content, files));
  add_statements(content, files);
  files.texts["index.html"] = overview_html(content);
  for (const auto& [path, text] : files.texts) {
    files.manifest.files[path] = {sha256(text), text.size()};
  }
  if (content.key != nullptr) {
    files.envelope =
        seal(release_statement(content.set_name, files.manifest.text()), *content.key);
  }
  return files;
}

}  // namespace assay
