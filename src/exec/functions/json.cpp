// JSON functions over text. Text that is no JSON is an error, as in DuckDB.
#include "columnar/builder.hpp"
#include "exec/cast/nested_text.hpp"
#include "exec/functions/functions.hpp"
#include "exec/functions/json_text.hpp"
#include "exec/functions/list_support.hpp"

namespace whittle {

namespace {

using Arguments = std::span<const Column>;

// The constant path or, for a list, paths of a call.
struct PathState final : FunctionState {
  std::vector<json::Path> paths;
  ScalarKernel single = nullptr;  // what is done with each value of many
  bool list = false;  // paths that lead nowhere give NULL; a wildcard alone gives what there is
};

// What a kernel does with the document and the path of one row.
class Documents {
 public:
  Documents(KernelContext& context, Arguments arguments)
      : state_(static_cast<const PathState*>(context.state)),
        documents_(arguments[0]),
        paths_(arguments.back()),
        has_path_(arguments.size() > 1),
        integer_(has_path_ && arguments.back().type().is_integer()) {}

  /// The value the path of the row leads to; nothing when there is none.
  Result<std::optional<std::string_view>> find(uint32_t row) {
    const std::string_view text = documents_.get<StringRef>(row).view();
    TRY(json::validate(text));
    if (!has_path_) return std::optional(json::value_at(text));
    json::Path own;
    if (!state_) {
      if (integer_) {
        own.steps.push_back({json::Step::Kind::Index, {}, paths_.get<int64_t>(row)});
      } else {
        own = TRY(json::parse_path(paths_.get<StringRef>(row).view()));
      }
    }
    found_.clear();
    json::find(text, state_ ? state_->paths[0] : own, found_);
    if (found_.empty()) return std::optional<std::string_view>();
    return std::optional(found_[0]);
  }

 private:
  const PathState* state_;
  ColumnView documents_, paths_;
  bool has_path_, integer_;
  std::vector<std::string_view> found_;
};

// Appends the result or returns false for NULL.
using AppendResult = bool (*)(std::string_view value, std::string& out);
Result<Column> strings(KernelContext& context, Arguments arguments, AppendResult append) {
  Documents documents(context, arguments);
  std::string out;
  return kernels::build_strings(
      context, arguments, [&](StringHeap& heap, uint32_t row) -> Result<std::optional<StringRef>> {
        const auto value = TRY(documents.find(row));
        out.clear();
        if (!value || !append(*value, out)) return std::optional<StringRef>();
        return std::optional(TRY(heap.add(out)));
      });
}

bool append_json(std::string_view value, std::string& out) {
  json::append_minified(out, value);
  return true;
}
bool append_text_of(std::string_view value, std::string& out) {
  if (value[0] == 'n') return false;
  if (value[0] == '"') {
    json::append_unescaped(out, value);
  } else {
    json::append_minified(out, value);
  }
  return true;
}
bool append_scalar(std::string_view value, std::string& out) {
  if (value[0] == '{' || value[0] == '[' || value[0] == 'n') return false;
  return append_json(value, out);
}
bool append_type(std::string_view value, std::string& out) {
  out += json::type_name(value);
  return true;
}

template <AppendResult append>
Result<Column> string_kernel(KernelContext& context, Arguments arguments) {
  return strings(context, arguments, append);
}

// ---- many values of one document

// What the paths of each document lead to, as a column of its own, is given to the kernel for one
// value, whose results become the lists.
Result<Column> many_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const auto& state = static_cast<const PathState&>(*inner.state);
    const ColumnView documents(arguments[0]);
    Column result = TRY(kernels::make_result(inner));
    kernels::merge_validity(inner, arguments.first(1), result);
    auto* entries = result.mutable_values<ListEntry>();
    std::fill(entries, entries + inner.length, ListEntry{});
    ColumnBuilder values(TypeId::Varchar, inner.budget);
    if (documents.stored->heap()) values.keep(documents.stored->heap());
    std::vector<std::string_view> found;
    for (uint32_t i = 0; i < inner.rows.count; ++i) {
      const uint32_t row = inner.rows[i];
      if (!kernels::row_valid(result, row)) continue;
      const StringRef& text = documents.get<StringRef>(row);
      TRY(json::validate(text.view()));
      const uint32_t start = values.length();
      for (const json::Path& path : state.paths) {
        found.clear();
        json::find(text.view(), path, found);
        for (const std::string_view value : found) TRY(values.append_value(StringRef(value)));
        if (state.list && found.empty()) TRY(values.append_null());
      }
      entries[row] = {start, values.length() - start};
    }
    const Column parts = TRY(values.finish());
    const Expression call(ExpressionKind::Call, inner.call.type.element());
    const Selection all = Selection::all(parts.length());
    KernelContext each{inner.budget, all,     parts.length(),    call,
                       nullptr,      nullptr, inner.cancellation};
    result.mutable_children().push_back(
        TRY(flatten(TRY(state.single(each, {&parts, 1})), inner.budget)));
    return result;
  });
}

