#pragma once
#include <stop_token>
#include <thread>

namespace assay {

// While it lives, Ctrl-C (SIGINT), SIGTERM and SIGHUP request a stop; a second one ends the process
// at once. To be made before other threads, which inherit that these signals are blocked.
class StopOnSignal {
 public:
  StopOnSignal();
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;

  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::jthread waiter_;
};

}  // namespace assay
