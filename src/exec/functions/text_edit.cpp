// Functions that make text from text: parts of it (which share the argument's bytes), changed case,
// padding, trimming, replacement, concatenation.
#include <algorithm>

#include "columnar/text.hpp"
#include "exec/functions/functions.hpp"
#include "exec/functions/list_support.hpp"
#include "exec/functions/unicode.hpp"
#include "exec/kernels.hpp"

namespace whittle {

namespace {

using kernels::build_strings;
using kernels::ternary;
using kernels::unary;

StringRef part_of(std::string_view text, size_t offset, size_t length) {
  return StringRef(text.data() + offset, static_cast<uint32_t>(length));
}

// The string a view reads, whatever its encoding. The inlined bytes live in the column, not in a
// copy.
std::string_view text_at(const ColumnView& view, uint32_t row) {
  return view.get<StringRef>(row).view();
}

// ---- substring
// -----------------------------------------------------------------------------------------

// Positions count from 1; negative ones from the end; a negative length goes backwards, as in
// DuckDB.
std::string_view substring(std::string_view text, int64_t offset, int64_t length) {
  const bool ascii = is_ascii(text);
  const int64_t size = static_cast<int64_t>(ascii ? text.size() : count_code_points(text));
  constexpr int64_t kFar = int64_t{1} << 40;
  offset = std::clamp(offset, -kFar, kFar);
  length = std::clamp(length, -kFar, kFar);
  int64_t begin = offset > 0 ? offset - 1 : offset < 0 ? size + offset : -1;
  int64_t end = begin + length;
  if (length < 0) std::swap(begin, end);
  begin = std::clamp<int64_t>(begin, 0, size);
  end = std::clamp<int64_t>(end, begin, size);
  if (ascii) return text.substr(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
  text.remove_prefix(prefix_bytes(text, static_cast<uint64_t>(begin)));
  return text.substr(0, prefix_bytes(text, static_cast<uint64_t>(end - begin)));
}

// Offsets and lengths beyond 32 bits are refused.
Status check_substring(std::string_view what, int64_t value) {
  constexpr int64_t limit = UINT32_MAX;
  if (value <= limit && value >= -limit - 1) return {};
  return fail(ErrorCode::OutOfRange,
              "Substring " + std::string(what) + " outside of supported range");
}

Result<std::string_view> checked_substring(std::string_view text, int64_t offset, int64_t length) {
  TRY(check_substring("offset", offset));
  TRY(check_substring("length", length));
  return substring(text, offset, length);
}

// Borrowed: gives the part of a row's text.
struct PartOfRow {
  template <class F>
  PartOfRow(const F& f)  // NOLINT(google-explicit-constructor)
      : object(&f), call([](const void* object, uint32_t row) -> Result<std::string_view> {
          return (*static_cast<const F*>(object))(row);
        }) {}
  const void* object;
  Result<std::string_view> (*call)(const void* object, uint32_t row);
};

// Parts of strings share the bytes, so `build_strings` is given references into the arguments.
Result<Column> share_parts(KernelContext& context, std::span<const Column> arguments,
                           const PartOfRow& part_of_row) {
  return build_strings(context, arguments, [&](StringHeap&, uint32_t row) -> Result<StringRef> {
    const std::string_view part = TRY(part_of_row.call(part_of_row.object, row));
    return StringRef(part.data(), static_cast<uint32_t>(part.size()));
  });
}

Result<Column> substring_kernel(KernelContext& context, std::span<const Column> arguments) {
  const ColumnView text(arguments[0]), offset(arguments[1]);
  const ColumnView length(arguments.size() > 2 ? arguments[2] : arguments[1]);
  const bool open = arguments.size() < 3;
  return share_parts(context, arguments, [&](uint32_t row) {
    return checked_substring(text_at(text, row), offset.get<int64_t>(row),
                             open ? UINT32_MAX : length.get<int64_t>(row));
  });
}

Result<Column> left_kernel(KernelContext& context, std::span<const Column> arguments) {
  const ColumnView text(arguments[0]), count(arguments[1]);
  return share_parts(context, arguments, [&](uint32_t row) {
    const std::string_view whole = text_at(text, row);
    int64_t wanted = count.get<int64_t>(row);
    if (wanted < 0)
      wanted = std::max<int64_t>(0, static_cast<int64_t>(count_code_points(whole)) + wanted);
    return checked_substring(whole, 1, wanted);
  });
}

Result<Column> right_kernel(KernelContext& context, std::span<const Column> arguments) {
  const ColumnView text(arguments[0]), count(arguments[1]);
  return share_parts(context, arguments, [&](uint32_t row) {
    const std::string_view whole = text_at(text, row);
    const auto size = static_cast<int64_t>(count_code_points(whole));
    int64_t wanted = count.get<int64_t>(row);
    wanted =
        wanted < 0 ? std::max<int64_t>(0, size + std::max(wanted, -size)) : std::min(wanted, size);
    return whole.substr(prefix_bytes(whole, static_cast<uint64_t>(size - wanted)));
  });
}

// 'abc'[2]: array_extract and list_extract on text.
Result<Column> extract_kernel(KernelContext& context, std::span<const Column> arguments) {
  const ColumnView text(arguments[0]), index(arguments[1]);
  return share_parts(context, arguments, [&](uint32_t row) {
    return checked_substring(text_at(text, row), index.get<int64_t>(row), 1);
  });
}

// ---- case, order
// ---------------------------------------------------------------------------------------

using MapText = void (*)(std::string& out, std::string_view text);

Result<Column> map_texts(KernelContext& context, std::span<const Column> arguments, MapText map) {
  const ColumnView text(arguments[0]);
  std::string mapped;
  return build_strings(context, arguments,
                       [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
                         mapped.clear();
                         map(mapped, text_at(text, row));
                         return heap.add(mapped);
                       });
}

template <MapText map>
Result<Column> map_kernel(KernelContext& context, std::span<const Column> arguments) {
  return map_texts(context, arguments, map);
}

// Grapheme clusters stay whole.
void append_reversed(std::string& out, std::string_view text) {
  if (is_ascii(text)) {
    out.append(text.rbegin(), text.rend());
    return;
  }
  const size_t start = out.size();
  out.resize(start + text.size());
  for (size_t end = out.size(); !text.empty();) {
    const size_t bytes = grapheme_bytes(text);
    end -= bytes;
    std::memcpy(out.data() + end, text.data(), bytes);
    text.remove_prefix(bytes);
  }
}

// ---- trim, pad, repeat
// ---------------------------------------------------------------------------------

bool contains_code_point(std::string_view set, std::string_view code_point) {
  return set.find(code_point) != std::string_view::npos;
}

std::string_view trim_front(std::string_view text, std::string_view set) {
  while (!text.empty()) {
    const size_t bytes = code_point_bytes(text);
    if (!contains_code_point(set, text.substr(0, bytes))) break;
    text.remove_prefix(bytes);
  }
  return text;
}

std::string_view trim_back(std::string_view text, std::string_view set) {
  while (!text.empty()) {
    size_t begin = text.size() - 1;
    while (begin > 0 && is_continuation(text[begin])) --begin;
    if (!contains_code_point(set, text.substr(begin))) break;
    text = text.substr(0, begin);
  }
  return text;
}

Result<Column> trim(KernelContext& context, std::span<const Column> arguments, bool front,
                    bool back) {
  const ColumnView text(arguments[0]);
  const ColumnView set(arguments.size() > 1 ? arguments[1] : arguments[0]);
  const bool spaces = arguments.size() == 1;
  return share_parts(context, arguments, [&](uint32_t row) {
    std::string_view whole = text_at(text, row);
    const std::string_view unwanted = spaces ? std::string_view(" ") : text_at(set, row);
    if (front) whole = trim_front(whole, unwanted);
    if (back) whole = trim_back(whole, unwanted);
    return whole;
  });
}

template <bool front, bool back>
Result<Column> trim_kernel(KernelContext& context, std::span<const Column> arguments) {
  return trim(context, arguments, front, back);
}

Result<Column> pad(KernelContext& context, std::span<const Column> arguments, bool left) {
  const ColumnView text(arguments[0]), width(arguments[1]), fill(arguments[2]);
  std::string out, padding;
  return build_strings(
      context, arguments, [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
        const std::string_view whole = text_at(text, row), unit = text_at(fill, row);
        const uint64_t wanted = static_cast<uint64_t>(std::max(0, width.get<int32_t>(row)));
        const uint64_t present = count_code_points(whole);
        if (wanted <= present) return part_of(whole, 0, prefix_bytes(whole, wanted));
        if (unit.empty()) {
          return fail(ErrorCode::OutOfRange,
                      std::string("Insufficient padding in ") + (left ? "LPAD." : "RPAD."));
        }
        const uint64_t unit_points = count_code_points(unit), missing = wanted - present;
        if (missing / unit_points * unit.size() > UINT32_MAX / 2) {
          return fail(ErrorCode::OutOfRange, "padded string is too long");
        }
        padding.clear();
        for (uint64_t i = 0; i < missing / unit_points; ++i) padding += unit;
        padding += unit.substr(0, prefix_bytes(unit, missing % unit_points));
        out.assign(left ? padding : std::string(whole));
        out += left ? whole : std::string_view(padding);
        return heap.add(out);
      });
}

template <bool left>
Result<Column> pad_kernel(KernelContext& context, std::span<const Column> arguments) {
  return pad(context, arguments, left);
}

Result<Column> repeat_kernel(KernelContext& context, std::span<const Column> arguments) {
  const ColumnView text(arguments[0]), count(arguments[1]);
  return build_strings(context, arguments,
                       [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
                         const std::string_view unit = text_at(text, row);
                         const int64_t times = std::max<int64_t>(0, count.get<int64_t>(row));
                         if (unit.empty() || times == 0) return StringRef();
                         if (static_cast<uint64_t>(times) > UINT32_MAX / 2 / unit.size()) {
                           return fail(ErrorCode::OutOfRange, "repeated string is too long");
                         }
                         std::string out;
                         out.reserve(unit.size() * static_cast<size_t>(times));
                         for (int64_t i = 0; i < times; ++i) out += unit;
                         return heap.add(out);
                       });
}

// ---- replace, translate, split_part
// --------------------------------------------------------------------

Result<Column> replace_kernel(KernelContext& context, std::span<const Column> arguments) {
  const ColumnView text(arguments[0]), from(arguments[1]), to(arguments[2]);
  std::string out;
  return build_strings(
      context, arguments, [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
        const std::string_view whole = text_at(text, row), old = text_at(from, row);
        size_t at = old.empty() ? std::string_view::npos : whole.find(old);
        if (at == std::string_view::npos) return part_of(whole, 0, whole.size());
        out.clear();
        size_t begin = 0;
        for (; at != std::string_view::npos; at = whole.find(old, begin)) {
          out += whole.substr(begin, at - begin);
          out += text_at(to, row);
          begin = at + old.size();
        }
        out += whole.substr(begin);
        return heap.add(out);
      });
}

// Each code point of `from` becomes the one at its place in `to`, or nothing.
Result<Column> translate_kernel(KernelContext& context, std::span<const Column> arguments) {
  const ColumnView text(arguments[0]), from(arguments[1]), to(arguments[2]);
  std::string out;
  return build_strings(
      context, arguments, [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
        out.clear();
        const std::string_view old = text_at(from, row), replacement = text_at(to, row);
        for (std::string_view rest = text_at(text, row); !rest.empty();) {
          const size_t bytes = code_point_bytes(rest);
          const std::string_view code_point = rest.substr(0, bytes);
          const size_t at = old.find(code_point);
          if (at == std::string_view::npos) {
            out += code_point;
          } else {
            std::string_view other =
                replacement.substr(prefix_bytes(replacement, count_code_points(old.substr(0, at))));
            if (!other.empty()) out += other.substr(0, code_point_bytes(other));
          }
          rest.remove_prefix(bytes);
        }
        return heap.add(out);
      });
}

// Part number `index`, from 1, or from -1 backwards; empty when there is none.
std::string_view split_part(std::string_view text, std::string_view separator, int64_t index) {
  if (separator.empty()) {  // parts are single code points
    const auto size = static_cast<int64_t>(count_code_points(text));
    if (index < 0) index += size + 1;
    return index < 1 || index > size ? std::string_view() : substring(text, index, 1);
  }
  if (index < 0) {
    int64_t parts = 1;
    for (size_t at = text.find(separator); at != std::string_view::npos;
         at = text.find(separator, at + separator.size())) {
      ++parts;
    }
    index = parts + index + 1;
  }
  if (index < 1) return {};
  for (; index > 1; --index) {
    const size_t at = text.find(separator);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + separator.size());
  }
  return text.substr(0, text.find(separator));
}

Result<Column> split_part_kernel(KernelContext& context, std::span<const Column> arguments) {
  const ColumnView text(arguments[0]), separator(arguments[1]), index(arguments[2]);
  return share_parts(context, arguments, [&](uint32_t row) {
    return split_part(text_at(text, row), text_at(separator, row), index.get<int64_t>(row));
  });
}

// ---- concatenation
// -------------------------------------------------------------------------------------

// `||` of two texts: NULL if one is.
Result<Column> concat_kernel(KernelContext& context, std::span<const Column> arguments) {
  const ColumnView left(arguments[0]), right(arguments[1]);
  return build_strings(
      context, arguments, [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
        const std::string_view a = text_at(left, row), b = text_at(right, row);
        const size_t size = a.size() + b.size();
        if (size > UINT32_MAX / 2) return fail(ErrorCode::OutOfRange, "string above 2 GB");
        char small[StringRef::inline_capacity];
        char* place =
            size <= sizeof(small) ? small : TRY(heap.allocate(static_cast<uint32_t>(size)));
        if (!a.empty()) std::memcpy(place, a.data(), a.size());
        if (!b.empty()) std::memcpy(place + a.size(), b.data(), b.size());
        return StringRef(place, static_cast<uint32_t>(size));
      });
}

Result<Column> null_kernel(KernelContext& context, std::span<const Column>) {
  return Column::constant_null(context.budget, context.call.type, context.length);
}

// concat and concat_ws skip NULLs, so they look at validity themselves.
Result<Column> concat_all(KernelContext& context, std::span<const Column> arguments,
                          bool with_separator) {
  std::vector<ColumnView> views(arguments.begin(), arguments.end());
  std::string out;
  const std::span<const Column> nullable = arguments.first(with_separator ? 1 : 0);
  return build_strings(context, nullable, [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
    out.clear();
    bool first = true;
    for (size_t i = with_separator ? 1 : 0; i < views.size(); ++i) {
      if (!views[i].valid(row)) continue;
      if (with_separator && !first) out += text_at(views[0], row);
      first = false;
      out += text_at(views[i], row);
    }
    return heap.add(out);
  });
}

template <bool with_separator>
Result<Column> concat_all_kernel(KernelContext& context, std::span<const Column> arguments) {
  return concat_all(context, arguments, with_separator);
}

Result<Column> chr_kernel(KernelContext& context, std::span<const Column> arguments) {
  return unary<int32_t, StringRef>(
      context, arguments[0], [](int32_t code_point) -> Result<StringRef> {
        if (code_point < 0 || code_point > 0x10FFFF ||
            (code_point >= 0xD800 && code_point <= 0xDFFF)) {
          return fail(ErrorCode::OutOfRange,
                      "Invalid UTF8 Codepoint " + std::to_string(code_point));
        }
        std::string text;
        append_code_point(text, code_point);
        return StringRef(text);
      });
}

// Lists are joined, anything else goes as text. `||` of an untyped NULL is one itself.
Status bind_text(BindCall& call) {
  if (call.arguments.empty()) return fail(ErrorCode::Binder, "concat() needs an argument");
  for (const Type& type : call.arguments) {
    if (call.name != "||" || type.id() != TypeId::Null) continue;
    call.kernel = null_kernel;
    call.result = TypeId::Null;
    return {};
  }
  const auto is_list = [](const Type& type) {
    return type.id() == TypeId::List || type.id() == TypeId::Array;
  };
  const bool joined = std::ranges::any_of(call.arguments, is_list);
  if (joined && call.name != "concat_ws") return lists::bind_concat_all(call);
  for (Type& type : call.arguments) type = TypeId::Varchar;
  return {};
}

#define TEXT TypeId::Varchar
#define ANY TypeId::Null
#define INT TypeId::BigInt
#define MAP_ROW(name, f)            \
  {                                 \
    name, TEXT, map_kernel<f>, 1, { \
      TEXT                          \
    }                               \
  }
#define TRIM_ROWS(name, front, back)                   \
  {name, TEXT, trim_kernel<front, back>, 1, {TEXT}}, { \
    name, TEXT, trim_kernel<front, back>, 2, {         \
      TEXT, TEXT                                       \
    }                                                  \
  }
#define SUBSTRING_ROWS(name)                        \
  {name, TEXT, substring_kernel, 2, {TEXT, INT}}, { \
    name, TEXT, substring_kernel, 3, {              \
      TEXT, INT, INT                                \
    }                                               \
  }

constexpr ScalarFunction rows[] = {
    SUBSTRING_ROWS("substring"),
    SUBSTRING_ROWS("substr"),
    {"left", TEXT, left_kernel, 2, {TEXT, INT}},
    {"right", TEXT, right_kernel, 2, {TEXT, INT}},
    {"array_extract", TEXT, extract_kernel, 2, {TEXT, INT}},
    {"list_extract", TEXT, extract_kernel, 2, {TEXT, INT}},
    {"list_element", TEXT, extract_kernel, 2, {TEXT, INT}},
    MAP_ROW("lower", append_lower),
    MAP_ROW("lcase", append_lower),
    MAP_ROW("upper", append_upper),
    MAP_ROW("ucase", append_upper),
    MAP_ROW("reverse", append_reversed),
    TRIM_ROWS("trim", true, true),
    TRIM_ROWS("ltrim", true, false),
    TRIM_ROWS("rtrim", false, true),
    {"lpad", TEXT, pad_kernel<true>, 3, {TEXT, TypeId::Integer, TEXT}, kCanFail},
    {"rpad", TEXT, pad_kernel<false>, 3, {TEXT, TypeId::Integer, TEXT}, kCanFail},
    {"repeat", TEXT, repeat_kernel, 2, {TEXT, INT}, kCanFail},
    {"repeat", TypeId::Blob, repeat_kernel, 2, {TypeId::Blob, INT}, kCanFail},
    {"replace", TEXT, replace_kernel, 3, {TEXT, TEXT, TEXT}},
    {"translate", TEXT, translate_kernel, 3, {TEXT, TEXT, TEXT}},
    {"split_part", TEXT, split_part_kernel, 3, {TEXT, TEXT, INT}},
    {"||", TEXT, concat_kernel, 2, {TEXT, TEXT}, kNone, bind_text},
    {"||", TEXT, concat_kernel, 2, {ANY, ANY}, kNone, bind_text},
    {"||", TypeId::Blob, concat_kernel, 2, {TypeId::Blob, TypeId::Blob}},
    {"concat", TEXT, concat_all_kernel<false>, 1, {ANY}, kSpecialNulls, bind_text, true},
    {"concat_ws", TEXT, concat_all_kernel<true>, 2, {TEXT, ANY}, kSpecialNulls, bind_text, true},
    {"chr", TEXT, chr_kernel, 1, {TypeId::Integer}, kCanFail},
};

}  // namespace

std::span<const ScalarFunction> text_edit_functions() {
  return rows;
}

}  // namespace whittle
