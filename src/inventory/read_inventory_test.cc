#include "inventory/read_inventory.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "io/archive.h"
#include "io/files.h"

namespace assay {
namespace {

PathRole vendored_role(std::string_view path) {
  return path.contains("_vendor/") ? PathRole::vendored : PathRole::shipped;
}

class ReadInventory : public testing::Test {
 protected:
  fs::path write(const std::string& name, std::string_view text) {
    const auto path = folder_.path() / name;
    EXPECT_TRUE(make_directories(path.parent_path()));
    EXPECT_TRUE(write_file(path, text));
    return path;
  }

  // "form: name version [in holder] (marker) line | …", with "!" before why a version is not known.
  std::string told(const fs::path& path, std::optional<InventoryFormat> format = std::nullopt) {
    const auto all = read_inventories(path, format, vendored_role);
    if (!all) return "error: " + all.error().message;
    std::string text;
    for (const auto& inventory : *all) {
      text += fmt::format("{}:", to_string(inventory.format));
      for (const auto& item : inventory.items) {
        text += fmt::format(" {} {}", item.title, item.version ? item.version->str() : "!" + item.unknown);
        if (item.copy_in) text += fmt::format(" in {} {}", item.copy_in->name.str(), item.copy_in->version.str());
        if (!item.marker.empty()) text += fmt::format(" ({})", item.marker);
        if (item.line > 0) text += fmt::format(":{}", item.line);
        text += ";";
      }
      for (const auto& one : inventory.left_out) text += " -" + one.substr(0, one.find(": ")) + ";";
    }
    return text;
  }

  // "who: requirement | …" of all that limits versions.
  std::string asked(const fs::path& path) {
    const auto all = read_inventories(path, std::nullopt, vendored_role);
    if (!all) return "error: " + all.error().message;
    std::string text;
    for (const auto& inventory : *all) {
      for (const auto& demand : inventory.demands) {
        if (!text.empty()) text += " | ";
        text += fmt::format("{}: {}", demand.who, demand.requirement.str());
        if (demand.line > 0) text += fmt::format(":{}", demand.line);
      }
    }
    return text;
  }

  // The commits that items are taken from, "-" for those without.
  std::string commits(const fs::path& path) {
    const auto all = read_inventories(path, std::nullopt, vendored_role);
    if (!all) return "error: " + all.error().message;
    std::string text;
    for (const auto& item : all->front().items) text += item.commit.empty() ? "-" : item.commit.substr(0, 4);
    return text;
  }

