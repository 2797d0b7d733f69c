#include "exec/operators/aggregate.hpp"

#include <algorithm>

#include "exec/evaluator.hpp"
#include "exec/operators/hash_aggregation.hpp"
#include "exec/operators/ordered_aggregate.hpp"

namespace whittle {

namespace {

// The distinct expressions that are evaluated over each input batch.
class InputExpressions {
 public:
  uint32_t add(const Expression& expression) {
    for (uint32_t i = 0; i < list_.size(); ++i) {
      if (list_[i]->equals(expression) && expression.is_deterministic()) return i;
    }
    list_.push_back(&expression);
    return static_cast<uint32_t>(list_.size() - 1);
  }
  const std::vector<const Expression*>& list() const { return list_; }
  std::vector<Type> types() const {
    std::vector<Type> types;
    for (const Expression* expression : list_) types.push_back(expression->type);
    return types;
  }

 private:
  std::vector<const Expression*> list_;
};

// Where an output column comes from.
struct OutputColumn {
  enum Kind : uint8_t { Key, Result, Constant, Derived } kind;
  uint32_t index = 0;  // of the key or the result
  Value constant;
  ExpressionPtr expression;  // Derived: over the keys
};

// One set of DISTINCT arguments: the rows that make them distinct, and the main input they feed.
struct DistinctSet {
  std::vector<uint32_t> columns;  // of the input: keys, then arguments
  int32_t filter = -1;
  uint32_t input = 0;  // of the main aggregation
  std::unique_ptr<HashAggregation> rows;
};

struct GroupingSet {
  std::vector<uint32_t> keys;  // input columns
  std::vector<OutputColumn> output;
  std::vector<DistinctSet> distinct;
  std::unique_ptr<HashAggregation> main;
  bool main_reads_input = true;
};

bool is_count_star(const AggregateCall& call) {
  return call.arguments.empty() && (call.function == "count_star" || call.function == "count");
}

bool is_grouping(const AggregateCall& call) {
  return !call.operations && (call.function == "grouping" || call.function == "grouping_id");
}

// A key of the output that can be computed from plain columns among the keys, rewritten to read
// them at their positions; null when it cannot.
ExpressionPtr derive(const Expression& expression, std::span<const Expression* const> plain,
                     std::span<const uint32_t> positions) {
  if (expression.kind == ExpressionKind::Column || !expression.is_deterministic()) return nullptr;
  bool possible = true, any = false;
  const auto position_of = [&](const Expression& node) {
    for (size_t i = 0; i < plain.size(); ++i) {
      if (plain[i]->index == node.index) return static_cast<int64_t>(positions[i]);
    }
    return int64_t{-1};
  };
  visit(expression, [&](const Expression& node) {
    if (node.kind == ExpressionKind::Lambda) possible = false;
    if (node.kind != ExpressionKind::Column) return;
    any = true;
    if (position_of(node) < 0) possible = false;
  });
  if (!possible || !any) return nullptr;
  ExpressionPtr derived = expression.clone();
  visit(*derived, [&](Expression& node) {
    if (node.kind == ExpressionKind::Column) node.index = static_cast<uint32_t>(position_of(node));
  });
  return derived;
}

class AggregateSource : public BatchSource {
 public:
  AggregateSource(QueryContext& context, const PlanNode& node, BatchSourcePtr child,
                  OperatorStatistics* statistics)
      : context_(context), node_(node), child_(std::move(child)), statistics_(statistics) {
    if (node.grouping_sets.empty()) {
      const uint64_t all =
          node.groups.size() >= 64 ? ~uint64_t{0} : (uint64_t{1} << node.groups.size()) - 1;
      masks_ = {all};
    } else {
      masks_ = node.grouping_sets;
    }
    // All expressions first: every set's inputs are typed by the whole list.
    for (const auto& group : node.groups) inputs_.add(*group);
    for (const auto& call : node.aggregates) {
      if (is_grouping(call)) continue;
      for (const auto& argument : call.arguments) inputs_.add(*argument);
      for (const auto& order : call.order_by) inputs_.add(*order.key);
      if (call.filter) inputs_.add(*call.filter);
    }
    for (uint64_t mask : masks_) sets_.push_back(make_set(mask));
  }

