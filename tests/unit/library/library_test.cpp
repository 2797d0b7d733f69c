// libwhittle's C++ interface: what it promises about rows, errors, lifetimes and memory.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "whittle/whittle.hpp"

namespace whittle {
namespace {

// Written by `make data`; tests that need it are skipped where it is not.
const std::string kPeople = "build/testdata/people.parquet";
const std::string kBloom = "build/testdata/bloom.parquet";

bool exists(const std::string& path) {
  struct stat info{};
  return stat(path.c_str(), &info) == 0;
}

Database open(uint64_t limit = 64 << 20) {
  return *Database::open({.memory_limit = limit, .threads = 2});
}

std::vector<std::string> column_of(Result<ResultStream> stream) {
  std::vector<std::string> out;
  if (!stream) return {stream.error().to_string()};
  for (;;) {
    Result<std::optional<RowBatch>> rows = stream->next();
    if (!rows) return {rows.error().to_string()};
    if (!*rows) return out;
    for (uint32_t i = 0; i < (*rows)->row_count(); ++i) out.push_back((*rows)->text(i, 0));
  }
}

const std::string kMany = "SELECT a.x FROM (VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10)) a(x)";

TEST(Library, ColumnsRowsAndNulls) {
  Database database = open();
  Connection connection = database.connect();
  ResultStream stream = std::move(*connection.query("SELECT 42 AS answer, 'x' AS text, NULL AS n"));
  ASSERT_EQ(stream.columns().size(), 3u);
  EXPECT_EQ(stream.columns()[0].name, "answer");
  EXPECT_EQ(stream.columns()[0].type, "INTEGER");
  RowBatch rows = std::move(**stream.next());
  ASSERT_EQ(rows.row_count(), 1u);
  EXPECT_EQ(rows.text(0, 0), "42");
  EXPECT_EQ(rows.text(0, 1), "x");
  EXPECT_TRUE(rows.is_null(0, 2));
  EXPECT_FALSE((*stream.next()).has_value());
  EXPECT_EQ(stream.statistics().rows, 1u);
}

TEST(Library, SeveralStatementsGiveTheLast) {
  Database database = open();
  Connection connection = database.connect();
  EXPECT_EQ(column_of(connection.query("SELECT 1; SELECT 2;")), std::vector<std::string>{"2"});
}

TEST(Library, Parameters) {
  Database database = open();
  Connection connection = database.connect();
  const std::vector<std::string> values = {"20", "'it''s'", "NULL"};
  EXPECT_EQ(column_of(connection.query("SELECT ? + 1", std::span(values).first(1))),
            std::vector<std::string>{"21"});
  EXPECT_EQ(column_of(connection.query("SELECT $2", values)), std::vector<std::string>{"it's"});
  const std::vector<std::string> wrong = {"1 +"};
  EXPECT_FALSE(connection.query("SELECT ?", wrong).has_value());
  EXPECT_FALSE(connection.query("SELECT ?").has_value());
}

TEST(Library, ErrorsCarryPositions) {
  Database database = open();
  Connection connection = database.connect();
  const auto syntax = connection.query("SELECT 1,\n 2 2");
  ASSERT_FALSE(syntax.has_value());
  EXPECT_EQ(syntax.error().code(), ErrorCode::Syntax);
  EXPECT_EQ(syntax.error().position().line, 2u);
  const auto binder = connection.query("SELECT nosuch(1)");
  ASSERT_FALSE(binder.has_value());
  EXPECT_EQ(binder.error().code(), ErrorCode::Binder);
  EXPECT_EQ(binder.error().position().column, 8u);
  const auto missing = connection.query("FROM 'nosuch.parquet'");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code(), ErrorCode::NotFound);
  EXPECT_NE(missing.error().source().find("nosuch.parquet"), std::string::npos);
  EXPECT_EQ(column_of(connection.query("SELECT 5")), std::vector<std::string>{"5"});
}

TEST(Library, StreamsOutliveConnectionAndDatabase) {
  std::optional<ResultStream> stream;
  {
    Database database = open();
    Connection connection = database.connect();
    stream = std::move(*connection.query(kMany));
  }
  EXPECT_EQ(column_of(std::move(*stream)).size(), 10u);
}

TEST(Library, ArrowArraysOutliveEverything) {
  ArrowArray array{}, child{};
  ArrowSchema schema{};
  {
    Database database = open();
    Connection connection = database.connect();
    ArrowArrayStream stream{};
    std::move(*connection.query("SELECT x, x::VARCHAR FROM (VALUES (7), (8)) t(x)"))
        .export_arrow(&stream);
    ASSERT_EQ(stream.get_schema(&stream, &schema), 0);
    ASSERT_EQ(stream.get_next(&stream, &array), 0);
    ArrowArray end{};
    ASSERT_EQ(stream.get_next(&stream, &end), 0);
    EXPECT_EQ(end.release, nullptr);
    stream.release(&stream);
    EXPECT_EQ(stream.release, nullptr);
  }
  EXPECT_STREQ(schema.format, "+s");
  ASSERT_EQ(array.n_children, 2);
  ASSERT_EQ(array.length, 2);
  child = *array.children[0];  // moved out, as the interface allows
  array.children[0]->release = nullptr;
  array.release(&array);
  EXPECT_EQ(static_cast<const int32_t*>(child.buffers[1])[child.offset + 1], 8);
  child.release(&child);
  schema.release(&schema);
}

TEST(Library, ArrowStreamsReportErrors) {
  Database database = open();
  Connection connection = database.connect();
  ArrowArrayStream stream{};
  std::move(*connection.query("SELECT CAST(x AS INTEGER) FROM (VALUES ('1'), ('b')) t(x)"))
      .export_arrow(&stream);
  ArrowArray array{};
  EXPECT_NE(stream.get_next(&stream, &array), 0);
  EXPECT_NE(std::string(stream.get_last_error(&stream)).find("b"), std::string::npos);
  stream.release(&stream);
}

TEST(Library, ClosingMidStreamFreesEverything) {
  if (!exists(kPeople)) GTEST_SKIP();
  Database database = open();
  Connection connection = database.connect();
  const uint64_t before = database.memory().used;
  {
    ResultStream stream = std::move(*connection.query("FROM '" + kPeople + "' ORDER BY 1"));
    ASSERT_TRUE((*stream.next()).has_value());
    EXPECT_GT(database.memory().used, before);
  }
  // What stays is the footer of the open file alone, however often it is asked.
  const uint64_t footer = database.memory().used;
  for (int i = 0; i < 20; ++i) {
    ResultStream stream = std::move(*connection.query("FROM '" + kPeople + "'"));
    if (i % 2) ASSERT_TRUE(stream.next().has_value());
  }
  EXPECT_EQ(database.memory().used, footer);
}

TEST(Library, ParquetFileDirectly) {
  if (!exists(kBloom)) GTEST_SKIP();
  Database database = open();
  ParquetFile file = std::move(*database.open_parquet(kBloom));
  EXPECT_EQ(file.row_count(), 5000u);
  ASSERT_EQ(file.columns().size(), 4u);
  EXPECT_EQ(file.columns()[0].name, "id");
  ASSERT_EQ(file.row_groups().size(), 5u);
  EXPECT_EQ(file.row_groups()[2].row_count, 1000u);

  const std::string sorted = "sorted";
  const auto group = column_of(file.read_row_group(1, {&sorted, 1}));
  ASSERT_EQ(group.size(), 1000u);
  EXPECT_EQ(column_of(file.read_column("sorted")).size(), 5000u);
  EXPECT_FALSE(file.read_row_group(5).has_value());
  EXPECT_FALSE(file.read_column("nosuch").has_value());

  const std::vector<uint64_t> indices = std::move(*file.filter_indices("sorted", "> 14990"));
  ASSERT_FALSE(indices.empty());
  EXPECT_EQ(indices.back(), 4999u);
  const auto chosen = column_of(file.select_by_indices({&sorted, 1}, indices));
  ASSERT_EQ(chosen.size(), indices.size());
  for (const std::string& value : chosen) EXPECT_GT(std::stoi(value), 14990);
  EXPECT_FALSE(file.filter_indices("sorted", "> 1 OR nosuch(2)").has_value());

  const std::vector<uint64_t> beyond = {5000}, falling = {3, 2};
  EXPECT_FALSE(file.select_by_indices({}, beyond).has_value());
  EXPECT_FALSE(file.select_by_indices({}, falling).has_value());
}

TEST(Library, FilesAndTheirStreamsOutliveTheDatabase) {
  if (!exists(kBloom)) GTEST_SKIP();
  std::optional<ResultStream> stream;
  {
    Database database = open();
    ParquetFile file = std::move(*database.open_parquet(kBloom));
    stream = std::move(*file.read_column("id"));
  }
  EXPECT_EQ(column_of(std::move(*stream)).size(), 5000u);
}

// A port that takes connections and never answers.
struct SilentServer {
  SilentServer() {
    socklen_t size = sizeof(address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener, reinterpret_cast<sockaddr*>(&address), size);
    listen(listener, 8);
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  }
  ~SilentServer() { close(listener); }
  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/x.parquet";
  }
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
};

TEST(Library, InterruptFromAnotherThread) {
  SilentServer server;
  Database database = open(1 << 30);
  Connection connection = database.connect();
  std::atomic<bool> done = false;
  std::thread other([&] {
    while (!done) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      connection.interrupt();
    }
  });
  const auto begin = std::chrono::steady_clock::now();
  Result<ResultStream> stream = connection.query("FROM '" + server.url() + "'");
  done = true;
  other.join();
  ASSERT_FALSE(stream.has_value());
  EXPECT_EQ(stream.error().code(), ErrorCode::Cancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  EXPECT_EQ(column_of(connection.query("SELECT 6")), std::vector<std::string>{"6"});
}

TEST(Library, ConnectionsWorkSideBySide) {
  Database database = open();
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      Connection connection = database.connect();
      for (int i = 0; i < 20; ++i) right += column_of(connection.query(kMany)).size() == 10;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 80);
}

TEST(Library, MemoryAsText) {
  EXPECT_EQ((MemoryUse{85'000'000, 0, 256'000'000}).to_string(), "85 MB / 256 MB (33.2%)");
}

}  // namespace
}  // namespace whittle
