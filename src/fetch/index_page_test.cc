#include "fetch/index_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "base/text.h"

namespace assay {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string page_url = "https://index.example/simple/demo/";
const std::string hash(64, 'a');

Result<std::vector<IndexFile>> json(const std::string& body) {
  return parse_index_page(body, "application/vnd.pypi.simple.v1+json", page_url);
}

Result<std::vector<IndexFile>> html(const std::string& body) {
  return parse_index_page(body, "text/html; charset=UTF-8", page_url);
}

std::string refusal(const Result<std::vector<IndexFile>>& files) {
  return files ? "it was read" : files.error().message;
}

std::vector<std::string> names(const Result<std::vector<IndexFile>>& files) {
  std::vector<std::string> all;
  for (const auto& file : files.value()) all.push_back(file.file_name);
  return all;
}

TEST(JsonPage, TellsAllOfAFile) {
  const auto files = json(R"({"meta": {"api-version": "1.1"}, "name": "demo", "files": [
      {"filename": "demo-1.0-py3-none-any.whl", "url": "https://files.example/demo-1.0-py3-none-any.whl",
       "hashes": {"md5": "x", "sha256": ")" +
                          hash + R"("}, "requires-python": ">=3.9", "size": 1234,
       "upload-time": "2026-01-02T03:04:05.678Z", "yanked": "broken",
       "core-metadata": {"sha256": ")" +
                          std::string(64, 'b') + R"("}}]})");
  ASSERT_THAT(files.value(), SizeIs(1));
  const IndexFile& file = files->front();
  EXPECT_EQ(file.url, "https://files.example/demo-1.0-py3-none-any.whl");
  EXPECT_EQ(file.sha256.value().hex(), hash);
  EXPECT_EQ(file.size, 1234U);
  EXPECT_EQ(file.requires_python, ">=3.9");
  EXPECT_EQ(format_time(file.upload_time.value()), "2026-01-02T03:04:05Z");
  EXPECT_EQ(file.yanked, "broken");
  EXPECT_TRUE(file.has_metadata);
  EXPECT_EQ(file.metadata_sha256.value().hex(), std::string(64, 'b'));
}

TEST(JsonPage, LeavesOpenWhatIsNotTold) {
  const auto files =
      json(R"({"files": [{"filename": "demo-1.0.tar.gz", "url": "../../f/demo-1.0.tar.gz#x",
                                         "hashes": {}, "yanked": false}]})");
  ASSERT_THAT(files.value(), SizeIs(1));
  const IndexFile& file = files->front();
  EXPECT_EQ(file.url, "https://index.example/f/demo-1.0.tar.gz");
  EXPECT_FALSE(file.sha256);
  EXPECT_EQ(file.size, 0U);
  EXPECT_EQ(file.requires_python, "");
  EXPECT_FALSE(file.upload_time);
  EXPECT_EQ(file.yanked, "");
  EXPECT_FALSE(file.has_metadata);
}

TEST(JsonPage, KnowsTheThreeNamesOfMetadata) {
  const auto offer = [](const std::string& members) {
    return json(R"({"files": [{"filename": "a.whl", "url": "a.whl", )" + members + "}]}")
        .value()
        .front();
  };
  EXPECT_TRUE(offer(R"("core-metadata": true)").has_metadata);
  EXPECT_TRUE(offer(R"("dist-info-metadata": {"sha256": "no hash"})").has_metadata);
  EXPECT_TRUE(offer(R"("data-dist-info-metadata": true)").has_metadata);
  EXPECT_FALSE(offer(R"("core-metadata": false, "dist-info-metadata": true)").has_metadata);
  EXPECT_FALSE(offer(R"("core-metadata": "yes")").has_metadata);
}

TEST(JsonPage, KeepsAFileWhoseOtherMembersAreJunk) {
  const auto files = json(R"({"files": [
      {"filename": "demo-1.0.tar.gz", "url": "demo-1.0.tar.gz", "hashes": 7, "size": "large", "yanked": [],
       "requires-python": {}, "upload-time": "yesterday", "core-metadata": [[]], "junk": {"a": [1, 2]}}]})");
  ASSERT_THAT(files.value(), SizeIs(1));
  EXPECT_FALSE(files->front().sha256);
  EXPECT_EQ(files->front().size, 0U);
}

TEST(JsonPage, PassesOverWhatIsNoFile) {
  const auto files = json(R"({"files": [null, 7, "text", [], {}, {"filename": "only-a-name.whl"},
      {"url": "https://files.example/only-a-url.whl"}, {"filename": 7, "url": 8},
      {"filename": "../../evil.whl", "url": "evil.whl"}, {"filename": "..", "url": "x"},
      {"filename": "a\u0000b.whl", "url": "x"}, {"filename": "two words.whl", "url": "x"},
      {"filename": "local.whl", "url": "file:///etc/passwd"},
      {"filename": "script.whl", "url": "javascript:x"},
      {"filename": "good-1.0.tar.gz", "url": "good-1.0.tar.gz"}]})");
  EXPECT_THAT(names(files), ElementsAre("good-1.0.tar.gz"));
}

TEST(JsonPage, AProjectMayHaveNoFiles) { EXPECT_THAT(json(R"({"files": []})").value(), IsEmpty()); }

