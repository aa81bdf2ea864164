#include "pipeline/signing.h"

#include <fmt/format.h>

#include "base/variable.h"
#include "io/files.h"

namespace assay {

namespace {

Result<fs::path> keys_folder() {
  if (const auto config = variable("XDG_CONFIG_HOME"); !config.empty()) {
    return fs::path(config) / "assay" / "keys";
  }
  const auto home = variable("HOME");
  if (home.empty()) {
    return fail(ErrorKind::invalid_input,
                "no place for the signing key: neither HOME nor XDG_CONFIG_HOME is set; name it "
                "with --sign-key, or publish with --unsigned");
  }
  return fs::path(home) / ".config" / "assay" / "keys";
}

Result<> same_key(const SigningKey& key, const fs::path& private_path, const fs::path& public_path) {
  if (!fs::exists(public_path)) return write_file(public_path, key.public_key().pem());
  ASSAY_TRY(const auto known, PublicKey::load(public_path));
  if (known.id() == key.public_key().id()) return {};
  return fail(ErrorKind::invalid_input,
              fmt::format("{} is not the private half of {}: whoever trusts that would refuse the "
                          "release; sign with its own, or replace the file on purpose",
                          private_path.string(), public_path.string()));
}

}  // namespace

Result<std::optional<SigningKey>> find_signing_key(const Set& set, const RunOptions& options,
                                                   Progress& progress) {
  if (options.is_unsigned) return std::nullopt;
  fs::path path = options.sign_key.empty() ? fs::path(variable("ASSAY_SIGN_KEY")) : options.sign_key;
  const fs::path public_path = set.folder / "release-key.pub";
  const bool named = !path.empty();
  if (!named) {
    ASSAY_TRY(const auto folder, keys_folder());
    path = folder / (set.name + ".pem");
  }
  if (named || fs::exists(path)) {
    ASSAY_TRY(auto key, context(SigningKey::load(path), "the signing key"));
    ASSAY_CHECK(same_key(key, path, public_path));
    return key;
  }
  if (fs::exists(public_path)) {
    return fail(ErrorKind::invalid_input,
                fmt::format("releases of {} are signed with the key whose public half is {}; its "
                            "private half is not in {}: name it with --sign-key, or publish with "
                            "--unsigned",
                            set.name, public_path.string(), path.string()));
  }
  SigningKey key = SigningKey::generate();
  ASSAY_CHECK(context(key.save(path), "the new signing key"));
  ASSAY_CHECK(same_key(key, path, public_path));
  progress.note(NoteLevel::info,
                fmt::format("signing key: made one for this set, {} (keep it secret and safe); its "
                            "public half is {}",
                            path.string(), public_path.string()));
  return key;
}

}  // namespace assay
