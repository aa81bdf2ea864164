#pragma once
#include <string>
#include <utility>
#include <vector>

#include "action/sandbox.h"

namespace assay {

// A small file that is made up for the sandbox instead of showing the machine's.
struct MadeUpFile {
  std::string path;
  std::string text;
};
const std::vector<MadeUpFile>& made_up_files();

// Descriptors that bubblewrap reads or writes, by number.
struct SandboxDescriptors {
  int status = -1;
  int filter = -1;
  std::vector<int> made_up;  // as made_up_files()
};

// bubblewrap's options for the command's view of the world, without the command itself.
std::vector<std::string> sandbox_options(const SandboxCommand& command,
                                         const SandboxDescriptors& descriptors);
// The command behind a launcher that sets umask and rlimits: programs of util-linux and the shell,
// which every Debian has, run inside.
std::vector<std::string> limited_command(const SandboxCommand& command);

}  // namespace assay
