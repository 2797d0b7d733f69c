// Text for people: sizes in bytes, bars, numbers in other bases; text without accents, in Unicode's
// normal form, and by graphemes; parts of paths.
#include <utf8proc.h>

#include <cmath>
#include <cstdlib>

#include "columnar/builder.hpp"
#include "exec/functions/functions.hpp"
#include "exec/functions/list_support.hpp"
#include "exec/functions/one_loop.hpp"
#include "exec/functions/unicode.hpp"
#include "plan/settings.hpp"

namespace whittle {

namespace {

using Arguments = std::span<const Column>;

// ---- Unicode

template <int options>
Result<Column> map_kernel(KernelContext& context, Arguments arguments) {
  const ColumnView texts(arguments[0]);
  return kernels::build_strings(
      context, arguments, [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
        const StringRef& text = texts.get<StringRef>(row);
        if (is_ascii(text.view())) return heap.add(text.view());
        utf8proc_uint8_t* mapped = nullptr;
        const auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                         static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                                         static_cast<utf8proc_option_t>(options));
        if (length < 0) return heap.add(text.view());
        Result<StringRef> kept =
            heap.add({reinterpret_cast<const char*>(mapped), static_cast<size_t>(length)});
        std::free(mapped);
        return kept;
      });
}

int64_t count_graphemes(std::string_view text) {
  if (is_ascii(text)) return static_cast<int64_t>(text.size());
  int64_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(grapheme_bytes(text));
  return count;
}

// Graphemes begin … begin + count - 1, from 0.
std::string_view graphemes(std::string_view text, int64_t begin, int64_t count) {
  for (; begin > 0 && !text.empty(); --begin) text.remove_prefix(grapheme_bytes(text));
  size_t bytes = 0;
  for (; count > 0 && bytes < text.size(); --count) bytes += grapheme_bytes(text.substr(bytes));
  return text.substr(0, bytes);
}

Result<Column> length_grapheme_kernel(KernelContext& context, Arguments arguments) {
  return kernels::unary<StringRef, int64_t>(
      context, arguments[0], [](const StringRef& text) { return count_graphemes(text.view()); });
}

Status check_count(int64_t value) {
  if (value <= UINT32_MAX && value >= -int64_t{UINT32_MAX} - 1) return {};
  return fail(ErrorCode::OutOfRange, "Substring offset outside of supported range");
}

// A negative count leaves that many out on the other side.
Result<Column> side_graphemes(KernelContext& context, Arguments arguments, bool left) {
  return one_loop::binary<StringRef, int64_t, StringRef>(
      context, arguments, [left](const StringRef& text, int64_t count) -> Result<StringRef> {
        if (left && count > 0) TRY(check_count(count));
        const int64_t length = count_graphemes(text.view());
        count = count < 0 ? std::max<int64_t>(0, length + std::max(count, -length))
                          : std::min(count, length);
        return StringRef(graphemes(text.view(), left ? 0 : length - count, count));
      });
}

template <bool left>
Result<Column> side_grapheme_kernel(KernelContext& context, Arguments arguments) {
  return side_graphemes(context, arguments, left);
}

Result<Column> substring_grapheme_kernel(KernelContext& context, Arguments arguments) {
  const ColumnView texts(arguments[0]), begins(arguments[1]), lengths(arguments.back());
  const bool open = arguments.size() == 2;
  return kernels::build_strings(
      context, arguments, [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
        const std::string_view text = texts.get<StringRef>(row).view();
        const int64_t total = count_graphemes(text);
        int64_t begin = begins.get<int64_t>(row);
        const int64_t wanted = open ? 0 : lengths.get<int64_t>(row);
        TRY(check_count(begin));
        TRY(check_count(wanted));
        begin =
            begin < 0 ? std::max<int64_t>(begin, -total) + total + 1 : std::min(begin, total + 1);
        int64_t end = total + 1;
        if (!open) {
          const int64_t length = std::max<int64_t>(-total - 1, std::min(wanted, total + 1));
          end = begin + length;
          if (length < 0) std::swap(begin, end);
        }
        begin = std::max<int64_t>(begin, 1);
        return heap.add(graphemes(text, begin - 1, std::max<int64_t>(0, end - begin)));
      });
}

// ---- sizes

constexpr std::string_view binary_units[] = {"KiB", "MiB", "GiB", "TiB", "PiB"};
constexpr std::string_view decimal_units[] = {"kB", "MB", "GB", "TB", "PB"};

// One digit behind the point, cut off.
Result<Column> sizes(KernelContext& context, Arguments arguments, uint64_t unit) {
  const ColumnView values(arguments[0]);
  return kernels::build_strings(
      context, arguments, [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
        const int64_t value = values.get<int64_t>(row);
        const uint64_t size =
            value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
        std::string out = value < 0 ? "-" : "";
        if (size < unit) {
          out += std::to_string(size) + (size == 1 ? " byte" : " bytes");
          return heap.add(out);
        }
        uint64_t scale = unit;
        size_t step = 0;
        while (step + 1 < std::size(binary_units) && size / scale >= unit) {
          scale *= unit;
          ++step;
        }
        const uint64_t tenths = static_cast<uint64_t>(static_cast<uint128_t>(size) * 10 / scale);
        out += std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " ";
        out += unit == 1024 ? binary_units[step] : decimal_units[step];
        return heap.add(out);
      });
}

template <int64_t unit>
Result<Column> size_kernel(KernelContext& context, Arguments arguments) {
  return sizes(context, arguments, unit);
}

// bar(x, least, most, width): filled to an eighth of a character.
Result<Column> bar_kernel(KernelContext& context, Arguments arguments) {
  const ColumnView values(arguments[0]), lows(arguments[1]), highs(arguments[2]),
      widths(arguments.back());
  return kernels::build_strings(
      context, arguments, [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
        const double x = values.get<double>(row), low = lows.get<double>(row),
                     high = highs.get<double>(row);
        const double width = arguments.size() == 4 ? widths.get<double>(row) : 80;
        if (!(width >= 1)) return fail(ErrorCode::OutOfRange, "Max bar width must be >= 1");
        if (width > 1000) return fail(ErrorCode::OutOfRange, "Max bar width must be <= 1000");
        const bool nothing = x <= low || std::isnan(x) || std::isnan(low);
        const double filled = nothing ? 0 : x >= high ? width : (x - low) / (high - low) * width;
        if (!std::isfinite(filled)) {
          return fail(ErrorCode::OutOfRange, "Bar width must not be NaN or infinity");
        }
        auto whole = static_cast<size_t>(filled);
        const auto eighths = static_cast<int>((filled - static_cast<double>(whole)) * 8);
        std::string out;
        for (size_t i = 0; i < whole; ++i) append_code_point(out, 0x2588);
        if (eighths > 0) {
          append_code_point(out, 0x2590 - eighths);
          ++whole;
        }
        for (size_t i = whole; i < static_cast<size_t>(width); ++i) out += ' ';
        return heap.add(out);
      });
}

Result<Column> to_base_kernel(KernelContext& context, Arguments arguments) {
  const ColumnView values(arguments[0]), radixes(arguments[1]), lengths(arguments.back());
  return kernels::build_strings(
      context, arguments, [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
        int64_t value = values.get<int64_t>(row);
        const int32_t radix = radixes.get<int32_t>(row);
        const int32_t length = arguments.size() == 3 ? lengths.get<int32_t>(row) : 0;
        const auto bad = [](std::string_view why) {
          return fail(ErrorCode::InvalidArgument, "'to_base' " + std::string(why));
        };
        if (value < 0) return bad("number must be greater than or equal to 0");
        if (radix < 2 || radix > 36) return bad("radix must be between 2 and 36");
        if (length < 0 || length > 64) return bad("min_length must be between 0 and 64");
        std::string digits;
        do {
          digits.insert(digits.begin(), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[value % radix]);
          value /= radix;
        } while (value != 0);
        if (digits.size() < static_cast<size_t>(length)) {
          digits.insert(0, static_cast<size_t>(length) - digits.size(), '0');
        }
        return heap.add(digits);
      });
}

// "1.5 GiB" in bytes.
Result<Column> parse_size_kernel(KernelContext& context, Arguments arguments) {
  return one_loop::unary<StringRef, uint64_t>(
      context, arguments, [](const StringRef& text) { return parse_memory_size(text.view()); });
}

// ---- paths

std::string_view separators_named(std::string_view name) {
  return name == "system" || name == "forward_slash" || name == "/" ? "/"
         : name == "backslash"                                      ? "\\"
                                                                    : "/\\";
}

std::string_view separators_of(const Column& column, const ColumnView& view, uint32_t row) {
  return column.type().id() == TypeId::Varchar ? separators_named(view.get<StringRef>(row).view())
                                               : "/\\";
}

// parse_filename(path [, without extension] [, separator])
Result<Column> filename_kernel(KernelContext& context, Arguments arguments) {
  const ColumnView paths(arguments[0]), last(arguments.back()),
      second(arguments[arguments.size() > 1]);
  const bool has_flag = arguments.size() > 1 && arguments[1].type().id() == TypeId::Boolean;
  return kernels::build_strings(
      context, arguments, [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
        std::string_view path = paths.get<StringRef>(row).view();
        const std::string_view separators =
            arguments.size() > 1 ? separators_of(arguments.back(), last, row) : "/\\";
        const size_t slash = path.find_last_of(separators);
        if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
        if (has_flag && second.get<uint8_t>(row)) path = path.substr(0, path.rfind('.'));
        return heap.add(path);
      });
}

// parse_dirname: the first part; parse_dirpath: all but the last.
template <bool whole>
Result<Column> directory_kernel(KernelContext& context, Arguments arguments) {
  const ColumnView paths(arguments[0]), last(arguments.back());
  return kernels::build_strings(
      context, arguments, [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
        const std::string_view path = paths.get<StringRef>(row).view();
        const std::string_view separators =
            arguments.size() > 1 ? separators_of(arguments.back(), last, row) : "/\\";
        const size_t slash = whole ? path.find_last_of(separators) : path.find_first_of(separators);
        if (slash == std::string_view::npos) return StringRef();
        return heap.add(path.substr(0, slash == 0 ? 1 : slash));
      });
}

// parse_path: the parts between separators; a leading one is a part itself.
Result<Column> path_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    const ColumnView paths(arguments[0]), last(arguments.back());
    ColumnBuilder builder(inner.call.type, inner.budget);
    for (uint32_t i = 0; i < inner.rows.count; ++i) {
      const uint32_t row = inner.rows[i];
      while (builder.length() < row) TRY(builder.append_null());
      if (!paths.valid(row) || !last.valid(row)) {
        TRY(builder.append_null());
        continue;
      }
      std::string_view path = paths.get<StringRef>(row).view();
      const std::string_view separators =
          arguments.size() > 1 ? separators_of(arguments.back(), last, row) : "/\\";
      builder.begin_list();
      if (!path.empty() && path.find_first_of(separators) == 0) {
        TRY(builder.child(0).append_string(path.substr(0, 1)));
      }
      while (!path.empty()) {
        const std::string_view part = path.substr(0, path.find_first_of(separators));
        if (!part.empty()) TRY(builder.child(0).append_string(part));
        path.remove_prefix(std::min(path.size(), part.size() + 1));
      }
      TRY(builder.end_list());
    }
    while (builder.length() < inner.length) TRY(builder.append_null());
    return builder.finish();
  });
}

