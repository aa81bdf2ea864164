#pragma once

namespace assay {

// Parses the command line, runs the command and returns the exit code: 0 done, 1 something was held
// back, 2 usage or set file, 3 could not be done.
int run_command_line(int argc, char** argv);

}  // namespace assay
