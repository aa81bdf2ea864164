#include "examine/remedy.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

// A file after all that can be mended in it was.
std::string mended(std::string_view text, bool any_host = false, std::string_view path = "pkg/a.py") {
  static const auto examiner = Examiner::create().value();
  static const auto remedies = Remedies::create().value();
  const ExaminedFile file{.path = path, .bytes = text, .role = PathRole::shipped};
  const auto findings = examiner.examine_bytes(file).value();
  const auto all = remedies.mend(examiner, file, findings, any_host);
  return all.empty() ? std::string(text) : all.back().text;
}

TEST(Remedies, SecureUrlsOfHostsThatAreKnownToServeIt) {
  EXPECT_EQ(mended("u = 'http://github.com/a'\n"), "u = 'https://github.com/a'\n");
  EXPECT_EQ(mended("u = 'http://downloads.acme-widgets.io/a'\n"), "u = 'http://downloads.acme-widgets.io/a'\n");
  EXPECT_EQ(mended("u = 'http://downloads.acme-widgets.io/a'\n", true),
            "u = 'https://downloads.acme-widgets.io/a'\n");
  EXPECT_EQ(mended("u = 'http://evil-github.com/a'\n"), "u = 'http://evil-github.com/a'\n");
}

TEST(Remedies, GiveACallTheSafeArgument) {
  EXPECT_EQ(mended("import requests\nrequests.get(u, verify=False, timeout=3)\n"),
            "import requests\nrequests.get(u, verify=True, timeout=3)\n");
  EXPECT_EQ(mended("import tarfile\nwith tarfile.open(p) as t:\n    t.extractall(d)\n"),
            "import tarfile\nwith tarfile.open(p) as t:\n    t.extractall(d, filter=\"data\")\n");
  EXPECT_EQ(mended("import tarfile\nwith tarfile.open(p) as t:\n    t.extractall()\n"),
            "import tarfile\nwith tarfile.open(p) as t:\n    t.extractall(filter=\"data\")\n");
  EXPECT_EQ(mended("import tarfile\nwith tarfile.open(p) as t:\n    t.extractall((d)  # here\n    )\n"),
            "import tarfile\nwith tarfile.open(p) as t:\n    t.extractall((d), filter=\"data\"  # here\n    )\n");
}

TEST(Remedies, LeaveWhatTakesAPerson) {
  const std::string_view zip = "import zipfile\nzipfile.ZipFile(p).extractall(d)\n";
  EXPECT_EQ(mended(zip), zip);
  // The keywords may hold the argument already.
  const std::string_view text = "import tarfile\nwith tarfile.open(p) as t:\n    t.extractall(d, **more)\n";
  EXPECT_EQ(mended(text), text);
}

TEST(Remedies, TakeTheSafeSister) {
  EXPECT_EQ(mended("import yaml\nyaml.load(f, Loader=yaml.Loader)\n"), "import yaml\nyaml.safe_load(f)\n");
  EXPECT_EQ(mended("import yaml\nyaml.load(f)\n"), "import yaml\nyaml.safe_load(f)\n");
  EXPECT_EQ(mended("import ssl\nc = ssl._create_unverified_context()\n"),
            "import ssl\nc = ssl.create_default_context()\n");
}

TEST(Remedies, MendSeveralInOneFile) {
  EXPECT_EQ(mended("import yaml\na = yaml.load(f)\nu = 'http://python.org/x'\nb = yaml.load(g)\n"),
            "import yaml\na = yaml.safe_load(f)\nu = 'https://python.org/x'\nb = yaml.safe_load(g)\n");
}

}  // namespace
}  // namespace assay
