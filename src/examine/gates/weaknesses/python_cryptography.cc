#include <algorithm>
#include <array>

#include "base/text.h"
#include "examine/gates/weaknesses/built_text.h"
#include "examine/gates/weaknesses/data_sources.h"
#include "examine/gates/weaknesses/python_checks.h"

namespace assay {

namespace {

using python::Module;
using python::no_node;
using python::NodeId;
using python::NodeKind;
using python::Operator;
using python::Syntax;

// The words of what a value is for: of the name that it is given and of the definition around it.
std::vector<std::string> purpose_of(const SyntaxMatch& match) {
  const Module& module = match.module();
  auto words = words_of(last_part(receiver_of(module, match.node)));
  for (auto& word : words_of(last_part(module.symbol_of(match.node)))) words.push_back(std::move(word));
  return words;
}

template <std::size_t count>
bool any_in(const std::vector<std::string>& words, const std::array<std::string_view, count>& known) {
  return std::ranges::any_of(words, [&](const std::string& word) {
    return std::ranges::find(known, word) != known.end();
  });
}

constexpr std::array secret_words = std::to_array<std::string_view>(
    {"password", "passwd", "pwd", "passphrase", "secret", "token", "auth", "authenticate", "credential",
     "credentials", "csrf", "nonce", "salt", "otp", "captcha", "apikey", "signature", "sign", "session",
     "login", "verify"});

constexpr std::array random_words = std::to_array<std::string_view>(
    {"password", "passwd", "pwd", "passphrase", "secret", "token", "csrf", "nonce", "salt", "otp", "captcha",
     "apikey", "cookie"});

constexpr std::array harmless_words = std::to_array<std::string_view>(
    {"etag", "cache", "cached", "checksum", "fingerprint", "uuid", "uuid3", "uuid5", "filename", "digest", "dedup", "hexdigest",
     "memoize", "bucket", "shard", "color", "revision", "content", "file", "path", "seed", "id", "ident", "name"});

}  // namespace

// OAEP(mgf=MGF1(SHA1()), algorithm=SHA1()): what RFC 8017 takes when nothing is said.
bool is_of_padding(const SyntaxMatch& match) {
  const Module& module = match.module();
  NodeId at = match.node;
  for (int i = 0; i < 6 && at != no_node; ++i, at = module.parent(at)) {
    if (at == match.node || !match.syntax().is(at, NodeKind::call)) continue;
    if (is_any_of(last_part(match.syntax().text(match.syntax().child(at))), {"OAEP", "MGF1"})) return true;
  }
  return false;
}

bool check_weak_hash(const SyntaxMatch& match, Judgement& judgement) {
  for (const int place : {0, 1}) {
    const NodeId data = match.module().argument(match.node, "", place);
    if (data == no_node || !match.follows_data || !data_sources(match.module(), data).has(DataSource::random)) continue;
    judgement.severity = Severity::low;
    judgement.message = "A broken hash spreads random bytes";
    return true;
  }
  if (is_of_padding(match)) {
    judgement.severity = Severity::low;
    judgement.message = "A broken hash in a padding (OAEP, MGF1), where its collisions do no harm";
    return true;
  }
  const auto words = purpose_of(match);
  if (any_in(words, secret_words)) {
    judgement.confidence = Confidence::medium;
    judgement.message = "A broken hash where a secret is at stake";
  } else if (any_in(words, harmless_words)) {
    judgement.severity = Severity::low;
    judgement.confidence = Confidence::medium;
  }
  return true;
}

bool check_random(const SyntaxMatch& match, Judgement& judgement) {
  if (any_in(purpose_of(match), random_words)) {
    judgement.severity = Severity::medium;
    judgement.message = "A secret is made of predictable random numbers";
  }
  return true;
}

bool check_old_tls(const SyntaxMatch& match, Judgement& judgement) {
  const Module& module = match.module();
  const Syntax& syntax = match.syntax();
  const bool floating = match.text().ends_with("SSLv23_METHOD");  // it stands for the newest, too
  for (NodeId at = module.parent(match.node); at != no_node; at = module.parent(at)) {
    switch (syntax.kind(at)) {
      case NodeKind::default_: judgement.aliases = {"B503", "S503"}; [[fallthrough]];
      case NodeKind::call:
      case NodeKind::assign:
        if (syntax.is(syntax.child(at), NodeKind::subscript)) judgement.severity = Severity::low;  // a table
        if (floating) judgement.severity = Severity::low;
        return true;
      case NodeKind::keyword:
      case NodeKind::arguments:
      case NodeKind::attribute:
      case NodeKind::bool_op: break;
      default:
        judgement.severity = Severity::low;
        judgement.message = "An old version of TLS is named";
        return true;
    }
  }
  return true;
}

bool check_tls_ciphers(const SyntaxMatch& match, Judgement& judgement) {
  const Module& module = match.module();
  const Syntax& syntax = match.syntax();
  NodeId value = no_node;
  switch (syntax.kind(match.node)) {
    case NodeKind::call: value = module.argument(match.node, "", 0); break;
    case NodeKind::keyword: value = syntax.child(match.node, 1); break;
    default: value = syntax.last_child(match.node); break;
  }
  const auto text = value == no_node ? std::nullopt : module.text_of(value);
  if (!text || text->size() > 10'000) return false;
  constexpr std::array weak = std::to_array<std::string_view>(
      {"NULL", "EXP", "RC4", "DES-CBC-", "ADH", "AECDH", "LOW", "MD5", "RC2", "IDEA"});
  const std::string list = replace_all(replace_all(*text, ",", ":"), " ", ":");
  for (const auto part : split(list, ':')) {
    if (part.starts_with('!') || part.starts_with('-')) continue;
    const bool is_weak = part.contains("@SECLEVEL=0") ||
                         std::ranges::any_of(weak, [&](std::string_view name) { return part.contains(name); });
    if (!is_weak) continue;
    judgement.message = "The ciphers \"" + shortened(printable(part), 40) + "\" are weak";
    return true;
  }
  return false;
}

namespace {

// Whoever calls `load_context_no_verify` or `insecure_session` asks for it.
bool is_named_unverified(const Syntax& syntax, NodeId function) {
  const auto name = lower(syntax.text(syntax.child_of(function, NodeKind::identifier)));
  for (const std::string_view word : {"no_verify", "noverify", "unverified", "insecure", "no_check", "without_verif"}) {
    if (name.contains(word)) return true;
  }
  return false;
}

// Was what is changed kept in its function before, to be set again: `before = context.check_hostname`?
bool is_kept_before(const SyntaxMatch& match) {
  const Syntax& syntax = match.syntax();
  const NodeId function = match.module().scope_of(match.node);
  if (!syntax.is(match.node, NodeKind::assign) || !syntax.is(function, NodeKind::function_def)) return false;
  const auto text = syntax.text(function).substr(0, 16 << 10);
  const std::string target(syntax.text(syntax.child(match.node)));
  const auto before = text.substr(0, syntax[match.node].begin - syntax[function].begin);
  return target.contains('.') && before.contains(" = " + target + "\n");
}

// A name that begins so and is set to another value in the same function: `flags = VERIFY_NONE`, then
// `if self.verify: flags = VERIFY_PEER`.
bool is_set_again(const SyntaxMatch& match) {
  const Module& module = match.module();
  const Syntax& syntax = match.syntax();
  const NodeId assign = syntax.is(match.node, NodeKind::assign) ? match.node : module.parent(match.node);
  const NodeId function = module.scope_of(match.node);
  if (!syntax.is(assign, NodeKind::assign) || !syntax.is(function, NodeKind::function_def)) return false;
  if (!syntax.is(syntax.child(assign), NodeKind::name)) return false;
  const auto again = std::string(syntax.text(syntax.child(assign))) + " = ";
  const auto after = syntax.text(function).substr(syntax[assign].end - syntax[function].begin);
  return after.substr(0, 4 << 10).contains(again);
}

// Does it stand under a condition that speaks of verification, or in a function that does?
bool is_asked_for(const SyntaxMatch& match) {
  const Module& module = match.module();
  const Syntax& syntax = match.syntax();
  NodeId below = match.node;
  for (NodeId at = module.parent(match.node); at != no_node; below = at, at = module.parent(at)) {
    if (syntax.is(at, NodeKind::function_def)) return is_named_unverified(syntax, at);
    if (syntax.is(at, NodeKind::class_def)) return false;
    if (!syntax.is(at, NodeKind::if_) || syntax.child(at) == below) continue;
    const std::string test = lower(syntax.text(syntax.child(at)).substr(0, 200));
    for (const std::string_view word : {"verif", "cert", "hostname", "insecure", "validate", "check"}) {
      if (test.contains(word)) return true;
    }
  }
  return false;
}

}  // namespace

bool check_verification_off(const SyntaxMatch& match, Judgement& judgement) {
  const Module& module = match.module();
  const Syntax& syntax = match.syntax();
  const auto& names = match.entry.names;
  const bool verify = names.size() == 1 && names[0] == "verify";
  const bool hostname = std::ranges::find(names, "check_hostname") != names.end();
  if (match.entry.kind == SyntaxEntry::Kind::keyword) {
    const NodeId call = module.parent(module.parent(match.node));
    if (!syntax.is(call, NodeKind::call)) return false;
    const auto callee = module.callee(call);
    if (!verify) return !callee.starts_with("OpenSSL.");
    if (callee.starts_with("requests.") || callee.starts_with("httpx.")) return false;  // no-verification
    constexpr std::array senders = std::to_array<std::string_view>(
        {"get", "post", "put", "patch", "delete", "head", "options", "request", "send", "fetch", "Session",
         "Client", "AsyncClient", "client", "resource", "connect", "stream", "download", "urlopen"});
    const auto written = syntax.text(syntax.child(call));
    return std::ranges::find(senders, last_part(written)) != senders.end() && !callee.starts_with("jwt.");
  }
  if (match.entry.kind == SyntaxEntry::Kind::attribute && syntax.is(module.parent(match.node), NodeKind::dict_item)) {
    judgement.severity = Severity::low;
  }
  if (is_asked_for(match)) {
    judgement.confidence = Confidence::low;
    judgement.message += ", where it is asked for";
  } else if (is_kept_before(match) || is_set_again(match)) {
    judgement.confidence = Confidence::low;
    judgement.message += ", and set again later";
  }
  if (match.entry.kind != SyntaxEntry::Kind::assign) return true;
  if (syntax.is(match.node, NodeKind::dict_item)) judgement.confidence = Confidence::low;
  if (module.symbol_of(match.node).ends_with("__init__") && syntax.text(syntax.child(match.node)).starts_with("self.")) {
    judgement.severity = Severity::low;  // a beginning that others change
  }
  const bool attribute = syntax.is(syntax.child(match.node), NodeKind::attribute) ||
                         syntax.is(syntax.child(match.node), NodeKind::subscript);
  if (verify) {
    if (!attribute) return false;
    judgement.confidence = Confidence::medium;
  } else if (hostname && !attribute) {
    judgement.confidence = Confidence::low;
  }
  return true;
}

bool check_digest_comparison(const SyntaxMatch& match, Judgement& /*judgement*/) {
  const Syntax& syntax = match.syntax();
  bool keyed = false;
  for (const NodeId part : syntax.children(match.node)) {
    const bool other = syntax.is(part, NodeKind::compare_to);
    if (other) {
      const auto operation = static_cast<Operator>(syntax[part].detail);
      if (operation != Operator::equal && operation != Operator::not_equal) return false;
    }
    const auto name = match.module().qualified(other ? syntax.child(part) : part);
    keyed = keyed || name.starts_with("hmac.");
  }
  return keyed;
}

bool check_token_times(const SyntaxMatch& match, Judgement& judgement) {
  const NodeId function = match.module().scope_of(match.node);
  if (!match.syntax().is(function, NodeKind::function_def)) return true;
  const auto text = match.syntax().text(function).substr(0, 16 << 10);
  const auto reads_any = [&](std::initializer_list<std::string> claims) {
    return std::ranges::any_of(claims, [&](const std::string& claim) {
      return text.contains('"' + claim + '"') || text.contains('\'' + claim + '\'');
    });
  };
  const bool more = reads_any({"sub", "iss", "aud", "email", "scope", "roles", "name", "upn", "oid", "groups", "kid"});
  if (reads_any({"exp", "nbf", "iat"}) && !more) {
    judgement.confidence = Confidence::low;
    judgement.message += ", of which only times are read";
  }
  return true;
}

bool check_snmp_keys(const SyntaxMatch& match, Judgement& /*judgement*/) {
  const Module& module = match.module();
  return module.argument(match.node, "authKey", 1) == no_node ||
         module.argument(match.node, "privKey", 2) == no_node;
}

}  // namespace assay
