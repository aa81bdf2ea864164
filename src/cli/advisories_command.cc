#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <set>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/known_advisories.h"
#include "cli/plan_words.h"
#include "cli/stop_on_signal.h"
#include "cli/terminal.h"
#include "io/files.h"
#include "package/name.h"
#include "pipeline/rejudge.h"
#include "pipeline/session.h"
#include "pipeline/summary.h"
#include "publish/release.h"
#include "publish/vex.h"
#include "publish/withdrawal.h"

namespace assay {

namespace {

struct Arguments {
  RunOptions run;
  std::filesystem::path vex;  // a folder for statements; "" for none
  bool json = false;
  std::vector<std::string> packages;  // list
  std::string since;                  // list
  std::string id;                     // show
};

struct WithdrawArguments {
  std::filesystem::path folder;
  std::uint64_t number = 0;
  Withdrawal withdrawal;
};

// What the release says is as old as it is; these are its statements by what is known now.
Result<> write_statements(const std::filesystem::path& folder, const RejudgeReport& report) {
  if (folder.empty() || report.statements.empty()) return {};
  ASSAY_CHECK(make_directories(folder));
  ASSAY_CHECK(write_file(folder / "vex.openvex.json", open_vex("the curators of " + report.set_name,
                                                               report.known_until, report.statements)));
  return write_file(folder / "vex.cdx.json",
                    cyclonedx_vex(report.set_name, report.known_until, report.statements));
}

// By the set's sources, or the default ones where there is no set.
Result<AdvisoryDatabase> open_known(const Arguments& arguments) {
  Set set;
  if (!arguments.run.set_folder.empty()) {
    ASSAY_TRY(set, load_set(arguments.run.set_folder));
  }
  ASSAY_TRY(auto store, open_store(arguments.run.store));
  HttpClient http(HttpClient::Options{});
  return open_advisories(set, arguments.run, http, store, SystemClock());
}

int not_known(const Error& error) {
  print_error(error.message);
  return error.kind == ErrorKind::invalid_input ? exit_usage : exit_not_done;
}

Json sources_json(const AdvisoryDatabase& database) {
  Json sources = Json::array();
  for (const auto& source : database.sources()) sources.push_back(to_json(source));
  return sources;
}

void print_sources(const AdvisoryDatabase& database) {
  for (const auto& source : database.sources()) {
    auto words = advisory_words(source, SystemClock());
    if (!source.licence.empty()) words += "; licence: " + source.licence;
    print(printable(words));
    for (const auto& warning : warnings_of(source)) print("  " + printable(warning));
  }
}

// What was told may be told truly and still not be all.
int told(const AdvisoryDatabase& database) {
  if (database.not_known().empty()) return exit_done;
  print_error("not known: " + printable(database.not_known()));
  return exit_not_done;
}

int update_sources(const Arguments& arguments) {
  const auto database = open_known(arguments);
  if (!database) return not_known(database.error());
  if (arguments.json) {
    print(compact(Json{{"sources", sources_json(*database)}}));
  } else {
    print_sources(*database);
  }
  return told(*database);
}

int exit_code(const RejudgeReport& report) {
  if (!report.not_known.empty()) return exit_not_done;
  return report.hits.empty() ? exit_done : exit_held_back;
}

// A set's first run and first audit want advisories too.
bool has_no_release(const std::filesystem::path& set_folder) {
  const auto release = latest_release(set_folder);
  return !release && release.error().kind == ErrorKind::not_found;
}

int update(const Arguments& arguments) {
  if (arguments.run.set_folder.empty()) return update_sources(arguments);
  if (has_no_release(arguments.run.set_folder)) {
    const int code = update_sources(arguments);
    if (code == exit_done) print_error("there is no release yet to judge by them");
    return code;
  }
  const StopOnSignal signals;
  const SystemClock clock;
  const auto report = rejudge(arguments.run, clock, signals.token());
  if (!report) return not_known(report.error());
  if (const auto written = write_statements(arguments.vex, *report); !written) return failed(written.error());
  if (arguments.json) {
    print(compact(to_json(*report)));
    return exit_code(*report);
  }
  print("advisories: " + printable(report->advisories));
  for (const auto& warning : report->warnings) print("  " + printable(warning));
  for (const auto& hit : report->hits) {
    const bool refused = hit.reason.weight == Reason::Weight::refuse;
    print(fmt::format("{} {}: {}\n  {}", styled(Stream::out, Style::bold, hit.package), hit.version,
                      styled(Stream::out, refused ? Style::red : Style::yellow,
                             refused ? "would be refused now" : "wants a plan"),
                      printable(hit.reason.text)));
    if (!refused && !hit.reason.subject.empty()) {
      print("  plan for it, once a run has seen it: " + plan_command(arguments.run.set_folder, hit.reason.subject));
    }
  }
  for (const auto& plan : report->plans) print("plan: " + plan_line(plan, report->date));
  const auto folder = arguments.run.set_folder.string();
  if (report->hits.empty()) {
    const auto decided = std::ranges::count(report->statements, VulnerabilityStatement::Status::affected,
                                            &VulnerabilityStatement::status);
    print(fmt::format("release {}: none of its {} is hit{}", report->release, counted(report->packages, "package"),
                      decided == 0 ? std::string()
                                   : fmt::format(" by more than policy, plans and people let stand ({})",
                                                 counted(static_cast<std::size_t>(decided), "flaw"))));
    return exit_code(*report);
  }
  print(fmt::format("release {} is hit {}. 'assay run {}' looks for better versions; 'assay withdraw {} "
                    "{}' takes it back.",
                    report->release, report->hits.size() == 1 ? "once" : fmt::format("{} times", report->hits.size()),
                    folder, folder, report->release));
  return exit_code(*report);
}

// A package to list, and the version that must be affected, if one is named.
struct Wanted {
  Name name;
  std::optional<Version> version;
};

Result<Wanted> wanted(const std::string& text) {
  const auto pin = text.find("==");
  ASSAY_TRY(auto name, Name::parse(trim(std::string_view(text).substr(0, pin))));
  if (pin == std::string::npos) return Wanted{std::move(name), std::nullopt};
  ASSAY_TRY(auto version, Version::parse(trim(std::string_view(text).substr(pin + 2))));
  return Wanted{std::move(name), std::move(version)};
}

// Those that are named, else those of the set's latest release, else all that there are.
Result<std::vector<Wanted>> wanted_packages(const Arguments& arguments,
                                            const AdvisoryDatabase& database) {
  std::vector<Wanted> all;
  for (const auto& text : arguments.packages) {
    ASSAY_TRY(auto one, context(wanted(text), printable(text)));
    all.push_back(std::move(one));
  }
  if (!all.empty()) return all;
  if (!arguments.run.set_folder.empty()) {
    ASSAY_TRY(const Release release, latest_release(arguments.run.set_folder));
    ASSAY_TRY(const auto published, published_packages(release.folder));
    for (const auto& [name, version] : published) all.push_back({name, version});
    return all;
  }
  for (auto& name : database.packages()) all.push_back({std::move(name), std::nullopt});
  return all;
}

bool changed_since(const KnownVulnerability& known, const std::optional<Time>& since) {
  return !since || std::ranges::any_of(known.records, [&](const Advisory& record) {
    return record.modified && *record.modified >= *since;
  });
}

struct Listed {
  Name package;
  KnownVulnerability known;
};

Result<std::vector<Listed>> listed(const Arguments& arguments, const AdvisoryDatabase& database) {
  std::optional<Time> since;
  if (!arguments.since.empty()) {
    ASSAY_TRY(since, context(parse_time(arguments.since), "--since"));
  }
  std::vector<Listed> all;
  ASSAY_TRY(const auto packages, wanted_packages(arguments, database));
  for (const auto& [name, version] : packages) {
    std::set<std::string> hits;
    if (version) {
      for (const auto& finding : database.findings(name, *version)) hits.insert(finding.rule);
    }
    ASSAY_TRY(auto vulnerabilities, database.vulnerabilities(name));
    for (auto& known : vulnerabilities) {
      if ((version && !hits.contains(known.id())) || !changed_since(known, since)) continue;
      all.push_back({name, std::move(known)});
    }
  }
  return all;
}

int list(const Arguments& arguments) {
  const auto database = open_known(arguments);
  if (!database) return not_known(database.error());
  const auto all = listed(arguments, *database);
  if (!all) return failed(all.error());
  if (arguments.json) {
    Json json = Json::array();
    for (const auto& [package, known] : *all) {
      json.push_back(to_json(known));
      json.back()["package"] = package.str();
    }
    print(compact(Json{{"advisories", std::move(json)}, {"sources", sources_json(*database)}}));
    return told(*database);
  }
  for (const auto& [package, known] : *all) print(list_words(known, package));
  print(fmt::format("{} known, by {}",
                    all->size() == 1 ? "1 vulnerability is"
                                     : fmt::format("{} vulnerabilities are", all->size()),
                    printable(advisory_words(*database, SystemClock()))));
  return told(*database);
}

int show(const Arguments& arguments) {
  const auto database = open_known(arguments);
  if (!database) return not_known(database.error());
  const auto known = database->find(arguments.id);
  if (!known) return failed(known.error());
  if (!*known) {
    print_error(fmt::format("{} is not known to {}", printable(arguments.id),
                            printable(advisory_words(*database, SystemClock()))));
    return exit_usage;
  }
  if (arguments.json) {
    Json json = to_json(**known);
    json["sources"] = sources_json(*database);
    print(compact(json));
    return told(*database);
  }
  print(show_words(**known));
  return told(*database);
}

int withdraw(WithdrawArguments arguments) {
  arguments.withdrawal.date = date_of(SystemClock().now());
  const auto latest = withdraw_release(arguments.folder, arguments.number, arguments.withdrawal);
  if (!latest) return failed(latest.error());
  print(*latest == 0 ? fmt::format("release {} is withdrawn; there is no other, so nothing is served",
                                   arguments.number)
                     : fmt::format("release {} is withdrawn; release {} is the latest now",
                                   arguments.number, *latest));
  return exit_done;
}

void add_common(CLI::App& command, Arguments& arguments) {
  command.add_flag("--offline", arguments.run.offline, "Make no network request: what was kept counts");
  command.add_option("--source,--advisories", arguments.run.advisories,
                     "A source of advisories, instead of the set's or the default ones (repeatable)");
  command.add_option("--store", arguments.run.store, "The content-addressed store");
  command.add_flag("--json", arguments.json, "One JSON document");
}

void add_update(CLI::App& advisories, const std::shared_ptr<Arguments>& arguments, Chosen& chosen) {
  auto* command = advisories.add_subcommand(
      "update", "Fetch the advisories anew, and judge the latest release by them");
  command->add_option("DIR", arguments->run.set_folder,
                      "The set's folder; without it the default sources are fetched");
  add_common(*command, *arguments);
  command->add_option("--vex", arguments->vex,
                      "A folder to write the release's statements into, by what is known now");
  command->footer(
      "Example: assay advisories update examples/starter\n"
      "Exit codes: 0 nothing is hit, 1 something is, 2 usage or set file, 3 not known.");
  command->callback([arguments, &chosen] { chosen = [arguments] { return update(*arguments); }; });
}

void add_list(CLI::App& advisories, const std::shared_ptr<Arguments>& arguments, Chosen& chosen) {
  auto* command = advisories.add_subcommand("list", "Known vulnerabilities of packages");
  command->add_option("PACKAGE", arguments->packages,
                      "NAME, or NAME==VERSION for those that affect it; default: the latest release's "
                      "packages, or all");
  command->add_option("--set", arguments->run.set_folder, "The set whose sources count");
  command->add_option("--since", arguments->since, "Only those that changed since this date");
  add_common(*command, *arguments);
  command->footer(
      "Example: assay advisories list urllib3==1.26.4 --source advisories\n"
      "Exit codes: 0 listed, 2 usage or set file, 3 not known.");
  command->callback([arguments, &chosen] { chosen = [arguments] { return list(*arguments); }; });
}

void add_show(CLI::App& advisories, const std::shared_ptr<Arguments>& arguments, Chosen& chosen) {
  auto* command = advisories.add_subcommand("show", "All that is known of a vulnerability");
  command->add_option("ID", arguments->id, "Any of its ids: CVE-…, GHSA-…, PYSEC-…")->required();
  command->add_option("--set", arguments->run.set_folder, "The set whose sources count");
  add_common(*command, *arguments);
  command->footer(
      "Example: assay advisories show CVE-2021-33503 --offline\n"
      "Exit codes: 0 shown, 2 usage, set file or an id that no source has, 3 not known.");
  command->callback([arguments, &chosen] { chosen = [arguments] { return show(*arguments); }; });
}

}  // namespace

void add_advisories(CLI::App& app, Chosen& chosen) {
  auto* command = app.add_subcommand("advisories", "What is known to be wrong with packages");
  command->require_subcommand(1);
  add_update(*command, std::make_shared<Arguments>(), chosen);
  add_list(*command, std::make_shared<Arguments>(), chosen);
  add_show(*command, std::make_shared<Arguments>(), chosen);
}

void add_withdraw(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<WithdrawArguments>();
  auto* command = app.add_subcommand(
      "withdraw", "Take a release back: the newest that is not withdrawn is served instead");
  command->add_option("DIR", arguments->folder, "The set's folder")->required();
  command->add_option("NUMBER", arguments->number, "The release")->required();
  command->add_option("--reason", arguments->withdrawal.reason, "Why")->required();
  command->add_option("--reviewer", arguments->withdrawal.reviewer, "Who decides")
      ->required()
      ->envname("ASSAY_REVIEWER");
  command->callback([arguments, &chosen] { chosen = [arguments] { return withdraw(*arguments); }; });
}

}  // namespace assay
