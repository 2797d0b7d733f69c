// Asks one question and prints the rows: query_cpp "SELECT count(*) FROM 'file-or-url.parquet'"
#include <cstdio>
#include <optional>
#include <whittle/whittle.hpp>

namespace {

int complain(const whittle::Error& error) {
  std::fprintf(stderr, "%s\n", error.to_string().c_str());
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  auto database = whittle::Database::open({.memory_limit = 256'000'000});
  if (!database) return complain(database.error());
  auto connection = database->connect();
  auto result = connection.query(arguments[1]);
  if (!result) return complain(result.error());

  for (;;) {
    auto batch = result->next();
    if (!batch) return complain(batch.error());
    if (!*batch) break;
    for (uint32_t row = 0; row < (*batch)->row_count(); row++) {
      for (uint32_t column = 0; column < result->columns().size(); column++) {
        const bool null = (*batch)->is_null(row, column);
        std::printf("%s%s", column ? "\t" : "",
                    null ? "NULL" : (*batch)->text(row, column).c_str());
      }
      std::puts("");
    }
  }
  const auto cost = result->statistics();
  std::fprintf(stderr, "%llu bytes read in %llu requests, memory %s\n",
               static_cast<unsigned long long>(cost.bytes_fetched),
               static_cast<unsigned long long>(cost.requests),
               database->memory().to_string().c_str());
}
