// Lengths, tests and positions in text: functions that read strings and give numbers or booleans.
#include <cstring>

#include "exec/functions/functions.hpp"
#include "exec/functions/one_loop.hpp"
#include "exec/functions/unicode.hpp"
#include "exec/kernels.hpp"

namespace whittle {

namespace {

// Code points of a string; an inlined or ASCII one needs no loop over bytes one by one.
int64_t text_length(const StringRef& text) {
  return static_cast<int64_t>(count_code_points(text.view()));
}
int64_t byte_length(const StringRef& text) {
  return text.size();
}
int64_t bit_length(const StringRef& text) {
  return int64_t{text.size()} * 8;
}
int32_t ascii(const StringRef& text) {
  return first_code_point(text.view());
}
int32_t unicode(const StringRef& text) {
  return text.size() == 0 ? -1 : first_code_point(text.view());
}
int64_t bits_in_bit_string(const StringRef& bits) {
  return bits.size() == 0
             ? 0
             : int64_t{bits.size() - 1} * 8 - static_cast<unsigned char>(bits.data()[0]);
}

// Lengths are what queries ask of millions of texts: loops of their own.
template <int64_t (*f)(const StringRef&)>
Result<Column> length_kernel(KernelContext& context, std::span<const Column> arguments) {
  return kernels::unary<StringRef, int64_t>(context, arguments[0],
                                            [](const StringRef& text) { return f(text); });
}

template <class Out>
Result<Column> measure(KernelContext& context, std::span<const Column> arguments,
                       Out (*f)(const StringRef&)) {
  return one_loop::unary<StringRef, Out>(context, arguments,
                                         [f](const StringRef& text) { return f(text); });
}
template <class Out, Out (*f)(const StringRef&)>
Result<Column> measure(KernelContext& context, std::span<const Column> arguments) {
  return measure<Out>(context, arguments, f);
}

bool starts(std::string_view text, std::string_view part) {
  return text.starts_with(part);
}
bool ends(std::string_view text, std::string_view part) {
  return text.ends_with(part);
}
bool has(std::string_view text, std::string_view part) {
  return part.empty() || ::memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

using Test = bool (*)(std::string_view text, std::string_view part);

Result<Column> test_each(KernelContext& context, std::span<const Column> arguments, Test f) {
  return one_loop::binary<StringRef, StringRef, uint8_t>(
      context, arguments, [f](const StringRef& text, const StringRef& part) {
        return static_cast<uint8_t>(f(text.view(), part.view()));
      });
}

template <Test f>
Result<Column> test(KernelContext& context, std::span<const Column> arguments) {
  return test_each(context, arguments, f);
}

// 1-based position in code points, 0 when absent.
Result<Column> position_kernel(KernelContext& context, std::span<const Column> arguments) {
  return one_loop::binary<StringRef, StringRef, int64_t>(
      context, arguments, [](const StringRef& text, const StringRef& part) -> int64_t {
        const size_t at = text.view().find(part.view());
        if (at == std::string_view::npos) return 0;
        return static_cast<int64_t>(count_code_points(text.view().substr(0, at))) + 1;
      });
}

#define TEXT TypeId::Varchar
#define TEST_ROW(name, f)                \
  {                                      \
    name, TypeId::Boolean, test<f>, 2, { \
      TEXT, TEXT                         \
    }                                    \
  }

constexpr ScalarFunction rows[] = {
    {"length", TypeId::BigInt, length_kernel<text_length>, 1, {TEXT}},
    {"len", TypeId::BigInt, length_kernel<text_length>, 1, {TEXT}},
    {"char_length", TypeId::BigInt, length_kernel<text_length>, 1, {TEXT}},
    {"character_length", TypeId::BigInt, length_kernel<text_length>, 1, {TEXT}},
    {"length", TypeId::BigInt, measure<int64_t, bits_in_bit_string>, 1, {TypeId::Bit}},
    {"strlen", TypeId::BigInt, length_kernel<byte_length>, 1, {TEXT}},
    {"octet_length", TypeId::BigInt, length_kernel<byte_length>, 1, {TypeId::Blob}},
    {"bit_length", TypeId::BigInt, measure<int64_t, bit_length>, 1, {TEXT}},
    {"ascii", TypeId::Integer, measure<int32_t, ascii>, 1, {TEXT}},
    {"ord", TypeId::Integer, measure<int32_t, unicode>, 1, {TEXT}},
    {"unicode", TypeId::Integer, measure<int32_t, unicode>, 1, {TEXT}},
    TEST_ROW("starts_with", starts),
    TEST_ROW("prefix", starts),
    TEST_ROW("^@", starts),
    TEST_ROW("ends_with", ends),
    TEST_ROW("suffix", ends),
    TEST_ROW("contains", has),
    {"instr", TypeId::BigInt, position_kernel, 2, {TEXT, TEXT}},
    {"strpos", TypeId::BigInt, position_kernel, 2, {TEXT, TEXT}},
    {"position", TypeId::BigInt, position_kernel, 2, {TEXT, TEXT}},
};

}  // namespace

std::span<const ScalarFunction> text_search_functions() {
  return rows;
}

}  // namespace whittle
