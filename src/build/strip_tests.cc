#include "build/strip_tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "evidence/path_role.h"
#include "io/archive.h"
#include "package/record.h"
#include "python/imports.h"

namespace assay {

namespace {

constexpr std::string_view version_of_this = "2";  // raised when the same wheel is stripped otherwise

struct Member {
  std::string path;
  std::string bytes;
  bool executable = false;
};

Result<std::vector<Member>> members_of(const Store& store, const WheelFile& wheel) {
  std::vector<Member> members;
  const auto take = [&](const ArchiveEntry& entry, std::string_view bytes) -> Result<> {
    members.push_back({entry.path, std::string(bytes), entry.executable});
    return {};
  };
  ASSAY_CHECK(context(read_archive(store.blobs.path_of(wheel.digest), {}, take), wheel.file_name));
  return members;
}

// Below site-packages: what a wheel keeps in its .data folder lands there too.
std::string_view installed_path(std::string_view path) {
  const auto slash = path.find('/');
  if (slash == path.npos || !path.substr(0, slash).ends_with(".data")) return path;
  for (const std::string_view scheme : {"purelib/", "platlib/"}) {
    if (path.substr(slash + 1).starts_with(scheme)) return path.substr(slash + 1 + scheme.size());
  }
  return path;
}

bool is_candidate(std::string_view path) {
  const auto parts = split(installed_path(path), '/');
  const auto file = parts.back();
  if (!file.ends_with(".py")) return false;
  const auto has = [&](std::string_view one, std::string_view other) {
    return std::ranges::any_of(parts.begin(), parts.end() - 1,
                               [&](std::string_view part) { return part == one || part == other; });
  };
  if (has("testing", "_testing")) return false;
  return has("test", "tests") || is_test_file(file);
}

struct Module {
  std::string name;  // "pkg.tests.helper"
  bool is_package = false;
};

// Nothing for what is no importable Python module.
std::optional<Module> module_of(std::string_view path) {
  path = installed_path(path);
  if (!path.ends_with(".py") || path.contains(".dist-info/") || path.contains(".data/")) {
    return std::nullopt;
  }
  std::string name(path.substr(0, path.size() - 3));
  const bool is_package = name == "__init__" || name.ends_with("/__init__");
  if (is_package) name.resize(name.size() - std::min(name.size(), std::string_view("/__init__").size()));
  name = replace_all(std::move(name), "/", ".");
  if (name.empty() || name.find('-') != name.npos) return std::nullopt;
  return Module{std::move(name), is_package};
}

// A module and the packages it lies in: loading it loads them.
void add_with_parents(std::string_view module, std::set<std::string>& needed) {
  for (auto end = module.find('.'); end != module.npos; end = module.find('.', end + 1)) {
    needed.emplace(module.substr(0, end));
  }
  needed.emplace(module);
}

// Which members go: those with a finding that nothing which stays needs, found again until none is
// taken back.
class Stripping {
 public:
  Stripping(const std::vector<Member>& members, const std::map<Digest, std::string>& findings) {
    for (const auto& member : members) {
      const auto module = module_of(member.path);
      if (!module) continue;
      modules_[member.path] = *module;
      for (const auto& import : imports_of(member.bytes)) {
        for (const auto& name : modules_of(import, module->name, module->is_package)) {
          add_with_parents(name, imports_[member.path]);
        }
      }
      const auto found = findings.find(sha256(member.bytes));
      if (found != findings.end() && is_candidate(member.path)) going_[member.path] = found->second;
    }
  }

  void keep_entry_points(std::string_view text) {
    const auto points = parse_entry_points(text);
    if (!points) return going_.clear();  // what they name is not known
    for (const auto& point : *points) add_with_parents(point.module, pinned_);
  }

