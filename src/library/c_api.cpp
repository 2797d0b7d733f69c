#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "whittle/whittle.h"
#include "whittle/whittle.hpp"

struct whittle_database {
  whittle::Database database;
};
struct whittle_connection {
  whittle::Connection connection;
};

namespace {

// Cut between characters where the text is too long.
void copy_text(char* out, size_t size, std::string_view text) {
  size_t length = std::min(size - 1, text.size());
  while (length < text.size() && length > 0 && (text[length] & 0xC0) == 0x80) --length;
  std::memcpy(out, text.data(), length);
  out[length] = '\0';
}

int report(const whittle::Error& error, whittle_error* out) {
  if (out) {
    *out = {};
    copy_text(out->code, sizeof(out->code), whittle::error_code_name(error.code()));
    std::string message = error.message();
    if (!error.source().empty()) message += " ('" + error.source() + "')";
    copy_text(out->message, sizeof(out->message), message);
    copy_text(out->hint, sizeof(out->hint), error.hint());
    out->line = error.position().line;
    out->column = error.position().column;
  }
  return whittle::error_exit_status(error.code());
}

int deliver(whittle::Result<whittle::ResultStream> result, ArrowArrayStream* stream,
            whittle_error* error) {
  if (!result) return report(result.error(), error);
  std::move(*result).export_arrow(stream);
  return 0;
}

// Every output is well defined whatever happens, so that callers may release it unseen.
int missing_argument(whittle_error* error) {
  return report(
      whittle::Error(whittle::ErrorCode::InvalidArgument, "an argument is NULL that must not be"),
      error);
}

std::vector<std::string> names_of(const char* const* columns, uint32_t count) {
  std::vector<std::string> names;
  for (uint32_t i = 0; columns && i < count; ++i) names.emplace_back(columns[i]);
  return names;
}

}  // namespace

extern "C" {

const char* whittle_version(void) {
  return whittle::version().data();
}

whittle_database* whittle_open(const whittle_options* options, whittle_error* error) {
  whittle::DatabaseOptions settings;
  if (options) {
    settings.memory_limit = options->memory_limit;
    settings.threads = options->threads;
    if (options->temporary_directory) settings.temporary_directory = options->temporary_directory;
    if (options->bearer_token) settings.bearer_token = options->bearer_token;
  }
  auto database = whittle::Database::open(std::move(settings));
  if (!database) {
    report(database.error(), error);
    return nullptr;
  }
  return new whittle_database{std::move(*database)};
}

void whittle_close(whittle_database* database) {
  delete database;
}

whittle_memory whittle_memory_use(const whittle_database* database) {
  const whittle::MemoryUse use = database->database.memory();
  return {use.used, use.peak, use.limit};
}

whittle_connection* whittle_connect(whittle_database* database) {
  return database ? new whittle_connection{database->database.connect()} : nullptr;
}

void whittle_connection_close(whittle_connection* connection) {
  delete connection;
}
void whittle_interrupt(whittle_connection* connection) {
  if (connection) connection->connection.interrupt();
}

int whittle_query(whittle_connection* connection, const char* sql, ArrowArrayStream* stream,
                  whittle_error* error) {
  if (stream) stream->release = nullptr;
  if (!connection || !sql || !stream) return missing_argument(error);
  return deliver(connection->connection.query(sql), stream, error);
}

int whittle_read_row_group(whittle_database* database, const char* url, uint32_t row_group,
                           const char* const* columns, uint32_t column_count,
                           ArrowArrayStream* stream, whittle_error* error) {
  if (stream) stream->release = nullptr;
  if (!database || !url || !stream) return missing_argument(error);
  auto file = database->database.open_parquet(url);
  if (!file) return report(file.error(), error);
  return deliver(file->read_row_group(row_group, names_of(columns, column_count)), stream, error);
}

int whittle_select_rows(whittle_database* database, const char* url, const char* const* columns,
                        uint32_t column_count, const uint64_t* rows, uint64_t row_count,
                        ArrowArrayStream* stream, whittle_error* error) {
  if (stream) stream->release = nullptr;
  if (!database || !url || !stream || (row_count > 0 && !rows)) return missing_argument(error);
  auto file = database->database.open_parquet(url);
  if (!file) return report(file.error(), error);
  return deliver(file->select_by_indices(names_of(columns, column_count),
                                         {rows, static_cast<size_t>(row_count)}),
                 stream, error);
}

int whittle_filter_rows(whittle_database* database, const char* url, const char* column,
                        const char* predicate, uint64_t** rows, uint64_t* row_count,
                        whittle_error* error) {
  if (rows) *rows = nullptr;
  if (!database || !url || !column || !predicate || !rows || !row_count) {
    return missing_argument(error);
  }
  auto file = database->database.open_parquet(url);
  if (!file) return report(file.error(), error);
  auto indices = file->filter_indices(column, predicate);
  if (!indices) return report(indices.error(), error);
  *row_count = indices->size();
  *rows =
      static_cast<uint64_t*>(std::malloc(std::max<size_t>(1, indices->size()) * sizeof(uint64_t)));
  if (!*rows)
    return report(
        whittle::Error(whittle::ErrorCode::BudgetExceeded, "no memory for the row numbers"), error);
  std::copy(indices->begin(), indices->end(), *rows);
  return 0;
}

void whittle_free(void* memory) {
  std::free(memory);
}

}  // extern "C"