  TemporaryDirectory folder_ = TemporaryDirectory::create(fs::temp_directory_path(), "assay-inventory-").value();
};

TEST_F(ReadInventory, RequirementsSayWhatIsPinned) {
  write("more/base.txt", "Six == 1.16\n-r ../requirements.txt\n");
  write("limits.txt", "idna==3.4\nflask==9\n");
  const auto file = write("requirements.txt",
                          "# a comment\n--index-url https://index.example/simple\n-c limits.txt\n"
                          "flask==3.0.1 \\\n    --hash=sha256:00\n"
                          "idna>2\nrequests>=2,<3\nattrs\nurllib3===1.26.4\nnumpy==1.*\n"
                          "tomli==2.0.1 ; python_version < '3.11'\n-r more/base.txt\n"
                          "pip @ https://files.example/pip-23.0-py3-none-any.whl\n"
                          "tool @ git+https://git.example/tool@1.0\n"
                          "-e git+https://git.example/x#egg=thing&subdirectory=y\n-e .\n./wheels/six-1.15.0.tar.gz\n");
  EXPECT_EQ(told(file),
            "requirements: flask 3.0.1:4; idna 3.4:6; requests !not pinned: <3,>=2:7;"
            " attrs !not pinned: any version will do:8; urllib3 1.26.4:9; numpy !not pinned: ==1.*:10;"
            " tomli 2.0.1 (python_version < \"3.11\"):11; Six 1.16:1; pip 23.0:13;"
            " tool !it is taken from git+https://git.example/tool@1.0:14;"
            " thing !it is installed from a folder or repository, as it is there:15;"
            " . !it is installed from a folder or repository, as it is there:16; six 1.15.0:17;");
}

TEST_F(ReadInventory, FaultsOfRequirementsAreTold) {
  EXPECT_EQ(told(write("requirements.txt", "flask==3.0\n\nfl ask = 1\n")).substr(0, 6), "error:");
  EXPECT_TRUE(told(folder_.path() / "requirements.txt").contains("requirements.txt:3: "));
  EXPECT_TRUE(told(write("a/requirements.txt", "-r none.txt\n")).contains("none.txt"));
  EXPECT_TRUE(told(folder_.path() / "absent.txt").contains("no such file or folder"));
}

TEST_F(ReadInventory, WhatPipPrints) {
  EXPECT_EQ(told(write("frozen", "flask==3.0.1\nname @ file:///x/y\n")),
            "requirements: flask 3.0.1:1; name !it is taken from file:///x/y:2;");
  EXPECT_EQ(told(write("list.json",
                       R"([{"name": "Flask", "version": "3.0.1"}, {"name": "own", "version": "1",
                           "editable_project_location": "/src"}, {"name": "old", "version": "x y"}])")),
            "pip-json: Flask 3.0.1; old !\"x y\" is no version; -own;");
  EXPECT_EQ(told(write("inspect.json", R"({"version": "1", "installed": [{"metadata": {"name": "a", "version": "1"}}]})")),
            "pip-json: a 1;");
}

TEST_F(ReadInventory, Locks) {
  EXPECT_EQ(told(write("pylock.toml",
                       "lock-version = '1.0'\n[[packages]]\nname = 'flask'\nversion = '3.0'\nmarker = \"os_name == 'nt'\"\n"
                       "[[packages]]\nname = 'own'\n[packages.directory]\npath = '.'\n"
                       "[[packages]]\nname = 'bare'\n[packages.vcs]\nurl = 'x'\n")),
            "pylock: flask 3.0 (os_name == 'nt'):2; bare !the lock tells no version of it:10; -own;");
  EXPECT_EQ(told(write("uv.lock",
                       "version = 1\nrequires-python = '>=3.9'\n[[package]]\nname = 'app'\nversion = '0.1'\n"
                       "source = { virtual = '.' }\n[[package]]\nname = 'idna'\nversion = '3.4'\n"
                       "source = { registry = 'https://index.example/simple' }\n")),
            "uv-lock: idna 3.4:7; -app;");
  EXPECT_EQ(told(write("poetry.lock",
                       "[[package]]\nname = 'idna'\nversion = '3.4'\n[[package]]\nname = 'own'\nversion = '1'\n"
                       "[package.source]\ntype = 'directory'\nurl = '.'\n")),
            "poetry-lock: idna 3.4:1; -own;");
  EXPECT_EQ(told(write("pdm.lock", "[[package]]\nname = 'idna'\nversion = '3.4'\n[[package]]\nname = 'own'\n"
                                   "version = '1'\npath = './own'\n")),
            "pdm-lock: idna 3.4:1; -own;");
  EXPECT_EQ(told(write("Pipfile.lock", R"({"_meta": {}, "default": {"idna": {"version": "==3.4"}, "x": {"version": ">1"}},
                                          "develop": {"git": {"git": "u"}}})")),
            "pipfile-lock: idna 3.4; x !not pinned: >1; git !no version of it is told;");
  EXPECT_TRUE(told(write("bad/uv.lock", "version = 1\nrequires-python = '>=3.9'\npackage = 3\n")).contains("no list of packages"));
}

TEST_F(ReadInventory, BillsOfMaterials) {
  EXPECT_EQ(told(write("bom.json",
                       R"({"bomFormat": "CycloneDX", "components": [{"name": "f", "purl": "pkg:pypi/flask@3.0%2Blocal?x=y"},
                           {"name": "npm", "purl": "pkg:npm/left-pad@1"}, {"name": "g",
                            "components": [{"type": "file", "name": "a"}, {"purl": "pkg:pypi/idna"}]}]})")),
            "cyclonedx: flask 3.0+local; idna !no version of it is told; -2 components that no package URL of"
            " Python's index names;");
  EXPECT_EQ(told(write("spdx.json", R"({"spdxVersion": "SPDX-2.3", "packages": [{"name": "x", "externalRefs":
                       [{"referenceType": "purl", "referenceLocator": "pkg:pypi/idna@3.4"}]}]})")),
            "spdx: idna 3.4;");
}

