// The syntax tree: what the parser hands to the binder. This header holds the pieces every part
// shares (nodes, names, types) and the expressions; query.hpp holds queries and table references,
// statement.hpp the statements. Include this one for expressions, statement.hpp for everything.
//
// Ownership: a tree owns its children through unique_ptr; nothing points upwards or into the SQL
// text, so a tree outlives its text. Trees are plain data without locks: build on one thread, then
// read from any. There is no RTTI: each node carries its kind, and `as<T>(node)` is a checked
// static_cast.
//
// Names keep the case they were written in; DuckDB compares them without regard to case, quoted or
// not, and so does the binder (`same_name`). No tree is deeper than kMaxTreeDepth, so recursion
// over it is safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace whittle::sql {

/// The deepest tree the parser builds: beyond it a statement is refused, so recursive walks need no
/// guard.
inline constexpr uint32_t kMaxTreeDepth = 1000;

/// Case-insensitive (ASCII) comparison of names.
bool same_name(std::string_view a, std::string_view b);

struct Expression;
struct Query;
using ExpressionPtr = std::unique_ptr<Expression>;
using QueryPtr = std::unique_ptr<Query>;
using ExpressionList = std::vector<ExpressionPtr>;

/// `a`, `schema.a`, `catalog.schema.a`: the last part is the name itself.
struct QualifiedName {
  std::vector<std::string> parts;
  SourcePosition position;
  const std::string& name() const { return parts.back(); }
};

// ---- types
// --------------------------------------------------------------------------------------------

struct TypeChild;

/// A type as written: `DECIMAL(10,2)`, `STRUCT(a INT, b VARCHAR)[]`. `name` is upper case and
/// canonical: INT4 comes as "INTEGER", TEXT as "VARCHAR", DOUBLE PRECISION as "DOUBLE", TIMESTAMPTZ
/// as "TIMESTAMP WITH TIME ZONE". Nested types: "LIST" and "ARRAY" have one unnamed child (ARRAY
/// its length in `modifiers`), "STRUCT" and "UNION" named children, "MAP" two unnamed ones, "ENUM"
/// its values in `modifiers`.
struct TypeName {
  std::string name;
  std::string spelling;  // as written, for types that are no built-in ones
  std::vector<std::string> modifiers;
  std::vector<TypeChild> children;
  SourcePosition position;
};

struct TypeChild {
  std::string name;  // empty for LIST, ARRAY and MAP
  TypeName type;
};

// ---- expressions
// --------------------------------------------------------------------------------------

enum class ExpressionKind : uint8_t {
  Literal,
  ColumnReference,
  Star,
  Positional,
  Parameter,
  Default,
  Unary,
  Binary,
  Conjunction,
  Between,
  In,
  Like,
  IsNull,
  IsBoolean,
  Case,
  Cast,
  Interval,
  Collate,
  FunctionCall,
  Subquery,
  FieldAccess,
  Subscript,
  Slice,
  List,
  Struct,
  Map,
  Row,
  Lambda,
  NamedArgument,
};

struct Expression {
  ExpressionKind kind;
  uint16_t depth = 1;  // of the tree below and with this node; the parser keeps it
  SourcePosition
      position;  // of operators: where their sign stands; of the rest: first word to last

  Expression(const Expression&) = delete;
  virtual ~Expression() = default;

 protected:
  Expression(ExpressionKind kind) : kind(kind) {}
};

/// `as<Binary>(expression)`: the node as its own kind; the caller has looked at `kind`.
template <class Node, class Base>
const Node& as(const Base& node) {
  return static_cast<const Node&>(node);
}
template <class Node, class Base>
Node& as(Base& node) {
  return static_cast<Node&>(node);
}
/// `if (auto* call = if_is<FunctionCall>(*expression))`.
template <class Node, class Base>
const Node* if_is(const Base& node) {
  return node.kind == Node::kKind ? static_cast<const Node*>(&node) : nullptr;
}
template <class Node, class Base>
Node* if_is(Base& node) {
  return node.kind == Node::kKind ? static_cast<Node*>(&node) : nullptr;
}

/// Ties a struct to its tag.
template <ExpressionKind k>
struct ExpressionOf : Expression {
  static constexpr ExpressionKind kKind = k;
  ExpressionOf() : Expression(k) {}
};

