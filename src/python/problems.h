#pragma once
#include <string>
#include <vector>

#include "python/syntax.h"

namespace assay::python {

// What lexer and parser have to complain of. The first hundred are kept, so that no file can fill
// the memory with them; and the first that is Python 2's, whatever their number.
class Problems {
 public:
  void add(std::uint32_t offset, const char* message, bool python2 = false) {
    if (list_.size() >= most && (has_python2_ || !python2)) return;
    has_python2_ |= python2;
    list_.push_back({offset, message, python2});
  }
  // How many there are; back_to() forgets those after, for a way of reading that was given up.
  std::size_t count() const { return list_.size(); }
  void back_to(std::size_t count) {
    if (list_.size() > count) list_.resize(count);
  }
  std::vector<SyntaxProblem> take() { return std::move(list_); }

 private:
  static constexpr std::size_t most = 100;
  std::vector<SyntaxProblem> list_;
  bool has_python2_ = false;
};

}  // namespace assay::python
