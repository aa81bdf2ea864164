#include <algorithm>
#include <array>

#include "base/text.h"
#include "examine/gates/weaknesses/built_text.h"
#include "examine/gates/weaknesses/python_checks.h"

namespace assay {

namespace {

using python::Module;
using python::no_node;
using python::NodeId;
using python::NodeKind;
using python::Operator;
using python::Syntax;

// What is done with a cipher's object, as far as its scope tells.
struct CipherUse {
  bool encrypts = false;
  bool decrypts = false;
  bool elsewhere = false;  // it is handed over, kept or returned
};

void note_method(CipherUse& use, std::string_view method) {
  if (method.starts_with("encrypt")) {
    use.encrypts = true;
  } else if (method.starts_with("decrypt")) {
    use.decrypts = true;
  }
}

// The call that makes the object: algorithms.X(key) and modes.Y(iv) are arguments of Cipher().
NodeId object_of(const SyntaxMatch& match) {
  const Syntax& syntax = match.syntax();
  const NodeId above = match.module().parent(match.module().parent(match.node));
  const bool argument = syntax.is(above, NodeKind::call) && match.module().callee(above).ends_with(".Cipher");
  return argument ? above : match.node;
}

CipherUse use_of(const SyntaxMatch& match) {
  const Module& module = match.module();
  const Syntax& syntax = match.syntax();
  CipherUse use;
  const NodeId object = object_of(match);
  const NodeId parent = module.parent(object);
  if (syntax.is(parent, NodeKind::attribute)) {
    note_method(use, syntax.text(syntax.child(parent, 1)));
    return use;
  }
  const bool kept = syntax.is(parent, NodeKind::assign) && syntax.last_child(parent) == object &&
                    syntax.is(syntax.child(parent), NodeKind::name);
  const NodeId scope = module.scope_of(object);
  if (!kept || !syntax.is(scope, NodeKind::function_def)) {
    use.elsewhere = true;
    return use;
  }
  const auto name = syntax.text(syntax.child(parent));
  constexpr std::size_t most = 5'000;  // nodes of the function
  std::vector<NodeId> open{scope};
  for (std::size_t looked_at = 0; !open.empty(); ++looked_at) {
    const NodeId id = open.back();
    open.pop_back();
    for (const NodeId part : syntax.children(id)) open.push_back(part);
    if (looked_at == most) {
      use.elsewhere = true;
      return use;
    }
    if (!syntax.is(id, NodeKind::name) || syntax.text(id) != name) continue;
    const NodeId above = module.parent(id);
    if (syntax.is(above, NodeKind::attribute) && syntax.child(above) == id) {
      note_method(use, syntax.text(syntax.child(above, 1)));
    } else if (!syntax.is(above, NodeKind::assign)) {
      use.elsewhere = true;
    }
  }
  return use;
}

bool only_decrypts(const SyntaxMatch& match) {
  const CipherUse use = use_of(match);
  return use.decrypts && !use.encrypts && !use.elsewhere;
}

// Is it a weak cipher's, which the finding of that says already?
bool is_of_weak_cipher(const SyntaxMatch& match) {
  const Module& module = match.module();
  constexpr std::array broken = std::to_array<std::string_view>(
      {"ARC2", "ARC4", "RC2", "RC4", "Blowfish", "DES", "DES3", "TripleDES", "CAST", "CAST5", "IDEA", "SEED"});
  const auto is_broken = [&](std::string_view name) {
    const auto parts = split(name, '.');
    return std::ranges::any_of(parts, [&](std::string_view part) {
      return std::ranges::find(broken, part.substr(0, part.find('('))) != broken.end();
    });
  };
  if (is_broken(module.callee(match.node))) return true;
  const NodeId object = object_of(match);
  return object != match.node && is_broken(module.qualified(module.argument(object, "algorithm", 0)));
}

// Is the bare cipher a step of something else: do the definitions around combine blocks by exclusive or,
// or are they named after what is built so?
bool builds_a_mode(const SyntaxMatch& match) {
  const Module& module = match.module();
  const Syntax& syntax = match.syntax();
  constexpr std::array built = std::to_array<std::string_view>(
      {"cmac", "omac", "gmac", "ctr", "xts", "ccm", "eax", "ige", "wrap", "unwrap", "keywrap", "mask", "drbg", "prf",
       "cfb", "ofb", "cbc", "gcm"});
  for (NodeId at = module.scope_of(match.node); at != no_node; at = module.scope_of(at)) {
    const NodeId name = syntax.child_of(at, NodeKind::identifier);
    const auto words = name == no_node ? std::vector<std::string>() : words_of(syntax.text(name));
    if (std::ranges::find_first_of(words, built) != words.end()) return true;
    const auto text = syntax.text(at);
    if (text.size() < 20'000 && (lower(text).contains("xor") || text.contains(" ^ ") || text.contains(" ^= "))) return true;
  }
  return false;
}

}  // namespace

bool check_weak_cipher(const SyntaxMatch& match, Judgement& judgement) {
  if (only_decrypts(match)) {
    judgement.confidence = Confidence::low;
    judgement.message = "A broken cipher reads what was encrypted elsewhere";
  }
  return true;
}

bool check_block_mode(const SyntaxMatch& match, Judgement& judgement) {
  const bool vector = match.rule.about.id.ends_with("constant-iv");
  if (is_of_weak_cipher(match)) {
    judgement.confidence = Confidence::low;
    judgement.message += ", of a cipher that is broken anyway";
  } else if (only_decrypts(match)) {
    judgement.confidence = Confidence::low;
    judgement.message += ", for reading what was encrypted elsewhere";
  } else if (!vector && builds_a_mode(match)) {
    judgement.confidence = Confidence::low;
    judgement.message = "A block cipher by itself, as a step of something else";
  } else if (vector && match.file.bytes.contains("confounder")) {
    judgement.confidence = Confidence::low;
    judgement.message += ", behind a random block";
  }
  return true;
}

}  // namespace assay