enum class LiteralKind : uint8_t {
  Null,
  Boolean,  // text "true" or "false"
  Integer,  // digits, any length (1_000 comes as 1000); a minus before a number is part of its text
  Decimal,  // digits with a point, no exponent: DECIMAL where it fits, else DOUBLE
  Float,    // with an exponent: DOUBLE
  String,   // escapes already resolved
};
struct Literal : ExpressionOf<ExpressionKind::Literal> {
  LiteralKind literal = LiteralKind::Null;
  std::string text;
};

/// `a`, `t.a`, `s.t.a`, or struct fields `a.b.c`: which part is what is the binder's to find out.
struct ColumnReference : ExpressionOf<ExpressionKind::ColumnReference> {
  std::vector<std::string> parts;
};

struct StarReplacement {
  std::string name;
  ExpressionPtr value;
};
struct StarRename {
  QualifiedName column;
  std::string name;
};
/// `*`, `t.*`, `* EXCLUDE (…) REPLACE (…) RENAME (…)`, `COLUMNS(…)`, `*COLUMNS(…)`. `* LIKE 'a%'`
/// comes as COLUMNS(lambda __lambda_col: __lambda_col LIKE 'a%').
struct Star : ExpressionOf<ExpressionKind::Star> {
  std::string relation;  // t of `t.*`; empty: all
  std::vector<QualifiedName> exclude;
  std::vector<StarReplacement> replace;
  std::vector<StarRename> rename;
  bool is_columns = false;  // COLUMNS(…): the expression around it is repeated once per column
  bool unpack = false;      // `*COLUMNS(…)`: the columns become arguments of one call
  ExpressionPtr columns;    // COLUMNS' argument (regex string, list, lambda); null for COLUMNS(*)
};

/// `#1`
struct Positional : ExpressionOf<ExpressionKind::Positional> {
  uint32_t index = 0;  // from 1
};
/// `?`, `$1`, `$name`: `?` are numbered from 1 in order of the text; `name` holds the number as
/// text as well.
struct Parameter : ExpressionOf<ExpressionKind::Parameter> {
  std::string name;
  uint32_t index = 0;  // 0 where it has a name
};
/// DEFAULT in INSERT … VALUES.
struct Default : ExpressionOf<ExpressionKind::Default> {};

enum class UnaryOperator : uint8_t { Negate, Plus, Not, BitNot, Factorial, Absolute };
struct Unary : ExpressionOf<ExpressionKind::Unary> {
  UnaryOperator op = UnaryOperator::Negate;
  ExpressionPtr operand;
};

enum class BinaryOperator : uint8_t {
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  DistinctFrom,
  NotDistinctFrom,
  Add,
  Subtract,
  Multiply,
  Divide,
  IntegerDivide,
  Modulo,
  Power,
  Concat,
  BitAnd,
  BitOr,
  ShiftLeft,
  ShiftRight,
  StartsWith,       // ^@
  Contains,         // @>
  ContainedBy,      // <@
  Overlaps,         // &&
  JsonExtractText,  // ->> (for -> see Lambda)
  ListDistance,
  CosineDistance,  // <-> <=>
};
/// `symbol(op)`: as written in SQL, "+" or "IS DISTINCT FROM".
std::string_view symbol(BinaryOperator op);
std::string_view symbol(UnaryOperator op);
bool is_comparison(BinaryOperator op);
struct Binary : ExpressionOf<ExpressionKind::Binary> {
  BinaryOperator op = BinaryOperator::Equal;
  bool double_star = false;  // Power written **
  ExpressionPtr left, right;
};

/// AND, OR: flat, with two or more operands.
struct Conjunction : ExpressionOf<ExpressionKind::Conjunction> {
  bool is_and = true;
  ExpressionList operands;
};

/// NOT BETWEEN is Unary Not around it.
struct Between : ExpressionOf<ExpressionKind::Between> {
  ExpressionPtr value, low, high;
};

