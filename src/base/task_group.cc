#include "base/task_group.h"

#include <algorithm>
#include <exception>

namespace assay {

TaskGroup::TaskGroup(std::size_t workers, std::size_t queue_limit)
    : queue_limit_(std::max<std::size_t>(1, queue_limit)) {
  for (std::size_t i = 0; i < std::max<std::size_t>(1, workers); ++i)
    workers_.emplace_back([this] { work(); });
}

TaskGroup::~TaskGroup() {
  stop_.request_stop();
  static_cast<void>(wait());
}

void TaskGroup::push(Task task) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return waiting_.size() < queue_limit_ || stop_.stop_requested(); });
  if (stop_.stop_requested()) return;
  waiting_.push_back(std::move(task));
  changed_.notify_all();
}

Result<> TaskGroup::wait() {
  {
    std::scoped_lock lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
  workers_.clear();
  return outcome_;
}

void TaskGroup::work() {
  for (;;) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return !waiting_.empty() || closed_ || stop_.stop_requested(); });
      if (waiting_.empty() || stop_.stop_requested()) return;
      task = std::move(waiting_.front());
      waiting_.pop_front();
    }
    changed_.notify_all();
    Result<> result = [&]() -> Result<> {
      try {
        return task(stop_.get_token());
      } catch (const std::exception& e) {
        return fail(ErrorKind::internal, e.what());
      } catch (...) {
        return fail(ErrorKind::internal, "a task threw what is no exception");
      }
    }();
    if (!result) {
      std::scoped_lock lock(mutex_);
      if (outcome_) outcome_ = std::move(result);
      stop_.request_stop();
      changed_.notify_all();
    }
  }
}

}  // namespace assay
