#include "cli/stop_on_signal.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <ctime>

namespace assay {

namespace {

sigset_t stopping_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

}  // namespace

StopOnSignal::StopOnSignal() {
  const sigset_t signals = stopping_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  waiter_ = std::jthread([this](std::stop_token ended) {
    const sigset_t waited = stopping_signals();
    while (!ended.stop_requested()) {
      // A short wait, since a jthread's stop can't wake sigtimedwait.
      const timespec step{.tv_sec = 0, .tv_nsec = 20'000'000};
      const int signal = sigtimedwait(&waited, nullptr, &step);
      if (signal <= 0) continue;
      if (source_.stop_requested()) _exit(128 + signal);
      source_.request_stop();
    }
  });
}

StopOnSignal::~StopOnSignal() = default;

}  // namespace assay
