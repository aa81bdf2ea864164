#include "examine/gates/secrets/credential_name.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <vector>

#include "base/text.h"

namespace assay {

namespace {

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

// "dbPassword_v2" -> db, password, v, 2
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words;
  std::string word;
  const auto finish = [&] {
    if (!word.empty()) words.push_back(lower(word));
    word.clear();
  };
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) {
      finish();
      continue;
    }
    if (i > 0) {
      const bool camel = is_upper(c) && is_lower(name[i - 1]);
      const bool last_of_capitals =
          is_upper(c) && is_upper(name[i - 1]) && i + 1 < name.size() && is_lower(name[i + 1]);
      if (camel || last_of_capitals || is_letter(c) != is_letter(name[i - 1])) finish();
    }
    word += c;
  }
  finish();
  return words;
}

template <std::size_t size>
bool one_of(std::string_view word, const std::array<std::string_view, size>& words) {
  return std::ranges::find(words, word) != words.end();
}

constexpr std::array<std::string_view, 30> always = {
    "password", "passwd",  "passphrase", "passwort",    "pwd",        "pass",      "secret",
    "secrets",  "token",   "apikey",     "credential",  "credentials", "creds",    "authkey",
    "passkey",  "secretkey", "accesskey", "privatekey", "authtoken",  "accesstoken", "apitoken",
    "apisecret", "clientsecret", "dbpassword", "userpassword", "mypassword", "sharedkey",
    "signingkey", "encryptionkey", "masterkey"};

constexpr std::array<std::string_view, 24> before_key = {
    "api",     "access",  "auth",   "account",  "private", "secret",  "encryption",  "signing",
    "shared",  "master",  "client", "consumer", "service", "app",     "application", "webhook",
    "license", "storage", "admin",  "hmac",     "deploy",  "session", "subscription", "server"};

// Behind a credential's word these say that it is something about it.
constexpr std::array<std::string_view, 67> not_after = {
    "field",  "fields", "name",  "names",   "type",   "types",    "id",      "ids",    "url",
    "uri",    "endpoint", "path", "file",   "filename", "dir",    "header",  "headers", "prefix",
    "suffix", "param",  "params", "parameter", "regex", "pattern", "hash",   "hashes", "hasher",
    "length", "len",    "size",  "expiry",  "expires", "expiration", "ttl",  "label",  "hint",
    "help",   "text",   "title", "message", "msg",    "error",    "format",  "class",  "kind",
    "algorithm", "alg", "method", "policy", "prompt", "placeholder", "env",  "var",    "variable",
    "column", "index",  "count", "version", "cookie", "scope",    "validator", "provider",
    "cache",  "cached", "key",   "keys",    "namespace"};

// In front of it, these: tokens of language models and parsers, of pages; public keys.
constexpr std::array<std::string_view, 50> not_before = {
    "public",  "pad",    "unk",    "eos",    "bos",   "mask",   "cls",       "sep",   "special",
    "next",    "page",   "continuation", "sync", "start", "end", "stop",     "begin", "first",
    "last",    "prev",   "previous", "image", "audio", "video", "text",      "word",  "sub",
    "primary", "foreign", "sort",  "cache",  "dict",  "lookup", "hash",      "csrf",  "cursor",
    "pagination", "idempotency", "lex", "parse", "comment", "keyword", "operator",
    "grant",   "nonce",  "request", "input", "output", "marker", "tool"};

bool is_credential_word(const std::vector<std::string>& words, std::size_t i) {
  if (one_of(words[i], always)) return true;
  return words[i] == "key" && i > 0 && one_of(words[i - 1], before_key);
}

}  // namespace

NameMeaning meaning_of_name(std::string_view name) {
  const auto words = words_of(name);
  for (std::size_t i = words.size(); i-- > 0;) {
    if (!is_credential_word(words, i)) continue;
    for (std::size_t after = i + 1; after < words.size(); ++after) {
      if (one_of(words[after], not_after)) return NameMeaning::other;
    }
    if (i > 0 && one_of(words[i - 1], not_before)) return NameMeaning::other;
    if (i > 1 && words[i - 2] == "public") return NameMeaning::other;  // "PublicKeyToken"
    return NameMeaning::credential;
  }
  return NameMeaning::other;
}

bool name_holds(std::string_view name, std::string_view word) {
  const std::string low = lower(name);
  for (auto at = low.find(word); at != std::string::npos; at = low.find(word, at + 1)) {
    const bool begins =
        at == 0 || !is_letter(name[at - 1]) || (is_upper(name[at]) && is_lower(name[at - 1]));
    const auto end = at + word.size();
    const bool ends = word.size() > 5 || end == name.size() || !is_lower(name[end]);
    if (begins && ends) return true;
  }
  return false;
}

}  // namespace assay
