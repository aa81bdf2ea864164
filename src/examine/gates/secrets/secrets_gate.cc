#include <algorithm>
#include <iterator>
#include <memory>

#include "examine/checked_gate.h"
#include "examine/gates/secrets/assignment_check.h"
#include "examine/gates/secrets/json_web_token.h"
#include "examine/gates/secrets/kubernetes_secret.h"
#include "examine/gates/secrets/login_checks.h"
#include "examine/gates/secrets/packed_content.h"
#include "examine/gates/secrets/private_key_check.h"
#include "examine/gates/secrets/provider_token_check.h"
#include "examine/gates/secrets/secret_finding.h"

namespace assay {

namespace {

constexpr const char* code_version = "10";  // raised when a check changes its answers

// The formats of all rules. What is handed out points into it; the gate's checks share it.
struct Formats {
  std::map<std::string, std::vector<TokenFormat>, std::less<>> by_rule;
  std::map<std::string, std::vector<const TokenFormat*>, std::less<>> by_shape;
  std::map<std::string, RuleDescription, std::less<>> descriptions;
  std::vector<NamedFormat> by_name;
  std::vector<const TokenFormat*> all_by_shape;
};

Result<std::shared_ptr<const Formats>> read_formats(const std::vector<Rule>& rules) {
  auto formats = std::make_shared<Formats>();
  for (const Rule& rule : rules) {
    ASSAY_TRY(formats->by_rule[rule.about.id], token_formats(rule));
    formats->descriptions[rule.about.id] = rule.about;
  }
  for (const auto& [id, own] : formats->by_rule) {
    auto& by_shape = formats->by_shape[id];
    for (const TokenFormat& format : own) {
      if (format.by_name()) {
        formats->by_name.push_back({&formats->descriptions[id], &format});
      } else {
        by_shape.push_back(&format);
        formats->all_by_shape.push_back(&format);
      }
    }
  }
  return formats;
}

// Patterns that follow from the formats.
void add_patterns(std::vector<Rule>& rules, const Formats& formats) {
  for (Rule& rule : rules) {
    for (const TokenFormat* format : formats.by_shape.at(rule.about.id)) {
      rule.patterns.push_back({format->shape.expression(), false});
    }
    std::vector<Pattern> more;
    if (rule.check == "assignment") more = named_patterns(formats.by_name);
    if (rule.check == "encoded") more = encoded_patterns(formats.all_by_shape);
    std::ranges::move(more, std::back_inserter(rule.patterns));
  }
}

}  // namespace

Result<std::unique_ptr<FileGate>> make_secrets_gate() {
  ASSAY_TRY(auto rules, rules_of_gate("secrets"));
  ASSAY_TRY(const auto formats, read_formats(rules));
  add_patterns(rules, *formats);
  std::map<std::string, CheckedGate::Check, std::less<>> checks;
  checks["private-key"] = check_private_keys;
  checks["url-credentials"] = check_url_credentials;
  checks["login"] = check_logins;
  checks["kubernetes-secret"] = check_kubernetes_secrets;
  checks["password-hash"] = check_password_hashes;
  checks["json-web-token"] = check_json_web_tokens;
  checks["provider-token"] = [formats](const Rule& rule, const ExaminedFile& file,
                                       std::span<const Hit> hits, std::vector<Finding>& findings) {
    check_provider_tokens(rule, formats->by_shape.at(rule.about.id), file, hits, findings);
  };
  checks["assignment"] = [formats](const Rule& rule, const ExaminedFile& file,
                                   std::span<const Hit> hits, std::vector<Finding>& findings) {
    check_assignments(rule, formats->by_name, formats->all_by_shape, file, hits, findings);
  };
  const auto packed = std::make_shared<PackedContent>();
  checks["archive"] = [packed](const Rule& rule, const ExaminedFile& file,
                               std::span<const Hit> hits, std::vector<Finding>& findings) {
    packed->check_archive(rule, file, hits, findings);
  };
  checks["encoded"] = [packed](const Rule& rule, const ExaminedFile& file,
                               std::span<const Hit> hits, std::vector<Finding>& findings) {
    packed->check_encoded(rule, file, hits, findings);
  };
  for (auto& [name, check] : checks) {
    check = [unbounded = std::move(check)](const Rule& rule, const ExaminedFile& file,
                                           std::span<const Hit> hits, std::vector<Finding>& findings) {
      const DigestBudget budget;
      unbounded(rule, file, hits, findings);
    };
  }
  ASSAY_TRY(auto gate,
            CheckedGate::make("secrets", std::string(code_version) + secret_salt_digest(),
                              CheckedGate::Excerpts::redacted, std::move(rules), std::move(checks)));
  packed->set_gate(gate.get());
  return gate;
}

}  // namespace assay
