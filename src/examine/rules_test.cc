#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "base/text.h"
#include "examine/embedded_rules.h"
#include "examine/file_examination.h"
#include "examine/rule.h"
#include "io/archive.h"
#include "made_key_files.h"
#include "made_keys.h"
#include "made_tokens.h"

// Every rule of every gate against its own examples.
namespace assay {
namespace {

std::string without_keys(std::string text) {
  namespace made = made_keys;
  static const std::map<std::string, std::string> keys = {
      {"${pkcs8}", made::pkcs8(made::ed25519())},
      {"${escaped-pkcs8}", replace_all(made::pkcs8(made::rsa()), "\n", "\\n")},
      {"${encrypted-pkcs8}", made::pkcs8(made::rsa(), "secret")},
      {"${pkcs1}", made::traditional(made::rsa())},
      {"${encrypted-pkcs1}", made::traditional(made::rsa(), "secret")},
      {"${ec}", made::traditional(made::ec())},
      {"${openssh}", made::openssh()},
      {"${password}", std::string("hG7") + "kq92" + "LmXz"}};
  static const auto files = made::files();
  for (const auto& [name, key] : files) text = replace_all(std::move(text), name, key);
  for (const auto& [name, key] : keys) text = replace_all(std::move(text), name, key);
  static const std::map<std::string, std::string> archives = [] {
    ZipWriter plain;
    plain.add("a.txt", "nothing", false);
    ZipWriter bomb;
    bomb.add("a.txt", std::string(40U << 20, 'a'), false);
    std::string nested = plain.finish();
    for (int i = 0; i < 5; ++i) {
      ZipWriter outer;
      outer.add("inner.zip", nested, false);
      nested = outer.finish();
    }
    ZipWriter again;
    again.add("a.txt", "nothing", false);
    return std::map<std::string, std::string>{
        {"${zip}", again.finish()}, {"${zip-bomb}", bomb.finish()}, {"${nested-zip}", nested}};
  }();
  for (const auto& [name, archive] : archives) text = replace_all(std::move(text), name, archive);
  if (const auto begin = text.find("${base64-text:"); begin != std::string::npos) {
    const auto end = text.rfind('}');
    text = text.substr(0, begin) + base64(text.substr(begin + 14, end - begin - 14)) + text.substr(end + 1);
  }
  return made_tokens::with_tokens(std::move(text));
}

struct Setting {
  std::vector<std::unique_ptr<FileGate>> gates;
  PatternEngine engine;
  PatternEngine::Scratch scratch;
};

Setting& setting() {
  static Setting made = [] {
    auto gates = all_file_gates().value();
    auto engine = PatternEngine::compile(gates).value();
    auto scratch = engine.make_scratch().value();
    return Setting{std::move(gates), std::move(engine), std::move(scratch)};
  }();
  return made;
}

// The heaviest finding of the rule in the example; nothing if there is none.
std::optional<Finding> heaviest(const Rule& rule, const Rule::Example& example) {
  const std::string text = without_keys(example.text);
  auto& [gates, engine, scratch] = setting();
  const auto findings = examine_file(gates, engine, scratch, {example.path, text, example.role});
  std::optional<Finding> found;
  for (const Finding& finding : findings.value()) {
    if (finding.rule == rule.about.id && (!found || finding.severity > found->severity)) found = finding;
  }
  return found;
}

std::string title(const Rule& rule, const Rule::Example& example) {
  return fmt::format("{} in {}:\n{}", rule.about.id, example.path, example.text);
}

std::vector<Rule> all_rules() {
  std::vector<Rule> rules;
  for (const auto& [path, text] : embedded_rules()) {
    auto rule = Rule::parse(path, text);
    if (rule) {
      rules.push_back(*std::move(rule));
    } else {
      ADD_FAILURE() << rule.error().message;
    }
  }
  return rules;
}

TEST(Rules, AreEmbedded) { EXPECT_GE(all_rules().size(), 2U); }

TEST(Rules, MatchWhatTheyMustMatch) {
  for (const Rule& rule : all_rules()) {
    for (const auto& example : rule.must_match) {
      const auto found = heaviest(rule, example);
      if (!found) {
        ADD_FAILURE() << title(rule, example);
        continue;
      }
      EXPECT_EQ(to_string(found->severity), to_string(example.severity)) << title(rule, example);
      if (example.confidence) {
        EXPECT_EQ(to_string(found->confidence), to_string(*example.confidence)) << title(rule, example);
      }
      EXPECT_EQ(found->cwe, rule.about.cwe);
      EXPECT_TRUE(found->line > 0 || rule.check == "archive");
      EXPECT_LE(found->excerpt.size(), 200U);
      EXPECT_FALSE(found->message.empty());
    }
  }
}

TEST(Rules, LeaveAloneWhatTheyMustNotMatch) {
  for (const Rule& rule : all_rules()) {
    for (const auto& example : rule.must_not_match) {
      const auto found = heaviest(rule, example);
      if (!found) continue;
      EXPECT_LE(found->severity, example.severity)
          << title(rule, example) << "\nfound: " << found->excerpt << ", " << found->message;
    }
  }
}

}  // namespace
}  // namespace assay
