#include <CLI/CLI.hpp>
#include <charconv>
#include <memory>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/stop_on_signal.h"
#include "cli/terminal.h"
#include "serve/server.h"

namespace assay {

namespace {

struct Arguments {
  std::filesystem::path folder;
  std::string listen = "127.0.0.1:8080";
  bool quiet = false;
};

// "host:port", "[::1]:port"; nothing if it has no such form.
std::optional<std::pair<std::string, std::uint16_t>> parse_listen(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return std::pair(std::string(host), port);
}

int serve_set(const Arguments& arguments) {
  const auto listen = parse_listen(arguments.listen);
  if (!listen) {
    print_error("--listen wants HOST:PORT, such as 127.0.0.1:8080");
    return exit_usage;
  }
  const StopOnSignal signals;
  Server::Options options{.host = listen->first, .port = listen->second, .access_log = {}};
  if (!arguments.quiet) {
    options.access_log = [](std::string_view line) {
      const auto text = printable(line) + "\n";
      std::fwrite(text.data(), 1, text.size(), stderr);
    };
  }
  auto server = Server::start(arguments.folder, std::move(options));
  if (!server) {
    print_error(server.error().message);
    return server.error().kind == ErrorKind::invalid_input ? exit_usage : exit_not_done;
  }
  const bool v6 = listen->first.find(':') != std::string::npos;
  print(fmt::format("serving {} at http://{}:{}/simple/ (Ctrl-C ends it)", arguments.folder.string(),
                    v6 ? "[" + listen->first + "]" : listen->first, (*server)->port()));
  std::fflush(stdout);
  (*server)->run(signals.token());
  return exit_done;
}

}  // namespace

void add_serve(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("serve", "Serve the latest release of DIR to pip and to people");
  command->add_option("DIR", arguments->folder, "The set's folder")->required();
  command->add_option("--listen", arguments->listen, "HOST:PORT; port 0 takes any free one")
      ->capture_default_str();
  command->add_flag("-q,--quiet", arguments->quiet, "No access log on standard error");
  command->callback([arguments, &chosen] { chosen = [arguments] { return serve_set(*arguments); }; });
}

}  // namespace assay
