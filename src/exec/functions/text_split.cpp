// string_split and array_to_string: text to lists and back.
#include "columnar/text.hpp"
#include "exec/functions/functions.hpp"
#include "exec/functions/list_support.hpp"
#include "exec/functions/unicode.hpp"

namespace whittle {

namespace {

using Arguments = std::span<const Column>;

// Calls f(part) for the parts of `text` between separators; an empty one parts code points.
template <class F>
void for_each_part(std::string_view text, std::string_view separator, F&& f) {
  if (separator.empty()) {
    if (text.empty()) f(text);
    while (!text.empty()) {
      const size_t bytes = code_point_bytes(text);
      f(text.substr(0, bytes));
      text.remove_prefix(bytes);
    }
    return;
  }
  for (;;) {
    const size_t at = text.find(separator);
    f(text.substr(0, at));
    if (at == std::string_view::npos) return;
    text.remove_prefix(at + separator.size());
  }
}

// A NULL separator leaves the text whole. The parts point into the text.
Result<Column> split_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const ColumnView texts(arguments[0]), separators(arguments[1]);
    Column result = TRY(kernels::make_result(inner));
    kernels::merge_validity(inner, arguments.first(1), result);
    auto* entries = result.mutable_values<ListEntry>();
    std::fill(entries, entries + inner.length, ListEntry{});
    std::vector<StringRef> parts;
    Reservation reservation(inner.budget, "lists");
    for (uint32_t i = 0; i < inner.rows.count; ++i) {
      const uint32_t row = inner.rows[i];
      if (!kernels::row_valid(result, row)) continue;
      const size_t start = parts.size();
      // By reference: parts of short strings point into the column, not into a copy.
      const StringRef& text = texts.get<StringRef>(row);
      if (separators.valid(row)) {
        for_each_part(text.view(), separators.get<StringRef>(row).view(),
                      [&](std::string_view part) { parts.emplace_back(part); });
      } else {
        parts.push_back(text);
      }
      if (parts.size() > INT32_MAX) return fail(ErrorCode::OutOfRange, "lists above 2^31 elements");
      if (parts.capacity() * sizeof(StringRef) > reservation.bytes()) {
        TRY(reservation.resize(parts.capacity() * sizeof(StringRef)));
      }
      entries[row] = {static_cast<uint32_t>(start), static_cast<uint32_t>(parts.size() - start)};
    }
    Column child = TRY(
        Column::reserve_flat(inner.budget, TypeId::Varchar, static_cast<uint32_t>(parts.size())));
    std::copy(parts.begin(), parts.end(), child.mutable_values<StringRef>());
    kernels::keep_heaps(inner, arguments.first(1), child);
    result.mutable_children().push_back(std::move(child));
    return result;
  });
}

Status bind_split(BindCall& call) {
  call.result = Type::list(TypeId::Varchar);
  return {};
}

// NULL elements are left out.
Result<Column> join_kernel(KernelContext& context, Arguments arguments) {
  const lists::ListView list(arguments[0]);
  if (!list.child) return Column::constant_null(context.budget, context.call.type, context.length);
  const ColumnView elements(*list.child), separators(arguments.back());
  const bool comma = arguments.size() == 1;
  std::string out;
  return kernels::build_strings(
      context, arguments, [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
        out.clear();
        bool first = true;
        const ListEntry entry = list.at(row);
        for (uint32_t i = entry.offset; i < entry.offset + entry.length; ++i) {
          if (!elements.valid(i)) continue;
          if (!first) out += comma ? std::string_view(",") : separators.get<StringRef>(row).view();
          first = false;
          out += elements.get<StringRef>(i).view();
        }
        return heap.add(out);
      });
}

Status bind_join(BindCall& call) {
  if (lists::is_list(call.arguments[0])) call.arguments[0] = Type::list(TypeId::Varchar);
  return {};
}

constexpr TypeId text = TypeId::Varchar;

#define SPLIT_ROW(name) \
  {name, TypeId::List, split_kernel, 2, {text, text}, kSpecialNulls, bind_split}

constexpr ScalarFunction rows[] = {
    SPLIT_ROW("string_split"),
    SPLIT_ROW("str_split"),
    SPLIT_ROW("string_to_array"),
    SPLIT_ROW("split"),
    {"array_to_string", text, join_kernel, 2, {TypeId::List, text}, kNone, bind_join},
    {"array_to_string_comma_default", text, join_kernel, 1, {TypeId::List}, kNone, bind_join},
};

}  // namespace

std::span<const ScalarFunction> text_split_functions() {
  return rows;
}

}  // namespace whittle
