// format('{} {:05.2f}', …) with fmt's specifications and printf('%5.2f', …), both over one kind of
// specification.
#include <charconv>
#include <cmath>
#include <cstdio>

#include "columnar/numbers.hpp"
#include "columnar/text.hpp"
#include "exec/functions/functions.hpp"
#include "exec/functions/unicode.hpp"
#include "exec/kernels.hpp"

namespace whittle {

namespace {

using Arguments = std::span<const Column>;

struct Specification {
  std::string fill = " ";
  char align = 0;  // < > ^; 0: by the type
  char sign = '-';
  bool alternate = false, zero = false;
  int width = 0, precision = -1;
  char grouping = 0;  // , _ ' between groups of three digits
  char type = 0;
};

std::unexpected<Error> bad_format(std::string why) {
  return fail(ErrorCode::InvalidArgument, std::move(why));
}
std::unexpected<Error> wrong_type(char type, std::string_view kind) {
  return bad_format("Invalid type specifier \"" + std::string(1, type) +
                    "\" for formatting a value of type " + std::string(kind));
}

void group_digits(std::string& digits, char separator) {
  size_t end = digits.find_first_not_of("0123456789");
  if (end == std::string::npos) end = digits.size();
  for (size_t at = end; at > 3; at -= 3) digits.insert(at - 3, 1, separator);
}

// Sign and prefix, then padding with zeros, then the digits; or padded as a whole.
void append_padded(std::string& out, const Specification& spec, std::string_view prefix,
                   std::string_view body, char natural_align) {
  const size_t length = count_code_points(prefix) + count_code_points(body);
  const size_t missing = spec.width > 0 && static_cast<size_t>(spec.width) > length
                             ? static_cast<size_t>(spec.width) - length
                             : 0;
  if (spec.zero && !spec.align && natural_align == '>') {
    out += prefix;
    out.append(missing, '0');
    out += body;
    return;
  }
  const char align = spec.align ? spec.align : natural_align;
  const size_t before = align == '<' ? 0 : align == '>' ? missing : missing / 2;
  for (size_t i = 0; i < before; ++i) out += spec.fill;
  out += prefix;
  out += body;
  for (size_t i = before; i < missing; ++i) out += spec.fill;
}

std::string sign_of(const Specification& spec, bool negative) {
  return negative ? "-" : spec.sign == '-' ? "" : std::string(1, spec.sign);
}

Status format_integer(std::string& out, const Specification& spec, int128_t value) {
  const char type = spec.type ? spec.type : 'd';
  if (type == 'c') {
    std::string text;
    if (value < 0 || value > 0x10FFFF) return bad_format("invalid character code");
    append_code_point(text, static_cast<int32_t>(value));
    append_padded(out, spec, "", text, '<');
    return {};
  }
  const int base = type == 'd' || type == 'n' || type == 'i' || type == 'u' ? 10
                   : type == 'x' || type == 'X'                             ? 16
                   : type == 'o'                                            ? 8
                   : type == 'b' || type == 'B'                             ? 2
                                                                            : 0;
  if (base == 0) return wrong_type(type, "int");
  const bool negative = value < 0;
  uint128_t magnitude =
      negative ? 0 - static_cast<uint128_t>(value) : static_cast<uint128_t>(value);
  const char* digits = type == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string text;
  do {
    text.insert(text.begin(), digits[static_cast<int>(magnitude % static_cast<unsigned>(base))]);
    magnitude /= static_cast<unsigned>(base);
  } while (magnitude != 0);
  while (spec.precision > 0 && text.size() < static_cast<size_t>(spec.precision))
    text.insert(0, "0");
  if (spec.grouping) group_digits(text, spec.grouping);
  std::string prefix = sign_of(spec, negative);
  if (spec.alternate && base != 10) {
    prefix += '0';
    if (base != 8) prefix += type;
  }
  append_padded(out, spec, prefix, text, '>');
  return {};
}

Status format_real(std::string& out, const Specification& spec, double value) {
  const bool negative = std::signbit(value);
  const double magnitude = std::fabs(value);
  std::string text;
  const char type = spec.type;
  if (!std::isfinite(value)) {
    text = value != value ? "nan" : "inf";
  } else if (type == 0 && spec.precision < 0) {
    append_real(text, magnitude);
  } else {
    if (type != 0 && std::string_view("eEfFgGaA").find(type) == std::string_view::npos) {
      return wrong_type(type, "double");
    }
    if (spec.precision > 300) return bad_format("number is too big");
    const char conversion = type == 0 ? 'g' : type;
    const char pattern[] = {'%', '.', '*', conversion, 0};
    char buffer[700];
    const int written = std::snprintf(buffer, sizeof(buffer), pattern,
                                      spec.precision < 0 ? 6 : spec.precision, magnitude);
    if (written < 0 || written >= static_cast<int>(sizeof(buffer))) {
      return bad_format("number is too big");
    }
    text.assign(buffer, static_cast<size_t>(written));
  }
  if (spec.grouping) group_digits(text, spec.grouping);
  append_padded(out, spec, sign_of(spec, negative), text, '>');
  return {};
}

Status format_text(std::string& out, const Specification& spec, std::string_view text) {
  if (spec.type != 0 && spec.type != 's') return wrong_type(spec.type, "string");
  if (spec.precision >= 0) {
    text = text.substr(0, prefix_bytes(text, static_cast<uint64_t>(spec.precision)));
  }
  append_padded(out, spec, "", text, '<');
  return {};
}

Status format_value(std::string& out, Specification spec, const ColumnView& view, uint32_t row,
                    bool is_printf) {
  const Type& type = view.stored->type();
  switch (type.id()) {
    case TypeId::Boolean:
      if (spec.type == 0) {
        return format_text(out, spec, view.get<uint8_t>(row) ? "true" : "false");
      }
      return format_integer(out, spec, view.get<uint8_t>(row));
    case TypeId::HugeInt:
      return format_integer(out, spec, view.get<int128_t>(row));
    case TypeId::BigInt:
      if (is_printf && std::string_view("fFeEgG").find(spec.type) != std::string_view::npos &&
          spec.type) {
        return wrong_type(spec.type, "int");
      }
      return format_integer(out, spec, view.get<int64_t>(row));
    case TypeId::Double:
      return format_real(out, spec, view.get<double>(row));
    default:
      return format_text(out, spec, view.get<StringRef>(row).view());
  }
}

bool take_number(std::string_view text, size_t& at, int& number) {
  const size_t start = at;
  int value = 0;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9' && at - start < 6) {
    value = value * 10 + (text[at++] - '0');
  }
  if (at > start) number = value;
  return at > start;
}

// [[fill]align][sign][#][0][width][grouping][.precision][type]
Status parse_specification(std::string_view text, Specification& spec) {
  size_t at = 0;
  const auto is_align = [&](size_t i) {
    return i < text.size() && (text[i] == '<' || text[i] == '>' || text[i] == '^');
  };
  const size_t first = text.empty() ? 0 : code_point_bytes(text);
  if (first > 0 && is_align(first)) {
    spec.fill = std::string(text.substr(0, first));
    spec.align = text[first];
    at = first + 1;
  } else if (is_align(0)) {
    spec.align = text[at++];
  }
  const auto take = [&](char c) {
    if (at < text.size() && text[at] == c) {
      ++at;
      return true;
    }
    return false;
  };
  if (at < text.size() && (text[at] == '+' || text[at] == '-' || text[at] == ' '))
    spec.sign = text[at++];
  spec.alternate = take('#');
  spec.zero = take('0');
  take_number(text, at, spec.width);
  if (at < text.size() && (text[at] == ',' || text[at] == '_' || text[at] == '\''))
    spec.grouping = text[at++];
  if (take('.') && !take_number(text, at, spec.precision))
    return bad_format("missing precision specifier");
  if (at < text.size()) spec.type = text[at++];
  if (at != text.size()) return bad_format("invalid format specifier");
  return {};
}

using Values = std::vector<ColumnView>;

Status format_braces(std::string_view text, const Values& values, uint32_t row, std::string& out) {
  size_t next = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c != '{' && c != '}') {
      out += c;
      continue;
    }
    if (at + 1 < text.size() && text[at + 1] == c) {
      out += c;
      ++at;
      continue;
    }
    if (c == '}') return bad_format("unmatched '}' in format string");
    if (at + 1 == text.size()) return bad_format("invalid format string");
    const size_t end = text.find('}', at);
    if (end == std::string_view::npos) return bad_format("invalid format string");
    const std::string_view inside = text.substr(at + 1, end - at - 1);
    const size_t colon = inside.find(':');
    const std::string_view name = inside.substr(0, colon);
    size_t index = next, consumed = 0;
    int number = 0;
    if (name.empty()) {
      ++next;
    } else if (take_number(name, consumed, number) && consumed == name.size()) {
      index = static_cast<size_t>(number);
    } else {
      return bad_format("Argument with name \"" + std::string(name) + "\" not found");
    }
    if (index >= values.size()) {
      return bad_format("Argument index \"" + std::to_string(index) + "\" out of range");
    }
    Specification spec;
    if (colon != std::string_view::npos) TRY(parse_specification(inside.substr(colon + 1), spec));
    TRY(format_value(out, spec, values[index], row, false));
    at = end;
  }
  return {};
}

