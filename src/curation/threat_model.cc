#include "curation/threat_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "curation/table_reader.h"
#include "io/files.h"

namespace assay {

namespace {

constexpr const char* model_file = "threat-model.toml";
constexpr const char* review_file = "threat-model.reviewed.toml";

// The steps that a threat may name as its answer.
std::vector<std::string> answering_steps() {
  std::vector<std::string> names;
  for (const auto& step : vetting_steps()) {
    if (step.scope != VettingStep::Scope::nobody && step.answers) names.emplace_back(step.id);
  }
  return names;
}

void add_surface(const PlacedText& word, Faults& faults, std::set<SurfaceKind>& surfaces) {
  if (const auto kind = parse_surface_kind(word.text)) {
    surfaces.insert(*kind);
  } else {
    faults.add(word.position, fmt::format("unknown attack surface \"{}\"{}", printable(word.text),
                                          suggestion(word.text, surface_kinds())));
  }
}

Threat read_threat(TableReader& table) {
  Threat threat;
  threat.id = table.required_text("id");
  threat.title = table.required_text("title");
  if (const auto slsa = table.text("slsa")) {
    threat.slsa = slsa->text;
    if (slsa->text.size() != 1 || slsa->text < "A" || slsa->text > "I") {
      table.faults().add(slsa->position, "\"slsa\" is one of SLSA's threats, \"A\" to \"I\"");
    }
  }
  for (const auto& word : table.texts("surfaces").value_or(std::vector<PlacedText>())) {
    add_surface(word, table.faults(), threat.surfaces);
  }
  const auto known = answering_steps();
  for (const auto& step : table.texts("steps").value_or(std::vector<PlacedText>())) {
    if (std::ranges::find(known, step.text) == known.end()) {
      table.faults().add(step.position,
                         fmt::format("\"{}\" is no vetting step that answers threats{}",
                                     printable(step.text), suggestion(step.text, known)));
    }
    threat.steps.push_back(step.text);
  }
  if (const auto remains = table.text("remains")) threat.remains = remains->text;
  table.refuse_unknown_keys();
  return threat;
}

AcceptedRisk read_accepted(TableReader& table) {
  AcceptedRisk risk;
  if (const auto package = table.text("package")) {
    risk.package = Name::normalize(package->text);
    if (!Name::parse(package->text)) {
      table.faults().add(package->position,
                         fmt::format("\"{}\" is no package's name", printable(package->text)));
    }
  }
  if (const auto word = table.text("surface")) {
    std::set<SurfaceKind> surfaces;
    add_surface(*word, table.faults(), surfaces);
    if (!surfaces.empty()) risk.surface = *surfaces.begin();
    if (!risk.package) {
      table.faults().add(word->position, "a surface is accepted for one \"package\", which is not named");
    }
  }
  if (const auto threat = table.text("threat")) risk.threat = threat->text;
  if (risk.threat.empty() && !risk.surface) {
    table.faults().add(table.position(), "[[accepted]] names neither a \"threat\" nor a \"surface\"");
  }
  risk.reason = table.required_text("reason");
  risk.reviewer = table.required_text("reviewer");
  table.require("date");
  table.require("expires");
  risk.date = table.date("date").value_or(Date{});
  risk.expires = table.date("expires").value_or(Date{});
  table.refuse_unknown_keys();
  return risk;
}

// Calls `read` for each table under [[key]].
template <class Read>
void each_table(TableReader& root, std::string_view key, Faults& faults, Read read) {
  const auto* member = root.array(key);
  if (!member) return;
  for (const auto& element : *member->value.as<TomlArray>()) {
    const auto title = fmt::format("[[{}]]", key);
    if (const auto* members = element.as<TomlTable>()) {
      TableReader table(*members, element.position, title, faults);
      read(table);
    } else {
      faults.add(element.position, fmt::format("{} must be a table, not {}", title, kind_of(element)));
    }
  }
}

void read_model(const TomlTable& document, Faults& faults, ThreatModel& model) {
  TableReader root(document, {}, "the threat model", faults);
  model.assets = plain(root.texts("assets"));
  model.boundaries = plain(root.texts("trust-boundaries"));
  model.flows = plain(root.texts("flows"));
  std::set<std::string> ids;
  each_table(root, "threat", faults, [&](TableReader& table) {
    model.threats.push_back(read_threat(table));
    if (!ids.insert(model.threats.back().id).second) {
      faults.add(table.position(),
                 fmt::format("two threats are called \"{}\"", printable(model.threats.back().id)));
    }
  });
  each_table(root, "accepted", faults, [&](TableReader& table) {
    model.accepted.push_back(read_accepted(table));
    const auto& threat = model.accepted.back().threat;
    if (!threat.empty() && !ids.contains(threat)) {
      faults.add(table.position(),
                 fmt::format("no threat is called \"{}\"{}", printable(threat),
                             suggestion(threat, std::vector<std::string>(ids.begin(), ids.end()))));
    }
  });
  root.refuse_unknown_keys();
}

void read_review(const TomlTable& document, Faults& faults, ThreatReview& review) {
  TableReader root(document, {}, "the review of the threat model", faults);
  review.reviewer = root.required_text("reviewer");
  root.require("date");
  review.date = root.date("date").value_or(Date{});
  review.model = root.required_text("model");
  root.require("packages");
  if (const auto* packages = root.table("packages")) {
    for (const auto& [key, position, value] : *packages->value.as<TomlTable>()) {
      auto& surfaces = review.packages[Name::normalize(key)];
      const auto* list = value.as<TomlArray>();
      if (!list) {
        faults.add(position, fmt::format("\"{}\" must be a list of surfaces", printable(key)));
        continue;
      }
      for (const auto& element : *list) {
        const auto* word = element.as<std::string>();
        add_surface({word ? *word : "", element.position}, faults, surfaces);
      }
    }
  }
  root.refuse_unknown_keys();
}

// A document beside the set, read by `read`; nothing if it is not there.
template <class Value, class Read>
Result<std::optional<Value>> load(const std::filesystem::path& file, Read read) {
  const auto document = read_toml(file);
  if (!document && document.error().kind == ErrorKind::not_found) return std::nullopt;
  if (!document) return std::unexpected(document.error());
  Faults faults(file.string());
  Value value;
  read(*document, faults, value);
  ASSAY_CHECK(faults.first());
  return value;
}

}  // namespace

std::vector<Surface> ways_of(const Threat& threat, const std::vector<Surface>& found) {
  std::vector<Surface> ways;
  std::ranges::copy_if(found, std::back_inserter(ways), [&](const Surface& surface) {
    return threat.surfaces.contains(surface.kind);
  });
  return ways;
}

bool concerns(const Threat& threat, const std::vector<Surface>& found) {
  return threat.surfaces.empty() || !ways_of(threat, found).empty();
}

std::string answer_to(const Threat& threat, const std::set<std::string>& ran) {
  const auto step = std::ranges::find_if(
      threat.steps, [&](const std::string& one) { return ran.contains(one); });
  return step == threat.steps.end() ? "" : *step;
}

Result<std::optional<ThreatModel>> load_threat_model(const std::filesystem::path& folder) {
  const auto file = (folder / model_file).lexically_normal();
  ASSAY_TRY(auto model, load<ThreatModel>(file, read_model));
  if (!model) return std::nullopt;
  ASSAY_TRY(const auto text, read_file(file));
  model->digest = sha256(text).hex();
  return model;
}

Result<std::optional<ThreatReview>> load_threat_review(const std::filesystem::path& folder) {
  return load<ThreatReview>((folder / review_file).lexically_normal(), read_review);
}

Result<> save_threat_review(const std::filesystem::path& folder, const ThreatReview& review) {
  std::string text = "# What the threat model was last reviewed against, as `assay threat-model review` wrote it.\n";
  text += fmt::format("reviewer = {}\n", toml_string(review.reviewer));
  text += fmt::format("date = {}\nmodel = \"{}\"\n\n[packages]\n", format_date(review.date), review.model);
  for (const auto& [name, surfaces] : review.packages) {
    std::vector<std::string> words;
    for (const auto kind : surfaces) words.push_back(fmt::format("\"{}\"", to_string(kind)));
    text += fmt::format("{} = [{}]\n", name.str(), join(words, ", "));
  }
  return write_file(folder / review_file, text);
}

std::string threat_model_template() {
  return R"(# What this set is to be protected from, and how. `assay run` executes it: it finds the attack
# surfaces of each package and holds it unless each threat that concerns it, and each surface, is
# answered by a step that ran for that package, or by a risk that a person accepted. `assay threat-model
# show DIR` tells how it stands; `assay threat-model review DIR --reviewer NAME` records that somebody
# looked, which is due whenever a package, one of its surfaces, or a word of this file is new. Change
# it: nobody knows better than you what your set is for.

assets = [
  "the machines that install from this index, and the data on them",
  "the index: what it says is installed on all of them",
  "the key that signs releases",
]

trust-boundaries = [
  "upstream's index and its files: anyone may publish there",
  "the sandbox: code of packages runs inside it only, when it is built and tested",
  "the release: what is in it is trusted by every machine",
]

flows = [
  "index page -> hashes -> source distribution -> tree -> wheel -> release -> pip",
  "advisories (OSV) -> verdicts",
  "people -> dispositions, plans, this model -> verdicts",
]

# SLSA's threats, by their letters.

[[threat]]
id = "malicious-source"
title = "The authors, or who took their account, put harmful code into the source"
slsa = "A"
surfaces = ["network", "subprocess", "dynamic-code", "deserialisation"]
steps = ["weaknesses", "secrets", "tests", "advisories"]
remains = "Code that harms only where it is used is not recognised as such: examination is by rules."

[[threat]]
id = "changed-source-repository"
title = "The source differs from what upstream reviewed"
slsa = "B"
steps = ["hashes", "review"]
remains = "A source distribution is not compared with the repository's commit."

[[threat]]
id = "modified-build-source"
title = "What is built is not what was examined"
slsa = "C"
steps = ["hashes", "build-sandbox"]

[[threat]]
id = "install-time-code"
title = "Code that runs when a package is built or installed"
slsa = "E"
surfaces = ["install-time-code"]
steps = ["build-sandbox"]
remains = "It runs here, in the sandbox, and can shape the wheel; no machine that installs runs it."

[[threat]]
id = "poisoned-dependency"
title = "A build tool or a dependency is harmful or vulnerable"
slsa = "D"
steps = ["hashes", "advisories", "closed-set"]
remains = "Build tools come as upstream's wheels, by hash; they are not built from source."

[[threat]]
id = "forged-artifact"
title = "A file that did not come out of this build is published as if it had"
slsa = "F"
steps = ["signature"]

[[threat]]
id = "tampered-registry"
title = "Upstream's index, or the way to it, serves other files"
slsa = "G"
steps = ["hashes"]
remains = "The hashes come from the same index; upstream signs nothing here."

[[threat]]
id = "wrong-package"
title = "Dependency confusion and typosquatting: a name leads to another project"
slsa = "H"
steps = ["resolution", "closed-set", "review"]
remains = "Whether a requirement is spelled right is for the review of the set file."

[[threat]]
id = "changed-release"
title = "The published index is changed, or pip is led elsewhere"
slsa = "I"
steps = ["signature", "closed-set"]

# The index's own.

[[threat]]
id = "native-code"
title = "Compiled code that no rule reads, with flaws of memory safety"
surfaces = ["native-code"]
steps = ["build-sandbox", "tests", "advisories"]
remains = "It is built here from its source and tried, not analysed."

[[threat]]
id = "startup-code"
title = "Code that runs whenever Python starts, wanted or not"
surfaces = ["startup-hook"]
steps = []
remains = "Nothing answers it but a person: accept it for the package that needs it."

[[threat]]
id = "host-libraries"
title = "A wheel needs a shared library of whatever machine installs it, which nobody vetted"
surfaces = ["host-library"]
steps = []
remains = "Nothing answers it but a person: accept it where every machine has that library, and keeps it."

[[threat]]
id = "commands"
title = "Commands and plug-ins that others start"
surfaces = ["entry-point"]
steps = ["tests", "weaknesses"]

[[threat]]
id = "stolen-credentials"
title = "Keys and tokens that were published by mistake, or are planted"
steps = ["secrets"]
remains = "Private keys are found; passwords and tokens not yet."

[[threat]]
id = "vendored-flaws"
title = "A copy of another project inside a package, with that project's flaws"
steps = ["copied-code", "vendor-claims"]
remains = "A copy that its package tells nobody of is found among releases that were made known with `assay origins add`; without any, not at all."

[[threat]]
id = "poisoned-tests"
title = "Tests that attack whoever runs them, or that lie about the result"
steps = ["tests", "build-sandbox"]
remains = "A test run is the package's word about itself; it is never the only reason for a yes."

# A surface of one package that no step answers is accepted like this; a threat as a whole with
# `threat = "startup-code"` in place of the surface, and for every package if none is named:
# [[accepted]]
# package = "example"
# surface = "startup-hook"
# reason = "It sets up coverage in child processes; its one line was read."
# reviewer = "Ada Example"
# date = 2026-01-01
# expires = 2026-07-01
)";
}

}  // namespace assay
