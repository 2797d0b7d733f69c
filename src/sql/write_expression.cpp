// to_sql of expressions: DuckDB's ToString, to the space.
#include "sql/literal.hpp"
#include "sql/sql_writer.hpp"
#include "sql/to_sql.hpp"

namespace whittle::sql {

void SqlWriter::write(const Expression& expression) {
  switch (expression.kind) {
    case ExpressionKind::Literal:
      return write(as<Literal>(expression));
    case ExpressionKind::ColumnReference:
      return write_names(as<ColumnReference>(expression).parts, ".");
    case ExpressionKind::Star:
      return write(as<Star>(expression));
    case ExpressionKind::Positional:
      out_ += "#" + std::to_string(as<Positional>(expression).index);
      return;
    case ExpressionKind::Parameter:
      out_ += "$" + as<Parameter>(expression).name;
      return;
    case ExpressionKind::Default:
      out_ += "DEFAULT";
      return;
    case ExpressionKind::Unary:
      return write(as<Unary>(expression));
    case ExpressionKind::Binary:
      return write(as<Binary>(expression));
    case ExpressionKind::Conjunction: {
      const auto& all = as<Conjunction>(expression);
      out_ += "(";
      for (size_t i = 0; i < all.operands.size(); ++i) {
        if (i > 0) out_ += all.is_and ? " AND " : " OR ";
        write(*all.operands[i]);
      }
      out_ += ")";
      return;
    }
    case ExpressionKind::Between: {
      const auto& between = as<Between>(expression);
      out_ += "(";
      write(*between.value);
      out_ += " BETWEEN ";
      write(*between.low);
      out_ += " AND ";
      write(*between.high);
      out_ += ")";
      return;
    }
    case ExpressionKind::In:
      return write(as<In>(expression));
    case ExpressionKind::Like:
      return write(as<Like>(expression));
    case ExpressionKind::IsNull: {
      out_ += "(";
      write(*as<IsNull>(expression).operand);
      out_ += as<IsNull>(expression).negated ? " IS NOT NULL)" : " IS NULL)";
      return;
    }
    case ExpressionKind::IsBoolean:
      return write(as<IsBoolean>(expression));
    case ExpressionKind::Case:
      return write(as<Case>(expression));
    case ExpressionKind::Cast: {
      const auto& cast = as<Cast>(expression);
      out_ += cast.try_cast ? "TRY_CAST(" : "CAST(";
      write(*cast.operand);
      out_ += " AS ";
      write(cast.type);
      out_ += ")";
      return;
    }
    case ExpressionKind::Interval:
      return write(as<Interval>(expression));
    case ExpressionKind::Collate:
      write(*as<Collate>(expression).operand);
      out_ += " COLLATE " + quote_name(as<Collate>(expression).collation);
      return;
    case ExpressionKind::FunctionCall:
      return write(as<FunctionCall>(expression));
    case ExpressionKind::NamedArgument:
      out_ += quote_name(as<NamedArgument>(expression).name) + " := ";
      return write(*as<NamedArgument>(expression).value);
    case ExpressionKind::Subquery:
      return write(as<Subquery>(expression));
    case ExpressionKind::FieldAccess:
      out_ += "(";
      write(*as<FieldAccess>(expression).operand);
      out_ += ")." + quote_name(as<FieldAccess>(expression).field);
      return;
    case ExpressionKind::Subscript:
      write(*as<Subscript>(expression).operand);
      out_ += "[";
      write(*as<Subscript>(expression).index);
      out_ += "]";
      return;
    case ExpressionKind::Slice:
      return write(as<Slice>(expression));
    case ExpressionKind::List:
      if (!as<List>(expression).array_keyword)
        return write_call("main.list_value", as<List>(expression).items);
      out_ += "(ARRAY[";
      write_list(as<List>(expression).items);
      out_ += "])";
      return;
    case ExpressionKind::Struct: {
      out_ += "main.struct_pack(";
      const auto& fields = as<Struct>(expression).fields;
      for (size_t i = 0; i < fields.size(); ++i) {
        if (i > 0) out_ += ", ";
        out_ += quote_name(fields[i].name) + " := ";
        write(*fields[i].value);
      }
      out_ += ")";
      return;
    }
    case ExpressionKind::Map:
      out_ += "main.\"map\"(";
      write_call("main.list_value", as<Map>(expression).keys);
      out_ += ", ";
      write_call("main.list_value", as<Map>(expression).values);
      out_ += ")";
      return;
    case ExpressionKind::Row:
      return write_call("main.\"row\"", as<Row>(expression).items);
    case ExpressionKind::Lambda:
      return write(as<Lambda>(expression));
  }
}

void SqlWriter::write_call(std::string_view name, const ExpressionList& arguments) {
  out_ += name;
  out_ += "(";
  write_list(arguments);
  out_ += ")";
}

void SqlWriter::write(const Unary& unary) {
  if (unary.op == UnaryOperator::Not) {
    out_ += "(NOT ";
    write(*unary.operand);
    out_ += ")";
  } else if (unary.op == UnaryOperator::Factorial) {
    out_ += "((";
    write(*unary.operand);
    out_ += ")!)";
  } else {
    out_ += symbol(unary.op);
    out_ += "(";
    write(*unary.operand);
    out_ += ")";
  }
}

void SqlWriter::write(const Binary& binary) {
  out_ += "(";
  write(*binary.left);
  out_ += " ";
  out_ += binary.double_star ? "**" : symbol(binary.op);
  out_ += " ";
  write(*binary.right);
  out_ += ")";
}

void SqlWriter::write(const In& in) {
  if (in.subquery) {
    out_ += "(";
    write(*in.value);
    out_ += " = ANY(";
    write(*in.subquery);
    out_ += "))";
  } else if (in.container) {
    out_ += "contains(";
    write(*in.container);
    out_ += ", ";
    write(*in.value);
    out_ += ")";
  } else {
    out_ += "(";
    write(*in.value);
    out_ += in.negated ? " NOT IN (" : " IN (";
    write_list(in.list);
    out_ += "))";
  }
}

void SqlWriter::write(const Like& like) {
  out_ += "(";
  write(*like.value);
  if (like.negated && like.like == LikeKind::Glob) {
    out_ += " NOT GLOB ";
  } else {
    out_ += like.negated ? " !" : " ";
    out_ += like.like == LikeKind::Like ? "~~ " : like.like == LikeKind::ILike ? "~~* " : "~~~ ";
  }
  write(*like.pattern);
  out_ += ")";
}

void SqlWriter::write(const IsBoolean& test) {
  out_ += "(CAST(";
  write(*test.operand);
  out_ += " AS BOOLEAN) IS ";
  out_ += test.negated ? "DISTINCT FROM " : "NOT DISTINCT FROM ";
  out_ += test.test == BooleanTest::True ? "true)" : "false)";
}

// DuckDB reads `CASE x WHEN y` as `CASE WHEN x = y`.
void SqlWriter::write(const Case& choice) {
  out_ += "CASE ";
  for (const CaseBranch& branch : choice.branches) {
    out_ += " WHEN (";
    if (choice.operand) {
      out_ += "(";
      write(*choice.operand);
      out_ += " = ";
    }
    write(*branch.when);
    out_ += choice.operand ? ")) THEN (" : ") THEN (";
    write(*branch.then);
    out_ += ")";
  }
  out_ += " ELSE ";
  if (choice.otherwise) {
    write(*choice.otherwise);
  } else {
    out_ += "NULL";
  }
  out_ += " END";
}

// INTERVAL 1 DAY is to_days(…) to DuckDB.
void SqlWriter::write(const Interval& interval) {
  static constexpr struct {
    std::string_view function;
    std::string_view type;  // empty: the function takes the DOUBLE itself
  } kFunctions[] = {
      {"to_years", "INTEGER"},     {"to_months", "INTEGER"},      {"to_days", "INTEGER"},
      {"to_hours", "BIGINT"},      {"to_minutes", "BIGINT"},      {"to_seconds", ""},
      {"to_milliseconds", ""},     {"to_microseconds", "BIGINT"}, {"to_weeks", "INTEGER"},
      {"to_quarters", "INTEGER"},  {"to_decades", "INTEGER"},     {"to_centuries", "INTEGER"},
      {"to_millennia", "INTEGER"},
  };
  const auto& row = kFunctions[static_cast<size_t>(interval.unit)];
  out_ += row.function;
  out_ += row.type.empty() ? "(CAST(" : "(CAST(trunc(CAST(";
  write(*interval.value);
  out_ += " AS DOUBLE)";
  if (!row.type.empty()) out_ += ") AS " + std::string(row.type) + ")";
  out_ += ")";
}

namespace {

// list(x ORDER BY x) is list_sort(list(x), …) to DuckDB. Deep arguments are not compared: each
// level of a nest would be written twice.
constexpr uint16_t kMaxComparedDepth = 8;
bool is_sorted_list(const FunctionCall& call, std::string_view name) {
  return name == "list" && call.name.parts.size() == 1 && !call.window && !call.within_group &&
         call.arguments.size() == 1 && call.order_by.size() == 1 &&
         call.arguments[0]->depth <= kMaxComparedDepth &&
         call.arguments[0]->depth == call.order_by[0].value->depth &&
         to_sql(*call.order_by[0].value) == to_sql(*call.arguments[0]);
}

std::string sort_words(const OrderItem& item) {
  const std::string_view direction = item.direction == SortDirection::Ascending ? "ASCENDING"
                                     : item.direction == SortDirection::Descending
                                         ? "DESCENDING"
                                         : "ORDER_DEFAULT";
  const std::string_view nulls = item.nulls == NullOrder::First  ? "NULLS FIRST"
                                 : item.nulls == NullOrder::Last ? "NULLS LAST"
                                                                 : "ORDER_DEFAULT";
  return ", '" + std::string(direction) + "', '" + std::string(nulls) + "')";
}

}  // namespace

void SqlWriter::write(const FunctionCall& call) {
  const auto& parts = call.name.parts;
  std::string name = parts.back();
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c += 32;
  const bool sorted = is_sorted_list(call, name);
  if (sorted) out_ += "list_sort(";
  for (size_t i = 0; i + 1 < parts.size(); ++i) out_ += quote_name(parts[i]) + ".";
  bool counts_rows = name == "count" && call.arguments.empty();
  if (counts_rows) {
    out_ += call.window ? "count" : "count_star";
  } else if (parts.size() == 1 && (name == "coalesce" || name == "try")) {
    out_ += name == "try" ? "TRY" : "COALESCE";
  } else if (parts.size() == 1 && (name == "grouping" || name == "grouping_id")) {
    out_ += "GROUPING";
  } else {
    out_ += call.window ? name : quote_name(name);  // DuckDB leaves names of window functions bare
  }
  out_ += "(";
  if (call.distinct) out_ += "DISTINCT ";
  write_list(call.arguments);
  bool quantile_within = call.within_group && name != "mode";
  if (!sorted && !call.order_by.empty() && (!call.within_group || quantile_within)) {
    if (!call.arguments.empty()) out_ += " ";
    write(call.order_by);
  }
  if (call.nulls == NullTreatment::Ignore) out_ += " IGNORE NULLS";
  out_ += ")";
  if (call.within_group && !quantile_within) {
    out_ += " WITHIN GROUP ( ";
    write(call.order_by);
    out_ += ")";
  }
  if (call.filter) {
    out_ += " FILTER (WHERE ";
    write(*call.filter);
    out_ += ")";
  }
  if (call.window) {
    out_ += " OVER ";
    write(*call.window);
  }
  if (sorted) out_ += sort_words(call.order_by[0]);
}

void SqlWriter::write(const std::vector<OrderItem>& items) {
  out_ += "ORDER BY ";
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out_ += ", ";
    if (items[i].value) {
      write(*items[i].value);
    } else {
      out_ += "ALL";
    }
    if (items[i].direction == SortDirection::Ascending) out_ += " ASC";
    if (items[i].direction == SortDirection::Descending) out_ += " DESC";
    if (items[i].nulls == NullOrder::First) out_ += " NULLS FIRST";
    if (items[i].nulls == NullOrder::Last) out_ += " NULLS LAST";
  }
}