TEST(JsonPage, RefusesWhatIsNoPage) {
  EXPECT_THAT(refusal(json("")), HasSubstr("no JSON"));
  EXPECT_THAT(refusal(json("<html>")), HasSubstr("no JSON"));
  EXPECT_THAT(refusal(json(R"({"files": [)")), HasSubstr("no JSON"));
  EXPECT_THAT(refusal(json(std::string(100'000, '['))), HasSubstr("no JSON"));
  EXPECT_THAT(refusal(json("{\"files\": [\"\xff\"]}")), HasSubstr("no JSON"));
  EXPECT_THAT(refusal(json("[]")), HasSubstr("no list of files"));
  EXPECT_THAT(refusal(json(R"({"files": {}})")), HasSubstr("no list of files"));
  EXPECT_THAT(refusal(json(R"({"meta": {"api-version": "2.0"}, "files": []})")),
              HasSubstr("version 2.0"));
  EXPECT_THAT(refusal(parse_index_page("x", "image/png", page_url)), HasSubstr("image/png"));
}

TEST(JsonPage, ReadsManyFiles) {
  std::string body = R"({"files": [)";
  for (int i = 0; i < 5000; ++i) {
    body += fmt::format(
        R"({}{{"filename": "demo-{}.tar.gz", "url": "https://files.example/demo-{}.tar.gz"}})",
        i == 0 ? "" : ",", i, i);
  }
  EXPECT_THAT(json(body + "]}").value(), SizeIs(5000));
}

TEST(HtmlPage, TellsAllOfAFile) {
  const auto files = html(R"(<!DOCTYPE html><html><body><h1>Links</h1>
      <a href="https://files.example/demo-1.0-py3-none-any.whl#sha256=)" +
                          hash + R"("
         data-requires-python="&gt;=3.9,&#60;4" data-yanked="it&#x27;s broken"
         data-core-metadata="sha256=)" +
                          std::string(64, 'b') + R"(">demo-1.0-py3-none-any.whl</a><br/>
      </body></html>)");
  ASSERT_THAT(files.value(), SizeIs(1));
  const IndexFile& file = files->front();
  EXPECT_EQ(file.file_name, "demo-1.0-py3-none-any.whl");
  EXPECT_EQ(file.url, "https://files.example/demo-1.0-py3-none-any.whl");
  EXPECT_EQ(file.sha256.value().hex(), hash);
  EXPECT_EQ(file.requires_python, ">=3.9,<4");
  EXPECT_EQ(file.yanked, "it's broken");
  EXPECT_TRUE(file.has_metadata);
  EXPECT_EQ(file.metadata_sha256.value().hex(), std::string(64, 'b'));
}

TEST(HtmlPage, ReadsWhatPeopleWrite) {
  const auto files =
      html("<A HREF='demo-1.0.tar.gz#egg=demo&sha256=" + hash +
           "' >Demo <b>1.0</b></A>"
           "<a class=x href=demo-1.1.tar.gz data-yanked>demo</a>"
           "<!-- <a href='hidden-1.0.tar.gz'>hidden</a> -->"
           "<a href='demo%2B1.2.tar.gz?x=1&amp;y=2' data-dist-info-metadata=true>x</a>");
  EXPECT_THAT(names(files), ElementsAre("demo-1.0.tar.gz", "demo-1.1.tar.gz", "demo+1.2.tar.gz"));
  EXPECT_EQ(files->at(0).sha256.value().hex(), hash);
  EXPECT_EQ(files->at(1).yanked, "yanked");
  EXPECT_EQ(files->at(1).url, page_url + "demo-1.1.tar.gz");
  EXPECT_EQ(files->at(2).url, page_url + "demo%2B1.2.tar.gz?x=1&y=2");
  EXPECT_TRUE(files->at(2).has_metadata);
}

TEST(HtmlPage, FollowsItsBase) {
  const auto files =
      html("<html><base href='https://files.example/all/'><a href='demo-1.0.tar.gz'>x</a>");
  EXPECT_EQ(files.value().at(0).url, "https://files.example/all/demo-1.0.tar.gz");
}

TEST(HtmlPage, PassesOverWhatIsNoFile) {
  EXPECT_THAT(
      html("<html><a>no link</a><a href=''>x</a><a href='../'>up</a><a href='mailto:a@b'>x</a>"
           "<a href='file:///etc/passwd'>x</a><a href='a%2Fb.whl'>x</a>")
          .value(),
      IsEmpty());
}

TEST(HtmlPage, RefusesWhatIsNoPage) {
  EXPECT_THAT(refusal(html("")), HasSubstr("no HTML"));
  EXPECT_THAT(refusal(html("just words")), HasSubstr("no HTML"));
  EXPECT_THAT(refusal(html(std::string(1 << 20, '\0'))), HasSubstr("no HTML"));
}

TEST(HtmlPage, SurvivesJunk) {
  EXPECT_FALSE(html(std::string(2 << 20, '<')));
  EXPECT_TRUE(html("<html>" + replace_all(std::string(200'000, 'x'), "x", "<a =")));
  EXPECT_TRUE(html("<a href='never closed"));
  EXPECT_TRUE(html("<a href=" + std::string(1 << 20, '&')));
  EXPECT_TRUE(html("<a " + std::string(1 << 20, '=')));
  EXPECT_TRUE(html("<html><!--"));
  EXPECT_EQ(html("<a data-requires-python='&#0;&#xD800;&#99999999;&;&unknown;' href=x.whl>")
                .value()
                .at(0)
                .requires_python,
            "&#0;&#xD800;&#99999999;&;&unknown;");
}

TEST(Page, OfALocalFolderHasNoType) {
  EXPECT_THAT(
      names(parse_index_page(" {\"files\": [{\"filename\": \"a.whl\", \"url\": \"a.whl\"}]}", "",
                             "file:///srv/simple/demo/")),
      ElementsAre("a.whl"));
  EXPECT_THAT(names(parse_index_page("<a href='a.whl'>a</a>", "", "file:///srv/simple/demo/")),
              ElementsAre("a.whl"));
}

}  // namespace
}  // namespace assay
