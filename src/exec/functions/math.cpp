// Mathematics on DOUBLE: roots, powers, logarithms, trigonometry, tests for NaN and infinity.
// Arguments outside a function's domain are errors with DuckDB's wording.
#include <cmath>
#include <numbers>

#include "exec/functions/functions.hpp"
#include "exec/functions/wide_numbers.hpp"

namespace whittle {

namespace {

using wide::IntegerRow;
using wide::RealRow;

std::unexpected<Error> out_of_range(std::string message) {
  return fail(ErrorCode::OutOfRange, std::move(message));
}

template <wide::RealFunction f>
Result<Column> kernel(KernelContext& context, std::span<const Column> arguments) {
  return wide::run(context, arguments, nullptr, f);
}

// A function that takes every DOUBLE.
template <double (*f)(double)>
Status plain(RealRow& row) {
  row.out = f(row.a);
  return {};
}
template <double (*f)(double, double)>
Status plain2(RealRow& row) {
  row.out = f(row.a, row.b);
  return {};
}

// A function with a domain.
template <Result<double> (*f)(double)>
Status guarded(RealRow& row) {
  row.out = TRY(f(row.a));
  return {};
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

Status logarithm_of_base(RealRow& row) {
  const double base = TRY(check_logarithm(row.a));
  const double value = TRY(check_logarithm(row.b));
  const double divisor = std::log10(base);
  if (divisor == 0) return out_of_range("divison by zero in based logarithm");
  row.out = std::log10(value) / divisor;
  return {};
}

// sin, cos and tan have no value at infinity.
Result<double> check_finite(double x) {
  if (!std::isinf(x)) return x;
  return out_of_range(std::string("input value ") + (x < 0 ? "-inf" : "inf") +
                      " is out of range for numeric function");
}

template <auto f>
Result<double> periodic(double x) {
  return f(TRY(check_finite(x)));
}

Result<double> cotangent(double x) {
  TRY(check_finite(x));
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

Status next_after(RealRow& row) {
  const auto a = static_cast<float>(row.a), b = static_cast<float>(row.b);
  row.out = row.call.physical == PhysicalType::Float ? std::nextafter(a, b)
                                                     : std::nextafter(row.a, row.b);
  return {};
}

// A test that gives BOOLEAN, for FLOAT and DOUBLE.
template <bool (*test)(double)>
Status tested(RealRow& row) {
  row.out = test(row.a);
  return {};
}

// 33! is the largest that HUGEINT holds.
Status factorial(IntegerRow& row) {
  if (row.a < 0) return out_of_range("factorial of a negative number is undefined");
  if (row.a > 33) return out_of_range("Value out of range");
  row.out = 1;
  for (int i = 2; i <= static_cast<int>(row.a); ++i) row.out *= i;
  return {};
}

Status set_absolute(IntegerRow& row, int128_t value) {
  if (value == row.call.least) {
    return out_of_range("Overflow on abs(" + wide::text(row.call, value) + ")");
  }
  row.out = value < 0 ? -value : value;
  return {};
}

int128_t common_divisor(int128_t a, int128_t b) {
  while (b != 0) {
    const int128_t rest = b == -1 ? 0 : a % b;  // the smallest number by -1 would trap
    a = b;
    b = rest;
  }
  return a;
}

Status greatest_common_divisor(IntegerRow& row) {
  return set_absolute(row, common_divisor(row.a, row.b));
}

Status least_common_multiple(IntegerRow& row) {
  if (row.a == 0 || row.b == 0) return {};
  TRY(greatest_common_divisor(row));
  int128_t product;
  if (__builtin_mul_overflow(row.a / row.out, row.b, &product) || !row.call.holds(product)) {
    return out_of_range("lcm value is out of range");
  }
  return set_absolute(row, product);
}

template <wide::IntegerFunction f>
Result<Column> integer_kernel(KernelContext& context, std::span<const Column> arguments) {
  return wide::run(context, arguments, f, nullptr);
}

#define OF(expression) [](double x) { return expression; }
#define OF2(expression) [](double x, double y) { return expression; }
#define DOUBLE_ROW(name, f)               \
  {                                       \
    name, TypeId::Double, kernel<f>, 1, { \
      TypeId::Double                      \
    }                                     \
  }
#define GUARDED_ROW(name, f) \
  {name, TypeId::Double, kernel<guarded<f>>, 1, {TypeId::Double}, kCanFail}
#define DOUBLE2_ROW(name, f)              \
  {                                       \
    name, TypeId::Double, kernel<f>, 2, { \
      TypeId::Double, TypeId::Double      \
    }                                     \
  }
#define PAIR_ROW(name, f, type) {name, type, integer_kernel<f>, 2, {type, type}, kCanFail}
#define PAIR_ROWS(name, f) PAIR_ROW(name, f, TypeId::BigInt), PAIR_ROW(name, f, TypeId::HugeInt)
#define TEST_ROWS(name, test)                                          \
  {name, TypeId::Boolean, kernel<tested<test>>, 1, {TypeId::Float}}, { \
    name, TypeId::Boolean, kernel<tested<test>>, 1, {                  \
      TypeId::Double                                                   \
    }                                                                  \
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
     kernel<logarithm_of_base>,
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
    {"nextafter", TypeId::Float, kernel<next_after>, 2, {TypeId::Float, TypeId::Float}},
    {"nextafter", TypeId::Double, kernel<next_after>, 2, {TypeId::Double, TypeId::Double}},
    TEST_ROWS("isnan", OF(std::isnan(x))),
    TEST_ROWS("isinf", OF(std::isinf(x))),
    TEST_ROWS("isfinite", OF(std::isfinite(x))),
    TEST_ROWS("signbit", OF(std::signbit(x))),
    {"factorial", TypeId::HugeInt, integer_kernel<factorial>, 1, {TypeId::Integer}, kCanFail},
    PAIR_ROWS("gcd", greatest_common_divisor),
    PAIR_ROWS("greatest_common_divisor", greatest_common_divisor),
    PAIR_ROWS("lcm", least_common_multiple),
    PAIR_ROWS("least_common_multiple", least_common_multiple),
};

}  // namespace

std::span<const ScalarFunction> math_functions() {
  return rows;
}

}  // namespace whittle
