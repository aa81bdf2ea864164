#pragma once
#include <functional>

#include "base/result.h"

namespace CLI {
class App;
}

namespace assay {

enum ExitCode { exit_done = 0, exit_held_back = 1, exit_usage = 2, exit_not_done = 3 };

// Says the error. What a person named wrongly, or what is not there, is a matter of usage.
int failed(const Error& error);

// What the command line asked for, run after it was parsed whole.
using Chosen = std::function<int()>;

// Each adds its subcommand and sets `chosen` when it is the one. One file a command.
void add_init(CLI::App& app, Chosen& chosen);
void add_origins(CLI::App& app, Chosen& chosen);
void add_resolve(CLI::App& app, Chosen& chosen);
void add_run(CLI::App& app, Chosen& chosen);
void add_review(CLI::App& app, Chosen& chosen);
void add_serve(CLI::App& app, Chosen& chosen);
void add_threat_model(CLI::App& app, Chosen& chosen);
void add_advisories(CLI::App& app, Chosen& chosen);
void add_audit(CLI::App& app, Chosen& chosen);
void add_withdraw(CLI::App& app, Chosen& chosen);
void add_watch(CLI::App& app, Chosen& chosen);
void add_verify(CLI::App& app, Chosen& chosen);
void add_explain(CLI::App& app, Chosen& chosen);
void add_fix(CLI::App& app, Chosen& chosen);
void add_keygen(CLI::App& app, Chosen& chosen);
void add_debug(CLI::App& app, Chosen& chosen);
void add_check(CLI::App& app, Chosen& chosen);

}  // namespace assay