Status bind_path(BindCall& call) {
  call.result = Type::list(TypeId::Varchar);
  return {};
}

constexpr TypeId text = TypeId::Varchar, big = TypeId::BigInt, real = TypeId::Double,
                 integer = TypeId::Integer, boolean = TypeId::Boolean;

constexpr ScalarFunction rows[] = {
    {"strip_accents",
     text,
     map_kernel<UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_STRIPMARK>,
     1,
     {text}},
    {"nfc_normalize", text, map_kernel<UTF8PROC_STABLE | UTF8PROC_COMPOSE>, 1, {text}},
    {"length_grapheme", big, length_grapheme_kernel, 1, {text}},
    {"left_grapheme", text, side_grapheme_kernel<true>, 2, {text, big}},
    {"right_grapheme", text, side_grapheme_kernel<false>, 2, {text, big}},
    {"substring_grapheme", text, substring_grapheme_kernel, 2, {text, big}},
    {"substring_grapheme", text, substring_grapheme_kernel, 3, {text, big, big}},
    {"format_bytes", text, size_kernel<1024>, 1, {big}},
    {"formatreadablesize", text, size_kernel<1024>, 1, {big}},
    {"formatreadabledecimalsize", text, size_kernel<1000>, 1, {big}},
    {"bar", text, bar_kernel, 3, {real, real, real}, kCanFail},
    {"bar", text, bar_kernel, 4, {real, real, real, real}, kCanFail},
    {"to_base", text, to_base_kernel, 2, {big, integer}, kCanFail},
    {"to_base", text, to_base_kernel, 3, {big, integer, integer}, kCanFail},
    {"parse_formatted_bytes", TypeId::UBigInt, parse_size_kernel, 1, {text}, kCanFail},
    {"parse_filename", text, filename_kernel, 1, {text}},
    {"parse_filename", text, filename_kernel, 2, {text, boolean}},
    {"parse_filename", text, filename_kernel, 2, {text, text}},
    {"parse_filename", text, filename_kernel, 3, {text, boolean, text}},
    {"parse_path", TypeId::List, path_kernel, 1, {text}, kNone, bind_path},
    {"parse_path", TypeId::List, path_kernel, 2, {text, text}, kNone, bind_path},
    {"parse_dirname", text, directory_kernel<false>, 1, {text}},
    {"parse_dirname", text, directory_kernel<false>, 2, {text, text}},
    {"parse_dirpath", text, directory_kernel<true>, 1, {text}},
    {"parse_dirpath", text, directory_kernel<true>, 2, {text, text}},
};

}  // namespace

std::span<const ScalarFunction> text_show_functions() {
  return rows;
}

}  // namespace whittle
