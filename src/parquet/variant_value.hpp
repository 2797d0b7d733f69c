// VariantWriter: binary VARIANT values as JSON text (parquet-format, VariantEncoding.md).
//
// Every offset, length and count is checked against the value's bytes; nesting is limited; the text
// is charged to the budget while it grows, as a small value can name the same bytes many times. One
// thread.
#pragma once

#include <string>
#include <string_view>

#include "base/memory.hpp"
#include "columnar/value.hpp"

namespace whittle::parquet {

/// The dictionary of field names that comes with each value.
class VariantNames {
 public:
  static Result<VariantNames> open(std::string_view bytes);
  Result<std::string_view> name(uint64_t id) const;

 private:
  std::string_view offsets_, texts_;
  uint32_t offset_size_ = 1;
  uint64_t count_ = 0;
};

class VariantWriter {
 public:
  explicit VariantWriter(MemoryBudget& budget) : reservation_(budget, "VARIANT text") {}

  static constexpr uint32_t max_depth = 128;

  std::string& text() { return text_; }
  /// Appends one value.
  Status value(const VariantNames& names, std::string_view bytes, uint32_t depth = 0);
  /// Appends a SQL value: numbers and booleans bare, everything else quoted.
  Status sql_value(const Value& value);
  Status string(std::string_view text);
  /// Charges what was appended since.
  Status account();

  /// The fields of a binary object as name and bytes, in its order; Corrupt when it is none.
  static Result<std::vector<std::pair<std::string_view, std::string_view>>> object_fields(
      const VariantNames& names, std::string_view bytes);

 private:
  Status primitive(std::string_view bytes);
  Status array(const VariantNames& names, std::string_view bytes, uint32_t depth);

  std::string text_;
  Reservation reservation_;
};

}  // namespace whittle::parquet
