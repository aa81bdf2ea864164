#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "io/archive.h"
#include "package/file_name.h"
#include "package/record.h"

namespace assay {

// Follows a wheel's members as they are read, and knows at the end whether RECORD tells the truth
// (the binary distribution format; PEP 376, 427).
class WheelAudit {
 public:
  // Returns the member's digest in RECORD's form.
  std::string see(const ArchiveEntry& entry, std::string_view bytes);

  // Once all was seen: what is wrong with the .dist-info folder, its name and RECORD, each as a
  // phrase.
  std::vector<std::string> problems(const WheelName& name) const;

  const std::string& dist_info() const { return dist_info_; }  // "flask-3.1.3.dist-info"
  // Of the .dist-info folder, by the name in it: METADATA, WHEEL, RECORD, entry_points.txt; "" if
  // it has none.
  std::string_view text(std::string_view name) const;

 private:
  struct Member {
    std::string digest;  // as RECORD writes it
    std::uint64_t size = 0;
  };

  void check_folder_name(const WheelName& name, std::vector<std::string>& wrong) const;
  void check_record(std::vector<std::string>& wrong) const;
  void compare(const RecordEntry& entry, std::vector<std::string>& wrong) const;

  std::map<std::string, Member> members_;
  std::map<std::string, std::string, std::less<>> texts_;  // by path
  std::vector<std::string> links_;
  std::string dist_info_;
  std::vector<std::string> other_dist_infos_;
};

// A digest in RECORD's form.
std::string record_digest(std::string_view bytes);

// One sentence of them, bounded: a hostile wheel may have any number.
std::string all_that_is_wrong(const std::vector<std::string>& problems);

}  // namespace assay
