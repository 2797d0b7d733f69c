// Text to values and back, held against what DuckDB answered for the same casts
// (SELECT CAST(CAST('text' AS type) AS VARCHAR); no result: a conversion error).
#include "columnar/text.hpp"

#include <gtest/gtest.h>

#include "columnar/parse.hpp"
#include "columnar/value.hpp"

namespace whittle {
namespace {

struct Cast {
  const char *type, *text, *result;
};

constexpr Cast casts[] = {
#include "unit/columnar/casts.inc"
};

// The few spellings of types above.
class TypeReader {
 public:
  explicit TypeReader(std::string_view text) : text_(text) {}
  Type read() {
    Type type = read_base();
    while (take("[")) {
      const std::string size = word();
      type = size.empty() ? Type::list(type)
                          : Type::array(type, static_cast<uint32_t>(std::stoul(size)));
      take("]");
    }
    return type;
  }

 private:
  bool take(std::string_view token) {
    if (!text_.starts_with(token)) return false;
    text_.remove_prefix(token.size());
    while (text_.starts_with(" ")) text_.remove_prefix(1);
    return true;
  }
  std::string word() {
    std::string word;
    while (!text_.empty() && (isalnum(text_[0]) || text_[0] == '_')) {
      word += text_[0];
      text_.remove_prefix(1);
    }
    take(" ");
    return word;
  }
  Type read_base() {
    const std::string name = word();
    if (name == "decimal") {
      take("(");
      const auto width = static_cast<uint8_t>(std::stoi(word()));
      take(",");
      const auto scale = static_cast<uint8_t>(std::stoi(word()));
      take(")");
      return Type::decimal(width, scale);
    }
    if (name == "struct") {
      std::vector<Type::Field> fields;
      for (take("("); !take(")"); take(",")) {
        std::string field = word();
        fields.push_back({std::move(field), read()});
      }
      return Type::structure(std::move(fields));
    }
    if (name == "map") {
      take("(");
      Type key = read();
      take(",");
      Type value = read();
      take(")");
      return Type::map(std::move(key), std::move(value));
    }
    return scalar(name);
  }
  static Type scalar(std::string_view name) {
    static constexpr std::pair<std::string_view, TypeId> names[] = {
        {"bool", TypeId::Boolean},
        {"int", TypeId::Integer},
        {"bigint", TypeId::BigInt},
        {"hugeint", TypeId::HugeInt},
        {"utinyint", TypeId::UTinyInt},
        {"uhugeint", TypeId::UHugeInt},
        {"float", TypeId::Float},
        {"double", TypeId::Double},
        {"varchar", TypeId::Varchar},
        {"blob", TypeId::Blob},
        {"json", TypeId::Json},
        {"bit", TypeId::Bit},
        {"uuid", TypeId::Uuid},
        {"date", TypeId::Date},
        {"time", TypeId::Time},
        {"time_ns", TypeId::TimeNs},
        {"timetz", TypeId::TimeTz},
        {"timestamp", TypeId::Timestamp},
        {"timestamp_s", TypeId::TimestampS},
        {"timestamp_ms", TypeId::TimestampMs},
        {"timestamp_ns", TypeId::TimestampNs},
        {"timestamptz", TypeId::TimestampTz},
        {"interval", TypeId::Interval}};
    for (const auto& [known, id] : names) {
      if (known == name) return id;
    }
    ADD_FAILURE() << "unknown type " << name;
    return {};
  }
  std::string_view text_;
};

TEST(Text, CastsAnswerAsDuckDB) {
  static_assert(std::size(casts) > 500);
  for (const Cast& cast : casts) {
    SCOPED_TRACE(std::string("'") + cast.text + "'::" + cast.type);
    const auto value = parse_value(cast.text, TypeReader(cast.type).read());
    if (!cast.result) {
      EXPECT_FALSE(value) << value->to_string();
    } else if (!value) {
      ADD_FAILURE() << "not parsed; DuckDB: " << cast.result;
    } else {
      EXPECT_EQ(value->to_string(), cast.result);
    }
  }
}

}  // namespace
}  // namespace whittle
