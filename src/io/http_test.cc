#include "io/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include "io/files.h"
#include "loopback_server.h"

namespace assay {
namespace {

using httplib::Request;
using httplib::Response;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string message_of(const Result<HttpResponse>& result) {
  return result ? "a response" : result.error().message;
}

TEST(Http, GivesStatusHeadersAndBody) {
  LoopbackServer server;
  server.get("/page", [](const Request& request, Response& response) {
    response.set_header("X-Accept", request.get_header_value("Accept"));
    response.set_content("hello", "text/plain");
  });
  server.start();
  HttpClient http({.user_agent = "test"});
  const auto response = http.get({.url = server.url("/page"), .headers = {{"Accept", "a/b"}}});
  ASSERT_TRUE(response) << message_of(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "hello");
  EXPECT_EQ(response->headers.at("content-type"), "text/plain");
  EXPECT_EQ(response->headers.at("x-accept"), "a/b");
  EXPECT_EQ(response->url, server.url("/page"));
}

TEST(Http, AnyStatusIsAResponse) {
  LoopbackServer server;
  server.start();
  HttpClient http({.user_agent = "test"});
  const auto response = http.get({.url = server.url("/nothing")});
  ASSERT_TRUE(response) << message_of(response);
  EXPECT_EQ(response->status, 404);
  EXPECT_EQ(http.requests(), 1U);
}

TEST(Http, FollowsRedirectsAndTellsWhereTheyLed) {
  LoopbackServer server;
  server.get("/from", [](const Request&, Response& response) {
    response.set_header("X-First", "yes");
    response.set_redirect("/to");
  });
  server.get("/to",
             [](const Request&, Response& response) { response.set_content("there", "a/b"); });
  server.start();
  HttpClient http({.user_agent = "test"});
  const auto response = http.get({.url = server.url("/from")});
  ASSERT_TRUE(response) << message_of(response);
  EXPECT_EQ(response->body, "there");
  EXPECT_EQ(response->url, server.url("/to"));
  EXPECT_FALSE(response->headers.contains("x-first"));
}

TEST(Http, DoesNotFollowARedirectToALocalFile) {
  LoopbackServer server;
  server.get("/from", [](const Request&, Response& response) {
    response.set_redirect("file:///etc/passwd");
  });
  server.start();
  HttpClient http({.user_agent = "test", .attempts = 1});
  const auto response = http.get({.url = server.url("/from")});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::network);
}

TEST(Http, DoesNotFollowRedirectsWithoutEnd) {
  LoopbackServer server;
  server.get("/round", [](const Request&, Response& response) { response.set_redirect("/round"); });
  server.start();
  HttpClient http({.user_agent = "test", .attempts = 1});
  EXPECT_FALSE(http.get({.url = server.url("/round")}));
}

TEST(Http, TriesAgainWhereTheServerIsBusy) {
  std::atomic<int> asked = 0;
  LoopbackServer server;
  server.get("/busy", [&](const Request&, Response& response) {
    response.status = ++asked == 1 ? 503 : asked == 2 ? 429 : 200;
    response.set_header("Retry-After", "0");
  });
  server.start();
  HttpClient http({.user_agent = "test", .attempts = 3});
  const auto response = http.get({.url = server.url("/busy")});
  ASSERT_TRUE(response) << message_of(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(http.requests(), 3U);
}

TEST(Http, GivesTheLastAnswerOnceTheAttemptsAreUsedUp) {
  LoopbackServer server;
  server.get("/down", [](const Request&, Response& response) { response.status = 500; });
  server.start();
  HttpClient http({.user_agent = "test", .attempts = 2});
  const auto response = http.get({.url = server.url("/down")});
  ASSERT_TRUE(response) << message_of(response);
  EXPECT_EQ(response->status, 500);
  EXPECT_EQ(http.requests(), 2U);
}

TEST(Http, ARefusedConnectionIsTriedAgainAndNamesHostAndCauseButNoCredentials) {
  std::string url;
  {
    const RawServer gone("");
    url = gone.url("/x");
  }
  url.replace(0, 7, "http://user:made-up@");
  HttpClient http({.user_agent = "test", .attempts = 2});
  const auto response = http.get({.url = url});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::network);
  EXPECT_THAT(response.error().message,
              AllOf(HasSubstr("127.0.0.1"), HasSubstr("connect"), Not(HasSubstr("made-up"))));
  EXPECT_EQ(http.requests(), 2U);
}

TEST(Http, AHangUpIsTriedAgain) {
  const RawServer server("");
  HttpClient http({.user_agent = "test", .attempts = 2});
  const auto response = http.get({.url = server.url("/x")});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::network);
  EXPECT_EQ(http.requests(), 2U);
}

