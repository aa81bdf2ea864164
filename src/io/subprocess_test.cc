#include "io/subprocess.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "base/text.h"
#include "io/files.h"

namespace assay {
namespace {

using testing::HasSubstr;

Command shell(std::string script) { return {.argv = {"sh", "-c", std::move(script)}}; }

Completed run(const Command& command) {
  auto completed = run_command(command);
  EXPECT_TRUE(completed) << completed.error().message;
  return completed ? *std::move(completed) : Completed{};
}

bool is_running(pid_t pid) {
  const auto status = read_file("/proc/" + std::to_string(pid) + "/stat");
  return status && status->find(") Z ") == std::string::npos;
}

// The kernel ends what was killed in its own time.
bool ends(pid_t pid) {
  for (int i = 0; i < 1000 && is_running(pid); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return !is_running(pid);
}

std::size_t open_descriptors() {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator("/proc/self/fd"), {}));
}

TEST(Subprocess, TellsHowTheProgramEnded) {
  const auto completed = run(shell("echo out; echo err >&2; exit 3"));
  EXPECT_EQ(completed.exit_code, 3);
  EXPECT_EQ(completed.signal, 0);
  EXPECT_EQ(completed.out, "out\n");
  EXPECT_EQ(completed.err, "err\n");
  EXPECT_FALSE(completed.ok() || completed.timed_out || completed.truncated);
  EXPECT_TRUE(run({.argv = {"true"}}).ok());
}

TEST(Subprocess, TellsTheSignalThatEndedIt) {
  const auto completed = run(shell("kill -SEGV $$"));
  EXPECT_EQ(completed.exit_code, -1);
  EXPECT_EQ(completed.signal, SIGSEGV);
  EXPECT_FALSE(completed.ok());
}

TEST(Subprocess, TakesArgumentsAsTheyAre) {
  EXPECT_EQ(run({.argv = {"printf", "%s|", "a b", "", "$HOME", "*"}}).out, "a b||$HOME|*|");
}

TEST(Subprocess, IsRefusedWhatTheKernelWouldCutShort) {
  const std::string zero("a\0b", 3);
  EXPECT_EQ(run_command({.argv = {"true", zero}}).error().kind, ErrorKind::subprocess);
  Command command{.argv = {"true"}};
  command.environment = {{"NAME", zero}};
  EXPECT_EQ(run_command(command).error().kind, ErrorKind::subprocess);
}

TEST(Subprocess, HasTheEnvironmentItWasGiven) {
  Command command{.argv = {"env"}};
  command.environment = {{"ONE", "1"}, {"TWO", "a b"}};
  EXPECT_EQ(run(command).out, "ONE=1\nTWO=a b\n");
  command.environment = std::map<std::string, std::string>{};
  EXPECT_EQ(run(command).out, "");
  command.environment.reset();
  EXPECT_THAT(run(command).out, HasSubstr("PATH="));
}

TEST(Subprocess, RunsInTheFolderItWasGiven) {
  const auto folder = TemporaryDirectory::create(fs::temp_directory_path(), "assay-run-").value();
  Command command{.argv = {"pwd", "-P"}};
  command.directory = folder.path();
  EXPECT_EQ(trim(run(command).out), fs::canonical(folder.path()).string());

  command.directory = folder.path() / "none";
  const auto outcome = run_command(command);
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().message, HasSubstr(command.directory.string()));
}

TEST(Subprocess, ThatIsNotThereIsAnError) {
  const auto outcome = run_command({.argv = {"assay-no-such-program"}});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::subprocess);
  EXPECT_THAT(outcome.error().message, HasSubstr("could not run assay-no-such-program: "));
  EXPECT_FALSE(run_command({}));
}

