#include "exec/physical_plan.hpp"

#include "exec/operators/aggregate.hpp"
#include "exec/operators/distinct_on.hpp"
#include "exec/operators/pipeline_source.hpp"
#include "exec/operators/result_queue.hpp"
#include "exec/operators/sort.hpp"
#include "exec/operators/sources.hpp"
#include "exec/operators/streaming.hpp"
#include "exec/operators/top_n.hpp"
#include "exec/operators/unnest.hpp"
#include "exec/scan/late_top_n.hpp"
#include "exec/scan/memory_tables.hpp"
#include "exec/scan/parquet_scan.hpp"

namespace whittle {

namespace {

// LIMIT n PERCENT: everything is kept until the number of rows is known.
class PercentSource : public BatchSource {
 public:
  PercentSource(BatchSourcePtr child, double percent, uint64_t offset)
      : child_(std::move(child)), schema_(child_->schema()), percent_(percent), offset_(offset) {}
  const Schema& schema() const override { return schema_; }
  Task<Status> run(QueryContext& context, Stage& stage, bool ordered) override {
    std::vector<Batch> batches = CO_TRY(co_await collect(context, *child_));
    uint64_t rows = 0;
    for (const auto& batch : batches) rows += batch.row_count();
    const auto limit = static_cast<uint64_t>(static_cast<double>(rows) * percent_ / 100);
    LimitOperator operators(stage, context, limit, offset_, nullptr);
    if (limit == 0) co_return Status{};
    BatchesSource source(schema_, std::move(batches));
    co_return co_await source.run(context, operators, ordered);
  }

 private:
  BatchSourcePtr child_;
  Schema schema_;
  double percent_;
  uint64_t offset_;
};

// A source together with the plan node that was made up for it.
class OwnedNodeSource : public BatchSource {
 public:
  explicit OwnedNodeSource(PlanKind kind) : node(kind) {}
  const Schema& schema() const override { return source->schema(); }
  Task<Status> run(QueryContext& context, Stage& stage, bool ordered) override {
    return source->run(context, stage, ordered);
  }
  PlanNode node;
  BatchSourcePtr source;
};

class PlanBuilder {
 public:
  explicit PlanBuilder(QueryContext& context) : context_(context) {}

  Result<BatchSourcePtr> build(const PlanNode& node) {
    switch (node.kind) {
      case PlanKind::Scan:
        return build_scan(node);
      case PlanKind::Values:
        return BatchSourcePtr(std::make_unique<ValuesSource>(node.output, node.rows));
      case PlanKind::Filter:
      case PlanKind::Project:
      case PlanKind::Unpivot:
      case PlanKind::Unnest:
        return build_streaming(node);
      case PlanKind::Limit:
        return build_limit(node);
      case PlanKind::Aggregate: {
        BatchSourcePtr child = TRY(build_child(node));
        return make_aggregate_source(context_, node, std::move(child), count(node, "Aggregate"));
      }
      case PlanKind::Distinct:
        return build_distinct(node);
      case PlanKind::Sort: {
        BatchSourcePtr child = TRY(build_child(node));
        return make_sort_source(context_, node.sort_keys, std::move(child), node.limit, node.offset,
                                count(node, "Sort"));
      }
      case PlanKind::TopN:
        return build_top_n(node);
    }
    return fail(ErrorCode::Internal, "a plan node without an operator");
  }

 private:
  OperatorStatistics* count(const PlanNode& node, const char* name) {
    return context_.statistics ? &context_.statistics->add_operator(&node, name) : nullptr;
  }

  // The child of a breaker, or of a limit: no top-N above sees through it.
  Result<BatchSourcePtr> build_child(const PlanNode& node) {
    std::shared_ptr<TopNThreshold> outer = std::exchange(threshold_, nullptr);
    Result<BatchSourcePtr> child = build(*node.children[0]);
    threshold_ = std::move(outer);
    return child;
  }

  Result<BatchSourcePtr> build_scan(const PlanNode& node) {
    if (node.table->kind() == TableKind::Parquet) {
      return make_parquet_scan(context_, node, node.top_n ? threshold_ : nullptr);
    }
    BatchSourcePtr source = TRY(make_memory_scan(context_, node));
    if (node.filters.empty() && !node.scan_limit) return source;
    auto pipeline =
        std::make_unique<PipelineSource>(std::move(source), node.scan_limit.has_value());
    if (!node.filters.empty()) append_filter(*pipeline, node, node.filters);
    if (node.scan_limit) append_limit(*pipeline, node, node.scan_limit, 0);
    return BatchSourcePtr(std::move(pipeline));
  }

