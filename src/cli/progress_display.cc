#include "cli/progress_display.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/terminal.h"

namespace assay {

namespace {

using Instant = std::chrono::steady_clock::time_point;

double seconds_since(Instant start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct Running {
  std::string item;
  Instant since;
};

// What both displays know; a thread calls tick() at the display's pace.
class Display : public Progress {
 public:
  void stage(std::string_view name, std::size_t total) final {
    std::scoped_lock lock(mutex_);
    if (!name_.empty()) stage_ended();
    name_ = name;
    total_ = total;
    done_ = 0;
    last_.clear();
    running_.clear();
    stage_start_ = std::chrono::steady_clock::now();
    stage_began();
  }

  void begin(std::string_view item) final {
    std::scoped_lock lock(mutex_);
    running_.push_back({printable(item), std::chrono::steady_clock::now()});
  }

  void end(std::string_view item, std::string_view outcome) final {
    std::scoped_lock lock(mutex_);
    const std::string name = printable(item);
    const auto found = std::ranges::find(running_, name, &Running::item);
    const double seconds = found == running_.end() ? 0 : seconds_since(found->since);
    if (found != running_.end()) running_.erase(found);
    ++done_;
    last_ = printable(outcome);
    item_ended(name, last_, seconds);
  }

  void note(NoteLevel level, std::string_view text) final {
    if (level == NoteLevel::detail) return;
    std::scoped_lock lock(mutex_);
    const std::string line = printable(text);
    noted(level == NoteLevel::warning ? styled(Stream::err, Style::yellow, line) : line);
  }

 protected:
  // All of these are called with the lock held.
  virtual void stage_began() = 0;
  virtual void stage_ended() = 0;
  virtual void item_ended(const std::string& item, const std::string& outcome, double seconds) = 0;
  virtual void noted(const std::string& line) = 0;
  virtual void tick() = 0;

  void start_ticking(std::chrono::milliseconds pace) {
    ticker_ = std::jthread([this, pace](std::stop_token ended) {
      std::unique_lock lock(mutex_);
      while (!wake_.wait_for(lock, ended, pace, [&] { return ended.stop_requested(); })) tick();
    });
  }
  // To be called by the most derived destructor: the thread calls virtual functions.
  void stop_ticking() {
    ticker_.request_stop();
    if (ticker_.joinable()) ticker_.join();
    std::scoped_lock lock(mutex_);
    if (!name_.empty()) stage_ended();
  }

  static void write(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  }

  std::string count() const {
    return total_ == 0 ? std::to_string(done_) : fmt::format("{}/{}", done_, total_);
  }

  std::string name_;
  std::string last_;
  std::size_t total_ = 0;
  std::size_t done_ = 0;
  std::vector<Running> running_;
  Instant stage_start_;

 private:
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread ticker_;
};

class PlainDisplay final : public Display {
 public:
  PlainDisplay() { start_ticking(std::chrono::seconds(30)); }
  ~PlainDisplay() override { stop_ticking(); }

 private:
  void stage_began() override {}
  void stage_ended() override {
    write(fmt::format("{}: {} done in {}\n", name_, count(),
                      duration_words(seconds_since(stage_start_))));
  }
  void item_ended(const std::string& item, const std::string& outcome, double seconds) override {
    // What was done before is back at once: a line for each would hide what is new.
    if (seconds < 0.02) return;
    write(fmt::format("{}: {}: {} ({})\n", name_, item, outcome, duration_words(seconds)));
  }
  void noted(const std::string& line) override { write(line + "\n"); }
  void tick() override {
    for (const auto& one : running_) {
      const double seconds = seconds_since(one.since);
      if (seconds < 10) continue;
      write(fmt::format("{}: {} still running, {}\n", name_, one.item, duration_words(seconds)));
    }
  }
};

class LiveDisplay final : public Display {
 public:
  LiveDisplay() { start_ticking(std::chrono::milliseconds(100)); }
  ~LiveDisplay() override { stop_ticking(); }

 private:
  static constexpr std::string_view erase_line = "\r\x1b[K";

  void stage_began() override { tick(); }

  void stage_ended() override {
    const bool whole = total_ == 0 || done_ >= total_;
    const std::string mark =
        whole ? styled(Stream::err, Style::green, "✓") : styled(Stream::err, Style::yellow, "…");
    const std::string what = total_ == 1 || name_ == "resolve" ? last_ : count();
    write(fmt::format("{}{} {} {}\n", erase_line, mark,
                      pad_to_width(name_, 8) + " " + pad_to_width(what, 40),
                      styled(Stream::err, Style::dim, duration_words(seconds_since(stage_start_)))));
  }

  void item_ended(const std::string&, const std::string&, double) override { tick(); }

  void noted(const std::string& line) override {
    write(fmt::format("{}{}\n", erase_line, line));
    tick();
  }

  void tick() override {
    if (name_.empty()) return;
    constexpr std::size_t bar_width = 20;
    const std::size_t filled = total_ == 0 ? 0 : std::min(bar_width, bar_width * done_ / total_);
    std::string bar;
    for (std::size_t i = 0; i < bar_width; ++i) bar += i < filled ? "━" : "┄";
    std::vector<std::string> names;
    for (const auto& one : running_) {
      names.push_back(fmt::format("{} {}", one.item, duration_words(seconds_since(one.since))));
    }
    const std::string head = fmt::format("  {} {} {} {} ", pad_to_width(name_, 8), bar, count(),
                                         duration_words(seconds_since(stage_start_)));
    const std::size_t columns = terminal_columns(Stream::err);
    const std::size_t used = display_width(head) + 1;
    const std::string tail = used < columns ? cut_to_width(join(names, ", "), columns - used) : "";
    write(fmt::format("{}{}{}", erase_line, cut_to_width(head, columns - 1),
                      styled(Stream::err, Style::dim, tail)));
  }
};

}  // namespace

std::unique_ptr<Progress> make_progress(bool quiet) {
  if (quiet) return std::make_unique<SilentProgress>();
  if (is_terminal(Stream::err)) return std::make_unique<LiveDisplay>();
  return std::make_unique<PlainDisplay>();
}

}  // namespace assay