TEST(Subprocess, ReadsItsInput) {
  Command command{.argv = {"cat"}};
  for (int i = 0; i < 500'000; ++i) command.input += std::to_string(i);
  EXPECT_EQ(run(command).out, command.input);
  command.input.clear();
  EXPECT_EQ(run(command).out, "");
}

TEST(Subprocess, NeedNotReadItsInput) {
  Command command{.argv = {"true"}};
  command.input.assign(4 << 20, 'x');
  EXPECT_TRUE(run(command).ok());
}

TEST(Subprocess, MayFillBothOutputsAtOnce) {
  const auto completed = run(shell("yes | head -c 3000000 >&2 & yes | head -c 3000000; wait"));
  EXPECT_EQ(completed.out.size(), 3'000'000U);
  EXPECT_EQ(completed.err.size(), 3'000'000U);
}

TEST(Subprocess, KeepsNoMoreOutputThanAllowed) {
  auto command = shell("printf 1234567890; printf abc >&2");
  command.max_output = 4;
  const auto completed = run(command);
  EXPECT_EQ(completed.out, "1234");
  EXPECT_EQ(completed.err, "abc");
  EXPECT_TRUE(completed.truncated);
  EXPECT_TRUE(completed.ok());
  command.max_output = 10;
  EXPECT_FALSE(run(command).truncated);
}

TEST(Subprocess, ReadsDescriptorsByTheirNumbers) {
  auto command = shell("cat <&5; cat <&3; cat <&4; cat <&9");
  command.input = "unused";
  command.pass = {{3, "three "}, {4, std::string()}, {5, std::string(200'000, '5')}, {9, "nine"}};
  EXPECT_EQ(run(command).out, std::string(200'000, '5') + "three nine");
}

TEST(Subprocess, SeesNoOtherDescriptor) {
  const Descriptor secret(fcntl(0, F_DUPFD, 150));  // without O_CLOEXEC
  ASSERT_TRUE(secret);
  const auto script = "test -e /proc/self/fd/" + std::to_string(secret.get());
  EXPECT_EQ(run(shell(script)).exit_code, 1);
}

TEST(Subprocess, HasTheSignalsAsUsual) {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  EXPECT_EQ(run(shell("kill -PIPE $$")).signal, SIGPIPE);
  std::signal(SIGPIPE, before);
}

TEST(Subprocess, ThatTakesTooLongIsEndedWithItsGroup) {
  auto command = shell("sleep 600 & echo $!; wait");
  command.timeout = std::chrono::milliseconds(300);
  const auto completed = run(command);
  EXPECT_TRUE(completed.timed_out);
  EXPECT_FALSE(completed.ok());
  EXPECT_EQ(completed.signal, SIGKILL);
  ASSERT_NE(completed.out, "");
  EXPECT_TRUE(ends(std::stoi(completed.out)));
}

TEST(Subprocess, LeavesNothingOfItsGroupBehind) {
  const auto completed = run(shell("sleep 600 & echo $!"));
  EXPECT_TRUE(completed.ok());
  EXPECT_TRUE(ends(std::stoi(completed.out)));
}

TEST(Subprocess, IsNotWaitedForByWhatLeftItsGroup) {
  const auto completed = run(shell("setsid sh -c 'echo $$; exec sleep 600' & sleep 0.5"));
  ASSERT_TRUE(completed.ok());
  const pid_t left = std::stoi(completed.out);
  EXPECT_TRUE(is_running(left));
  kill(left, SIGKILL);
  EXPECT_TRUE(ends(left));
}

TEST(Subprocess, EndsWhenAStopIsRequested) {
  const auto folder = TemporaryDirectory::create(fs::temp_directory_path(), "assay-run-").value();
  const auto started = folder.path() / "started";
  std::stop_source stop;
  std::jthread stopper([&] {
    while (!fs::exists(started)) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    stop.request_stop();
  });
  auto command = shell("touch started; sleep 600");
  command.directory = folder.path();
  const auto outcome = run_command(command, stop.get_token());
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::cancelled);
}

TEST(Subprocess, DoesNotBeginAfterAStop) {
  const auto folder = TemporaryDirectory::create(fs::temp_directory_path(), "assay-run-").value();
  std::stop_source stop;
  stop.request_stop();
  auto command = shell("touch started");
  command.directory = folder.path();
  EXPECT_EQ(run_command(command, stop.get_token()).error().kind, ErrorKind::cancelled);
  EXPECT_FALSE(fs::exists(folder.path() / "started"));
}

TEST(Subprocess, TellsWhatItUsed) {
  const auto completed = run(shell("i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"));
  EXPECT_GT(completed.cpu_seconds, 0);
  EXPECT_GT(completed.wall_seconds, 0);
  EXPECT_GT(completed.max_rss_bytes, 100'000U);
}

TEST(Subprocess, LeavesNoDescriptorAndNoZombie) {
  const auto before = open_descriptors();
  for (int i = 0; i < 20; ++i) {
    run(shell("cat; exit 1"));
    EXPECT_FALSE(run_command({.argv = {"assay-no-such-program"}}));
  }
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(Subprocess, CanBeRunFromManyThreads) {
  std::vector<std::jthread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 10; ++i) {
        Command command{.argv = {"cat"}};
        command.input = std::to_string(t * 100 + i);
        EXPECT_EQ(run(command).out, command.input);
      }
    });
  }
}

TEST(Subprocess, IsFoundOnThePath) {
  const auto found = find_program("sh");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->filename(), "sh");
  const auto missing = find_program("assay-no-such-program");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
  EXPECT_THAT(missing.error().message, HasSubstr("assay-no-such-program"));
}

}  // namespace
}  // namespace assay