// Constant paths are parsed once; several, or one with wildcards, give a list.
Status bind_path(BindCall& call, ScalarKernel single) {
  if (call.arguments.size() < 2) return {};
  const Value* path = call.constants[1];
  auto state = std::make_shared<PathState>();
  state->single = single;
  state->list = lists::is_list(call.arguments[1]);
  if (state->list) {
    call.arguments[1] = Type::list(TypeId::Varchar);
    if (!path) return fail(ErrorCode::Binder, "List of paths must be constant");
    if (!path->is_null()) {
      for (const Value& each : path->children()) {
        if (!each.type().is_string() || each.is_null()) {
          return fail(ErrorCode::Binder, "Each path of a list must be a VARCHAR");
        }
        state->paths.push_back(TRY(json::parse_path(each.as_string())));
      }
    }
  } else {
    if (!path || path->is_null()) return {};
    if (path->type().is_integer()) {
      const int128_t index = path->as_integer();
      if (index < INT32_MIN || index > INT32_MAX) return {};
      json::Path steps;
      steps.steps.push_back({json::Step::Kind::Index, {}, static_cast<int64_t>(index)});
      state->paths.push_back(std::move(steps));
    } else {
      state->paths.push_back(TRY(json::parse_path(path->as_string())));
    }
  }
  if (state->list || state->paths[0].has_wildcard) {
    call.kernel = many_kernel;
    call.result = Type::list(call.result);
  }
  call.state = std::move(state);
  return {};
}

template <ScalarKernel single>
Status bind_path(BindCall& call) {
  return bind_path(call, single);
}

Result<Column> length_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) {
    Documents documents(inner, arguments);
    return kernels::detail::run<uint64_t>(
        inner, arguments, [&](uint32_t row) -> Result<std::optional<uint64_t>> {
          const auto value = TRY(documents.find(row));
          if (!value) return std::optional<uint64_t>();
          uint64_t count = 0;
          if ((*value)[0] == '[') {
            json::for_each_child(*value, [&](std::string_view, std::string_view) { ++count; });
          }
          return std::optional(count);
        });
  });
}

Result<Column> exists_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) {
    Documents documents(inner, arguments);
    return kernels::detail::run<uint8_t>(inner, arguments, [&](uint32_t row) -> Result<uint8_t> {
      return static_cast<uint8_t>(TRY(documents.find(row)).has_value());
    });
  });
}

// Of json_exists with many paths: which of them led to something.
Result<Column> present_kernel(KernelContext& context, Arguments arguments) {
  Column result = TRY(kernels::make_result(context));
  const ColumnView values(arguments[0]);
  kernels::for_each_row(context.rows, [&](uint32_t row) {
    result.mutable_values<uint8_t>()[row] = values.valid(row);
  });
  return result;
}

