#include "examine/reach/native_reach.h"

#include <gtest/gtest.h>

#include "examine/pattern_engine.h"
#include "examine/reach/capability_table.h"
#include "io/files.h"

namespace assay {
namespace {

std::string told(std::string_view path, std::string_view source) {
  static const auto engine = PatternEngine::compile({native_marks()}).value();
  const auto scratch = engine.make_scratch().value();
  const auto hits = engine.scan(source, scratch).value();
  const ExaminedFile file{path, source, PathRole::shipped};
  std::string text;
  for (const auto& hit : native_source_reach(file, hits[0].hits)) {
    text += std::to_string(hit.line) + " " + std::string(to_string(hit.capability)) + " " + hit.what + "\n";
  }
  return text;
}

TEST(NativeReach, ToldAreCallsOfFunctions) {
  EXPECT_EQ(told("a.c", "int f() {\n  return system (\"ls\");\n}"), "2 spawns system\n");
  EXPECT_EQ(told("a.cpp", "x = ::popen(c, \"r\");\nif (dlopen(p, 0)) {}"), "1 spawns popen\n2 loads-native-code dlopen\n");
  EXPECT_EQ(told("a.pyx", "cdef f():\n    getaddrinfo(a, b)\n"), "2 resolves getaddrinfo\n");
  EXPECT_EQ(told("a.rs", "let l = TcpListener::bind(a);\nstd::process::Command::new(\"ls\")"),
            "1 listens TcpListener::bind\n2 spawns std::process::Command::new\n");
}

TEST(NativeReach, OrdinaryWordsCountBesideSocketsOnly) {
  EXPECT_EQ(told("a.c", "#include <sys/socket.h>\nx = connect(s, a, n);"), "2 connects connect\n");
  EXPECT_EQ(told("a.c", "x = connect(s, a, n);"), "");
}

TEST(NativeReach, WhatIsNoCallDoesNotCount) {
  EXPECT_EQ(told("a.cpp", "// system(x)\n/* fork() */ s = \"popen(\";\nos.system(1); p->fork(); std::system::popen(1);\n"
                          "int system(const char *);\nvoid *dlopen(const char*, int);"),
            "");
}

TEST(NativeReach, CompiledFilesTellWhatTheyTakeFromOthers) {
  const auto hits = compiled_reach("a.so", read_file("/proc/self/exe").value());
  EXPECT_FALSE(hits.empty());
  bool resolves = false;
  for (const auto& hit : hits) resolves = resolves || hit.what == "getaddrinfo";
  EXPECT_TRUE(resolves) << "the tests' HTTP server asks for addresses";
  EXPECT_EQ(compiled_reach("a.so", "\x7f" "ELF").at(0).capability, Capability::unread);
  EXPECT_EQ(compiled_reach("a.dll", "MZ").at(0).capability, Capability::unread);
}

}  // namespace
}  // namespace assay