  const Schema& schema() const override { return node_.output; }
  Task<Status> run(QueryContext& context, Stage& stage, bool ordered) override;

 private:
  GroupingSet make_set(uint64_t mask);
  void add_keys(uint64_t mask, GroupingSet& set);
  void add_calls(uint64_t mask, GroupingSet& set);
  uint32_t index_of(const Expression& expression) { return inputs_.add(expression); }
  std::vector<uint32_t> arguments_of(const AggregateCall& call);
  friend class AggregateStage;
  friend class OutputStage;

  QueryContext& context_;
  const PlanNode& node_;
  BatchSourcePtr child_;
  OperatorStatistics* statistics_;
  std::vector<uint64_t> masks_;
  InputExpressions inputs_;
  std::vector<GroupingSet> sets_;
};

std::vector<uint32_t> AggregateSource::arguments_of(const AggregateCall& call) {
  std::vector<uint32_t> arguments;
  for (const auto& argument : call.arguments) arguments.push_back(index_of(*argument));
  for (const auto& order : call.order_by) arguments.push_back(index_of(*order.key));
  return arguments;
}

void AggregateSource::add_keys(uint64_t mask, GroupingSet& set) {
  std::vector<const Expression*> plain;
  std::vector<uint32_t> positions;
  const auto in_set = [&](size_t g) { return g >= 64 || (mask >> g & 1); };
  const auto key_of = [&](const Expression& group) {
    const uint32_t column = index_of(group);
    const auto found = std::find(set.keys.begin(), set.keys.end(), column);
    if (found == set.keys.end()) {
      set.keys.push_back(column);
      return static_cast<uint32_t>(set.keys.size() - 1);
    }
    return static_cast<uint32_t>(found - set.keys.begin());
  };
  for (size_t g = 0; g < node_.groups.size(); ++g) {
    if (!in_set(g) || node_.groups[g]->kind != ExpressionKind::Column) continue;
    positions.push_back(key_of(*node_.groups[g]));
    plain.push_back(node_.groups[g].get());
  }
  for (size_t g = 0; g < node_.groups.size(); ++g) {
    const Expression& group = *node_.groups[g];
    OutputColumn& column = set.output.emplace_back();
    if (!in_set(g)) {
      column.kind = OutputColumn::Constant;
      column.constant = Value::null(group.type);
      continue;
    }
    // Grouping by constants only still means no row for no input: then one of them stays a key.
    const bool last = g + 1 == node_.groups.size() && set.keys.empty();
    if (group.is_constant() && !last) {
      column.kind = OutputColumn::Constant;
      column.constant = group.constant;
      continue;
    }
    column.expression = derive(group, plain, positions);
    column.kind = column.expression ? OutputColumn::Derived : OutputColumn::Key;
    if (!column.expression) column.index = key_of(group);
  }
}

void AggregateSource::add_calls(uint64_t mask, GroupingSet& set) {
  const std::vector<Type> types = inputs_.types();
  std::vector<HashAggregation::Call> calls;
  std::vector<HashAggregation::Input> inputs(1);
  inputs[0].types = types;
  inputs[0].keys = set.keys;
  bool plain = std::all_of(node_.aggregates.begin(), node_.aggregates.end(), is_grouping);
  for (const auto& call : node_.aggregates) {
    OutputColumn& column = set.output.emplace_back();
    if (is_grouping(call)) {
      int64_t bits = 0;
      for (const auto& argument : call.arguments) {
        bool grouped = false;
        for (size_t g = 0; g < node_.groups.size(); ++g) {
          grouped |= (mask >> g & 1) && node_.groups[g]->equals(*argument);
        }
        bits = bits << 1 | !grouped;
      }
      column.kind = OutputColumn::Constant;
      column.constant = Value::integer(call.type, bits);
      continue;
    }
    column.kind = OutputColumn::Result;
    column.index = static_cast<uint32_t>(calls.size());
    if (call.order_by.empty()) {
      calls.push_back(
          {call.operations, call.state_size, call.state, call.type, is_count_star(call)});
      if (is_count_star(call)) calls.back().state_size = 8;
    } else {
      calls.push_back(make_ordered_call(call));
    }
    const std::vector<uint32_t> arguments = arguments_of(call);
    const int32_t filter = call.filter ? static_cast<int32_t>(index_of(*call.filter)) : -1;
    if (!call.distinct || arguments.empty()) {
      inputs[0].updates.push_back({column.index, arguments, filter});
      plain = true;
      continue;
    }
    // Keys and arguments, each column once.
    std::vector<uint32_t> columns = set.keys;
    std::vector<uint32_t> places;
    for (uint32_t argument : arguments) {
      const auto found = std::find(columns.begin() + static_cast<std::ptrdiff_t>(set.keys.size()),
                                   columns.end(), argument);
      places.push_back(static_cast<uint32_t>(found - columns.begin()));
      if (found == columns.end()) columns.push_back(argument);
    }
    auto same =
        std::find_if(set.distinct.begin(), set.distinct.end(), [&](const DistinctSet& other) {
          return other.columns == columns && other.filter == filter;
        });
    if (same == set.distinct.end()) {
      HashAggregation::Input input;
      for (uint32_t i : columns) input.types.push_back(types[i]);
      for (uint32_t i = 0; i < set.keys.size(); ++i) input.keys.push_back(i);
      DistinctSet& added = set.distinct.emplace_back();
      added.columns = columns;
      added.filter = filter;
      added.input = static_cast<uint32_t>(inputs.size());
      added.rows = std::make_unique<HashAggregation>(
          context_, input.types, std::vector<HashAggregation::Call>{},
          std::vector<HashAggregation::Input>{{types, columns, {}}}, nullptr);
      inputs.push_back(std::move(input));
      same = set.distinct.end() - 1;
    }
    inputs[same->input].updates.push_back({column.index, places, -1});
    plain |= filter >= 0;  // groups without a row that passes must exist all the same
  }
  set.main_reads_input = plain;
  std::vector<Type> key_types;
  for (uint32_t key : set.keys) key_types.push_back(types[key]);
  set.main = std::make_unique<HashAggregation>(context_, std::move(key_types), std::move(calls),
                                               std::move(inputs), statistics_);
}

GroupingSet AggregateSource::make_set(uint64_t mask) {
  GroupingSet set;
  add_keys(mask, set);
  add_calls(mask, set);
  return set;
}

// Evaluates keys and arguments and hands them to every set.
class AggregateStage : public Stage {
 public:
  explicit AggregateStage(AggregateSource& source)
      : source_(source), workers_(source.context_.workers()) {}

