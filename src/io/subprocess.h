#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace assay {

struct Command {
  std::vector<std::string> argv;  // argv[0] is a path or found on PATH
  std::optional<std::map<std::string, std::string>> environment;  // nothing: this process's own
  std::filesystem::path directory;                                // "" for the current one
  std::string input;
  std::chrono::milliseconds timeout{0};    // wall; 0 for none
  std::uint64_t max_output = 64ULL << 20;  // standard output and error, kept; the rest is dropped and said in `truncated`
  std::map<int, std::string> pass;         // extra descriptors by number, each with bytes to read from it
};

struct Completed {
  int exit_code = -1;  // -1 if it was ended by a signal
  int signal = 0;
  bool timed_out = false;
  bool truncated = false;
  std::string out;
  std::string err;
  double cpu_seconds = 0;   // of it and the children it waited for
  double wall_seconds = 0;
  std::uint64_t max_rss_bytes = 0;

  bool ok() const { return exit_code == 0 && !timed_out; }
};

// Runs a program in a process group of its own and waits (posix_spawn, pidfd). On timeout, stop or
// error the whole group is killed. subprocess error if it can't be started, cancelled on stop; any
// exit is a result.
Result<Completed> run_command(const Command& command, std::stop_token stop = {});

// Where the program is on PATH; not_found otherwise.
Result<std::filesystem::path> find_program(const std::string& name);

}  // namespace assay
