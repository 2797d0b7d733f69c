#include "exec/functions/json_text.hpp"

#include <cmath>

#include "columnar/numbers.hpp"
#include "columnar/text.hpp"
#include "exec/cast/nested_text.hpp"
#include "exec/functions/unicode.hpp"

namespace whittle::json {

Status validate(std::string_view text) {
  if (casts::is_valid_json(text)) return {};
  return fail(ErrorCode::InvalidArgument,
              "Malformed JSON: \"" + std::string(text.substr(0, 200)) + "\"");
}

size_t skip_space(std::string_view text, size_t at) {
  while (at < text.size() &&
         (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r'))
    ++at;
  return at;
}

size_t skip_value(std::string_view text, size_t at) {
  if (at >= text.size()) return at;
  size_t depth = 0;
  do {
    const char c = text[at];
    if (c == '"') {
      ++at;
      while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
      ++at;
    } else if (c == '{' || c == '[') {
      ++depth;
      ++at;
    } else if (c == '}' || c == ']') {
      if (depth > 0) --depth;
      ++at;
    } else if (depth > 0) {
      ++at;
    } else {
      while (at < text.size() &&
             std::string_view(",]} \t\r\n").find(text[at]) == std::string_view::npos)
        ++at;
    }
  } while (depth > 0 && at < text.size());
  return std::min(at, text.size());
}

std::string_view value_at(std::string_view text) {
  const size_t start = skip_space(text, 0);
  return text.substr(start, skip_value(text, start) - start);
}

namespace {

std::unexpected<Error> bad_path(std::string_view path) {
  return fail(ErrorCode::Binder, "JSON path error near '" + std::string(path) + "'");
}

bool parse_index(std::string_view text, int64_t& index) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > 9) return false;
  index = 0;
  for (const char c : text) {
    if (!is_digit(c)) return false;
    index = index * 10 + (c - '0');
  }
  if (negative) index = -index;
  return true;
}

// RFC 6901; a number is an index or a key, as it comes.
Path parse_pointer(std::string_view text) {
  Path path;
  while (!text.empty()) {
    text.remove_prefix(1);
    const std::string_view part = text.substr(0, text.find('/'));
    text.remove_prefix(part.size());
    std::string key;
    for (size_t i = 0; i < part.size(); ++i) {
      if (part[i] == '~' && i + 1 < part.size() && (part[i + 1] == '0' || part[i + 1] == '1')) {
        key += part[++i] == '0' ? '~' : '/';
      } else {
        key += part[i];
      }
    }
    Step step{Step::Kind::Key, key};
    if (!parse_index(part, step.index) || part[0] == '-') step.index = INT64_MIN;
    path.steps.push_back(std::move(step));
  }
  return path;
}

bool same_key(std::string_view quoted, std::string_view key) {
  quoted = quoted.substr(1, quoted.size() - 2);
  if (quoted.find('\\') == std::string_view::npos) return quoted == key;
  std::string plain;
  append_unescaped(plain, "\"" + std::string(quoted) + "\"");
  return plain == key;
}

void follow(std::string_view value, std::span<const Step> steps,
            std::vector<std::string_view>& out) {
  if (steps.empty()) {
    out.push_back(value);
    return;
  }
  const Step& step = steps[0];
  const auto rest = steps.subspan(1);
  const bool object = value[0] == '{', array = value[0] == '[';
  if (step.kind == Step::Kind::EveryKey || step.kind == Step::Kind::EveryIndex) {
    if (step.kind == Step::Kind::EveryKey ? !object : !array) return;
    for_each_child(value,
                   [&](std::string_view, std::string_view child) { follow(child, rest, out); });
    return;
  }
  std::string_view found;
  if (object && step.kind == Step::Kind::Key) {
    for_each_child(value, [&](std::string_view key, std::string_view child) {
      if (found.empty() && same_key(key, step.key)) found = child;
    });
  } else if (array && step.index != INT64_MIN) {
    int64_t index = step.index, at = 0;
    if (index < 0) {
      for_each_child(value, [&](std::string_view, std::string_view) { ++index; });
    }
    for_each_child(value, [&](std::string_view, std::string_view child) {
      if (at++ == index) found = child;
    });
  }
  if (!found.empty()) follow(found, rest, out);
}

}  // namespace

Result<Path> parse_path(std::string_view text) {
  if (!text.empty() && text[0] == '/') return parse_pointer(text);
  Path path;
  if (text.empty()) return path;  // the whole document
  if (text[0] != '$') {
    path.steps.push_back({Step::Kind::Key, std::string(text), INT64_MIN});
    return path;
  }
  const std::string_view whole = text;
  text.remove_prefix(1);
  while (!text.empty()) {
    if (text[0] == '.') {
      text.remove_prefix(1);
      if (text.starts_with('"')) {
        const size_t end = text.find('"', 1);
        if (end == std::string_view::npos) return bad_path(whole);
        path.steps.push_back({Step::Kind::Key, std::string(text.substr(1, end - 1)), INT64_MIN});
        text.remove_prefix(end + 1);
        continue;
      }
      const std::string_view key = text.substr(0, text.find_first_of(".["));
      if (key.empty()) return bad_path(whole);
      text.remove_prefix(key.size());
      if (key == "*") {
        path.steps.push_back({Step::Kind::EveryKey, {}});
        path.has_wildcard = true;
      } else {
        path.steps.push_back({Step::Kind::Key, std::string(key), INT64_MIN});
      }
    } else if (text[0] == '[') {
      const size_t end = text.find(']');
      if (end == std::string_view::npos) return bad_path(whole);
      std::string_view inside = text.substr(1, end - 1);
      text.remove_prefix(end + 1);
      Step step{Step::Kind::Index, {}};
      if (inside == "*") {
        step.kind = Step::Kind::EveryIndex;
        path.has_wildcard = true;
      } else {
        if (inside.starts_with('#')) inside.remove_prefix(1);
        if (!parse_index(inside, step.index)) return bad_path(whole);
      }
      path.steps.push_back(std::move(step));
    } else {
      return bad_path(whole);
    }
  }
  return path;
}

void find(std::string_view text, const Path& path, std::vector<std::string_view>& out) {
  const std::string_view value = value_at(text);
  if (!value.empty()) follow(value, path.steps, out);
}

std::string_view type_name(std::string_view value) {
  switch (value.empty() ? 'n' : value[0]) {
    case '{':
      return "OBJECT";
    case '[':
      return "ARRAY";
    case '"':
      return "VARCHAR";
    case 't':
    case 'f':
      return "BOOLEAN";
    case 'n':
      return "NULL";
    default:
      break;
  }
  if (value.find_first_of(".eE") != std::string_view::npos) return "DOUBLE";
  const bool negative = value[0] == '-';
  const bool fits = negative ? parse_integer<int64_t>(value).has_value()
                             : parse_integer<uint64_t>(value).has_value();
  if (!fits) return "DOUBLE";
  return negative ? "BIGINT" : "UBIGINT";
}

void append_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += std::isnan(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity";
    return;
  }
  std::string text;
  append_real(text, std::fabs(value));
  if (std::signbit(value)) out += '-';
  // "d.ddde±xx" or "ddd.dd" to digits and the place of the point.
  std::string digits;
  const size_t exponent_at = std::min(text.find('e'), text.size());
  const size_t point_at = std::min(text.find('.'), exponent_at);
  for (size_t i = 0; i < exponent_at; ++i) {
    if (text[i] != '.') digits += text[i];
  }
  int point = static_cast<int>(point_at);
  if (exponent_at < text.size()) {
    size_t at = exponent_at + 1;
    const bool down = text[at] == '-';
    int exponent = 0;
    for (at += text[at] == '-' || text[at] == '+'; at < text.size(); ++at) {
      exponent = exponent * 10 + (text[at] - '0');
    }
    point += down ? -exponent : exponent;
  }
  const size_t leading = std::min(digits.find_first_not_of('0'), digits.size() - 1);
  digits.erase(0, leading);
  point -= static_cast<int>(leading);
  digits.erase(std::max<size_t>(digits.find_last_not_of('0') + 1, 1));
  if (digits == "0") {
    out += "0.0";
  } else if (point > 21 || point <= -6) {
    out += digits[0];
    if (digits.size() > 1) out += '.';
    out += digits.substr(1) + "e";
    append_integer(out, point - 1);
  } else if (point <= 0) {
    out += "0.";
    out.append(static_cast<size_t>(-point), '0');
    out += digits;
  } else {
    const auto whole = static_cast<size_t>(point);
    if (digits.size() < whole) digits.append(whole - digits.size(), '0');
    out += digits.substr(0, whole) + ".";
    out += digits.size() > whole ? digits.substr(whole) : "0";
  }
}

