#include "examine/gates/weaknesses/c_call.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "examine/file_examination.h"
#include "examine/gates/weaknesses/c_context.h"

namespace assay {
namespace {

// The call at the last "f(" of the source.
std::optional<CCall> call_in(std::string_view source, SourceKind kind = SourceKind::c) {
  const SourcePieces pieces(kind, source);
  return c_call(source, pieces, source.rfind("f(") + 2);
}

TEST(CCall, ReadsArguments) {
  const auto call = call_in("x = f( a + b(c, d) , \"e,)\" /* , */ \"g\", 'h', {1, 2}[0]) + 1;");
  ASSERT_TRUE(call);
  EXPECT_EQ(call->name, "f");
  EXPECT_EQ(call->begin, 4U);
  ASSERT_EQ(call->arguments.size(), 4U);
  EXPECT_EQ(joined(call->argument(0)), "a+b(c,d)");
  EXPECT_EQ(constant_text(call->argument(1)), "e,)g");
  EXPECT_EQ(joined(call->argument(2)), "'h'");
  EXPECT_EQ(joined(call->argument(3)), "{1,2}[0]");
  EXPECT_TRUE(call->argument(4).empty());
  EXPECT_FALSE(call->is_statement);
  EXPECT_TRUE(call_in("void g() { f(); }")->is_statement);
  EXPECT_TRUE(call_in("f()")->arguments.empty());
}

TEST(CCall, TellsCallsFromDeclarationsAndMembers) {
  for (const char* source :
       {"return f(x);", "else f(x);", "(void) f(x);", "a * f(x);", "std::f(x);", "::f(x);", "x = *f(x);",
        "#endif\nf(x);", "// a comment\nf(x);", "do /* it */ f(x);", "MACRO\nf(x);", "f(sizeof x);",
        "#define G f(x)", "# define G(y) \\\n  f(x)", "case A: f(x);", "f((const char *)x);",
        "f(PRI_A PRI_B);", "f(new Thing);"}) {
    EXPECT_TRUE(call_in(source)) << source;
  }
  for (const char* source :
       {"int f(x);", "char *f(const char *x);", "a.f(x);", "a->f(x);", "Acme::f(x);", "a::b<c>::f(x);",
        "#define f(x) g(x)", "static int\nf(x)", "void f(void);", "extern char *f();", "auto f(T&& x)",
        "int API f(int);", "f(char*, int)", "unsigned long f(...)"}) {
    EXPECT_FALSE(call_in(source)) << source;
  }
  EXPECT_TRUE(call_in("def g():\n    # f\n    f(x)", SourceKind::python));
  EXPECT_FALSE(call_in("cdef extern from 'a.h':\n    int f(char *)", SourceKind::python));
  EXPECT_FALSE(call_in("def f(x):", SourceKind::python));
}

TEST(CCall, KnowsConstantText) {
  const auto text = [](std::string_view argument) {
    return constant_text(call_in("f(" + std::string(argument) + ")")->argument(0));
  };
  EXPECT_EQ(text("\"a\" B \"c\""), "ac");
  EXPECT_EQ(text("L\"a\""), "a");
  EXPECT_EQ(text("R\"x(a\")\")x\""), "a\")\"");
  EXPECT_EQ(text("_(\"a\")"), "a");
  EXPECT_EQ(text("(const char *)(\"a\")"), "a");
  EXPECT_EQ(text("x > 1 ? \"a\" : (\"b\")"), "a b");
  EXPECT_EQ(text("#x \"a\""), "a");
  for (const char* unknown : {"a", "g(\"a\")", "x ? \"a\" : b", "\"a\" + b", "x[0]", "_(a)", "", "(", "?:"}) {
    EXPECT_FALSE(text(unknown)) << unknown;
  }
}

TEST(CCall, IsBounded) {
  const auto start = std::chrono::steady_clock::now();
  const std::string open(1 << 20, '(');
  EXPECT_TRUE(call_in("f(" + open));
  EXPECT_TRUE(call_in("f(\"" + open));
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += "a /* b */\n";
  EXPECT_TRUE(call_in(many + ";f(x)"));
  EXPECT_FALSE(constant_text(call_in("f(" + std::string(4000, '(') + "\"a\"")->argument(0)));
  std::string choices = "f(";
  for (int i = 0; i < 1000; ++i) choices += "a?\"b\":";
  EXPECT_FALSE(constant_text(call_in(choices + "c)")->argument(0)));
  call_in("f(\xff\x00\x80'\"\\");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(CCalls, AFloodHidesNothingAndEnds) {
  std::string text = "void g(char *d, char *s) {\n";
  for (int i = 0; i < 20'000; ++i) text += "strcpy(d, \"x\"); strcpy(d, DEFAULT);\n";
  text += "strcpy(d, s);\n}\n";
  const auto gates = all_file_gates().value();
  const auto engine = PatternEngine::compile(gates).value();
  const auto scratch = engine.make_scratch().value();
  const auto start = std::chrono::steady_clock::now();
  const auto found = examine_file(gates, engine, scratch, {"src/a.c", text, PathRole::shipped}).value();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
  const auto heaviest = std::ranges::max_element(found, {}, &Finding::severity);
  ASSERT_NE(heaviest, found.end());
  EXPECT_EQ(heaviest->rule, "weaknesses/c-unbounded-copy");
  EXPECT_EQ(heaviest->severity, Severity::medium);
  EXPECT_EQ(heaviest->excerpt, "strcpy(d, s)");
}

TEST(CContext, LooksForWhatBoundsACopy) {
  const auto bounded = [](std::string source) {
    const auto call = call_in(source);
    return CSurroundings(source, *call).looks_bounded(call->argument(0), call->argument(1));
  };
  EXPECT_TRUE(bounded("void g(char *s) { char *d = malloc(strlen(s) + 1); f(d, s); }"));
  EXPECT_TRUE(bounded("void g(char *s) { if (strlen (s) >= sizeof(d)) return; f(d, s); }"));
  EXPECT_TRUE(bounded("void g(S *s) { n += strlen(s->name); f(d + n, s->name); }"));
  EXPECT_TRUE(bounded("void g(S *s) { s->d = PyMem_Malloc(n); f(s->d, x); }"));
  EXPECT_FALSE(bounded("void h(char *s) { strlen(s); }\n}\nvoid g(char *s) { char d[10]; f(d, s); }"));
  EXPECT_FALSE(bounded("void g(char *s) { f(d, s); strlen(s); }"));
}

TEST(CContext, NamesGenerators) {
  EXPECT_EQ(generator_of("/* Generated by Cython 3.0.2 */"), "Cython");
  EXPECT_EQ(generator_of("// Generated by the protocol buffer compiler.  DO NOT EDIT!"), "protoc");
  EXPECT_FALSE(generator_of("int x;" + std::string(2000, ' ') + "Generated by Cython"));
}

}  // namespace
}  // namespace assay