  void append_filter(PipelineSource& pipeline, const PlanNode& node,
                     std::span<const ExpressionPtr> conjuncts) {
    OperatorStatistics* statistics = count(node, "Filter");
    pipeline.append(
        [conjuncts, statistics](QueryContext& context, Stage& next) -> std::unique_ptr<Stage> {
          return std::make_unique<FilterOperator>(next, context, conjuncts, statistics);
        },
        node.output);
  }
  void append_limit(PipelineSource& pipeline, const PlanNode& node, std::optional<uint64_t> limit,
                    uint64_t offset) {
    OperatorStatistics* statistics = count(node, "Limit");
    pipeline.append(
        [=](QueryContext& context, Stage& next) -> std::unique_ptr<Stage> {
          return std::make_unique<LimitOperator>(next, context, limit, offset, statistics);
        },
        node.output);
  }

  // Filters and projections are fused with those below them into one pipeline.
  Result<BatchSourcePtr> build_streaming(const PlanNode& node) {
    BatchSourcePtr child = TRY(build(*node.children[0]));
    std::unique_ptr<PipelineSource> pipeline;
    if (is_streaming(node.children[0]->kind)) {
      pipeline.reset(static_cast<PipelineSource*>(child.release()));
    } else {
      pipeline = std::make_unique<PipelineSource>(std::move(child), false);
    }
    if (node.kind == PlanKind::Filter) {
      append_filter(*pipeline, node, node.expressions);
    } else if (node.kind == PlanKind::Project) {
      OperatorStatistics* statistics = count(node, "Project");
      pipeline->append(
          [&node, statistics](QueryContext& context, Stage& next) -> std::unique_ptr<Stage> {
            return std::make_unique<ProjectOperator>(next, context, node.expressions, statistics);
          },
          node.output);
    } else if (node.kind == PlanKind::Unnest) {
      OperatorStatistics* statistics = count(node, "Unnest");
      pipeline->append(
          [&node, statistics](QueryContext& context, Stage& next) -> std::unique_ptr<Stage> {
            return std::make_unique<UnnestOperator>(next, context, node, statistics);
          },
          node.output);
    } else {
      pipeline->append(
          [&node](QueryContext& context, Stage& next) -> std::unique_ptr<Stage> {
            return std::make_unique<UnpivotOperator>(next, context, node.unpivot_width,
                                                     node.output);
          },
          node.output);
    }
    return BatchSourcePtr(std::move(pipeline));
  }
  static bool is_streaming(PlanKind kind) {
    return kind == PlanKind::Filter || kind == PlanKind::Project || kind == PlanKind::Unpivot ||
           kind == PlanKind::Unnest;
  }

  Result<BatchSourcePtr> build_limit(const PlanNode& node) {
    BatchSourcePtr child = TRY(build_child(node));
    if (node.limit_percent) {
      return BatchSourcePtr(
          std::make_unique<PercentSource>(std::move(child), *node.limit_percent, node.offset));
    }
    auto pipeline = std::make_unique<PipelineSource>(std::move(child), true);
    append_limit(*pipeline, node, node.limit, node.offset);
    return BatchSourcePtr(std::move(pipeline));
  }

  Result<BatchSourcePtr> build_top_n(const PlanNode& node) {
    const uint64_t limit = node.limit.value_or(UINT64_MAX);
    if (node.sort_keys.empty() || limit > top_n_limit || node.offset > top_n_limit) {
      BatchSourcePtr child = TRY(build_child(node));
      return make_sort_source(context_, node.sort_keys, std::move(child), node.limit, node.offset,
                              count(node, "Sort"));
    }
    OperatorStatistics* statistics = count(node, "Top-N");
    if (BatchSourcePtr late = make_late_top_n_source(context_, node, statistics)) return late;
    auto threshold = std::make_shared<TopNThreshold>(
        node.sort_keys[0].descending, node.sort_keys[0].nulls_first, limit + node.offset);
    std::shared_ptr<TopNThreshold> outer = std::exchange(threshold_, threshold);
    Result<BatchSourcePtr> child = build(*node.children[0]);
    threshold_ = std::move(outer);
    if (!child) return child;
    return make_top_n_source(context_, node.sort_keys, std::move(*child), limit, node.offset,
                             std::move(threshold), statistics);
  }

  // DISTINCT groups by all columns.
  Result<BatchSourcePtr> build_distinct(const PlanNode& node) {
    BatchSourcePtr child = TRY(build_child(node));
    if (node.expressions.empty()) {
      auto owned = std::make_unique<OwnedNodeSource>(PlanKind::Aggregate);
      owned->node.output = node.output;
      for (uint32_t i = 0; i < node.output.size(); ++i) {
        owned->node.groups.push_back(make_column(i, node.output[i].type));
      }
      owned->source =
          make_aggregate_source(context_, owned->node, std::move(child), count(node, "Distinct"));
      return BatchSourcePtr(std::move(owned));
    }
    return make_distinct_on_source(context_, node, std::move(child), count(node, "Distinct"));
  }

  QueryContext& context_;
  std::shared_ptr<TopNThreshold> threshold_;
};

}  // namespace

Result<BatchSourcePtr> build_physical_plan(const PlanNode& plan, QueryContext& context) {
  return PlanBuilder(context).build(plan);
}

}  // namespace whittle
