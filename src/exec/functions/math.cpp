// Mathematics on DOUBLE: roots, powers, logarithms, trigonometry, tests for NaN and infinity.
// Arguments outside a function's domain are errors with DuckDB's wording.
#include <bit>
#include <cmath>
#include <numbers>

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
template <double (*f)(double)>
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

template <double (*f)(double, double)>
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

template <double (*f)(double)>
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
template <double (*f)(double)>
Result<double> periodic(double x) {
  if (std::isinf(x)) {
    return out_of_range(std::string("input value ") + (x < 0 ? "-inf" : "inf") +
                        " is out of range for numeric function");
  }
  return f(x);
}

Result<double> cotangent(double x) {
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
  return std::atanh(x);
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

double floor_divide(double x, double y) {
  return std::floor(x / y);
}
double floor_modulo(double x, double y) {
  return x - std::floor(x / y) * y;
}
double to_degrees(double x) {
  return x * (180.0 / std::numbers::pi);
}
double to_radians(double x) {
  return x * (std::numbers::pi / 180.0);
}
double exponential(double x) {
  return std::exp(x);
}
double power(double x, double y) {
  return std::pow(x, y);
}
double arc_tangent2(double y, double x) {
  return std::atan2(y, x);
}
double cube_root(double x) {
  return std::cbrt(x);
}
double sine(double x) {
  return std::sin(x);
}
double cosine(double x) {
  return std::cos(x);
}
double tangent(double x) {
  return std::tan(x);
}
double arc_tangent(double x) {
  return std::atan(x);
}
double hyperbolic_sine(double x) {
  return std::sinh(x);
}
double hyperbolic_cosine(double x) {
  return std::cosh(x);
}
double hyperbolic_tangent(double x) {
  return std::tanh(x);
}
double arc_hyperbolic_sine(double x) {
  return std::asinh(x);
}
double arc_hyperbolic_cosine(double x) {
  return std::acosh(x);
}
double natural(double x) {
  return std::log(x);
}
double decimal_logarithm(double x) {
  return std::log10(x);
}
double binary_logarithm(double x) {
  return std::log2(x);
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

// Tests that give BOOLEAN, for FLOAT and DOUBLE.
struct IsNan {
  template <class T>
  static bool test(T x) {
    return std::isnan(x);
  }
};
struct IsInfinite {
  template <class T>
  static bool test(T x) {
    return std::isinf(x);
  }
};
struct IsFinite {
  template <class T>
  static bool test(T x) {
    return std::isfinite(x);
  }
};
struct SignBit {
  template <class T>
  static bool test(T x) {
    return std::signbit(x);
  }
};

template <class Test, class T>
Result<Column> test_kernel(KernelContext& context, std::span<const Column> arguments) {
  return unary<T, uint8_t>(context, arguments[0],
                           [](T x) { return static_cast<uint8_t>(Test::test(x)); });
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
T greatest_common_divisor(T a, T b) {
  while (b != 0) {
    const T rest = b == -1 ? 0 : a % b;  // the smallest number by -1 would trap
    a = b;
    b = rest;
  }
  return a < 0 ? static_cast<T>(0 - a) : a;
}

template <class T>
Result<Column> gcd_kernel(KernelContext& context, std::span<const Column> arguments) {
  return binary<T, T, T>(context, arguments[0], arguments[1], greatest_common_divisor<T>);
}

template <class T>
Result<Column> lcm_kernel(KernelContext& context, std::span<const Column> arguments) {
  return binary<T, T, T>(context, arguments[0], arguments[1], [](T a, T b) -> Result<T> {
    if (a == 0 || b == 0) return T{0};
    T product;
    if (__builtin_mul_overflow(static_cast<T>(a / greatest_common_divisor(a, b)), b, &product)) {
      return out_of_range("lcm value is out of range");
    }
    return product < 0 ? static_cast<T>(0 - product) : product;
  });
}

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
#define TEST_ROWS(name, Test)                                              \
  {name, TypeId::Boolean, test_kernel<Test, float>, 1, {TypeId::Float}}, { \
    name, TypeId::Boolean, test_kernel<Test, double>, 1, {                 \
      TypeId::Double                                                       \
    }                                                                      \
  }

constexpr ScalarFunction rows[] = {
    GUARDED_ROW("sqrt", square_root),
    DOUBLE_ROW("cbrt", plain<cube_root>),
    DOUBLE_ROW("exp", plain<exponential>),
    DOUBLE2_ROW("pow", plain2<power>),
    DOUBLE2_ROW("power", plain2<power>),
    DOUBLE2_ROW("**", plain2<power>),
    DOUBLE2_ROW("^", plain2<power>),
    GUARDED_ROW("ln", logarithm<natural>),
    GUARDED_ROW("log", logarithm<decimal_logarithm>),
    GUARDED_ROW("log10", logarithm<decimal_logarithm>),
    GUARDED_ROW("log2", logarithm<binary_logarithm>),
    {"log",
     TypeId::Double,
     guarded2<logarithm_of_base>,
     2,
     {TypeId::Double, TypeId::Double},
     kCanFail},
    GUARDED_ROW("sin", periodic<sine>),
    GUARDED_ROW("cos", periodic<cosine>),
    GUARDED_ROW("tan", periodic<tangent>),
    GUARDED_ROW("cot", cotangent),
    GUARDED_ROW("asin", arc_sine),
    GUARDED_ROW("acos", arc_cosine),
    DOUBLE_ROW("atan", plain<arc_tangent>),
    DOUBLE2_ROW("atan2", plain2<arc_tangent2>),
    DOUBLE_ROW("sinh", plain<hyperbolic_sine>),
    DOUBLE_ROW("cosh", plain<hyperbolic_cosine>),
    DOUBLE_ROW("tanh", plain<hyperbolic_tangent>),
    DOUBLE_ROW("asinh", plain<arc_hyperbolic_sine>),
    DOUBLE_ROW("acosh", plain<arc_hyperbolic_cosine>),
    GUARDED_ROW("atanh", arc_hyperbolic_tangent),
    DOUBLE_ROW("degrees", plain<to_degrees>),
    DOUBLE_ROW("radians", plain<to_radians>),
    GUARDED_ROW("gamma", gamma_function),
    GUARDED_ROW("lgamma", log_gamma),
    DOUBLE_ROW("even", plain<next_even>),
    DOUBLE2_ROW("fdiv", plain2<floor_divide>),
    DOUBLE2_ROW("fmod", plain2<floor_modulo>),
    {"pi", TypeId::Double, pi_kernel, 0, {}},
    {"nextafter", TypeId::Float, next_after<float>, 2, {TypeId::Float, TypeId::Float}},
    {"nextafter", TypeId::Double, next_after<double>, 2, {TypeId::Double, TypeId::Double}},
    TEST_ROWS("isnan", IsNan),
    TEST_ROWS("isinf", IsInfinite),
    TEST_ROWS("isfinite", IsFinite),
    TEST_ROWS("signbit", SignBit),
    {"factorial", TypeId::HugeInt, factorial_kernel, 1, {TypeId::Integer}, kCanFail},
    {"gcd", TypeId::BigInt, gcd_kernel<int64_t>, 2, {TypeId::BigInt, TypeId::BigInt}},
    {"gcd", TypeId::HugeInt, gcd_kernel<int128_t>, 2, {TypeId::HugeInt, TypeId::HugeInt}},
    {"greatest_common_divisor",
     TypeId::BigInt,
     gcd_kernel<int64_t>,
     2,
     {TypeId::BigInt, TypeId::BigInt}},
    {"greatest_common_divisor",
     TypeId::HugeInt,
     gcd_kernel<int128_t>,
     2,
     {TypeId::HugeInt, TypeId::HugeInt}},
    {"lcm", TypeId::BigInt, lcm_kernel<int64_t>, 2, {TypeId::BigInt, TypeId::BigInt}, kCanFail},
    {"lcm", TypeId::HugeInt, lcm_kernel<int128_t>, 2, {TypeId::HugeInt, TypeId::HugeInt}, kCanFail},
    {"least_common_multiple",
     TypeId::BigInt,
     lcm_kernel<int64_t>,
     2,
     {TypeId::BigInt, TypeId::BigInt},
     kCanFail},
    {"least_common_multiple",
     TypeId::HugeInt,
     lcm_kernel<int128_t>,
     2,
     {TypeId::HugeInt, TypeId::HugeInt},
     kCanFail},
};

}  // namespace

std::span<const ScalarFunction> math_functions() {
  return rows;
}

}  // namespace whittle
