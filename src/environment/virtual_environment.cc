#include "environment/virtual_environment.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <unordered_set>

#include "base/text.h"
#include "environment/wheel_audit.h"
#include "io/archive.h"
#include "io/descriptor.h"
#include "io/files.h"

// Wheels are unpacked anew for each environment. Hard links to blobs would save the copying, but
// then every member of a wheel would have to be a blob, hashed, synced and renamed one by one,
// which costs more than it saves until an environment is made many times over; and a blob's one
// inode would be shared with a folder that code from packages runs in, with nothing but a mount
// flag between the two.

namespace assay {

namespace {

std::unexpected<Error> malformed(const std::string& wheel, const std::string& why) {
  return fail(ErrorKind::invalid_input, wheel + ": " + why);
}

// The folder as it grows; every path is relative to it.
class EnvironmentFolder {
 public:
  EnvironmentFolder(const Interpreter& interpreter, fs::path folder, fs::path prefix)
      : folder_(std::move(folder)),
        python_(prefix / "bin/python"),
        python_name_("python" + interpreter.version) {}

  Result<> lay_out(const Interpreter& interpreter);
  // invalid_input if something else is there already. Equal bytes are no conflict: wheels with an
  // empty tests/__init__.py are too many to be refused.
  Result<> add(const fs::path& path, std::string_view bytes, bool executable);

  fs::path site_packages() const { return fs::path("lib") / python_name_ / "site-packages"; }
  fs::path headers() const { return fs::path("include/site") / python_name_; }
  std::string first_line() const;

 private:
  Result<> make_folder(const fs::path& path);
  Result<> link(const fs::path& path, const fs::path& target);
  std::unexpected<Error> refused(const fs::path& path, int error) const;

  fs::path folder_;
  fs::path python_;  // as seen at the prefix
  std::string python_name_;
  std::unordered_set<std::string> made_;
};

std::unexpected<Error> EnvironmentFolder::refused(const fs::path& path, int error) const {
  if (error == EEXIST || error == ENOTDIR || error == EISDIR || error == ELOOP) {
    return fail(ErrorKind::invalid_input,
                "writes " + printable(path.string()) + ", where something else already is");
  }
  return path_error("could not write", folder_ / path, error);
}

Result<> EnvironmentFolder::make_folder(const fs::path& path) {
  if (path.empty() || made_.contains(path.string())) return {};
  ASSAY_CHECK(make_folder(path.parent_path()));
  const fs::path full = folder_ / path;
  struct stat status{};
  if (mkdir(full.c_str(), 0755) != 0 &&
      (errno != EEXIST || lstat(full.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))) {
    return refused(path, errno);
  }
  made_.insert(path.string());
  return {};
}

Result<> EnvironmentFolder::link(const fs::path& path, const fs::path& target) {
  if (symlink(target.c_str(), (folder_ / path).c_str()) != 0) return refused(path, errno);
  return {};
}

// As `python -m venv` has it (PEP 405).
Result<> EnvironmentFolder::lay_out(const Interpreter& interpreter) {
  ASSAY_CHECK(make_directories(folder_));
  ASSAY_CHECK(make_folder("bin"));
  ASSAY_CHECK(make_folder("include"));
  ASSAY_CHECK(make_folder(site_packages()));
  ASSAY_CHECK(link("lib64", "lib"));
  ASSAY_CHECK(link("bin/python", interpreter.executable));
  ASSAY_CHECK(link("bin/python3", "python"));
  ASSAY_CHECK(link("bin/" + python_name_, "python"));
  return add("pyvenv.cfg",
             fmt::format("home = {}\ninclude-system-site-packages = false\nversion = {}\n"
                         "executable = {}\n",
                         interpreter.executable.parent_path().string(), interpreter.full_version,
                         interpreter.executable.string()),
             false);
}

Result<> EnvironmentFolder::add(const fs::path& path, std::string_view bytes, bool executable) {
  ASSAY_CHECK(make_folder(path.parent_path()));
  const fs::path full = folder_ / path;
  const Descriptor file(open(full.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                             executable ? 0755 : 0644));
  if (!file) {
    const int error = errno;
    struct stat status{};
    if (error == EEXIST && lstat(full.c_str(), &status) == 0 && S_ISREG(status.st_mode)) {
      ASSAY_TRY(const std::string present, read_file(full));
      if (present == bytes) return {};
    }
    return refused(path, error);
  }
  return write_all(file, bytes, full);
}

// The kernel reads at most 127 bytes of it and splits it at a space; beyond that the shell starts
// Python, in a line that Python itself reads as a string.
std::string EnvironmentFolder::first_line() const {
  const std::string python = python_.string();
  if (python.size() + 3 <= 127 && !python.contains(' ')) return "#!" + python + "\n";
  return fmt::format("#!/bin/sh\n'''exec' \"{}\" \"$0\" \"$@\"\n' '''\n", python);
}

bool is_dotted_name(std::string_view text) {
  for (const auto part : split(text, '.')) {
    const bool plain = std::ranges::all_of(part, [](char c) {
      return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
             (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
    });
    if (part.empty() || !plain || (part.front() >= '0' && part.front() <= '9')) return false;
  }
  return true;
}

bool is_file_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && !name.contains('/') &&
         printable(name) == name;
}

// One wheel on its way into the folder (the binary distribution format, "installing a wheel").
class Installation {
 public:
  Installation(EnvironmentFolder& folder, const WheelFile& file, WheelName name)
      : folder_(folder), file_(file), name_(std::move(name)) {}