  Result<Flow> consume(Batch& batch) override {
    QueryContext& context = source_.context_;
    ExpressionEvaluator& evaluator = workers_.get([&] {
      return std::make_unique<ExpressionEvaluator>(context.budget, &context.cancellation);
    });
    OperatorStatistics* statistics = source_.statistics_;
    ScopeTimer timer(context.clock, statistics);
    if (statistics) add(statistics->rows_in, batch.row_count());
    TRY(context.cancellation.check());
    std::vector<Column> columns;
    columns.reserve(source_.inputs_.list().size());
    for (const Expression* expression : source_.inputs_.list()) {
      columns.push_back(TRY(evaluator.evaluate(*expression, batch)));
    }
    for (GroupingSet& set : source_.sets_) {
      for (DistinctSet& distinct : set.distinct) {
        TRY(consume_distinct(distinct, columns, batch.selection));
      }
      if (set.main_reads_input) TRY(set.main->consume(0, columns, batch.selection));
    }
    return Flow::More;
  }

 private:
  Status consume_distinct(DistinctSet& distinct, std::span<const Column> columns,
                          const Selection& rows) {
    if (distinct.filter < 0) return distinct.rows->consume(0, columns, rows);
    const ColumnView view(columns[distinct.filter]);
    std::vector<uint32_t> kept;
    kept.reserve(rows.count);
    for (uint32_t i = 0; i < rows.count; ++i) {
      if (view.valid(rows[i]) && view.get<uint8_t>(rows[i])) kept.push_back(rows[i]);
    }
    if (kept.empty()) return {};
    return distinct.rows->consume(0, columns,
                                  Selection{kept.data(), static_cast<uint32_t>(kept.size()), {}});
  }