Status format_percent(std::string_view text, const Values& values, uint32_t row, std::string& out) {
  size_t next = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out += text[at];
      continue;
    }
    if (++at == text.size()) return bad_format("invalid format string");
    if (text[at] == '%') {
      out += '%';
      continue;
    }
    Specification spec;
    for (; at < text.size(); ++at) {
      const char c = text[at];
      if (c == '-')
        spec.align = '<';
      else if (c == '+' || c == ' ')
        spec.sign = c;
      else if (c == '0')
        spec.zero = true;
      else if (c == '#')
        spec.alternate = true;
      else if (c == ',' || c == '\'' || c == '_')
        spec.grouping = c;
      else
        break;
    }
    take_number(text, at, spec.width);
    if (at < text.size() && text[at] == '.') {
      ++at;
      spec.precision = 0;
      take_number(text, at, spec.precision);
    }
    while (at < text.size() && (text[at] == 'l' || text[at] == 'h' || text[at] == 'z')) ++at;
    if (at >= text.size()) return bad_format("invalid format string");
    spec.type = text[at];
    if (next >= values.size()) {
      return bad_format("Argument index \"" + std::to_string(next) + "\" out of range");
    }
    // Text is right-aligned with a width, as in C.
    if (!spec.align && spec.type == 's') spec.align = '>';
    TRY(format_value(out, spec, values[next++], row, true));
  }
  return {};
}

