#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "environment/interpreter.h"
#include "environment/virtual_environment.h"
#include "pipeline/workspace.h"
#include "resolve/resolver.h"

namespace assay {

// A wheel of the set itself, offered to a resolution in place of whatever the index has under that
// name.
struct OwnWheel {
  Name name;
  Version version;
  WheelFile wheel;
};

// The index as a resolution sees it: own wheels first, what a source distribution does not tell learned by
// building it in the sandbox, and a note of every page that was read.
class IndexSource final : public CandidateSource {
 public:
  struct Options {
    std::optional<Time> uploaded_before;
    std::vector<OwnWheel> own = {};
    // The interpreter to build with, asked for when it is first needed, or why nothing can be built. Empty:
    // what does not tell is not built.
    std::function<Result<const Interpreter*>()> builder = {};
    std::string builder_id = {};   // what decides which interpreter that is
    std::string never_built = {};  // why nothing may be built, even if the store has what would come of it
  };
  IndexSource(Workspace& workspace, Options options)
      : workspace_(workspace), options_(std::move(options)) {}

  Result<FileList> files(const Name& name) override;
  Result<Metadata> metadata(const Name& name, const Version& version,
                            const std::vector<IndexFile>& files) override;
  void prefetch(const std::vector<Name>& names) override;
  void build_nothing_more() override { builds_ = false; }

  // The digest of each page that was read, in hex; page_absent of one that the index does not have.
  static constexpr const char* page_absent = "absent";
  std::map<std::string, std::string> take_pages() { return std::move(pages_); }

 private:
  Result<Metadata> metadata_by_building(const Name& name, const Version& version,
                                        const std::vector<IndexFile>& files, const Error& untold);
  Result<std::string> ask_back_end(const Name& name, const Version& version, const IndexFile& file);
  const OwnWheel* find_own(const Name& name) const;

  Workspace& workspace_;
  Options options_;
  std::map<std::string, std::string> pages_;
  bool builds_ = true;
};

}  // namespace assay
