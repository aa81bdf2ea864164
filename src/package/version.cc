#include "package/version.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "package/version_scan.h"
#include "package/white_space.h"

namespace assay {

namespace {

using Order = std::strong_ordering;

Order compare_numbers(const Version::Number& a, const Version::Number& b) {
  if (a.size() != b.size()) return a.size() <=> b.size();
  return a <=> b;
}

Order compare_releases(const std::vector<Version::Number>& a,
                       const std::vector<Version::Number>& b) {
  static const Version::Number zero = "0";
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const auto order = compare_numbers(i < a.size() ? a[i] : zero, i < b.size() ? b[i] : zero);
    if (order != 0) return order;
  }
  return Order::equal;
}

bool is_number(const std::string& part) {
  return std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
}

Order compare_locals(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const bool a_number = is_number(a[i]);
    const bool b_number = is_number(b[i]);
    if (a_number != b_number) return a_number <=> b_number;  // numbers are above letters
    const auto order = a_number ? compare_numbers(a[i], b[i]) : a[i] <=> b[i];
    if (order != 0) return order;
  }
  return a.size() <=> b.size();
}

}  // namespace

Result<Version> Version::parse(std::string_view text) {
  const auto trimmed = trim_white_space(text);
  auto scanned = scan_version(trimmed);
  if (!scanned || scanned->end != trimmed.size()) {
    return fail(ErrorKind::invalid_input,
                fmt::format("not a version: \"{}\"", printable(text.substr(0, 100))));
  }
  Version version;
  version.epoch_ = std::move(scanned->epoch);
  version.release_ = std::move(scanned->release);
  version.pre_ = std::move(scanned->pre);
  version.post_ = std::move(scanned->post);
  version.dev_ = std::move(scanned->dev);
  version.local_ = std::move(scanned->local);
  return version;
}

std::string Version::base_version() const {
  return (epoch_ == "0" ? "" : epoch_ + "!") + join(release_, ".");
}

std::string Version::public_version() const {
  std::string text = base_version();
  if (pre_) text += (pre_->first == 'r' ? "rc" : std::string(1, pre_->first)) + pre_->second;
  if (post_) text += ".post" + *post_;
  if (dev_) text += ".dev" + *dev_;
  return text;
}

std::string Version::local() const { return join(local_, "."); }

std::string Version::str() const {
  return local_.empty() ? public_version() : public_version() + "+" + local();
}

bool Version::is_prerelease() const { return pre_.has_value() || dev_.has_value(); }
bool Version::is_postrelease() const { return post_.has_value(); }
bool Version::is_devrelease() const { return dev_.has_value(); }

std::strong_ordering Version::compare_public(const Version& other) const {
  if (const auto order = compare_numbers(epoch_, other.epoch_); order != 0) return order;
  if (const auto order = compare_releases(release_, other.release_); order != 0) return order;

  // PEP 440's order of what follows a release: a dev release alone, pre-releases, the release
  // itself, post-releases; within each, a dev release comes before what it is a dev release of.
  const auto phase = [](const Version& version) {
    if (version.pre_) return 1;
    if (!version.post_ && version.dev_) return 0;
    return 2;
  };
  if (phase(*this) != phase(other)) return phase(*this) <=> phase(other);
  if (pre_) {
    if (pre_->first != other.pre_->first) return pre_->first <=> other.pre_->first;
    const auto order = compare_numbers(pre_->second, other.pre_->second);
    if (order != 0) return order;
  }
  if (post_.has_value() != other.post_.has_value()) {
    return post_.has_value() <=> other.post_.has_value();
  }
  if (post_) {
    if (const auto order = compare_numbers(*post_, *other.post_); order != 0) return order;
  }
  if (dev_.has_value() != other.dev_.has_value()) {
    return other.dev_.has_value() <=> dev_.has_value();
  }
  return dev_ ? compare_numbers(*dev_, *other.dev_) : Order::equal;
}

std::strong_ordering Version::operator<=>(const Version& other) const {
  const auto order = compare_public(other);
  return order != 0 ? order : compare_locals(local_, other.local_);
}

}  // namespace assay