  Result<> run(const Store& store);

 private:
  struct Place {
    fs::path path;
    bool script = false;
  };

  Result<> take(const ArchiveEntry& entry, std::string_view bytes);
  Result<Place> place_of(const std::string& member) const;
  Result<> write(const fs::path& path, std::string_view bytes, bool executable, std::string digest);
  Result<> write_entry_points();
  Result<> write_record_and_installer();

  EnvironmentFolder& folder_;
  const WheelFile& file_;
  WheelName name_;
  WheelAudit audit_;
  std::vector<RecordEntry> record_;
};

// <name>-<version>.data/<scheme key>/… goes to the scheme's folder, all else to site-packages.
Result<Installation::Place> Installation::place_of(const std::string& member) const {
  const auto slash = member.find('/');
  const std::string top = member.substr(0, slash);
  if (slash == std::string::npos || !top.ends_with(".data")) {
    return Place{folder_.site_packages() / member};
  }
  const auto second = member.find('/', slash + 1);
  const std::string key = member.substr(slash + 1, second - slash - 1);
  const std::string rest = second == std::string::npos ? "" : member.substr(second + 1);
  if (!rest.empty() && fs::path(rest).is_relative()) {
    if (key == "purelib" || key == "platlib") return Place{folder_.site_packages() / rest};
    if (key == "scripts") return Place{fs::path("bin") / rest, true};
    if (key == "headers") return Place{folder_.headers() / name_.name.str() / rest};
    if (key == "data") return Place{fs::path(rest)};
  }
  return malformed(file_.file_name, "no place for " + printable(member));
}

Result<> Installation::write(const fs::path& path, std::string_view bytes, bool executable,
                             std::string digest) {
  ASSAY_CHECK(context(folder_.add(path, bytes, executable), file_.file_name));
  record_.push_back({path.lexically_relative(folder_.site_packages()).generic_string(),
                     std::move(digest), bytes.size()});
  return {};
}

Result<> Installation::take(const ArchiveEntry& entry, std::string_view bytes) {
  std::string digest = audit_.see(entry, bytes);
  if (!entry.link_target.empty()) return malformed(file_.file_name, "a link: " + entry.path);
  // Ours come in their place.
  if (entry.path == audit_.dist_info() + "/RECORD" ||
      entry.path == audit_.dist_info() + "/INSTALLER") {
    return {};
  }
  ASSAY_TRY(const Place place, place_of(entry.path));
  if (place.script && bytes.starts_with("#!python")) {
    const auto end = bytes.find('\n');
    const std::string script =
        folder_.first_line() + std::string(end == bytes.npos ? "" : bytes.substr(end + 1));
    return write(place.path, script, true, record_digest(script));
  }
  return write(place.path, bytes, entry.executable || place.script, std::move(digest));
}

Result<> Installation::write_entry_points() {
  ASSAY_TRY(const auto entry_points,
            context(parse_entry_points(audit_.text("entry_points.txt")), file_.file_name));
  for (const auto& entry : entry_points) {
    if (entry.group != "console_scripts" && entry.group != "gui_scripts") continue;
    if (!is_file_name(entry.name) || !is_dotted_name(entry.module) ||
        !is_dotted_name(entry.attribute)) {
      return malformed(file_.file_name,
                       "no script can be made of the entry point " + printable(entry.name));
    }
    const std::string imported = entry.attribute.substr(0, entry.attribute.find('.'));
    const std::string script = fmt::format(
        "{}import sys\n\nfrom {} import {}\n\nif __name__ == \"__main__\":\n"
        "    sys.exit({}())\n",
        folder_.first_line(), entry.module, imported, entry.attribute);
    ASSAY_CHECK(write(fs::path("bin") / entry.name, script, true, record_digest(script)));
  }
  return {};
}

// PEP 376, 627: RECORD lists what lies in the environment now, which is not what the wheel had.
Result<> Installation::write_record_and_installer() {
  const fs::path dist_info = folder_.site_packages() / audit_.dist_info();
  const std::string installer = "assay\n";
  ASSAY_CHECK(write(dist_info / "INSTALLER", installer, false, record_digest(installer)));
  record_.push_back({audit_.dist_info() + "/RECORD", "", std::nullopt});
  std::ranges::sort(record_, {}, &RecordEntry::path);
  return context(folder_.add(dist_info / "RECORD", write_record(record_), false), file_.file_name);
}

Result<> Installation::run(const Store& store) {
  if (!store.blobs.has(file_.digest)) {
    return fail(ErrorKind::not_found, file_.file_name + " is not in the store");
  }
  ASSAY_CHECK(context(read_archive(store.blobs.path_of(file_.digest), {},
                                   [&](const ArchiveEntry& entry, std::string_view bytes) {
                                     return take(entry, bytes);
                                   }),
                      file_.file_name));
  if (const auto wrong = audit_.problems(name_); !wrong.empty()) {
    return malformed(file_.file_name, all_that_is_wrong(wrong));
  }
  ASSAY_CHECK(write_entry_points());
  return write_record_and_installer();
}

bool fits(const WheelName& name, const Interpreter& interpreter) {
  return std::ranges::any_of(name.tags, [&](const Tag& tag) {
    return std::ranges::find(interpreter.tags, tag) != interpreter.tags.end();
  });
}

}  // namespace

Result<> make_environment(const Store& store, const Interpreter& interpreter,
                          const std::vector<WheelFile>& wheels, const fs::path& folder,
                          const fs::path& prefix) {
  EnvironmentFolder environment(interpreter, folder, prefix);
  ASSAY_CHECK(environment.lay_out(interpreter));
  for (const auto& wheel : wheels) {
    ASSAY_TRY(WheelName name, WheelName::parse(wheel.file_name));
    if (!fits(name, interpreter)) {
      return malformed(wheel.file_name, "not for Python " + interpreter.full_version + " on " +
                                            interpreter.tag_facts.platform);
    }
    ASSAY_CHECK(Installation(environment, wheel, std::move(name)).run(store));
  }
  return {};
}

}  // namespace assay