  const std::map<std::string, std::string>& settle() {
    for (;;) {
      std::set<std::string> needed = pinned_;
      for (const auto& [path, imports] : imports_) {
        if (!going_.contains(path)) needed.insert(imports.begin(), imports.end());
      }
      const auto back = std::erase_if(going_, [&](const auto& one) {
        return needed.contains(modules_.at(one.first).name);
      });
      if (back == 0) return going_;
    }
  }

  std::vector<std::string> remaining() const {
    std::vector<std::string> names;
    for (const auto& [path, module] : modules_) {
      if (!going_.contains(path)) names.push_back(module.name);
    }
    return names;
  }

 private:
  std::map<std::string, Module> modules_;              // by path
  std::map<std::string, std::set<std::string>> imports_;
  std::map<std::string, std::string> going_;           // path -> why
  std::set<std::string> pinned_;
};

std::string_view text_of(const std::vector<Member>& members, std::string_view name) {
  const auto found = std::ranges::find_if(
      members, [&](const Member& member) { return dist_info_member(member.path) == name; });
  return found == members.end() ? std::string_view() : found->bytes;
}

Result<std::string> without(const std::vector<Member>& members,
                            const std::map<std::string, std::string>& going) {
  ZipWriter zip;
  for (const auto& member : members) {
    if (going.contains(member.path)) continue;
    if (dist_info_member(member.path) != "RECORD") {
      zip.add(member.path, member.bytes, member.executable);
      continue;
    }
    ASSAY_TRY(auto record, parse_record(member.bytes));
    std::erase_if(record, [&](const RecordEntry& entry) { return going.contains(entry.path); });
    zip.add(member.path, write_record(record), false);
  }
  return zip.finish();
}

Result<std::string> stripped(Store& store, const WheelFile& wheel,
                             const std::map<Digest, std::string>& findings) {
  ASSAY_TRY(const auto members, members_of(store, wheel));
  Stripping stripping(members, findings);
  stripping.keep_entry_points(text_of(members, "entry_points.txt"));
  const auto& going = stripping.settle();
  Json files = Json::array();
  for (const auto& member : members) {
    const auto found = going.find(member.path);
    if (found == going.end()) continue;
    files.push_back({{"path", member.path}, {"why", found->second}, {"size", member.bytes.size()}});
  }
  Digest digest = wheel.digest;
  if (!going.empty()) {
    ASSAY_TRY(const auto bytes, without(members, going));
    ASSAY_TRY(const Blob blob, store.blobs.put(bytes));
    digest = blob.digest;
    ASSAY_CHECK(check_wheel(store, {wheel.file_name, digest}));
  }
  return compact(Json{{"sha256", digest.hex()}, {"files", files}, {"modules", stripping.remaining()}});
}

}  // namespace

Result<StrippedWheel> strip_tests(ActionRunner& actions, const WheelFile& wheel,
                                  const std::map<Digest, std::string>& findings) {
  ActionKey key{.kind = "strip-tests",
                .version = std::string(version_of_this),
                .inputs = {wheel.digest.hex()},
                .parameters = {wheel.file_name}};
  for (const auto& [digest, why] : findings) {
    key.inputs.push_back(digest.hex());
    key.parameters.push_back(why);
  }
  ASSAY_TRY(const auto text,
            actions.run(key, [&] { return stripped(actions.store(), wheel, findings); }));
  ASSAY_TRY(const Json json, context(parse_json(text), "a stripped wheel in the store"));
  StrippedWheel result{.wheel = wheel, .files = {}, .modules = {}};
  ASSAY_TRY(const auto digest, string_member(json, "sha256"));
  ASSAY_TRY(result.wheel.digest, Digest::parse(digest));
  for (const auto& file : json.at("files")) {
    result.files.push_back({file.at("path").get<std::string>(), file.at("why").get<std::string>(),
                            file.at("size").get<std::uint64_t>()});
  }
  result.modules = json.at("modules").get<std::vector<std::string>>();
  return result;
}

}  // namespace assay
