#include "pipeline/last_run.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "io/files.h"

namespace assay {

namespace {

fs::path path_of(const fs::path& set_folder) { return set_folder / "releases" / ".last-run.json"; }

}  // namespace

Result<> keep_last_run(const fs::path& set_folder, const RunReport& report) {
  return replace_file(path_of(set_folder), pretty(to_json(report)));
}

Result<Json> read_last_run(const fs::path& set_folder) {
  const auto path = path_of(set_folder);
  const auto text = read_file(path);
  if (!text && text.error().kind == ErrorKind::not_found) {
    return fail(ErrorKind::not_found,
                fmt::format("{} was not run yet: 'assay run {}' first", set_folder.string(),
                            set_folder.string()));
  }
  if (!text) return std::unexpected(text.error());
  return context(parse_json(*text), path.string());
}

}  // namespace assay
