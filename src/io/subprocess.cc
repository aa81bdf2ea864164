#include "io/subprocess.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <system_error>

#include "base/text.h"
#include "io/descriptor.h"
#include "io/files.h"

namespace assay {

namespace {

using SteadyClock = std::chrono::steady_clock;

std::unexpected<Error> system_error(std::string_view doing, int code) {
  return fail(ErrorKind::subprocess,
              fmt::format("{}: {}", doing, std::generic_category().message(code)));
}

struct Pipe {
  Descriptor read;
  Descriptor write;

  static Result<Pipe> create() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return system_error("could not make a pipe", errno);
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
  }
};

// Bytes to read, all there already: nobody has to write them while the program runs, so there is
// no SIGPIPE when it doesn't want them.
Result<Descriptor> memory_file(std::string_view bytes) {
  Descriptor file(memfd_create("assay", MFD_CLOEXEC));
  if (!file) return system_error("could not make a memory file", errno);
  ASSAY_CHECK(write_all(file, bytes, "a memory file"));
  lseek(file.get(), 0, SEEK_SET);
  return file;
}

// posix_spawn's file actions and attributes.
class SpawnPlan {
 public:
  // `last_number` is the highest that the program will know one of its descriptors by.
  explicit SpawnPlan(int last_number) : last_number_(last_number) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    // A group of its own, so that it can be ended with all it started; and no signal blocked or
    // ignored because this program does so for itself.
    sigset_t none;
    sigemptyset(&none);
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  Result<> give(const Descriptor& descriptor, int number) {
    // The source lies above all numbers to give, so that no dup2 overwrites that of a later one.
    Descriptor source(fcntl(descriptor.get(), F_DUPFD_CLOEXEC, last_number_ + 1));
    if (!source) return system_error("could not pass a descriptor", errno);
    posix_spawn_file_actions_adddup2(&actions_, source.get(), number);
    given_.push_back(std::move(source));
    return {};
  }

  Result<pid_t> start(const Command& command) {
    // What some library opened without O_CLOEXEC is not for the program.
    posix_spawn_file_actions_addclosefrom_np(&actions_, last_number_ + 1);
    if (!command.directory.empty()) {
      posix_spawn_file_actions_addchdir_np(&actions_, command.directory.c_str());
    }
    std::vector<std::string> arguments = command.argv;
    std::vector<std::string> variables = environment_of(command);
    pid_t child = -1;
    const int error = posix_spawnp(&child, arguments[0].c_str(), &actions_, &attributes_,
                                   pointers(arguments).data(), pointers(variables).data());
    if (error == 0) return child;
    const auto where =
        command.directory.empty() ? "" : fmt::format(" in {}", command.directory.string());
    return system_error(fmt::format("could not run {}{}", printable(command.argv[0]), where),
                        error);
  }

 private:
  static std::vector<std::string> environment_of(const Command& command) {
    std::vector<std::string> texts;
    if (command.environment) {
      for (const auto& [key, value] : *command.environment) texts.push_back(key + "=" + value);
    } else {
      for (char** variable = environ; *variable != nullptr; ++variable) {
        texts.emplace_back(*variable);
      }
    }
    return texts;
  }

  static std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (auto& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
  }

  int last_number_;
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
  std::vector<Descriptor> given_;
};

// One of the program's outputs, kept up to a limit.
class Output {
 public:
  Output(Descriptor pipe, std::uint64_t limit) : pipe_(std::move(pipe)), limit_(limit) {}

  bool open() const { return static_cast<bool>(pipe_); }
  pollfd watch() const { return {pipe_.get(), POLLIN, 0}; }

  void drain() {
    std::array<char, 65536> buffer;
    const ssize_t got = read(pipe_.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) return;
    if (got <= 0) {
      pipe_.close();
      return;
    }
    const auto size = static_cast<std::uint64_t>(got);
    const auto fits = std::min<std::uint64_t>(size, limit_ - kept_.size());
    kept_.append(buffer.data(), fits);
    truncated_ = truncated_ || fits < size;
  }

  bool truncated() const { return truncated_; }
  std::string take() { return std::move(kept_); }

 private:
  Descriptor pipe_;
  std::uint64_t limit_;
  std::string kept_;
  bool truncated_ = false;
};

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// A program that runs, until it has been waited for.
class Child {
 public:
  explicit Child(pid_t pid)
      : pid_(pid), process_(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))) {}
  ~Child() {
    if (pid_ < 0) return;
    kill_group();
    rusage unused{};
    static_cast<void>(wait(unused));
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // While it has not been waited for, its number and its group's are nobody else's.
  void kill_group() const { kill(-pid_, SIGKILL); }
  const Descriptor& process() const { return process_; }

  Result<> reap(Completed& completed) {
    rusage usage{};
    ASSAY_TRY(const int status, wait(usage));
    if (WIFEXITED(status)) completed.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) completed.signal = WTERMSIG(status);
    completed.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    completed.max_rss_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
    return {};
  }

 private:
  Result<int> wait(rusage& usage) {
    int status = 0;
    pid_t waited = -1;
    do {
      waited = wait4(pid_, &status, 0, &usage);
    } while (waited < 0 && errno == EINTR);
    pid_ = -1;
    if (waited < 0) return system_error("could not wait for a program", errno);
    return status;
  }

  pid_t pid_;
  Descriptor process_;
};

