#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "package/marker.h"
#include "package/metadata.h"
#include "package/requirement.h"
#include "trial/source_files.h"

namespace assay {

// What a package's own files say its tests need, gathered line by line. A line that can't be taken
// as it is goes to `left_out`, with the reason: nothing is dropped without a word.
class NeededForTests {
 public:
  NeededForTests(const SourceFiles& files, const Metadata& metadata,
                 const MarkerEnvironment& markers)
      : files_(&files), metadata_(&metadata), markers_(&markers) {}

  // One requirement (PEP 508), or a reference to the package itself: ".", ".[extra]", "-e .",
  // "name[extra]" become extras. A requirement whose marker does not hold here is none.
  void add_line(std::string_view line);
  // A line as in a requirements file at the root of the tree: what add_line takes, and options.
  void add_listed_line(std::string_view line) { add_listed_line(line, ""); }
  // An extra of the package itself, if it has one of this name.
  void add_extra(std::string_view extra);
  // A requirements file as pip reads it: comments, continued lines, options, "-r" of other files,
  // which are followed inside the tree. Hashes are dropped; pins are kept, as upstream tested them.
  void add_file(std::string_view path);

  void leave_out(std::string_view line, std::string_view why);

  bool empty() const { return requirements.empty() && extras.empty(); }
  bool has(const Name& name) const;

  std::vector<Requirement> requirements;
  std::set<std::string> extras;
  std::vector<std::string> left_out;  // 'the line "..." (why)'

 private:
  bool add_self_reference(std::string_view line);
  void add_requirement(std::string_view line);
  void add_listed_line(std::string_view line, std::string_view folder);

  const SourceFiles* files_;
  const Metadata* metadata_;
  const MarkerEnvironment* markers_;
  std::set<std::string> read_files_;
};

}  // namespace assay
