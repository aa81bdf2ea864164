#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <map>
#include <optional>

#include "io/files.h"
#include "publish/envelope.h"
#include "publish/statements.h"
#include "sample_release.h"

namespace assay {
namespace {

using testing::HasSubstr;

class SignedRelease : public testing::Test {
 protected:
  void SetUp() override {
    folder_.emplace(TemporaryDirectory::create(fs::temp_directory_path(), "assay-signed-").value());
    store_.emplace(Store::open(folder_->path() / "store").value());
    content_ = sample_content(
        {sample_wheel(*store_, "flask", "3.1.0"), sample_wheel(*store_, "click", "8.1")});
    content_.requested = {Name::normalize("flask"), Name::normalize("not-published")};
    content_.dependencies = {{Name::normalize("flask"), {Name::normalize("click")}}};
    content_.key = &key_;
    for (auto& wheel : content_.wheels) {
      wheel.source = Material{wheel.metadata.name, wheel.metadata.version.str(), "source.tar.gz",
                              sha256("source")};
    }
  }

  Release release() {
    return publish(*store_, folder_->path(), content_, parse_time("2026-01-01").value()).value();
  }

  std::string faults(const Release& release) {
    const auto key = key_.public_key();
    const auto checked = check_release(release.folder, &key);
    return checked ? "" : checked.error().message;
  }

  Json document(const Release& release, const std::string& path) {
    return parse_json(read_file(release.folder / path).value()).value();
  }