// Until the program has ended and its outputs are read.
class Watch {
 public:
  Watch(const Child& child, Output& out, Output& err, SteadyClock::time_point deadline)
      : child_(child), out_(out), err_(err), deadline_(deadline) {}

  Result<> run() {
    while (!ended_ || out_.open() || err_.open()) {
      // What left the group may hold the pipes open for ever.
      if (ended_ && SteadyClock::now() >= deadline_) return {};
      if (!ended_ && !timed_out_ && SteadyClock::now() >= deadline_) {
        timed_out_ = true;
        deadline_ = SteadyClock::time_point::max();
        child_.kill_group();
      }
      ASSAY_CHECK(look());
    }
    return {};
  }

  bool timed_out() const { return timed_out_; }

 private:
  Result<> look() {
    std::array watched{out_.watch(), err_.watch(),
                       pollfd{ended_ ? -1 : child_.process().get(), POLLIN, 0}};
    if (poll(watched.data(), watched.size(), wait_milliseconds()) < 0) {
      return errno == EINTR ? Result<>() : system_error("could not watch a program", errno);
    }
    if (watched[0].revents != 0) out_.drain();
    if (watched[1].revents != 0) err_.drain();
    if (watched[2].revents != 0) {
      ended_ = true;
      deadline_ = SteadyClock::now() + std::chrono::seconds(1);
      child_.kill_group();  // what it left behind
    }
    return {};
  }

  int wait_milliseconds() const {
    if (deadline_ == SteadyClock::time_point::max()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - SteadyClock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, INT_MAX));
  }

  const Child& child_;
  Output& out_;
  Output& err_;
  SteadyClock::time_point deadline_;
  bool ended_ = false;
  bool timed_out_ = false;
};

// The kernel would cut such a text short.
bool has_zero(const Command& command) {
  const auto zero = [](const std::string& text) { return text.find('\0') != text.npos; };
  return std::ranges::any_of(command.argv, zero) || zero(command.directory.native()) ||
         (command.environment && std::ranges::any_of(*command.environment, [&](const auto& pair) {
            return zero(pair.first) || zero(pair.second);
          }));
}

}  // namespace

Result<Completed> run_command(const Command& command, std::stop_token stop) {
  if (command.argv.empty()) return fail(ErrorKind::internal, "a command without a program");
  if (has_zero(command)) {
    return fail(ErrorKind::subprocess, "could not run " + printable(command.argv[0]) +
                                           ": a zero byte in its arguments or environment");
  }
  if (stop.stop_requested()) return fail(ErrorKind::cancelled, "stopped");

  ASSAY_TRY(Pipe out_pipe, Pipe::create());
  ASSAY_TRY(Pipe err_pipe, Pipe::create());
  const auto started = SteadyClock::now();
  pid_t pid = -1;
  {
    SpawnPlan plan(command.pass.empty() ? STDERR_FILENO
                                        : std::max(STDERR_FILENO, command.pass.rbegin()->first));
    ASSAY_TRY(const Descriptor input, memory_file(command.input));
    ASSAY_CHECK(plan.give(input, STDIN_FILENO));
    ASSAY_CHECK(plan.give(out_pipe.write, STDOUT_FILENO));
    ASSAY_CHECK(plan.give(err_pipe.write, STDERR_FILENO));
    for (const auto& [number, bytes] : command.pass) {
      ASSAY_TRY(const Descriptor file, memory_file(bytes));
      ASSAY_CHECK(plan.give(file, number));
    }
    ASSAY_TRY(pid, plan.start(command));
  }
  out_pipe.write.close();
  err_pipe.write.close();

  Child child(pid);
  if (!child.process()) return system_error("could not watch a program", errno);
  Output out(std::move(out_pipe.read), command.max_output);
  Output err(std::move(err_pipe.read), command.max_output);
  Watch watch(
      child, out, err,
      command.timeout.count() > 0 ? started + command.timeout : SteadyClock::time_point::max());
  {
    const std::stop_callback on_stop(stop, [&child] { child.kill_group(); });
    ASSAY_CHECK(watch.run());
  }
  Completed completed;
  ASSAY_CHECK(child.reap(completed));
  completed.timed_out = watch.timed_out();
  completed.truncated = out.truncated() || err.truncated();
  completed.out = out.take();
  completed.err = err.take();
  completed.wall_seconds = std::chrono::duration<double>(SteadyClock::now() - started).count();
  if (stop.stop_requested()) return fail(ErrorKind::cancelled, "stopped");
  return completed;
}

Result<fs::path> find_program(const std::string& name) {
  const char* variable = std::getenv("PATH");
  const std::string path = variable == nullptr ? "/usr/local/bin:/usr/bin:/bin" : variable;
  for (const auto folder : split(path, ':')) {
    const fs::path candidate = fs::path(folder.empty() ? "." : folder) / name;
    std::error_code ignored;
    if (fs::is_regular_file(candidate, ignored) && access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
  }
  return fail(ErrorKind::not_found, name + " is not on the PATH");
}

}  // namespace assay
