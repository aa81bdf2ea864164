#include "base/task_group.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <stdexcept>

namespace assay {
namespace {

TEST(TaskGroup, RunsEveryTask) {
  std::atomic<int> done = 0;
  TaskGroup group(4, 2);
  for (int i = 0; i < 200; ++i) {
    group.push([&](std::stop_token) -> Result<> {
      ++done;
      return {};
    });
  }
  EXPECT_TRUE(group.wait());
  EXPECT_EQ(done, 200);
}

TEST(TaskGroup, RunsTasksAtTheSameTime) {
  std::latch both(2);
  TaskGroup group(2, 2);
  for (int i = 0; i < 2; ++i) {
    group.push([&](std::stop_token) -> Result<> {
      both.arrive_and_wait();
      return {};
    });
  }
  EXPECT_TRUE(group.wait());
}

TEST(TaskGroup, TheFirstErrorStopsTheRest) {
  std::latch running(2);
  TaskGroup group(2, 100);
  group.push([&](std::stop_token stop) -> Result<> {
    running.arrive_and_wait();
    std::atomic<bool> stopped = false;
    const std::stop_callback callback(stop, [&] {
      stopped = true;
      stopped.notify_one();
    });
    stopped.wait(false);
    return fail(ErrorKind::cancelled, "stopped");
  });
  group.push([&](std::stop_token) -> Result<> {
    running.arrive_and_wait();
    return fail(ErrorKind::io, "the disk is full");
  });
  for (int i = 0; i < 1000; ++i) {
    group.push([](std::stop_token) -> Result<> { return {}; });
  }
  const auto outcome = group.wait();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message, "the disk is full");
}

TEST(TaskGroup, AnExceptionIsAnError) {
  TaskGroup group(1, 1);
  group.push([](std::stop_token) -> Result<> { throw std::runtime_error("out of luck"); });
  const auto outcome = group.wait();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::internal);
  EXPECT_EQ(outcome.error().message, "out of luck");
}

TEST(TaskGroup, WhateverIsThrownIsAnError) {
  TaskGroup group(1, 1);
  group.push([](std::stop_token) -> Result<> { throw 7; });
  EXPECT_FALSE(group.wait());
}

TEST(TaskGroup, ItsEndStopsTheTasksAndWaitsForThem) {
  std::atomic<bool> ended = false;
  {
    std::latch running(2);
    TaskGroup group(1, 1);
    group.push([&](std::stop_token stop) -> Result<> {
      running.arrive_and_wait();
      while (!stop.stop_requested()) std::this_thread::yield();
      ended = true;
      return {};
    });
    running.arrive_and_wait();
  }
  EXPECT_TRUE(ended);
}

TEST(TaskGroup, WithoutTasksThereIsNothingToWaitFor) {
  TaskGroup group(3, 1);
  EXPECT_TRUE(group.wait());
}

TEST(TaskGroup, HasAWorkerEvenIfNoneWasAskedFor) {
  std::atomic<int> done = 0;
  TaskGroup group(0, 0);
  for (int i = 0; i < 3; ++i) {
    group.push([&](std::stop_token) -> Result<> {
      ++done;
      return {};
    });
  }
  EXPECT_TRUE(group.wait());
  EXPECT_EQ(done, 3);
}

}  // namespace
}  // namespace assay
