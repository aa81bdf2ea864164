#include "environment/target.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>

#include "base/digest.h"
#include "base/text.h"
#include "base/variable.h"
#include "io/files.h"
#include "io/subprocess.h"

namespace assay {

namespace {

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

std::string file_digest(const fs::path& path) {
  const auto bytes = read_file(path);
  return bytes ? sha256(*bytes).hex() : "absent";
}

std::string compiler_facts() {
  const auto program = find_program("cc");
  if (!program) return "no compiler";
  std::error_code error;
  const fs::path real = fs::canonical(*program, error);
  Command command;
  command.argv = {program->string(), "--version"};
  command.timeout = std::chrono::seconds(60);
  const auto completed = run_command(command);
  const std::string version = completed ? first_line(completed->out) : "does not run";
  return version + " " + file_digest(error ? *program : real);
}

// The C library that this very process runs with is the one in the sandbox.
std::string libc_facts() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(&std::abort), &info) == 0) return "absent";
  return file_digest(info.dli_fname);
}

// What is installed, as the package manager keeps it: the sandbox sees the host's /usr, so a header,
// a library or a program more or less there can change what a build or a test ends with.
std::string installed_facts() {
  std::string facts;
  for (const char* database : {"/var/lib/dpkg/status", "/usr/lib/sysimage/rpm/rpmdb.sqlite",
                               "/var/lib/rpm/rpmdb.sqlite", "/lib/apk/db/installed"}) {
    if (fs::exists(database)) facts += file_digest(database);
  }
  return facts;
}

// How the kernel knows programs of another processor: the file's header says class, byte order and
// machine (System V ABI, "ELF Header").
struct Processor {
  std::string_view platform;
  std::string_view emulator;  // a static one, for it runs where this machine's libraries are not seen
  bool little_endian = true;
  std::uint8_t machine = 0;
};

constexpr Processor processors[] = {
    {"linux-x86_64", "qemu-x86_64-static", true, 62},
    {"linux-aarch64", "qemu-aarch64-static", true, 183},
    {"linux-ppc64le", "qemu-ppc64le-static", true, 21},
    {"linux-s390x", "qemu-s390x-static", false, 22},
};

// A line for binfmt_misc (the kernel's admin-guide/binfmt-misc): 64-bit ELF files of the machine that
// are programs or shared objects, of any operating system's ABI. F: the emulator is opened now, so
// that it need not be seen in the sandbox.
std::string binfmt_line(const Processor& processor, const fs::path& emulator) {
  constexpr std::size_t header_bytes = 20;
  constexpr std::size_t abi_byte = 7;
  std::array<std::uint8_t, header_bytes> magic = {0x7f, 'E', 'L', 'F', 2, 1, 1};
  std::array<std::uint8_t, header_bytes> mask;
  mask.fill(0xff);
  mask[abi_byte] = 0;
  const std::size_t low = processor.little_endian ? 0 : 1;  // place of a number's lower byte
  magic[5] = processor.little_endian ? 1 : 2;
  magic[16 + low] = 2;
  mask[16 + low] = 0xfe;  // type 2, 3
  magic[18 + low] = processor.machine;
  const auto escaped = [](const auto& bytes) {
    std::string text;
    for (const auto byte : bytes) text += fmt::format("\\x{:02x}", byte);
    return text;
  };
  return fmt::format(":assay-{}:M::{}:{}:{}:F", processor.platform, escaped(magic), escaped(mask),
                     emulator.string());
}

// ${XDG_DATA_HOME:-~/.local/share}/assay/targets (XDG Base Directory Specification).
fs::path targets_folder() {
  const std::string data = variable("XDG_DATA_HOME");
  return (data.starts_with('/') ? fs::path(data) : fs::path(variable("HOME")) / ".local/share") /
         "assay/targets";
}

Result<Target> find_foreign(const Processor& processor) {
  const std::string name(processor.platform);
  const auto not_there = [&](const std::string& why) {
    return fail(ErrorKind::not_found,
                fmt::format("the target {}: {}; `scripts/target {}` installs it", name, why, name));
  };
  const auto emulator = find_program(std::string(processor.emulator));
  if (!emulator) return not_there(fmt::format("there is no {}", processor.emulator));
  const auto folder = targets_folder() / name;
  const auto packages = folder / "packages.txt";  // written last
  if (!fs::exists(packages)) return not_there("its system is not in " + folder.string());
  return Target{
      name, ForeignSystem{folder / "root", binfmt_line(processor, *emulator)},
      sha256(name + "\n" + file_digest(packages) + "\n" + file_digest(*emulator)).hex()};
}

}  // namespace

std::string host_platform() {
  utsname names{};
  uname(&names);
  return lower(names.sysname) + "-" + names.machine;
}

// A fact of the machine that does not change while this process lives, and is asked for once for
// each build.
std::string host_fingerprint() {
  static const std::string fingerprint = [] {
    const auto release = read_file("/etc/os-release");
    return sha256(host_platform() + "\n" + release.value_or("") + "\n" + compiler_facts() + "\n" +
                  libc_facts() + "\n" + installed_facts())
        .hex();
  }();
  return fingerprint;
}

Result<Target> find_target(const std::string& name) {
  if (name == "host" || name == host_platform()) {
    return Target{host_platform(), std::nullopt, host_fingerprint()};
  }
  const auto found = std::ranges::find(processors, name, &Processor::platform);
  if (found != std::end(processors)) return find_foreign(*found);
  return fail(ErrorKind::invalid_input,
              fmt::format("no emulator is known here for the target {}; this machine builds for {}",
                          printable(name), host_platform()));
}

}  // namespace assay
