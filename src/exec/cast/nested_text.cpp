#include "exec/cast/nested_text.hpp"

#include <cstring>
#include <string>
#include <vector>

#include "columnar/builder.hpp"
#include "columnar/parsed.hpp"
#include "exec/evaluator.hpp"

namespace whittle::casts {

namespace {

constexpr int kMaxDepth = 128;

// One element of a list, or one "key: value" of a struct or map, as pieces of the text.
struct Piece {
  std::string_view key, value;
};

// Splits "[a, b]" or "{k: v, …}" at commas outside quotes and inner brackets. False: malformed.
class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(trim(text)) {}

  bool split_list(std::vector<Piece>& pieces) {
    if (!enter('[', ']')) return false;
    return each([&](std::string_view part) {
      pieces.push_back({{}, part});
      return true;
    });
  }

  // `separator` is ':' for structs and '=' for maps.
  bool split_pairs(std::vector<Piece>& pieces, char separator) {
    if (!enter('{', '}')) return false;
    return each([&](std::string_view part) {
      const size_t at = find(part, separator);
      if (at == std::string_view::npos) return false;
      pieces.push_back({trim(part.substr(0, at)), trim(part.substr(at + 1))});
      return true;
    });
  }

 private:
  bool enter(char open, char close) {
    if (text_.size() < 2 || text_.front() != open || text_.back() != close) return false;
    text_ = trim(text_.substr(1, text_.size() - 2));
    return true;
  }

  template <class F>
  bool each(F&& f) {
    if (text_.empty()) return true;
    for (std::string_view rest = text_;;) {
      const size_t comma = find(rest, ',');
      if (comma == kMalformed) return false;
      if (!f(trim(rest.substr(0, comma)))) return false;
      if (comma == std::string_view::npos) return true;
      rest = trim(rest.substr(comma + 1));
      if (rest.empty()) return true;  // a comma may trail
    }
  }

  static constexpr size_t kMalformed = std::string_view::npos - 1;

  // The first `wanted` at this level; npos when there is none, kMalformed when brackets do not
  // close.
  static size_t find(std::string_view text, char wanted) {
    int depth = 0;
    char quote = 0;
    for (size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (c == '\\') {
        ++i;
      } else if (quote) {
        if (c == quote) quote = 0;
      } else if (c == wanted && depth == 0) {
        return i;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '[' || c == '{' || c == '(') {
        if (++depth > kMaxDepth) return kMalformed;
      } else if (c == ']' || c == '}' || c == ')') {
        if (--depth < 0) return kMalformed;
      }
    }
    return depth == 0 && !quote ? std::string_view::npos : kMalformed;
  }

  std::string_view text_;
};

// Quotes and backslashes removed; `is_null` for the bare word NULL.
std::string unquote(std::string_view text, bool* is_null) {
  *is_null = equals_ignoring_case(text, "null");
  std::string out;
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
      text.back() == text.front()) {
    text = text.substr(1, text.size() - 2);
  }
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

// Nested children keep their quotes: their own split removes them.
Status append_piece(ColumnBuilder& builder, std::string_view piece, const Type& type) {
  bool is_null = false;
  std::string text = unquote(piece, &is_null);
  if (is_null) return builder.append_null();
  return builder.append_string(type.is_nested() ? piece : std::string_view(text));
}

class NestedParser {
 public:
  explicit NestedParser(const CastInput& input) : input_(input), view_(input.column) {}

  Result<Column> lists() {
    const Type& element = input_.target.element();
    ColumnBuilder texts(TypeId::Varchar, input_.budget);
    Column result = Column::flat(input_.budget, input_.target, input_.column.length());
    auto* entries = result.mutable_values<ListEntry>();
    TRY(each_row(result, [&](uint32_t row, std::string_view text) -> Result<bool> {
      std::vector<Piece> pieces;
      if (!Splitter(text).split_list(pieces)) return false;
      if (input_.target.id() == TypeId::Array && pieces.size() != input_.target.array_size())
        return false;
      entries[row] = {texts.length(), static_cast<uint32_t>(pieces.size())};
      for (const Piece& piece : pieces) TRY(append_piece(texts, piece.value, element));
      return true;
    }));
    result.mutable_children().push_back(TRY(cast_all(TRY(texts.finish()), element)));
    return result;
  }

