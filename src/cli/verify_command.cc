#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/stop_on_signal.h"
#include "cli/terminal.h"
#include "pipeline/prove_closed.h"
#include "publish/release.h"
#include "publish/withdrawal.h"

namespace assay {

namespace {

struct Arguments {
  std::filesystem::path release;
  std::filesystem::path key;
  bool closed = false;
};

// Exit code 1 if the release can't answer one of its own questions.
int prove(const std::filesystem::path& release) {
  const StopOnSignal signals;
  const auto proof = prove_closed(release, signals.token());
  if (!proof) {
    print_error(proof.error().message);
    return exit_not_done;
  }
  for (const auto& [python, requirement, why] : proof->counterexamples) {
    print_error(fmt::format("not closed: {} with Python {}: {}", requirement, python, printable(why)));
  }
  if (proof->implied > 0) {
    print_error(fmt::format("and {} that fail only because they need one of these", proof->implied));
  }
  for (const auto& [python, requirement, why] : proof->open_extras) {
    print(fmt::format("not in the set, and nobody asks for it: {} with Python {}: {}", requirement, python,
                      printable(why)));
  }
  if (!proof->counterexamples.empty()) return exit_held_back;
  print(fmt::format("closed: {} with Python {}, each by itself and with the extras that are asked for, has a "
                    "solution within the release ({} questions)",
                    counted(proof->packages, "package"), join(proof->pythons, ", "), proof->questions));
  return exit_done;
}

// What the set's folder says of the release, where it lies in one; "" if nothing.
std::string withdrawn_words(const std::filesystem::path& release) {
  std::error_code error;
  const auto folder = std::filesystem::canonical(release, error);
  if (error) return "";
  const auto withdrawn = withdrawn_releases(folder.parent_path().parent_path());
  if (!withdrawn) return withdrawn.error().message;
  for (const auto& [number, one] : *withdrawn) {
    if (std::to_string(number) != folder.filename().string()) continue;
    return fmt::format("the release was withdrawn on {} by {}: {}", format_date(one.date),
                       printable(one.reviewer), printable(one.reason));
  }
  return "";
}

int verify(const Arguments& arguments) {
  if (!std::filesystem::exists(arguments.release / "manifest.json")) {
    print_error(fmt::format("{} is no release: it has no manifest.json", arguments.release.string()));
    return exit_usage;
  }
  std::optional<PublicKey> key;
  if (!arguments.key.empty()) {
    auto loaded = PublicKey::load(arguments.key);
    if (!loaded) {
      print_error(loaded.error().message);
      return exit_usage;
    }
    key = *std::move(loaded);
  }
  if (const auto checked = check_release(arguments.release, key ? &*key : nullptr); !checked) {
    print_error(checked.error().message);
    return checked.error().kind == ErrorKind::invalid_input ? exit_held_back : exit_not_done;
  }
  print(fmt::format("{}: every file is as its manifest says, there is no other, and index, "
                    "requirements and SBOM tell of the same wheels",
                    arguments.release.string()));
  print(key ? fmt::format("signed, the statement about each wheel too, with the key {}",
                          arguments.key.string())
            : "the signature was NOT checked: name the curator's public key with --key");
  if (const auto withdrawn = withdrawn_words(arguments.release); !withdrawn.empty()) {
    print_error(withdrawn);
    return exit_held_back;
  }
  return arguments.closed ? prove(arguments.release) : exit_done;
}

}  // namespace

void add_verify(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand(
      "verify", "Check a release, offline: signatures, every file, and that all of it agrees");
  command->add_option("RELEASE", arguments->release, "A release, such as DIR/releases/latest")
      ->required();
  command->add_option("--key", arguments->key,
                      "The curator's public key; you should have it from elsewhere than the release");
  command->add_flag("--closed", arguments->closed,
                    "Solve every package, with each extra, against the release alone");
  command->footer("Exit codes: 0 all is as it was published, 1 something was changed or is not closed, 2 usage.");
  command->callback([arguments, &chosen] { chosen = [arguments] { return verify(*arguments); }; });
}

}  // namespace assay
