#include "curation/set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

#include "base/text.h"
#include "io/files.h"

namespace assay {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class SetFile : public testing::Test {
 protected:
  void SetUp() override {
    auto folder = TemporaryDirectory::create(fs::temp_directory_path(), "assay-set-");
    ASSERT_TRUE(folder) << folder.error().message;
    folder_.emplace(*std::move(folder));
  }

  Result<Set> load(std::string_view text) {
    EXPECT_TRUE(write_file(folder_->path() / "assay.toml", text));
    return load_set(folder_->path());
  }

  // The message without the folder: "assay.toml:2:1: …".
  std::string error(std::string_view text) {
    const auto set = load(text);
    if (set) return "";
    EXPECT_EQ(set.error().kind, ErrorKind::invalid_input);
    const auto folder = folder_->path().string() + "/";
    EXPECT_THAT(set.error().message, StartsWith(folder));
    return set.error().message.substr(folder.size());
  }

  std::optional<TemporaryDirectory> folder_;
};

constexpr std::string_view small = "[set]\nname = \"s\"\nrequirements = [\"flask\"]\n";

std::string with(std::string_view more) { return std::string(small) + std::string(more); }

TEST_F(SetFile, HasDefaultsForAllThatIsNotWritten) {
  const auto set = load(small);
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->folder, folder_->path());
  EXPECT_EQ(set->name, "s");
  ASSERT_EQ(set->requirements.size(), 1u);
  EXPECT_EQ(set->requirements[0].name.str(), "flask");
  EXPECT_THAT(set->pythons, ElementsAre("host"));
  EXPECT_THAT(set->targets, ElementsAre("host"));
  EXPECT_FALSE(set->uploaded_before);
  EXPECT_EQ(set->index_url, "");
  EXPECT_TRUE(set->advisories.empty());
  EXPECT_TRUE(set->tests.empty());
  EXPECT_EQ(set->policy.advisories.refuse_above, 7.0);
  EXPECT_FALSE(set->policy.advisories.max_age_days);
}

TEST_F(SetFile, IsReadWhole) {
  const auto set = load(R"(
[set]
name = "all"
requirements = ["Flask[async] >= 3 ; python_version > '3.8'", "PyYAML==6.0.2"]
pythons = ["3.11", "3.12", "host"]
targets = ["linux-x86_64", "linux-aarch64"]
uploaded-before = 2026-01-31T12:00:00+02:00

[index]
url = "https://index.example/simple"

[policy.advisories]
refuse-above = 4
score = "newest"
at-threshold = "refuse"
hold-unscored = false
hold-lower = false
max-age-days = 30
[policy.weaknesses]
hold-from = "high"
[policy.secrets]
refuse = false
[policy.build]
cpu-seconds = 1
wall-seconds = 2
memory-mib = 3
processes = 4
disk-mib = 5
[policy.tests]
required = false
cpu-seconds = 6
wall-seconds = 7
memory-mib = 8
processes = 9
disk-mib = 10

[advisories]
sources = ["local", { name = "mirror", location = "https://mirror.example/osv.zip" }]

[tests.Flask]
requirements = ["pytest", "asgiref"]
arguments = ["-k", "not slow"]
paths = ["tests/unit"]
environment = { TZ = "UTC" }
)");
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->requirements[1].name.str(), "pyyaml");
  EXPECT_THAT(set->pythons, ElementsAre("3.11", "3.12", "host"));
  EXPECT_THAT(set->targets, ElementsAre("linux-x86_64", "linux-aarch64"));
  EXPECT_EQ(format_time(set->uploaded_before.value()), "2026-01-31T10:00:00Z");
  EXPECT_EQ(set->index_url, "https://index.example/simple");
  const auto& policy = set->policy;
  EXPECT_EQ(policy.advisories.refuse_above, 4.0);
  EXPECT_EQ(policy.advisories.score, "newest");
  EXPECT_EQ(policy.advisories.at_threshold, "refuse");
  EXPECT_FALSE(policy.advisories.hold_unscored);
  EXPECT_FALSE(policy.advisories.hold_lower);
  EXPECT_EQ(policy.advisories.max_age_days, 30u);
  EXPECT_EQ(policy.weaknesses.hold_from, "high");
  EXPECT_FALSE(policy.secrets.refuse);
  EXPECT_EQ(policy.build.cpu_seconds, 1u);
  EXPECT_EQ(policy.build.wall_seconds, 2u);
  EXPECT_EQ(policy.build.memory_mib, 3u);
  EXPECT_EQ(policy.build.processes, 4u);
  EXPECT_EQ(policy.build.disk_mib, 5u);
  EXPECT_FALSE(policy.tests.required);
  EXPECT_EQ(policy.tests.cpu_seconds, 6u);
  EXPECT_EQ(policy.tests.wall_seconds, 7u);
  EXPECT_EQ(policy.tests.memory_mib, 8u);
  EXPECT_EQ(policy.tests.processes, 9u);
  EXPECT_EQ(policy.tests.disk_mib, 10u);
  ASSERT_EQ(set->advisories.size(), 2u);
  EXPECT_EQ(set->advisories[0].locations, std::vector<std::string>{"local"});
  EXPECT_EQ(set->advisories[0].name, "local");
  EXPECT_EQ(set->advisories[1].name, "mirror");
  EXPECT_EQ(set->advisories[1].locations.at(0), "https://mirror.example/osv.zip");
  const auto flask = set->tests.find(Name::normalize("flask"));
  ASSERT_NE(flask, set->tests.end());
  EXPECT_THAT(flask->second.requirements, ElementsAre("pytest", "asgiref"));
  EXPECT_THAT(flask->second.arguments, ElementsAre("-k", "not slow"));
  EXPECT_THAT(flask->second.paths, ElementsAre("tests/unit"));
  EXPECT_EQ(flask->second.environment.at("TZ"), "UTC");
}

