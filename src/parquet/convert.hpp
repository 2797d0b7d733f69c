// Conversion: how the raw values of a leaf (encodings/value_decoder.hpp) become values of its SQL
// type. Chosen once per column; one call per batch.
//
// The SQL type is given by the schema (schema.hpp); this only has to know every pair of storage and
// type that it can ask for. Plain value; any thread.
#pragma once

#include "columnar/type.hpp"
#include "parquet/encodings/value_decoder.hpp"
#include "parquet/metadata.hpp"

namespace whittle::parquet {

struct Conversion {
  RawLayout raw;
  Type type;
  uint32_t value_size = 0;  // of the SQL type
  /// Reads `count` raw values, writes as many of the type. Null: the bytes stay as they are.
  Status (*function)(const Conversion&, const std::byte* raw, uint32_t count,
                     std::byte* out) = nullptr;
  int64_t factor = 1;         // of units: multiplied or divided by
  uint8_t scale = 0;          // DECIMAL read as DOUBLE
  bool must_be_utf8 = false;  // VARCHAR, JSON
  bool keeps_raw = false;     // the result points into the raw bytes
};

/// Unsupported when values of `element`'s storage cannot become `type`.
Result<Conversion> choose_conversion(const SchemaElement& element, const Type& type);

}  // namespace whittle::parquet
