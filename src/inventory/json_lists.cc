#include <fmt/format.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "inventory/readers.h"

namespace assay {

namespace {

std::string text_of(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

Json member_of(const Json& object, const char* key) {
  return object.is_object() ? object.value(key, Json()) : Json();
}

const Json& list_of(const Json& object, const char* key) {
  static const Json none = Json::array();
  if (!object.is_object()) return none;
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : none;
}

// "%2B" for "+", as package URLs have it.
std::string percent_decoded(std::string_view text) {
  const auto digit = [](char c) { return std::string_view("0123456789abcdef").find(lower({&c, 1})); };
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) < 16 && digit(text[i + 2]) < 16;
    if (escaped) {
      result += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

// Takes packages into an inventory.
class ListReader {
 public:
  ListReader(InventoryFormat format, const std::string& file) : inventory_{file, format, {}, {}} {}

  InventoryItem& add(const std::string& title, std::string_view version) {
    auto name = Name::parse(title);
    auto& item = inventory_.items.emplace_back(InventoryItem{.title = printable(title), .name = name ? *name : Name()});
    item.path = inventory_.path;
    auto parsed = Version::parse(version);
    if (!name) {
      item.unknown = "that is no name of a package";
    } else if (version.empty()) {
      item.unknown = "no version of it is told";
    } else if (!parsed) {
      item.unknown = fmt::format("\"{}\" is no version", printable(version));
    } else {
      item.version = *std::move(parsed);
    }
    return item;
  }

  void read_pip(const Json& json) {
    if (json.is_array()) {  // pip list
      for (const auto& one : json) {
        if (!text_of(one, "editable_project_location").empty()) {
          inventory_.left_out.push_back(fmt::format("{}: an editable project in {}", printable(text_of(one, "name")),
                                                    printable(text_of(one, "editable_project_location"))));
          continue;
        }
        add(text_of(one, "name"), text_of(one, "version"));
      }
      return;
    }
    for (const char* key : {"installed", "install"}) {  // pip inspect, pip install --report
      for (const auto& one : list_of(json, key)) {
        const auto metadata = one.is_object() && one.contains("metadata") ? one["metadata"] : Json();
        auto& item = add(text_of(metadata, "name"), text_of(metadata, "version"));
        for (const char* origin : {"direct_url", "download_info"}) {
          const auto vcs = member_of(member_of(one, origin), "vcs_info");
          if (item.commit.empty()) item.commit = commit_or_none(text_of(vcs, "commit_id"));
        }
        std::vector<Requirement> requirements;
        for (const auto& text : list_of(metadata, "requires_dist")) {
          auto requirement = Requirement::parse(text.is_string() ? text.get<std::string>() : "");
          if (requirement) requirements.push_back(*std::move(requirement));
        }
        add_demands(requirements, item, inventory_);
      }
    }
  }

  void read_pipfile(const Json& json) {
    for (const auto& [group, packages] : json.items()) {
      if (group == "_meta" || !packages.is_object()) continue;
      for (const auto& [name, package] : packages.items()) {
        const auto pin = text_of(package, "version");
        auto& item = add(name, pin.starts_with("==") ? std::string_view(pin).substr(pin.starts_with("===") ? 3 : 2) : "");
        item.marker = text_of(package, "markers");
        item.commit = commit_or_none(text_of(package, "ref"));
        if (!pin.empty() && !pin.starts_with("==")) item.unknown = "not pinned: " + printable(pin);
      }
    }
  }

  // Components may have components.
  void read_cyclonedx(const Json& holder) {
    for (const auto& component : list_of(holder, "components")) {
      if (text_of(component, "type") != "file") {
        read_package_url(text_of(component, "purl"), text_of(component, "name"));
      }
      read_cyclonedx(component);
    }
  }

  void read_spdx(const Json& json) {
    for (const auto& package : list_of(json, "packages")) {
      std::string url;
      for (const auto& reference : list_of(package, "externalRefs")) {
        if (text_of(reference, "referenceType") == "purl") url = text_of(reference, "referenceLocator");
      }
      read_package_url(url, text_of(package, "name"));
    }
  }

  Inventory inventory() && {
    if (others_ > 0) {
      inventory_.left_out.push_back(fmt::format("{} that no package URL of Python's index names",
                                                counted(others_, "component")));
    }
    return std::move(inventory_);
  }

 private:
  // "pkg:pypi/flask@3.1.3?file_name=…#…" (package URL specification, type pypi).
  void read_package_url(std::string_view url, const std::string& name) {
    constexpr std::string_view type = "pkg:pypi/";
    if (!lower(url.substr(0, type.size())).starts_with(type)) {
      others_ += name.empty() ? 0 : 1;
      return;
    }
    url = url.substr(0, url.find_first_of("?#"));
    url.remove_prefix(type.size());
    const auto at = url.find('@');
    add(percent_decoded(url.substr(0, at)), at == url.npos ? "" : percent_decoded(url.substr(at + 1)));
  }

  Inventory inventory_;
  std::size_t others_ = 0;
};

}  // namespace

Result<Inventory> read_json_list(const Json& json, InventoryFormat format, const std::string& file) {
  if (!json.is_structured()) return fail(ErrorKind::invalid_input, file + ": no list of packages");
  ListReader reader(format, file);
  switch (format) {
    case InventoryFormat::pip_json: reader.read_pip(json); break;
    case InventoryFormat::pipfile_lock: reader.read_pipfile(json); break;
    case InventoryFormat::cyclonedx: {
      const auto metadata = json.is_object() && json.contains("metadata") ? json["metadata"] : Json();
      const auto subject = metadata.is_object() && metadata.contains("component") ? metadata["component"] : Json();
      reader.read_cyclonedx(subject);
      reader.read_cyclonedx(json);
      break;
    }
    case InventoryFormat::spdx: reader.read_spdx(json); break;
    default: return fail(ErrorKind::internal, "no list in JSON: " + std::string(to_string(format)));
  }
  return std::move(reader).inventory();
}

}  // namespace assay
