/* Counts the rows of an answer through the C interface: query_c "FROM 'file-or-url.parquet'" */
#include <stdio.h>
#include <whittle/whittle.h>

int main(int count, char** arguments) {
  whittle_error error;
  struct ArrowArrayStream stream;
  long long rows = 0;
  int status;
  if (count != 2) return 2;

  whittle_database* database = whittle_open(NULL, &error);
  if (!database) {
    fprintf(stderr, "%s: %s\n", error.code, error.message);
    return 1;
  }
  whittle_connection* connection = whittle_connect(database);
  status = whittle_query(connection, arguments[1], &stream, &error);
  if (status != 0) {
    fprintf(stderr, "%s: %s\n", error.code, error.message);
  } else {
    for (;;) {
      struct ArrowArray batch;
      if (stream.get_next(&stream, &batch) != 0) {
        fprintf(stderr, "%s\n", stream.get_last_error(&stream));
        status = 1;
        break;
      }
      if (!batch.release) break; /* the end */
      rows += batch.length;
      batch.release(&batch);
    }
    stream.release(&stream);
    printf("%lld rows\n", rows);
  }
  whittle_connection_close(connection);
  whittle_close(database);
  return status;
}
