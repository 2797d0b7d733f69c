/* whittle's C ABI: SQL on remote Parquet files, results as Arrow C streams.
 *
 *     whittle_error error;
 *     whittle_database* database = whittle_open(NULL, &error);
 *     whittle_connection* connection = whittle_connect(database);
 *     struct ArrowArrayStream stream;
 *     if (whittle_query(connection, "SELECT 42", &stream, &error) != 0) puts(error.message);
 *
 * Calls return 0, or the exit status of the error's kind with `error` filled (it may be NULL).
 * Handles are freed by their _close; a stream by its release, which may come after the handles'. A
 * connection is used by one thread at a time, except whittle_interrupt. */
#ifndef WHITTLE_WHITTLE_H
#define WHITTLE_WHITTLE_H

#include <stdint.h>

#include "whittle/arrow_abi.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct whittle_database whittle_database;
typedef struct whittle_connection whittle_connection;

/* Zero in a field means its default. */
typedef struct whittle_options {
  uint64_t memory_limit;           /* bytes; default 80 % of the machine's memory */
  uint32_t threads;                /* default one per core */
  const char* temporary_directory; /* for spilling; default the system's */
  const char* bearer_token;        /* sent to HTTP hosts, never logged */
} whittle_options;

typedef struct whittle_error {
  char code[32];      /* "Binder", "Corrupt", … */
  char message[1024]; /* cut at the end when longer */
  char hint[512];
  uint32_t line, column; /* in the SQL text, from 1; 0: none */
} whittle_error;

typedef struct whittle_memory {
  uint64_t used, peak, limit;
} whittle_memory;

const char* whittle_version(void);
whittle_database* whittle_open(const whittle_options* options, whittle_error* error);
void whittle_close(whittle_database* database);
whittle_memory whittle_memory_use(const whittle_database* database);

whittle_connection* whittle_connect(whittle_database* database);
void whittle_connection_close(whittle_connection* connection);
/* Any thread: the statement that runs now fails with "Cancelled". */
void whittle_interrupt(whittle_connection* connection);

/* Runs `sql` (one or more statements); `stream` gives the rows of the last. */
int whittle_query(whittle_connection* connection, const char* sql, struct ArrowArrayStream* stream,
                  whittle_error* error);

/* One Parquet file without SQL. `columns` NULL: all. */
int whittle_read_row_group(whittle_database* database, const char* url, uint32_t row_group,
                           const char* const* columns, uint32_t column_count,
                           struct ArrowArrayStream* stream, whittle_error* error);
int whittle_select_rows(whittle_database* database, const char* url, const char* const* columns,
                        uint32_t column_count, const uint64_t* rows, uint64_t row_count,
                        struct ArrowArrayStream* stream, whittle_error* error);
/* Row numbers where `predicate` ("> 1000") holds for `column`; free *rows with whittle_free. */
int whittle_filter_rows(whittle_database* database, const char* url, const char* column,
                        const char* predicate, uint64_t** rows, uint64_t* row_count,
                        whittle_error* error);
void whittle_free(void* memory);

#ifdef __cplusplus
}
#endif
#endif
