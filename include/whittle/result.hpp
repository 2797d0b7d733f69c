// Result<T>: how every call in whittle reports failure. No exceptions are thrown anywhere.
//
// An Error is one pointer wide, so Result<T> costs little on the way that succeeds; the details
// (message, hint, where in the SQL text or in which file) are allocated only when something went
// wrong.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace whittle {

enum class ErrorCode : uint8_t {
#define WHITTLE_ERROR(name, text, status) name,
#include "whittle/error_codes.def"
#undef WHITTLE_ERROR
};

/// The stable text of a code, as JSON, TypeScript and the C ABI spell it.
std::string_view error_code_name(ErrorCode code);
/// The exit status of the command for this code.
int error_exit_status(ErrorCode code);

/// Where in the SQL text: 1-based line and column (in code points), 0-based byte offset and length.
/// `line == 0` means "no position".
struct SourcePosition {
  uint32_t offset = 0;
  uint32_t length = 0;
  uint32_t line = 0;
  uint32_t column = 0;
};

class [[nodiscard]] Error {
 public:
  Error(ErrorCode code, std::string message);
  Error(Error&& other) noexcept : details_(std::exchange(other.details_, nullptr)) {}
  Error& operator=(Error&& other) noexcept {
    std::swap(details_, other.details_);
    return *this;
  }
  /// Ends every function that passes an error on: what is rare stays out of line.
  ~Error() {
    if (details_) [[unlikely]]
      destroy(details_);
  }

  ErrorCode code() const { return details_->code; }
  const std::string& message() const { return details_->message; }
  /// What the user can do about it; may be empty.
  const std::string& hint() const { return details_->hint; }
  /// The file or URL concerned (credentials already removed); may be empty.
  const std::string& source() const { return details_->source; }
  /// HTTP status, or 0.
  int status() const { return details_->status; }
  const SourcePosition& position() const { return details_->position; }

  Error with_hint(std::string hint) &&;
  /// Sets the source unless an inner layer already did.
  Error with_source(std::string_view source) &&;
  Error with_status(int status) &&;
  /// Sets the position unless an inner layer already did.
  Error with_position(SourcePosition position) &&;
  /// Prefixes the message: "column 'a', row group 3: <message>".
  Error in(std::string_view context) &&;
  Error clone() const;

  /// "Corrupt: footer is longer than the file (file 'x.parquet'). Hint: ..."
  std::string to_string() const;

 private:
  struct Details {
    ErrorCode code;
    int status = 0;
    SourcePosition position;
    std::string message, hint, source;
  };
  static void destroy(Details* details);
  Details* details_;  // owned; null when moved from
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

/// `return fail(ErrorCode::Corrupt, "...")` from any function that returns a Result.
[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string message) {
  return std::unexpected<Error>(Error(code, std::move(message)));
}
/// The same for a text that is known when it is compiled.
[[nodiscard]] std::unexpected<Error> fail_with(ErrorCode code, const char* message);
template <size_t N>
[[nodiscard]] std::unexpected<Error> fail(ErrorCode code, const char (&message)[N]) {
  return fail_with(code, message);
}
[[nodiscard]] inline std::unexpected<Error> fail(Error error) {
  return std::unexpected<Error>(std::move(error));
}

}  // namespace whittle
