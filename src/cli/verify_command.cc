#include <CLI/CLI.hpp>
#include <memory>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "publish/release.h"

namespace assay {

namespace {

int verify(const std::filesystem::path& folder) {
  if (!std::filesystem::exists(folder / "manifest.json")) {
    print_error(fmt::format("{} is no release: it has no manifest.json", folder.string()));
    return exit_usage;
  }
  if (const auto checked = check_release(folder); !checked) {
    print_error(checked.error().message);
    return checked.error().kind == ErrorKind::io ? exit_not_done : exit_held_back;
  }
  print(fmt::format("{}: every file is as its manifest says, and there is no other", folder.string()));
  return exit_done;
}

}  // namespace

void add_verify(CLI::App& app, Chosen& chosen) {
  auto folder = std::make_shared<std::filesystem::path>();
  auto* command = app.add_subcommand("verify", "Check every file of a release against its manifest");
  command->add_option("RELEASE", *folder, "A release, such as DIR/releases/latest")->required();
  command->callback([folder, &chosen] { chosen = [folder] { return verify(*folder); }; });
}

}  // namespace assay
