// BIT strings: one byte with the number of padding bits, then the bits from the highest down; the
// padding in front is ones. And bit_count of integers.
#include <bit>

#include "exec/functions/functions.hpp"
#include "exec/functions/one_loop.hpp"
#include "exec/functions/wide_numbers.hpp"

namespace whittle {

namespace {

using Arguments = std::span<const Column>;

int64_t bit_length(std::string_view bits) {
  return bits.empty() ? 0
                      : (static_cast<int64_t>(bits.size()) - 1) * 8 - static_cast<uint8_t>(bits[0]);
}
bool get(std::string_view bits, int64_t index) {
  const auto at = static_cast<size_t>(index + static_cast<uint8_t>(bits[0]));
  return static_cast<uint8_t>(bits[1 + at / 8]) >> (7 - at % 8) & 1;
}
void set(std::string& bits, int64_t index, bool value) {
  const auto at = static_cast<size_t>(index + static_cast<uint8_t>(bits[0]));
  const auto mask = static_cast<char>(0x80 >> at % 8);
  if (value) {
    bits[1 + at / 8] = static_cast<char>(bits[1 + at / 8] | mask);
  } else {
    bits[1 + at / 8] = static_cast<char>(bits[1 + at / 8] & ~mask);
  }
}
// `length` zero bits.
std::string zeros(int64_t length) {
  const auto bytes = static_cast<size_t>((length + 7) / 8);
  const auto padding = static_cast<int64_t>(bytes) * 8 - length;
  std::string bits(bytes + 1, '\0');
  if (padding > 0) bits[1] = static_cast<char>(0xFF00 >> padding);
  bits[0] = static_cast<char>(padding);
  return bits;
}

Result<Column> count_kernel(KernelContext& context, Arguments arguments) {
  return one_loop::unary<StringRef, int64_t>(context, arguments, [](const StringRef& bits) {
    int64_t count = 0;
    for (const char c : bits.view().substr(std::min<size_t>(1, bits.size()))) {
      count += std::popcount(static_cast<uint8_t>(c));
    }
    return bits.size() == 0 ? 0 : count - static_cast<uint8_t>(bits.data()[0]);
  });
}

// Of an integer of so many bits, which is wider here.
template <int bits>
Status count_bits(wide::IntegerRow& row) {
  const uint128_t value = static_cast<uint128_t>(row.a) << (128 - bits);
  row.out = std::popcount(static_cast<uint64_t>(value >> 64)) +
            std::popcount(static_cast<uint64_t>(value));
  return {};
}
template <int bits>
Result<Column> count_bits_kernel(KernelContext& context, Arguments arguments) {
  return wide::run(context, arguments, count_bits<bits>, nullptr);
}

std::unexpected<Error> bad_index(int64_t index, int64_t length) {
  return fail(ErrorCode::OutOfRange, "bit index " + std::to_string(index) +
                                         " out of valid range (0.." + std::to_string(length - 1) +
                                         ")");
}

Result<Column> get_kernel(KernelContext& context, Arguments arguments) {
  return one_loop::binary<StringRef, int32_t, int32_t>(
      context, arguments, [](const StringRef& bits, int32_t index) -> Result<int32_t> {
        const int64_t length = bit_length(bits.view());
        if (index < 0 || index >= length) return bad_index(index, length);
        return get(bits.view(), index);
      });
}

Result<Column> set_kernel(KernelContext& context, Arguments arguments) {
  const ColumnView strings(arguments[0]), indexes(arguments[1]), values(arguments[2]);
  return kernels::build_strings(
      context, arguments, [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
        std::string bits(strings.get<StringRef>(row).view());
        const int32_t index = indexes.get<int32_t>(row), value = values.get<int32_t>(row);
        if (value != 0 && value != 1) {
          return fail(ErrorCode::InvalidArgument, "The new bit must be 1 or 0");
        }
        const int64_t length = bit_length(bits);
        if (index < 0 || index >= length) return bad_index(index, length);
        set(bits, index, value != 0);
        return heap.add(bits);
      });
}

// & | xor of strings of one length, by `operation`.
Result<Column> combined(KernelContext& context, Arguments arguments, char operation) {
  const ColumnView left(arguments[0]), right(arguments[1]);
  return kernels::build_strings(
      context, arguments, [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
        const std::string_view a = left.get<StringRef>(row).view(),
                               b = right.get<StringRef>(row).view();
        const int64_t length = bit_length(a);
        if (length != bit_length(b)) {
          const std::string_view name = operation == '&' ? "AND" : operation == '|' ? "OR" : "XOR";
          return fail(ErrorCode::InvalidArgument,
                      "Cannot " + std::string(name) + " bit strings of different sizes");
        }
        std::string bits = zeros(length);
        for (int64_t i = 0; i < length; ++i) {
          const bool x = get(a, i), y = get(b, i);
          set(bits, i, operation == '&' ? x && y : operation == '|' ? x || y : x != y);
        }
        return heap.add(bits);
      });
}
template <char operation>
Result<Column> combine_kernel(KernelContext& context, Arguments arguments) {
  return combined(context, arguments, operation);
}

Result<Column> not_kernel(KernelContext& context, Arguments arguments) {
  const ColumnView strings(arguments[0]);
  return kernels::build_strings(context, arguments,
                                [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
                                  std::string bits(strings.get<StringRef>(row).view());
                                  for (int64_t i = 0, length = bit_length(bits); i < length; ++i)
                                    set(bits, i, !get(bits, i));
                                  return heap.add(bits);
                                });
}

Result<Column> shifted(KernelContext& context, Arguments arguments, bool left) {
  const ColumnView strings(arguments[0]), distances(arguments[1]);
  return kernels::build_strings(
      context, arguments, [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
        const std::string_view from = strings.get<StringRef>(row).view();
        const int64_t length = bit_length(from), distance = distances.get<int32_t>(row);
        if (left && distance < 0) {
          return fail(ErrorCode::OutOfRange,
                      "Cannot left-shift by negative number " + std::to_string(distance));
        }
        std::string bits = zeros(length);
        for (int64_t i = 0; i < length; ++i) {
          const int64_t source = left ? i + distance : i - distance;
          if (distance >= 0 && source >= 0 && source < length) set(bits, i, get(from, source));
        }
        return heap.add(bits);
      });
}
template <bool left>
Result<Column> shift_kernel(KernelContext& context, Arguments arguments) {
  return shifted(context, arguments, left);
}

Result<Column> lengths(KernelContext& context, Arguments arguments, bool bytes) {
  return one_loop::unary<StringRef, int64_t>(context, arguments, [=](const StringRef& bits) {
    return bytes ? std::max<int64_t>(int64_t{bits.size()} - 1, 0) : bit_length(bits.view());
  });
}
template <bool bytes>
Result<Column> length_kernel(KernelContext& context, Arguments arguments) {
  return lengths(context, arguments, bytes);
}

// Where the first string begins in the second, from 1; 0: nowhere.
Result<Column> position_kernel(KernelContext& context, Arguments arguments) {
  return one_loop::binary<StringRef, StringRef, int32_t>(
      context, arguments, [](const StringRef& part, const StringRef& whole) -> int32_t {
        const int64_t wanted = bit_length(part.view()), length = bit_length(whole.view());
        if (wanted == 0) return 0;
        for (int64_t start = 0; start + wanted <= length; ++start) {
          int64_t i = 0;
          while (i < wanted && get(part.view(), i) == get(whole.view(), start + i)) ++i;
          if (i == wanted) return static_cast<int32_t>(start + 1);
        }
        return 0;
      });
}

// bitstring(bits, length): zeros in front.
Result<Column> extend_kernel(KernelContext& context, Arguments arguments) {
  const ColumnView strings(arguments[0]), lengths(arguments[1]);
  return kernels::build_strings(
      context, arguments, [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
        const std::string_view from = strings.get<StringRef>(row).view();
        const int64_t length = lengths.get<int32_t>(row), present = bit_length(from);
        if (length < 0)
          return fail(ErrorCode::InvalidArgument, "The bitstring length cannot be negative");
        if (length < present) {
          return fail(ErrorCode::InvalidArgument,
                      "Length must be equal or larger than input string");
        }
        std::string bits = zeros(length);
        for (int64_t i = 0; i < present; ++i) set(bits, length - present + i, get(from, i));
        return heap.add(bits);
      });
}

constexpr TypeId bit = TypeId::Bit, integer = TypeId::Integer, big = TypeId::BigInt,
                 tiny = TypeId::TinyInt;

// Text is read as bits.
Status bind_bits(BindCall& call) {
  call.arguments[0] = TypeId::Bit;
  return {};
}

constexpr ScalarFunction rows[] = {
    {"bit_count", tiny, count_bits_kernel<8>, 1, {tiny}},
    {"bit_count", tiny, count_bits_kernel<16>, 1, {TypeId::SmallInt}},
    {"bit_count", tiny, count_bits_kernel<32>, 1, {integer}},
    {"bit_count", tiny, count_bits_kernel<64>, 1, {big}},
    {"bit_count", tiny, count_bits_kernel<128>, 1, {TypeId::HugeInt}},
    {"bit_count", big, count_kernel, 1, {bit}},
    {"get_bit", integer, get_kernel, 2, {bit, integer}, kCanFail},
    {"set_bit", bit, set_kernel, 3, {bit, integer, integer}, kCanFail},
    {"&", bit, combine_kernel<'&'>, 2, {bit, bit}, kCanFail},
    {"|", bit, combine_kernel<'|'>, 2, {bit, bit}, kCanFail},
    {"xor", bit, combine_kernel<'^'>, 2, {bit, bit}, kCanFail},
    {"~", bit, not_kernel, 1, {bit}},
    {"<<", bit, shift_kernel<true>, 2, {bit, integer}, kCanFail},
    {">>", bit, shift_kernel<false>, 2, {bit, integer}},
    {"bit_length", big, length_kernel<false>, 1, {bit}},
    {"len", big, length_kernel<false>, 1, {bit}},
    {"length", big, length_kernel<false>, 1, {bit}},
    {"char_length", big, length_kernel<false>, 1, {bit}},
    {"character_length", big, length_kernel<false>, 1, {bit}},
    {"octet_length", big, length_kernel<true>, 1, {bit}},
    {"bitstring", bit, extend_kernel, 2, {bit, integer}, kCanFail},
    {"bitstring", bit, extend_kernel, 2, {TypeId::Varchar, integer}, kCanFail, bind_bits},
    {"bit_position", integer, position_kernel, 2, {bit, bit}},
};

}  // namespace

std::span<const ScalarFunction> bit_string_functions() {
  return rows;
}

}  // namespace whittle
