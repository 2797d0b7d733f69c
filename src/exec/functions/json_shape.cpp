// Whole JSON documents: their structure, containment, RFC 7396 merge patches, pretty printing. All
// walk over the text; nesting is bounded by `validate`.
#include <algorithm>

#include "exec/functions/functions.hpp"
#include "exec/functions/json_text.hpp"
#include "exec/kernels.hpp"

namespace whittle {

namespace {

using Arguments = std::span<const Column>;

// The value of a row; the error says where the text stops being JSON.
Result<std::string_view> document(const ColumnView& texts, uint32_t row) {
  const std::string_view text = texts.get<StringRef>(row).view();
  TRY(json::validate(text));
  return json::value_at(text);
}

// f(value, out) appends the result of each document.
template <class F>
Result<Column> rewrite(KernelContext& context, Arguments arguments, F&& f) {
  const ColumnView texts(arguments[0]);
  std::string out;
  return kernels::build_strings(context, arguments,
                                [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
                                  out.clear();
                                  f(TRY(document(texts, row)), out);
                                  return heap.add(out);
                                });
}

std::string key_text(std::string_view quoted) {
  std::string key;
  json::append_unescaped(key, quoted);
  return key;
}

// The member with the key (as text), or nothing.
std::string_view member(std::string_view object, std::string_view key) {
  std::string_view found;
  json::for_each_child(object, [&](std::string_view name, std::string_view value) {
    if (found.empty() && key_text(name) == key) found = value;
  });
  return found;
}

// ---- json_structure

// What values at one place have in common. Kinds that do not go together are JSON.
struct Shape {
  enum Kind : uint8_t {
    Null,
    Boolean,
    UBigInt,
    BigInt,
    HugeInt,
    Double,
    Varchar,
    Json,
    List,
    Object
  };
  Kind kind = Null;
  std::vector<std::pair<std::string, Shape>> members;  // of an object; a list has one

