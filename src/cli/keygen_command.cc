#include <CLI/CLI.hpp>
#include <memory>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "io/files.h"
#include "publish/signature.h"

namespace assay {

namespace {

int make_keys(const std::filesystem::path& path) {
  const SigningKey key = SigningKey::generate();
  const auto public_path = path.string() + ".pub";
  if (fs::exists(public_path)) {
    print_error(public_path + " is there already; it is not replaced");
    return exit_usage;
  }
  auto saved = key.save(path);
  if (saved) saved = write_file(public_path, key.public_key().pem());
  if (!saved) {
    print_error(saved.error().message);
    return saved.error().kind == ErrorKind::invalid_input ? exit_usage : exit_not_done;
  }
  print(fmt::format("private key: {} (keep it secret, and out of git)\npublic key:  {}",
                    path.string(), public_path));
  return exit_done;
}

}  // namespace

void add_keygen(CLI::App& app, Chosen& chosen) {
  auto path = std::make_shared<std::filesystem::path>();
  auto* command = app.add_subcommand("keygen", "Make a pair of Ed25519 keys to sign releases with");
  command->add_option("FILE", *path, "Where the private key goes; the public one is FILE.pub")
      ->required();
  command->callback([path, &chosen] { chosen = [path] { return make_keys(*path); }; });
}

}  // namespace assay
