// The C ABI: statuses, errors, outputs that are well defined also after a failure.
#include <gtest/gtest.h>

#include <cstring>

#include "whittle/whittle.h"

namespace {

struct Handles {
  Handles() {
    whittle_options options{};
    options.memory_limit = 64 << 20;
    options.threads = 2;
    database = whittle_open(&options, &error);
    connection = whittle_connect(database);
  }
  ~Handles() {
    whittle_connection_close(connection);
    whittle_close(database);
  }
  whittle_error error{};
  whittle_database* database;
  whittle_connection* connection;
  ArrowArrayStream stream{};
};

TEST(CApi, Query) {
  Handles handles;
  ASSERT_EQ(whittle_query(handles.connection, "SELECT 42", &handles.stream, &handles.error), 0);
  ArrowArray array{};
  ASSERT_EQ(handles.stream.get_next(&handles.stream, &array), 0);
  EXPECT_EQ(array.length, 1);
  array.release(&array);
  handles.stream.release(&handles.stream);
  EXPECT_EQ(whittle_memory_use(handles.database).limit, 64u << 20);
  EXPECT_NE(std::strlen(whittle_version()), 0u);
}

TEST(CApi, Errors) {
  Handles handles;
  EXPECT_EQ(whittle_query(handles.connection, "SELECT\nnosuch(1)", &handles.stream, &handles.error),
            3);
  EXPECT_STREQ(handles.error.code, "Binder");
  EXPECT_EQ(handles.error.line, 2u);
  EXPECT_EQ(handles.error.column, 1u);
  EXPECT_EQ(handles.stream.release, nullptr);
  EXPECT_EQ(whittle_query(handles.connection, "SELEC", &handles.stream, nullptr), 3);
}

TEST(CApi, LongMessagesAreCutBetweenCharacters) {
  Handles handles;
  std::string name;
  for (int i = 0; i < 1000; ++i) name += "ü";
  EXPECT_EQ(whittle_query(handles.connection, ("SELECT \"x" + name + "\"(1)").c_str(),
                          &handles.stream, &handles.error),
            3);
  const std::string message = handles.error.message;
  EXPECT_LT(message.size(), sizeof(handles.error.message));
  EXPECT_NE(static_cast<unsigned char>(message.back()), 0xC3);
}

TEST(CApi, NullArguments) {
  Handles handles;
  EXPECT_EQ(whittle_query(nullptr, "SELECT 1", &handles.stream, &handles.error), 2);
  EXPECT_EQ(whittle_query(handles.connection, nullptr, &handles.stream, &handles.error), 2);
  EXPECT_EQ(whittle_query(handles.connection, "SELECT 1", nullptr, &handles.error), 2);
  EXPECT_EQ(whittle_connect(nullptr), nullptr);
  whittle_interrupt(nullptr);
  whittle_close(nullptr);
  whittle_connection_close(nullptr);
  whittle_free(nullptr);
}

TEST(CApi, FilterAndSelect) {
  Handles handles;
  const char* file = "build/testdata/bloom.parquet";
  uint64_t* rows = nullptr;
  uint64_t count = 0;
  const int status =
      whittle_filter_rows(handles.database, file, "sorted", "< 30", &rows, &count, &handles.error);
  if (status == 5) GTEST_SKIP() << "no test data";
  ASSERT_EQ(status, 0) << handles.error.message;
  ASSERT_GT(count, 0u);
  const char* columns[] = {"id", "key"};
  ASSERT_EQ(whittle_select_rows(handles.database, file, columns, 2, rows, count, &handles.stream,
                                &handles.error),
            0);
  ArrowArray array{};
  uint64_t total = 0;
  while (handles.stream.get_next(&handles.stream, &array) == 0 && array.release) {
    total += static_cast<uint64_t>(array.length);
    array.release(&array);
  }
  EXPECT_EQ(total, count);
  handles.stream.release(&handles.stream);
  whittle_free(rows);
  EXPECT_EQ(whittle_read_row_group(handles.database, file, 99, nullptr, 0, &handles.stream,
                                   &handles.error),
            4);
}

}  // namespace
