#include <CLI/CLI.hpp>
#include <memory>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/stop_on_signal.h"
#include "cli/terminal.h"
#include "pipeline/add_origin.h"

namespace assay {

namespace {

int add(const OriginRequest& request) {
  const StopOnSignal signals;
  for (const auto& pin : request.pins) {
    const auto added = add_origin(request, pin, signals.token());
    if (!added) return failed(added.error());
    print(fmt::format("{} {}: known ({})", added->name.str(), added->version.str(),
                      added->licence.empty() ? "no licence stated" : printable(added->licence)));
  }
  return exit_done;
}

int list(const OriginRequest& request) {
  const auto origins = known_origins(request);
  if (!origins) {
    print_error(origins.error().message);
    return exit_not_done;
  }
  for (const auto& origin : *origins) {
    print(fmt::format("{} {}  {}", origin.name.str(), origin.version.str(), printable(origin.licence)));
  }
  if (origins->empty()) print("no origin is known: copied code is not looked for");
  return exit_done;
}

}  // namespace

void add_origins(CLI::App& app, Chosen& chosen) {
  auto request = std::make_shared<OriginRequest>();
  auto* command = app.add_subcommand("origins", "Releases whose copies are recognised in other packages");
  command->require_subcommand(1);
  auto* add_command = command->add_subcommand("add", "Fetch the sources of releases and learn their files");
  add_command->add_option("PIN", request->pins, "A release, such as urllib3==1.26.17")->required();
  add_command->add_option("--index", request->index_url, "The simple API to fetch from (default: pip's)");
  add_command->add_option("--store", request->store, "The content-addressed store");
  add_command->callback([request, &chosen] { chosen = [request] { return add(*request); }; });
  auto* list_command = command->add_subcommand("list", "List what is known");
  list_command->add_option("--store", request->store, "The content-addressed store");
  list_command->callback([request, &chosen] { chosen = [request] { return list(*request); }; });
}

}  // namespace assay