  const SigningKey key_ = SigningKey::generate();
  std::optional<TemporaryDirectory> folder_;
  std::optional<Store> store_;
  ReleaseContent content_;
};

TEST_F(SignedRelease, StandsWithItsKeyAndWithNoOther) {
  const auto made = release();
  EXPECT_EQ(faults(made), "");
  const auto stranger = SigningKey::generate().public_key();
  const auto checked = check_release(made.folder, &stranger);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(checked.error().message, HasSubstr("manifest.dsse.json is not signed with this key"));
  EXPECT_TRUE(release().unchanged) << "the same content and key make the same bytes";
}

TEST_F(SignedRelease, AnUnsignedOneIsToldAsSuch) {
  content_.key = nullptr;
  EXPECT_THAT(faults(release()), HasSubstr("manifest.dsse.json is missing"));
}

TEST_F(SignedRelease, OneFlippedBitInAnyFileIsNamed) {
  const auto made = release();
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(made.folder)) {
    if (!entry.is_regular_file()) continue;
    ++files;
    const auto path = entry.path().lexically_relative(made.folder).generic_string();
    const std::string whole = read_file(entry.path()).value();
    for (const std::size_t at : {std::size_t{0}, whole.size() / 2, whole.size() - 1}) {
      std::string flipped = whole;
      flipped[at] = static_cast<char>(flipped[at] ^ 1);
      ASSERT_TRUE(replace_file(entry.path(), flipped));
      const auto told = faults(made);
      EXPECT_THAT(told, HasSubstr(path)) << "byte " << at;
    }
    ASSERT_TRUE(replace_file(entry.path(), whole));
  }
  EXPECT_EQ(files, made.folder.empty() ? 0U : document(made, "manifest.json")["files"].size() + 2);
  EXPECT_EQ(faults(made), "");
}

TEST_F(SignedRelease, WhatWasAddedOrTakenAwayIsNamed) {
  const auto made = release();
  ASSERT_TRUE(write_file(made.folder / "files/extra.whl", "x"));
  ASSERT_TRUE(fs::remove(made.folder / "provenance/click-8.1-py3-none-any.whl.dsse.json"));
  ASSERT_TRUE(fs::remove(made.folder / "manifest.dsse.json"));
  const auto told = faults(made);
  EXPECT_THAT(told, HasSubstr("files/extra.whl does not belong there"));
  EXPECT_THAT(told, HasSubstr("provenance/click-8.1-py3-none-any.whl.dsse.json is missing"));
  EXPECT_THAT(told, HasSubstr("manifest.dsse.json is missing"));
}

TEST_F(SignedRelease, SaysOfEachWheelWhatItWasMadeOf) {
  content_.wheels[0].tools = {{Name::normalize("flit-core"), "3.12.0",
                               "flit_core-3.12.0-py3-none-any.whl", sha256("flit")}};
  const auto made = release();
  const auto payload = unseal(
      read_file(made.folder / "provenance/flask-3.1.0-py3-none-any.whl.dsse.json").value(),
      key_.public_key());
  ASSERT_TRUE(payload) << payload.error().message;
  const Json statement = parse_json(*payload).value();
  EXPECT_EQ(statement["_type"], "https://in-toto.io/Statement/v1");
  EXPECT_EQ(statement["predicateType"], "https://slsa.dev/provenance/v1");
  EXPECT_EQ(statement["subject"][0]["digest"]["sha256"], content_.wheels[0].digest.hex());
  const Json& definition = statement["predicate"]["buildDefinition"];
  ASSERT_EQ(definition["resolvedDependencies"].size(), 2U);
  EXPECT_EQ(definition["resolvedDependencies"][0]["digest"]["sha256"], sha256("source").hex());
  EXPECT_EQ(definition["resolvedDependencies"][1]["uri"],
            "pkg:pypi/flit-core@3.12.0?file_name=flit_core-3.12.0-py3-none-any.whl");
}

TEST_F(SignedRelease, ListsItsPackagesAndTheirDependencies) {
  const auto sbom = document(release(), "sbom.cdx.json");
  EXPECT_EQ(sbom["specVersion"], "1.6");
  ASSERT_EQ(sbom["components"].size(), 2U);
  EXPECT_EQ(sbom["components"][1]["purl"], "pkg:pypi/flask@3.1.0");
  EXPECT_EQ(sbom["components"][1]["components"][0]["hashes"][0]["content"],
            content_.wheels[0].digest.hex());
  EXPECT_EQ(sbom["dependencies"][0]["dependsOn"], Json({"pkg:pypi/flask@3.1.0"})) << "of the set";
  EXPECT_EQ(sbom["dependencies"][2]["dependsOn"], Json({"pkg:pypi/click@8.1"}));
}

TEST_F(SignedRelease, TellsWhatIsKnownOfVulnerabilities) {
  content_.vulnerabilities = {
      {Name::normalize("flask"), "3.1.0", "PYSEC-2026-1", {"CVE-2026-1"},
       VulnerabilityStatement::Status::affected, "Plan: upgrade."}};
  const auto vex = document(release(), "vex.openvex.json");
  ASSERT_EQ(vex["statements"].size(), 1U);
  EXPECT_EQ(vex["statements"][0]["status"], "affected");
  EXPECT_EQ(vex["statements"][0]["action_statement"], "Plan: upgrade.");
  EXPECT_EQ(vex["statements"][0]["products"][0]["@id"], "pkg:pypi/flask@3.1.0");
  content_.vulnerabilities[0].status = VulnerabilityStatement::Status::not_affected;
  content_.vulnerabilities[0].justification = "vulnerable_code_not_present";
  const auto unaffected = document(release(), "vex.openvex.json");
  EXPECT_EQ(unaffected["statements"][0]["status"], "not_affected");
  EXPECT_EQ(unaffected["statements"][0]["justification"], "vulnerable_code_not_present");
  EXPECT_EQ(unaffected["statements"][0]["status_notes"], "Plan: upgrade.");
  EXPECT_FALSE(unaffected["statements"][0].contains("impact_statement"))
      << "its schema takes a justification or an impact, not both";
}

TEST(SigningKeys, AreKeptWhereOnlyTheirOwnerReads) {
  const auto folder = TemporaryDirectory::create(fs::temp_directory_path(), "assay-key-").value();
  const auto path = folder.path() / "keys" / "set.pem";
  const SigningKey key = SigningKey::generate();
  ASSERT_TRUE(key.save(path));
  struct stat status{};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(SigningKey::load(path).value().public_key().id(), key.public_key().id());
  EXPECT_FALSE(SigningKey::generate().save(path)) << "a key is never written over";
  EXPECT_EQ(PublicKey::parse(key.public_key().pem()).value().id(), key.public_key().id());
}

TEST(SigningKeys, RefuseWhatIsNone) {
  const auto folder = TemporaryDirectory::create(fs::temp_directory_path(), "assay-key-").value();
  const auto path = folder.path() / "key.pem";
  ASSERT_TRUE(write_file(path, "no key"));
  EXPECT_FALSE(SigningKey::load(path));
  EXPECT_FALSE(PublicKey::load(path));
  EXPECT_EQ(SigningKey::load(folder.path() / "none").error().kind, ErrorKind::not_found);
}

TEST(Envelope, OpensOnlyUnchangedAndOnlyInItsOneForm) {
  const SigningKey key = SigningKey::generate();
  const std::string sealed = seal("{\"a\":1}", key);
  EXPECT_EQ(unseal(sealed, key.public_key()).value(), "{\"a\":1}");
  EXPECT_FALSE(unseal(sealed + "\n", key.public_key()));
  EXPECT_FALSE(unseal(compact(parse_json(sealed).value()), key.public_key()));
  EXPECT_FALSE(unseal("{}", key.public_key()));
  EXPECT_FALSE(unseal("", key.public_key()));
  for (const char* text : {R"({"signatures": [1]})", R"({"signatures": [{"sig": 1}]})", "[]"}) {
    EXPECT_FALSE(unseal(text, key.public_key())) << text;
  }
}

}  // namespace
}  // namespace assay
