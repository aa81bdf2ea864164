#include "action/sandbox.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "action/kept_output.h"
#include "io/descriptor.h"
#include "io/files.h"

namespace assay {

namespace {

using End = SandboxResult::End;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

SandboxCommand shell(const std::string& script) {
  SandboxCommand command;
  command.argv = {"/bin/sh", "-c", script};
  command.environment = {{"PATH", "/usr/bin:/bin"}, {"HOME", "/tmp/home"}};
  command.limits.cpu = std::chrono::seconds(20);
  command.limits.wall = std::chrono::seconds(20);
  command.limits.processes = 64;
  command.limits.memory_bytes = 256 << 20;
  command.limits.disk_bytes = 32 << 20;
  command.limits.file_bytes = 64 << 20;
  return command;
}

SandboxCommand python(const std::string& script) {
  SandboxCommand command = shell("");
  command.argv = {"/usr/bin/python3", "-c", script};
  return command;
}

SandboxResult run(const SandboxCommand& command) {
  const auto result = run_sandboxed(command);
  EXPECT_TRUE(result) << result.error().message;
  return result.value_or(SandboxResult{});
}

// Command lines of every process of this machine that hold the word.
int processes_with(const std::string& word) {
  int count = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    std::ifstream file(entry.path() / "cmdline");
    std::stringstream text;
    text << file.rdbuf();
    if (text.str().contains(word)) ++count;
  }
  return count;
}

// A word that no other process's command line holds, fit to be a number of seconds.
std::string endless_seconds() { return "98765." + std::to_string(getpid()); }

class SandboxMounts : public testing::Test {
 protected:
  void SetUp() override {
    auto made = TemporaryDirectory::create(std::filesystem::temp_directory_path(), "sandbox-test");
    ASSERT_TRUE(made) << made.error().message;
    folder_.emplace(*std::move(made));
  }
  const std::filesystem::path& folder() const { return folder_->path(); }

 private:
  std::optional<TemporaryDirectory> folder_;
};

}  // namespace

TEST(Sandbox, WorksHere) {
  const auto checked = check_sandbox();
  EXPECT_TRUE(checked) << checked.error().message;
}

TEST(Sandbox, KeepsOutputAndExitCode) {
  const auto result = run(shell("echo out; echo err >&2; exit 7"));
  EXPECT_EQ(result.end, End::exited);
  EXPECT_EQ(result.exit_code, 7);
  EXPECT_EQ(result.output, "out\nerr\n");
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(result.describe(), "exited with 7");
  EXPECT_TRUE(run(shell("true")).ok());
}

TEST(Sandbox, TellsASignal) {
  const auto result = run(shell("kill -SEGV $$"));
  EXPECT_EQ(result.end, End::signalled);
  EXPECT_EQ(result.describe(), "was ended by signal 11 (Segmentation fault)");
}

TEST(Sandbox, ProgramThatIsNotThereIsTheCommandsFailure) {
  auto command = shell("");
  command.argv = {"/usr/bin/no-such-program"};
  const auto result = run(command);
  EXPECT_EQ(result.end, End::exited);
  EXPECT_FALSE(result.ok());
  EXPECT_THAT(result.output, HasSubstr("no-such-program"));
}

TEST(Sandbox, MountThatIsNotThereIsAnError) {
  auto command = shell("true");
  command.mounts = {{"/no/such/folder", "/build", false}};
  const auto result = run_sandboxed(command);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::subprocess);
  EXPECT_THAT(result.error().message, HasSubstr("/no/such/folder"));
}

TEST(Sandbox, HidesTheEnvironmentEvenThatOfItsOwnInit) {
  setenv("ASSAY_TEST_WORD", "plainly-visible", 1);
  const auto result =
      run(shell("env; tr '\\0' '\\n' < /proc/1/environ; tr '\\0' ' ' < /proc/1/cmdline"));
  unsetenv("ASSAY_TEST_WORD");
  EXPECT_THAT(result.output, Not(HasSubstr("plainly-visible")));
  EXPECT_THAT(result.output, HasSubstr("HOME=/tmp/home"));
}

