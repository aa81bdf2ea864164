#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "fetch/build_words.h"
#include "store/file_view.h"

namespace assay {

// Which native sources of a project its build may compile, and which build files take part, told from
// texts only. A source is reached if
//   a build file that takes part names it, with its ending or without, or lists a folder it is in;
//   a reached source includes it, or names it otherwise;
//   it is a package's own.
// Build files take part at the top, beside others that do, and where one that does names their folder;
// those of tests, documentation, examples and benchmarks do not. Where anything that takes part can't
// be read, all is reached. For any thread; it is read when it is first asked.
class NativeBuild {
 public:
  using Predicate = std::function<bool(std::string_view path)>;
  // `scripts` are the modules that run in the build.
  NativeBuild(std::shared_ptr<const FileView> project, Predicate is_packages, std::vector<std::string> scripts);
  ~NativeBuild();

  // Is it one that the project's build must reach to use it: a source, or a build file below the top?
  static bool is_asked_for(std::string_view path);
  bool reaches(std::string_view path) const;

 private:
  std::shared_ptr<const FileView> project_;
  Predicate is_packages_;
  std::vector<std::string> scripts_;
  class Reader;
  std::unique_ptr<Reader> reader_;
  mutable std::once_flag builds_read_;
  mutable std::once_flag sources_read_;  // dear: only where a source is asked for
};

}  // namespace assay
