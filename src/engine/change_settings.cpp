// SET, RESET and PRAGMA.
#include "engine/session.hpp"
#include "plan/binder/binder.hpp"
#include "plan/table_function.hpp"

namespace whittle {

namespace {

PlanPtr no_rows() {
  return std::make_unique<PlanNode>(PlanKind::Values);
}

// PRAGMA name: one row with the value, like SELECT current_setting('name').
Result<PlanPtr> show_setting(const Settings& settings, const std::string& name) {
  const Value value = TRY(settings.get(name));
  const Schema schema{{name, TypeId::Varchar}};
  auto table = std::make_shared<ValuesTable>(name, schema);
  table->rows.push_back({value.is_null() ? Value::null(TypeId::Varchar)
                                         : Value::string(TypeId::Varchar, value.to_string())});
  auto scan = std::make_unique<PlanNode>(PlanKind::Scan);
  scan->output = schema;
  scan->table = std::move(table);
  scan->columns = {0};
  return scan;
}

}  // namespace

Status Session::apply_setting(std::string_view name) {
  if (name != "memory_limit" && name != "max_memory") return {};
  const std::string text = settings_.text("memory_limit");
  const uint64_t bytes = text.empty()
                             ? engine_.options().memory_limit
                             : TRY(parse_memory_size(text, engine_.services().total_memory));
  engine_.budget().set_limit(bytes);
  return {};
}

Result<PlanPtr> Session::change_settings(const sql::Statement& statement,
                                         const BindContext& context) {
  const auto set = [&](const std::string& name, const sql::ExpressionPtr& value) -> Status {
    TRY(settings_.set(name, TRY(bind_constant_value(*value, context))));
    return apply_setting(name);
  };
  const auto at = [&](Status status) -> Status {
    if (!status) return fail(std::move(status.error()).with_position(statement.position));
    return {};
  };
  if (const auto* assignment = sql::if_is<sql::SetStatement>(statement);
      assignment && assignment->scope == sql::SettingScope::Variable) {
    if (assignment->values.size() != 1) {
      return fail(Error(ErrorCode::Binder, "SET VARIABLE takes one value")
                      .with_position(statement.position));
    }
    settings_.set_variable(assignment->name,
                           TRY(bind_constant_value(*assignment->values[0], context)));
    return no_rows();
  }
  if (const auto* reset = sql::if_is<sql::ResetStatement>(statement);
      reset && reset->scope == sql::SettingScope::Variable) {
    settings_.reset_variable(reset->name);
    return no_rows();
  }
  if (const auto* assignment = sql::if_is<sql::SetStatement>(statement)) {
    if (assignment->values.size() != 1) {
      return fail(
          Error(ErrorCode::Binder, "SET takes one value").with_position(statement.position));
    }
    TRY(at(set(assignment->name, assignment->values[0])));
    return no_rows();
  }
  if (const auto* reset = sql::if_is<sql::ResetStatement>(statement)) {
    TRY(at(settings_.reset(reset->name)));
    TRY(apply_setting(reset->name));
    return no_rows();
  }
  const auto& pragma = sql::as<sql::PragmaStatement>(statement);
  if (pragma.arguments.size() == 1) {
    TRY(at(set(pragma.name, pragma.arguments[0])));
    return no_rows();
  }
  // PRAGMA enable_x and disable_x switch; any other name shows its value.
  const bool enable = pragma.name.starts_with("enable_");
  if (enable || pragma.name.starts_with("disable_")) {
    const std::string_view rest = std::string_view(pragma.name).substr(enable ? 7 : 8);
    TRY(at(settings_.set("enable_" + std::string(rest), Value::boolean(enable))));
    return no_rows();
  }
  return show_setting(settings_, pragma.name);
}

}  // namespace whittle
