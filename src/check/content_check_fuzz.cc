#include "check/content_check.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "check/packed_findings.h"
#include "check/rule_book.h"

namespace assay {

namespace {

constexpr auto paths = std::to_array<std::string_view>({
    "pkg/a.py",      "setup.py",       "pkg/__init__.py", "pkg/a.pyx",     "pkg/a.pyi",
    "src/a.c",       "src/a.cc",       "src/a.rs",        "pkg/a.js",      "pkg/a.html",
    "pkg/a.json",    "pyproject.toml", "setup.cfg",       "pkg/a.yaml",    "pkg/a.sh",
    "start.pth",     "METADATA",       "a-1.dist-info/entry_points.txt",   "PKG-INFO",
    "CMakeLists.txt", "meson.build",   "Makefile",        "Dockerfile",    "pkg/.env",
    "README.md",     "pkg/a.ipynb",    "pkg/a.zip",       "pkg/a.tar.gz",  "pkg/key.pem",
    "pkg/a.p12",     "pkg/a.bin",      "tests/test_a.py", "build.rs",      "requirements.txt",
    ".pypirc",       "pkg/a.xml",      "pkg/a.sql",       "pkg/a.ini",     "pkg/a"});

struct Everything {
  GateSet gates;
  RuleBook rules;
  ContentCheck contents;
  PatternEngine::Scratch scratch;

  Everything() : gates(made()), rules(gates.rules()), contents(gates, rules, "") {
    auto own = contents.make_scratch();
    if (!own) std::abort();
    scratch = *std::move(own);
  }
  static GateSet made() {
    auto gates = GateSet::create();
    if (!gates) std::abort();
    return *std::move(gates);
  }
};

const Everything& everything() {
  static const Everything all;
  return all;
}

}  // namespace

}  // namespace assay

// Patterns are compiled before the first run is timed.
extern "C" int LLVMFuzzerInitialize(int*, char***) {
  assay::everything();
  return 0;
}

// All gates on any bytes; the first byte chooses the path and the role. What is told can be read again, and no
// place lies outside the file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const Everything& all = everything();
  if (size == 0) return 0;
  const auto path = paths[data[0] % paths.size()];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto role = data[0] < 128 ? PathRole::shipped : PathRole::build;
  const auto packed = all.contents.check({path, "", bytes, role}, all.scratch);
  if (!packed) std::abort();
  const auto lines = LineIndex(bytes).count();
  const auto read = unpack(
      *packed, all.rules, [](const FindingHead&) { return true; },
      [&](CheckedFinding&& found) {
        if (found.finding.line > lines || found.frame_end > found.frame.size()) std::abort();
        if (found.frame_begin > found.frame_end) std::abort();
      });
  if (!read) std::abort();
  return 0;
}
