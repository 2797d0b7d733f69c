#include "columnar/value.hpp"

#include "columnar/builder.hpp"
#include "columnar/interval.hpp"
#include "columnar/physical_dispatch.hpp"

namespace whittle {

Value::Value() = default;
Value::Value(const Value& other) = default;
Value::Value(Value&& other) noexcept = default;
Value& Value::operator=(const Value& other) = default;
Value& Value::operator=(Value&& other) noexcept = default;
Value::~Value() = default;

Value Value::null(Type type) {
  Value value;
  value.type_ = std::move(type);
  return value;
}

Value Value::boolean(bool flag) {
  return integer(TypeId::Boolean, flag);
}

Value Value::integer(Type type, int128_t number) {
  Value value = null(std::move(type));
  value.data_ = number;
  return value;
}

Value Value::unsigned_integer(Type type, uint128_t number) {
  return integer(std::move(type), static_cast<int128_t>(number));
}

Value Value::real(Type type, double number) {
  Value value = null(std::move(type));
  value.data_ = number;
  return value;
}

Value Value::string(Type type, std::string text) {
  Value value = null(std::move(type));
  value.data_ = std::move(text);
  return value;
}

Value Value::interval(IntervalValue interval) {
  Value value = null(TypeId::Interval);
  value.data_ = interval;
  return value;
}

Value Value::nested(Type type, std::vector<Value> children) {
  Value value = null(std::move(type));
  value.data_ = std::move(children);
  return value;
}

namespace {

std::vector<Value> nested_children(const Column& stored, uint32_t position) {
  std::vector<Value> children;
  if (stored.type().physical() == PhysicalType::Struct) {
    children.reserve(stored.children().size());
    for (const auto& child : stored.children()) {
      children.push_back(Value::from_column(child, position));
    }
    return children;
  }
  const ListEntry entry = stored.values<ListEntry>()[position];
  children.reserve(entry.length);
  for (uint32_t i = 0; i < entry.length; ++i) {
    children.push_back(Value::from_column(stored.children()[0], entry.offset + i));
  }
  return children;
}

template <class T>
int order(const T& a, const T& b) {
  return a < b ? -1 : b < a;
}

int order_real(double a, double b) {
  const bool a_nan = a != a, b_nan = b != b;
  if (a_nan || b_nan) return static_cast<int>(a_nan) - static_cast<int>(b_nan);
  return order(a, b);
}

int order_children(const std::vector<Value>& a, const std::vector<Value>& b) {
  for (size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (int difference = compare(a[i], b[i])) return difference;
  }
  return order(a.size(), b.size());
}

}  // namespace

Value Value::from_column(const Column& column, uint32_t row) {
  const ColumnView view(column);
  const Type& type = column.type();
  if (!view.valid(row)) return null(type);
  const uint32_t position = view.at(row);
  switch (type.physical()) {
    case PhysicalType::Null:
      return null(type);
    case PhysicalType::Float:
      return real(type, view.get<float>(row));
    case PhysicalType::Double:
      return real(type, view.get<double>(row));
    case PhysicalType::String:
      return string(type, std::string(view.get<StringRef>(row).view()));
    case PhysicalType::Interval:
      return interval(view.get<IntervalValue>(row));
    case PhysicalType::List:
    case PhysicalType::Struct:
      return nested(type, nested_children(*view.stored, position));
    default:
      return dispatch_numeric<Value>(type.physical(), null(type), [&](auto tag) {
        using T = typename decltype(tag)::type;
        return integer(type, static_cast<int128_t>(view.get<T>(row)));
      });
  }
}

Result<Column> Value::to_column(MemoryBudget& budget) const {
  ColumnBuilder builder(type_, budget);
  TRY(builder.append(*this));
  return builder.finish();
}

int compare(const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) {
    return static_cast<int>(a.is_null()) - static_cast<int>(b.is_null());
  }
  if (a.data_.index() != b.data_.index()) return order(a.data_.index(), b.data_.index());
  switch (a.type_.physical()) {
    case PhysicalType::Float:
    case PhysicalType::Double:
      return order_real(a.as_real(), b.as_real());
    case PhysicalType::String: {
      const int difference = a.as_string().compare(b.as_string());  // as unsigned bytes
      return difference < 0 ? -1 : difference > 0;
    }
    case PhysicalType::Interval:
      return compare(a.as_interval(), b.as_interval());
    case PhysicalType::List:
    case PhysicalType::Struct:
      return order_children(a.children(), b.children());
    case PhysicalType::UInt128:
      return order(static_cast<uint128_t>(a.as_integer()), static_cast<uint128_t>(b.as_integer()));
    default:
      return order(a.as_integer(), b.as_integer());
  }
}

}  // namespace whittle
