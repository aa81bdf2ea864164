#include "serve/negotiation.h"

#include <gtest/gtest.h>

#include <string>

#include "serve/byte_range.h"

namespace assay {
namespace {

TEST(ChooseFormat, GivesInstallersJsonAndBrowsersHtml) {
  // As pip, uv and a browser ask.
  EXPECT_EQ(choose_format("application/vnd.pypi.simple.v1+json, "
                          "application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01"),
            PageFormat::json);
  EXPECT_EQ(choose_format("application/vnd.pypi.simple.v1+json, "
                          "application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01"),
            PageFormat::json);
  EXPECT_EQ(choose_format("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
            PageFormat::html);
}

TEST(ChooseFormat, WithoutAPreferenceIsHtml) {
  for (const std::string_view accept :
       {"", "*/*", "text/*", " , ,", "image/png", "application/vnd.pypi.simple.v2+json", ";q=1",
        "application/vnd.pypi.simple.v1+json;q=0"}) {
    EXPECT_EQ(choose_format(accept), PageFormat::html) << accept;
  }
}

TEST(ChooseFormat, WeighsQuality) {
  EXPECT_EQ(choose_format("application/vnd.pypi.simple.v1+json;q=0.2, text/html;q=0.3"),
            PageFormat::html);
  EXPECT_EQ(choose_format("text/html;q=0.3, application/vnd.pypi.simple.v1+json ; Q=0.30"),
            PageFormat::json);
  EXPECT_EQ(choose_format("application/vnd.pypi.simple.v1+html, text/html;q=0.9"),
            PageFormat::simple_html);
  EXPECT_EQ(choose_format("application/vnd.pypi.simple.v1+json;q=0.2, */*"), PageFormat::html);
  EXPECT_EQ(choose_format("text/html;q=x, application/vnd.pypi.simple.v1+json;q=0.5"),
            PageFormat::html);
}

TEST(ChooseFormat, TakesLatestForVersionOne) {
  EXPECT_EQ(choose_format("application/vnd.pypi.simple.latest+json"), PageFormat::json);
  EXPECT_EQ(choose_format("APPLICATION/vnd.pypi.simple.latest+HTML"), PageFormat::simple_html);
}

TEST(NamesEtag, LooksAtEachTag) {
  EXPECT_TRUE(names_etag("\"a\"", "\"a\""));
  EXPECT_TRUE(names_etag("\"b\", W/\"a\"", "\"a\""));
  EXPECT_TRUE(names_etag("*", "\"a\""));
  EXPECT_FALSE(names_etag("", "\"a\""));
  EXPECT_FALSE(names_etag("a", "\"a\""));
}

std::string text_of(const ChosenRange& chosen) {
  if (chosen.answer == RangeAnswer::whole) return "whole";
  if (chosen.answer == RangeAnswer::unsatisfiable) return "unsatisfiable";
  return std::to_string(chosen.range.offset) + "+" + std::to_string(chosen.range.length);
}

TEST(ChooseRange, TakesOneRangeOfBytes) {
  EXPECT_EQ(text_of(choose_range("bytes=0-0", 100)), "0+1");
  EXPECT_EQ(text_of(choose_range("bytes=10-19", 100)), "10+10");
  EXPECT_EQ(text_of(choose_range("bytes=90-", 100)), "90+10");
  EXPECT_EQ(text_of(choose_range("bytes=-10", 100)), "90+10");
  EXPECT_EQ(text_of(choose_range("Bytes=0-99", 100)), "0+100");
}

TEST(ChooseRange, EndsWhereTheFileDoes) {
  EXPECT_EQ(text_of(choose_range("bytes=90-100", 100)), "90+10");
  EXPECT_EQ(text_of(choose_range("bytes=0-99999999999999999999999", 100)), "0+100");
  EXPECT_EQ(text_of(choose_range("bytes=-1000", 100)), "0+100");
  EXPECT_EQ(text_of(choose_range("bytes=0-18446744073709551615", 100)), "0+100");
}

TEST(ChooseRange, RefusesWhatTheFileDoesNotHave) {
  EXPECT_EQ(text_of(choose_range("bytes=100-", 100)), "unsatisfiable");
  EXPECT_EQ(text_of(choose_range("bytes=99999999999999999999-", 100)), "unsatisfiable");
  EXPECT_EQ(text_of(choose_range("bytes=-0", 100)), "unsatisfiable");
  EXPECT_EQ(text_of(choose_range("bytes=0-", 0)), "unsatisfiable");
  EXPECT_EQ(text_of(choose_range("bytes=0-1,0-1,0-1", 100)), "unsatisfiable");
}

TEST(ChooseRange, IgnoresWhatIsNone) {
  for (const std::string_view header : {"", "lines=1-2", "bytes", "bytes=", "bytes=-", "bytes=a-b",
                                        "bytes=5-3", "bytes=1", "bytes=-1-2", "bytes=+1-2"}) {
    EXPECT_EQ(text_of(choose_range(header, 100)), "whole") << header;
  }
}

}  // namespace
}  // namespace assay
