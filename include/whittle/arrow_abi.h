/* The Arrow C data interface and C stream interface: the ABI through which whittle hands results to
 * other libraries without copying. Declared here from the specification
 * (arrow.apache.org/docs/format/CDataInterface.html); the guards make it agree with any other
 * header that declares the same structs.
 *
 * Ownership: whoever holds a struct whose `release` is not null must call it once. Moving is a
 * memcpy followed by setting the source's `release` to null. */
#ifndef WHITTLE_ARROW_ABI_H
#define WHITTLE_ARROW_ABI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char* format;   /* the type, e.g. "i" for int32 */
  const char* name;     /* of the field; may be null */
  const char* metadata; /* length-prefixed key-value pairs; may be null */
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};

#endif /* ARROW_C_DATA_INTERFACE */

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
  /* Each returns 0 or an errno value; the text of the last error comes from get_last_error and is
   * valid until the next call. */
  int (*get_schema)(struct ArrowArrayStream*, struct ArrowSchema* out);
  int (*get_next)(struct ArrowArrayStream*, struct ArrowArray* out); /* released array: the end */
  const char* (*get_last_error)(struct ArrowArrayStream*);
  void (*release)(struct ArrowArrayStream*);
  void* private_data;
};

#endif /* ARROW_C_STREAM_INTERFACE */

#ifdef __cplusplus
}
#endif

#endif /* WHITTLE_ARROW_ABI_H */
