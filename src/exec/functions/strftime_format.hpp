// The formats of strftime and strptime, parsed once into specifiers and the literals between them.
// Immutable, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "columnar/datetime.hpp"

namespace whittle {

class TimeFormat {
 public:
  /// `%Y-%m-%d`; %c, %x and %X are expanded. The error is DuckDB's.
  static Result<TimeFormat> parse(std::string_view format);

  /// Appends `nanoseconds` of the day `days`.
  void append(std::string& out, int64_t days, int64_t nanoseconds) const;

  struct Moment {
    /// Set for "infinity" and its kin.
    std::optional<int64_t> special;
    int64_t days = 0;
    int64_t nanoseconds = 0;  // of the day, an offset subtracted
  };
  struct Failure {
    std::string message;
    size_t position = 0;
    bool is_date = false;  // the fields were read, but name no date
  };
  std::expected<Moment, Failure> read(std::string_view text) const;

  const std::string& text() const { return text_; }
  bool has_zone() const { return has('z') || has('Z'); }
  bool has_nanoseconds() const { return has('n'); }
  /// "Could not parse string … according to format specifier …", as DuckDB prints it.
  Error error(std::string_view text, const Failure& failure) const;

 private:
  struct Item {
    char specifier;       // 0: only the literal
    bool padded;          // %d, not %-d
    std::string literal;  // in front of the specifier
  };
  Status add(std::string_view format);
  bool has(char specifier) const;
  std::string text_;
  std::vector<Item> items_;
  std::string literal_;  // after the last specifier
};

}  // namespace whittle
