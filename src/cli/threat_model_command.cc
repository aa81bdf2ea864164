#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "curation/set.h"
#include "curation/threat_model.h"
#include "evidence/json_members.h"
#include "io/files.h"
#include "pipeline/last_run.h"

namespace assay {

namespace {

struct Arguments {
  fs::path folder;
  std::string reviewer;
  bool json = false;
};

// What the last run found in each package and did for it.
struct LastRun {
  std::map<Name, std::vector<Surface>> surfaces;
  std::map<std::string, std::set<std::string>> steps;  // by package and version
  std::set<std::string> release_steps;
};

std::set<std::string> step_set(const std::vector<std::string>& steps) {
  return {steps.begin(), steps.end()};
}

Result<LastRun> parse_last_run(const Json& document) {
  LastRun last;
  JsonMembers run(document);
  run.elements("packages", [&](const Json& one) -> Result<> {
    JsonMembers package(one);
    const auto name = package.text("name");
    auto& found = last.surfaces[Name::normalize(name)];
    package.elements("surfaces", [&](const Json& json) -> Result<> {
      ASSAY_TRY(auto surface, surface_from_json(json));
      found.push_back(std::move(surface));
      return {};
    });
    last.steps[name + " " + package.text("version")] = step_set(package.texts("steps"));
    return package.finish();
  });
  ASSAY_CHECK(run.finish());
  const auto release = document.find("release");
  if (release != document.end() && release->is_object()) {
    JsonMembers members(*release);
    last.release_steps = step_set(members.texts("steps"));
    ASSAY_CHECK(members.finish());
  }
  return last;
}

Result<LastRun> last_run(const fs::path& folder) {
  ASSAY_TRY(const Json document, read_last_run(folder));
  return context(parse_last_run(document),
                 fmt::format("what the last run left is not of this version of assay: 'assay run {}' again",
                             folder.string()));
}

// "for 12 of 13 packages", "for the release"; "not performed"; "" where nothing is known.
std::string performed_words(const VettingStep& step, const LastRun* last) {
  if (step.scope == VettingStep::Scope::nobody) return "not performed";
  if (last == nullptr) return "";
  const std::string id(step.id);
  if (step.scope == VettingStep::Scope::release) {
    return last->release_steps.contains(id) ? "for the release" : "not performed";
  }
  const auto count = std::ranges::count_if(
      last->steps, [&](const auto& one) { return one.second.contains(id); });
  if (count == 0) return "not performed";
  return fmt::format("for {} of {}", count, counted(last->steps.size(), "package"));
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

// What the last run did, and which practices it is evidence of.
std::string steps_table(const LastRun* last) {
  std::string text = "step                SSDF             in the last run         SLSA; IBM practice; evidence\n";
  for (const auto& step : vetting_steps()) {
    std::vector<std::string> words;
    for (const auto part : {step.slsa, step.ibm, step.evidence}) {
      if (!part.empty()) words.emplace_back(part);
    }
    const auto row = fmt::format("{} {} {} {}", pad_to_width(std::string(step.id), 19),
                                 pad_to_width(std::string(step.ssdf), 16),
                                 pad_to_width(performed_words(step, last), 23), join(words, "; "));
    text += std::string(trim(row)) + "\n";
  }
  return text;
}

Json steps_json(const LastRun* last) {
  Json steps = Json::array();
  for (const auto& step : vetting_steps()) {
    steps.push_back({{"step", step.id},
                     {"what", step.what},
                     {"ibm-security-and-privacy-by-design", step.ibm},
                     {"nist-ssdf", step.ssdf},
                     {"slsa", step.slsa},
                     {"evidence", step.evidence},
                     {"last-run", performed_words(step, last)}});
  }
  return steps;
}

Json surfaces_json(const std::vector<Surface>& found) {
  Json list = Json::array();
  for (const auto& surface : found) list.push_back(to_json(surface));
  return list;
}

Json review_json(const std::optional<ThreatReview>& review) {
  if (!review) return nullptr;
  return {{"by", review->reviewer}, {"on", format_date(review->date)}, {"model", review->model}};
}

Json as_json(const ThreatModel& model, const std::optional<ThreatReview>& review,
             const LastRun* last) {
  Json threats = Json::array();
  for (const auto& threat : model.threats) {
    Json through = Json::array();
    for (const auto kind : threat.surfaces) through.push_back(to_string(kind));
    threats.push_back({{"id", threat.id}, {"title", threat.title}, {"slsa", threat.slsa},
                       {"surfaces", through}, {"steps", threat.steps}, {"remains", threat.remains}});
  }
  Json packages = Json::object();
  if (last != nullptr) {
    for (const auto& [name, found] : last->surfaces) packages[name.str()] = surfaces_json(found);
  }
  return {{"threats", threats},  {"packages", packages}, {"steps", steps_json(last)},
          {"model", model.digest}, {"reviewed", review_json(review)}};
}

std::string review_words(const ThreatModel& model, const std::optional<ThreatReview>& review) {
  if (!review) return "never reviewed";
  return fmt::format("reviewed on {} by {}, against {} packages{}", format_date(review->date),
                     printable(review->reviewer), review->packages.size(),
                     review->model == model.digest ? "" : "; the model was changed since");
}

void tell_surfaces(const LastRun& last) {
  for (const auto& [name, found] : last.surfaces) {
    print(styled(Stream::out, Style::bold, name.str()));
    for (const auto& surface : found) print("  " + surface_words(surface));
    if (found.empty()) print("  no attack surface");
  }
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
  const auto last = last_run(arguments.folder);
  if (!last && last.error().kind != ErrorKind::not_found) return failed(last.error());
  const LastRun* known = last ? &*last : nullptr;
  if (arguments.json) {
    print(compact(as_json(**model, *review, known)));
    return exit_done;
  }
  for (const auto& threat : (*model)->threats) print(threat_words(threat));
  if (known == nullptr) print(last.error().message);
  if (known != nullptr) tell_surfaces(*known);
  print("\n" + steps_table(known));
  print(review_words(**model, *review));
  return exit_done;
}

// What is there now that was not when the model was last reviewed.
struct News {
  bool never = false;          // it was not reviewed yet
  bool model_changed = false;
  std::map<Name, std::vector<Surface>> packages;  // new ones, with all their surfaces
  std::map<Name, std::vector<Surface>> surfaces;  // new ones of packages that were known
  std::vector<Name> gone;
  bool none() const {
    return !never && !model_changed && packages.empty() && surfaces.empty() && gone.empty();
  }
};

News news_since(const std::optional<ThreatReview>& before, const ThreatModel& model,
                const LastRun& last) {
  News news;
  news.never = !before;
  news.model_changed = before && before->model != model.digest;
  for (const auto& [name, found] : last.surfaces) {
    if (!before || !before->packages.contains(name)) {
      news.packages[name] = found;
      continue;
    }
    for (const auto& surface : found) {
      if (!before->packages.at(name).contains(surface.kind)) news.surfaces[name].push_back(surface);
    }
  }
  if (!before) return news;
  for (const auto& [name, kinds] : before->packages) {
    if (!last.surfaces.contains(name)) news.gone.push_back(name);
  }
  return news;
}

void tell(const News& news) {
  if (news.never) print("The threat model was never reviewed.");
  if (news.model_changed) print("threat-model.toml was changed since its last review.");
  for (const auto& [name, found] : news.packages) {
    print(styled(Stream::out, Style::bold, name.str()) + " is new");
    for (const auto& surface : found) print("  " + surface_words(surface));
  }
  for (const auto& [name, found] : news.surfaces) {
    for (const auto& surface : found) print(fmt::format("  {}: new {}", name.str(), surface_words(surface)));
  }
  for (const auto& name : news.gone) print(name.str() + " is no longer in the set");
  if (news.none()) print("Nothing is new since the last review.");
}

Json to_json(const News& news, bool recorded) {
  const auto by_name = [](const std::map<Name, std::vector<Surface>>& found) {
    Json object = Json::object();
    for (const auto& [name, surfaces] : found) object[name.str()] = surfaces_json(surfaces);
    return object;
  };
  Json gone = Json::array();
  for (const auto& name : news.gone) gone.push_back(name.str());
  return {{"never-reviewed", news.never},         {"model-changed", news.model_changed},
          {"new-packages", by_name(news.packages)}, {"new-surfaces", by_name(news.surfaces)},
          {"gone", std::move(gone)},              {"recorded", recorded}};
}

Result<> record(const Arguments& arguments, const ThreatModel& model, const LastRun& last) {
  ThreatReview now{.reviewer = arguments.reviewer,
                   .date = date_of(SystemClock().now()),
                   .model = model.digest,
                   .packages = {}};
  for (const auto& [name, found] : last.surfaces) {
    auto& kinds = now.packages[name];
    for (const auto& surface : found) kinds.insert(surface.kind);
  }
  return save_threat_review(arguments.folder, now);
}

int review(const Arguments& arguments) {
  if (const auto set = load_set(arguments.folder); !set) return failed(set.error());
  const auto model = load_threat_model(arguments.folder);
  if (!model) return failed(model.error());
  const auto file = arguments.folder / "threat-model.toml";
  if (!*model) {
    if (const auto written = write_file(file, threat_model_template()); !written) {
      return failed(written.error());
    }
    print(fmt::format("wrote {}: read it, change it, then review again", file.string()));
    return exit_done;
  }
  const auto last = last_run(arguments.folder);
  if (!last) return failed(last.error());
  const auto before = load_threat_review(arguments.folder);
  if (!before) return failed(before.error());
  const auto news = news_since(*before, **model, *last);
  const bool recorded = !arguments.reviewer.empty();
  if (recorded) {
    if (const auto saved = record(arguments, **model, *last); !saved) return failed(saved.error());
  }
  if (arguments.json) {
    print(compact(to_json(news, recorded)));
  } else {
    tell(news);
    print(recorded ? fmt::format("recorded: {} reviewed {} against {}", arguments.reviewer,
                                 file.string(), counted(last->surfaces.size(), "package"))
                   : "\nname yourself with --reviewer to record that you looked at the model and at this");
  }
  return recorded || news.none() ? exit_done : exit_held_back;
}

}  // namespace

void add_threat_model(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("threat-model", "What the set is protected from, and how");
  command->require_subcommand(1);
  auto* show_command = command->add_subcommand(
      "show", "The model, the attack surfaces the last run found, the steps it took, and what they are evidence of");
  show_command->add_option("DIR", arguments->folder, "The set's folder")->required();
  show_command->add_flag("--json", arguments->json, "One JSON document");
  show_command->callback([arguments, &chosen] { chosen = [arguments] { return show(*arguments); }; });
  auto* review_command = command->add_subcommand(
      "review", "Show what is new since the last review, and record this one; writes a model if there "
                "is none");
  review_command->add_option("DIR", arguments->folder, "The set's folder")->required();
  review_command->add_flag("--json", arguments->json, "One JSON document");
  review_command->add_option("--reviewer", arguments->reviewer, "Who reviewed it")
      ->envname("ASSAY_REVIEWER");
  review_command->callback(
      [arguments, &chosen] { chosen = [arguments] { return review(*arguments); }; });
}

}  // namespace assay