TEST_F(ReadInventory, EnvironmentsAndTheCopiesInThem) {
  const std::string site = "venv/lib/python3.11/site-packages/";
  write("venv/pyvenv.cfg", "home = /usr/bin\n");
  write(site + "pip-23.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: pip\nVersion: 23.0\n");
  write(site + "pip-23.0.dist-info/RECORD", "pip/_vendor/vendor.txt,,\n");
  write(site + "pip/_vendor/vendor.txt", "urllib3==1.26.14\nidna==3.4\n");
  write(site + "pip/_vendor/urllib3/_version.py", "__version__ = \"1.26.14\"\n");
  write(site + "pip/_vendor/odd/LICENSE.txt", "MIT\n");
  write(site + "old-1.0-py3.11.egg-info", "Metadata-Version: 1.0\nName: Old\nVersion: 1.0\n");
  write(site + "broken-2.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: broken\nVersion: 2.0\nRequires-Dist: ???\n");
  write(site + "own-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: own\nVersion: 1\n");
  write(site + "own-1.dist-info/direct_url.json", R"({"url": "file:///src", "dir_info": {"editable": true}})");
  write(site + "nothing.dist-info/METADATA", "");
  const auto expected = told(folder_.path() / "venv");
  EXPECT_TRUE(expected.starts_with("environment: broken 2.0; nothing.dist-info !its metadata can't be read")) << expected;
  EXPECT_TRUE(expected.ends_with(" Old 1.0; pip 23.0; urllib3 1.26.14 in pip 23.0; idna 3.4 in pip 23.0:2; -own; -odd;") ||
              expected.ends_with(" Old 1.0; pip 23.0; urllib3 1.26.14 in pip 23.0:1; idna 3.4 in pip 23.0:2; -own; -odd;"))
      << expected;
  EXPECT_EQ(told(folder_.path() / site), expected);
}

TEST_F(ReadInventory, AFolderNameIsNoCommandToATerminal) {
  write("site/x\x1b[31m.dist-info/METADATA", "");
  const auto all = told(folder_.path() / "site", InventoryFormat::environment);
  EXPECT_TRUE(all.contains("x\\x1b[31m.dist-info !")) << all;
  EXPECT_FALSE(all.substr(0, all.find('!')).contains('\x1b'));
}

TEST_F(ReadInventory, ArchivesAndFoldersOfThem) {
  ZipWriter zip;
  zip.add("pip/_vendor/vendor.txt", "urllib3==1.26.14\n", false);
  const auto bytes = zip.finish();
  const auto wheel = write("dist/pip-23.0-py3-none-any.whl", bytes);
  EXPECT_EQ(told(wheel), "archive: pip 23.0; urllib3 1.26.14 in pip 23.0:1;");
  write("dist/notes.txt", "x");
  EXPECT_EQ(told(folder_.path() / "dist"), "archives: pip 23.0; urllib3 1.26.14 in pip 23.0:1;");
  ZipWriter sdist;
  sdist.add("my-thing-1.0/PKG-INFO", "Metadata-Version: 2.1\nName: my-thing\nVersion: 1.0\n", false);
  EXPECT_EQ(told(write("my-thing-1.0.zip", sdist.finish())), "archive: my-thing 1.0;");
  const auto cut = told(write("six-1.0.zip", "PK not whole"));
  EXPECT_TRUE(cut.starts_with("archive: six 1.0; six-1.0.zip !what it carries is not known: ")) << cut;
  write("release/manifest.json", "{}");
  write("release/files/pip-23.0-py3-none-any.whl", bytes);
  EXPECT_EQ(told(folder_.path() / "release"), "release: pip 23.0; urllib3 1.26.14 in pip 23.0:1;");
}

TEST_F(ReadInventory, WhatLimitsVersionsIsTold) {
  write("limits.txt", "idna<4\nsix==1.0\n");
  EXPECT_EQ(asked(write("requirements.txt", "-c limits.txt\nidna>=2\nsix\nflask==3.0\n")), ": idna<4:1 | : idna>=2:2");
  const std::string metadata =
      "Metadata-Version: 2.1\nName: holder\nVersion: 1.0\nRequires-Dist: idna<4,>=2\nRequires-Dist: six\n"
      "Requires-Dist: tomli>1; python_version < '3.11'\nRequires-Dist: brotli>=1; extra == 'fast'\n";
  const std::string expected = "holder 1.0: idna<4,>=2 | holder 1.0: tomli>1; python_version < \"3.11\"";
  write("venv/lib/python3.11/site-packages/holder-1.0.dist-info/METADATA", metadata);
  write("venv/pyvenv.cfg", "");
  EXPECT_EQ(asked(folder_.path() / "venv"), expected);
  ZipWriter wheel;
  wheel.add("holder-1.0.dist-info/METADATA", metadata, false);
  wheel.add("holder/_vendor/other-2.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: other\nVersion: 2.0\nRequires-Dist: idna<1\n", false);
  EXPECT_EQ(asked(write("holder-1.0-py3-none-any.whl", wheel.finish())), expected);
  ZipWriter sdist;
  sdist.add("holder-1.0/PKG-INFO", metadata, false);
  EXPECT_EQ(asked(write("holder-1.0.zip", sdist.finish())), expected);
  EXPECT_EQ(asked(write("inspect.json", R"({"version": "1", "installed": [{"metadata": {"name": "holder",
                        "version": "1.0", "requires_dist": ["idna<4,>=2", "???", "x; extra == 'a'"]}}]})")),
            "holder 1.0: idna<4,>=2");
  EXPECT_EQ(asked(write("poetry.lock",
                        "[[package]]\nname = 'holder'\nversion = '1.0'\n[package.dependencies]\nidna = '>=2,<4'\n"
                        "six = '*'\ntomli = {version = '>1', markers = \"os_name == 'nt'\"}\n")),
            "holder 1.0: idna<4,>=2:1 | holder 1.0: tomli>1; os_name == \"nt\":1");
  EXPECT_EQ(asked(write("pdm.lock", "[[package]]\nname = 'holder'\nversion = '1.0'\n"
                                    "dependencies = ['idna<4,>=2', 'six']\n")),
            "holder 1.0: idna<4,>=2:1");
  EXPECT_EQ(asked(write("uv.lock", "version = 1\nrequires-python = '>=3.9'\n[[package]]\nname = 'app'\nversion = '0.1'\n"
                                   "source = { virtual = '.' }\n[package.metadata]\n"
                                   "requires-dist = [{ name = 'idna', specifier = '<4' }, { name = 'six' }]\n")),
            "app 0.1: idna<4:3");
}

