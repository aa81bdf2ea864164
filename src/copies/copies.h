#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "copies/file_matches.h"

namespace assay {

// Lines of a package that are lines of an origin.
struct CopiedLines {
  std::string path;  // in the package
  std::string origin_path;
  SharedLines lines;
  bool whole = false;  // the whole file, but for comments, strings' content, white space, imports
};

// What a package has of another project, in one place.
struct Copy {
  Name origin;
  std::vector<Version>
      versions;         // that share most with it, oldest first: several if they are alike
  std::string licence;  // of the newest of them; "" if it is not stated
  std::string folder;   // that all of the files lie in; "" for the top
  std::vector<CopiedLines> lines;  // by path
  std::size_t files = 0;           // with such lines
  std::size_t of_files = 0;        // that the origin has, large enough to be recognised
  double share = 0;                // of the origin's code, from 0 to 1

  // Enough of the origin to take its vulnerabilities with it: a third, or three files that are a
  // twentieth of it. Less is what remains of code that was taken over and cut down.
  bool is_substantial() const;
};

Json to_json(const Copy& copy);
Result<Copy> copy_from_json(const Json& json);

// What the package of that name has of origins other than itself: stretches of some twelve lines
// and more, and whole files that are smaller if there are three of them or they are a third of an
// origin. By origin, then folder.
std::vector<Copy> find_copies(const Name& own, const std::vector<FilePrint>& files,
                              const OriginIndex& index);

}  // namespace assay
