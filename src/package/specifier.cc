#include "package/specifier.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "package/clause_scan.h"
#include "package/white_space.h"

namespace assay {

namespace {

// The release of `version`, filled with zeros, begins with the first `length` numbers of `prefix`.
bool has_prefix(const Version& version, const Version& prefix, std::size_t length) {
  static const Version::Number zero = "0";
  const auto& numbers = version.release();
  for (std::size_t i = 0; i < length; ++i) {
    if ((i < numbers.size() ? numbers[i] : zero) != prefix.release()[i]) return false;
  }
  return version.epoch() == prefix.epoch();
}

bool same_release(const Version& a, const Version& b) {
  const bool a_shorter = a.release().size() < b.release().size();
  const auto& longer = a_shorter ? b : a;
  return has_prefix(a_shorter ? a : b, longer, longer.release().size());
}

}  // namespace

Result<Specifier> Specifier::parse(std::string_view text) {
  const auto trimmed = trim_white_space(text);
  const auto scanned = scan_clause(trimmed);
  if (!scanned || scanned->end != trimmed.size()) {
    return fail(ErrorKind::invalid_input,
                fmt::format("not a version specifier: \"{}\"", printable(text.substr(0, 100))));
  }
  Specifier specifier;
  specifier.op_ = scanned->op;
  specifier.kind_ = operator_of(scanned->op);
  specifier.text_ = scanned->version;
  specifier.wildcard_ = scanned->wildcard;
  if (specifier.wildcard_) specifier.text_ += ".*";
  auto version = Version::parse(scanned->version);
  if (version) {
    specifier.version_ = *std::move(version);
  } else if (scanned->op != "===") {
    return std::unexpected(version.error());
  }
  return specifier;
}

// A version of the same final release, or of the same numbered pre-release.
bool Specifier::is_within_release(const Version& version) const {
  return version.pre_ == version_.pre_ && same_release(version, version_);
}

bool Specifier::matches(const Version& version) const {
  using enum Operator;
  switch (kind_) {
    case same_text: return lower(version.str()) == lower(text_);
    case equal: return equals(version);
    case unequal: return !equals(version);
    default: break;
  }
  const auto order = version.compare_public(version_);
  switch (kind_) {
    case compatible: return order >= 0 && has_prefix(version, version_, version_.release().size() - 1);
    case at_most: return order <= 0;
    case at_least: return order >= 0;
    case above: {
      // ">1.0" leaves out 1.0's own post-releases; ">1.0.post1" names one itself.
      const bool names_one = version_.is_postrelease() || version_.is_devrelease();
      return order > 0 && (names_one || !is_within_release(version));
    }
    default: break;
  }
  // "<1.0" leaves out 1.0's own pre-releases, "<1.0.post1" those of that post-release.
  if (order >= 0 || version_.is_prerelease() || !version.is_prerelease()) return order < 0;
  Version first_prerelease = version_;
  first_prerelease.dev_ = "0";
  return version < first_prerelease;
}

bool Specifier::equals(const Version& version) const {
  if (wildcard_) return has_prefix(version, version_, version_.release().size());
  if (version_.local_.empty()) return version.compare_public(version_) == 0;
  return version == version_;
}

Specifier::Operator Specifier::operator_of(std::string_view op) {
  using enum Operator;
  constexpr std::pair<std::string_view, Operator> all[] = {
      {"===", same_text}, {"==", equal},    {"!=", unequal}, {"~=", compatible},
      {"<=", at_most},    {">=", at_least}, {">", above},    {"<", below}};
  return std::ranges::find(all, op, [](const auto& one) { return one.first; })->second;
}

bool Specifier::matches_text(std::string_view text) const {
  if (op_ == "===") return lower(text) == lower(text_);
  const auto version = Version::parse(text);
  return version && matches(*version);
}

bool Specifier::admits_prereleases() const { return op_ != "!=" && version_.is_prerelease(); }

std::string Specifier::canonical() const {
  if (op_ == "===" || wildcard_) return str();
  Version version = version_;
  // ~=1.0 and ~=1.0.0 differ in meaning.
  while (op_ != "~=" && version.release_.size() > 1 && version.release_.back() == "0") {
    version.release_.pop_back();
  }
  return op_ + version.str();
}

Result<SpecifierSet> SpecifierSet::parse(std::string_view text) {
  SpecifierSet set;
  for (const auto part : split(text, ',')) {
    if (trim_white_space(part).empty()) continue;
    ASSAY_TRY(auto clause, Specifier::parse(part));
    set.clauses_.push_back(std::move(clause));
  }
  return set;
}

bool SpecifierSet::contains(const Version& version, std::optional<bool> prereleases) const {
  if (prereleases == false && version.is_prerelease()) return false;
  return std::ranges::all_of(clauses_,
                             [&](const Specifier& clause) { return clause.matches(version); });
}

bool SpecifierSet::contains_text(std::string_view text, std::optional<bool> prereleases) const {
  if (prereleases == false) {
    const auto version = Version::parse(text);
    if (version && version->is_prerelease()) return false;
  }
  return std::ranges::all_of(clauses_,
                             [&](const Specifier& clause) { return clause.matches_text(text); });
}

bool SpecifierSet::admits_prereleases() const {
  return std::ranges::any_of(clauses_, &Specifier::admits_prereleases);
}

bool SpecifierSet::is_pin() const {
  return std::ranges::any_of(clauses_, [](const Specifier& clause) {
    return clause.op() == "===" || (clause.op() == "==" && !clause.version_text().ends_with(".*"));
  });
}

std::string SpecifierSet::str() const {
  std::vector<const Specifier*> sorted;
  for (const auto& clause : clauses_) sorted.push_back(&clause);
  std::ranges::stable_sort(sorted, {}, [](const Specifier* clause) { return clause->str(); });
  std::set<std::string> seen;
  std::vector<std::string> texts;
  for (const auto* clause : sorted) {
    if (seen.insert(clause->canonical()).second) texts.push_back(clause->str());
  }
  return join(texts, ",");
}

}  // namespace assay
