#include "io/http_rules.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace whittle {

namespace {

std::optional<uint64_t> digits(std::string_view text) {
  if (text.empty() || text.size() > 18) return std::nullopt;
  uint64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<uint64_t>(c - '0');
  }
  return value;
}

Error http_error(std::string message) {
  return Error(ErrorCode::Http, std::move(message));
}

}  // namespace

void HttpHead::add_field(std::string_view name, std::string_view value) {
  const auto once = [&](std::optional<std::string>& field) {
    if (field && *field != value) contradictory = true;
    field = std::string(value);
  };
  if (equals_ignoring_case(name, "content-range")) {
    once(content_range);
  } else if (equals_ignoring_case(name, "content-length")) {
    const auto length = digits(value);
    if (!length || (content_length && content_length != length)) contradictory = true;
    content_length = length;
  } else if (equals_ignoring_case(name, "content-encoding")) {
    once(content_encoding);
  } else if (equals_ignoring_case(name, "content-type")) {
    content_type = std::string(value);
  } else if (equals_ignoring_case(name, "retry-after")) {
    retry_after = std::string(value);
  } else if (equals_ignoring_case(name, "location")) {
    location = std::string(value);
  } else if (equals_ignoring_case(name, "etag")) {
    etag = std::string(value);
  } else if (equals_ignoring_case(name, "last-modified")) {
    last_modified = std::string(value);
  }
}

bool is_retryable_status(int status) {
  return status == 408 || status == 429 ||
         (status >= 500 && status <= 599 && status != 501 && status != 505);
}

bool is_redirect_status(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Error http_status_error(int status) {
  const std::string text = "the server answered " + std::to_string(status);
  switch (status) {
    case 401:
    case 403:
    case 407:
      return Error(ErrorCode::PermissionDenied, text)
          .with_status(status)
          .with_hint("the file may be private, or a signed URL may have expired");
    case 404:
    case 410:
      return Error(ErrorCode::NotFound, text + ": no such file").with_status(status);
    case 412:
      return Error(ErrorCode::SourceChanged, "the file changed while it was read").with_status(412);
    case 416:
      return Error(ErrorCode::Http, text + ": it has no such range").with_status(status);
    default:
      return http_error(text).with_status(status);
  }
}

Error range_not_supported() {
  return Error(ErrorCode::RangeNotSupported,
               "the server ignores Range and would send the whole file")
      .with_hint(
          "serve the file from a server that answers 206 Partial Content (S3, nginx, `whittle "
          "serve`), or download it first");
}

// ---- Retry-After

namespace {

// Days since 1970-01-01 of a proleptic Gregorian date (years from March: leap days come last).
int64_t days_from_civil(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2;
  const int64_t era = year / 400, year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719'468;
}

// "Sun, 06 Nov 1994 08:49:37 GMT" (IMF-fixdate, RFC 9110 §5.6.7); seconds since 1970.
std::optional<int64_t> parse_http_date(std::string_view text) {
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 29 || !text.ends_with(" GMT") || text[3] != ',') return std::nullopt;
  const auto day = digits(text.substr(5, 2)), year = digits(text.substr(12, 4)),
             hour = digits(text.substr(17, 2)), minute = digits(text.substr(20, 2)),
             second = digits(text.substr(23, 2));
  const size_t month = months.find(text.substr(8, 3));
  if (!day || !year || !hour || !minute || !second || month == std::string_view::npos ||
      month % 3 != 0) {
    return std::nullopt;
  }
  const int64_t days = days_from_civil(
      static_cast<int64_t>(*year), static_cast<int64_t>(month / 3 + 1), static_cast<int64_t>(*day));
  return days * 86'400 + static_cast<int64_t>(*hour * 3600 + *minute * 60 + *second);
}

}  // namespace

uint64_t retry_after_nanoseconds(const HttpHead& head, int64_t wall_microseconds) {
  constexpr uint64_t second = 1'000'000'000, most = 86'400;
  if (!head.retry_after) return 0;
  if (const auto seconds = digits(*head.retry_after)) return std::min(*seconds, most) * second;
  const auto date = parse_http_date(*head.retry_after);
  const int64_t now = wall_microseconds / 1'000'000;
  if (!date || *date <= now) return 0;
  return std::min(static_cast<uint64_t>(*date - now), most) * second;
}

// ---- range replies

