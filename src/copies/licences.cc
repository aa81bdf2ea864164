#include "copies/licences.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace assay {

namespace {

enum class Family { unknown, permissive, copyleft };

struct KnownLicence {
  std::string_view id;  // SPDX
  Family family;
  std::array<std::string_view, 5> spellings;  // lower case, what metadata has instead of the id
};

constexpr std::array known_licences{
    KnownLicence{"MIT", Family::permissive, {"mit", "mit license", "the mit license", "expat"}},
    KnownLicence{"Apache-2.0",
                 Family::permissive,
                 {"apache-2.0", "apache 2.0", "apache license 2.0", "apache software license",
                  "apache license, version 2.0"}},
    KnownLicence{"BSD-3-Clause",
                 Family::permissive,
                 {"bsd-3-clause", "bsd 3-clause", "new bsd", "3-clause bsd license"}},
    KnownLicence{"BSD-2-Clause",
                 Family::permissive,
                 {"bsd-2-clause", "bsd 2-clause", "simplified bsd", "2-clause bsd license"}},
    KnownLicence{"BSD", Family::permissive, {"bsd", "bsd license"}},
    KnownLicence{"ISC", Family::permissive, {"isc", "isc license", "isc license (iscl)"}},
    KnownLicence{
        "PSF-2.0", Family::permissive, {"psf-2.0", "psf", "python software foundation license"}},
    KnownLicence{"MPL-2.0",
                 Family::copyleft,
                 {"mpl-2.0", "mpl 2.0", "mozilla public license 2.0 (mpl 2.0)"}},
    KnownLicence{"LGPL", Family::copyleft, {"lgpl"}},
    KnownLicence{"AGPL", Family::copyleft, {"agpl", "gnu affero general public license"}},
    KnownLicence{"GPL", Family::copyleft, {"gpl", "gnu general public license"}},
};

// The GNU licences come in versions and with "or later", in many spellings.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> gnu_words{
    {{"lgpl", "lgpl"},
     {"lesser general public", "lgpl"},
     {"agpl", "agpl"},
     {"affero", "agpl"},
     {"gpl", "gpl"},
     {"gnu general public", "gpl"}}};

constexpr KnownLicence unknown_licence{"", Family::unknown, {}};

const KnownLicence& licence_named(std::string_view text) {
  const auto wanted = lower(trim(text));
  for (const auto& licence : known_licences) {
    for (const auto& spelling : licence.spellings) {
      if (!spelling.empty() && wanted == spelling) return licence;
    }
  }
  for (const auto& [word, id] : gnu_words) {
    if (wanted.contains(word)) return licence_named(id);
  }
  return unknown_licence;
}

}  // namespace

std::string stated_licence(const Metadata& metadata) {
  if (!metadata.license_expression.empty()) return metadata.license_expression;
  constexpr std::string_view classifier = "License :: OSI Approved :: ";
  for (const auto& text : metadata.classifiers) {
    if (text.starts_with(classifier)) return text.substr(classifier.size());
  }
  return metadata.license.empty() ? ""
                                  : std::string(lines(metadata.license).front().substr(0, 100));
}

std::string compare_licences(std::string_view of_copy, std::string_view of_package) {
  if (of_copy.empty()) {
    return "its licence is not stated, so nothing allows the copy that is known here";
  }
  const auto both = fmt::format("its licence is {}, this package's {}", of_copy,
                                of_package.empty() ? "is not stated" : of_package);
  const auto& copied = licence_named(of_copy);
  const auto& own = licence_named(of_package);
  if (copied.family == Family::unknown) return both + "; a person has to compare them";
  if (copied.family == Family::permissive) {
    return both + (copied.id == own.id ? ", the same" : "") +
           "; its notice must stay with the copy";
  }
  if (copied.id == own.id) return both + "; both are copyleft, their versions must agree";
  return both + "; that is copyleft: a person has to see whether it allows this";
}

}  // namespace assay
