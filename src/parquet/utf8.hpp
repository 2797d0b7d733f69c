// UTF-8 validation of decoded strings: VARCHAR promises it, Parquet files do not always keep it.
//
// ASCII is the common case and costs two masks for an inlined string, eight bytes a step for a long
// one. Pure; any thread.
#pragma once

#include "base/result.hpp"
#include "columnar/string_ref.hpp"

namespace whittle::parquet {

/// Strict: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(const char* text, size_t size);

/// Corrupt, quoting the first string that is not UTF-8.
Status check_utf8(const StringRef* strings, size_t count);

}  // namespace whittle::parquet