/// `x IN (1, 2)`: list. `x IN (SELECT …)`: subquery. `x IN y` (y a list or map): container. Only
/// the list form is ever `negated`; NOT IN of the others is Unary Not around it.
struct In : ExpressionOf<ExpressionKind::In> {
  In();
  ~In() override;
  bool negated = false;
  ExpressionPtr value;
  ExpressionList list;
  QueryPtr subquery;
  ExpressionPtr container;
};

enum class LikeKind : uint8_t { Like, ILike, Glob };
/// LIKE and its kin; `~~`, `!~~`, `~~*`, `!~~*`, `~~~` come as these, too. (SIMILAR TO and `~` are
/// calls of regexp_full_match, and LIKE … ESCAPE of like_escape, as in DuckDB.)
struct Like : ExpressionOf<ExpressionKind::Like> {
  LikeKind like = LikeKind::Like;
  bool negated = false;
  ExpressionPtr value, pattern;
};

struct IsNull : ExpressionOf<ExpressionKind::IsNull> {
  bool negated = false;
  ExpressionPtr operand;
};
enum class BooleanTest : uint8_t { True, False, Unknown };
struct IsBoolean : ExpressionOf<ExpressionKind::IsBoolean> {
  BooleanTest test = BooleanTest::True;
  bool negated = false;
  ExpressionPtr operand;
};

struct CaseBranch {
  ExpressionPtr when, then;
};
struct Case : ExpressionOf<ExpressionKind::Case> {
  ExpressionPtr operand;  // null: the searched form
  std::vector<CaseBranch> branches;
  ExpressionPtr otherwise;  // null: NULL
};

/// CAST, TRY_CAST, `::`, and typed literals (`DATE '2020-01-01'`, `INTERVAL '1 day'`).
struct Cast : ExpressionOf<ExpressionKind::Cast> {
  ExpressionPtr operand;
  TypeName type;
  bool try_cast = false;
};

enum class IntervalUnit : uint8_t {
  Year,
  Month,
  Day,
  Hour,
  Minute,
  Second,
  Millisecond,
  Microsecond,
  Week,
  Quarter,
  Decade,
  Century,
  Millennium,
};
std::string_view interval_unit_name(IntervalUnit unit);  // "DAY"
/// `INTERVAL 1 DAY`, `INTERVAL '1' DAY`, `INTERVAL (x + 1) DAY`: a value and a unit.
struct Interval : ExpressionOf<ExpressionKind::Interval> {
  ExpressionPtr value;
  IntervalUnit unit = IntervalUnit::Day;
};

struct Collate : ExpressionOf<ExpressionKind::Collate> {
  ExpressionPtr operand;
  std::string collation;  // "nocase.noaccent"
};

enum class NullOrder : uint8_t { Unstated, First, Last };
enum class SortDirection : uint8_t { Unstated, Ascending, Descending };
struct OrderItem {
  ExpressionPtr value;
  SortDirection direction = SortDirection::Unstated;
  NullOrder nulls = NullOrder::Unstated;
};

enum class FrameUnit : uint8_t { Range, Rows, Groups };
enum class FrameBoundKind : uint8_t {
  UnboundedPreceding,
  Preceding,
  CurrentRow,
  Following,
  UnboundedFollowing
};
struct FrameBound {
  FrameBoundKind kind = FrameBoundKind::UnboundedPreceding;
  ExpressionPtr offset;  // for Preceding and Following
};
enum class FrameExclusion : uint8_t { None, CurrentRow, Group, Ties };
/// OVER (…) or a WINDOW definition. `base` is the name of another window; the parser copies what
/// that says and leaves it empty.
struct WindowSpecification {
  std::string base;
  ExpressionList partition_by;
  std::vector<OrderItem> order_by;
  bool has_frame = false;  // else RANGE UNBOUNDED PRECEDING AND CURRENT ROW
  FrameUnit unit = FrameUnit::Range;
  FrameBound start, end = {FrameBoundKind::CurrentRow, nullptr};
  FrameExclusion exclusion = FrameExclusion::None;
  SourcePosition position;
};

