#include "environment/described_python.h"

#include <fmt/format.h>

#include "base/text.h"

namespace assay {

namespace {

struct System {
  std::string_view prefix;  // of the platform
  std::string_view sys_platform;
  std::string_view platform_system;
  std::string_view os_name;
};

constexpr System systems[] = {{"linux-", "linux", "Linux", "posix"},
                              {"macosx-", "darwin", "Darwin", "posix"},
                              {"win-", "win32", "Windows", "nt"},
                              {"os390-", "zos", "OS/390", "posix"}};

// As platform.machine() of that system says.
std::string machine_of(const System& system, std::string_view platform) {
  const auto machine = platform.substr(system.prefix == "linux-" ? system.prefix.size() : platform.rfind('-') + 1);
  return machine == "amd64" ? "AMD64" : std::string(machine);
}

}  // namespace

Result<DescribedPython> describe_python(const std::string& version, const std::string& platform) {
  ASSAY_TRY(auto full, context(Version::parse(version), "a Python's version"));
  auto numbers = split(version, '.');
  if (numbers.size() < 2 || numbers.size() > 3 || numbers[0] != "3" || full.is_prerelease() ||
      version.find_first_not_of("0123456789.") != version.npos) {
    return fail(ErrorKind::invalid_input,
                fmt::format("\"{}\" is no version of Python like 3.12 or 3.12.4", printable(version)));
  }
  const std::string minor = fmt::format("3.{}", numbers[1]);
  const auto text = numbers.size() == 2 ? version + ".0" : version;
  ASSAY_TRY(full, Version::parse(text));
  for (const auto& system : systems) {
    if (!platform.starts_with(system.prefix)) continue;
    constexpr std::string_view musl = "-musl";
    const bool is_musl = system.prefix == "linux-" && platform.ends_with(musl);
    const auto plain = is_musl ? platform.substr(0, platform.size() - musl.size()) : platform;
    const auto machine = machine_of(system, plain);
    MarkerEnvironment markers{{"implementation_name", "cpython"},
                              {"implementation_version", text},
                              {"os_name", std::string(system.os_name)},
                              {"platform_machine", machine},
                              {"platform_python_implementation", "CPython"},
                              {"platform_release", ""},
                              {"platform_system", std::string(system.platform_system)},
                              {"platform_version", ""},
                              {"python_full_version", text},
                              {"python_version", minor},
                              {"sys_platform", std::string(system.sys_platform)}};
    TagFacts facts{.python_major = 3,
                   .python_minor = std::stoi(std::string(numbers[1]).substr(0, 4)),
                   .platform = plain,
                   .libc = is_musl ? "musl-1.2" : system.prefix == "linux-" ? "glibc-2.28" : ""};
    return DescribedPython{std::move(full), std::move(markers), supported_tags(facts)};
  }
  return fail(ErrorKind::invalid_input,
              fmt::format("\"{}\" is no platform like linux-x86_64, macosx-14.0-arm64, win-amd64 or "
                          "os390-28.00-1090", printable(platform)));
}

}  // namespace assay
