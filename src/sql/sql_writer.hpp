// The inside of to_sql: appends the canonical text of a tree to one string.
#pragma once

#include <string>

#include "sql/statement.hpp"

namespace whittle::sql {

std::string quote_string(std::string_view text);

class SqlWriter {
 public:
  void write(const Expression& expression);
  void write(const Query& query);
  void write(const TypeName& type);
  std::string take() { return std::move(out_); }

 private:
  void write(const Literal& literal);
  void write(const Star& star);
  void write(const Unary& unary);
  void write(const Binary& binary);
  void write(const In& in);
  void write(const Like& like);
  void write(const IsBoolean& test);
  void write(const Case& choice);
  void write(const Interval& interval);
  void write(const FunctionCall& call);
  void write(const Subquery& subquery);
  void write(const Slice& slice);
  void write(const Lambda& lambda);
  void write(const WindowSpecification& window);
  void write(const FrameBound& bound);
  void write(const std::vector<OrderItem>& items);
  void write_list(const ExpressionList& list);
  void write_names(const std::vector<std::string>& names, std::string_view between);
  void write_call(std::string_view name, const ExpressionList& arguments);

  void write(const Select& select);
  void write(const Values& values);
  void write_rows(const Values& values);
  void write(const GroupBy& group_by);
  void write(const TableReference& table);
  void write(const Join& join);
  void write(const SampleClause& sample);
  void write_alias(const TableReference& table);
  void write_tail(const Query& query);

  std::string out_;
};

}  // namespace whittle::sql
