#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "curation/set.h"
#include "curation/threat_model.h"
#include "io/files.h"
#include "pipeline/last_run.h"

namespace assay {

namespace {

struct Arguments {
  fs::path folder;
  std::string reviewer;
  bool json = false;
};

using Surfaces = std::map<Name, std::vector<Surface>>;

// What the last run found in each package.
Result<Surfaces> last_surfaces(const fs::path& folder) {
  ASSAY_TRY(const Json last, read_last_run(folder));
  Surfaces surfaces;
  for (const auto& package : last.at("packages")) {
    auto& found = surfaces[Name::normalize(package.at("name").get<std::string>())];
    for (const auto& one : package.at("surfaces")) {
      ASSAY_TRY(auto surface, surface_from_json(one));
      found.push_back(std::move(surface));
    }
  }
  return surfaces;
}

std::string surface_words(const Surface& surface) {
  std::vector<std::string> places;
  for (const auto& place : surface.places) places.push_back(printable(place));
  return fmt::format("{} ({}): {}", to_string(surface.kind), surface.count, join(places, ", "));
}

std::string threat_words(const Threat& threat) {
  std::vector<std::string> through;
  for (const auto kind : threat.surfaces) through.emplace_back(to_string(kind));
  auto text = fmt::format("{}{}: {}\n", styled(Stream::out, Style::bold, printable(threat.id)),
                          threat.slsa.empty() ? "" : " (SLSA " + threat.slsa + ")",
                          printable(threat.title));
  if (!through.empty()) text += fmt::format("  comes through: {}\n", join(through, ", "));
  text += fmt::format("  answered by:   {}\n", threat.steps.empty() ? "nothing" : join(threat.steps, ", "));
  if (!threat.remains.empty()) text += fmt::format("  remains:       {}\n", printable(threat.remains));
  return text;
}

std::string steps_table() {
  std::string text = "step                SSDF             SLSA / IBM practice; evidence\n";
  for (const auto& step : vetting_steps()) {
    std::vector<std::string> words;
    if (!step.slsa.empty()) words.emplace_back(step.slsa);
    if (!step.ibm.empty()) words.emplace_back(step.ibm);
    words.emplace_back(step.evidence.empty() ? std::string("not performed") : std::string(step.evidence));
    text += fmt::format("{} {} {}\n", pad_to_width(std::string(step.id), 19),
                        pad_to_width(std::string(step.ssdf), 16), join(words, "; "));
  }
  return text;
}

Json as_json(const ThreatModel& model, const std::optional<ThreatReview>& review,
             const Surfaces& surfaces) {
  Json threats = Json::array();
  for (const auto& threat : model.threats) {
    Json through = Json::array();
    for (const auto kind : threat.surfaces) through.push_back(to_string(kind));
    threats.push_back({{"id", threat.id}, {"title", threat.title}, {"slsa", threat.slsa},
                       {"surfaces", through}, {"steps", threat.steps}, {"remains", threat.remains}});
  }
  Json packages = Json::object();
  for (const auto& [name, found] : surfaces) {
    packages[name.str()] = Json::array();
    for (const auto& surface : found) packages[name.str()].push_back(to_json(surface));
  }
  Json reviewed = nullptr;
  if (review) reviewed = {{"by", review->reviewer}, {"on", format_date(review->date)}};
  return {{"threats", threats}, {"packages", packages}, {"reviewed", reviewed}};
}

std::string review_words(const ThreatModel& model, const std::optional<ThreatReview>& review) {
  if (!review) return "never reviewed";
  return fmt::format("reviewed on {} by {}, against {} packages{}", format_date(review->date),
                     printable(review->reviewer), review->packages.size(),
                     review->model == model.digest ? "" : "; the model was changed since");
}

int show(const Arguments& arguments) {
  const auto model = load_threat_model(arguments.folder);
  if (!model) return failed(model.error());
  if (!*model) {
    print_error(fmt::format("{} has no threat-model.toml: 'assay threat-model review {}' writes one",
                            arguments.folder.string(), arguments.folder.string()));
    return exit_usage;
  }
  const auto review = load_threat_review(arguments.folder);
  if (!review) return failed(review.error());
  const auto surfaces = last_surfaces(arguments.folder).value_or(Surfaces());
  if (arguments.json) {
    print(compact(as_json(**model, *review, surfaces)));
    return exit_done;
  }
  for (const auto& threat : (*model)->threats) print(threat_words(threat));
  for (const auto& [name, found] : surfaces) {
    print(styled(Stream::out, Style::bold, name.str()));
    for (const auto& surface : found) print("  " + surface_words(surface));
    if (found.empty()) print("  no attack surface");
  }
  print("\n" + steps_table());
  print(review_words(**model, *review));
  return exit_done;
}

// What is new since the last review, for whoever signs the next one.
void tell_news(const Surfaces& surfaces, const std::optional<ThreatReview>& before) {
  for (const auto& [name, found] : surfaces) {
    const bool is_new = !before || !before->packages.contains(name);
    if (is_new) print(fmt::format("{} {}", styled(Stream::out, Style::bold, name.str()), "is new"));
    for (const auto& surface : found) {
      if (!is_new && before->packages.at(name).contains(surface.kind)) continue;
      print(fmt::format("  {}{}", is_new ? "" : name.str() + ": new ", surface_words(surface)));
    }
  }
  if (!before) return;
  for (const auto& [name, kinds] : before->packages) {
    if (!surfaces.contains(name)) print(name.str() + " is no longer in the set");
  }
}

int review(const Arguments& arguments) {
  if (const auto set = load_set(arguments.folder); !set) return failed(set.error());
  auto model = load_threat_model(arguments.folder);
  if (!model) return failed(model.error());
  const auto file = arguments.folder / "threat-model.toml";
  if (!*model) {
    if (const auto written = write_file(file, threat_model_template()); !written) {
      return failed(written.error());
    }
    print(fmt::format("wrote {}: read it, change it, then review again", file.string()));
    return exit_done;
  }
  const auto surfaces = last_surfaces(arguments.folder);
  if (!surfaces) return failed(surfaces.error());
  const auto before = load_threat_review(arguments.folder);
  if (!before) return failed(before.error());
  tell_news(*surfaces, *before);
  if (arguments.reviewer.empty()) {
    print("\nname yourself with --reviewer to record that you looked at the model and at this");
    return exit_held_back;
  }
  ThreatReview now{.reviewer = arguments.reviewer,
                   .date = date_of(SystemClock().now()),
                   .model = (*model)->digest,
                   .packages = {}};
  for (const auto& [name, found] : *surfaces) {
    auto& kinds = now.packages[name];
    for (const auto& surface : found) kinds.insert(surface.kind);
  }
  if (const auto saved = save_threat_review(arguments.folder, now); !saved) return failed(saved.error());
  print(fmt::format("recorded: {} reviewed {} against {}", now.reviewer, file.string(),
                    counted(now.packages.size(), "package")));
  return exit_done;
}

}  // namespace

void add_threat_model(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("threat-model", "What the set is protected from, and how");
  command->require_subcommand(1);
  auto* show_command = command->add_subcommand(
      "show", "The model, the attack surfaces the last run found, and which step is evidence of what");
  show_command->add_option("DIR", arguments->folder, "The set's folder")->required();
  show_command->add_flag("--json", arguments->json, "One JSON document");
  show_command->callback([arguments, &chosen] { chosen = [arguments] { return show(*arguments); }; });
  auto* review_command = command->add_subcommand(
      "review", "Show what is new since the last review, and record this one; writes a model if there "
                "is none");
  review_command->add_option("DIR", arguments->folder, "The set's folder")->required();
  review_command->add_option("--reviewer", arguments->reviewer, "Who reviewed it")
      ->envname("ASSAY_REVIEWER");
  review_command->callback(
      [arguments, &chosen] { chosen = [arguments] { return review(*arguments); }; });
}

}  // namespace assay