  Result<Column> maps() {
    const Type &key = input_.target.map_key(), &value = input_.target.map_value();
    ColumnBuilder keys(TypeId::Varchar, input_.budget), values(TypeId::Varchar, input_.budget);
    Column result = Column::flat(input_.budget, input_.target, input_.column.length());
    auto* entries = result.mutable_values<ListEntry>();
    TRY(each_row(result, [&](uint32_t row, std::string_view text) -> Result<bool> {
      std::vector<Piece> pieces;
      if (!Splitter(text).split_pairs(pieces, '=')) return false;
      entries[row] = {keys.length(), static_cast<uint32_t>(pieces.size())};
      for (const Piece& piece : pieces) {
        TRY(append_piece(keys, piece.key, key));
        TRY(append_piece(values, piece.value, value));
      }
      return true;
    }));
    Column pair = Column::flat(input_.budget, input_.target.element(), keys.length());
    pair.mutable_children().push_back(TRY(cast_all(TRY(keys.finish()), key)));
    pair.mutable_children().push_back(TRY(cast_all(TRY(values.finish()), value)));
    result.mutable_children().push_back(std::move(pair));
    return result;
  }

  Result<Column> structs() {
    const auto& fields = input_.target.fields();
    std::vector<ColumnBuilder> builders;
    for (size_t i = 0; i < fields.size(); ++i)
      builders.emplace_back(TypeId::Varchar, input_.budget);
    Column result = Column::flat(input_.budget, input_.target, input_.column.length());
    uint32_t next = 0;
    const auto pad = [&](uint32_t until) -> Status {
      for (; next < until; ++next) {
        for (ColumnBuilder& builder : builders) TRY(builder.append_null());
      }
      return {};
    };
    TRY(each_row(result, [&](uint32_t row, std::string_view text) -> Result<bool> {
      TRY(pad(row));
      std::vector<Piece> pieces;
      if (!Splitter(text).split_pairs(pieces, ':')) return false;
      std::vector<const Piece*> found(fields.size());
      for (const Piece& piece : pieces) {
        bool is_null;
        const std::string name = unquote(piece.key, &is_null);
        size_t i = 0;
        while (i < fields.size() && !equals_ignoring_case(name, lower(fields[i].name))) ++i;
        if (i == fields.size()) return false;
        found[i] = &piece;
      }
      for (size_t i = 0; i < fields.size(); ++i) {
        TRY(found[i] ? append_piece(builders[i], found[i]->value, fields[i].type)
                     : builders[i].append_null());
      }
      ++next;
      return true;
    }));
    TRY(pad(input_.column.length()));
    for (size_t i = 0; i < fields.size(); ++i) {
      result.mutable_children().push_back(TRY(cast_all(TRY(builders[i].finish()), fields[i].type)));
    }
    return result;
  }

 private:
  static std::string lower(std::string_view name) {
    std::string text(name);
    for (char& c : text) c = to_lower(c);
    return text;
  }

  Result<Column> cast_all(Column texts, const Type& type) {
    return cast_column(texts, type, Selection::all(texts.length()), input_.strict, input_.budget);
  }

  // Calls `parse(row, text)` for valid rows; a false answer is an error or, for TRY_CAST, NULL.
  template <class F>
  Status each_row(Column& result, F&& parse) {
    if (result.type().value_size() > 0) {
      std::memset(result.mutable_values<std::byte>(), 0,
                  size_t{result.length()} * result.type().value_size());
    }
    for (uint32_t i = 0; i < input_.rows.count; ++i) {
      const uint32_t row = input_.rows[i];
      const std::string_view text =
          view_.valid(row) ? view_.get<StringRef>(row).view() : std::string_view();
      if (view_.valid(row) && TRY(parse(row, text))) continue;
      if (view_.valid(row) && input_.strict) {
        return fail(ErrorCode::Conversion, "Type VARCHAR with value '" + std::string(text) +
                                               "' can't be cast to the destination type " +
                                               input_.target.to_string());
      }
      result.set_null(input_.budget, row);
    }
    return {};
  }

  const CastInput& input_;
  ColumnView view_;
};

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
  NestedParser parser(input);
  switch (input.target.id()) {
    case TypeId::Struct:
      return parser.structs();
    case TypeId::Map:
      return parser.maps();
    default:
      return parser.lists();
  }
}

bool is_valid_json(std::string_view text) {
  return JsonChecker(text).check();
}

}  // namespace whittle::casts