TEST(Http, AnAnswerThatIsNotHttpIsAnError) {
  const RawServer server("\x01\x02 garbage without end\n\n");
  HttpClient http({.user_agent = "test", .attempts = 1});
  const auto response = http.get({.url = server.url("/x")});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::network);
}

TEST(Http, ATruncatedBodyIsAnError) {
  const RawServer server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
  HttpClient http({.user_agent = "test", .attempts = 1});
  const auto response = http.get({.url = server.url("/x")});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::network);
}

TEST(Http, ASilentServerIsGivenUp) {
  const RawServer server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", true);
  HttpClient http({.user_agent = "test", .attempts = 1, .stall_timeout_seconds = 1});
  const auto response = http.get({.url = server.url("/x")});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::network);
}

TEST(Http, ABodyBeyondTheBoundIsAnError) {
  LoopbackServer server;
  server.get("/large", [](const Request&, Response& response) {
    response.set_content(std::string(2000, 'x'), "text/plain");
  });
  server.start();
  HttpClient http({.user_agent = "test"});
  EXPECT_TRUE(http.get({.url = server.url("/large"), .headers = {}, .max_bytes = 2000}));
  const auto response = http.get({.url = server.url("/large"), .headers = {}, .max_bytes = 1999});
  ASSERT_FALSE(response);
  EXPECT_THAT(response.error().message, HasSubstr("larger than 1999 bytes"));
}

TEST(Http, HeadersBeyondTheBoundAreAnError) {
  std::string answer = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 40'000; ++i)
    answer += "X-Header-" + std::to_string(i) + ": " + std::string(20, 'x') + "\r\n";
  const RawServer server(answer + "Content-Length: 0\r\n\r\n");
  HttpClient http({.user_agent = "test", .attempts = 1});
  const auto response = http.get({.url = server.url("/x")});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::network);
}

TEST(Http, StreamsABodyToItsSink) {
  LoopbackServer server;
  server.get("/file", [](const Request&, Response& response) {
    response.set_content(std::string(300'000, 'x'), "text/plain");
  });
  server.start();
  HttpClient http({.user_agent = "test"});
  std::string kept;
  int status = 0;
  const auto response = http.stream({.url = server.url("/file")},
                                    [&](const HttpResponse& so_far, std::string_view bytes) {
                                      status = so_far.status;
                                      kept += bytes;
                                      return true;
                                    });
  ASSERT_TRUE(response) << message_of(response);
  EXPECT_EQ(status, 200);
  EXPECT_EQ(kept.size(), 300'000U);
  EXPECT_EQ(response->body, "");
}

TEST(Http, AStreamsSinkSeesOnlyWhatWasAskedFor) {
  LoopbackServer server;
  server.get("/file", [](const Request&, Response& response) {
    response.status = 403;
    response.set_content("not for you", "text/plain");
  });
  server.start();
  HttpClient http({.user_agent = "test"});
  bool called = false;
  const auto response =
      http.stream({.url = server.url("/file")},
                  [&](const HttpResponse&, std::string_view) { return called = true; });
  ASSERT_TRUE(response) << message_of(response);
  EXPECT_EQ(response->status, 403);
  EXPECT_EQ(response->body, "not for you");
  EXPECT_FALSE(called);
}

TEST(Http, AStreamEndsWhereItsSinkRefuses) {
  LoopbackServer server;
  server.get("/file", [](const Request&, Response& response) {
    response.set_content("bytes", "text/plain");
  });
  server.start();
  HttpClient http({.user_agent = "test"});
  const auto response = http.stream({.url = server.url("/file")},
                                    [](const HttpResponse&, std::string_view) { return false; });
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::io);
}

TEST(Http, WhatCameOfACutOffStreamIsTheSinks) {
  const RawServer server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
  HttpClient http({.user_agent = "test"});
  std::string kept;
  const auto response =
      http.stream({.url = server.url("/x")}, [&](const HttpResponse&, std::string_view bytes) {
        kept += bytes;
        return true;
      });
  EXPECT_FALSE(response);
  EXPECT_EQ(kept, "only this");
}

// The second one waits for the only connection, which the first one holds.
TEST(Http, AStopEndsRequestsThatWait) {
  const RawServer server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", true);
  HttpClient http({.user_agent = "test", .connections_per_host = 1});
  std::stop_source stop;
  std::atomic<int> cancelled = 0;
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 2; ++i) {
      callers.emplace_back([&] {
        const auto response = http.get({.url = server.url("/x")}, stop.get_token());
        if (!response && response.error().kind == ErrorKind::cancelled) ++cancelled;
      });
    }
    while (server.requests() < 1) std::this_thread::yield();
    stop.request_stop();
  }
  EXPECT_EQ(cancelled, 2);
}

