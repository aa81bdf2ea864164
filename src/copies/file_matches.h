#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "copies/origin_index.h"

namespace assay {

// The index as one package sees it: what an origin carries of that very package is no origin of it.
class PossibleOrigins {
 public:
  PossibleOrigins(const OriginIndex& index, Name own);

  const OriginIndex& index() const { return index_; }
  bool may_be_copied(std::uint32_t content) const;
  bool may_be_copied(const OriginIndex::Owner& owner) const;
  // How likely each origin is to be the one that was copied, where several have the same code.
  void rank(std::vector<double> likelihoods) { likelihoods_ = std::move(likelihoods); }
  double likelihood(std::uint32_t content) const;  // of its likeliest owner
  double likelihood_of_origin(std::uint32_t origin) const { return likelihoods_[origin]; }

 private:
  const OriginIndex& index_;
  Name own_;
  std::vector<double> likelihoods_;
  mutable std::map<std::uint32_t, bool> asked_;
};

// Lines of a package's file that are lines of an origin's file.
struct SharedLines {
  std::uint32_t from = 0;  // from 1, both included
  std::uint32_t to = 0;
  std::uint32_t origin_from = 0;
  std::uint32_t origin_to = 0;
};

// What a file has of one content of the index.
struct FileMatch {
  std::uint32_t content = 0;
  bool whole = false;              // all of the file is all of the content
  std::vector<SharedLines> lines;  // by line
};

// The fingerprints of a file that are in the index. Only where code first stands in the file
// counts: repeating it makes it no more of a copy.
class FileHits {
 public:
  FileHits(const CodePrint& code, const PossibleOrigins& possible);

  // How many distinct fingerprints the file shares with each content that it shares any with.
  std::map<std::uint32_t, std::size_t> shared() const;

  // What the file is made of: the contents that explain most of it, each with what the ones before
  // have not explained, the likelier origin of equal ones. A fingerprint that several projects have
  // weighs less; stretches that weigh less than some twelve lines are no match.
  std::vector<FileMatch> matches() const;

 private:
  struct Hit {
    std::uint32_t print;  // among code_.fingerprints
    std::uint32_t from;   // in the content
    std::uint32_t to;
  };
  std::optional<FileMatch> whole_match() const;
  std::optional<std::uint32_t> best_content(const std::vector<bool>& explained,
                                            const std::vector<std::uint32_t>& tried) const;
  std::vector<SharedLines> stretches(const std::vector<Hit>& hits,
                                     std::vector<bool>& explained) const;

  const CodePrint& code_;
  const PossibleOrigins& possible_;
  std::vector<double> weights_;                     // of each fingerprint; 0 where it stands again
  std::map<std::uint32_t, std::vector<Hit>> hits_;  // by content, then line
};

}  // namespace assay
