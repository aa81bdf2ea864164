#include "python/lexer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "python/encoding.h"

namespace assay::python {
namespace {

using enum TokenKind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Read {
  std::vector<TokenKind> kinds;  // without the end
  std::vector<std::string> texts;
  std::vector<SyntaxProblem> problems;
};
Read read(std::string_view source) {
  Problems problems;
  Lexer lexer(source, problems);
  Read result;
  for (;;) {
    const Token token = lexer.next();
    if (token.kind == TokenKind::end) break;
    result.kinds.push_back(token.kind);
    result.texts.emplace_back(source.substr(token.begin, token.end - token.begin));
    if (result.kinds.size() > 4 * source.size() + 8) {
      ADD_FAILURE() << "more tokens than bytes";
      break;
    }
  }
  result.problems = problems.take();
  return result;
}
std::vector<TokenKind> kinds(std::string_view source) {
  const Read result = read(source);
  EXPECT_THAT(result.problems, IsEmpty()) << source << ": " << result.problems.front().message;
  return result.kinds;
}
// The one problem of a source.
std::string problem(std::string_view source, bool python2 = false) {
  const Read result = read(source);
  EXPECT_THAT(result.problems, SizeIs(1)) << source;
  if (result.problems.empty()) return "";
  EXPECT_EQ(result.problems.front().python2, python2) << source;
  return result.problems.front().message;
}

TEST(Lexer, ReadsLinesAndIndentation) {
  EXPECT_THAT(kinds(""), IsEmpty());
  EXPECT_THAT(kinds("\n\n# x\n"), IsEmpty());
  EXPECT_THAT(kinds("a"), ElementsAre(name, newline));
  EXPECT_THAT(kinds("if a:\n\tb\n\n  # x\n\tc\nd\n"),
              ElementsAre(kw_if, name, colon, newline, indent, name, newline, name, newline, dedent,
                          name, newline));
  EXPECT_THAT(kinds("if a:\n  if b:\n    c"), ElementsAre(kw_if, name, colon, newline, indent, kw_if, name,
                                                        colon, newline, indent, name, newline, dedent, dedent));
  EXPECT_THAT(kinds("a = (\n b)\n"), ElementsAre(name, equal, left_paren, name, right_paren, newline));
  EXPECT_THAT(kinds("a \\\n + b\n"), ElementsAre(name, plus, name, newline));
  EXPECT_THAT(kinds("if a:\n\f  b\n"),
              ElementsAre(kw_if, name, colon, newline, indent, name, newline, dedent));
}

TEST(Lexer, KnowsEveryLineEnd) {
  const auto expected = ElementsAre(kw_if, name, colon, newline, indent, name, newline, dedent, name, newline);
  EXPECT_THAT(kinds("if a:\n b\nc\n"), expected);
  EXPECT_THAT(kinds("if a:\r\n b\r\nc\r\n"), expected);
  EXPECT_THAT(kinds("if a: # x\r b\rc\r"), expected);
  EXPECT_THAT(kinds("\xEF\xBB\xBFif a:\n b\nc"), expected);
}

TEST(Lexer, ReadsNumbers) {
  EXPECT_THAT(kinds("0 1_000 0xF_f 0o17 0b1_0 00 0_0"),
              ElementsAre(integer, integer, integer, integer, integer, integer, integer, newline));
  EXPECT_THAT(kinds("1. .5 1e5 1_0.0_1E-1_0 09.5"),
              ElementsAre(floating, floating, floating, floating, floating, newline));
  EXPECT_THAT(kinds("1j 0.5J 1e3j 07j"), ElementsAre(imaginary, imaginary, imaginary, imaginary, newline));
  EXPECT_THAT(kinds("1..real"), ElementsAre(floating, dot, name, newline));
  EXPECT_THAT(kinds("1if x else 2"), ElementsAre(integer, kw_if, name, kw_else, integer, newline));
  EXPECT_EQ(problem("1a"), "an invalid decimal number");
  EXPECT_EQ(problem("1_"), "an invalid decimal number");
  EXPECT_EQ(problem("1__0"), "an invalid decimal number");
  EXPECT_EQ(problem("0b12"), "an invalid number");
  EXPECT_EQ(problem("0x"), "a number without digits");
  EXPECT_EQ(problem("0777", true), "an octal number without \"0o\"");
  EXPECT_EQ(problem("0xFFL", true), "a long integer's \"L\"");
}

TEST(Lexer, ReadsStrings) {
  EXPECT_THAT(read("'a\\'b' \"\" r'\\' ' b'\\\n'").texts,
              ElementsAre("'a\\'b'", "\"\"", "r'\\' '", "b'\\\n'", ""));
  EXPECT_THAT(read("'''a\n'b\\''''").texts, ElementsAre("'''a\n'b\\''''", ""));
  EXPECT_THAT(kinds("Rb'' bR\"\" u'' U'''x''' br''"),
              ElementsAre(string, string, string, string, string, newline));
  EXPECT_THAT(read("bu''").kinds, ElementsAre(name, string, newline));
  EXPECT_EQ(problem("ur'x'", true), "the string prefix \"ur\"");
  EXPECT_EQ(problem("'abc\nd"), "a string that does not end");
  EXPECT_THAT(read("('abc\nd\n").kinds, ElementsAre(left_paren, bad, newline, name, newline));
}

TEST(Lexer, ReadsFStringsWithinOneAnother) {
  EXPECT_THAT(read("f'a{b!r:>{c}}{{d}}'").texts,
              ElementsAre("f'", "a", "{", "b", "!", "r", ":", ">", "{", "c", "}", "}", "{{d}}", "'", ""));
  EXPECT_THAT(kinds("f'{f'{f'{1}'}'}'"),
              ElementsAre(fstring_start, left_brace, fstring_start, left_brace, fstring_start, left_brace,
                          integer, right_brace, fstring_end, right_brace, fstring_end, right_brace, fstring_end,
                          newline));
  EXPECT_THAT(kinds("f'{a[1:2]:x}'"),
              ElementsAre(fstring_start, left_brace, name, left_bracket, integer, colon, integer, right_bracket,
                          colon, fstring_middle, right_brace, fstring_end, newline));
  EXPECT_THAT(kinds("f'{a!=b}{(x:=1)}{x:=1}'"),
              ElementsAre(fstring_start, left_brace, name, not_equal, name, right_brace, left_brace, left_paren,
                          name, walrus, integer, right_paren, right_brace, left_brace, name, colon,
                          fstring_middle, right_brace, fstring_end, newline));
  EXPECT_THAT(kinds("f'{\n a # b\n}'"),
              ElementsAre(fstring_start, left_brace, name, right_brace, fstring_end, newline));
  EXPECT_THAT(read("f'\\N{DASH}{a}' rf'\\N{a}'").texts,
              ElementsAre("f'", "\\N{DASH}", "{", "a", "}", "'", "rf'", "\\N", "{", "a", "}", "'", ""));
  EXPECT_THAT(read("t'''{a}\n'''").texts, ElementsAre("t'''", "{", "a", "}", "\n", "'''", ""));
  EXPECT_EQ(problem("f'}'"), "a single \"}\" in an f-string");
  EXPECT_EQ(problem("f'a\n'''x'''"), "an f-string that does not end");
}

TEST(Lexer, KnowsNamesBeyondAscii) {
  EXPECT_THAT(kinds("größe = 変数"), ElementsAre(name, equal, name, newline));
  EXPECT_EQ(problem("a = \u201Cb\u201D"), "a character that no name has");
  EXPECT_EQ(problem("a\u00A0"), "a character that no name has");
  EXPECT_THAT(kinds("gr\xF6\xDF"), ElementsAre(name, newline));  // another encoding's
}

TEST(Lexer, TellsWhatIsIndentedBadly) {
  EXPECT_EQ(problem("if a:\n    b\n  c\n"), "unindent does not match any outer indentation level");
  EXPECT_EQ(problem("if a:\n\tb\n        c\n", true), "indentation mixes tabs and spaces");
  std::string deep;
  for (int i = 0; i < 102; ++i) deep += std::string(i, ' ') + "if a:\n";
  EXPECT_EQ(problem(deep), "too many levels of indentation");
}

TEST(Lexer, ComesBackToAPlace) {
  Problems problems;
  Lexer lexer("a (b\n c) d", problems);
  lexer.next();
  const auto place = lexer.place();
  for (int i = 0; i < 3; ++i) lexer.next();
  EXPECT_EQ(lexer.depth(), 1U);
  lexer.back_to(place);
  EXPECT_EQ(lexer.depth(), 0U);
  EXPECT_EQ(lexer.next().kind, left_paren);
}

TEST(Encoding, IsDeclaredInTheFirstTwoLines) {
  EXPECT_EQ(declared_encoding("# -*- coding: Latin_1 -*-\n"), "latin-1");
  EXPECT_EQ(declared_encoding("#!/usr/bin/python\r\n# vim: set fileencoding=utf-8 :"), "utf-8");
  EXPECT_EQ(declared_encoding("\n# coding: ascii"), "ascii");
  EXPECT_EQ(declared_encoding("x = 1\n# coding: ascii"), "");
  EXPECT_EQ(declared_encoding("\n\n# coding: ascii"), "");
  EXPECT_EQ(declared_encoding("# encoding of things, coding:\n"), "");
}

TEST(Encoding, TellsWhatCannotBeRead) {
  const auto told = [](std::string_view source) {
    Problems problems;
    check_encoding(source, problems);
    std::vector<std::string> messages;
    for (auto& problem : problems.take()) messages.push_back(problem.message);
    return messages;
  };
  EXPECT_THAT(told("x = 'größe'"), IsEmpty());
  EXPECT_THAT(told("# coding: latin-1\nx = 'gr\xF6\xDF'"), IsEmpty());
  EXPECT_THAT(told("x = 'gr\xF6\xDF'"),
              ElementsAre("bytes that are no UTF-8, and no other encoding is declared"));
  EXPECT_THAT(told(std::string_view("x\0y", 3)), ElementsAre("a null byte"));
  EXPECT_THAT(told("\xEF\xBB\xBF# coding: utf-8\nx = 'größe'"), IsEmpty());
  EXPECT_THAT(told("\xEF\xBB\xBF# coding: ascii\n"),
              ElementsAre("a mark of UTF-8, and another encoding is declared"));
  EXPECT_THAT(told("# coding: utf-7\n"), ElementsAre("a declared encoding that may hide what stands here"));
}

}  // namespace
}  // namespace assay::python
