#include "action/system_call_filter.h"

#include <seccomp.h>
#include <sys/mman.h>

#include <cerrno>
#include <memory>
#include <string>

namespace assay {

namespace {

constexpr const char* refused[] = {
    // Keyrings belong to the user, not to a namespace.
    "add_key", "keyctl", "request_key",
    // Large, young parts of the kernel that were its usual way to be broken into.
    "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter",
    "io_uring_register",
    // Memory that belongs to no process, so that the watch would not see it.
    "shmget", "memfd_secret"};

}  // namespace

Result<Descriptor> system_call_filter() {
  const auto failed = [](std::string_view what) {
    return fail(ErrorKind::subprocess,
                "the sandbox's system call filter can't be made: " + std::string(what));
  };
  const std::unique_ptr<void, decltype(&seccomp_release)> filter(seccomp_init(SCMP_ACT_ALLOW),
                                                                 &seccomp_release);
  if (!filter) return failed("libseccomp does not start");
  // A call by another ABI of this processor (32 bits) would pass unseen; it is told there is none.
  seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS));
  for (const char* name : refused) {
    const int number = seccomp_syscall_resolve_name(name);
    if (number == __NR_SCMP_ERROR) continue;  // this libseccomp is older than the call
    if (seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOSYS), number, 0) != 0) return failed(name);
  }
  Descriptor file(memfd_create("filter", MFD_CLOEXEC));
  if (!file || seccomp_export_bpf(filter.get(), file.get()) != 0 ||
      lseek(file.get(), 0, SEEK_SET) != 0) {
    return failed("no memory for it");
  }
  return file;
}

}  // namespace assay
