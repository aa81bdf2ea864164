#include "publish/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace assay {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string hostile = "<script>alert(1)</script>\"'&\x1b[2J";

// Every member that a package can have a say in.
Json evidence_of(const std::string& text) {
  return {{"name", text},
          {"version", text},
          {"source", {{"file", text}, {"sha256", text}}},
          {"verdict",
           {{"decision", "held"},
            {"reasons", {{{"weight", "hold"}, {"gate", text}, {"text", text}, {"policy", text}, {"accepted_by", text}}}}}},
          {"findings", {{{"severity", "medium"}, {"role", "shipped"}, {"path", text}, {"line", 3}, {"message", text},
                         {"rule", text}, {"excerpt", text}}}},
          {"tests", {{text, {{"state", "ran"}, {"how", text},
                             {"outcomes", {{{"id", text}, {"status", "failed"}, {"message", text}},
                                           {{"id", "t::ok"}, {"status", "passed"}, {"message", ""}}}}}}}},
          {"builds", {{text, {{"wheel", text}, {"sha256", text}, {"tools", {{{"name", text}, {"version", text}, {"sha256", text}}}},
                              {"stripped", {{"files", {{{"path", text}, {"why", text}, {"size", 3}}}}}}}}}},
          {"surfaces", {{{"kind", text}, {"count", 2}, {"places", {text}}}}},
          {"capabilities", {{{"capability", text}, {"count", 2},
                             {"places", {{{"path", text}, {"line", 7}, {"what", text}, {"symbol", text},
                                          {"chain", {text, "reached"}}}}}}}},
          {"asked-for-by", {{{"who", text}, {"requirement", text}}}},
          {"newer-not-taken", {{{"version", text}, {"reason", text}}}}};
}

TEST(PackageReport, ShowsEverySection) {
  const auto page = package_report("my set", evidence_of("word"), "word-1.json");
  for (const char* title : {"Why", "Who asks for it", "Newer versions", "Tests", "Builds", "Taken out",
                            "Attack surfaces", "What its code can do", "word → reached → word", "word:7", "Findings",
                            "word:3", "held"}) {
    EXPECT_THAT(page, HasSubstr(title));
  }
  EXPECT_THAT(page, HasSubstr("href=\"../evidence/word-1.json\""));
  EXPECT_THAT(page, Not(HasSubstr("t::ok"))) << "tests that pass are counted, not listed";
}

TEST(PackageReport, MakesWhateverAPackageSaysHarmless) {
  const auto page = package_report(hostile, evidence_of(hostile), "x.json");
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("\x1b")));
  EXPECT_THAT(page, Not(HasSubstr("\"'&")));
}

TEST(PackageReport, LeavesOutWhatIsNotThereOrOfAnotherForm) {
  for (const char* text : {"{}", R"({"verdict": 1, "findings": "x", "tests": [], "builds": null})",
                           R"({"findings": [1, null], "surfaces": [{"places": [1]}],
                              "capabilities": [1, {"places": [1, {"chain": [1]}]}], "tests": {"3.11": 1}})"}) {
    const auto page = package_report("s", Json::parse(text), "x.json");
    EXPECT_THAT(page, HasSubstr("</html>")) << text;
  }
}

TEST(PackageReport, CutsLongListsAndSaysSo) {
  Json evidence = evidence_of("word");
  for (int i = 0; i < 500; ++i) evidence["findings"].push_back(evidence["findings"][0]);
  EXPECT_THAT(package_report("s", evidence, "x.json"), HasSubstr("and 301 more, in the evidence"));
}

TEST(Report, ShowsPlansWithTheirState) {
  const Json evidence = parse_json(R"({"name": "flask", "version": "3.0", "plans": [
    {"state": "overdue", "why": "was due on 2026-01-01", "finding": "CVE-1", "decision": "upgrade",
     "evidence": [">=3.1"], "reason": "It is <b>fixed</b> there.", "owner": "B", "due": "2026-01-01"}]})").value();
  const auto page = package_report("set", evidence, "flask-3.0.json");
  EXPECT_NE(page.find("<span class=\"mark overdue\">overdue</span><br><small>was due on 2026-01-01</small>"),
            std::string::npos);
  EXPECT_NE(page.find("<code>&gt;=3.1</code>: It is &lt;b&gt;fixed&lt;/b&gt; there.<br><small>B, due 2026-01-01"),
            std::string::npos);
}

}  // namespace
}  // namespace assay
