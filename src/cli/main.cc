#include "cli/main.h"

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/terminal.h"

namespace assay {

int failed(const Error& error) {
  print_error(error.message);
  const bool usage = error.kind == ErrorKind::invalid_input || error.kind == ErrorKind::not_found;
  return usage ? exit_usage : exit_not_done;
}

int run_command_line(int argc, char** argv) {
  CLI::App app{
      "assay vets a set of Python packages and publishes a closed, wheels-only index of them, with "
      "the evidence for every decision.",
      "assay"};
  app.set_version_flag("--version", "assay 0.1.0");
  app.require_subcommand(1);
  app.footer(
      "Start with 'assay init DIR', then 'assay run DIR'.\n"
      "Exit codes: 0 done, 1 something was held back, 2 usage or set file, 3 could not be done.");
  Chosen chosen;
  add_check(app, chosen);
  add_init(app, chosen);
  add_run(app, chosen);
  add_serve(app, chosen);
  add_watch(app, chosen);
  add_verify(app, chosen);
  add_audit(app, chosen);
  add_advisories(app, chosen);
  add_withdraw(app, chosen);
  add_review(app, chosen);
  add_threat_model(app, chosen);
  add_fix(app, chosen);
  add_origins(app, chosen);
  add_resolve(app, chosen);
  add_explain(app, chosen);
  add_keygen(app, chosen);
  add_debug(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? exit_done : exit_usage;
  }
  try {
    return chosen();
  } catch (const std::exception& e) {
    print_error(std::string("a defect of assay: ") + e.what());
    return exit_not_done;
  }
}

}  // namespace assay
