#include "evidence/capability.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace assay {
namespace {

TEST(Capability, EachHasAWordOfItsOwn) {
  const auto words = capabilities();
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto capability = parse_capability(words[i]);
    ASSERT_TRUE(capability) << words[i];
    EXPECT_EQ(static_cast<std::size_t>(*capability), i);
    EXPECT_EQ(to_string(*capability), words[i]);
  }
  EXPECT_EQ(to_string(Capability::unread), "unread");
  EXPECT_FALSE(parse_capability("Listens"));
}

TEST(Capability, AThreatModelsWordsKeepTheirMeaning) {
  for (const auto capability : {Capability::listens, Capability::connects, Capability::resolves}) {
    EXPECT_EQ(surface_of(capability), SurfaceKind::network);
  }
  EXPECT_EQ(surface_of(Capability::spawns), SurfaceKind::subprocess);
  EXPECT_EQ(surface_of(Capability::loads_modules), SurfaceKind::dynamic_code);
  // What was never asked for makes no review due.
  EXPECT_EQ(surface_of(Capability::crypto), std::nullopt);
  EXPECT_EQ(surface_of(Capability::writes_outside), std::nullopt);
}

TEST(Capability, IsReadAsItWasWritten) {
  PackageSurfaces found;
  found.surfaces.push_back({SurfaceKind::network, 1, {"a.py:3: socket"}});
  found.capabilities.push_back(
      {Capability::listens, 9, {{"a.py", 3, "socket.socket().bind", "main", {"command a", "a:main"}}}});
  const auto read = package_surfaces_from_json(to_json(found));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(to_json(*read), to_json(found));
  EXPECT_EQ(read->capabilities[0].count, 9U);
  EXPECT_EQ(words_of(read->capabilities[0].places[0]), "command a → a:main → socket.socket().bind (a.py:3)");
  for (const char* text : {"[]", "{}", R"({"surfaces": [], "capabilities": [{}]})",
                           R"({"surfaces": [1], "capabilities": []})"}) {
    EXPECT_FALSE(package_surfaces_from_json(parse_json(text).value())) << text;
  }
}

TEST(Capability, APlaceSteersNoTerminal) {
  const CapabilityPlace place{"a\x1b.py", 0, "b\n", "", {"c\r"}};
  EXPECT_EQ(words_of(place), "c\\x0d → b\\x0a (a\\x1b.py)");
}

}  // namespace
}  // namespace assay
