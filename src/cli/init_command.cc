#include <CLI/CLI.hpp>
#include <memory>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "curation/set.h"
#include "curation/threat_model.h"
#include "io/files.h"

namespace assay {

namespace {

int report_failure(const Error& error) {
  print_error(error.message);
  return exit_not_done;
}

int init_set(const fs::path& folder, std::string name) {
  const fs::path file = folder / "assay.toml";
  if (fs::exists(file)) {
    print_error(fmt::format("{} is there already; it was left as it is", file.string()));
    return exit_usage;
  }
  if (name.empty()) name = fs::absolute(folder).lexically_normal().filename().string();
  if (name.empty()) name = "packages";
  if (const auto made = make_directories(folder); !made) return report_failure(made.error());
  if (const auto written = write_file(file, set_template(name)); !written) {
    return report_failure(written.error());
  }
  if (const fs::path model = folder / "threat-model.toml"; !fs::exists(model)) {
    if (const auto written = write_file(model, threat_model_template()); !written) {
      return report_failure(written.error());
    }
  }
  // What people write goes into git; what a run makes does not.
  if (const fs::path ignore = folder / ".gitignore"; !fs::exists(ignore)) {
    if (const auto written = write_file(ignore, "/releases/\n"); !written) {
      return report_failure(written.error());
    }
  }
  print(fmt::format("{0} is ready: name the packages in it, then 'assay run {1}'.\nThe first run finds "
                    "what the threat model beside it has to answer; 'assay threat-model review {1}' "
                    "records that you looked, and the next run publishes.",
                    file.string(), folder.string()));
  return exit_done;
}

}  // namespace

void add_init(CLI::App& app, Chosen& chosen) {
  struct Arguments {
    fs::path folder;
    std::string name;
  };
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("init", "Write a commented set file into DIR, to begin with");
  command->add_option("DIR", arguments->folder, "A folder for the set; made if missing")->required();
  command->add_option("--name", arguments->name, "The set's name (default: the folder's)");
  command->callback([arguments, &chosen] {
    chosen = [arguments] { return init_set(arguments->folder, arguments->name); };
  });
}

}  // namespace assay
