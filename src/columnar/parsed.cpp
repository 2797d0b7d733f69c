#include "columnar/parsed.hpp"

namespace whittle {

namespace {

// DuckDB names the physical type of numbers in this message.
std::string_view storage_name(const Type& type) {
  switch (type.id()) {
    case TypeId::Boolean:
      return "BOOL";
    case TypeId::TinyInt:
      return "INT8";
    case TypeId::SmallInt:
      return "INT16";
    case TypeId::Integer:
      return "INT32";
    case TypeId::BigInt:
    case TypeId::TimestampNs:
      return "INT64";
    case TypeId::HugeInt:
    case TypeId::Uuid:
      return "INT128";
    case TypeId::UTinyInt:
      return "UINT8";
    case TypeId::USmallInt:
      return "UINT16";
    case TypeId::UInteger:
      return "UINT32";
    case TypeId::UBigInt:
      return "UINT64";
    case TypeId::UHugeInt:
      return "UINT128";
    default:
      return type_name(type.id());
  }
}

std::string field_error(std::string_view kind, std::string_view text, ParseFailure why,
                        std::string_view format) {
  const bool range = why == ParseFailure::Range;
  std::string message = range ? std::string(kind) + " field value out of range: \""
                              : "invalid " + std::string(kind) + " field format: \"";
  message += text;
  message += '"';
  if (!range) {
    message += ", expected format is (";
    message += format;
    message += ')';
  }
  return message;
}

std::string parse_message(ParseFailure why, std::string_view text, const Type& type) {
  const std::string shown(text);
  if (why == ParseFailure::TimeZone) {
    return "timestamp field value \"" + shown + "\" has a timestamp that is not UTC.";
  }
  switch (type.id()) {
    case TypeId::Date:
      return field_error("date", text, why, "YYYY-MM-DD");
    case TypeId::Time:
    case TypeId::TimeNs:
    case TypeId::TimeTz:
      return "time field value out of range: \"" + shown +
             "\", expected format is ([YYYY-MM-DD ]HH:MM:SS[.MS])";
    case TypeId::TimestampS:
    case TypeId::TimestampMs:
    case TypeId::Timestamp:
    case TypeId::TimestampTz:
      return field_error("timestamp", text, why, "YYYY-MM-DD HH:MM:SS[.US][±HH[:MM[:SS]]| ZONE]");
    case TypeId::Decimal:
      return "Could not convert string \"" + shown + "\" to " + type.to_string();
    default:
      return "Could not convert string '" + shown + "' to " +
             (type.is_nested() ? type.to_string() : std::string(storage_name(type)));
  }
}

}  // namespace

Error parse_error(ParseFailure why, std::string_view text, const Type& type) {
  if (why == ParseFailure::Budget) {
    return Error(ErrorCode::BudgetExceeded,
                 "the memory limit leaves no room for a value of type " + type.to_string());
  }
  return Error(ErrorCode::Conversion, parse_message(why, text, type));
}

}  // namespace whittle
