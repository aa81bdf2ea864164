#include "python/symbols.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

constexpr std::string_view source = R"(import os
URL = "x"

class Session(Base):
    """Doc."""
    limit = 1

    @property
    def get(self,
            url):
        def inner():
            return 1
        return inner

    async def send(self): return 2

    text = """
def no(): pass
"""

if os.name:
    def at_times():
        pass
"a".join(x)
)";

TEST(Symbols, AreTheDefinitionsALineLiesIn) {
  const SymbolIndex symbols(python::parse(source));
  const std::vector<std::string> expected = {
      "", "", "",                                                        // 1 to 3
      "Session", "Session", "Session", "Session", "Session",             // 4 to 8
      "Session.get", "Session.get", "Session.get.inner", "Session.get.inner", "Session.get",
      "Session.get", "Session.send", "Session.send",                     // 14 to 16
      "Session", "Session", "Session", "Session",                        // 17 to 20
      "", "at_times", "at_times", ""};
  std::size_t end = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    end = source.find('\n', i == 0 ? 0 : end + 1);
    ASSERT_NE(end, source.npos);
    EXPECT_EQ(symbols.at(end), expected[i]) << "line " << i + 1;
  }
  EXPECT_EQ(symbols.at(source.size() + 4'000'000'000), "");
}

TEST(Symbols, WhatIsNoPythonEnds) {
  for (const char* text : {"", "def", "class", "def\n", "async def", "async", "def (", "class 1", "\tdef\n  def a",
                           "def a(:\n\"\"\""}) {
    static_cast<void>(SymbolIndex(python::parse(text)).at(0));
  }
  std::string deep;
  for (std::size_t i = 0; i < 3000; ++i) deep += std::string(i, ' ') + "def f():\n";
  EXPECT_LT(SymbolIndex(python::parse(deep)).at(deep.size()).size(), 200U);
}

}  // namespace
}  // namespace assay
