#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

#include "cli/commands.h"
#include "evidence/advisory_questions.h"
#include "package/debug_answers.h"

namespace assay {

namespace {

int answer_lines() {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << answer_debug_line(line, advisory_questions())
              << std::endl;  // a peer may wait for each answer
  }
  return exit_done;
}

}  // namespace

void add_debug(CLI::App& app, Chosen& chosen) {
  auto* command = app.add_subcommand(
      "debug", "Answer questions of packaging and advisories, one JSON object a line, in order (see the reference)");
  command->callback([&chosen] { chosen = answer_lines; });
}

}  // namespace assay
