#include "check/check.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <mutex>
#include <optional>

#include "base/digest.h"
#include "base/program_id.h"
#include "base/task_group.h"
#include "base/text.h"
#include "check/archive_check.h"
#include "check/file_check.h"
#include "io/files.h"
#include "io/newest_files.h"

namespace assay {

namespace {

constexpr std::size_t names_in_a_batch = 128;
constexpr KeptLimit most_records{.files = 1024, .bytes = std::uint64_t{512} << 20};  // of trees
// Raised when src/check changes what it keeps of a finding.
constexpr std::string_view code_version = "check 5";

// A path that is not there, or whose kind can't be told, is the caller's fault.
Result<CheckedPath> checked_path(const fs::path& given) {
  CheckedPath checked{.given = given};
  struct stat status{};
  if (stat(given.c_str(), &status) != 0) return path_error("could not read", given);
  if (S_ISDIR(status.st_mode)) {
    checked.kind = CheckedPath::Kind::folder;
  } else if (!S_ISREG(status.st_mode)) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{} is a FIFO, a socket or a device", given.string()));
  } else if (is_archive(given)) {
    checked.kind = CheckedPath::Kind::archive;
  }
  return checked;
}

// The path of a single file as its role is told by: as it was given, where that leads down.
std::string within_of(const fs::path& given) {
  const auto normal = given.lexically_normal();
  return normal.is_absolute() || normal.string().starts_with("..") ? normal.filename().string()
                                                                   : normal.string();
}

// Roles that are told by the project's layout, which is read when the first is asked for: where nothing
// has changed nobody asks.
RoleOf roles_when_asked(std::shared_ptr<RoleWitness> witness, const RoleTeller& teller) {
  struct Roles {
    std::once_flag read;
    RoleOf role_of;
  };
  return [&teller, witness = std::move(witness), roles = std::make_shared<Roles>()](std::string_view within) {
    std::call_once(roles->read, [&] { roles->role_of = roles_below(witness, teller); });
    return roles->role_of(within);
  };
}

// A folder's record in the cache: where it lies, and what it says if it can be believed.
class KeptTree {
 public:
  // No record where nothing is kept, or where the program can't be told from others.
  KeptTree(const fs::path& cache, const fs::path& folder, std::string_view ruleset) {
    const auto program = program_id();
    std::error_code error;
    const auto real = fs::canonical(folder, error);
    if (cache.empty() || program.empty() || error) return;
    const auto name = sha256(fmt::format("{}\n{}\n{}", program, ruleset, real.string())).hex();
    file_ = cache / "trees" / (name + ".tree");
    auto record = TreeRecord::read(file_);
    if (!record) return;
    roles_ = record->roles();
    if (RoleWitness::holds(folder, roles_)) record_ = *std::move(record);
  }

  bool keeps() const { return !file_.empty(); }
  const TreeRecord* record() const { return record_ ? &*record_ : nullptr; }

  // One that can't be written costs time only.
  void write(const SeenTree& seen, const RoleWitness& witness) {
    if (seen.empty() || !witness.is_settled() || !make_directories(file_.parent_path())) return;
    auto roles = witness.answers();
    if (record_) roles.merge(roles_);
    static_cast<void>(TreeRecord::write(file_, seen, roles));
    keep_newest_files(file_.parent_path(), ".tree", most_records);
  }

 private:
  fs::path file_;
  std::optional<TreeRecord> record_;
  RoleWitness::Answers roles_;
};

class PathsCheck {
 public:
  PathsCheck(const CheckRequest& request, const RoleTeller& teller, FileCheck& files, std::string ruleset,
             std::stop_token stop, CheckReport& report)
      : request_(request),
        teller_(teller),
        files_(files),
        ruleset_(std::move(ruleset)),
        stop_(std::move(stop)),
        report_(report) {}

  Result<> run() {
    for (CheckedPath& path : report_.paths) {
      files_.tell_roles_by(teller_.by_path);
      switch (path.kind) {
        case CheckedPath::Kind::folder: ASSAY_CHECK(check_folder(path)); break;
        case CheckedPath::Kind::archive: ASSAY_CHECK(check_archive(path)); break;
        case CheckedPath::Kind::file: ASSAY_CHECK(check_file(path)); break;
      }
      std::ranges::sort(path.units, {}, &CheckedPath::Unit::path);
    }
    return {};
  }

