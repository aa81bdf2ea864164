#include "publish/signature.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <new>

#include "base/digest.h"
#include "io/descriptor.h"
#include "io/files.h"

namespace assay {

namespace {

constexpr std::size_t signature_size = 64;

std::shared_ptr<EVP_PKEY> owned(EVP_PKEY* key) { return {key, EVP_PKEY_free}; }

using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

const unsigned char* data_of(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::string text_of(const Bio& bio) {
  char* start = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &start);
  return {start, static_cast<std::size_t>(size)};
}

// A key with a pass phrase is not asked for one: no run may wait for a person.
int no_pass_phrase(char*, int, int, void*) { return -1; }

bool is_ed25519(EVP_PKEY* key) {
  return key != nullptr && EVP_PKEY_base_id(key) == EVP_PKEY_ED25519;
}

}  // namespace

Result<PublicKey> PublicKey::parse(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free_all);
  auto key = owned(PEM_read_bio_PUBKEY(bio.get(), nullptr, no_pass_phrase, nullptr));
  if (!is_ed25519(key.get())) {
    return fail(ErrorKind::invalid_input, "no Ed25519 public key in PEM");
  }
  return PublicKey(std::move(key));
}

Result<PublicKey> PublicKey::load(const std::filesystem::path& path) {
  ASSAY_TRY(const auto text, read_file(path));
  return context(parse(text), path.string());
}

std::string PublicKey::pem() const {
  const Bio bio(BIO_new(BIO_s_mem()), BIO_free_all);
  PEM_write_bio_PUBKEY(bio.get(), key_.get());
  return text_of(bio);
}

std::string PublicKey::id() const {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key_.get(), &der);
  const auto digest =
      sha256({reinterpret_cast<const char*>(der), static_cast<std::size_t>(std::max(size, 0))});
  OPENSSL_free(der);
  return digest.hex();
}

bool PublicKey::verifies(std::string_view bytes, std::string_view signature) const {
  const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
         EVP_DigestVerify(context.get(), data_of(signature), signature.size(), data_of(bytes),
                          bytes.size()) == 1;
}

SigningKey SigningKey::generate() {
  EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  if (key == nullptr) throw std::bad_alloc();  // nothing else can go wrong with it
  return SigningKey(owned(key));
}

Result<SigningKey> SigningKey::load(const std::filesystem::path& path) {
  ASSAY_TRY(const auto text, read_file(path));
  const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free_all);
  auto key = owned(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_pass_phrase, nullptr));
  if (!is_ed25519(key.get())) {
    return fail(ErrorKind::invalid_input,
                path.string() + ": no Ed25519 private key in PEM (without a pass phrase)");
  }
  return SigningKey(std::move(key));
}

Result<> SigningKey::save(const std::filesystem::path& path) const {
  const Bio bio(BIO_new(BIO_s_mem()), BIO_free_all);
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  if (path.has_parent_path()) ASSAY_CHECK(make_directories(path.parent_path()));
  const Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file && errno == EEXIST) {
    return fail(ErrorKind::invalid_input, path.string() + " is there already; it is not replaced");
  }
  if (!file) return path_error("could not write", path);
  return write_all(file, text_of(bio), path);
}

std::string SigningKey::sign(std::string_view bytes) const {
  const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::array<unsigned char, signature_size> signature{};
  std::size_t size = signature.size();
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, data_of(bytes), bytes.size()) != 1) {
    throw std::bad_alloc();  // nothing else can go wrong with it
  }
  return {reinterpret_cast<const char*>(signature.data()), size};
}

PublicKey SigningKey::public_key() const { return PublicKey(key_); }

}  // namespace assay