TEST(Sandbox, HidesTheMachinesFolders) {
  const auto result =
      run(shell("ls -A /home /root /var /sys /run /mnt /opt /srv 2>/dev/null; "
                "ls -A /; cat /etc/shadow; ls /proc | grep -c '^[0-9]'"));
  EXPECT_THAT(result.output, HasSubstr("/etc/shadow: No such file"));
  std::istringstream listing(result.output);
  std::vector<std::string> names;
  for (std::string name; std::getline(listing, name);) names.push_back(name);
  EXPECT_THAT(names, Not(testing::Contains(testing::AnyOf("home", "root", "var", "sys", "run"))));
  EXPECT_THAT(names, testing::IsSupersetOf({"etc", "usr", "tmp", "proc", "dev"}));
}

TEST(Sandbox, RunsAsAnOrdinaryUserWithoutCapabilities) {
  const auto result =
      run(shell("id -un; hostname; umask; grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' "
                "/proc/self/status | tr -d '\\t'; unshare -U true || echo none"));
  EXPECT_THAT(result.output, StartsWith("sandbox\nsandbox\n0022\n"));
  EXPECT_THAT(result.output, HasSubstr("CapEff:0000000000000000\nCapBnd:0000000000000000\n"
                                       "NoNewPrivs:1\nSeccomp:2\n"));
  EXPECT_THAT(result.output, EndsWith("none\n"));
}

TEST(Sandbox, OnlyTmpIsWritable) {
  const auto result = run(shell(
      "for f in / /usr /etc /dev /proc /bin; do touch $f/new 2>/dev/null && echo wrote $f; done; "
      "echo 1 2>/dev/null > /proc/sys/vm/drop_caches && echo wrote sysctl; "
      "touch /tmp/new /dev/shm/new $HOME/new && echo fine"));
  EXPECT_EQ(result.output.substr(result.output.rfind("fine")), "fine\n");
  EXPECT_THAT(result.output, Not(HasSubstr("wrote")));
}

TEST(Sandbox, SystemCallFilterHoldsInside) {
  const auto result =
      run(python("import ctypes, errno, mmap\n"
                 "libc = ctypes.CDLL(None, use_errno=True)\n"
                 "print(libc.shmget(0, 4096, 0o1600), errno.errorcode[ctypes.get_errno()])\n"));
  EXPECT_EQ(result.output, "-1 ENOSYS\n");
}

