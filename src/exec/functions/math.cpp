// Mathematics on DOUBLE: roots, powers, logarithms, trigonometry, tests for NaN and infinity.
// Arguments outside a function's domain are errors with DuckDB's wording.
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>

#include "columnar/numbers.hpp"
#include "exec/functions/functions.hpp"
#include "exec/kernels.hpp"

namespace whittle {

namespace {

using kernels::binary;
using kernels::unary;

std::unexpected<Error> out_of_range(std::string message) {
  return fail(ErrorCode::OutOfRange, std::move(message));
}

// A function that takes every DOUBLE.
template <auto f>
Result<Column> plain(KernelContext& context, std::span<const Column> arguments) {
  return unary<double, double>(context, arguments[0], [](double x) { return f(x); });
}

// A function with a domain.
template <Result<double> (*f)(double)>
Result<Column> guarded(KernelContext& context, std::span<const Column> arguments) {
  return unary<double, double>(context, arguments[0], f);
}

template <Result<double> (*f)(double, double)>
Result<Column> guarded2(KernelContext& context, std::span<const Column> arguments) {
  return binary<double, double, double>(context, arguments[0], arguments[1], f);
}

template <auto f>
Result<Column> plain2(KernelContext& context, std::span<const Column> arguments) {
  return binary<double, double, double>(context, arguments[0], arguments[1],
                                        [](double x, double y) { return f(x, y); });
}

Result<double> square_root(double x) {
  if (x < 0) return out_of_range("cannot take square root of a negative number");
  return std::sqrt(x);
}

Result<double> check_logarithm(double x) {
  if (x < 0) return out_of_range("cannot take logarithm of a negative number");
  if (x == 0) return out_of_range("cannot take logarithm of zero");
  return x;
}

template <auto f>
Result<double> logarithm(double x) {
  return f(TRY(check_logarithm(x)));
}

Result<double> logarithm_of_base(double base, double x) {
  const double b = TRY(check_logarithm(base))
  , value = TRY(check_logarithm(x));
  const double divisor = std::log10(b);
  if (divisor == 0) return out_of_range("divison by zero in based logarithm");
  return std::log10(value) / divisor;
}

// sin, cos and tan have no value at infinity.
template <auto f>
Result<double> periodic(double x) {
  if (std::isinf(x)) {
    return out_of_range(std::string("input value ") + (x < 0 ? "-inf" : "inf") +
                        " is out of range for numeric function");
  }
  return f(x);
}

Result<double> cotangent(double x) {
  if (std::isinf(x)) {
    return out_of_range(std::string("input value ") + (x < 0 ? "-inf" : "inf") +
                        " is out of range for numeric function");
  }
  if (x == 0)
    return out_of_range("input value 0.000000 is out of range for numeric function cotangent");
  return 1.0 / std::tan(x);
}

std::unexpected<Error> undefined(const char* name) {
  return fail(ErrorCode::OutOfRange, std::string(name) + " is undefined outside [-1,1]");
}
Result<double> arc_sine(double x) {
  if (x < -1 || x > 1) return undefined("ASIN");
  return std::asin(x);
}
Result<double> arc_cosine(double x) {
  if (x < -1 || x > 1) return undefined("ACOS");
  return std::acos(x);
}
Result<double> arc_hyperbolic_tangent(double x) {
  if (x < -1 || x > 1) return undefined("ATANH");
  return x == -1 ? HUGE_VAL : std::atanh(x);  // DuckDB answers both ends with infinity
}

Result<double> gamma_function(double x) {
  if (x == 0) return out_of_range("cannot take gamma of zero");
  return std::tgamma(x);
}
Result<double> log_gamma(double x) {
  if (x == 0) return out_of_range("cannot take log gamma of zero");
  return std::lgamma(x);
}

double next_even(double x) {
  double even = x >= 0 ? std::ceil(x) : -std::ceil(-x);
  if (std::fmod(even, 2) != 0) even += x >= 0 ? 1 : -1;
  return even;
}

Result<Column> pi_kernel(KernelContext& context, std::span<const Column>) {
  Column one = Column::flat(context.budget, TypeId::Double, 1);
  one.mutable_values<double>()[0] = std::numbers::pi;
  return Column::constant(one, context.length);
}

template <class T>
Result<Column> next_after(KernelContext& context, std::span<const Column> arguments) {
  return binary<T, T, T>(context, arguments[0], arguments[1],
                         [](T x, T y) { return std::nextafter(x, y); });
}

// A test that gives BOOLEAN, for FLOAT and DOUBLE.
template <auto test, class T>
Result<Column> test_kernel(KernelContext& context, std::span<const Column> arguments) {
  return unary<T, uint8_t>(context, arguments[0],
                           [](T x) { return static_cast<uint8_t>(test(x)); });
}

// 33! is the largest that HUGEINT holds.
Result<Column> factorial_kernel(KernelContext& context, std::span<const Column> arguments) {
  return unary<int32_t, int128_t>(context, arguments[0], [](int32_t n) -> Result<int128_t> {
    if (n < 0) return out_of_range("factorial of a negative number is undefined");
    if (n > 33) return out_of_range("Value out of range");
    int128_t product = 1;
    for (int32_t i = 2; i <= n; ++i) product *= i;
    return product;
  });
}

template <class T>
Result<T> absolute(T value) {
  if (value >= 0) return value;
  if (value == std::numeric_limits<T>::min()) {
    std::string text;
    append_integer(text, value);
    return out_of_range("Overflow on abs(" + text + ")");
  }
  return static_cast<T>(-value);
}

template <class T>
Result<T> common_divisor(T a, T b) {
  while (b != 0) {
    const T rest = b == -1 ? 0 : a % b;  // the smallest number by -1 would trap
    a = b;
    b = rest;
  }
  return absolute(a);
}

template <class T>
Result<T> common_multiple(T a, T b) {
  if (a == 0 || b == 0) return T{0};
  const T divisor = TRY(common_divisor(a, b));
  T product;
  if (__builtin_mul_overflow(static_cast<T>(a / divisor), b, &product)) {
    return out_of_range("lcm value is out of range");
  }
  return absolute(product);
}

template <class T, auto f>
Result<Column> pair_kernel(KernelContext& context, std::span<const Column> arguments) {
  return binary<T, T, T>(context, arguments[0], arguments[1], f);
}

#define OF(expression) [](auto x) { return expression; }
#define OF2(expression) [](double x, double y) { return expression; }
#define DOUBLE_ROW(name, kernel)       \
  {                                    \
    name, TypeId::Double, kernel, 1, { \
      TypeId::Double                   \
    }                                  \
  }
#define GUARDED_ROW(name, f) {name, TypeId::Double, guarded<f>, 1, {TypeId::Double}, kCanFail}
#define DOUBLE2_ROW(name, kernel)      \
  {                                    \
    name, TypeId::Double, kernel, 2, { \
      TypeId::Double, TypeId::Double   \
    }                                  \
  }
#define PAIR_ROW(name, f, type, T) {name, type, pair_kernel<T, f<T>>, 2, {type, type}, kCanFail}
#define PAIR_ROWS(name, f) \
  PAIR_ROW(name, f, TypeId::BigInt, int64_t), PAIR_ROW(name, f, TypeId::HugeInt, int128_t)
#define TEST_ROWS(name, test)                                              \
  {name, TypeId::Boolean, test_kernel<test, float>, 1, {TypeId::Float}}, { \
    name, TypeId::Boolean, test_kernel<test, double>, 1, {                 \
      TypeId::Double                                                       \
    }                                                                      \
  }

constexpr ScalarFunction rows[] = {
    GUARDED_ROW("sqrt", square_root),
    DOUBLE_ROW("cbrt", plain<OF(std::cbrt(x))>),
    DOUBLE_ROW("exp", plain<OF(std::exp(x))>),
    DOUBLE2_ROW("pow", plain2<OF2(std::pow(x, y))>),
    DOUBLE2_ROW("power", plain2<OF2(std::pow(x, y))>),
    DOUBLE2_ROW("**", plain2<OF2(std::pow(x, y))>),
    DOUBLE2_ROW("^", plain2<OF2(std::pow(x, y))>),
    GUARDED_ROW("ln", logarithm<OF(std::log(x))>),
    GUARDED_ROW("log", logarithm<OF(std::log10(x))>),
    GUARDED_ROW("log10", logarithm<OF(std::log10(x))>),
    GUARDED_ROW("log2", logarithm<OF(std::log2(x))>),
    {"log",
     TypeId::Double,
     guarded2<logarithm_of_base>,
     2,
     {TypeId::Double, TypeId::Double},
     kCanFail},
    GUARDED_ROW("sin", periodic<OF(std::sin(x))>),
    GUARDED_ROW("cos", periodic<OF(std::cos(x))>),
    GUARDED_ROW("tan", periodic<OF(std::tan(x))>),
    GUARDED_ROW("cot", cotangent),
    GUARDED_ROW("asin", arc_sine),
    GUARDED_ROW("acos", arc_cosine),
    DOUBLE_ROW("atan", plain<OF(std::atan(x))>),
    DOUBLE2_ROW("atan2", plain2<OF2(std::atan2(x, y))>),
    DOUBLE_ROW("sinh", plain<OF(std::sinh(x))>),
    DOUBLE_ROW("cosh", plain<OF(std::cosh(x))>),
    DOUBLE_ROW("tanh", plain<OF(std::tanh(x))>),
    DOUBLE_ROW("asinh", plain<OF(std::asinh(x))>),
    DOUBLE_ROW("acosh", plain<OF(std::acosh(x))>),
    GUARDED_ROW("atanh", arc_hyperbolic_tangent),
    DOUBLE_ROW("degrees", plain<OF(x * (180.0 / std::numbers::pi))>),
    DOUBLE_ROW("radians", plain<OF(x*(std::numbers::pi / 180.0))>),
    GUARDED_ROW("gamma", gamma_function),
    GUARDED_ROW("lgamma", log_gamma),
    DOUBLE_ROW("even", plain<next_even>),
    DOUBLE2_ROW("fdiv", plain2<OF2(std::floor(x / y))>),
    DOUBLE2_ROW("fmod", plain2<OF2(x - std::floor(x / y) * y)>),
    {"pi", TypeId::Double, pi_kernel, 0, {}},
    {"nextafter", TypeId::Float, next_after<float>, 2, {TypeId::Float, TypeId::Float}},
    {"nextafter", TypeId::Double, next_after<double>, 2, {TypeId::Double, TypeId::Double}},
    TEST_ROWS("isnan", OF(std::isnan(x))),
    TEST_ROWS("isinf", OF(std::isinf(x))),
    TEST_ROWS("isfinite", OF(std::isfinite(x))),
    TEST_ROWS("signbit", OF(std::signbit(x))),
    {"factorial", TypeId::HugeInt, factorial_kernel, 1, {TypeId::Integer}, kCanFail},
    PAIR_ROWS("gcd", common_divisor),
    PAIR_ROWS("greatest_common_divisor", common_divisor),
    PAIR_ROWS("lcm", common_multiple),
    PAIR_ROWS("least_common_multiple", common_multiple),
};

}  // namespace

std::span<const ScalarFunction> math_functions() {
  return rows;
}

}  // namespace whittle
