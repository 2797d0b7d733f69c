// Stands in front of RE2's own header for wasm32: the same macros without streams, which would bring the C++
// library's locales into the module. RE2 reports through its error codes; what it would log is dropped, and a
// check that fails stops the module.
#ifndef WHITTLE_SHIM_LOGGING_H_
#define WHITTLE_SHIM_LOGGING_H_

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/util.h"

namespace re2_shim {
struct Nothing {
  template <class T>
  const Nothing& operator<<(const T&) const {
    return *this;
  }
};
}  // namespace re2_shim

#define DCHECK(condition) assert(condition)
#define DCHECK_EQ(a, b) assert((a) == (b))
#define DCHECK_NE(a, b) assert((a) != (b))
#define DCHECK_LE(a, b) assert((a) <= (b))
#define DCHECK_LT(a, b) assert((a) < (b))
#define DCHECK_GE(a, b) assert((a) >= (b))
#define DCHECK_GT(a, b) assert((a) > (b))

#define CHECK(condition) \
  if (condition) {       \
  } else                 \
    abort(), re2_shim::Nothing()
#define CHECK_EQ(a, b) CHECK((a) == (b))
#define CHECK_NE(a, b) CHECK((a) != (b))
#define CHECK_LE(a, b) CHECK((a) <= (b))
#define CHECK_LT(a, b) CHECK((a) < (b))
#define CHECK_GE(a, b) CHECK((a) >= (b))
#define CHECK_GT(a, b) CHECK((a) > (b))

#define LOG(severity) re2_shim::Nothing()
#define VLOG(level) re2_shim::Nothing()

#endif  // WHITTLE_SHIM_LOGGING_H_
