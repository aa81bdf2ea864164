#pragma once
#include <cstddef>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace assay {

// A question that a release can't answer by itself.
struct Counterexample {
  std::string python;       // the environment's name: "3.11", "3.11-linux-s390x"
  std::string requirement;  // the least that has no solution: "flask==3.1.3", "flask[async]==3.1.3"
  std::string why;          // the derivation, in words
};

struct ClosureProof {
  std::vector<std::string> pythons;
  std::size_t packages = 0;
  std::size_t questions = 0;  // each package, by itself and with each extra, in each environment
  // Packages, by themselves or with extras that somebody in the set asks for. Not those that only need
  // one of these, which are counted.
  std::vector<Counterexample> counterexamples;
  std::size_t implied = 0;
  // With extras that nobody asks for: what they need was never part of the set.
  std::vector<Counterexample> open_extras;
};

// Solves every package of a release against nothing but the release, in each environment it was made
// for, offline. invalid_input if the release does not say what it was made for, or can't be read.
Result<ClosureProof> prove_closed(const std::filesystem::path& release, std::stop_token stop = {});

}  // namespace assay
