#include <CLI/CLI.hpp>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/stop_on_signal.h"
#include "cli/terminal.h"
#include "copies/in_words.h"
#include "pipeline/origin_releases.h"

namespace assay {

namespace {

struct OriginsArguments : OriginRequest {
  std::vector<std::string> releases;  // pins and paths
  bool json = false;
};

int add(const OriginsArguments& arguments) {
  const StopOnSignal signals;
  for (const auto& release : arguments.releases) {
    const auto added = add_origin(arguments, release, signals.token());
    if (!added) return failed(added.error());
    print(fmt::format("{} {}: known ({})", added->name.str(), added->version.str(),
                      added->licence.empty() ? "no licence stated" : printable(added->licence)));
  }
  return exit_done;
}

// Each copy, and where its lines are from.
void print_copies(const std::string& release, const CopyReport& report) {
  print(printable(release) +
        (report.copies.empty() ? ": nothing of the origins that are known" : ":"));
  for (const auto& copy : report.copies) {
    print("  " + printable(in_words(copy)));
    for (const auto& lines : copy.lines) print("    " + printable(in_words(lines)));
  }
  for (const auto& path : report.too_large) print("  not looked at, too large: " + printable(path));
}

int find(const OriginsArguments& arguments) {
  const StopOnSignal signals;
  Json all = Json::object();
  for (const auto& release : arguments.releases) {
    const auto report = copies_in_release(arguments, release, signals.token());
    if (!report) return failed(report.error());
    if (arguments.json) {
      all[release] = to_json(*report);
    } else {
      print_copies(release, *report);
    }
  }
  if (arguments.json) print(compact(all));
  return exit_done;
}

int remove(const OriginsArguments& arguments) {
  for (const auto& pin : arguments.releases) {
    if (const auto removed = forget_origin(arguments, pin); !removed)
      return failed(removed.error());
    print(pin + ": no longer known");
  }
  return exit_done;
}

int list(const OriginsArguments& arguments) {
  const auto origins = known_origins(arguments);
  if (!origins) {
    print_error(origins.error().message);
    return exit_not_done;
  }
  if (arguments.json) {
    Json all = Json::array();
    for (const auto& origin : *origins) all.push_back(to_json(origin));
    print(compact(all));
    return exit_done;
  }
  for (const auto& origin : *origins) {
    print(fmt::format("{} {}  {}", origin.name.str(), origin.version.str(),
                      printable(origin.licence)));
  }
  if (origins->empty()) print("no origin is known: copied code is not looked for");
  return exit_done;
}

}  // namespace

void add_origins(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<OriginsArguments>();
  auto* command =
      app.add_subcommand("origins", "Releases whose copies are recognised in other packages");
  command->require_subcommand(1);
  const auto subcommand = [&](const char* name, const char* what,
                              int (*act)(const OriginsArguments&)) {
    auto* added = command->add_subcommand(name, what);
    added->add_option("--store", arguments->store, "The content-addressed store");
    added->callback(
        [arguments, act, &chosen] { chosen = [arguments, act] { return act(*arguments); }; });
    return added;
  };
  const char* release =
      "A pin such as urllib3==1.26.17, whose sources are fetched, or the path of them";
  const char* index = "The simple API to fetch from (default: pip's)";
  auto* add_command = subcommand("add", "Learn the code of releases", add);
  add_command->add_option("RELEASE", arguments->releases, release)->required();
  add_command->add_option("--index", arguments->index_url, index);
  auto* remove_command = subcommand("remove", "Forget releases", remove);
  remove_command->add_option("PIN", arguments->releases, "Such as urllib3==1.26.17")->required();
  auto* list_command = subcommand("list", "List what is known", list);
  list_command->add_flag("--json", arguments->json, "One JSON array");
  auto* find_command = subcommand("find", "Tell what releases have copied of what is known", find);
  find_command->add_option("RELEASE", arguments->releases, release)->required();
  find_command->add_option("--index", arguments->index_url, index);
  find_command->add_flag("--json", arguments->json, "One JSON object, by release");
}

}  // namespace assay