 private:
  Result<> check_folder(CheckedPath& path) {
    const Descriptor root(open(path.given.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root) return path_error("could not read", path.given);
    const auto witness = std::make_shared<RoleWitness>(path.given);
    files_.tell_roles_by(roles_when_asked(witness, teller_));
    KeptTree kept(request_.cache_folder, path.given, ruleset_);
    WalkMemory memory{.known = kept.record()};
    files_.know(memory.known);
    const auto looked_up = files_.looked_up();
    TaskGroup tasks(request_.threads, 8 * request_.threads);
    ASSAY_TRY(const auto totals, walk_tree(root, names_in_a_batch, stop_, kept.keeps() ? &memory : nullptr, [&](auto names) {
                tasks.push([&, names = std::move(names)](std::stop_token ended) {
                  return look_at(path, root, names, ended);
                });
              }));
    report_.git_folders += totals.git_folders;
    ASSAY_CHECK(tasks.wait());
    if (kept.keeps() && (totals.listed > 0 || files_.looked_up() != looked_up)) kept.write(memory.seen, *witness);
    return {};
  }

  Result<> look_at(CheckedPath& path, const Descriptor& root, const std::vector<WalkedName>& names,
                   const std::stop_token& ended) {
    std::vector<CheckedPath::Unit> found;
    for (const WalkedName& name : names) {
      if (stop_.stop_requested()) return fail(ErrorKind::cancelled, "stopped");
      if (ended.stop_requested()) return {};
      ASSAY_TRY(auto packed, files_.check_name(root, name));
      if (packed != nullptr) found.push_back({name.path, std::move(packed)});
    }
    const std::scoped_lock lock(mutex_);
    std::ranges::move(found, std::back_inserter(path.units));
    return {};
  }

  Result<> check_archive(CheckedPath& path) {
    ASSAY_TRY(auto packed, files_.check_archive(path.given, [&] {
      files_.tell_roles_by(roles_in_archive(path.given, teller_));
      return check_archive_members(path.given, files_, request_.threads, stop_);
    }));
    if (packed != nullptr) path.units.push_back({"", std::move(packed)});
    return {};
  }

  Result<> check_file(CheckedPath& path) {
    const auto target = fs::absolute(path.given);
    const Descriptor folder(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    std::error_code error;
    const auto real = fs::canonical(target, error);  // a link that was named is followed
    if (!folder || error) return path_error("could not read", path.given, error.value());
    ASSAY_TRY(auto packed,
              files_.check_file(folder, real.relative_path().c_str(), within_of(path.given)));
    if (packed != nullptr) path.units.push_back({"", std::move(packed)});
    return {};
  }

  const CheckRequest& request_;
  const RoleTeller& teller_;
  FileCheck& files_;
  std::string ruleset_;
  std::stop_token stop_;
  CheckReport& report_;
  std::mutex mutex_;
};

}  // namespace

bool FindingFilter::operator()(const FindingHead& head) const {
  const bool role_fits = roles.empty() ? everything || head.counts_anywhere || ships(head.role)
                                       : std::ranges::find(roles, head.role) != roles.end();
  return role_fits && head.severity >= severity && head.confidence >= confidence;
}

std::string CheckedPath::shown(std::string_view within) const {
  const auto root = given.lexically_normal();
  if (within.empty()) return root.string();
  if (root == "." || root == "./") return std::string(within);
  return (root / within).string();
}

Result<> CheckReport::each(
    const std::function<bool(const FindingHead&)>& wanted,
    const std::function<void(const CheckedPath&, CheckedFinding&&)>& call) const {
  for (const CheckedPath& path : paths) {
    for (const CheckedPath::Unit& unit : path.units) {
      const auto is_wanted = [&](FindingHead head) {
        head.suppressed = head.suppressed && inline_suppressions;
        return wanted(head);
      };
      ASSAY_CHECK(unpack(*unit.packed, rules, is_wanted, [&](CheckedFinding&& found) {
        if (!inline_suppressions) found.suppressed.clear();
        if (found.finding.path.empty()) found.finding.path = unit.path;
        call(path, std::move(found));
      }));
    }
  }
  return {};
}

Result<CheckReport> check_paths(const CheckRequest& request, CheckProgress& progress,
                                const RoleTeller& teller, std::stop_token stop) {
  CheckReport report;
  report.inline_suppressions = request.inline_suppressions;
  for (const fs::path& given : request.paths) {
    ASSAY_TRY(auto path, checked_path(given));
    report.paths.push_back(std::move(path));
  }
  ASSAY_TRY(const auto gates, GateSet::create(request.gates));
  report.rules = RuleBook(gates.rules());
  auto cache = request.cache_folder.empty() ? ResultCache() : ResultCache::open(request.cache_folder);
  ContentCheck contents(gates, report.rules, request.cache_folder.string());
  const auto ruleset = fmt::format("{} {}", code_version, gates.ruleset);
  FileCheck files(contents, cache, ruleset, progress);
  ASSAY_CHECK(PathsCheck(request, teller, files, ruleset, std::move(stop), report).run());
  report.files = progress.files;
  report.bytes = progress.bytes;
  report.cached_files = files.cached_files();
  report.links = files.links();
  report.incomplete = files.incomplete();
  report.cache_complaint = cache.complaint();
  if (const auto saved = cache.save(); !saved && report.cache_complaint.empty()) {
    report.cache_complaint = "the cache could not be written: " + saved.error().message;
  }
  return report;
}

}  // namespace assay