namespace {

// Without escapes that need not be.
void append_plain_string(std::string& out, std::string_view quoted) {
  if (quoted.find('\\') == std::string_view::npos) {
    out += quoted;
    return;
  }
  std::string text;
  append_unescaped(text, quoted);
  append_quoted(out, text);
}

// Numbers that DOUBLE cannot hold stay as they are.
void append_plain_number(std::string& out, std::string_view number) {
  if (number.find_first_of(".eE") == std::string_view::npos) {
    out += number == "-0" ? "0" : number;
    return;
  }
  const Parsed<double> value = parse_double(number);
  if (value && std::isfinite(*value)) {
    append_number(out, *value);
  } else {
    out += number;
  }
}

}  // namespace

void append_minified(std::string& out, std::string_view text) {
  for (size_t at = skip_space(text, 0); at < text.size(); at = skip_space(text, at)) {
    const char c = text[at];
    if (c != '"' && c != '-' && !is_digit(c)) {
      out += c;
      ++at;
      continue;
    }
    const std::string_view part = text.substr(at, skip_value(text, at) - at);
    at += part.size();
    if (c == '"') {
      append_plain_string(out, part);
    } else {
      append_plain_number(out, part);
    }
  }
}

void append_unescaped(std::string& out, std::string_view quoted) {
  const std::string_view text = quoted.substr(1, quoted.size() - 2);
  const auto hex4 = [&](size_t at) {
    uint32_t code = 0;
    for (size_t i = at; i < at + 4 && i < text.size(); ++i) {
      const char c = to_lower(text[i]);
      code = code << 4 | static_cast<uint32_t>(is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    return code;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 >= text.size()) {
      out += text[i];
      continue;
    }
    switch (text[++i]) {
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case 'u': {
        uint32_t code = hex4(i + 1);
        i += 4;
        if (code >= 0xD800 && code < 0xDC00 && i + 2 < text.size() && text[i + 1] == '\\') {
          code = 0x10000 + ((code - 0xD800) << 10) + (hex4(i + 3) - 0xDC00);
          i += 6;
        }
        if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) code = 0xFFFD;
        append_code_point(out, static_cast<int32_t>(code));
        break;
      }
      default:
        out += text[i];
    }
  }
}

