// What operator tests share: a query context over real threads, columns from lists, a fake source.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "columnar/builder.hpp"
#include "exec/aggregates/aggregates.hpp"
#include "exec/operators/result_queue.hpp"
#include "exec/operators/sources.hpp"
#include "exec/statistics.hpp"
#include "host/system_clock.hpp"
#include "host/temporary_files.hpp"
#include "host/thread_pool.hpp"
#include "plan/logical_plan.hpp"

namespace whittle::test {

class OperatorTest : public ::testing::Test {
 protected:
  explicit OperatorTest(uint64_t limit = uint64_t{1} << 30, uint32_t workers = 2)
      : pool(workers), clock(pool), budget(limit) {
    add_aggregate_functions(registry);
  }

  QueryContext context() {
    QueryContext context{pool, budget, clock, cancellation};
    context.temporary_storage = spill ? &files : nullptr;
    context.statistics = &statistics;
    return context;
  }

  /// Runs a source to its end; all its rows as Values, in order.
  Result<std::vector<std::vector<Value>>> rows(QueryContext& context, BatchSource& source) {
    auto batches = pool.block_on(collect(context, source));
    if (!batches) return std::unexpected<Error>(std::move(batches).error());
    std::vector<std::vector<Value>> rows;
    for (const auto& batch : *batches) {
      for (uint32_t i = 0; i < batch.row_count(); ++i) {
        auto& row = rows.emplace_back();
        for (const auto& column : batch.columns) {
          row.push_back(Value::from_column(column, batch.selection[i]));
        }
      }
    }
    return rows;
  }
  /// As above, sorted.
  std::vector<std::vector<Value>> sorted_rows(QueryContext& context, BatchSource& source) {
    auto result = rows(context, source);
    EXPECT_TRUE(result) << (result ? "" : result.error().to_string());
    if (!result) return {};
    std::sort(result->begin(), result->end(), [](const auto& a, const auto& b) {
      for (size_t i = 0; i < a.size(); ++i) {
        if (const int order = compare(a[i], b[i])) return order < 0;
      }
      return false;
    });
    return std::move(*result);
  }

  /// `count` rows of BIGINT and VARCHAR columns computed from the row number.
  using Cell = std::function<Value(uint64_t row)>;
  BatchSourcePtr source(uint64_t count, std::vector<std::pair<Type, Cell>> columns) {
    Schema schema;
    for (const auto& [type, cell] : columns) {
      schema.push_back({"c" + std::to_string(schema.size()), type});
    }
    return std::make_unique<ComputedSource>(
        schema, count,
        [columns](MemoryBudget& budget, uint64_t first,
                  uint32_t rows) -> Result<std::vector<Column>> {
          std::vector<Column> result;
          for (const auto& [type, cell] : columns) {
            ColumnBuilder builder(type, budget);
            for (uint32_t i = 0; i < rows; ++i) TRY(builder.append(cell(first + i)));
            result.push_back(TRY(builder.finish()));
          }
          return result;
        });
  }

  AggregateCall call(std::string name, std::vector<ExpressionPtr> arguments,
                     std::vector<Value> constants = {}) {
    AggregateCall call;
    call.function = name;
    for (const AggregateFunction* row : registry.aggregate(name)) {
      if (row->count != arguments.size()) continue;
      BindCall bind;
      bind.name = name;
      for (const auto& argument : arguments) {
        bind.arguments.push_back(argument->type);
        bind.constants.push_back(argument->is_constant() ? &argument->constant : nullptr);
      }
      bind.aggregate = row->operations;
      bind.state_size = row->state_size;
      bind.result = row->result;
      if (row->bind) {
        Status status = row->bind(bind);
        EXPECT_TRUE(status) << (status ? "" : status.error().to_string());
      }
      call.operations = bind.aggregate;
      call.state_size = bind.state_size;
      call.state = bind.state;
      call.type = bind.result;
      call.order_sensitive = row->order_sensitive;
    }
    EXPECT_TRUE(call.operations) << name;
    call.arguments = std::move(arguments);
    return call;
  }
  template <class... Arguments>
  AggregateCall call_of(std::string name, Arguments... arguments) {
    std::vector<ExpressionPtr> list;
    (list.push_back(std::move(arguments)), ...);
    return call(std::move(name), std::move(list));
  }

  static Value big(int64_t value) { return Value::integer(TypeId::BigInt, value); }
  static Value text(std::string value) { return Value::string(TypeId::Varchar, std::move(value)); }
  static ExpressionPtr column(uint32_t index, Type type = TypeId::BigInt) {
    return make_column(index, type);
  }

  host::ThreadPool pool;
  host::SystemClock clock;
  MemoryBudget budget;
  CancellationToken cancellation;
  host::TemporaryFiles files;
  bool spill = true;
  QueryStatistics statistics;
  FunctionRegistry registry;
};

}  // namespace whittle::test
