#include "examine/gates/weaknesses/http_reference.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

std::optional<HttpReference> reference(std::string_view text) {
  const auto escaped = text.find("\\/\\/");
  if (escaped != std::string_view::npos) return http_reference(text, escaped + 4);
  return http_reference(text, text.find("//") + 2);
}

TEST(HttpReference, ReadsHostPathAndUrl) {
  const auto found = reference("see (http://Docs.Acme.io:80/a/b?c=d#e), please");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->begin, 5U);
  EXPECT_EQ(found->host, "docs.acme.io");
  EXPECT_EQ(found->path, "/a/b?c=d#e),");
  EXPECT_EQ(found->url, "http://Docs.Acme.io:80/a/b?c=d#e");
}

TEST(HttpReference, ReadsOtherSchemes) {
  const auto found = reference("x='FTP://ftp.Acme.io/a.zip'");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->begin, 3U);
  EXPECT_EQ(found->scheme, "ftp");
  EXPECT_EQ(found->url, "ftp://ftp.Acme.io/a.zip");
  EXPECT_EQ(reference("git+http://acme.io/a")->url, "http://acme.io/a");
  EXPECT_EQ(reference("xhttp://acme.io/a")->scheme, "http");
  EXPECT_EQ(reference("amqp://user:pass@mq.acme.io:5672")->url, "amqp://mq.acme.io:5672");
  EXPECT_FALSE(reference("redis://{host}:{port}"));
}

TEST(HttpReference, HidesCredentials) {
  const auto found = reference("http://ada:s3@cret@acme.io/x");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->host, "acme.io");
  EXPECT_EQ(found->url, "http://acme.io/x");
}

TEST(HttpReference, ReadsEscapedSlashes) {
  const auto found = reference(R"("http:\/\/acme.io\/a\/b")");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->begin, 1U);
  EXPECT_EQ(found->url, "http://acme.io/a/b");
}

TEST(HttpReference, PlaceholdersLeaveTheDomain) {
  for (const char* text : {"http://{region}.acme.io/x", "http://%s.acme.io/", "http://$R.acme.io",
                           "http://${R}.acme.io", "http://{{ r }}.acme.io", "http://<r>.acme.io",
                           "http://%(r)s.acme.io"}) {
    const auto found = reference(text);
    ASSERT_TRUE(found) << text;
    EXPECT_EQ(found->host, "*.acme.io") << text;
  }
}

TEST(HttpReference, NothingWithoutAHost) {
  for (const char* text :
       {"http://", "http:// x", "http://\"", "http://{host}/", "http://%s", "http://{a}.{b}",
        "http://acme.{tld}/", "http://...", "http://[^/]+", "http://(www\\.)?acme.io",
        "http://acme\\.io", "http://*", "http://$HOST:80", "http://[abc", "http://[x]/"}) {
    EXPECT_FALSE(reference(text)) << text;
  }
}

TEST(HttpReference, IsBounded) {
  const auto found = reference("http://acme.io/" + std::string(100'000, 'a'));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->url.size(), 200U);
  const auto host = reference("http://" + std::string(100'000, 'a'));
  ASSERT_TRUE(host);
  EXPECT_LE(host->host.size(), 255U);
  const auto bytes = reference("http://acme.io/\x1b[31m\xff");
  ASSERT_TRUE(bytes);
  EXPECT_EQ(bytes->url, "http://acme.io/");
}

TEST(HttpReference, LocalHosts) {
  for (const char* host :
       {"localhost",  "proxy",         "127.0.0.1",          "0.0.0.0",         "10.1.2.3",
        "172.16.0.1", "172.31.9.9",    "192.168.0.1",        "169.254.169.254", "100.64.0.1",
        "192.0.2.7",  "198.51.100.1",  "203.0.113.250",      "[::1]",           "[fe80::1]",
        "[fd00::1]",  "[2001:db8::1]", "[::ffff:127.0.0.1]", "build.1",         "a.b2"}) {
    EXPECT_TRUE(is_local_host(host)) << host;
  }
  for (const char* host :
       {"acme.io", "8.8.8.8", "172.32.0.1", "192.169.0.1", "100.128.0.1", "[2606:2800::1]",
        "[::ffff:8.8.8.8]", "xn--bcher-kva.xn--p1ai", "1.2.3.4.5", "localhost.acme.io"}) {
    EXPECT_FALSE(is_local_host(host)) << host;
  }
}

TEST(HttpReference, Within) {
  EXPECT_TRUE(is_within("w3.org", "w3.org"));
  EXPECT_TRUE(is_within("www.w3.org", "w3.org"));
  EXPECT_FALSE(is_within("evilw3.org", "w3.org"));
  EXPECT_FALSE(is_within("w3.org.evil.io", "w3.org"));
}

}  // namespace
}  // namespace assay
