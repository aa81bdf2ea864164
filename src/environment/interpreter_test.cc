#include "environment/interpreter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/digest.h"
#include "io/subprocess.h"

namespace assay {

namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

}  // namespace

TEST(Interpreter, HostIsKnownAsItKnowsItself) {
  const auto found = find_interpreter("host");
  ASSERT_TRUE(found) << found.error().message;
  Command question;
  question.argv = {found->executable.string(), "-I", "-c",
                   "import platform, sys; print(platform.python_version(), sys.platform)"};
  const auto answer = run_command(question);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->out, found->full_version + " " + found->markers.at("sys_platform") + "\n");
  EXPECT_THAT(found->full_version, StartsWith(found->version + "."));
  EXPECT_EQ(found->markers.at("python_version"), found->version);
  EXPECT_EQ(found->markers.size(), 11U);  // PEP 508 names them
  EXPECT_EQ(found->tag_facts.platform, host_platform());
  ASSERT_FALSE(found->tags.empty());
  EXPECT_THAT(found->tags.front().interpreter, StartsWith("cp3"));
  EXPECT_TRUE(Digest::parse(found->fingerprint));
}

TEST(Interpreter, IsTheSameByItsVersion) {
  const auto host = find_interpreter("host");
  ASSERT_TRUE(host);
  const auto named = find_interpreter(host->version);
  ASSERT_TRUE(named) << named.error().message;
  EXPECT_EQ(named->version, host->version);
  const auto again = find_interpreter(host->version);
  ASSERT_TRUE(again);
  EXPECT_EQ(named->fingerprint, again->fingerprint);
}

TEST(Interpreter, RootsAreOutsideUsrAndHoldTheExecutable) {
  const auto host = find_interpreter("host");
  ASSERT_TRUE(host);
  bool held = host->executable.string().starts_with("/usr/");
  for (const auto& root : host->roots) {
    EXPECT_FALSE(root.string().starts_with("/usr/"));
    held = held || host->executable.string().starts_with(root.string() + "/");
  }
  EXPECT_TRUE(held);
}

TEST(Interpreter, MissingVersionSaysWhatIsThere) {
  const auto host = find_interpreter("host");
  ASSERT_TRUE(host);
  const auto missing = find_interpreter("3.99");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
  EXPECT_THAT(missing.error().message,
              AllOf(HasSubstr("no Python 3.99"), HasSubstr("there are: 3.")));
}

TEST(Interpreter, WhatIsNoVersionIsRefused) {
  for (const char* text : {"", "3", "2.7", "3.x", "3.11.2", "../../bin/sh", "3.1 1"}) {
    const auto refused = find_interpreter(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().kind, ErrorKind::invalid_input) << text;
  }
}

TEST(Host, IsNamedByDigests) {
  EXPECT_THAT(host_platform(), StartsWith("linux-"));
  EXPECT_TRUE(Digest::parse(host_fingerprint()));
  EXPECT_EQ(host_fingerprint(), host_fingerprint());
}

}  // namespace assay
