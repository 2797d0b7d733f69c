// One Parquet file without SQL: parquet_file FILE COLUMN PREDICATE, as in
//     parquet_file https://example.org/sales.parquet price "> 1000"
// shows what the file holds, the column's first value, and the rows in which the predicate is true.
// Only the pages that hold such rows are fetched.
#include <cstdio>
#include <optional>
#include <utility>
#include <whittle/whittle.hpp>

namespace {

using whittle::Result;

// Values of the first column, and how many rows there were.
struct Rows {
  std::string first;
  uint64_t count = 0;
};

Result<Rows> drain(whittle::ResultStream stream) {
  Rows rows;
  for (;;) {
    auto batch = stream.next();
    if (!batch) return whittle::fail(std::move(batch).error());
    if (!*batch) return rows;
    if (rows.count == 0 && (*batch)->row_count() > 0) rows.first = (*batch)->text(0, 0);
    rows.count += (*batch)->row_count();
  }
}

Result<void> show(const char* url, const std::string& column, const char* predicate) {
  auto database = whittle::Database::open({.memory_limit = 256'000'000});
  if (!database) return whittle::fail(std::move(database).error());
  auto file = database->open_parquet(url);
  if (!file) return whittle::fail(std::move(file).error());
  std::printf("%llu rows, %zu row groups, columns:",
              static_cast<unsigned long long>(file->row_count()), file->row_groups().size());
  for (const auto& each : file->columns())
    std::printf(" %s %s", each.name.c_str(), each.type.c_str());
  std::puts("");

  auto whole = file->read_column(column).and_then(drain);
  if (!whole) return whittle::fail(std::move(whole).error());
  std::printf("%s: %llu values, the first is %s\n", column.c_str(),
              static_cast<unsigned long long>(whole->count), whole->first.c_str());
  auto group = file->read_row_group(0).and_then(drain);
  if (!group) return whittle::fail(std::move(group).error());
  std::printf("row group 0: %llu rows\n", static_cast<unsigned long long>(group->count));

  auto indices = file->filter_indices(column, predicate);
  if (!indices) return whittle::fail(std::move(indices).error());
  auto chosen = file->select_by_indices({}, *indices).and_then(drain);
  if (!chosen) return whittle::fail(std::move(chosen).error());
  std::printf("%s %s: %llu rows\n", column.c_str(), predicate,
              static_cast<unsigned long long>(chosen->count));
  return {};
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) return 2;
  const auto shown = show(arguments[1], arguments[2], arguments[3]);
  if (shown) return 0;
  std::fprintf(stderr, "%s\n", shown.error().to_string().c_str());
  return 1;
}
