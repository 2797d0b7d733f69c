#include "base/result.hpp"

namespace whittle {

std::string_view error_code_name(ErrorCode code) {
  switch (code) {
#define WHITTLE_ERROR(name, text, status) \
  case ErrorCode::name:                   \
    return text;
#include "whittle/error_codes.def"
#undef WHITTLE_ERROR
  }
  return "Internal";
}

int error_exit_status(ErrorCode code) {
  switch (code) {
#define WHITTLE_ERROR(name, text, status) \
  case ErrorCode::name:                   \
    return status;
#include "whittle/error_codes.def"
#undef WHITTLE_ERROR
  }
  return 70;
}

void Error::destroy(Details* details) {
  delete details;
}

std::unexpected<Error> fail_with(ErrorCode code, const char* message) {
  return fail(Error(code, message));
}

Error::Error(ErrorCode code, std::string message) : details_(new Details{}) {
  details_->code = code;
  details_->message = std::move(message);
}

Error Error::with_hint(std::string hint) && {
  details_->hint = std::move(hint);
  return std::move(*this);
}

Error Error::with_source(std::string_view source) && {
  if (details_->source.empty()) details_->source = source;
  return std::move(*this);
}

Error Error::with_status(int status) && {
  details_->status = status;
  return std::move(*this);
}

Error Error::with_position(SourcePosition position) && {
  if (details_->position.line == 0) details_->position = position;
  return std::move(*this);
}

Error Error::in(std::string_view context) && {
  details_->message = std::string(context) + ": " + details_->message;
  return std::move(*this);
}

Error Error::clone() const {
  Error copy(details_->code, details_->message);
  *copy.details_ = *details_;
  return copy;
}

std::string Error::to_string() const {
  std::string text(error_code_name(code()));
  text += ": ";
  text += message();
  if (!source().empty()) text += " ('" + source() + "')";
  if (!hint().empty()) text += ". Hint: " + hint();
  return text;
}

}  // namespace whittle
