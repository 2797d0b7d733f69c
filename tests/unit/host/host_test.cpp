// Workers, clock, spill files and local files.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <filesystem>
#include <fstream>

#include "host/signals.hpp"
#include "host/system_info.hpp"
#include "unit/host/native_fixture.hpp"

namespace whittle {
namespace {

using testing::Folder;
using testing::right_bytes;
struct Files : testing::NativeFixture {
  Folder folder;
};
using Pool = testing::NativeFixture;

Task<Status> hop(Executor& executor, std::atomic<int>& count, int times) {
  for (int i = 0; i < times; ++i) {
    co_await Yield{executor};
    count.fetch_add(1);
    if (current_worker() >= executor.worker_count()) co_return fail(ErrorCode::Internal, "worker");
  }
  co_return Status{};
}

Task<Status> many(Executor& executor, std::atomic<int>& count) {
  TaskGroup group(executor);
  for (int i = 0; i < 50; ++i) group.spawn(hop(executor, count, 100));
  co_return co_await group.join();
}

TEST_F(Pool, RunsTasksOnAllWorkers) {
  std::atomic<int> count = 0;
  ASSERT_TRUE(host.pool.block_on(many(host.pool, count)));
  EXPECT_EQ(count, 5000);
}

Task<int> sleepy(Clock& clock) {
  co_await SleepFor{clock, 20'000'000};
  co_return 1;
}

TEST_F(Pool, SleepsAsLongAsAsked) {
  const uint64_t began = host.clock.monotonic_nanoseconds();
  EXPECT_EQ(host.pool.block_on(sleepy(host.clock)), 1);
  EXPECT_GE(host.clock.monotonic_nanoseconds() - began, 20'000'000u);
  EXPECT_GT(host.clock.wall_microseconds(), 1'700'000'000'000'000);
}

TEST_F(Pool, KnowsTheMachine) {
  EXPECT_GE(host::processor_count(), 1u);
  EXPECT_GT(host::physical_memory(), 64u << 20);
  EXPECT_LT(host::default_memory_limit(), host::physical_memory());
  EXPECT_GT(host::peak_resident_bytes(), 1u << 20);
}

TEST_F(Pool, SignalsCancelTheToken) {
  host::install_signal_handlers();
  {
    host::InterruptScope scope(cancellation);
    raise(SIGINT);
  }
  EXPECT_TRUE(cancellation.cancelled());
  EXPECT_FALSE(host::termination_requested());
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
}

TEST_F(Files, SpillFilesHoldWhatTheyGotAndVanish) {
  {
    host::TemporaryFiles storage(folder.path);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path));
    auto file = storage.create();
    ASSERT_TRUE(file) << file.error().to_string();
    std::vector<std::byte> bytes(100'000, std::byte{7}), back(100'000);
    EXPECT_EQ(*(*file)->append(bytes), 0u);
    EXPECT_EQ(*(*file)->append({bytes.data(), 10}), 100'000u);
    EXPECT_EQ((*file)->size(), 100'010u);
    EXPECT_EQ(storage.bytes_used(), 100'010u);
    ASSERT_TRUE((*file)->read(10, back));
    EXPECT_EQ(bytes, back);
    EXPECT_FALSE((*file)->read(11, back));
    file->reset();
    EXPECT_EQ(storage.bytes_used(), 0u);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path)) {
      EXPECT_FALSE(entry.is_regular_file()) << entry.path();
    }
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path));
}

TEST_F(Files, WhatDeadProcessesLeftIsRemoved) {
  const pid_t dead = fork();
  if (dead == 0) _exit(0);
  int status = 0;
  waitpid(dead, &status, 0);
  const std::string stale = folder.path + "/whittle-" + std::to_string(dead) + "-abc";
  const std::string alive = folder.path + "/whittle-" + std::to_string(getpid()) + "-abc";
  const std::string other = folder.path + "/whittle-test";
  for (const std::string& path : {stale, alive, other}) std::filesystem::create_directory(path);
  std::ofstream(stale + "/spill-0") << "left";
  host::TemporaryFiles storage(folder.path);
  storage.remove_stale();
  EXPECT_FALSE(std::filesystem::exists(stale));
  EXPECT_TRUE(std::filesystem::exists(alive));
  EXPECT_TRUE(std::filesystem::exists(other));
}

TEST_F(Files, LocalFilesAreReadByRange) {
  const std::string path = folder.file("a.bin", 20'000'000);
  for (const std::string& name : {path, "file://" + path}) {
    auto opened = open(name);
    ASSERT_TRUE(opened) << opened.error().to_string();
    EXPECT_EQ(opened->source->size(), 20'000'000u);
    EXPECT_TRUE(right_bytes(opened->tail, {20'000'000 - opened->tail.size, opened->tail.size}));
    for (ByteRange range : {ByteRange{0, 1}, ByteRange{17, 19'000'000}, ByteRange{19'999'999, 1}}) {
      auto slice = read(*opened, range);
      ASSERT_TRUE(slice) << slice.error().to_string();
      EXPECT_TRUE(right_bytes(*slice, range));
    }
  }
}

TEST_F(Files, TheSlowWayReadsTheSame) {
  const std::string path = folder.file("a.bin", 9'000'000);
  auto opened = open(path);
  ASSERT_TRUE(opened);
  std::vector<std::byte> into(8'000'000);
  ReadRequest request;
  request.range = {500, into.size()};
  request.into = into;
  request.session = session.get();
  ReadReply reply = host.pool.block_on(opened->source->read(request));
  EXPECT_TRUE(reply.status);
  EXPECT_EQ(reply.received, into.size());
  EXPECT_TRUE(right_bytes({{}, into.data(), into.size()}, request.range));
}

TEST_F(Files, AChangedFileIsNoticed) {
  const std::string path = folder.file("a.bin", 1'000'000);
  auto opened = open(path);
  ASSERT_TRUE(opened);
  std::filesystem::resize_file(path, 500'000);
  auto slice = read(*opened, {100, 200});
  ASSERT_FALSE(slice);
  EXPECT_EQ(slice.error().code(), ErrorCode::SourceChanged);
}

TEST_F(Files, WhatIsNoFile) {
  EXPECT_EQ(open(folder.path + "/none").error().code(), ErrorCode::NotFound);
  EXPECT_EQ(open(folder.path).error().code(), ErrorCode::InvalidArgument);
  auto empty = open(folder.file("empty", 0));
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->source->size(), 0u);
}

TEST_F(Files, PatternsListFoldersSorted) {
  for (const char* name : {"2024", "2025", "2025/deep", ".hidden"}) {
    std::filesystem::create_directory(folder.path + "/" + name);
  }
  for (const char* name : {"b.parquet", "a.parquet", "c.csv", "2024/x.parquet", "2025/y.parquet",
                           "2025/deep/z.parquet", ".hidden/h.parquet"}) {
    folder.file(name, 1);
  }
  const auto expand = [&](const std::string& pattern) {
    auto names = host.pool.block_on(host.sources.expand(folder.path + "/" + pattern, {}, session));
    if (!names) return names.error().to_string();
    std::string joined;
    for (const std::string& name : *names) joined += name.substr(folder.path.size() + 1) + " ";
    return joined;
  };
  EXPECT_EQ(expand("*.parquet"), "a.parquet b.parquet ");
  EXPECT_EQ(expand("[b-z].*"), "b.parquet c.csv ");
  EXPECT_EQ(expand("202?/*.parquet"), "2024/x.parquet 2025/y.parquet ");
  EXPECT_EQ(expand("**/*.parquet"),
            "2024/x.parquet 2025/deep/z.parquet 2025/y.parquet a.parquet b.parquet ");
  EXPECT_EQ(expand("{c,a}.*"), "c.csv a.parquet ");
  EXPECT_TRUE(expand("*.none").starts_with("NotFound"));
}

TEST_F(Files, RegisteredNamesComeFirst) {
  static const std::byte content[3] = {std::byte{1}, std::byte{2}, std::byte{3}};
  host.memory_files->add("mine.parquet", {Buffer::wrap(content, 3), content, 3});
  auto opened = open("mine.parquet");
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->source->size(), 3u);
  EXPECT_TRUE(host.memory_files->remove("mine.parquet"));
  EXPECT_EQ(open("mine.parquet").error().code(), ErrorCode::NotFound);
}

}  // namespace
}  // namespace whittle