void append_quoted(std::string& out, std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += "\\u00";
          out += digits[c >> 4];
          out += digits[c & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void append_value(std::string& out, const ColumnView& view, uint32_t row) {
  const Type& type = view.stored->type();
  if (type.id() == TypeId::Null || !view.valid(row)) {
    out += "null";
    return;
  }
  const uint32_t at = view.at(row);
  switch (type.id()) {
    case TypeId::List:
    case TypeId::Array: {
      const ListEntry entry = view.get<ListEntry>(row);
      const ColumnView elements(view.stored->children()[0]);
      out += '[';
      for (uint32_t i = 0; i < entry.length; ++i) {
        if (i > 0) out += ',';
        append_value(out, elements, entry.offset + i);
      }
      out += ']';
      return;
    }
    case TypeId::Struct:
      out += '{';
      for (size_t i = 0; i < type.fields().size(); ++i) {
        if (i > 0) out += ',';
        append_quoted(out, type.fields()[i].name);
        out += ':';
        append_value(out, ColumnView(view.stored->children()[i]), at);
      }
      out += '}';
      return;
    case TypeId::Map: {
      const ListEntry entry = view.get<ListEntry>(row);
      const Column& pairs = view.stored->children()[0];
      const ColumnView keys(pairs.children()[0]), values(pairs.children()[1]);
      out += '{';
      for (uint32_t i = 0; i < entry.length; ++i) {
        if (i > 0) out += ',';
        std::string key;
        append_text(keys, entry.offset + i, key);
        append_quoted(out, key);
        out += ':';
        append_value(out, values, entry.offset + i);
      }
      out += '}';
      return;
    }
    case TypeId::Json:
      append_minified(out, view.get<StringRef>(row).view());
      return;
    case TypeId::Varchar:
      append_quoted(out, view.get<StringRef>(row).view());
      return;
    default:
      break;
  }
  if (type.id() == TypeId::Double) return append_number(out, view.get<double>(row));
  if (type.id() == TypeId::Float) {
    return append_number(out, static_cast<double>(view.get<float>(row)));
  }
  std::string text;
  append_text(view, row, text);
  if (type.id() == TypeId::Decimal && type.decimal_width() <= 15) {
    return append_number(out, parse_double(text).value_or(0));
  }
  const bool bare = type.id() == TypeId::Boolean || type.is_numeric();
  if (bare && text[0] == '.') text.insert(0, "0");
  if (bare && text.starts_with("-.")) text.insert(1, "0");
  if (bare) {
    out += text;
  } else {
    append_quoted(out, text);
  }
}

}  // namespace whittle::json
