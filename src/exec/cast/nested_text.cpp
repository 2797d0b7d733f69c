#include "exec/cast/nested_text.hpp"

#include <string>

#include "columnar/builder.hpp"
#include "columnar/parse.hpp"

namespace whittle::casts {

namespace {

// A recognizer for RFC 8259; depth is bounded, nothing is built.
class JsonChecker {
 public:
  explicit JsonChecker(std::string_view text) : text_(text) {}
  bool check() {
    space();
    if (!value(0)) return false;
    space();
    return at_ == text_.size();
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (peek() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  void space() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++at_;
  }
  bool word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  bool digits() {
    const size_t begin = at_;
    while (is_digit(peek())) ++at_;
    return at_ > begin;
  }
  bool number() {
    take('-');
    if (word("inf") || word("Infinity") || word("NaN")) return true;  // as DuckDB's parser
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }
  bool string() {
    if (!take('"')) return false;
    while (at_ < text_.size() && peek() != '"') {
      if (static_cast<unsigned char>(peek()) < 0x20) return false;
      if (text_[at_++] != '\\') continue;
      const char escape = peek();
      ++at_;
      if (escape == 'u') {
        for (int i = 0; i < 4; ++i, ++at_) {
          const char c = to_lower(peek());
          if (!is_digit(c) && !(c >= 'a' && c <= 'f')) return false;
        }
      } else if (!std::strchr("\"\\/bfnrt", escape) || escape == '\0') {
        return false;
      }
    }
    return take('"');
  }
  template <class Item>
  bool sequence(char open, char close, Item&& item) {
    if (!take(open)) return false;
    space();
    if (take(close)) return true;
    do {
      space();
      if (!item()) return false;
      space();
    } while (take(','));
    return take(close);
  }
  bool value(int depth) {
    if (depth > 1000) return false;
    switch (peek()) {
      case '{':
        return sequence('{', '}', [&] {
          if (!string()) return false;
          space();
          if (!take(':')) return false;
          space();
          return value(depth + 1);
        });
      case '[':
        return sequence('[', ']', [&] { return value(depth + 1); });
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

Result<Column> parse_nested(const CastInput& input) {
  const ColumnView view(input.column);
  ColumnBuilder builder(input.target, input.budget);
  TRY(builder.reserve(input.column.length()));
  uint32_t next = 0;
  const auto skip_to = [&](uint32_t row) -> Status {
    for (; next < row; ++next) TRY(builder.append_null());
    return {};
  };
  for (uint32_t i = 0; i < input.rows.count; ++i) {
    const uint32_t row = input.rows[i];
    if (!view.valid(row)) continue;
    TRY(skip_to(row));
    const std::string_view text = view.get<StringRef>(row).view();
    PartialParse parts{.lenient = !input.strict};
    const Parsed<Value> value = parse_value(text, input.target, &parts);
    if (value) {
      TRY(builder.append(*value));
      ++next;
    } else if (input.strict && parts.failed) {
      return fail(parse_error(parts.why, parts.text, parts.type));
    } else if (input.strict) {
      const bool size = input.target.id() == TypeId::Array;
      return fail(ErrorCode::Conversion,
                  "Type VARCHAR with value '" + std::string(text) +
                      "' can't be cast to the destination type " + input.target.to_string() +
                      (size ? ", the size of the array must match the destination type" : ""));
    }
  }
  TRY(skip_to(input.column.length()));
  return builder.finish();
}

bool is_valid_json(std::string_view text) {
  return JsonChecker(text).check();
}

}  // namespace whittle::casts
