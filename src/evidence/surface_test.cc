#include "evidence/surface.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace assay {
namespace {

TEST(Surface, EveryKindHasAWordOfItsOwn) {
  const auto words = surface_kinds();
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto kind = parse_surface_kind(words[i]);
    ASSERT_TRUE(kind) << words[i];
    EXPECT_EQ(static_cast<std::size_t>(*kind), i);
    EXPECT_EQ(to_string(*kind), words[i]);
  }
  EXPECT_EQ(to_string(SurfaceKind::host_library), "host-library");
  EXPECT_FALSE(parse_surface_kind("Network"));
}

TEST(Surface, IsReadAsItWasWritten) {
  const Surface surface{SurfaceKind::network, 7, {"a.py:1: socket"}};
  const auto read = surface_from_json(to_json(surface));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->kind, surface.kind);
  EXPECT_EQ(read->count, surface.count);
  EXPECT_EQ(read->places, surface.places);
}

TEST(Surface, WhatIsNoneIsSaid) {
  for (const char* text : {"[]", "{}", R"({"kind": "weather", "count": 1, "places": []})",
                           R"({"kind": "network", "count": -1, "places": []})",
                           R"({"kind": "network", "count": 1, "places": [1]})"}) {
    EXPECT_FALSE(surface_from_json(parse_json(text).value())) << text;
  }
}

}  // namespace
}  // namespace assay
