#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "pipeline/set_question.h"
#include "pipeline/stages.h"
#include "pipeline/summary.h"
#include "pipeline/tool_wheels.h"

namespace assay {

namespace {

// Raised when the same page and askers would give other words.
constexpr std::string_view version_of_this = "2";

std::vector<Requirement> needs_of(const Session& session, const SelectedPackage& package) {
  for (const auto& [python, built] : package.wheels) {
    if (!built.failure.empty()) continue;
    const auto text = wheel_member(*session.store, built.wheel, "METADATA");
    const auto metadata = text ? Metadata::parse(*text) : std::unexpected(text.error());
    if (metadata) return metadata->requires_dist;
  }
  return {};
}

bool admits(const Requirement& requirement, const SelectedPackage& package) {
  return requirement.name == package.name && requirement.specifier.contains(package.version, true);
}

// Who asks for each package. The set comes first, then the packages in their order; each wheel's
// metadata is read once.
void add_askers(const Session& session, Selection& selection) {
  for (auto& package : selection) {
    for (const auto& requirement : session.set.requirements) {
      if (admits(requirement, package)) package.askers.push_back({"the set", requirement});
    }
    for (const auto& requirement : session.set.also) {
      if (!package.beside.empty() && admits(requirement, package)) {
        package.askers.push_back({"the set, beside others", requirement});
      }
    }
  }
  for (const auto& asking : selection) {
    for (const auto& requirement : needs_of(session, asking)) {
      for (auto& package : selection) {
        const bool asks = std::ranges::any_of(session.interpreters, [&](const Interpreter& python) {
          return requirement.name == package.name && asking.needs(package, python.id()) &&
                 requirement.applies(python.markers, asking.extras);
        });
        if (asks) package.askers.push_back({asking.title(), requirement});
      }
    }
  }
}

// Whoever limits a package: those that ask for it, and the set's constraints.
std::vector<Asker> limits_of(const Session& session, const SelectedPackage& package) {
  auto limits = package.askers;
  for (const auto& constraint : session.set.constraints) {
    if (constraint.name == package.name) limits.push_back({"a constraint of the set", constraint});
  }
  return limits;
}

ActionKey key_of(const Session& session, const SelectedPackage& package, const Digest& page,
                 const Interpreter& python, const LeftOutVersions& left_out) {
  const auto& cut = session.set.uploaded_before;
  ActionKey key{.kind = "newer-versions",
                .version = std::string(version_of_this),
                .inputs = {page.hex(), python.fingerprint},
                .parameters = {package.name.str(), package.version.str(), cut ? format_time(*cut) : "",
                               compact(to_json(limits_of(session, package)))}};
  if (const auto found = left_out.find(package.name); found != left_out.end()) {
    for (const auto& [version, reason] : found->second) {
      key.parameters.push_back(version.str() + ": " + reason);
    }
  }
  return key;
}

Result<std::string> newer_as_json(Session& session, const SelectedPackage& package,
                                  const Interpreter& python, const LeftOutVersions& left_out) {
  ASSAY_TRY(const auto page, session.index->page(package.name, session.set.uploaded_before));
  ASSAY_TRY(auto version, Version::parse(python.full_version));
  const ResolutionRequest request{.requirements = {},
                                  .markers = python.markers,
                                  .tags = python.tags,
                                  .python = std::move(version),
                                  .need = ResolutionRequest::Need::sdist,
                                  .uploaded_before = session.set.uploaded_before,
                                  .constraints = {},
                                  .left_out = left_out};
  return compact(to_json(newer_not_taken(package.name, package.version, page.files, request,
                                         limits_of(session, package))));
}

Result<std::vector<NotTaken>> not_taken_from(std::string_view text) {
  ASSAY_TRY(const Json json, parse_json(text));
  std::vector<NotTaken> versions;
  for (const auto& one : json) {
    ASSAY_TRY(const auto version_text, string_member(one, "version"));
    ASSAY_TRY(auto version, Version::parse(version_text));
    ASSAY_TRY(auto reason, string_member(one, "reason"));
    versions.push_back({std::move(version), std::move(reason)});
  }
  return versions;
}

// An action: an index page may be large, and is not parsed again while it is the same.
Result<std::vector<NotTaken>> newer_for(Session& session, const SelectedPackage& package,
                                        const Interpreter& python, const LeftOutVersions& left_out) {
  ASSAY_TRY(const auto page,
            session.index->page_digest(package.name, session.set.uploaded_before));
  ASSAY_TRY(const auto text,
            session.actions->run(key_of(session, package, page, python, left_out),
                                 [&] { return newer_as_json(session, package, python, left_out); }));
  return not_taken_from(text);
}

// For all interpreters that take the package: what one of them can't have is said of that one.
Result<std::vector<NotTaken>> newer_than_chosen(Session& session, const SelectedPackage& package,
                                                const LeftOutVersions& left_out) {
  std::map<Version, std::map<std::string, std::string>, std::greater<>> reasons;  // by interpreter
  std::size_t takers = 0;
  for (const auto& python : session.interpreters) {
    if (!package.chosen_for(python.id())) continue;
    ++takers;
    ASSAY_TRY(const auto newer, newer_for(session, package, python, left_out));
    for (const auto& [version, reason] : newer) reasons[version][python.id()] = reason;
  }
  std::vector<NotTaken> all;
  for (const auto& [version, by_python] : reasons) {
    const auto clear = std::ranges::find_if(
        by_python, [](const auto& one) { return one.second != does_not_agree; });
    if (clear == by_python.end()) {
      all.push_back({version, std::string(does_not_agree)});
      continue;
    }
    const bool everywhere = by_python.size() == takers && std::ranges::all_of(by_python, [&](const auto& one) {
      return one.second == clear->second;
    });
    all.push_back({version, everywhere ? clear->second : fmt::format("{}, for Python {}", clear->second, clear->first)});
  }
  return all;
}

// What would have to be older for it; "" if nothing would.
std::string older_instead(const Selection& selection, const KeptResolution& other) {
  std::set<std::string> older;
  for (const auto& package : selection) {
    for (const auto& resolved : other.by_interpreter) {
      const auto found = std::ranges::find(resolved, package.name, &ResolvedFile::name);
      if (found != resolved.end() && found->version < package.version && package.beside.empty()) {
        older.insert(fmt::format("{} {} instead of {}", package.name.str(), found->version.str(), package.version.str()));
      }
    }
  }
  return join(std::vector(older.begin(), older.end()), ", ");
}

// Where only the solver's answer stands against a version: what it says if just that one is asked for.
Result<std::string> why_not(Session& session, const Selection& selection, const SelectedPackage& package,
                            const Version& version, const LeftOutVersions& left_out) {
  const auto& strategy = session.set.policy.versions.strategy;
  if (strategy == "lowest") return "the set takes the lowest versions that agree";
  auto question = set_question(session, left_out);
  if (const auto kept = question.preferred.find(package.name);
      kept != question.preferred.end() && kept->second.contains(package.version)) {
    return "the set stays with the version of its last release";
  }
  ASSAY_TRY(auto pin, Requirement::parse(fmt::format("{}=={}", package.name.str(), version.str())));
  question.requirements.push_back(std::move(pin));
  const auto other = resolve_kept(session, session.interpreters, question);
  if (other) {
    const auto older = older_instead(selection, *other);
    return older.empty() ? "another solution has it" : "it would take " + older;
  }
  const auto& error = other.error();
  if (error.kind == ErrorKind::invalid_input || error.kind == ErrorKind::not_found) return error.message;
  return std::unexpected(error);
}

// The newest of those that the solver alone keeps out is asked about; the others are mostly like it.
Result<> explain_disagreement(Session& session, const Selection& selection, SelectedPackage& package,
                              const LeftOutVersions& left_out) {
  if (!package.beside.empty()) return {};
  std::optional<Version> asked;
  for (auto& [version, reason] : package.newer) {
    if (reason != does_not_agree) continue;
    if (asked) {
      reason = fmt::format("as {}", asked->str());
      continue;
    }
    ASSAY_TRY(reason, why_not(session, selection, package, version, left_out));
    asked = version;
  }
  return {};
}

}  // namespace

Result<> explain_selection(Session& session, Selection& selection, const LeftOutVersions& left_out) {
  add_askers(session, selection);
  for (auto& package : selection) {
    ASSAY_TRY(package.newer, newer_than_chosen(session, package, left_out));
    ASSAY_CHECK(explain_disagreement(session, selection, package, left_out));
  }
  return {};
}

}  // namespace assay
