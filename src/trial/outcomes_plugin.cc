#include "trial/outcomes_plugin.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/json.h"
#include "base/text.h"

namespace assay {

namespace {

// Files and functions are bound early: a test may replace what a module holds. A forked child must
// not write, nor must a worker of pytest-xdist, whose reports its controller gets.
constexpr std::string_view plugin_text = R"PY("""Tells assay how each test ended."""
import os
from json import dumps, loads

_RANK = {"passed": 0, "skipped": 1, "failed": 2, "error": 2}


def _first_line(report):
    text = getattr(report, "wasxfail", None)
    if text is None:
        longrepr = report.longrepr
        crash = getattr(longrepr, "reprcrash", None)
        if isinstance(longrepr, tuple) and len(longrepr) == 3:
            text = longrepr[2]
        elif crash is not None:
            text = crash.message
        else:
            text = longrepr or ""
    lines = [line for line in str(text).splitlines() if line.strip()]
    return lines[0].strip()[:400] if lines else ""


class _Outcomes:
    def __init__(self, path):
        self._write = os.write
        self._getpid = os.getpid
        self._pid = os.getpid()
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        self._running = {}

    def _line(self, **members):
        if self._getpid() != self._pid:
            return
        self._write(self._file, (dumps(members) + "\n").encode("ascii"))

    def _outcome(self, nodeid, status, seconds, message):
        self._line(id=_clean(nodeid), status=status, seconds=seconds, message=_clean(message))

    def pytest_collectreport(self, report):
        if report.failed:
            self._outcome(report.nodeid or "collection", "error", 0.0, _collect_error(report))
        elif report.skipped:
            self._outcome(report.nodeid, "skipped", 0.0, _first_line(report))

    def pytest_runtest_logreport(self, report):
        status = report.outcome
        if status == "failed" and report.when != "call":
            status = "error"
        if status not in _RANK or (status == "skipped" and hasattr(report, "context")):
            return
        known = self._running.setdefault(report.nodeid, ["passed", 0.0, ""])
        known[1] += report.duration
        if _RANK[status] > _RANK[known[0]]:
            known[0] = status
            known[2] = _first_line(report)

    def pytest_runtest_logfinish(self, nodeid):
        known = self._running.pop(nodeid, None)
        if known is not None:
            self._outcome(nodeid, *known)

    def pytest_sessionfinish(self, exitstatus):
        for nodeid, known in self._running.items():
            self._outcome(nodeid, *known)
        self._running = {}
        self._line(end=int(exitstatus))


def _clean(text):
    # A lone surrogate has no UTF-8 form.
    return text.encode("utf-8", "backslashreplace").decode()


def _collect_error(report):
    # The last line that pytest marks with "E" names the exception.
    text = str(report.longrepr or "")
    marked = [line[1:].strip() for line in text.splitlines() if line.startswith("E ")]
    return marked[-1][:400] if marked else _first_line(report)


def pytest_collection_modifyitems(config, items):
    # In the second run, only those that failed in the first.
    if os.path.exists("@AGAIN@"):
        with open("@AGAIN@", encoding="utf-8") as file:
            wanted = set(loads(file.read()))
        config.hook.pytest_deselected(items=[item for item in items if _clean(item.nodeid) not in wanted])
        items[:] = [item for item in items if _clean(item.nodeid) in wanted]


def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Outcomes("@FILE@"), "assay-outcomes")
)PY";

std::optional<TestStatus> status_of(std::string_view word) {
  for (const auto status :
       {TestStatus::passed, TestStatus::failed, TestStatus::error, TestStatus::skipped}) {
    if (to_string(status) == word) return status;
  }
  return std::nullopt;
}

Result<> read_line(std::string_view line, ListedOutcomes& listed) {
  ASSAY_TRY(const Json json, parse_json(line));
  if (!json.is_object()) return fail(ErrorKind::invalid_input, "it is no object");
  if (json.contains("end")) {
    listed.ended = true;
    return {};
  }
  TestOutcome outcome;
  ASSAY_TRY(outcome.id, string_member(json, "id"));
  ASSAY_TRY(const std::string word, string_member(json, "status"));
  ASSAY_TRY(outcome.message, string_member(json, "message", ""));
  const auto status = status_of(word);
  if (!status || outcome.id.empty()) return fail(ErrorKind::invalid_input, "it names no outcome");
  outcome.status = *status;
  if (const auto seconds = json.find("seconds"); seconds != json.end() && seconds->is_number()) {
    outcome.seconds = seconds->get<double>();
  }
  if (!std::isfinite(outcome.seconds) || outcome.seconds < 0) outcome.seconds = 0;
  listed.outcomes.push_back(std::move(outcome));
  return {};
}

}  // namespace

std::string_view outcomes_plugin() {
  static const std::string text = replace_all(
      replace_all(std::string(plugin_text), "@FILE@", outcomes_file), "@AGAIN@", again_file);
  return text;
}

Result<ListedOutcomes> parse_outcomes(std::string_view text) {
  ListedOutcomes listed;
  const bool cut_off = !text.empty() && !text.ends_with('\n');
  const auto all = lines(text);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (cut_off && i + 1 == all.size()) break;
    if (const auto read = read_line(all[i], listed); !read) {
      return fail(read.error().kind,
                  fmt::format("line {} of the list of outcomes: {}", i + 1, read.error().message));
    }
  }
  return listed;
}

}  // namespace assay
