#include <CLI/CLI.hpp>
#include <map>
#include <memory>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "package/name.h"
#include "pipeline/last_run.h"

namespace assay {

namespace {

struct Arguments {
  std::filesystem::path folder;
  std::string package;
  bool json = false;
};

std::string text_at(const Json& json, const char* key) { return printable(json.value(key, "")); }

// What was accepted for the same reason is told once, with how much of it there is.
std::string accepted_words(const Json& verdict) {
  std::map<std::string, std::vector<std::string>> accepted;
  for (const auto& reason : verdict.at("reasons")) {
    if (text_at(reason, "weight") != "accepted") continue;
    accepted[text_at(reason, "accepted_by")].push_back(
        fmt::format("{}: {}", text_at(reason, "gate"), text_at(reason, "text")));
  }
  std::string text;
  for (const auto& [by, what] : accepted) {
    text += fmt::format("  {}{}\n    accepted by {}\n", what.front(),
                        what.size() == 1 ? "" : fmt::format(" (and {} more)", what.size() - 1), by);
  }
  return text;
}

std::string verdict_words(const Json& verdict) {
  std::string text = text_at(verdict, "decision") + "\n";
  for (const auto& reason : verdict.at("reasons")) {
    const auto weight = text_at(reason, "weight");
    if (weight != "hold" && weight != "refuse") continue;
    text += fmt::format("  {}: {}\n", text_at(reason, "gate"), text_at(reason, "text"));
  }
  return text + accepted_words(verdict);
}

// Why this version, in words.
std::string explanation(const Json& package) {
  std::string text = fmt::format(
      "{} {}: {}", styled(Stream::out, Style::bold, text_at(package, "name")),
      text_at(package, "version"), verdict_words(package.at("verdict")));
  if (const auto why = text_at(package, "differs-because"); !why.empty()) {
    text += fmt::format("\nfor Python {} only; it can't be one version for all: {}\n",
                        join(package.at("pythons").get<std::vector<std::string>>(), ", "), why);
  }
  if (const auto why = text_at(package, "no-other-version"); !why.empty()) {
    text += "\nno other version will do: " + why + "\n";
  }
  text += "\nasked for by\n";
  for (const auto& asker : package.at("asked-for-by")) {
    text += fmt::format("  {}: {}\n", text_at(asker, "who"), text_at(asker, "requirement"));
  }
  const auto& newer = package.at("newer-not-taken");
  if (newer.empty()) return text + "\nit is the newest version there is";
  text += "\nnewer versions, and why they were not taken";
  for (const auto& one : newer) {
    text += fmt::format("\n  {}: {}", text_at(one, "version"), text_at(one, "reason"));
  }
  return text;
}

int explain(const Arguments& arguments) {
  const auto last = read_last_run(arguments.folder);
  if (!last) {
    print_error(last.error().message);
    return last.error().kind == ErrorKind::not_found ? exit_usage : exit_not_done;
  }
  const auto wanted = Name::normalize(arguments.package).str();
  std::vector<std::string> names;
  bool found = false;
  for (const auto& package : last->at("packages")) {
    const auto name = package.at("name").get<std::string>();
    names.push_back(name);
    if (name != wanted) continue;
    if (found) print("");
    found = true;
    print(arguments.json ? compact(package) : explanation(package));
  }
  if (found) return exit_done;
  const auto near = nearest(wanted, names);
  print_error(fmt::format("the last run of {} has no package {}{}", arguments.folder.string(),
                          printable(arguments.package),
                          near ? fmt::format("; did you mean {}?", *near) : ""));
  return exit_usage;
}

}  // namespace

void add_explain(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand(
      "explain", "Why the last run took this version of a package, and not a newer one");
  command->add_option("DIR", arguments->folder, "The set's folder")->required();
  command->add_option("PACKAGE", arguments->package, "A package of the set")->required();
  command->add_flag("--json", arguments->json, "One JSON document for each version in the set");
  command->callback([arguments, &chosen] { chosen = [arguments] { return explain(*arguments); }; });
}

}  // namespace assay
