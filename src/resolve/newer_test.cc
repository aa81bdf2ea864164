#include "resolve/newer.h"

#include <gtest/gtest.h>

#include "resolve/table_source.h"

namespace assay {
namespace {

std::string told(const std::vector<NotTaken>& newer) {
  std::string text;
  for (const auto& [version, reason] : newer) text += version.str() + ": " + reason + "\n";
  return text;
}

TEST(NewerNotTaken, HasAReasonForEachNewestFirst) {
  const Name name = Name::normalize("demo");
  TableSource source;
  for (const char* version : {"1.0", "1.1", "1.2", "4.0"}) source.add("demo", version);
  source.add("demo", "1.3rc1");
  source.add("demo", "1.4", TableSource::Release{.requires_dist = {}, .yanked = "wrong files"});
  source.add("demo", "1.5", TableSource::Release{.requires_dist = {}, .sdist = false});
  source.add("demo", "1.6", TableSource::Release{.requires_dist = {}, .index_requires_python = ">=3.99"});
  ResolutionRequest request;
  request.python = Version::parse("3.11.2").value();
  request.left_out[name][Version::parse("1.2").value()] = "CVSS 9.8: EXAMPLE-1";
  const std::vector<Asker> askers = {{"the set", Requirement::parse("demo<3").value()}};
  EXPECT_EQ(told(newer_not_taken(name, Version::parse("1.0").value(), source.files(name).value(),
                                 request, askers)),
            "4.0: the set asks for demo<3\n"
            "1.6: needs Python >=3.99 (this is 3.11.2)\n"
            "1.5: has no source distribution\n"
            "1.4: yanked: wrong files\n"
            "1.3rc1: a pre-release, and nobody asks for one\n"
            "1.2: CVSS 9.8: EXAMPLE-1\n"
            "1.1: does not agree with the rest of the set\n");
  EXPECT_EQ(told(newer_not_taken(name, Version::parse("4.0").value(), source.files(name).value(),
                                 request, askers)),
            "");
}

TEST(NewerNotTaken, LeftOutVersionsAreNoCandidates) {
  const Name name = Name::normalize("demo");
  TableSource source;
  source.add("demo", "1.0");
  source.add("demo", "2.0");
  ResolutionRequest request;
  request.python = Version::parse("3.11.2").value();
  request.requirements = {Requirement::parse("demo").value()};
  request.left_out[name][Version::parse("2.0").value()] = "it does not build";
  EXPECT_EQ(resolve(request, source).value().packages.at(0).version.str(), "1.0");
  request.left_out[name][Version::parse("1.0").value()] = "refused";
  const auto none = resolve(request, source);
  ASSERT_FALSE(none);
  EXPECT_TRUE(none.error().message.contains("it does not build")) << none.error().message;
}

}  // namespace
}  // namespace assay
