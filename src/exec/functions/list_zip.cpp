// list_zip: STRUCTs of the lists' elements at each position.
#include "exec/functions/functions.hpp"
#include "exec/functions/list_support.hpp"

namespace whittle {

namespace {

using lists::ListView;
using lists::no_row;
using Arguments = std::span<const Column>;
using Rows = std::vector<uint32_t>;

Result<Column> zip_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const Type row_type = lists::element_type(inner.call.type);
    const size_t count = row_type.fields().size();
    std::vector<ListView> views(arguments.begin(),
                                arguments.begin() + static_cast<ptrdiff_t>(count));
    const bool truncates = arguments.size() > count;
    Column result = TRY(kernels::make_result(inner));
    auto* entries = result.mutable_values<ListEntry>();
    std::fill(entries, entries + inner.length, ListEntry{});
    std::vector<Rows> rows(count);
    uint32_t total = 0;
    for (uint32_t i = 0; i < inner.rows.count; ++i) {
      const uint32_t row = inner.rows[i];
      uint32_t longest = 0, shortest = UINT32_MAX;
      for (const ListView& view : views) {
        const uint32_t length = view.valid(row) ? view.at(row).length : 0;
        longest = std::max(longest, length);
        shortest = std::min(shortest, length);
      }
      const ColumnView flag(arguments.back());
      const bool cut = truncates && flag.valid(row) && flag.get<uint8_t>(row);
      const uint32_t length = cut ? shortest : longest;
      for (size_t c = 0; c < count; ++c) {
        const ListEntry entry = views[c].valid(row) ? views[c].at(row) : ListEntry{};
        for (uint32_t k = 0; k < length; ++k) {
          rows[c].push_back(k < entry.length ? entry.offset + k : no_row);
        }
      }
      entries[row] = {total, length};
      total += length;
    }
    Column tuples = TRY(Column::reserve_flat(inner.budget, row_type, total));
    for (size_t c = 0; c < count; ++c) {
      const Expression field(ExpressionKind::Call, row_type.fields()[c].type);
      KernelContext one{inner.budget, inner.rows, total, field};
      Column empty = Column::flat(inner.budget, field.type, 0);
      Column values = TRY(lists::pick(one, views[c].child ? *views[c].child : empty, rows[c]));
      tuples.mutable_children().push_back(TRY(flatten(values, inner.budget)));
    }
    result.mutable_children().push_back(std::move(tuples));
    return result;
  });
}

Status bind_zip(BindCall& call) {
  if (call.arguments.empty()) {
    return fail(ErrorCode::Binder, "Provide at least one argument to " + std::string(call.name));
  }
  size_t count = call.arguments.size();
  if (count > 1 && call.arguments.back().id() == TypeId::Boolean) --count;
  std::vector<Type::Field> fields;
  for (size_t i = 0; i < count; ++i) {
    if (!lists::is_list(call.arguments[i]) && call.arguments[i].id() != TypeId::Null) {
      return fail(ErrorCode::Binder, "Parameter type needs to be List");
    }
    if (lists::is_list(call.arguments[i])) {
      call.arguments[i] = Type::list(call.arguments[i].element());
    }
    fields.push_back({"", lists::element_type(call.arguments[i])});
  }
  call.result = Type::list(Type::structure(std::move(fields)));
  return {};
}

constexpr TypeId any = TypeId::Null;
constexpr ScalarFunction rows[] = {
    {"list_zip", any, zip_kernel, 1, {any}, kSpecialNulls, bind_zip, true},
    {"array_zip", any, zip_kernel, 1, {any}, kSpecialNulls, bind_zip, true},
};

}  // namespace

std::span<const ScalarFunction> list_zip_functions() {
  return rows;
}

}  // namespace whittle
