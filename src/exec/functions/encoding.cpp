// Bytes as text and back: hex, bin, base64, URLs, digests.
#include <algorithm>

#include "base/ascii.hpp"
#include "exec/functions/digest.hpp"
#include "exec/functions/functions.hpp"
#include "exec/functions/one_loop.hpp"
#include "parquet/utf8.hpp"

namespace whittle {

namespace {

using Arguments = std::span<const Column>;

constexpr char upper_digits[] = "0123456789ABCDEF";
constexpr char lower_digits[] = "0123456789abcdef";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Appends the text's counterpart to `out`.
using Rewrite = Status (*)(std::string_view text, std::string& out);

Result<Column> rewrite_each(KernelContext& context, Arguments arguments, Rewrite rewrite) {
  const ColumnView texts(arguments[0]);
  std::string out;
  return kernels::build_strings(context, arguments.first(1),
                                [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
                                  out.clear();
                                  TRY(rewrite(texts.get<StringRef>(row).view(), out));
                                  return heap.add(out);
                                });
}

template <Rewrite rewrite>
Result<Column> rewrite_kernel(KernelContext& context, Arguments arguments) {
  return rewrite_each(context, arguments, rewrite);
}

Status to_hex(std::string_view text, std::string& out) {
  for (const char c : text) {
    out += upper_digits[static_cast<uint8_t>(c) >> 4];
    out += upper_digits[static_cast<uint8_t>(c) & 15];
  }
  return {};
}

// An odd number of digits has a leading zero.
Status from_hex(std::string_view text, std::string& out) {
  int high = text.size() % 2 == 1 ? 0 : -1;
  for (const char c : text) {
    const int digit = hex_value(c);
    if (digit < 0) {
      return fail(ErrorCode::InvalidArgument, "Invalid input for hex digit: " + std::string(1, c));
    }
    if (high < 0) {
      high = digit;
    } else {
      out += static_cast<char>(high * 16 + digit);
      high = -1;
    }
  }
  return {};
}

Status to_binary(std::string_view text, std::string& out) {
  for (const char c : text) {
    for (int bit = 7; bit >= 0; --bit) out += (static_cast<uint8_t>(c) >> bit & 1) ? '1' : '0';
  }
  return {};
}

Status from_binary(std::string_view text, std::string& out) {
  size_t left = text.size();
  unsigned byte = 0;
  for (const char c : text) {
    if (c != '0' && c != '1') {
      return fail(ErrorCode::InvalidArgument,
                  "Invalid input for binary digit: " + std::string(1, c));
    }
    byte = byte << 1 | static_cast<unsigned>(c - '0');
    if (--left % 8 == 0) {
      out += static_cast<char>(byte);
      byte = 0;
    }
  }
  return {};
}

// Numbers without leading zeros; negative ones in two's complement of 64 or 128 bits.
Result<Column> digits(KernelContext& context, Arguments arguments, int bits_per_digit) {
  const ColumnView values(arguments[0]);
  const bool wide = arguments[0].type().value_size() == 16;
  return kernels::build_strings(
      context, arguments, [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
        uint128_t value = wide ? values.get<uint128_t>(row) : values.get<uint64_t>(row);
        char text[128];
        char* at = text + sizeof(text);
        do {
          *--at = upper_digits[static_cast<size_t>(value & ((1 << bits_per_digit) - 1))];
          value >>= bits_per_digit;
        } while (value != 0);
        return heap.add({at, static_cast<size_t>(text + sizeof(text) - at)});
      });
}

template <int bits_per_digit>
Result<Column> digits_kernel(KernelContext& context, Arguments arguments) {
  return digits(context, arguments, bits_per_digit);
}

constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

Status to_base64(std::string_view text, std::string& out) {
  for (size_t i = 0; i < text.size(); i += 3) {
    const size_t count = std::min<size_t>(3, text.size() - i);
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < count ? static_cast<uint8_t>(text[i + k]) : 0u);
    }
    for (size_t k = 0; k < 4; ++k) {
      out += k <= count ? base64_digits[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return {};
}

Status from_base64(std::string_view text, std::string& out) {
  const auto bad = [&](std::string why) {
    return fail(ErrorCode::Conversion,
                "Could not decode string \"" + std::string(text) + "\" as base64: " + why);
  };
  if (text.size() % 4 != 0) return bad("length must be a multiple of 4");
  size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  uint32_t group = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    size_t digit = 0;
    if (i < text.size() - padding) {
      digit = base64_digits.find(text[i]);
      if (digit == std::string_view::npos) {
        return bad("invalid byte value '" + std::to_string(static_cast<uint8_t>(text[i])) +
                   "' at position " + std::to_string(i));
      }
    }
    group = group << 6 | static_cast<uint32_t>(digit);
    if (i % 4 == 3) {
      for (int shift = 16; shift >= 0; shift -= 8) out += static_cast<char>(group >> shift);
      group = 0;
    }
  }
  out.resize(out.size() - padding);
  return {};
}

Status url_encode(std::string_view text, std::string& out) {
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '-' || c == '~' || c == '.';
    if (plain) {
      out += c;
      continue;
    }
    out += '%';
    TRY(to_hex({&c, 1}, out));
  }
  return {};
}

Status url_decode(std::string_view text, std::string& out) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return {};
}

Status copy(std::string_view text, std::string& out) {
  out += text;
  return {};
}

// Each byte that belongs to no character as '?', or dropped.
std::string mend_utf8(std::string_view text, bool replace) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    size_t length = 1;
    const size_t most = std::min<size_t>(4, text.size() - i);
    while (length <= most && !parquet::is_utf8(text.data() + i, length)) ++length;
    if (length <= most) {
      out += text.substr(i, length);
    } else if (replace) {
      out += '?';
    }
    i += length <= most ? length : 1;
  }
  return out;
}