void SqlWriter::write(const FrameBound& bound) {
  if (bound.offset) {
    write(*bound.offset);
    out_ += " ";
  }
  static constexpr std::string_view kWords[] = {"UNBOUNDED PRECEDING", "PRECEDING", "CURRENT ROW",
                                                "FOLLOWING", "UNBOUNDED FOLLOWING"};
  out_ += kWords[static_cast<size_t>(bound.kind)];
}

void SqlWriter::write(const WindowSpecification& window) {
  out_ += "(";
  std::string_view space;
  if (!window.partition_by.empty()) {
    out_ += "PARTITION BY ";
    write_list(window.partition_by);
    space = " ";
  }
  if (!window.order_by.empty()) {
    out_ += space;
    write(window.order_by);
    space = " ";
  }
  bool whole = window.start.kind == FrameBoundKind::UnboundedPreceding &&
               window.end.kind == FrameBoundKind::UnboundedFollowing;
  bool implied =
      window.unit == FrameUnit::Range && window.start.kind == FrameBoundKind::UnboundedPreceding &&
      window.end.kind == FrameBoundKind::CurrentRow && window.exclusion == FrameExclusion::None;
  if (window.has_frame && !implied) {
    out_ += space;
    out_ += window.unit == FrameUnit::Rows || (whole && window.unit == FrameUnit::Range) ? "ROWS"
            : window.unit == FrameUnit::Range                                            ? "RANGE"
                                                                                         : "GROUPS";
    out_ += " BETWEEN ";
    write(window.start);
    out_ += " AND ";
    write(window.end);
    static constexpr std::string_view kExclusions[] = {"", " EXCLUDE CURRENT ROW", " EXCLUDE GROUP",
                                                       " EXCLUDE TIES"};
    out_ += kExclusions[static_cast<size_t>(window.exclusion)];
  }
  out_ += ")";
}

