#pragma once
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/digest.h"
#include "build/strip_tests.h"
#include "copies/copies.h"
#include "environment/virtual_environment.h"
#include "evidence/finding.h"
#include "evidence/capability.h"
#include "evidence/surface.h"
#include "evidence/test_report.h"
#include "package/index_file.h"
#include "package/metadata.h"
#include "package/name.h"
#include "package/version.h"
#include "resolve/newer.h"

namespace assay {

// A package that is used to build or test others, as a wheel from upstream; never published.
struct ToolWheel {
  Name name;
  Version version;
  WheelFile wheel;
};

// What came of building a package for one interpreter.
struct BuiltWheel {
  std::string failure;            // "" if there is a wheel
  WheelFile wheel;
  std::string log;                // digest of what the build printed
  std::vector<ToolWheel> tools;   // what it was built with
  bool reused = false;            // built for another interpreter, and fit for this one
  std::optional<WheelFile> unstripped;   // as it was built, where test code was taken out
  std::vector<StrippedFile> stripped;
  bool closure_checked = false;          // what it asks for was held against the set
};

struct TriedTests {
  TestReport report;
  std::vector<ToolWheel> tools;  // pytest and what else came from upstream
};

// A patch that was applied to a package's source.
struct AppliedPatch {
  std::string file;
  Digest digest;  // of its text
  std::size_t moved = 0;  // hunks that were carried to where their lines stand in this version
};

// A package of the set that another one needs.
struct Dependency {
  Name name;
  Version version;
  friend auto operator<=>(const Dependency&, const Dependency&) = default;
};

// One version of one package of the set, and all that the stages learn of it. Each stage fills its
// part; a package of which `stopped` is true is passed over by the later ones.
struct SelectedPackage {
  Name name;
  Version version;
  IndexFile source;                          // its source distribution
  std::set<std::string> extras;              // asked for
  std::map<std::string, std::vector<Dependency>> dependencies;  // by interpreter, within the set
  std::set<std::string> beside;  // interpreters for which it is kept beside the version that is installed
  std::string difference;        // why it can't be the same version for all interpreters
  std::vector<Asker> askers;                 // who asks for it, and how
  std::vector<NotTaken> newer;               // why no newer version was taken

  std::optional<Digest> tree;                // its source, unpacked and patched
  std::optional<Digest> unpatched;           // as upstream has it, where it was patched
  std::vector<AppliedPatch> patches;
  std::vector<Finding> findings;
  std::vector<std::string> gates_run;
  std::vector<Copy> copies;                  // of other projects' code
  std::vector<Surface> surfaces;             // of its source and its wheels
  std::vector<CapabilityUse> capabilities;   // the same, told more finely
  bool surfaces_found = false;               // both were looked at
  std::map<std::string, BuiltWheel> wheels;  // by interpreter
  std::map<std::string, TriedTests> tests;   // by interpreter
  std::string refusal;  // the package's own fault, in a sentence
  std::string error;    // why a stage could not be done for it, in a sentence
  bool spared = false;  // policy refuses it whatever a build or a test would say

  bool stopped() const { return !refusal.empty() || !error.empty() || spared; }
  std::string title() const { return name.str() + " " + version.str(); }
  // Whether the set holds it for this interpreter.
  bool chosen_for(const std::string& python) const { return dependencies.contains(python); }
  bool needs(const SelectedPackage& other, const std::string& python) const {
    const auto found = dependencies.find(python);
    return found != dependencies.end() &&
           std::ranges::find(found->second, Dependency{other.name, other.version}) != found->second.end();
  }
};

using Selection = std::vector<SelectedPackage>;  // sorted by name, then version

}  // namespace assay