enum class NullTreatment : uint8_t { Unstated, Respect, Ignore };
/// Scalar, aggregate, window and table functions. The SQL forms with words inside are calls too:
/// EXTRACT(y FROM d) is main.date_part('y', d), POSITION(a IN b) main.position(b, a), SUBSTRING …
/// FROM … FOR main.substring, TRIM(LEADING x FROM y) main.ltrim(y, x), x AT TIME ZONE z
/// main.timezone(z, x), x LIKE y ESCAPE z main.like_escape(x, y, z); `[f for x in l if g]` becomes
/// list_apply and list_filter. COALESCE and NULLIF are ordinary calls; IF is a Case,
/// ifnull a coalesce. (current_date without parentheses is a ColumnReference, as in DuckDB: a
/// column of that name comes first.) The name is as written. count(*) has no arguments and `star`
/// set. Named arguments (`f(a := 1)`) are NamedArgument. Names of a WINDOW clause (OVER w) are
/// already resolved.
struct FunctionCall : ExpressionOf<ExpressionKind::FunctionCall> {
  QualifiedName name;
  ExpressionList arguments;
  bool star = false;
  bool distinct = false;
  // Written a.b.f(…): `a.b` is the schema or, if there is no such schema, the first argument (a
  // column), and the parser cannot know. `(x).f(…)` is surely f(x, …) and comes so.
  bool maybe_method = false;
  std::vector<OrderItem> order_by;
  bool within_group = false;  // order_by came from WITHIN GROUP (ORDER BY …)
  ExpressionPtr filter;
  NullTreatment nulls = NullTreatment::Unstated;
  std::unique_ptr<WindowSpecification> window;
};
/// `name := value` or `name => value`, and `name = value` in a table function, inside a call's
/// arguments.
struct NamedArgument : ExpressionOf<ExpressionKind::NamedArgument> {
  std::string name;
  ExpressionPtr value;
};

enum class SubqueryKind : uint8_t { Scalar, Exists, Any, Array };
/// `(SELECT …)`, `EXISTS (…)`, `left op ANY (…)`, `ARRAY(SELECT …)`. ANY over a list value instead
/// of a query has `container`. NOT EXISTS is Unary Not around it; `x > ALL (…)` comes as NOT (x <=
/// ANY (…)).
struct Subquery : ExpressionOf<ExpressionKind::Subquery> {
  Subquery();
  ~Subquery() override;
  SubqueryKind subquery = SubqueryKind::Scalar;
  QueryPtr query;
  ExpressionPtr container;
  ExpressionPtr left;
  BinaryOperator op = BinaryOperator::Equal;
};

/// `(expression).field`
struct FieldAccess : ExpressionOf<ExpressionKind::FieldAccess> {
  ExpressionPtr operand;
  std::string field;
};
struct Subscript : ExpressionOf<ExpressionKind::Subscript> {
  ExpressionPtr operand, index;
};
/// `a[begin:end:step]`; each bound may be null; `a[:-:2]` (a dash) is null as well.
struct Slice : ExpressionOf<ExpressionKind::Slice> {
  ExpressionPtr operand, begin, end, step;
  bool has_step = false;
};

/// `[1, 2]`, `ARRAY[1, 2]`
struct List : ExpressionOf<ExpressionKind::List> {
  bool array_keyword = false;  // written ARRAY[…]
  ExpressionList items;
};
struct StructField {
  std::string name;
  ExpressionPtr value;
};
/// `{'a': 1, b: 2}`
struct Struct : ExpressionOf<ExpressionKind::Struct> {
  std::vector<StructField> fields;
};
/// `MAP {k: v}`
struct Map : ExpressionOf<ExpressionKind::Map> {
  ExpressionList keys, values;
};
/// `ROW(…)`, `(a, b)`
struct Row : ExpressionOf<ExpressionKind::Row> {
  ExpressionList items;
};

/// `x -> body`, `(x, i) -> body`, `lambda x, i: body`. Written with the arrow it may as well be
/// JSON's
/// `->`, which only the function around it tells: then `left` is the value and `body` the path.
/// `left` is a ColumnReference or a Row of them for a lambda; `lambda_parameters` reads the names.
struct Lambda : ExpressionOf<ExpressionKind::Lambda> {
  bool arrow = true;  // false: the `lambda` keyword, surely a lambda
  ExpressionPtr left, body;
};
/// The names of a lambda's parameters; empty when `left` is not a list of plain names.
std::vector<std::string> lambda_parameters(const Lambda& lambda);

}  // namespace whittle::sql
