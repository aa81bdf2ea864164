#include "action/sandbox.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "action/kept_output.h"
#include "action/sandbox_arguments.h"
#include "action/sandbox_watch.h"
#include "action/system_call_filter.h"
#include "base/json.h"
#include "base/text.h"
#include "io/descriptor.h"
#include "io/subprocess.h"

namespace assay {

namespace {

using std::chrono::steady_clock;

constexpr std::size_t kept_output_bytes = 8 << 20;
constexpr int look_every_milliseconds = 20;

// glibc 2.36 declares its own for C only.
Descriptor open_process(pid_t pid) {
  return Descriptor(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
}

void kill_process(const Descriptor& process) {
  syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0);
}

std::string system_words(int error) { return strerrordesc_np(error); }

std::unexpected<Error> no_sandbox(std::string why) {
  return fail(ErrorKind::subprocess, "the sandbox can't be set up: " + std::move(why));
}

// The first line of a small file under /proc/sys; "" if there is none.
std::string kernel_setting(const char* path) {
  const Descriptor file(open(path, O_RDONLY | O_CLOEXEC));
  std::array<char, 64> buffer;
  const ssize_t count = file ? read(file.get(), buffer.data(), buffer.size()) : 0;
  if (count <= 0) return "";
  return std::string(trim({buffer.data(), static_cast<std::size_t>(count)}));
}

// bubblewrap says what failed; the person needs to know what to change.
std::string advice(const SandboxCommand& command) {
  if (kernel_setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1") {
    return "; AppArmor keeps ordinary users from making user namespaces here: "
           "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0";
  }
  if (kernel_setting("/proc/sys/kernel/unprivileged_userns_clone") == "0") {
    return "; this kernel keeps ordinary users from making user namespaces: "
           "sudo sysctl -w kernel.unprivileged_userns_clone=1";
  }
  if (kernel_setting("/proc/sys/user/max_user_namespaces") == "0") {
    return "; user namespaces are turned off here: sudo sysctl -w user.max_user_namespaces=10000";
  }
  if (command.system) {
    return "; before Linux 6.7 the machine itself must know the emulator: "
           "sudo apt-get install binfmt-support qemu-user-static";
  }
  return "";
}

Result<Descriptor> memory_file(std::string_view bytes) {
  Descriptor file(memfd_create("assay", MFD_CLOEXEC));
  if (!file) return no_sandbox(system_words(errno));
  while (!bytes.empty()) {
    const ssize_t count = write(file.get(), bytes.data(), bytes.size());
    if (count < 0) return no_sandbox(system_words(errno));
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  lseek(file.get(), 0, SEEK_SET);
  return file;
}

struct Pipe {
  Descriptor reader;  // does not block
  Descriptor writer;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return no_sandbox(system_words(errno));
  Pipe made{Descriptor(ends[0]), Descriptor(ends[1])};
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return made;
}

// Appends what is there; closes the descriptor at the end of the stream.
template <class Sink>
void read_available(Descriptor& from, Sink&& sink, std::size_t at_most) {
  std::array<char, 65536> buffer;
  while (from && at_most > 0) {
    const ssize_t count = read(from.get(), buffer.data(), std::min(buffer.size(), at_most));
    if (count > 0) {
      sink(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
      at_most -= static_cast<std::size_t>(count);
    } else if (count < 0 && errno == EINTR) {
      continue;
    } else {
      if (count == 0 || errno != EAGAIN) from.close();
      return;
    }
  }
}

Result<> check_command(const SandboxCommand& command) {
  const auto bad = [](std::string what) {
    return fail(ErrorKind::internal, "not a command for the sandbox: " + std::move(what));
  };
  if (command.argv.empty() || command.argv.front().empty()) return bad("it is empty");
  for (const auto& mount : command.mounts) {
    if (!mount.target.is_absolute()) return bad("mount at " + mount.target.string());
  }
  const auto has_nul = [](const std::string& text) { return text.find('\0') != text.npos; };
  for (const auto& word : command.argv) {
    if (has_nul(word)) return bad("a NUL in an argument");
  }
  for (const auto& [name, value] : command.environment) {
    if (name.empty() || name.contains('=') || has_nul(name) || has_nul(value)) {
      return bad("environment variable " + printable(name));
    }
  }
  return {};
}

// Ahead of whatever else wants to run: a fork bomb makes thousands that stand in line, and the
// watch that finds it and process 1, whose death is theirs, would stand behind them while it grows.
// Only root may; for others the kernel's own count of processes (--nproc, from which root is
// exempt) keeps the line short, and a refusal here does no harm.
void go_first(pid_t task) {
  sched_param priority{};
  priority.sched_priority = 1;
  sched_setscheduler(task, SCHED_RR | SCHED_RESET_ON_FORK, &priority);
}

// The calling thread goes first while the object lives.
class UrgentThread {
 public:
  UrgentThread() : policy_(sched_getscheduler(0)) {
    sched_getparam(0, &priority_);
    go_first(0);
  }
  ~UrgentThread() { sched_setscheduler(0, policy_, &priority_); }
  UrgentThread(const UrgentThread&) = delete;

 private:
  int policy_;
  sched_param priority_{};
};

double seconds_of(const rusage& usage) {
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// One running bubblewrap: its monitor is our child, and the monitor's child is process 1 of the
// namespace, whose death is the death of all in it.
class RunningSandbox {
 public:
  RunningSandbox() = default;
  ~RunningSandbox() { end(); }
  RunningSandbox(const RunningSandbox&) = delete;

  Result<> start(const SandboxCommand& command);
  Result<SandboxResult> watch(const SandboxCommand& command, std::stop_token stop);

 private:
  void take_reports();
  void take_output(std::size_t at_most);
  std::optional<SandboxResult::End> limit_broken_by_now(const SandboxCommand& command);
  void wait_for_event(const Descriptor& stopped);
  void find_unreported_init();
  void end();
  Result<SandboxResult> conclude(const SandboxCommand& command,
                                 std::optional<SandboxResult::End> broken);

  pid_t monitor_ = -1;
  Descriptor monitor_handle_;
  pid_t init_ = -1;
  Descriptor init_handle_;
  Descriptor output_;
  Descriptor status_;
  std::string status_text_;
  KeptOutput output_text_{kept_output_bytes};
  std::optional<SandboxWatch> look_;
  std::optional<int> exit_code_;
  steady_clock::time_point started_ = steady_clock::now();
  double cpu_seconds_ = 0;
  int monitor_status_ = 0;
};

// What bubblewrap inherits. A descriptor dup2'ed onto itself loses its close-on-exec in the child
// only, so that other threads' children never get it.
class SpawnSetup {
 public:
  SpawnSetup() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    // A group of its own, so that Ctrl-C in a terminal reaches assay alone; and signals as at
    // log-in.
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
  }
  ~SpawnSetup() {
    posix_spawnattr_destroy(&attributes_);
    posix_spawn_file_actions_destroy(&actions_);
  }
  SpawnSetup(const SpawnSetup&) = delete;

  void inherit(const Descriptor& descriptor) { inherit_as(descriptor, descriptor.get()); }
  void inherit_as(const Descriptor& descriptor, int number) {
    posix_spawn_file_actions_adddup2(&actions_, descriptor.get(), number);
  }

  // An empty environment: /proc/1/environ in the sandbox would show whatever bubblewrap was given.
  Result<pid_t> spawn(const std::string& program, const std::vector<std::string>& words) {
    std::vector<char*> argv;
    for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    char* environment[] = {nullptr};
    pid_t pid = -1;
    const int error =
        posix_spawn(&pid, program.c_str(), &actions_, &attributes_, argv.data(), environment);
    if (error != 0) return no_sandbox(program + ": " + system_words(error));
    return pid;
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

// What starts bubblewrap. For a foreign system that is a user namespace in which the kernel gives its
// programs to the emulator: since Linux 6.7 each has a binfmt_misc of its own. Where it has none, the
// machine's may know an emulator already.
std::vector<std::string> launcher(const SandboxCommand& command, const std::string& bubblewrap) {
  if (!command.system) return {bubblewrap};
  constexpr const char* script =
      "PATH=/usr/sbin:/usr/bin:/sbin:/bin; m=/proc/sys/fs/binfmt_misc; "
      "mount -t binfmt_misc none $m 2>/dev/null && printf %s \"$0\" >$m/register; "
      "unset PATH PWD; exec \"$@\"";
  return {"/usr/bin/unshare", "--user",  "--map-root-user",        "--mount", "--", "/bin/sh",
          "-c",               script,    command.system->emulator, bubblewrap};
}

Result<> RunningSandbox::start(const SandboxCommand& command) {
  const auto program = find_program("bwrap");
  if (!program) {
    return no_sandbox("bubblewrap is not installed (sudo apt-get install bubblewrap)");
  }
  ASSAY_TRY(Pipe output, make_pipe());
  ASSAY_TRY(Pipe status, make_pipe());
  ASSAY_TRY(const Descriptor filter, system_call_filter());
  SpawnSetup setup;
  setup.inherit_as(output.writer, 1);
  setup.inherit_as(output.writer, 2);
  setup.inherit(status.writer);
  setup.inherit(filter);

  SandboxDescriptors numbers{.status = status.writer.get(), .filter = filter.get(), .made_up = {}};
  std::vector<Descriptor> files;
  for (const auto& made_up : made_up_files()) {
    ASSAY_TRY(files.emplace_back(), memory_file(made_up.text));
    setup.inherit(files.back());
    numbers.made_up.push_back(files.back().get());
  }
  // Through a file, since a command line can be read by all users and by the sandbox itself.
  std::string options;
  for (const auto& option : sandbox_options(command, numbers)) options += option + '\0';
  ASSAY_TRY(const Descriptor options_file, memory_file(options));
  setup.inherit(options_file);
  std::vector<std::string> argv = launcher(command, program->string());
  const std::string first = argv.front();
  std::ranges::move(std::vector<std::string>{"--args", std::to_string(options_file.get()), "--"},
                    std::back_inserter(argv));
  std::ranges::move(limited_command(command), std::back_inserter(argv));

  // The monitor may end before its child is reaped; the child then falls to this process, which
  // reaps it and learns what it used.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  ASSAY_TRY(monitor_, setup.spawn(first, argv));
  output_ = std::move(output.reader);
  status_ = std::move(status.reader);
  monitor_handle_ = open_process(monitor_);
  if (!monitor_handle_) return no_sandbox(system_words(errno));
  return {};
}

// bubblewrap writes one JSON document a line: {"child-pid": …} at the start, {"exit-code": …} at
// the end, the latter only if the command was started.
void RunningSandbox::take_reports() {
  read_available(status_, [&](std::string_view bytes) { status_text_ += bytes; }, 65536);
  for (auto end = status_text_.find('\n'); end != std::string::npos;
       end = status_text_.find('\n')) {
    const auto document = parse_json(status_text_.substr(0, end));
    status_text_.erase(0, end + 1);
    if (!document || !document->is_object()) continue;
    init_ = document->value("child-pid", init_);
    if (document->contains("exit-code")) exit_code_ = document->value("exit-code", -1);
  }
}

void RunningSandbox::take_output(std::size_t at_most) {
  read_available(output_, [&](std::string_view bytes) { output_text_.add(bytes); }, at_most);
}

void RunningSandbox::wait_for_event(const Descriptor& stopped) {
  std::array<pollfd, 4> events = {
      pollfd{stopped.get(), POLLIN, 0}, pollfd{monitor_handle_.get(), POLLIN, 0},
      pollfd{output_.get(), POLLIN, 0}, pollfd{status_.get(), POLLIN, 0}};
  poll(events.data(), events.size(), look_every_milliseconds);
}

std::optional<SandboxResult::End> RunningSandbox::limit_broken_by_now(
    const SandboxCommand& command) {
  if (steady_clock::now() - started_ > command.limits.wall) return SandboxResult::End::wall_limit;
  if (init_ < 0) return std::nullopt;
  if (!look_) {
    init_handle_ = open_process(init_);
    look_.emplace(init_, command);
  }
  return look_->broken_limit();
}

double reap(pid_t child, int& status) {
  rusage usage{};
  while (wait4(child, &status, 0, &usage) < 0) {
    if (errno != EINTR) return 0;
  }
  return seconds_of(usage);
}

// A monitor that is killed before it has told of its child leaves one that waits for it for ever.
// Held still, it can neither make a child nor lose one.
void RunningSandbox::find_unreported_init() {
  take_reports();
  if (init_ > 0) return;
  kill(monitor_, SIGSTOP);
  siginfo_t held{};
  while (waitid(P_PID, static_cast<id_t>(monitor_), &held, WSTOPPED | WEXITED | WNOWAIT) < 0 &&
         errno == EINTR) {
  }
  std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", monitor_));
  if (pid_t child = -1; children >> child) init_ = child;
}

// Safe to call more than once. When process 1 of a namespace is killed, the kernel kills all others
// and lets it go only when they are gone.
void RunningSandbox::end() {
  if (monitor_ < 0) return;
  find_unreported_init();
  if (init_handle_) {
    go_first(init_);
    kill_process(init_handle_);
  }
  kill(monitor_, SIGKILL);  // not reaped yet, so the number is still its own
  cpu_seconds_ = reap(std::exchange(monitor_, -1), monitor_status_);
  take_reports();
  siginfo_t child{};
  if (init_ > 0 &&
      waitid(P_PID, static_cast<id_t>(init_), &child, WEXITED | WNOHANG | WNOWAIT) == 0) {
    kill(init_, SIGKILL);
    int status = 0;
    cpu_seconds_ += reap(init_, status);
  }
  if (look_) cpu_seconds_ = std::max(cpu_seconds_, look_->cpu_seconds());
}

Result<SandboxResult> RunningSandbox::watch(const SandboxCommand& command, std::stop_token stop) {
  const UrgentThread urgent;
  const Descriptor stopped(eventfd(0, EFD_CLOEXEC));
  const std::stop_callback tell(stop, [&] { eventfd_write(stopped.get(), 1); });
  std::optional<SandboxResult::End> broken;
  auto next_look = steady_clock::now();
  for (;;) {
    wait_for_event(stopped);
    // What ended is told from what runs before the pipes are read, so that nothing is missed.
    pollfd ended{monitor_handle_.get(), POLLIN, 0};
    const bool over = poll(&ended, 1, 0) != 0;
    take_reports();
    take_output(1 << 20);
    if (over) break;
    if (stop.stop_requested()) {
      end();
      return fail(ErrorKind::cancelled, "stopped");
    }
    if (steady_clock::now() < next_look) continue;
    broken = limit_broken_by_now(command);
    if (broken) break;
    next_look = steady_clock::now() + std::chrono::milliseconds(look_every_milliseconds);
  }
  end();
  take_output(kept_output_bytes);
  return conclude(command, broken);
}

Result<SandboxResult> RunningSandbox::conclude(const SandboxCommand& command,
                                               std::optional<SandboxResult::End> broken) {
  using End = SandboxResult::End;
  SandboxResult result;
  result.limits = command.limits;
  result.output = output_text_.text();
  result.cpu_seconds = cpu_seconds_;
  const std::chrono::duration<double> wall = steady_clock::now() - started_;
  result.wall_seconds = wall.count();
  if (broken) {
    result.end = *broken;
    return result;
  }
  if (!exit_code_) {
    if (WIFSIGNALED(monitor_status_)) return no_sandbox("bubblewrap was killed from outside");
    return no_sandbox(printable(trim(result.output.substr(0, 1000))) + advice(command));
  }
  result.exit_code = *exit_code_;
  if (result.exit_code == 0) return result;
  const int signal = result.exit_code - 128;
  if (signal == SIGXCPU) {
    result.end = End::cpu_limit;
  } else if (signal == SIGXFSZ || (look_ && look_->disk_is_full())) {
    result.end = End::disk_limit;
  } else if (signal > 0 && signal <= SIGRTMAX) {
    result.end = End::signalled;
  }
  return result;
}

std::string amount(std::uint64_t bytes) {
  if (bytes % (1ULL << 30) == 0) return fmt::format("{} GiB", bytes >> 30);
  if (bytes % (1ULL << 20) == 0) return fmt::format("{} MiB", bytes >> 20);
  return fmt::format("{} bytes", bytes);
}

}  // namespace

std::string SandboxResult::describe() const {
  switch (end) {
    case End::exited: return fmt::format("exited with {}", exit_code);
    case End::signalled: {
      const int signal = exit_code - 128;
      const char* words = sigdescr_np(signal);
      return fmt::format("was ended by signal {} ({})", signal, words ? words : "real-time");
    }
    case End::wall_limit: return fmt::format("ran longer than {} s", limits.wall.count());
    case End::cpu_limit: return fmt::format("used more than {} s of CPU time", limits.cpu.count());
    case End::disk_limit:
      return fmt::format("wrote more than {}, or more than {} to one file",
                         amount(limits.disk_bytes), amount(limits.file_bytes));
    case End::memory_limit: return "used more than " + amount(limits.memory_bytes) + " of memory";
    case End::process_limit:
      return fmt::format("ran more than {} processes and threads at one time", limits.processes);
  }
  return "ended";
}

Result<SandboxResult> run_sandboxed(const SandboxCommand& command, std::stop_token stop) {
  ASSAY_CHECK(check_command(command));
  RunningSandbox sandbox;
  ASSAY_CHECK(sandbox.start(command));
  return sandbox.watch(command, stop);
}

Result<> check_sandbox() {
  SandboxCommand nothing;
  nothing.argv = {"/bin/true"};
  nothing.limits.wall = std::chrono::seconds(30);
  nothing.limits.disk_bytes = 1 << 20;
  ASSAY_TRY(const SandboxResult result, run_sandboxed(nothing));
  if (!result.ok()) return no_sandbox("/bin/true in it " + result.describe());
  return {};
}

}  // namespace assay
