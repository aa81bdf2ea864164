#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "package/record.h"
#include "pipeline/runtime_closure.h"
#include "pipeline/stages.h"
#include "store/tree.h"
#include "trial/import_check.h"

namespace assay {

namespace {

// Whether a test module with this had better not be installed. Tests are full of asserts and of
// secrets made for them: what a person would not look at in code that ships is no reason. An insecure
// URL in tests is low for its role alone, and once installed the file is no test's any more.
bool is_reason(const Finding& finding) {
  if (finding.rule == "weaknesses/insecure-url") return finding.severity > Severity::none;
  return finding.severity >= Severity::medium && finding.confidence >= Confidence::medium;
}

// What the gates found in files, by the files' digests: a wheel has the same files elsewhere.
Result<std::map<Digest, std::string>> findings_by_digest(const Session& session,
                                                         const SelectedPackage& package) {
  std::map<Digest, std::string> found;
  ASSAY_TRY(const Tree tree, get_tree(session.store->blobs, *package.tree));
  for (const auto& finding : package.findings) {
    if (!is_reason(finding)) continue;
    const auto* entry = finding.path.empty() ? nullptr : tree.find(finding.path);
    if (entry == nullptr || entry->link_target.size() > 0) continue;
    auto& why = found[entry->digest];
    if (!why.empty()) continue;  // the first says enough
    why = fmt::format("{} in line {}", finding.rule, finding.line);
  }
  return found;
}

std::vector<WheelFile> wheels_with(const RuntimeClosure& closure, const Name& name,
                                   const WheelFile& wheel) {
  std::vector<WheelFile> wheels;
  for (const auto& own : closure.wheels) wheels.push_back(own.name == name ? wheel : own.wheel);
  return wheels;
}

// Modules that could be imported before and can't be now.
Result<std::string> broken_by(Session& session, const Interpreter& interpreter,
                              const RuntimeClosure& closure, const SelectedPackage& package,
                              const WheelFile& before, const StrippedWheel& after) {
  const SandboxLimits limits{.cpu = std::chrono::seconds(session.set.policy.tests.cpu_seconds),
                             .wall = std::chrono::seconds(session.set.policy.tests.wall_seconds)};
  const auto failures = [&](const WheelFile& wheel) {
    return import_failures(*session.actions, interpreter, wheels_with(closure, package.name, wheel),
                           after.modules, limits, session.stop);
  };
  ASSAY_TRY(const auto then, failures(before));
  ASSAY_TRY(const auto now, failures(after.wheel));
  for (const auto& [module, why] : now) {
    if (!then.contains(module)) return module + ": " + why;
  }
  return "";
}

Result<std::size_t> strip(Session& session, const Selection& selection, SelectedPackage& package,
                          const Interpreter& interpreter, BuiltWheel& built) {
  ASSAY_TRY(const auto findings, findings_by_digest(session, package));
  if (findings.empty()) return 0;
  ASSAY_TRY(const auto stripped, strip_tests(*session.actions, built.wheel, findings));
  if (stripped.files.empty()) return 0;
  const auto closure = runtime_closure(selection, package, interpreter.id());
  if (closure.missing.empty()) {
    ASSAY_TRY(const auto broken,
              broken_by(session, interpreter, closure, package, built.wheel, stripped));
    if (!broken.empty()) {
      session.progress.note(NoteLevel::warning,
                            fmt::format("{}: test code stays in the wheel, since without it {}",
                                        package.title(), printable(broken)));
      return 0;
    }
  }
  built.unstripped = built.wheel;
  built.wheel = stripped.wheel;
  built.stripped = stripped.files;
  return stripped.files.size();
}

}  // namespace

Result<> strip_wheels(Session& session, Selection& selection) {
  if (!session.set.policy.strip.tests) return {};
  return for_each_package(
      session, "strip", selection, [&](SelectedPackage& package) -> Result<std::string> {
        std::size_t files = 0;
        for (const auto& interpreter : session.interpreters) {
          const auto built = package.wheels.find(interpreter.id());
          if (built == package.wheels.end() || !built->second.failure.empty()) continue;
          ASSAY_TRY(const auto count,
                    strip(session, selection, package, interpreter, built->second));
          files += count;
        }
        return files == 0 ? "nothing to take out" : counted(files, "file") + " taken out";
      });
}

}  // namespace assay