Result<Column> valid_kernel(KernelContext& context, Arguments arguments) {
  return kernels::unary<StringRef, uint8_t>(context, arguments[0], [](const StringRef& text) {
    return static_cast<uint8_t>(casts::is_valid_json(text.view()));
  });
}

Result<Column> keys_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    Documents documents(inner, arguments);
    Column result = TRY(kernels::make_result(inner));
    kernels::merge_validity(inner, arguments, result);
    auto* entries = result.mutable_values<ListEntry>();
    std::fill(entries, entries + inner.length, ListEntry{});
    auto heap = make_ref<StringHeap>(inner.budget);
    std::vector<StringRef> keys;
    Status status;
    std::string out;
    for (uint32_t i = 0; i < inner.rows.count; ++i) {
      const uint32_t row = inner.rows[i];
      if (!kernels::row_valid(result, row)) continue;
      const auto value = TRY(documents.find(row));
      if (!value) {
        result.set_null(inner.budget, row);
        continue;
      }
      const auto start = static_cast<uint32_t>(keys.size());
      if ((*value)[0] == '{') {
        json::for_each_child(*value, [&](std::string_view key, std::string_view) {
          out.clear();
          json::append_unescaped(out, key);
          Result<StringRef> kept = heap->add(out);
          if (kept)
            keys.push_back(*kept);
          else if (status)
            status = std::unexpected(std::move(kept).error());
        });
      }
      if (!status) return std::unexpected(std::move(status).error());
      entries[row] = {start, static_cast<uint32_t>(keys.size()) - start};
    }
    Column child = TRY(
        Column::reserve_flat(inner.budget, TypeId::Varchar, static_cast<uint32_t>(keys.size())));
    std::copy(keys.begin(), keys.end(), child.mutable_values<StringRef>());
    child.set_heap(std::move(heap));
    result.mutable_children().push_back(std::move(child));
    return result;
  });
}

Status bind_keys(BindCall& call) {
  call.result = Type::list(TypeId::Varchar);
  return bind_path(call, keys_kernel);
}

// ---- to_json, json_array, json_object

// Arguments of any types with NULLs: f(row, out) appends the row's text.
struct WriteRow {
  template <class F>
  WriteRow(const F& f)  // NOLINT(google-explicit-constructor)
      : object(&f), call([](const void* object, uint32_t row, std::string& out) {
          (*static_cast<const F*>(object))(row, out);
        }) {}
  const void* object;
  void (*call)(const void* object, uint32_t row, std::string& out);
};
Result<Column> write(KernelContext& context, Arguments nullable, Arguments arguments,
                     const WriteRow& f) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) {
    std::string out;
    return kernels::build_strings(inner, nullable,
                                  [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
                                    out.clear();
                                    f.call(f.object, row, out);
                                    return heap.add(out);
                                  });
  });
}

Result<Column> to_json_kernel(KernelContext& context, Arguments arguments) {
  const ColumnView value(arguments[0]);
  return write(context, arguments, arguments,
               [&](uint32_t row, std::string& out) { json::append_value(out, value, row); });
}

Result<Column> array_kernel(KernelContext& context, Arguments arguments) {
  const std::vector<ColumnView> views(arguments.begin(), arguments.end());
  return write(context, {}, arguments, [&](uint32_t row, std::string& out) {
    out += '[';
    for (size_t i = 0; i < views.size(); ++i) {
      if (i > 0) out += ',';
      json::append_value(out, views[i], row);
    }
    out += ']';
  });
}

Result<Column> object_kernel(KernelContext& context, Arguments arguments) {
  const std::vector<ColumnView> views(arguments.begin(), arguments.end());
  return write(context, {}, arguments, [&](uint32_t row, std::string& out) {
    out += '{';
    for (size_t i = 0; i + 1 < views.size(); i += 2) {
      if (!views[i].valid(row)) continue;
      if (out.size() > 1) out += ',';
      json::append_quoted(out, views[i].get<StringRef>(row).view());
      out += ':';
      json::append_value(out, views[i + 1], row);
    }
    out += '}';
  });
}