TEST(Sandbox, ReachesNoNetworkButItsOwnLoopback) {
  const Descriptor server(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(server.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(server.get(), 1), 0);
  ASSERT_EQ(getsockname(server.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  const auto result =
      run(python("import socket\n"
                 "def reach(address):\n"
                 "  try: socket.create_connection(address, 5); return 'reached'\n"
                 "  except OSError as error: return type(error).__name__\n"
                 "print(reach(('127.0.0.1', " +
                 std::to_string(ntohs(address.sin_port)) +
                 ")))\n"
                 "try: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', "
                 "53)); print('routed')\n"
                 "except OSError: print('no route')\n"
                 "own = socket.create_server(('127.0.0.1', 0))\n"
                 "print(reach(own.getsockname()))\n"));
  EXPECT_EQ(result.output, "ConnectionRefusedError\nno route\nreached\n");
}

TEST_F(SandboxMounts, AreReadOnlyUnlessSaidOtherwise) {
  const auto given = folder() / "given";
  const auto out = folder() / "out";
  std::filesystem::create_directories(given);
  std::filesystem::create_directories(out);
  std::ofstream(given / "input") << "input";
  auto command = shell("cat /build/in/input > result; touch /build/in/new; touch /build/new; pwd");
  command.mounts = {{given, "/build/in", false}, {out, "/build/out", true}};
  command.directory = "/build/out";
  const auto result = run(command);
  EXPECT_THAT(result.output, AllOf(HasSubstr("/build/in/new"), HasSubstr("Read-only file system"),
                                   EndsWith("/build/out\n")));
  EXPECT_EQ(read_file(out / "result").value_or("none"), "input");
  EXPECT_FALSE(std::filesystem::exists(given / "new"));
}

TEST(SandboxLimit, EndlessSleepMeetsTheWallLimit) {
  auto command = shell("sleep " + endless_seconds());
  command.limits.wall = std::chrono::seconds(1);
  const auto result = run(command);
  EXPECT_EQ(result.end, End::wall_limit);
  EXPECT_EQ(result.describe(), "ran longer than 1 s");
  EXPECT_EQ(processes_with(endless_seconds()), 0);
}

TEST(SandboxLimit, EndlessLoopsTogetherMeetTheCpuLimit) {
  auto command = shell("for i in 1 2 3; do (while :; do :; done) & done; wait");
  command.limits.cpu = std::chrono::seconds(2);
  const auto result = run(command);
  EXPECT_EQ(result.end, End::cpu_limit);
  EXPECT_EQ(result.describe(), "used more than 2 s of CPU time");
  EXPECT_GE(result.cpu_seconds, 2);
}

TEST(SandboxLimit, CpuTimeOfTheDeadCounts) {
  auto command =
      shell("while :; do sh -c 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done'; done");
  command.limits.cpu = std::chrono::seconds(1);
  EXPECT_EQ(run(command).end, End::cpu_limit);
}

TEST(SandboxLimit, ForkBombMeetsTheProcessLimit) {
  const auto result = run(shell("bomb() { bomb | bomb & }; bomb; sleep " + endless_seconds()));
  EXPECT_EQ(result.end, End::process_limit);
  EXPECT_EQ(result.describe(), "ran more than 64 processes and threads at one time");
  EXPECT_EQ(processes_with(endless_seconds()), 0);
}

TEST(SandboxLimit, ThreadsCountAsProcesses) {
  auto command = python(
      "import threading, time\n"
      "for _ in range(100): threading.Thread(target=time.sleep, args=(30,)).start()\n");
  command.limits.memory_bytes = 2ULL << 30;
  EXPECT_EQ(run(command).end, End::process_limit);
}

TEST(SandboxLimit, MemoryHogMeetsTheMemoryLimit) {
  auto command = python(
      "import time\n"
      "held = []\n"
      "while True: held.append(bytearray(1 << 20)); time.sleep(0.002)\n");
  command.limits.memory_bytes = 64 << 20;
  const auto result = run(command);
  EXPECT_EQ(result.end, End::memory_limit);
  EXPECT_EQ(result.describe(), "used more than 64 MiB of memory");
}

TEST(SandboxLimit, MemoryOfManyProcessesIsSummedUpAndSharedPagesAreNot) {
  const std::string fork =
      "import os, time\n"
      "shared = bytearray(b'x') * (24 << 20)\n"
      "for _ in range(6):\n"
      "  if os.fork() == 0: own = bytes(shared) if COPY else None; time.sleep(1.5); os._exit(0)\n"
      "for _ in range(6): os.wait()\n";
  auto command = python("COPY = True\n" + fork);
  command.limits.memory_bytes = 128 << 20;
  EXPECT_EQ(run(command).end, End::memory_limit);
  command = python("COPY = False\n" + fork);
  command.limits.memory_bytes = 128 << 20;
  EXPECT_TRUE(run(command).ok());
}

TEST_F(SandboxMounts, DiskFillersMeetTheDiskLimit) {
  const std::vector<std::string> fillers = {
      "yes > /tmp/big; sleep 30",
      "yes > /dev/shm/big; sleep 30",
      "yes | head -c 40000000 > big; sleep 30",
      "mkdir hidden; cd hidden; yes | head -c 40000000 > big; chmod 0 .; sleep 30",
      "i=0; while :; do i=$((i+1)); : > f$i; done",
      "exec 5> big; rm big; yes | head -c 40000000 >&5; sleep 30"};
  for (const auto& filler : fillers) {
    SCOPED_TRACE(filler);
    const auto out = folder() / "out";
    std::filesystem::create_directories(out);
    auto command = shell(filler);
    command.mounts = {{out, "/build/out", true}};
    command.directory = "/build/out";
    const auto result = run(command);
    EXPECT_EQ(result.end, End::disk_limit);
    EXPECT_THAT(result.describe(), StartsWith("wrote more than 32 MiB"));
    EXPECT_TRUE(remove_tree(out));
  }
}

TEST_F(SandboxMounts, LinksThatLeaveAMountAreNotFollowed) {
  const auto out = folder() / "out";
  std::filesystem::create_directories(out);
  std::filesystem::create_directory_symlink("/usr", out / "everything");
  auto command = shell("sleep 0.3");
  command.mounts = {{out, "/build/out", true}};
  EXPECT_TRUE(run(command).ok());
}

TEST(SandboxLimit, OneFileMeetsItsOwnLimit) {
  auto command = shell("exec head -c 9000000 /dev/zero > /tmp/big");
  command.limits.file_bytes = 8 << 20;
  EXPECT_EQ(run(command).end, End::disk_limit);
}

TEST(SandboxLimit, FloodOfOutputIsBounded) {
  auto command = shell("echo first; head -c 30000000 /dev/zero | tr '\\0' x; echo; echo last");
  const auto result = run(command);
  EXPECT_TRUE(result.ok());
  EXPECT_LE(result.output.size(), (8U << 20) + 100);
  EXPECT_THAT(result.output.substr(0, 10), StartsWith("first\nxxx"));
  EXPECT_THAT(result.output.substr(result.output.size() - 10), EndsWith("\nlast\n"));
}

TEST(Sandbox, LeavesNothingInTheBackground) {
  const auto result =
      run(shell("(setsid sleep " + endless_seconds() + " >/dev/null 2>&1 &) ; echo done"));
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(processes_with(endless_seconds()), 0);
}

TEST(Sandbox, StopsWhenAsked) {
  std::stop_source stop;
  std::jthread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    stop.request_stop();
  });
  const auto result = run_sandboxed(shell("sleep " + endless_seconds()), stop.get_token());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(processes_with(endless_seconds()), 0);
}

TEST(Sandbox, StopsAtAnyMomentOfItsBeginning) {
  for (int tenths = 0; tenths < 60; ++tenths) {
    std::stop_source stop;
    std::jthread later([&] {
      std::this_thread::sleep_for(std::chrono::microseconds(100 * tenths));
      stop.request_stop();
    });
    EXPECT_FALSE(run_sandboxed(shell("sleep " + endless_seconds()), stop.get_token()));
  }
  EXPECT_EQ(processes_with(endless_seconds()), 0);
}

TEST(Sandbox, SaysWhatIsMissing) {
  const std::string path = getenv("PATH");
  setenv("PATH", "/nowhere", 1);
  const auto checked = check_sandbox();
  setenv("PATH", path.c_str(), 1);
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message, HasSubstr("apt-get install bubblewrap"));
}

TEST(KeptOutput, KeepsBothEndsAndTellsWhatIsMissing) {
  KeptOutput short_text(10);
  short_text.add("12345");
  short_text.add("67890");
  EXPECT_EQ(short_text.text(), "1234567890");
  KeptOutput long_text(10);
  for (int i = 0; i < 1000; ++i) long_text.add("abc");
  EXPECT_EQ(long_text.text(), "abcab\n[2990 bytes left out]\nbcabc");
}

}  // namespace assay
