#include <algorithm>

#include <fmt/format.h>

#include "pipeline/stages.h"
#include "pipeline/tool_wheels.h"

namespace assay {

namespace {

SelectedPackage& find_or_add(Selection& selection, const ResolvedFile& resolved) {
  const auto same = [&](const SelectedPackage& package) {
    return package.name == resolved.name && package.version == resolved.version;
  };
  const auto found = std::ranges::find_if(selection, same);
  if (found != selection.end()) return *found;
  auto& package = selection.emplace_back();
  package.name = resolved.name;
  package.version = resolved.version;
  package.source = resolved.file;
  return package;
}

}  // namespace

Result<Selection> select_packages(Session& session) {
  session.progress.stage("resolve", session.interpreters.size());
  Selection selection;
  for (const auto& interpreter : session.interpreters) {
    const std::string title = "Python " + interpreter.version;
    session.progress.begin(title);
    ASSAY_TRY(const auto resolved,
              context(resolve_kept(session, interpreter,
                                   {.requirements = session.set.requirements,
                                    .need = ResolutionQuestion::Need::sdist,
                                    .uploaded_before = session.set.uploaded_before,
                                    .own = {}}),
                      "the set can't be resolved for " + title));
    for (const auto& one : resolved) {
      auto& package = find_or_add(selection, one);
      package.extras.insert(one.extras.begin(), one.extras.end());
      package.dependencies[interpreter.version] = one.dependencies;
      for (const auto& name : one.required_by) {
        auto& known = package.required_by;
        if (std::ranges::find(known, name) == known.end()) known.push_back(name);
      }
    }
    session.progress.end(title, fmt::format("{} packages", resolved.size()));
  }
  std::ranges::sort(selection, [](const SelectedPackage& a, const SelectedPackage& b) {
    return a.name != b.name ? a.name < b.name : a.version < b.version;
  });
  return selection;
}

}  // namespace assay