Status bind_kind(BindCall& call, TypeId kind) {
  const TypeId id = call.arguments[0].id();
  if (id == kind || id == TypeId::Null || (kind == TypeId::List && id == TypeId::Array)) return {};
  return fail(ErrorCode::Binder, std::string(call.name) + "() argument type must be " +
                                     std::string(whittle::type_name(kind)));
}

template <TypeId kind>
Status bind_kind(BindCall& call) {
  return bind_kind(call, kind);
}

Status bind_object(BindCall& call) {
  if (call.arguments.size() % 2 != 0) {
    return fail(ErrorCode::Binder, "json_object() requires an even number of arguments");
  }
  for (size_t i = 0; i < call.arguments.size(); i += 2) {
    if (call.arguments[i].is_string()) continue;
    return fail(ErrorCode::Binder, "json_object() keys must be VARCHAR, add an explicit cast");
  }
  return {};
}

constexpr TypeId text = TypeId::Varchar, big = TypeId::BigInt, document = TypeId::Json,
                 any = TypeId::Null, boolean = TypeId::Boolean;

#define PATH_ROW(name, result, kernel, path, bind) \
  {name, result, kernel, 2, {text, path}, kCanFail, bind}
#define PATH_ROWS(name, result, append)                                                     \
  PATH_ROW(name, result, string_kernel<append>, text, bind_path<string_kernel<append>>),    \
      PATH_ROW(name, result, string_kernel<append>, big, bind_path<string_kernel<append>>), \
      PATH_ROW(name, result, string_kernel<append>, TypeId::List,                           \
               bind_path<string_kernel<append>>)
#define OPTIONAL_PATH_ROWS(name, result, kernel, bind)                                           \
  {name, result, kernel, 1, {text}, kCanFail, bind}, PATH_ROW(name, result, kernel, text, bind), \
      PATH_ROW(name, result, kernel, TypeId::List, bind)

constexpr ScalarFunction rows[] = {
    PATH_ROWS("json_extract", document, append_json),
    PATH_ROWS("json_extract_path", document, append_json),
    PATH_ROWS("->", document, append_json),
    PATH_ROWS("json_extract_string", text, append_text_of),
    PATH_ROWS("json_extract_path_text", text, append_text_of),
    PATH_ROWS("->>", text, append_text_of),
    PATH_ROWS("json_value", text, append_scalar),
    OPTIONAL_PATH_ROWS("json_type", text, string_kernel<append_type>,
                       bind_path<string_kernel<append_type>>),
    OPTIONAL_PATH_ROWS("json_array_length", TypeId::UBigInt, length_kernel,
                       bind_path<length_kernel>),
    OPTIONAL_PATH_ROWS("json_keys", any, keys_kernel, bind_keys),
    PATH_ROW("json_exists", boolean, exists_kernel, text, bind_path<present_kernel>),
    PATH_ROW("json_exists", boolean, exists_kernel, TypeId::List, bind_path<present_kernel>),
    {"json_valid", boolean, valid_kernel, 1, {text}},
    {"json", document, string_kernel<append_json>, 1, {text}, kCanFail},
    {"to_json", document, to_json_kernel, 1, {any}},
    {"json_quote", document, to_json_kernel, 1, {any}},
    {"array_to_json", document, to_json_kernel, 1, {any}, kNone, bind_kind<TypeId::List>},
    {"row_to_json", document, to_json_kernel, 1, {any}, kNone, bind_kind<TypeId::Struct>},
    {"json_array", document, array_kernel, 1, {any}, kSpecialNulls, nullptr, true},
    {"json_object", document, object_kernel, 1, {any}, kSpecialNulls, bind_object, true},
};

}  // namespace

std::span<const ScalarFunction> json_functions() {
  return rows;
}

}  // namespace whittle