TEST_F(ReadInventory, CommitsAreReadWhereTheyAreWhole) {
  const std::string id = "1234567890abcdef1234567890abcdef12345678";
  const std::string up = "1234567890ABCDEF1234567890ABCDEF12345678";
  EXPECT_EQ(commits(write("requirements.txt",
                          "a @ git+https://u@git.example/a@" + up + "#subdirectory=x\nb @ git+https://git.example/b@v1.0\n"
                          "-e git+https://git.example/c@" + id + "#egg=c\nd @ git+https://git.example/d@1234567\n")),
            "1234-1234-");
  EXPECT_EQ(commits(write("pylock.toml", "lock-version = '1.0'\n[[packages]]\nname = 'a'\n[packages.vcs]\n"
                                         "type = 'git'\ncommit-id = '" + id + "'\n")),
            "1234");
  EXPECT_EQ(commits(write("uv.lock", "version = 1\nrequires-python = '>=3.9'\n[[package]]\nname = 'a'\nversion = '1'\n"
                                     "source = { git = 'https://git.example/a?rev=main#" + id + "' }\n")),
            "1234");
  EXPECT_EQ(commits(write("poetry.lock", "[[package]]\nname = 'a'\nversion = '1'\n[package.source]\ntype = 'git'\n"
                                         "resolved_reference = '" + id + "'\n")),
            "1234");
  EXPECT_EQ(commits(write("pdm.lock", "[[package]]\nname = 'a'\nversion = '1'\nrevision = '" + id + "'\n")), "1234");
  EXPECT_EQ(commits(write("Pipfile.lock", R"({"_meta": {}, "default": {"a": {"git": "u", "ref": ")" + id + R"("}}})")),
            "1234");
  EXPECT_EQ(commits(write("inspect.json", R"({"version": "1", "installed": [{"metadata": {"name": "a", "version": "1"},
                          "direct_url": {"url": "u", "vcs_info": {"vcs": "git", "commit_id": ")" + id + R"("}}}]})")),
            "1234");
  const std::string site = "venv/lib/python3.11/site-packages/a-1.dist-info/";
  write("venv/pyvenv.cfg", "");
  write(site + "METADATA", "Metadata-Version: 2.1\nName: a\nVersion: 1\n");
  write(site + "direct_url.json", R"({"url": "u", "vcs_info": {"vcs": "git", "commit_id": ")" + id + R"("}})");
  EXPECT_EQ(commits(folder_.path() / "venv"), "1234");
}

TEST_F(ReadInventory, FoldersWithFilesOfSeveralForms) {
  write("p/requirements-dev.txt", "idna==3.4\n");
  write("p/uv.lock", "version = 1\nrequires-python = '>=3.9'\n");
  EXPECT_EQ(told(folder_.path() / "p"), "requirements: idna 3.4:1;uv-lock:");
}

TEST_F(ReadInventory, AnUnknownFormIsRefusedWithWhatIsKnown) {
  for (const char* text : {"", "Dear reader,\nhello.\n", "{\"a\": 1}", "[a]\nb = 1\n"}) {
    const auto said = told(write("thing", text));
    EXPECT_TRUE(said.starts_with("error: ")) << said;
    EXPECT_TRUE(said.contains("pylock, uv-lock") || said.contains("JSON")) << said;
  }
  EXPECT_TRUE(told(folder_.path(), InventoryFormat::pylock).contains("a folder is no pylock"));
  EXPECT_TRUE(told(write("x.txt", "a==1\n"), InventoryFormat::release).contains("a file is no release"));
  EXPECT_EQ(parse_inventory_format("nonsense").has_value(), false);
}

}  // namespace
}  // namespace assay
