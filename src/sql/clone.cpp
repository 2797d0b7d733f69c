#include "sql/clone.hpp"

namespace whittle::sql {
namespace {

FrameBound clone(const FrameBound& bound) {
  return {bound.kind, sql::clone(bound.offset)};
}

ExpressionPtr copy(const Literal& from, std::unique_ptr<Literal> to) {
  to->literal = from.literal;
  to->text = from.text;
  return to;
}
ExpressionPtr copy(const ColumnReference& from, std::unique_ptr<ColumnReference> to) {
  to->parts = from.parts;
  return to;
}
ExpressionPtr copy(const Star& from, std::unique_ptr<Star> to) {
  to->relation = from.relation;
  to->exclude = from.exclude;
  for (const StarReplacement& each : from.replace)
    to->replace.push_back({each.name, clone(each.value)});
  to->rename = from.rename;
  to->is_columns = from.is_columns;
  to->unpack = from.unpack;
  to->columns = clone(from.columns);
  return to;
}
ExpressionPtr copy(const Positional& from, std::unique_ptr<Positional> to) {
  to->index = from.index;
  return to;
}
ExpressionPtr copy(const Parameter& from, std::unique_ptr<Parameter> to) {
  to->name = from.name;
  to->index = from.index;
  return to;
}
ExpressionPtr copy(const Default&, std::unique_ptr<Default> to) {
  return to;
}
ExpressionPtr copy(const Unary& from, std::unique_ptr<Unary> to) {
  to->op = from.op;
  to->operand = clone(from.operand);
  return to;
}
ExpressionPtr copy(const Binary& from, std::unique_ptr<Binary> to) {
  to->op = from.op;
  to->double_star = from.double_star;
  to->left = clone(from.left);
  to->right = clone(from.right);
  return to;
}
ExpressionPtr copy(const Conjunction& from, std::unique_ptr<Conjunction> to) {
  to->is_and = from.is_and;
  to->operands = clone(from.operands);
  return to;
}
ExpressionPtr copy(const Between& from, std::unique_ptr<Between> to) {
  to->value = clone(from.value);
  to->low = clone(from.low);
  to->high = clone(from.high);
  return to;
}
ExpressionPtr copy(const In& from, std::unique_ptr<In> to) {
  to->negated = from.negated;
  to->value = clone(from.value);
  to->list = clone(from.list);
  to->subquery = clone(from.subquery);
  to->container = clone(from.container);
  return to;
}
ExpressionPtr copy(const Like& from, std::unique_ptr<Like> to) {
  to->like = from.like;
  to->negated = from.negated;
  to->value = clone(from.value);
  to->pattern = clone(from.pattern);
  return to;
}
ExpressionPtr copy(const IsNull& from, std::unique_ptr<IsNull> to) {
  to->negated = from.negated;
  to->operand = clone(from.operand);
  return to;
}
ExpressionPtr copy(const IsBoolean& from, std::unique_ptr<IsBoolean> to) {
  to->test = from.test;
  to->negated = from.negated;
  to->operand = clone(from.operand);
  return to;
}
ExpressionPtr copy(const Case& from, std::unique_ptr<Case> to) {
  to->operand = clone(from.operand);
  for (const CaseBranch& branch : from.branches)
    to->branches.push_back({clone(branch.when), clone(branch.then)});
  to->otherwise = clone(from.otherwise);
  return to;
}
ExpressionPtr copy(const Cast& from, std::unique_ptr<Cast> to) {
  to->operand = clone(from.operand);
  to->type = from.type;
  to->try_cast = from.try_cast;
  return to;
}
ExpressionPtr copy(const Interval& from, std::unique_ptr<Interval> to) {
  to->value = clone(from.value);
  to->unit = from.unit;
  return to;
}
ExpressionPtr copy(const Collate& from, std::unique_ptr<Collate> to) {
  to->operand = clone(from.operand);
  to->collation = from.collation;
  return to;
}
ExpressionPtr copy(const FunctionCall& from, std::unique_ptr<FunctionCall> to) {
  to->name = from.name;
  to->arguments = clone(from.arguments);
  to->star = from.star;
  to->distinct = from.distinct;
  to->maybe_method = from.maybe_method;
  to->order_by = clone(from.order_by);
  to->within_group = from.within_group;
  to->filter = clone(from.filter);
  to->nulls = from.nulls;
  if (from.window) to->window = std::make_unique<WindowSpecification>(clone(*from.window));
  return to;
}
ExpressionPtr copy(const NamedArgument& from, std::unique_ptr<NamedArgument> to) {
  to->name = from.name;
  to->value = clone(from.value);
  return to;
}
ExpressionPtr copy(const Subquery& from, std::unique_ptr<Subquery> to) {
  to->subquery = from.subquery;
  to->query = clone(from.query);
  to->container = clone(from.container);
  to->left = clone(from.left);
  to->op = from.op;
  return to;
}
ExpressionPtr copy(const FieldAccess& from, std::unique_ptr<FieldAccess> to) {
  to->operand = clone(from.operand);
  to->field = from.field;
  return to;
}
ExpressionPtr copy(const Subscript& from, std::unique_ptr<Subscript> to) {
  to->operand = clone(from.operand);
  to->index = clone(from.index);
  return to;
}
ExpressionPtr copy(const Slice& from, std::unique_ptr<Slice> to) {
  to->operand = clone(from.operand);
  to->begin = clone(from.begin);
  to->end = clone(from.end);
  to->step = clone(from.step);
  to->has_step = from.has_step;
  return to;
}
ExpressionPtr copy(const List& from, std::unique_ptr<List> to) {
  to->array_keyword = from.array_keyword;
  to->items = clone(from.items);
  return to;
}
ExpressionPtr copy(const Struct& from, std::unique_ptr<Struct> to) {
  for (const StructField& field : from.fields)
    to->fields.push_back({field.name, clone(field.value)});
  return to;
}
ExpressionPtr copy(const Map& from, std::unique_ptr<Map> to) {
  to->keys = clone(from.keys);
  to->values = clone(from.values);
  return to;
}
ExpressionPtr copy(const Row& from, std::unique_ptr<Row> to) {
  to->items = clone(from.items);
  return to;
}
ExpressionPtr copy(const Lambda& from, std::unique_ptr<Lambda> to) {
  to->arrow = from.arrow;
  to->left = clone(from.left);
  to->body = clone(from.body);
  return to;
}

template <class Node>
ExpressionPtr copy_as(const Expression& from) {
  return copy(as<Node>(from), std::make_unique<Node>());
}

ExpressionPtr copy_fields(const Expression& from) {
  switch (from.kind) {
#define WHITTLE_COPY(Node)   \
  case ExpressionKind::Node: \
    return copy_as<Node>(from);
    WHITTLE_COPY(Literal)
    WHITTLE_COPY(ColumnReference)
    WHITTLE_COPY(Star)
    WHITTLE_COPY(Positional)
    WHITTLE_COPY(Parameter)
    WHITTLE_COPY(Default)
    WHITTLE_COPY(Unary)
    WHITTLE_COPY(Binary)
    WHITTLE_COPY(Conjunction)
    WHITTLE_COPY(Between)
    WHITTLE_COPY(In)
    WHITTLE_COPY(Like)
    WHITTLE_COPY(IsNull)
    WHITTLE_COPY(IsBoolean)
    WHITTLE_COPY(Case)
    WHITTLE_COPY(Cast)
    WHITTLE_COPY(Interval)
    WHITTLE_COPY(Collate)
    WHITTLE_COPY(FunctionCall)
    WHITTLE_COPY(NamedArgument)
    WHITTLE_COPY(Subquery)
    WHITTLE_COPY(FieldAccess)
    WHITTLE_COPY(Subscript)
    WHITTLE_COPY(Slice)
    WHITTLE_COPY(List)
    WHITTLE_COPY(Struct)
    WHITTLE_COPY(Map)
    WHITTLE_COPY(Row)
    WHITTLE_COPY(Lambda)
#undef WHITTLE_COPY
  }
  return nullptr;
}

}  // namespace

ExpressionPtr clone(const Expression& expression) {
  ExpressionPtr made = copy_fields(expression);
  made->position = expression.position;
  made->depth = expression.depth;
  return made;
}

ExpressionPtr clone(const ExpressionPtr& expression) {
  return expression ? clone(*expression) : nullptr;
}

QueryPtr clone(const QueryPtr& query) {
  return query ? clone(*query) : nullptr;
}

ExpressionList clone(const ExpressionList& list) {
  ExpressionList made;
  made.reserve(list.size());
  for (const ExpressionPtr& item : list) made.push_back(clone(item));
  return made;
}

std::vector<OrderItem> clone(const std::vector<OrderItem>& items) {
  std::vector<OrderItem> made;
  for (const OrderItem& item : items)
    made.push_back({clone(item.value), item.direction, item.nulls});
  return made;
}

std::vector<SelectItem> clone(const std::vector<SelectItem>& items) {
  std::vector<SelectItem> made;
  for (const SelectItem& item : items) made.push_back({clone(item.value), item.alias});
  return made;
}

WindowSpecification clone(const WindowSpecification& window) {
  WindowSpecification made;
  made.base = window.base;
  made.partition_by = clone(window.partition_by);
  made.order_by = clone(window.order_by);
  made.has_frame = window.has_frame;
  made.unit = window.unit;
  made.start = clone(window.start);
  made.end = clone(window.end);
  made.exclusion = window.exclusion;
  made.position = window.position;
  return made;
}

}  // namespace whittle::sql
