#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "copies/origins.h"
#include "copies/source_prints.h"

namespace assay {

// All that is known of origins, by fingerprint. What an origin itself vendors is left out: it is
// not its own. Files that several origins share are one content.
class OriginIndex {
 public:
  struct Owner {
    std::uint32_t origin;  // among origins()
    std::string path;
  };
  struct Content {
    CodePrint code;                  // without the fingerprints, which are in the index
    std::uint32_t fingerprints = 0;  // distinct ones
    std::vector<Owner> owners;
    std::vector<std::uint32_t> projects;  // of the owners: a number for each name, sorted
  };
  struct Place {
    std::uint64_t hash;
    std::uint32_t content;  // for content()
    std::uint32_t from;     // the first lines there that have it
    std::uint32_t to;
    auto operator<=>(const Place&) const = default;
  };

  explicit OriginIndex(std::vector<std::pair<Origin, SourcePrints>> origins);

  const std::vector<Origin>& origins() const { return origins_; }
  const Content& content(std::uint32_t number) const { return contents_[number]; }
  std::span<const Place> find(std::uint64_t hash) const;
  // Contents that are the same but for what copying changes.
  std::vector<std::uint32_t> same_code(const Digest& code) const;

  struct Size {
    std::size_t files = 0;  // that are large enough to be recognised
    std::size_t code = 0;   // in fingerprints, a file at least one
  };
  const Size& size_of(std::uint32_t origin) const { return sizes_[origin]; }

 private:
  std::vector<Origin> origins_;
  std::vector<Size> sizes_;
  std::vector<Content> contents_;
  std::vector<Place> places_;  // sorted
  std::multimap<Digest, std::uint32_t> by_code_;
};

// How much code a content is: in fingerprints, at least one.
inline std::size_t amount_of(const OriginIndex::Content& content) {
  return content.fingerprints == 0 ? 1 : content.fingerprints;
}

}  // namespace assay