  AggregateSource& source_;
  PerWorker<ExpressionEvaluator> workers_;
};

// Distinct rows into the aggregates they are for.
class FeedStage : public Stage {
 public:
  FeedStage(HashAggregation& main, uint32_t input) : main_(main), input_(input) {}
  Result<Flow> consume(Batch& batch) override {
    TRY(main_.consume(input_, batch.columns, batch.selection));
    return Flow::More;
  }

 private:
  HashAggregation& main_;
  uint32_t input_;
};

// [keys, results] of one set to the columns of the node.
class OutputStage : public Operator {
 public:
  OutputStage(Stage& next, QueryContext& context, const GroupingSet& set)
      : Operator(next), context_(context), set_(set), workers_(context.workers()) {}

  Result<Flow> consume(Batch& batch) override {
    const size_t keys = set_.keys.size();
    std::vector<Column> columns;
    columns.reserve(set_.output.size());
    for (const OutputColumn& output : set_.output) {
      switch (output.kind) {
        case OutputColumn::Key:
          columns.push_back(batch.columns[output.index]);
          break;
        case OutputColumn::Result:
          columns.push_back(batch.columns[keys + output.index]);
          break;
        case OutputColumn::Constant: {
          const Column value = TRY(output.constant.to_column(context_.budget));
          columns.push_back(Column::constant(value, batch.length));
          break;
        }
        case OutputColumn::Derived: {
          ExpressionEvaluator& evaluator = workers_.get([&] {
            return std::make_unique<ExpressionEvaluator>(context_.budget, &context_.cancellation);
          });
          columns.push_back(TRY(evaluator.evaluate(*output.expression, batch)));
          break;
        }
      }
    }
    batch.columns = std::move(columns);
    return next_.consume(batch);
  }
  Status finish() override { return {}; }

 private:
  QueryContext& context_;
  const GroupingSet& set_;
  PerWorker<ExpressionEvaluator> workers_;
};

Task<Status> AggregateSource::run(QueryContext& context, Stage& stage, bool ordered) {
  bool in_order = false;
  for (const auto& call : node_.aggregates) {
    in_order |= call.order_sensitive && call.order_by.empty() && !call.distinct;
  }
  {
    AggregateStage input(*this);
    CO_TRY(co_await child_->run(context, input, in_order));
    child_.reset();
  }
  uint64_t morsel = 0;
  for (GroupingSet& set : sets_) {
    for (DistinctSet& distinct : set.distinct) {
      FeedStage feed(*set.main, distinct.input);
      CO_TRY(co_await distinct.rows->emit(feed, false, 0));
      distinct.rows.reset();
    }
    OutputStage output(stage, context, set);
    morsel = CO_TRY(co_await set.main->emit(output, ordered, morsel));
    set.main.reset();
  }
  co_return Status{};
}

}  // namespace

BatchSourcePtr make_aggregate_source(QueryContext& context, const PlanNode& node,
                                     BatchSourcePtr child, OperatorStatistics* statistics) {
  return std::make_unique<AggregateSource>(context, node, std::move(child), statistics);
}

}  // namespace whittle
