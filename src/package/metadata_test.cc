#include "package/metadata.h"

#include <gmock/gmock.h>

#include "base/text.h"

namespace assay {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view flask = R"(Metadata-Version: 2.4
Name: Flask.Ext
Version: 3.0.2
Summary: A simple framework
 for web applications.
License-Expression: BSD-3-Clause
License-File: LICENSE.txt
License-File: docs/license.rst
Classifier: Framework :: Flask
Classifier: Private :: Do Not Upload
Requires-Python: >=3.8
Requires-Dist: Werkzeug>=3.0.0
Requires-Dist: importlib-metadata>=3.6.0; python_version < '3.10'
requires-dist: asgiref>=3.2 ; extra == "async"
Provides-Extra: async
Provides-Extra: Dot_Env
Dynamic: Requires-Dist

# The description

Requires-Dist: not-a-requirement
)";

TEST(Metadata, ReadsWhatResolutionAndLicencesNeed) {
  const auto metadata = Metadata::parse(flask);
  ASSERT_TRUE(metadata) << metadata.error().message;
  EXPECT_EQ(metadata->metadata_version, "2.4");
  EXPECT_EQ(metadata->name.str(), "flask-ext");
  EXPECT_EQ(metadata->written_name, "Flask.Ext");
  EXPECT_EQ(metadata->version.str(), "3.0.2");
  EXPECT_EQ(metadata->summary, "A simple framework for web applications.");
  EXPECT_EQ(metadata->license_expression, "BSD-3-Clause");
  EXPECT_THAT(metadata->license_files, ElementsAre("LICENSE.txt", "docs/license.rst"));
  EXPECT_THAT(metadata->classifiers, ElementsAre("Framework :: Flask", "Private :: Do Not Upload"));
  EXPECT_EQ(metadata->requires_python.str(), ">=3.8");
  ASSERT_EQ(metadata->requires_dist.size(), 3U);
  EXPECT_EQ(metadata->requires_dist[2].name.str(), "asgiref");
  EXPECT_THAT(metadata->provides_extra, ElementsAre("async", "dot-env"));
  EXPECT_THAT(metadata->dynamic, ElementsAre("requires-dist"));
}

TEST(Metadata, ReadsTheOldestVersionAndAFoldedLicence) {
  const auto metadata = Metadata::parse(
      "Metadata-Version: 1.0\r\nName: old\r\nVersion: 0.1\r\nLicense: MIT\r\n"
      "        Permission is granted\r\n        free of charge\r\nPlatform: UNKNOWN\r\n");
  ASSERT_TRUE(metadata) << metadata.error().message;
  EXPECT_EQ(metadata->license, "MIT\nPermission is granted\nfree of charge");
  EXPECT_THAT(metadata->requires_dist, IsEmpty());
  EXPECT_TRUE(metadata->requires_python.empty());
}

TEST(Metadata, UnfoldsARequirement) {
  const auto metadata =
      Metadata::parse("Name: a\nVersion: 1\nRequires-Dist: b\n   >=2,\n\t<3\n");
  ASSERT_TRUE(metadata) << metadata.error().message;
  EXPECT_EQ(metadata->requires_dist.at(0).str(), "b<3,>=2");
}

TEST(Metadata, SeesARequirementBehindALoneCarriageReturn) {
  const auto metadata =
      Metadata::parse("Name: a\nVersion: 1\nSummary: x\rRequires-Dist: b\n");
  ASSERT_TRUE(metadata) << metadata.error().message;
  EXPECT_EQ(metadata->requires_dist.size(), 1U);
}

std::string error_of(std::string_view text) {
  const auto metadata = Metadata::parse(text);
  EXPECT_FALSE(metadata) << text.substr(0, 200);
  if (metadata) return "";
  EXPECT_EQ(metadata.error().kind, ErrorKind::invalid_input);
  return metadata.error().message;
}

TEST(Metadata, NeverDropsAConstraintItCannotRead) {
  const std::string start = "Metadata-Version: 2.1\nName: a\nVersion: 1\n";
  EXPECT_THAT(error_of(start + "Requires-Dist: b >> 1\n"), HasSubstr("Requires-Dist"));
  EXPECT_THAT(error_of(start + "Requires-Dist: \n"), HasSubstr("Requires-Dist"));
  EXPECT_THAT(error_of(start + "Requires-Dist: b; python_version ~~ '3'\n"),
              HasSubstr("Requires-Dist"));
  EXPECT_THAT(error_of(start + "Requires-Python: three\n"), HasSubstr("Requires-Python"));
  EXPECT_THAT(error_of(start + "Requires-Python: >=3\nRequires-Python: <3\n"), HasSubstr("once"));
  EXPECT_THAT(error_of(start + "License: MIT\nnot indented\nRequires-Dist: b\n"),
              HasSubstr("not indented"));
}

TEST(Metadata, NeedsNameAndVersion) {
  EXPECT_THAT(error_of(""), HasSubstr("Name"));
  EXPECT_THAT(error_of("Name: a\n"), HasSubstr("Version"));
  EXPECT_THAT(error_of("Name: -a-\nVersion: 1\n"), HasSubstr("Name"));
  EXPECT_THAT(error_of("Name: a\nVersion: one\n"), HasSubstr("Version"));
  EXPECT_THAT(error_of("Name: a\nName: b\nVersion: 1\n"), HasSubstr("more than once"));
  EXPECT_THAT(error_of(" Name: a\n"), HasSubstr("continuation"));
}

TEST(Metadata, KnowsItsOwnVersions) {
  EXPECT_TRUE(Metadata::parse("Metadata-Version: 2.0\nName: a\nVersion: 1\n"));
  EXPECT_TRUE(Metadata::parse("Metadata-Version: 2.9\nName: a\nVersion: 1\n"));
  EXPECT_THAT(error_of("Metadata-Version: 3.0\nName: a\nVersion: 1\n"), HasSubstr("3.0"));
  EXPECT_THAT(error_of("Metadata-Version: two\nName: a\nVersion: 1\n"), HasSubstr("two"));
}

TEST(Metadata, IsUtf8WhateverThePackageHolds) {
  const auto metadata = Metadata::parse("Name: a\nVersion: 1\nSummary: caf\xE9\nLicense: \xFF\n");
  ASSERT_TRUE(metadata);
  EXPECT_EQ(metadata->summary, "caf\\xe9");
  EXPECT_TRUE(is_utf8(metadata->license));
}

TEST(Metadata, BoundsWhatItReads) {
  const std::string start = "Name: a\nVersion: 1\n";
  std::string many = start;
  for (int i = 0; i < 60'000; ++i) many += "Classifier: x\n";
  EXPECT_THAT(error_of(many), HasSubstr("too many"));
  EXPECT_THAT(error_of(start + "Requires-Dist: b" + std::string(100'000, ' ') + ">1\n"),
              HasSubstr("too long"));
  EXPECT_THAT(error_of(start + "\n" + std::string(20U << 20U, 'x')), HasSubstr("too long"));
}

}  // namespace
}  // namespace assay