TEST_F(SetFile, TakesADateAsItsMidnight) {
  for (const std::string_view date : {"2026-01-31", "\"2026-01-31\"", "\"2026-01-31T00:00:00Z\""}) {
    const auto set = load(with("uploaded-before = " + std::string(date)));
    ASSERT_TRUE(set) << set.error().message;
    EXPECT_EQ(format_time(set->uploaded_before.value()), "2026-01-31T00:00:00Z");
  }
}

TEST_F(SetFile, ThatIsMissingSaysWhatWritesOne) {
  const auto set = load_set(folder_->path() / "nowhere");
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(set.error().message, HasSubstr("nowhere/assay.toml is not there"));
  EXPECT_THAT(set.error().message, HasSubstr("assay init"));
}

struct Fault {
  std::string text;
  std::string message;
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.message; }

class FaultySetFile : public SetFile, public testing::WithParamInterface<Fault> {};

TEST_P(FaultySetFile, TellsThePlaceAndTheCause) {
  EXPECT_EQ(error(GetParam().text), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    UnknownKeys, FaultySetFile,
    testing::Values(
        Fault{"[set]\nname = \"s\"\nrequirments = [\"a\"]\nrequirements = [\"a\"]\n",
              "assay.toml:3:1: unknown key \"requirments\" in [set]; did you mean "
              "\"requirements\"?"},
        Fault{with("[polcy]\n"),
              "assay.toml:4:2: unknown key \"polcy\" in the set file; did you mean \"policy\"?"},
        Fault{with("[policy.advisorys]\n"),
              "assay.toml:4:9: unknown key \"advisorys\" in [policy]; did you mean "
              "\"advisories\"?"},
        Fault{with("[policy.advisories]\n  refuse_above = 5.0\n"),
              "assay.toml:5:3: unknown key \"refuse_above\" in [policy.advisories]; did you mean "
              "\"refuse-above\"?"},
        Fault{with("[index]\ncolour-of-the-sky = 1\n"),
              "assay.toml:5:1: unknown key \"colour-of-the-sky\" in [index]"},
        Fault{with("[tests.flask]\npath = [\"tests\"]\n"),
              "assay.toml:5:1: unknown key \"path\" in [tests.flask]; did you mean \"paths\"?"},
        Fault{with("[advisories]\nsources = [{ location = \"x\", nam = \"y\" }]\n"),
              "assay.toml:5:30: unknown key \"nam\" in an advisory source; did you mean "
              "\"name\"?"}));

INSTANTIATE_TEST_SUITE_P(
    WrongTypes, FaultySetFile,
    testing::Values(
        Fault{"[set]\nname = 3\nrequirements = [\"a\"]\n",
              "assay.toml:2:8: \"name\" must be a string, not a whole number"},
        Fault{"[set]\nname = \"s\"\nrequirements = \"flask\"\n",
              "assay.toml:3:16: \"requirements\" must be an array of strings, not a string"},
        Fault{"[set]\nname = \"s\"\nrequirements = [\n  \"flask\",\n  3,\n]\n",
              "assay.toml:5:3: \"requirements\" must be an array of strings; this is a whole "
              "number"},
        Fault{"set = 1\n", "assay.toml:1:7: \"set\" must be a table, not a whole number"},
        Fault{with("[policy.secrets]\nrefuse = \"yes\"\n"),
              "assay.toml:5:10: \"refuse\" must be true or false, not a string"},
        Fault{with("[policy.advisories]\nrefuse-above = \"7\"\n"),
              "assay.toml:5:16: \"refuse-above\" must be a number, not a string"},
        Fault{with("[policy.build]\nprocesses = 1.5\n"),
              "assay.toml:5:13: \"processes\" must be a whole number, not a number"},
        Fault{with("uploaded-before = 2026-01-31T12:00:00\n"),
              "assay.toml:4:19: \"uploaded-before\" must be a date, or a time with its offset "
              "(2026-01-31T12:00:00Z), not a local time"},
        Fault{with("[tests]\nflask = \"tests\"\n"),
              "assay.toml:5:9: \"flask\" must be a table, not a string; [tests] holds a table for "
              "each package"},
        Fault{with("[tests.flask]\nenvironment = { A = 1 }\n"),
              "assay.toml:5:21: \"A\" must be a string, not a whole number"},
        Fault{with("[advisories]\nsources = [1]\n"),
              "assay.toml:5:12: an advisory source must be a string or a table, not a whole "
              "number"}));

INSTANTIATE_TEST_SUITE_P(
    ImpossibleValues, FaultySetFile,
    testing::Values(
        Fault{"", "assay.toml:1:1: the set file needs \"set\""},
        Fault{"[set]\nrequirements = [\"a\"]\n", "assay.toml:1:1: [set] needs \"name\""},
        Fault{"[set]\nname = \"s\"\n", "assay.toml:1:1: [set] needs \"requirements\""},
        Fault{"[set]\nname = \"  \"\nrequirements = [\"a\"]\n",
              "assay.toml:2:8: \"name\" must be a line of text"},
        Fault{"[set]\nname = \"a\\nb\"\nrequirements = [\"a\"]\n",
              "assay.toml:2:8: \"name\" must be a line of text"},
        Fault{"[set]\nname = \"s\"\nrequirements = []\n",
              "assay.toml:3:16: \"requirements\" must name at least one package"},
        Fault{"[set]\nname = \"s\"\nrequirements = [\"PyYAML\", \"b\",\n \"pyyaml>6\"]\n",
              "assay.toml:4:2: \"pyyaml\" is required twice; the first is on line 3"},
        Fault{"[set]\nname = \"s\"\nrequirements = [\"a\"]\nalso = [\"a<2\", \"a\"]\n",
              "assay.toml:4:16: \"a\" in \"also\" says nothing of its version"},
        Fault{with("[policy.versions]\nstrategy = \"newset\"\n"),
              "assay.toml:5:12: unknown strategy \"newset\"; did you mean \"newest\"?"},
        Fault{"[set]\nname = \"s\"\nrequirements = [\"a @ https://files.example/a.zip\"]\n",
              "assay.toml:3:17: \"a @ https://files.example/a.zip\" names a URL; a requirement "
              "names a package of the index"},
        Fault{with("pythons = [\"3.11\", \"3.x\"]\n"),
              "assay.toml:4:20: \"3.x\" is no Python; write it like \"3.11\", or \"host\" for this "
              "machine's"},
        Fault{with("pythons = []\n"),
              "assay.toml:4:11: \"pythons\" must name at least one; without "
              "it, it is \"host\""},
        Fault{with("pythons = [\"3.11\", \"3.11\"]\n"),
              "assay.toml:4:20: \"3.11\" stands twice in \"pythons\""},
        Fault{with("targets = [\"linux-x86-64\"]\n"),
              "assay.toml:4:12: unknown target \"linux-x86-64\"; did you mean \"linux-x86_64\"?"},
        Fault{with("[index]\nurl = \"ftp://index.example\"\n"),
              "assay.toml:5:7: \"ftp://index.example\" is no https, http or file URL"},
        Fault{with("[policy.advisories]\nscore = \"newst\"\n"),
              "assay.toml:5:9: unknown rule for scores \"newst\"; did you mean \"newest\"?"},
        Fault{with("[policy.advisories]\nat-threshold = \"pass\"\n"),
              "assay.toml:5:16: unknown rule \"pass\""},
        Fault{with("[policy.advisories]\nrefuse-above = -0.1\n"),
              "assay.toml:5:16: \"refuse-above\" must be between 0 and 10"},
        Fault{with("[policy.advisories]\nrefuse-above = 10.1\n"),
              "assay.toml:5:16: \"refuse-above\" must be between 0 and 10"},
        Fault{with("[policy.advisories]\nrefuse-above = nan\n"),
              "assay.toml:5:16: \"refuse-above\" must be between 0 and 10"},
        Fault{with("[policy.build]\nmemory-mib = 0\n"),
              "assay.toml:5:14: \"memory-mib\" must be between 1 and 4294967295"},
        Fault{with("[policy.build]\nmemory-mib = 4294967296\n"),
              "assay.toml:5:14: \"memory-mib\" must be between 1 and 4294967295"},
        Fault{with("[policy.weaknesses]\nhold-from = \"mediun\"\n"),
              "assay.toml:5:13: unknown severity \"mediun\"; did you mean \"medium\"?"},
        Fault{with("[advisories]\nsources = []\n"),
              "assay.toml:5:11: \"sources\" must name at least one; without it, the default is "
              "used"},
        Fault{with("[advisories]\nsources = [\"http://mirror.example/osv.zip\"]\n"),
              "assay.toml:5:12: \"http://mirror.example/osv.zip\" is neither an https URL nor a "
              "path"},
        Fault{with("[advisories]\nsources = [{ name = \"x\" }]\n"),
              "assay.toml:5:12: an advisory source needs \"location\""},
        Fault{with("[tests.\"a b\"]\n"), "assay.toml:4:8: \"a b\" is no package's name"},
        Fault{with("[tests.PyYAML]\n[tests.pyyaml]\n"),
              "assay.toml:5:8: [tests.pyyaml] stands twice, in two spellings"},
        Fault{with("[tests.flask]\npaths = [\"../other\"]\n"),
              "assay.toml:5:10: \"../other\" is no path within the source distribution"},
        Fault{with("[tests.flask]\npaths = [\"/etc\"]\n"),
              "assay.toml:5:10: \"/etc\" is no path within the source distribution"}));

TEST_F(SetFile, WithAnInvalidRequirementQuotesIt) {
  EXPECT_THAT(error("[set]\nname = \"s\"\nrequirements = [\"flask\", \"requests >> 2\"]\n"),
              StartsWith("assay.toml:3:26: \"requests >> 2\" is not a requirement: "));
  EXPECT_THAT(error(with("[tests.flask]\nrequirements = [\"?\"]\n")),
              StartsWith("assay.toml:5:17: \"?\" is not a requirement: "));
}

TEST_F(SetFile, WithASyntaxErrorTellsThePlace) {
  EXPECT_THAT(error("[set]\nname = \n"), StartsWith("assay.toml:2:"));
  EXPECT_THAT(error("[set]\nname = \"a\"\nname = \"b\"\n"), StartsWith("assay.toml:3:"));
  EXPECT_THAT(error("\xff"), StartsWith("assay.toml:1:1: "));
}

TEST_F(SetFile, TellsTheFirstFaultInTheOrderOfTheFile) {
  EXPECT_THAT(error("[policy.secrets]\nrefuse = 1\n[set]\nnam = \"s\"\nrequirements = []\n"),
              StartsWith("assay.toml:2:10: "));
  EXPECT_THAT(error("[zzz]\n[set]\nnam = 1\n"), StartsWith("assay.toml:1:2: unknown key \"zzz\""));
}

TEST_F(SetFile, NamesTheFileWithoutADotForTheCurrentFolder) {
  const auto before = fs::current_path();
  ASSERT_TRUE(write_file(folder_->path() / "assay.toml", "x"));
  fs::current_path(folder_->path());
  const auto set = load_set(".");
  fs::current_path(before);
  ASSERT_FALSE(set);
  EXPECT_THAT(set.error().message, StartsWith("assay.toml:1:"));
}

TEST_F(SetFile, TemplateLoads) {
  for (const std::string_view name : {"starter", "with \"quotes\" and \\", "", "a\nb", "\xff"}) {
    const auto set = load(set_template(name));
    ASSERT_TRUE(set) << set.error().message;
    EXPECT_FALSE(set->requirements.empty());
  }
  EXPECT_EQ(load(set_template("starter"))->name, "starter");
  EXPECT_EQ(load(set_template("with \"quotes\" and \\"))->name, "with \"quotes\" and \\");
}

// Every commented line of the template is one that a person may take the "#" away from.
TEST_F(SetFile, TemplateShowsEverySettingWithItsDefault) {
  const auto text = set_template("starter");
  std::string active;
  for (const auto line : lines(text)) {
    const bool setting = line.starts_with("# ") && line.find(" = ") != std::string_view::npos &&
                         line.find_first_of("abcdefghijklmnopqrstuvwxyz") == 2 &&
                         line.substr(2).find(' ') == line.find(" = ") - 2;
    active += setting && active.find("[policy.") != std::string::npos ? line.substr(2) : line;
    active += '\n';
  }
  active = active.substr(0, active.find("# [tests.example]"));
  active = active.substr(0, active.find("# How the tests"));
  const auto set = load(active);
  ASSERT_TRUE(set) << set.error().message << "\n" << active;
  EXPECT_EQ(set->policy.advisories.max_age_days, 30u);
  for (const auto& setting : policy_settings()) {
    const auto key = setting.key.substr(setting.key.rfind('.') + 1);
    EXPECT_THAT(text, HasSubstr("# " + key + " = ")) << setting.key;
    EXPECT_FALSE(setting.meaning.empty());
    if (setting.standard == "no limit") continue;
    EXPECT_EQ(policy_line(Policy(), setting.key), setting.key + " = " + setting.standard);
    EXPECT_EQ(policy_line(set->policy, setting.key), setting.key + " = " + setting.standard);
  }
}

TEST(PolicyLine, ShowsTheValueInForce) {
  Policy policy;
  policy.advisories.refuse_above = 4;
  policy.tests.required = false;
  EXPECT_EQ(policy_line(policy, "policy.advisories.refuse-above"),
            "policy.advisories.refuse-above = 4.0");
  EXPECT_EQ(policy_line(policy, "policy.tests.required"), "policy.tests.required = false");
  EXPECT_EQ(policy_line(policy, "policy.weaknesses.hold-from"),
            "policy.weaknesses.hold-from = \"medium\"");
  EXPECT_EQ(policy_line(policy, "policy.advisories.max-age-days"),
            "policy.advisories.max-age-days = no limit");
}

}  // namespace
}  // namespace assay
