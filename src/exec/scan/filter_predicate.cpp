#include "exec/scan/filter_predicate.hpp"

#include "exec/evaluator.hpp"
#include "plan/type_rules.hpp"

namespace whittle {

namespace {

using parquet::Predicate;
using parquet::PredicateKind;

PredicateKind kind_of(ComparisonOperator op) {
  switch (op) {
    case ComparisonOperator::Equal:
      return PredicateKind::Equal;
    case ComparisonOperator::NotEqual:
      return PredicateKind::NotEqual;
    case ComparisonOperator::Less:
      return PredicateKind::Less;
    case ComparisonOperator::LessEqual:
      return PredicateKind::LessOrEqual;
    case ComparisonOperator::Greater:
      return PredicateKind::Greater;
    case ComparisonOperator::GreaterEqual:
      return PredicateKind::GreaterOrEqual;
    case ComparisonOperator::DistinctFrom:
      return PredicateKind::IsDistinctFrom;
    case ComparisonOperator::NotDistinctFrom:
      return PredicateKind::IsNotDistinctFrom;
  }
  return PredicateKind::Unknown;
}

ComparisonOperator mirrored(ComparisonOperator op) {
  switch (op) {
    case ComparisonOperator::Less:
      return ComparisonOperator::Greater;
    case ComparisonOperator::LessEqual:
      return ComparisonOperator::GreaterEqual;
    case ComparisonOperator::Greater:
      return ComparisonOperator::Less;
    case ComparisonOperator::GreaterEqual:
      return ComparisonOperator::LessEqual;
    default:
      return op;
  }
}

class Translator {
 public:
  Translator(std::span<const uint32_t> columns, MemoryBudget& budget)
      : columns_(columns), budget_(budget) {}

  Predicate translate(const Expression& node) const {
    switch (node.kind) {
      case ExpressionKind::And:
      case ExpressionKind::Or: {
        std::vector<Predicate> children;
        for (const auto& child : node.children) children.push_back(translate(*child));
        return node.kind == ExpressionKind::And ? Predicate::all_of(std::move(children))
                                                : Predicate::any_of(std::move(children));
      }
      case ExpressionKind::Not:
        return Predicate::negate(translate(*node.children[0]));
      case ExpressionKind::Constant:
        return node.type.id() == TypeId::Boolean ? Predicate::constant(node.constant)
                                                 : Predicate::unknown();
      case ExpressionKind::Column:
        return Predicate::compare(PredicateKind::Equal, column(node), Value::boolean(true));
      case ExpressionKind::IsNull:
      case ExpressionKind::IsNotNull:
        if (node.children[0]->kind != ExpressionKind::Column) return Predicate::unknown();
        return Predicate::test(
            node.kind == ExpressionKind::IsNull ? PredicateKind::IsNull : PredicateKind::IsNotNull,
            column(*node.children[0]));
      case ExpressionKind::Comparison:
        return comparison(node);
      case ExpressionKind::In:
        return membership(node);
      case ExpressionKind::Call:
        return prefix(node);
      default:
        return Predicate::unknown();
    }
  }

 private:
  uint32_t column(const Expression& node) const { return columns_[node.index]; }

  // The column below casts that keep order, or null.
  static const Expression* column_below(const Expression& node) {
    if (node.kind == ExpressionKind::Column) return &node;
    if (node.kind != ExpressionKind::Cast || node.try_cast) return nullptr;
    const Expression& child = *node.children[0];
    return cast_keeps_order(child.type, node.type) ? column_below(child) : nullptr;
  }

  // The constant as a value of the column's type, if it is exactly one.
  std::optional<Value> constant_as(const Value& value, const Type& type) const {
    if (value.is_null()) return Value::null(type);
    if (value.type() == type) return value;
    auto there = evaluate_constant(*make_cast(make_constant(value), type, true), budget_);
    if (!there || there->is_null()) return std::nullopt;
    auto back = evaluate_constant(*make_cast(make_constant(*there), value.type(), true), budget_);
    if (!back || back->is_null() || compare(*back, value) != 0) return std::nullopt;
    return *there;
  }

  Predicate comparison(const Expression& node) const {
    const Expression* left = node.children[0].get();
    const Expression* right = node.children[1].get();
    ComparisonOperator op = node.comparison;
    if (left->is_constant()) {
      std::swap(left, right);
      op = mirrored(op);
    }
    const Expression* below = column_below(*left);
    if (!below || !right->is_constant()) return Predicate::unknown();
    const std::optional<Value> value = constant_as(right->constant, below->type);
    if (!value) return Predicate::unknown();
    return Predicate::compare(kind_of(op), column(*below), *value);
  }

  Predicate membership(const Expression& node) const {
    const Expression* below = column_below(*node.children[0]);
    if (!below) return Predicate::unknown();
    std::vector<Value> values;
    for (size_t i = 1; i < node.children.size(); ++i) {
      std::optional<Value> value = constant_as(node.children[i]->constant, below->type);
      if (!value) return Predicate::unknown();
      values.push_back(std::move(*value));
    }
    Predicate in = Predicate::in(column(*below), std::move(values));
    return node.negated ? Predicate::negate(std::move(in)) : in;
  }

  // LIKE 'abc%', starts_with(x, 'abc'): only as much as is proven by the prefix. A pattern with
  // more behind it can be FALSE where the prefix holds: that part is Unknown.
  Predicate prefix(const Expression& node) const {
    if (node.children.size() != 2 || node.children[0]->kind != ExpressionKind::Column ||
        node.children[0]->type.id() != TypeId::Varchar || !node.children[1]->is_constant() ||
        node.children[1]->constant.is_null() ||
        node.children[1]->constant.type().id() != TypeId::Varchar) {
      return Predicate::unknown();
    }
    const std::string& text = node.children[1]->constant.as_string();
    const uint32_t on = column(*node.children[0]);
    if (node.function == "starts_with" || node.function == "^@" || node.function == "prefix") {
      return text.empty() ? Predicate::unknown() : Predicate::prefix(on, text);
    }
    if (node.function != "like" && node.function != "~~") return Predicate::unknown();
    const size_t wildcard = text.find_first_of("%_\\");
    if (wildcard == std::string::npos) {
      return Predicate::compare(PredicateKind::Equal, on, node.children[1]->constant);
    }
    if (wildcard == 0 || text[wildcard] == '\\') return Predicate::unknown();
    Predicate head = Predicate::prefix(on, text.substr(0, wildcard));
    if (text.find_first_not_of('%', wildcard) == std::string::npos) return head;
    std::vector<Predicate> both;
    both.push_back(std::move(head));
    both.push_back(Predicate::unknown());
    return Predicate::all_of(std::move(both));
  }

  std::span<const uint32_t> columns_;
  MemoryBudget& budget_;
};

}  // namespace

parquet::Predicate to_predicate(const Expression& filter, std::span<const uint32_t> columns,
                                MemoryBudget& budget) {
  return Translator(columns, budget).translate(filter);
}

}  // namespace whittle