  static Shape of(std::string_view value);
  void merge(Shape other);
  void print(std::string& out) const;
};

Shape Shape::of(std::string_view value) {
  Shape shape;
  if (value[0] == '[') {
    shape.kind = List;
    shape.members.emplace_back();
    json::for_each_child(value, [&](std::string_view, std::string_view element) {
      shape.members[0].second.merge(of(element));
    });
    return shape;
  }
  if (value[0] == '{') {
    shape.kind = Object;
    json::for_each_child(value, [&](std::string_view key, std::string_view child) {
      shape.members.emplace_back(key_text(key), of(child));
    });
    return shape;
  }
  const std::string_view name = json::type_name(value);
  shape.kind = name == "BOOLEAN"   ? Boolean
               : name == "UBIGINT" ? UBigInt
               : name == "BIGINT"  ? BigInt
               : name == "DOUBLE"  ? Double
               : name == "VARCHAR" ? Varchar
                                   : Null;
  return shape;
}

void Shape::merge(Shape other) {
  if (other.kind == Null) return;
  if (kind == Null) {
    *this = std::move(other);
    return;
  }
  if (kind == List && other.kind == List) {
    members[0].second.merge(std::move(other.members[0].second));
    return;
  }
  if (kind == Object && other.kind == Object) {
    for (auto& [name, shape] : other.members) {
      const auto known = std::find_if(members.begin(), members.end(),
                                      [&](const auto& entry) { return entry.first == name; });
      if (known != members.end()) {
        known->second.merge(std::move(shape));
      } else {
        members.emplace_back(std::move(name), std::move(shape));
      }
    }
    return;
  }
  if (kind == other.kind) return;
  const auto is_number = [](Kind each) { return each >= UBigInt && each <= Double; };
  if (!is_number(kind) || !is_number(other.kind)) {
    kind = Json;
    members.clear();
  } else {
    kind = kind == Double || other.kind == Double ? Double : HugeInt;
  }
}

void Shape::print(std::string& out) const {
  if (kind == List) {
    out += '[';
    members[0].second.print(out);
    out += ']';
    return;
  }
  if (kind == Object && !members.empty()) {
    for (size_t i = 0; i < members.size(); ++i) {
      out += i == 0 ? '{' : ',';
      json::append_quoted(out, members[i].first);
      out += ':';
      members[i].second.print(out);
    }
    out += '}';
    return;
  }
  constexpr std::string_view names[] = {"NULL",    "BOOLEAN", "UBIGINT", "BIGINT",
                                        "HUGEINT", "DOUBLE",  "VARCHAR", "JSON"};
  json::append_quoted(out, kind == Object ? "JSON" : names[kind]);
}

Result<Column> structure_kernel(KernelContext& context, Arguments arguments) {
  return rewrite(context, arguments,
                 [](std::string_view value, std::string& out) { Shape::of(value).print(out); });
}

// ---- json_contains

bool is_whole_number(std::string_view value) {
  return value.find_first_of(".eE") == std::string_view::npos;
}

// Whether everything of `part` is in `whole`: members by key, elements in any order.
bool covers(std::string_view whole, std::string_view part) {
  if (whole[0] == '[' && part[0] == '[') {
    bool all = true;
    json::for_each_child(part, [&](std::string_view, std::string_view wanted) {
      bool found = false;
      json::for_each_child(whole, [&](std::string_view, std::string_view element) {
        found = found || covers(element, wanted);
      });
      all = all && found;
    });
    return all;
  }
  if (whole[0] == '{' && part[0] == '{') {
    bool all = true;
    json::for_each_child(part, [&](std::string_view key, std::string_view wanted) {
      if (!all) return;
      const std::string_view value = member(whole, key_text(key));
      all = !value.empty() && covers(value, wanted);
    });
    return all;
  }
  if (whole[0] == '"' && part[0] == '"') return key_text(whole) == key_text(part);
  std::string a, b;
  json::append_minified(a, whole);
  json::append_minified(b, part);
  return a == b && is_whole_number(whole) == is_whole_number(part);
}

bool contains(std::string_view whole, std::string_view part) {
  if (covers(whole, part)) return true;
  if (whole[0] != '[' && whole[0] != '{') return false;
  bool found = false;
  json::for_each_child(whole, [&](std::string_view, std::string_view child) {
    found = found || contains(child, part);
  });
  return found;
}

Result<Column> contains_kernel(KernelContext& context, Arguments arguments) {
  return kernels::binary<StringRef, StringRef, uint8_t>(
      context, arguments[0], arguments[1],
      [](const StringRef& whole, const StringRef& part) -> Result<uint8_t> {
        TRY(json::validate(whole.view()));
        TRY(json::validate(part.view()));
        return contains(json::value_at(whole.view()), json::value_at(part.view()));
      });
}

// ---- json_merge_patch

// An empty `original` counts as no object.
void merge_patch(std::string_view original, std::string_view patch, std::string& out) {
  if (patch[0] != '{') return json::append_minified(out, patch);
  if (!original.starts_with('{')) original = "{}";
  bool first = true;
  const auto begin = [&](std::string_view key) {
    out += first ? '{' : ',';
    first = false;
    json::append_minified(out, key);
    out += ':';
  };
  json::for_each_child(original, [&](std::string_view key, std::string_view value) {
    if (!member(patch, key_text(key)).empty()) return;
    begin(key);
    json::append_minified(out, value);
  });
  json::for_each_child(patch, [&](std::string_view key, std::string_view value) {
    if (value[0] == 'n') return;
    begin(key);
    merge_patch(member(original, key_text(key)), value, out);
  });
  out += first ? "{}" : "}";
}

// From left to right. A NULL patch gives NULL, and what follows it starts anew; so does a patch of
// something that is no object, which is taken as it is.
Result<Column> merge_kernel(KernelContext& context, Arguments arguments) {
  if (kernels::all_constant(arguments) && context.length != 1) {
    return kernels::detail::once(context,
                                 [&](KernelContext& one) { return merge_kernel(one, arguments); });
  }
  const std::vector<ColumnView> views(arguments.begin(), arguments.end());
  return kernels::build_strings(
      context, {}, [&](StringHeap& heap, uint32_t row) -> Result<std::optional<StringRef>> {
        std::optional<std::string> merged;
        for (const ColumnView& view : views) {
          if (!view.valid(row)) {
            merged.reset();
            continue;
          }
          const std::string_view patch = TRY(document(view, row));
          std::string next;
          if (merged && merged->starts_with('{')) {
            merge_patch(*merged, patch, next);
          } else {
            json::append_minified(next, patch);
          }
          merged = std::move(next);
        }
        if (!merged) return std::optional<StringRef>();
        return std::optional(TRY(heap.add(*merged)));
      });
}

// ---- json_pretty

void print_pretty(std::string_view value, size_t depth, std::string& out) {
  const bool object = value[0] == '{';
  if (!object && value[0] != '[') return json::append_minified(out, value);
  bool first = true;
  json::for_each_child(value, [&](std::string_view key, std::string_view child) {
    out += first ? value.substr(0, 1) : ",";
    first = false;
    out += '\n';
    out.append((depth + 1) * 4, ' ');
    if (object) {
      json::append_minified(out, key);
      out += ": ";
    }
    print_pretty(child, depth + 1, out);
  });
  if (first) {
    out += object ? "{}" : "[]";
    return;
  }
  out += '\n';
  out.append(depth * 4, ' ');
  out += object ? '}' : ']';
}

Result<Column> pretty_kernel(KernelContext& context, Arguments arguments) {
  return rewrite(context, arguments,
                 [](std::string_view value, std::string& out) { print_pretty(value, 0, out); });
}

constexpr TypeId text = TypeId::Varchar, document_type = TypeId::Json;

constexpr ScalarFunction rows[] = {
    {"json_structure", document_type, structure_kernel, 1, {text}, kCanFail},
    {"json_contains", TypeId::Boolean, contains_kernel, 2, {text, text}, kCanFail},
    {"json_merge_patch",
     document_type,
     merge_kernel,
     2,
     {text, text},
     kCanFail | kSpecialNulls,
     nullptr,
     true},
    {"json_pretty", text, pretty_kernel, 1, {text}, kCanFail},
};

}  // namespace

std::span<const ScalarFunction> json_shape_functions() {
  return rows;
}

}  // namespace whittle