using Format = Status (*)(std::string_view, const Values&, uint32_t, std::string&);

template <Format format>
Result<Column> format_kernel(KernelContext& context, Arguments arguments) {
  const ColumnView formats(arguments[0]);
  const Values values(arguments.begin() + 1, arguments.end());
  std::string out;
  return kernels::build_strings(context, arguments,
                                [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
                                  out.clear();
                                  TRY(format(formats.get<StringRef>(row).view(), values, row, out));
                                  return heap.add(out);
                                });
}

// Numbers are taken as BIGINT, HUGEINT or DOUBLE, everything else as text.
Status bind_format(BindCall& call) {
  for (size_t i = 1; i < call.arguments.size(); ++i) {
    Type& type = call.arguments[i];
    if (type.id() == TypeId::Boolean) continue;
    if (type.id() == TypeId::HugeInt || type.id() == TypeId::UBigInt) {
      type = TypeId::HugeInt;
    } else if (type.is_integer() && type.id() != TypeId::UHugeInt) {
      type = TypeId::BigInt;
    } else if (type.is_floating() || type.id() == TypeId::Decimal ||
               type.id() == TypeId::UHugeInt) {
      type = TypeId::Double;
    } else {
      type = TypeId::Varchar;
    }
  }
  return {};
}

constexpr TypeId text = TypeId::Varchar, any = TypeId::Null;

constexpr ScalarFunction rows[] = {
    {"format", text, format_kernel<format_braces>, 2, {text, any}, kCanFail, bind_format, true},
    {"printf", text, format_kernel<format_percent>, 2, {text, any}, kCanFail, bind_format, true},
};

}  // namespace

std::span<const ScalarFunction> text_format_functions() {
  return rows;
}

}  // namespace whittle
