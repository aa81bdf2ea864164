#include "serve/server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "io/files.h"
#include "io/subprocess.h"
#include "sample_release.h"

namespace assay {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

struct Reply {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

// A connection to the server that sends bytes as they are.
class Connection {
 public:
  explicit Connection(std::uint16_t port)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~Connection() { ::close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void send(std::string_view bytes) const {
    ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  void end() const { ::shutdown(socket_, SHUT_WR); }

  // What the server sends until it closes, or until the text is there.
  std::string receive(std::string_view until = "") {
    std::string answer;
    char buffer[65536];
    while (until.empty() || answer.find(until) == std::string::npos) {
      const auto count = ::recv(socket_, buffer, sizeof buffer, 0);
      if (count <= 0) break;
      answer.append(buffer, static_cast<std::size_t>(count));
    }
    return answer;
  }

 private:
  int socket_;
};

std::string exchange(std::uint16_t port, std::string_view request) {
  Connection connection(port);
  connection.send(request);
  return connection.receive();
}

Reply parse_reply(const std::string& answer) {
  Reply reply;
  const auto end = answer.find("\r\n\r\n");
  if (!answer.starts_with("HTTP/1.1 ") || end == std::string::npos) return reply;
  reply.status = std::stoi(answer.substr(9, 3));
  for (const auto line : lines(std::string_view(answer).substr(0, end))) {
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    reply.headers[lower(line.substr(0, colon))] = std::string(line.substr(colon + 2));
  }
  reply.body = answer.substr(end + 4);
  return reply;
}

class Serve : public testing::Test {
 protected:
  void SetUp() override {
    auto folder = TemporaryDirectory::create(fs::temp_directory_path(), "assay-serve-");
    ASSERT_TRUE(folder) << folder.error().message;
    folder_.emplace(*std::move(folder));
    set_ = folder_->path() / "set";
    ASSERT_TRUE(make_directories(set_));
    ASSERT_TRUE(write_file(set_ / "secret.txt", "not for the world"));
    auto store = Store::open(folder_->path() / "store");
    ASSERT_TRUE(store) << store.error().message;
    store_.emplace(*std::move(store));
    release({sample_wheel(*store_, "Sample.App", "1.0", "Requires-Dist: sample-lib>=2\n"),
             sample_wheel(*store_, "sample-lib", "2.1")});
    auto server = Server::start(set_, {.port = 0, .access_log = [this](std::string_view line) {
                                         const std::lock_guard lock(mutex_);
                                         log_.emplace_back(line);
                                       }});
    ASSERT_TRUE(server) << server.error().message;
    server_ = *std::move(server);
    running_ = std::jthread([this](std::stop_token stop) { server_->run(stop); });
  }

  void release(std::vector<ReleasedWheel> wheels) {
    auto content = sample_content(std::move(wheels));
    content.key = &key_;
    content.vulnerabilities = {{Name::normalize("sample-lib"), "2.1", "EXAMPLE-1", {}, VulnerabilityStatement::Status::affected,
                                "Plan: wait."}};
    const auto made = publish(*store_, set_, content, parse_time("2026-01-01").value());
    ASSERT_TRUE(made) << made.error().message;
    release_ = made->folder;
  }

  Reply ask(std::string_view method, std::string_view target,
            const std::vector<std::string>& headers = {}) {
    std::string request =
        fmt::format("{} {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n", method, target);
    for (const auto& header : headers) request += header + "\r\n";
    return parse_reply(exchange(server_->port(), request + "\r\n"));
  }
  Reply get(std::string_view target, const std::vector<std::string>& headers = {}) {
    return ask("GET", target, headers);
  }

  std::string file(std::string_view path) { return read_file(release_ / path).value_or("?"); }

  // The answer may be here before its line is written.
  std::vector<std::string> log_with(std::size_t count) {
    for (;;) {
      {
        const std::lock_guard lock(mutex_);
        if (log_.size() >= count) return log_;
      }
      std::this_thread::yield();
    }
  }

  std::string url() const { return fmt::format("http://127.0.0.1:{}/simple/", server_->port()); }

  std::optional<TemporaryDirectory> folder_;
  fs::path set_;
  fs::path release_;
  const SigningKey key_ = SigningKey::generate();
  std::optional<Store> store_;
  std::mutex mutex_;
  std::vector<std::string> log_;
  std::unique_ptr<Server> server_;
  std::jthread running_;  // the first to go: it stops the server
};

constexpr std::string_view wheel_path = "files/sample_lib-2.1-py3-none-any.whl";

TEST_F(Serve, GivesTheIndexInTheFormThatIsAskedFor) {
  for (const std::string page : {"simple/", "simple/sample-lib/"}) {
    const auto html = get("/" + page);
    EXPECT_EQ(html.status, 200);
    EXPECT_EQ(html.header("content-type"), "text/html; charset=utf-8");
    EXPECT_EQ(html.body, file(page + "index.html"));
    EXPECT_EQ(html.header("vary"), "Accept");
    EXPECT_EQ(html.header("cache-control"), "no-cache");
    EXPECT_EQ(html.header("content-length"), std::to_string(html.body.size()));
    const auto json = get("/" + page, {"Accept: application/vnd.pypi.simple.latest+json"});
    EXPECT_EQ(json.status, 200);
    EXPECT_EQ(json.header("content-type"), "application/vnd.pypi.simple.v1+json");
    EXPECT_EQ(json.body, file(page + "index.json"));
    EXPECT_NE(json.header("etag"), html.header("etag"));
  }
}

TEST_F(Serve, RedirectsToTheNormalizedNameWithASlash) {
  const std::pair<std::string, std::string> redirects[] = {
      {"/simple", "simple/"},
      {"/simple/sample-lib", "sample-lib/"},
      {"/simple/Sample_Lib", "sample-lib/"},
      {"/simple/Sample.Lib/", "../sample-lib/"}};
  for (const auto& [from, to] : redirects) {
    const auto reply = get(from);
    EXPECT_EQ(reply.status, 301) << from;
    EXPECT_EQ(reply.header("location"), to) << from;
  }
}

TEST_F(Serve, HasNotWhatIsNotInTheRelease) {
  for (const std::string_view path :
       {"/simple/flask/", "/simple/flask", "/files/", "/files", "/nothing", "/simple//",
        "/simple/sample-lib//", "/simple/sample-lib/x", "/simple/%0d%0aX:y/", "/%00", "//"}) {
    EXPECT_EQ(get(path).status, 404) << path;
  }
}

TEST_F(Serve, ReachesNothingOutsideTheRelease) {
  for (const std::string_view path :
       {"/../../secret.txt", "/%2e%2e/%2e%2e/secret.txt", "/files/../../../secret.txt",
        "/simple/../../../secret.txt", "/..%2f..%2fsecret.txt", "/files/..\\..\\..\\secret.txt",
        "/simple/sample-lib/../index.html", "//etc/passwd", "/./index.html", "/../1/index.html",
        "/../../../../../../../../etc/passwd", "http://x/../../secret.txt", "*", "secret.txt"}) {
    const auto reply = get(path);
    EXPECT_NE(reply.status, 200) << path;
    EXPECT_THAT(reply.body, Not(HasSubstr("not for the world"))) << path;
  }
  fs::remove(release_ / wheel_path);
  fs::create_symlink(set_ / "secret.txt", release_ / wheel_path);
  EXPECT_EQ(get("/" + std::string(wheel_path)).status, 500);
}

TEST_F(Serve, ShowsPeopleAnOverview) {
  const auto page = get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("<a href=\"report/sample-app-1.0.html\">sample-app</a>"));
  EXPECT_THAT(page.body, HasSubstr("published"));
  EXPECT_THAT(page.header("content-security-policy"), HasSubstr("default-src 'none'"));
  EXPECT_EQ(get("/evidence/sample-lib-2.1.json").header("content-type"), "application/json");
  EXPECT_EQ(get("/requirements-3.11.txt").status, 200);
  EXPECT_EQ(get("/manifest.json").status, 200);
  EXPECT_EQ(get("/report/sample-app-1.0.html").header("content-type"), "text/html; charset=utf-8");
}

TEST_F(Serve, GivesWhatASignatureIsCheckedWith) {
  for (const char* path : {"/manifest.dsse.json", "/provenance/sample_lib-2.1-py3-none-any.whl.dsse.json",
                           "/sbom.cdx.json", "/vex.openvex.json"}) {
    EXPECT_EQ(get(path).status, 200) << path;
  }
}

TEST_F(Serve, AnswersNotModified) {
  for (const std::string& path :
       {std::string("/simple/sample-lib/"), "/" + std::string(wheel_path)}) {
    const auto etag = get(path).header("etag");
    ASSERT_FALSE(etag.empty());
    const auto same = get(path, {"If-None-Match: \"other\", " + etag});
    EXPECT_EQ(same.status, 304);
    EXPECT_EQ(same.header("etag"), etag);
    EXPECT_THAT(same.body, IsEmpty());
    EXPECT_EQ(get(path, {"If-None-Match: \"other\""}).status, 200);
  }
}

TEST_F(Serve, GivesWheelsAndTheirMetadata) {
  const auto wheel = get("/" + std::string(wheel_path));
  EXPECT_EQ(wheel.status, 200);
  EXPECT_EQ(wheel.body, file(wheel_path));
  EXPECT_EQ(wheel.header("accept-ranges"), "bytes");
  const auto metadata = get("/" + std::string(wheel_path) + ".metadata");
  EXPECT_EQ(metadata.status, 200);
  EXPECT_THAT(metadata.body, HasSubstr("Name: sample-lib"));
}

TEST_F(Serve, GivesPartsOfAWheel) {
  const auto path = "/" + std::string(wheel_path);
  const auto bytes = file(wheel_path);
  const auto size = std::to_string(bytes.size());
  const auto first = get(path, {"Range: bytes=0-9"});
  EXPECT_EQ(first.status, 206);
  EXPECT_EQ(first.body, bytes.substr(0, 10));
  EXPECT_EQ(first.header("content-range"), "bytes 0-9/" + size);
  EXPECT_EQ(first.header("content-length"), "10");
  const auto tail = get(path, {"Range: bytes=-20"});
  EXPECT_EQ(tail.status, 206);
  EXPECT_EQ(tail.body, bytes.substr(bytes.size() - 20));
  const auto beyond = get(path, {"Range: bytes=10-99999999"});
  EXPECT_EQ(beyond.status, 206);
  EXPECT_EQ(beyond.body, bytes.substr(10));
  const auto outside = get(path, {"Range: bytes=99999999-"});
  EXPECT_EQ(outside.status, 416);
  EXPECT_EQ(outside.header("content-range"), "bytes */" + size);
  EXPECT_THAT(outside.body, IsEmpty());
  EXPECT_EQ(get(path, {"Range: bytes=0-1,3-4"}).status, 416);
  EXPECT_EQ(get(path, {"Range: bytes=0-9", "If-Range: " + first.header("etag")}).status, 206);
  const auto other = get(path, {"Range: bytes=0-9", "If-Range: \"other\""});
  EXPECT_EQ(other.status, 200);
  EXPECT_EQ(other.body, bytes);
  EXPECT_THAT(get("/nothing", {"Range: bytes=2-3"}).body, HasSubstr("not in this release"));
}

TEST_F(Serve, AnswersHeadWithTheLengthAlone) {
  for (const std::string& path :
       {std::string("/simple/sample-lib/"), "/" + std::string(wheel_path)}) {
    const auto whole = get(path);
    const auto head = ask("HEAD", path, {"Range: bytes=0-9"});
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.header("content-length"), std::to_string(whole.body.size()));
    EXPECT_EQ(head.header("etag"), whole.header("etag"));
    EXPECT_THAT(head.body, IsEmpty());
  }
  EXPECT_EQ(ask("HEAD", "/nothing").status, 404);
}

TEST_F(Serve, KeepsAConnectionForTheNextRequest) {
  Connection connection(server_->port());
  for (int i = 0; i < 20; ++i) {
    connection.send("GET /simple/ HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(connection.receive("</html>\n"), StartsWith("HTTP/1.1 200"));
    connection.send("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(connection.receive("not in this release\n"), StartsWith("HTTP/1.1 404"));
  }
}

TEST_F(Serve, DoesNotTakeABodyForARequest) {
  const auto answers = exchange(server_->port(),
                                "GET /simple/ HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n"
                                "GET /manifest.json HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(answers, StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(answers, Not(HasSubstr("HTTP/1.1 200")));
}

TEST_F(Serve, TakesNoOtherMethod) {
  for (const std::string_view method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
    const auto reply = ask(method, "/simple/", {"Content-Length: 0"});
    EXPECT_EQ(reply.status, 405) << method;
    EXPECT_EQ(reply.header("allow"), "GET, HEAD") << method;
  }
}

TEST_F(Serve, SurvivesRequestsThatAreNone) {
  for (const std::string& request :
       {std::string("\r\n\r\n"), std::string("GET\r\n\r\n"), std::string("\0\1\2\r\n\r\n", 7),
        "GET /" + std::string(100'000, 'a') + " HTTP/1.1\r\n\r\n",
        std::string("GET / HTTP/9.9\r\nConnection: close\r\n\r\n"),
        std::string("GET /simple/ HTTP/1.1\r\nRange: bytes=a\r\nConnection: close\r\n\r\n"),
        std::string("GET /%zz%f HTTP/1.1\r\nConnection: close\r\n\r\n")}) {
    Connection connection(server_->port());
    connection.send(request);
    connection.end();
    connection.receive();
  }
  EXPECT_EQ(get("/simple/").status, 200);
}

TEST_F(Serve, WritesALineForEachRequest) {
  const auto size = get("/simple/?x=\x1b[2J").body.size();
  ask("HEAD", "/simple/");
  get("/nothing");
  const auto log = log_with(3);
  EXPECT_THAT(log, Contains(fmt::format("GET /simple/?x=\\x1b[2J 200 {}", size)));
  EXPECT_THAT(log, Contains("HEAD /simple/ 200 0"));
  EXPECT_THAT(log, Contains(StartsWith("GET /nothing 404 ")));
}

TEST_F(Serve, ServesANewReleaseFromTheNextRequestOn) {
  EXPECT_EQ(get("/simple/newcomer/").status, 404);
  const auto old_tag = get("/simple/").header("etag");
  release({sample_wheel(*store_, "newcomer", "1")});
  EXPECT_EQ(get("/simple/newcomer/").status, 200);
  EXPECT_EQ(get("/simple/sample-lib/").status, 404);
  EXPECT_EQ(get("/simple/", {"If-None-Match: " + old_tag}).status, 200);
}

TEST_F(Serve, SaysSoWhenTheReleaseIsGone) {
  fs::remove(set_ / "releases" / "latest");
  EXPECT_EQ(get("/simple/").status, 503);
}

TEST_F(Serve, RefusesAnAddressThatIsTaken) {
  const auto second = Server::start(set_, {.port = server_->port()});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::io);
  EXPECT_THAT(second.error().message, HasSubstr(std::to_string(server_->port())));
}

TEST_F(Serve, RefusesASetWithoutARelease) {
  const auto server = Server::start(folder_->path(), {.port = 0});
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().kind, ErrorKind::invalid_input);
}

TEST_F(Serve, EndsWhenItWasStoppedBeforeItBegan) {
  const auto server = Server::start(set_, {.port = 0});
  ASSERT_TRUE(server);
  std::stop_source source;
  source.request_stop();
  (*server)->run(source.get_token());
}

TEST_F(Serve, RefusesAManifestThatLeadsOutside) {
  ASSERT_TRUE(remove_tree(release_ / "manifest.json"));
  ASSERT_TRUE(write_file(
      release_ / "manifest.json",
      R"({"files": {"../../secret.txt": {"sha256": ")" + sha256("").hex() + R"(", "size": 17}}})"));
  const auto server = Server::start(set_, {.port = 0});
  ASSERT_FALSE(server);
  EXPECT_THAT(server.error().message, HasSubstr("a path outside the release"));
}

// pip itself: it asks for JSON, takes the metadata files and checks every hash.
TEST_F(Serve, PipInstallsFromIt) {
  const auto python = find_program("python3");
  if (!python) GTEST_SKIP() << "no python3";
  Command command;
  command.argv = {python->string(),
                  "-m",
                  "pip",
                  "--isolated",
                  "install",
                  "--no-cache-dir",
                  "--disable-pip-version-check",
                  "--require-hashes",
                  "--only-binary",
                  ":all:",
                  "--index-url",
                  url(),
                  "--target",
                  (folder_->path() / "installed").string(),
                  "-r",
                  (release_ / "requirements-3.11.txt").string()};
  const auto done = run_command(command);
  ASSERT_TRUE(done) << done.error().message;
  if (done->err.find("No module named pip") != std::string::npos) GTEST_SKIP() << "no pip";
  EXPECT_TRUE(done->ok()) << done->out << done->err;
  EXPECT_TRUE(fs::exists(folder_->path() / "installed" / "sample_app.py"));
  EXPECT_TRUE(fs::exists(folder_->path() / "installed" / "sample_lib.py"));
  EXPECT_THAT(log_with(4), Contains(StartsWith("GET /" + std::string(wheel_path) + " 200 ")));
}

}  // namespace
}  // namespace assay