TEST(Http, AStopEndsThePauseBetweenAttempts) {
  LoopbackServer server;
  std::stop_source stop;
  server.get("/busy", [&](const Request&, Response& response) {
    response.status = 503;
    response.set_header("Retry-After", "30");
    stop.request_stop();
  });
  server.start();
  HttpClient http({.user_agent = "test", .attempts = 5});
  static_cast<void>(http.get({.url = server.url("/busy")}, stop.get_token()));
  EXPECT_LE(http.requests(), 2U);
}

TEST(Http, ServesManyThreadsAtOnce) {
  LoopbackServer server;
  server.get(R"(/n/(\d+))", [](const Request& request, Response& response) {
    response.set_content(request.matches[1].str(), "text/plain");
  });
  server.start();
  HttpClient http({.user_agent = "test", .connections_per_host = 4});
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 16; ++i) {
      callers.emplace_back([&, i] {
        for (int j = 0; j < 5; ++j) {
          const std::string number = std::to_string(100 * i + j);
          const auto response = http.get({.url = server.url("/n/" + number)});
          if (response && response->body == number) ++right;
        }
      });
    }
  }
  EXPECT_EQ(right, 80);
}

TEST(Http, ReadsLocalFilesByUrl) {
  auto folder = TemporaryDirectory::create(testing::TempDir(), "http").value();
  ASSERT_TRUE(write_file(folder.path() / "page", "local"));
  HttpClient http({.user_agent = "test"});
  const auto there = http.get({.url = "file://" + (folder.path() / "page").string()});
  ASSERT_TRUE(there) << message_of(there);
  EXPECT_EQ(there->status, 200);
  EXPECT_EQ(there->body, "local");
  const auto missing = http.get({.url = "file://" + (folder.path() / "none").string()});
  ASSERT_TRUE(missing) << message_of(missing);
  EXPECT_EQ(missing->status, 404);
}

TEST(Http, RefusesOtherSchemes) {
  HttpClient http({.user_agent = "test", .attempts = 1});
  EXPECT_FALSE(http.get({.url = "ftp://127.0.0.1/x"}));
  EXPECT_FALSE(http.get({.url = "javascript:alert(1)"}));
  EXPECT_FALSE(http.get({.url = ""}));
}

TEST(Url, ResolvesReferences) {
  const std::string base = "https://host.example/simple/demo/?format=json";
  EXPECT_EQ(resolve_url(base, "../../files/demo-1.0.whl"),
            "https://host.example/files/demo-1.0.whl");
  EXPECT_EQ(resolve_url(base, "demo-1.0.whl#sha256=00"),
            "https://host.example/simple/demo/demo-1.0.whl#sha256=00");
  EXPECT_EQ(resolve_url(base, "/x"), "https://host.example/x");
  EXPECT_EQ(resolve_url(base, "//other.example/x"), "https://other.example/x");
  EXPECT_EQ(resolve_url(base, "http://other.example/x"), "http://other.example/x");
}

TEST(Url, DecodesPercents) {
  EXPECT_EQ(decode_percent("a%2Bb%20c"), "a+b c");
  EXPECT_EQ(decode_percent("100%"), "100%");
  EXPECT_EQ(decode_percent("%zz"), "%zz");
  EXPECT_EQ(decode_percent(""), "");
}

TEST(Url, LosesCredentialsForMessages) {
  EXPECT_EQ(without_credentials("https://user:made-up@host.example/a@b"),
            "https://host.example/a@b");
  EXPECT_EQ(without_credentials("https://a@b@host.example/"), "https://host.example/");
  EXPECT_EQ(without_credentials("https://host.example?x=a@b"), "https://host.example?x=a@b");
  EXPECT_EQ(without_credentials("https://host.example/"), "https://host.example/");
  EXPECT_EQ(without_credentials("no url"), "no url");
}

}  // namespace
}  // namespace assay
