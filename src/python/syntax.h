#pragma once
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "python/node_kind.h"

namespace assay::python {

// A node's place in Syntax::nodes(). 0 is the module; as a child or sibling it means "none".
using NodeId = std::uint32_t;
inline constexpr NodeId no_node = 0;

// A piece of Python source. Its children stand in the order that python/node_kind.h tells.
struct Node {
  NodeKind kind = NodeKind::module;
  std::uint8_t detail = 0;  // an Operator, a literal's form, …: as the kind says
  std::uint16_t flags = 0;  // of NodeFlag
  std::uint32_t begin = 0;  // bytes from the start of the source
  std::uint32_t end = 0;    // past the last byte
  NodeId first_child = no_node;
  NodeId next_sibling = no_node;
};

// What the parser could not read as Python 3. The rest was read all the same.
struct SyntaxProblem {
  std::uint32_t offset = 0;  // bytes
  std::string message;
  bool python2 = false;  // Python 2 has it: a print statement, `except X, e`, backquotes, `<>` …
};

// A source's abstract syntax (the language reference, chapters 2 and 5 to 9), as far as it could be
// read. Flat: consumers that look for one kind of node walk over nodes(), those that need the order
// of the source follow children. The source must outlive it.
class Syntax {
 public:
  Syntax(std::string_view source, std::vector<Node> nodes, std::vector<SyntaxProblem> problems)
      : source_(source), nodes_(std::move(nodes)), problems_(std::move(problems)) {}

  std::string_view source() const { return source_; }
  const std::vector<Node>& nodes() const { return nodes_; }
  const std::vector<SyntaxProblem>& problems() const { return problems_; }

  const Node& operator[](NodeId id) const { return nodes_[id]; }
  NodeKind kind(NodeId id) const { return nodes_[id].kind; }
  bool is(NodeId id, NodeKind kind) const { return nodes_[id].kind == kind; }
  std::string_view text(NodeId id) const {
    const Node& node = nodes_[id];
    return source_.substr(node.begin, node.end - node.begin);
  }

  // The nth child, from 0; no_node beyond the last.
  NodeId child(NodeId id, std::size_t n = 0) const {
    NodeId at = nodes_[id].first_child;
    while (n-- > 0 && at != no_node) at = nodes_[at].next_sibling;
    return at;
  }
  NodeId last_child(NodeId id) const;
  // The first child of that kind; no_node if there is none.
  NodeId child_of(NodeId id, NodeKind kind) const;
  std::size_t child_count(NodeId id) const;

  class Children {
   public:
    class Iterator {
     public:
      using value_type = NodeId;
      using difference_type = std::ptrdiff_t;
      Iterator() = default;
      Iterator(const Node* nodes, NodeId at) : nodes_(nodes), at_(at) {}
      NodeId operator*() const { return at_; }
      Iterator& operator++() {
        at_ = nodes_[at_].next_sibling;
        return *this;
      }
      Iterator operator++(int) {
        const Iterator before = *this;
        ++*this;
        return before;
      }
      bool operator==(const Iterator& other) const { return at_ == other.at_; }

     private:
      const Node* nodes_ = nullptr;
      NodeId at_ = no_node;
    };
    Children(const Node* nodes, NodeId first) : nodes_(nodes), first_(first) {}
    Iterator begin() const { return {nodes_, first_}; }
    Iterator end() const { return {nodes_, no_node}; }

   private:
    const Node* nodes_;
    NodeId first_;
  };
  Children children(NodeId id) const { return {nodes_.data(), nodes_[id].first_child}; }

 private:
  std::string_view source_;
  std::vector<Node> nodes_;
  std::vector<SyntaxProblem> problems_;
};

// Reads any bytes as Python 3 (to 3.14's grammar). Never fails and never recurses deeper than a
// bound: a statement that is no Python becomes an `error` node and a problem, and reading goes on
// at the next line. No node lies deeper than some ten thousand others; ids follow no order that may
// be relied on. Sources of 4 GiB or more are one problem.
Syntax parse(std::string_view source);

std::string_view kind_name(NodeKind kind);  // as in python/node_kind.h

}  // namespace assay::python
