// A small registry and one table `t`, enough to bind against: kernels are never called.
#pragma once

#include <memory>

#include "plan/binder/binder.hpp"
#include "plan/describe.hpp"
#include "plan/optimizer/optimizer.hpp"
#include "sql/diagnostics.hpp"
#include "sql/parser.hpp"

namespace whittle::fake {

inline Result<Column> kernel(KernelContext&, std::span<const Column>) {
  return fail(ErrorCode::Internal, "not for running");
}

inline Status bind_list(BindCall& call) {
  call.result = Type::list(call.arguments.empty() ? Type() : call.arguments[0]);
  return {};
}
inline Status bind_struct(BindCall& call) {
  std::vector<Type::Field> fields;
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    fields.push_back({call.argument_names[i], call.arguments[i]});
  }
  call.result = Type::structure(std::move(fields));
  return {};
}
inline Status bind_extract(BindCall& call) {
  for (const auto& field : call.arguments[0].fields()) {
    if (call.constants[1] && field.name == call.constants[1]->as_string()) call.result = field.type;
  }
  return {};
}
inline Status bind_element(BindCall& call) {
  call.result = call.arguments[0].element();
  return {};
}
inline Status bind_transform(BindCall& call) {
  call.result = Type::list(call.arguments[1]);
  return {};
}
inline Status bind_decimal(BindCall& call) {
  const Type type = Type::decimal(
      18, std::max(call.arguments[0].decimal_scale(), call.arguments[1].decimal_scale()));
  call.arguments[0] = call.arguments[1] = call.result = type;
  return {};
}

using enum TypeId;
#define FAKE_ROWS(name)                                                  \
  {name, TinyInt, kernel, 2, {TinyInt, TinyInt}, kCanFail},              \
      {name, UTinyInt, kernel, 2, {UTinyInt, UTinyInt}, kCanFail},       \
      {name, SmallInt, kernel, 2, {SmallInt, SmallInt}, kCanFail},       \
      {name, Integer, kernel, 2, {Integer, Integer}, kCanFail},          \
      {name, BigInt, kernel, 2, {BigInt, BigInt}, kCanFail},             \
      {name, HugeInt, kernel, 2, {HugeInt, HugeInt}, kCanFail},          \
      {name, Double, kernel, 2, {Double, Double}}, {                     \
    name, Decimal, kernel, 2, {Decimal, Decimal}, kCanFail, bind_decimal \
  }
inline constexpr ScalarFunction scalars[] = {
    FAKE_ROWS("+"),
    FAKE_ROWS("-"),
    FAKE_ROWS("*"),
    {"-", Integer, kernel, 1, {Integer}},
    {"+", Timestamp, kernel, 2, {Date, Interval}},
    {"/", Double, kernel, 2, {Double, Double}},
    {"~~", Boolean, kernel, 2, {Varchar, Varchar}},
    {"lower", Varchar, kernel, 1, {Varchar}},
    {"upper", Varchar, kernel, 1, {Varchar}},
    {"regexp_matches", Boolean, kernel, 2, {Varchar, Varchar}},
    {"random", Double, kernel, 0, {}, kVolatile},
    {"list_value", List, kernel, 1, {Null}, kNone, bind_list, true},
    {"struct_pack", Struct, kernel, 1, {Null}, kNone, bind_struct, true},
    {"struct_extract", Null, kernel, 2, {Struct, Varchar}, kNone, bind_extract},
    {"array_extract", Null, kernel, 2, {List, BigInt}, kNone, bind_element},
    {"list_transform", List, kernel, 2, {List, Lambda}, kNone, bind_transform},
    {"date_trunc", Timestamp, kernel, 2, {Varchar, Timestamp}},
};
inline constexpr AggregateFunction aggregates[] = {
    {"count", BigInt, nullptr, 8, 1, {Null}},
    {"count_star", BigInt, nullptr, 8, 0, {}},
    {"sum", HugeInt, nullptr, 16, 1, {Integer}},
    {"sum", HugeInt, nullptr, 16, 1, {SmallInt}},
    {"sum", HugeInt, nullptr, 16, 1, {BigInt}},
    {"sum", Double, nullptr, 16, 1, {Double}},
    {"avg", Double, nullptr, 16, 1, {Double}},
    {"stddev", Double, nullptr, 16, 1, {Double}},
    {"min", Null, nullptr, 16, 1, {Null}, nullptr, false, true},
    {"max", Null, nullptr, 16, 1, {Null}, nullptr, false, true},
    {"first", Null, nullptr, 16, 1, {Null}, nullptr, true, false},
    {"approx_count_distinct", BigInt, nullptr, 16, 1, {Null}},
    {"approx_quantile", Double, nullptr, 16, 2, {Double, Double}},
};

/// Folds casts between numbers and of '2013-07-01' to DATE, comparisons of integers, and +.
Result<Value> fold(const Expression& expression, MemoryBudget&);

/// A Parquet-like table: filters go into its scan, and metadata knows about column `a`.
struct FakeTable : Table {
  FakeTable() : Table(TableKind::Parquet, schema_of()) {}
  static Schema schema_of() {
    return {{"a", Integer},
            {"b", BigInt},
            {"c", Varchar},
            {"d", Date},
            {"u", UTinyInt},
            {"w", SmallInt},
            {"f", Double},
            {"p", Type::decimal(9, 2)},
            {"l", Type::list(Integer)},
            {"s", Type::structure({{"x", Integer}, {"Y", Varchar}})},
            {"ts", Timestamp}};
  }
  Schema virtual_columns() const override { return {{"filename", Varchar}}; }
  std::optional<uint64_t> row_count() const override { return 1000; }
  std::string description() const override { return "t.parquet"; }
  std::optional<Value> extreme(uint32_t column, bool greatest) const override {
    if (column != 0) return std::nullopt;
    return Value::integer(Integer, greatest ? 99 : -5);
  }
  std::optional<uint64_t> value_count(uint32_t column) const override {
    return column == 0 ? std::optional<uint64_t>(990) : std::nullopt;
  }
};

struct World {
  World();
  BindContext context() {
    return {registry, tables, settings, fold, budget, 1'700'000'000'000'000, nullptr, nullptr};
  }
  /// The optimized plan, or the error as text.
  std::string plan(std::string_view sql, bool optimized = true);
  /// "name TYPE, name TYPE" of the result.
  std::string columns(std::string_view sql);
  Result<PlanPtr> bind(std::string_view sql);

  FunctionRegistry registry;
  ResolvedTables tables;
  Settings settings;
  MemoryBudget budget{64 << 20};
};

}  // namespace whittle::fake
