// A statement that starts over because its file changed, watched from another thread; and
// interrupts that reach every open stream. Run under ThreadSanitizer too.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "unit/host/fault_server.hpp"
#include "whittle/whittle.hpp"

namespace whittle {
namespace {

const std::string kFolder = "build/testdata";

TEST(Restart, ProgressMayBeAskedMeanwhile) {
  struct stat info{};
  if (stat((kFolder + "/hits.parquet").c_str(), &info) != 0) GTEST_SKIP() << "no test data";
  testing::FaultServer server(kFolder);
  if (!server.running()) GTEST_SKIP() << "no node";
  Database database = *Database::open({.memory_limit = 256 << 20, .threads = 2});
  Connection connection = database.connect();
  for (int round = 0; round < 5; ++round) {
    const std::string url =
        server.url("/hits.parquet?etag-change=1&latency=5&round=" + std::to_string(round));
    Result<ResultStream> stream =
        connection.query("SELECT count(*), sum(RegionID), min(URL) FROM '" + url + "'");
    ASSERT_TRUE(stream) << stream.error().to_string();
    std::atomic<bool> done = false;
    uint64_t most = 0;
    std::thread watcher([&] {
      while (!done) most = std::max(most, stream->progress().requests);
    });
    Result<std::optional<RowBatch>> rows = stream->next();
    done = true;
    watcher.join();
    ASSERT_TRUE(rows) << rows.error().to_string();
    ASSERT_TRUE(*rows);
    EXPECT_EQ((*rows)->row_count(), 1u);
    EXPECT_GT(most, 0u);
  }
}

TEST(Restart, InterruptsReachEveryOpenStream) {
  Database database = *Database::open({.memory_limit = 256 << 20, .threads = 2});
  Connection connection = database.connect();
  const std::string endless = "SELECT sum(i) FROM range(1000000000000) t(i)";
  ResultStream first = std::move(*connection.query(endless));
  ResultStream second = std::move(*connection.query(endless));
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    connection.interrupt();
  });
  for (ResultStream* stream : {&first, &second}) {
    const Result<std::optional<RowBatch>> rows = stream->next();
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().code(), ErrorCode::Cancelled);
  }
  other.join();
  EXPECT_TRUE(connection.query("SELECT 1"));
}

}  // namespace
}  // namespace whittle
