// The parser's inside: one class, its grammar spread over parse_*.cpp by subject.
//
// Inside the parser a failure is a null pointer or false, with the (first) error kept in the
// parser: that makes frames and code much smaller than a Result at each step, and the recursion
// deep enough on small stacks. Grammar functions are named after what they read and leave the token
// behind it as `current()`.
#pragma once

#include <optional>
#include <utility>

#include "sql/lexer.hpp"
#include "sql/parser.hpp"

namespace whittle::sql {

/// How deep expressions, queries and types may nest in the text. Chosen so that the recursion fits
/// into the 1 MB stack of a wasm module and, with a sanitizer's fat frames, into 8 MB.
inline constexpr uint32_t kMaxNesting = 400;

/// Binding strength of operators, weakest first (DuckDB's grammar, that is PostgreSQL's).
enum Precedence : uint8_t {
  kLowest,
  kArrow,
  kOr,
  kAnd,
  kNot,
  kIs,
  kComparison,
  kMatch,  // BETWEEN, IN, LIKE
  kPostfix,
  kOperator,  // all others
  kAdditive,
  kMultiplicative,
  kPower,
  kAtTimeZone,
  kCollate,
  kUnary,
};

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) {}

  /// Skips semicolons; true at the end of the text.
  bool at_end();
  /// One statement and the semicolon (or end of text) behind it.
  StatementPtr whole_statement();
  ExpressionPtr whole_expression();
  Error take_error() { return std::move(*error_); }

 private:
  // ---- tokens (parser_state.cpp) ----
  const Token& peek(uint32_t ahead = 0);
  const Token& current() { return peek(0); }
  Token consume();
  std::string_view text(const Token& token) const { return lexer_.text(token); }
  bool is(Keyword keyword, uint32_t ahead = 0) { return peek(ahead).keyword == keyword; }
  bool is(Symbol symbol, uint32_t ahead = 0) { return peek(ahead).symbol == symbol; }
  bool is(TokenKind kind, uint32_t ahead = 0) { return peek(ahead).kind == kind; }
  template <class What>
  bool accept(What what) {
    if (!is(what)) return false;
    consume();
    return true;
  }
  bool accept_word(std::string_view word);  // a word that may or may not be a keyword
  bool is_word(std::string_view word, uint32_t ahead = 0);
  bool expect(Symbol symbol);
  bool expect(Keyword keyword);
  /// `item` between commas; a trailing comma is fine where `stop` says that the list is over.
  template <class Item>
  bool comma_list(Item item) {
    do {
      if (!item()) return false;
    } while (accept(Symbol::Comma));
    return true;
  }

  // ---- names ----
  bool is_any_word(const Token& token) const;
  bool is_column_name(const Token& token) const;    // ColId
  bool is_function_name(const Token& token) const;  // also left(…), glob(…)
  bool any_name(std::string& name);                 // any word, or quoted: behind a dot, after AS
  bool column_name(std::string& name);  // what may name a column or table without quotes
  bool name_or_string(std::string& name);
  bool qualified_name(QualifiedName& name);
  bool name_list(std::vector<std::string>& names);  // (a, b)
  bool string_literal(std::string& value);
  bool token_value(const Token& token, std::string& value);

  // ---- errors ----
  std::nullptr_t unexpected(std::string_view expected = {});
  std::nullptr_t error(ErrorCode code, const SourcePosition& position, std::string message,
                       std::string hint = {});
  std::nullptr_t unsupported(const Token& token, std::string_view what);

  // ---- nodes ----
  SourcePosition span(const Token& start) const;
  template <class Node>
  std::unique_ptr<Node> node(const Token& start) {
    auto made = std::make_unique<Node>();
    made->position = start.position;
    return made;
  }
  /// Sets the position's end and the depth; null when the tree got too deep.
  ExpressionPtr finish(ExpressionPtr expression, const Token& start);
  ExpressionPtr measured(ExpressionPtr expression);
  bool measure(Query& query);
  bool measure(TableReference& table);
  ExpressionPtr literal(LiteralKind kind, std::string text, const Token& start);
  ExpressionPtr call(std::string name, const Token& start, ExpressionPtr first,
                     ExpressionPtr second = nullptr, ExpressionPtr third = nullptr);

  struct Nesting {
    explicit Nesting(Parser& parser) : parser(parser) { ++parser.nesting_; }
    ~Nesting() { --parser.nesting_; }
    bool too_deep();
    Parser& parser;
  };

  // ---- expressions (parse_expression.cpp: operators) ----
  ExpressionPtr expression(Precedence least = kLowest);
  ExpressionPtr prefix();
  ExpressionPtr negated(ExpressionPtr operand, const Token& start);
  ExpressionPtr minus(ExpressionPtr operand, const Token& start);
  ExpressionPtr infix(ExpressionPtr left, Precedence precedence);
  ExpressionPtr infix_keyword(ExpressionPtr left);
  ExpressionPtr infix_symbol(ExpressionPtr left, Precedence precedence);
  Precedence infix_precedence(bool& symmetric);
  ExpressionPtr conjunction(ExpressionPtr left, bool is_and);
  ExpressionPtr is_test(ExpressionPtr left);
  ExpressionPtr matching(ExpressionPtr left);
  ExpressionPtr like(ExpressionPtr left, const Token& start, LikeKind kind, bool negate);
  ExpressionPtr in(ExpressionPtr left, const Token& start, bool negate);
  ExpressionPtr between(ExpressionPtr left, const Token& start, bool negate);
  ExpressionPtr quantified(ExpressionPtr left, BinaryOperator op, const Token& start);
  bool starts_expression(uint32_t ahead);
  bool expression_list(ExpressionList& list, Symbol close);

  // ---- parse_primary.cpp: literals, names, parentheses, brackets ----
  ExpressionPtr primary();
  ExpressionPtr postfix();
  ExpressionPtr subscript(ExpressionPtr operand, const Token& start);
  ExpressionPtr member(ExpressionPtr operand, const Token& start);
  ExpressionPtr expression_or_query();
  ExpressionPtr parenthesized();
  ExpressionPtr name_expression();
  ExpressionPtr star(const Token& start, std::string relation);
  bool star_modifiers(Star& star);
  ExpressionPtr star_filter(ExpressionPtr star, const Token& start);
  ExpressionPtr columns_expression(bool unpack);
  ExpressionPtr list_literal();
  ExpressionPtr comprehension(ExpressionPtr result, const Token& start);
  ExpressionPtr struct_literal();
  ExpressionPtr parameter();
  ExpressionPtr positional();

  // ---- parse_special.cpp: the forms that begin with a keyword ----
  ExpressionPtr keyword_expression(bool& taken);
  ExpressionPtr case_expression();
  ExpressionPtr cast_expression(bool try_cast);
  ExpressionPtr interval_expression();
  bool interval_unit(IntervalUnit& unit, bool& found);
  ExpressionPtr extract_expression();
  ExpressionPtr position_expression();
  ExpressionPtr substring_expression();
  ExpressionPtr trim_expression();
  ExpressionPtr overlay_expression();
  ExpressionPtr array_expression();
  ExpressionPtr map_expression();
  ExpressionPtr row_expression();
  ExpressionPtr lambda_expression();
  ExpressionPtr exists_expression();
  ExpressionPtr typed_literal();

  // ---- parse_function.cpp: calls and windows ----
  ExpressionPtr function_call(QualifiedName name, const Token& start,
                              ExpressionPtr first = nullptr);
  bool call_arguments(FunctionCall& call, bool table_function);
  bool call_suffixes(FunctionCall& call);
  ExpressionPtr lower_call(std::unique_ptr<FunctionCall> call, const Token& start);
  bool order_list(std::vector<OrderItem>& items);
  bool window_specification(WindowSpecification& window);
  bool frame(WindowSpecification& window);
  bool frame_bound(FrameBound& bound);
  bool resolve_windows(std::vector<NamedWindow>& windows);
  bool apply_base(WindowSpecification& window, const std::vector<NamedWindow>& windows,
                  size_t known);

  // ---- parse_type.cpp ----
  bool type_name(TypeName& type);
  bool base_type(TypeName& type);
  bool special_type(TypeName& type, bool& taken);
  bool type_children(TypeName& type, bool named);
  bool type_modifiers(TypeName& type);
  bool array_suffixes(TypeName& type);

  // ---- parse_query.cpp ----
  bool starts_query(uint32_t ahead = 0);
  bool continues_query();
  QueryPtr query();
  QueryPtr query_rest(QueryPtr left);
  QueryPtr set_operations(QueryPtr left, bool intersect_only);
  QueryPtr query_primary();
  QueryPtr select_core();
  QueryPtr values();
  QueryPtr from_table(QualifiedName name, bool is_file, const Token& start);
  bool with_clause(WithClause& with);
  bool common_table(CommonTable& table);
  bool order_and_limit(Query& query);
  bool limit_clause(LimitClause& limit);
  ExpressionPtr limit_value(bool& percent);
  bool select_clauses(Select& select);
  bool select_items(std::vector<SelectItem>& items);
  bool select_item(SelectItem& item);
  bool group_by(GroupBy& group_by);
  bool grouping_element(GroupBy& group_by, std::vector<GroupingSet>& sets, bool& plain);
  bool grouping_list(GroupBy& group_by, std::vector<GroupingSet>& sets);
  uint32_t grouping_expression(GroupBy& group_by, ExpressionPtr expression);
  bool sample_clause(SampleClause& sample, bool table_sample);

  // ---- parse_from.cpp ----
  bool from_list(std::vector<TableReferencePtr>& tables);
  TableReferencePtr table_reference();
  TableReferencePtr joins(TableReferencePtr left);
  bool join_type(Join& join, bool& is_join);
  TableReferencePtr table_primary();
  TableReferencePtr table_parenthesized();
  TableReferencePtr table_named();
  TableReferencePtr derived(QueryPtr query, const Token& start);
  bool table_alias(TableReference& table);

  // ---- parse_statement.cpp, parse_definition.cpp ----
  StatementPtr statement();
  StatementPtr explain_statement();
  StatementPtr describe_statement();
  StatementPtr summarize_statement();
  QueryPtr described_query(bool& is_table);
  StatementPtr show_statement();
  StatementPtr set_statement();
  StatementPtr reset_statement();
  StatementPtr pragma_statement();
  StatementPtr copy_statement();
  bool setting_name(std::string& name, SettingScope& scope);
  bool setting_value(ExpressionPtr& value);
  bool option_list(std::vector<Option>& options);
  bool option_values(Option& option);
  StatementPtr prepare_statement();
  StatementPtr execute_statement();
  StatementPtr transaction_statement();
  StatementPtr attach_statement();
  StatementPtr detach_statement();
  StatementPtr simple_statement();
  StatementPtr create_statement();
  StatementPtr create_table(OnConflict conflict, bool temporary);
  StatementPtr create_view(OnConflict conflict, bool temporary);
  StatementPtr create_schema(OnConflict conflict);
  StatementPtr create_secret(OnConflict conflict, bool persistent);
  StatementPtr create_macro(OnConflict conflict, bool temporary);
  bool if_not_exists(OnConflict& conflict);
  bool if_exists();
  bool column_definition(ColumnDefinition& column);
  bool table_constraint(CreateTableStatement& table);
  StatementPtr insert_statement();
  StatementPtr update_statement();
  StatementPtr delete_statement();
  bool returning(std::vector<SelectItem>& items);
  StatementPtr drop_statement();
  bool object_kind(ObjectKind& object);
  StatementPtr alter_statement();
  bool alter_action(AlterStatement& alter);
  bool alter_column(AlterStatement& alter);

  Lexer lexer_;
  Token tokens_[4];  // a ring: what was looked at and not yet consumed
  uint32_t token_begin_ = 0, token_count_ = 0;
  Token previous_;
  std::optional<Error> error_;
  uint32_t nesting_ = 0;
  uint32_t question_marks_ = 0, highest_parameter_ = 0;
  std::vector<std::string> parameter_names_;
  std::vector<WindowSpecification*> open_windows_;  // OVER w of the query being read
  size_t copied_ = 0;                               // length of the windows copied so far
  bool percent_ends_ = false;                       // in LIMIT: `10%` is no modulo
};

}  // namespace whittle::sql