Status check_identity(const HttpHead& head, std::optional<uint64_t> total,
                      const SourceIdentity& pinned) {
  const auto changed = [](const char* what) {
    return fail(Error(ErrorCode::SourceChanged,
                      std::string("the file changed while it was read: its ") + what + " differs")
                    .with_hint("run the query again"));
  };
  if (total && *total != pinned.size) return changed("length");
  if (!pinned.etag.empty() && !head.etag.empty()) {
    if (head.etag != pinned.etag) return changed("ETag");
  } else if (!pinned.last_modified.empty() && !head.last_modified.empty() &&
             head.last_modified != pinned.last_modified) {
    return changed("date");
  }
  return {};
}

namespace {

Status check_encoding(const HttpHead& head) {
  if (head.contradictory) return fail(http_error("the server's headers contradict each other"));
  if (head.content_encoding && !head.content_encoding->empty() &&
      !equals_ignoring_case(*head.content_encoding, "identity")) {
    return fail(
        Error(ErrorCode::RangeNotSupported,
              "the server sends the file with Content-Encoding, so that ranges of it mean nothing")
            .with_hint("turn off compression for Parquet files on the server"));
  }
  constexpr std::string_view multipart = "multipart/byteranges";
  if (head.content_type && head.content_type->size() >= multipart.size() &&
      equals_ignoring_case(std::string_view(*head.content_type).substr(0, multipart.size()),
                           multipart)) {
    return fail(Error(ErrorCode::RangeNotSupported,
                      "the server answers a single range with multipart/byteranges"));
  }
  return {};
}

Result<HttpBody> judge_whole_file(const HttpHead& head, bool wholly_wanted,
                                  const SourceIdentity* pinned) {
  if (pinned) TRY(check_identity(head, head.content_length, *pinned));
  const uint64_t length = pinned ? pinned->size : head.content_length.value_or(0);
  if (length > small_file && !wholly_wanted) return fail(range_not_supported());
  return HttpBody{{0, length}, head.content_length, true};
}

Result<HttpBody> judge_partial(const HttpHead& head) {
  if (!head.content_range) {
    Error error = http_error("the server answered 206 without Content-Range");
    if (!head.fields_hidden) return fail(std::move(error));
    return fail(std::move(error).with_hint(
        "browsers hide it from other origins: let the server send 'Access-Control-Expose-Headers: "
        "Content-Range, Content-Length, ETag, Last-Modified'"));
  }
  const ContentRange parsed = TRY(parse_content_range(*head.content_range));
  if (!parsed.range) return fail(http_error("the server answered 206 without a range"));
  if (head.content_length && *head.content_length != parsed.range->length) {
    return fail(http_error("the server's Content-Length contradicts its Content-Range"));
  }
  return HttpBody{*parsed.range, parsed.total, false};
}

}  // namespace

Result<HttpBody> judge_range_reply(const HttpHead& head, ByteRange asked,
                                   const SourceIdentity* pinned) {
  if (head.status == 416 && pinned && head.content_range) {
    const ContentRange parsed = TRY(parse_content_range(*head.content_range));
    TRY(check_identity(head, parsed.total, *pinned));
  }
  if (head.status != 200 && head.status != 206) return fail(http_status_error(head.status));
  TRY(check_encoding(head));
  if (head.status == 200) {
    const bool wholly = pinned && asked == ByteRange{0, pinned->size};
    return judge_whole_file(head, wholly, pinned);
  }
  HttpBody body = TRY(judge_partial(head));
  if (pinned) TRY(check_identity(head, body.total, *pinned));
  if (body.range.offset != asked.offset || body.range.end() > asked.end()) {
    return fail(http_error("the server sent bytes " + body.range.to_string() + " instead of " +
                           asked.to_string()));
  }
  return body;
}

Result<HttpBody> judge_suffix_reply(const HttpHead& head, uint64_t suffix) {
  if (head.status != 200 && head.status != 206) return fail(http_status_error(head.status));
  TRY(check_encoding(head));
  if (head.status == 200) return judge_whole_file(head, false, nullptr);
  HttpBody body = TRY(judge_partial(head));
  if (!body.total) body.total = body.range.end();  // a suffix ends where the file ends
  const uint64_t expected = *body.total - std::min(suffix, *body.total);
  if (body.range.offset != expected) {
    return fail(http_error("the server sent bytes " + body.range.to_string() + " of " +
                           std::to_string(*body.total) + " instead of the last " +
                           std::to_string(suffix)));
  }
  return body;
}

}  // namespace whittle