void SqlWriter::write(const Subquery& subquery) {
  switch (subquery.subquery) {
    case SubqueryKind::Scalar:
      out_ += "(";
      break;
    case SubqueryKind::Exists:
      out_ += "EXISTS(";
      break;
    case SubqueryKind::Array:
      // As DuckDB, which collects the rows with array_agg.
      out_ +=
          "(SELECT CASE  WHEN ((array_agg(#1) IS NULL)) THEN (list_value()) ELSE array_agg(#1) END "
          "FROM (";
      write(*subquery.query);
      out_ += "))";
      return;
    case SubqueryKind::Any:
      out_ += "(";
      write(*subquery.left);
      out_ += " ";
      out_ += symbol(subquery.op);
      out_ += " ANY(";
      if (subquery.query) {
        write(*subquery.query);
      } else {
        out_ += "SELECT unnest(";
        write(*subquery.container);
        out_ += ")";
      }
      out_ += "))";
      return;
  }
  write(*subquery.query);
  out_ += ")";
}

void SqlWriter::write(const Slice& slice) {
  write(*slice.operand);
  out_ += "[";
  if (slice.begin) write(*slice.begin);
  out_ += ":";
  if (slice.end) {
    write(*slice.end);
  } else if (slice.has_step) {
    out_ += "-";
  }
  if (slice.has_step) {
    out_ += ":";
    if (slice.step) write(*slice.step);
  }
  out_ += "]";
}

void SqlWriter::write(const Lambda& lambda) {
  out_ += "(";
  if (lambda.arrow) {
    write(*lambda.left);
    out_ += " -> ";
  } else {
    out_ += "lambda ";
    write_names(lambda_parameters(lambda), ", ");
    out_ += ": ";
  }
  write(*lambda.body);
  out_ += ")";
}

}  // namespace whittle::sql