// The second argument, if any, says what becomes of a BLOB that is no text.
Result<Column> decode_kernel(KernelContext& context, Arguments arguments) {
  const ColumnView blobs(arguments[0]), modes(arguments.back());
  return kernels::build_strings(
      context, arguments, [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
        const std::string_view blob = blobs.get<StringRef>(row).view();
        if (parquet::is_utf8(blob.data(), blob.size())) return heap.add(blob);
        std::string mode = "strict";
        if (arguments.size() > 1) mode = lower_case(modes.get<StringRef>(row).view());
        if (mode == "replace" || mode == "ignore") {
          return heap.add(mend_utf8(blob, mode == "replace"));
        }
        if (mode != "strict") {
          return fail(ErrorCode::Conversion,
                      "decode error behavior specifier \"" + mode + "\" not recognized");
        }
        return fail(
            ErrorCode::Conversion,
            "Failure in decode: could not convert blob to UTF8 string, the blob contained invalid "
            "UTF8 characters. \nUse try(decode(BLOB)) to return NULL and continue instead of "
            "returning an error.");
      });
}

template <auto digest>
Status digest_text(std::string_view text, std::string& out) {
  for (const uint8_t byte : digest(text)) {
    out += lower_digits[byte >> 4];
    out += lower_digits[byte & 15];
  }
  return {};
}

// MD5 as a little-endian number: all of it, or one half.
uint64_t md5_half(std::string_view text, size_t start) {
  const auto bytes = md5(text);
  uint64_t word = 0;
  for (size_t i = 8; i-- > 0;) word = word << 8 | bytes[start + i];
  return word;
}

Result<Column> md5_halves(KernelContext& context, Arguments arguments, size_t start) {
  return one_loop::unary<StringRef, uint64_t>(
      context, arguments, [start](const StringRef& text) { return md5_half(text.view(), start); });
}

template <size_t start>
Result<Column> md5_half_kernel(KernelContext& context, Arguments arguments) {
  return md5_halves(context, arguments, start);
}

Result<Column> md5_number_kernel(KernelContext& context, Arguments arguments) {
  return one_loop::unary<StringRef, uint128_t>(context, arguments, [](const StringRef& text) {
    return static_cast<uint128_t>(md5_half(text.view(), 8)) << 64 | md5_half(text.view(), 0);
  });
}

constexpr TypeId text = TypeId::Varchar, blob = TypeId::Blob;

#define TEXT_ROW(name, result, argument, rewrite, flags) \
  {name, result, rewrite_kernel<rewrite>, 1, {argument}, flags}
#define DIGIT_ROWS(name, bits)                                   \
  {name, text, digits_kernel<bits>, 1, {TypeId::BigInt}},        \
      {name, text, digits_kernel<bits>, 1, {TypeId::UBigInt}},   \
      {name, text, digits_kernel<bits>, 1, {TypeId::HugeInt}}, { \
    name, text, digits_kernel<bits>, 1, {                        \
      TypeId::UHugeInt                                           \
    }                                                            \
  }
#define DIGEST_ROWS(name, digest)                         \
  TEXT_ROW(name, text, text, digest_text<digest>, kNone), \
      TEXT_ROW(name, text, blob, digest_text<digest>, kNone)

constexpr ScalarFunction rows[] = {
    TEXT_ROW("hex", text, text, to_hex, kNone),
    TEXT_ROW("hex", text, blob, to_hex, kNone),
    TEXT_ROW("to_hex", text, text, to_hex, kNone),
    TEXT_ROW("to_hex", text, blob, to_hex, kNone),
    DIGIT_ROWS("hex", 4),
    DIGIT_ROWS("to_hex", 4),
    TEXT_ROW("unhex", blob, text, from_hex, kCanFail),
    TEXT_ROW("from_hex", blob, text, from_hex, kCanFail),
    TEXT_ROW("bin", text, text, to_binary, kNone),
    TEXT_ROW("to_binary", text, text, to_binary, kNone),
    DIGIT_ROWS("bin", 1),
    DIGIT_ROWS("to_binary", 1),
    TEXT_ROW("unbin", blob, text, from_binary, kCanFail),
    TEXT_ROW("from_binary", blob, text, from_binary, kCanFail),
    TEXT_ROW("to_base64", text, blob, to_base64, kNone),
    TEXT_ROW("base64", text, blob, to_base64, kNone),
    TEXT_ROW("from_base64", blob, text, from_base64, kCanFail),
    TEXT_ROW("url_encode", text, text, url_encode, kNone),
    TEXT_ROW("url_decode", text, text, url_decode, kNone),
    TEXT_ROW("encode", blob, text, copy, kNone),
    {"decode", text, decode_kernel, 1, {blob}, kCanFail},
    {"decode", text, decode_kernel, 2, {blob, text}, kCanFail},
    DIGEST_ROWS("md5", md5),
    DIGEST_ROWS("sha1", sha1),
    DIGEST_ROWS("sha256", sha256),
    {"md5_number", TypeId::UHugeInt, md5_number_kernel, 1, {text}},
    {"md5_number", TypeId::UHugeInt, md5_number_kernel, 1, {blob}},
    {"md5_number_lower", TypeId::UBigInt, md5_half_kernel<8>, 1, {text}},
    {"md5_number_upper", TypeId::UBigInt, md5_half_kernel<0>, 1, {text}},
};

}  // namespace

std::span<const ScalarFunction> encoding_functions() {
  return rows;
}

}  // namespace whittle
