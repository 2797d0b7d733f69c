// Variance and its relatives (Welford's recurrence, merged as Chan, Golub and LeVeque), skewness
// and kurtosis from power sums.
#include <cmath>

#include "exec/aggregates/aggregates.hpp"
#include "exec/aggregates/kernel.hpp"
#include "exec/aggregates/welford.hpp"

namespace whittle::aggregates {

namespace {

struct VarianceBase {
  using Accumulates = VarianceBase;
  using In = double;
  using Out = double;
  using State = Welford;
  static void add(State& state, double value) { state.add(value); }
  static void merge(State& into, const State& from) { into.merge(from); }
};

Result<bool> finite(double value, std::string_view name) {
  if (std::isfinite(value)) return true;
  return fail(ErrorCode::OutOfRange, std::string(name) + " is out of range!");
}

struct VarianceSample : VarianceBase {
  static Result<bool> result(const State& state, AggregateContext&, Out& out) {
    if (state.count <= 1) return false;
    out = state.squares / static_cast<double>(state.count - 1);
    return finite(out, "VARSAMP");
  }
};
struct VariancePopulation : VarianceBase {
  static Result<bool> result(const State& state, AggregateContext&, Out& out) {
    if (state.count == 0) return false;
    out = state.variance();
    return finite(out, "VARPOP");
  }
};
struct DeviationSample : VarianceBase {
  static Result<bool> result(const State& state, AggregateContext&, Out& out) {
    if (state.count <= 1) return false;
    out = std::sqrt(state.squares / static_cast<double>(state.count - 1));
    return finite(out, "STDDEV_SAMP");
  }
};
struct DeviationPopulation : VarianceBase {
  static Result<bool> result(const State& state, AggregateContext&, Out& out) {
    if (state.count == 0) return false;
    out = std::sqrt(state.variance());
    return finite(out, "STDDEV_POP");
  }
};
struct StandardError : VarianceBase {
  static Result<bool> result(const State& state, AggregateContext&, Out& out) {
    if (state.count == 0) return false;
    out = std::sqrt(state.variance()) / std::sqrt(static_cast<double>(state.count));
    return finite(out, "SEM");
  }
};

struct PowerSums {
  using Accumulates = PowerSums;
  using In = double;
  using Out = double;
  struct State {
    uint64_t count;
    double sum, squares, cubes, fourths;
  };
  static void add(State& state, double value) {
    ++state.count;
    state.sum += value;
    state.squares += value * value;
    state.cubes += value * value * value;
    state.fourths += value * value * value * value;
  }
  static void merge(State& into, const State& from) {
    into.count += from.count;
    into.sum += from.sum;
    into.squares += from.squares;
    into.cubes += from.cubes;
    into.fourths += from.fourths;
  }
};

struct Skewness : PowerSums {
  static Result<bool> result(const State& state, AggregateContext&, Out& out) {
    if (state.count <= 2) return false;
    const double n = static_cast<double>(state.count), share = 1 / n, sum = state.sum;
    double power = std::pow(share * (state.squares - sum * sum * share), 3);
    if (power < 0) power = 0;
    const double divisor = std::sqrt(power);
    if (divisor == 0) {
      out = std::numeric_limits<double>::quiet_NaN();
      return true;
    }
    const double correction = std::sqrt(n * (n - 1)) / (n - 2);
    out = correction * share *
          (state.cubes - 3 * state.squares * sum * share + 2 * std::pow(sum, 3) * share * share) /
          divisor;
    return finite(out, "SKEW");
  }
};

template <bool corrected>
struct Kurtosis : PowerSums {
  static Result<bool> result(const State& state, AggregateContext&, Out& out) {
    if (state.count <= (corrected ? 3 : 1)) return false;
    const double n = static_cast<double>(state.count), share = 1 / n, sum = state.sum;
    const double m4 = share * (state.fourths - 4 * state.cubes * sum * share +
                               6 * state.squares * sum * sum * share * share -
                               3 * std::pow(sum, 4) * std::pow(share, 3));
    const double m2 = share * (state.squares - sum * sum * share);
    if (m2 <= 0) return false;
    out = corrected ? (n - 1) * ((n + 1) * m4 / (m2 * m2) - 3 * (n - 1)) / ((n - 2) * (n - 3))
                    : m4 / (m2 * m2) - 3;
    return finite(out, "KURTOSIS");
  }
};

template <class Op>
constexpr AggregateFunction moment(std::string_view name) {
  return {name, TypeId::Double,  &unary_aggregate<Op>, sizeof(typename Op::State),
          1,    {TypeId::Double}};
}

constexpr AggregateFunction functions[] = {
    moment<VarianceSample>("variance"),     moment<VarianceSample>("var_samp"),
    moment<VariancePopulation>("var_pop"),  moment<DeviationSample>("stddev"),
    moment<DeviationSample>("stddev_samp"), moment<DeviationPopulation>("stddev_pop"),
    moment<StandardError>("sem"),           moment<Skewness>("skewness"),
    moment<Kurtosis<true>>("kurtosis"),     moment<Kurtosis<false>>("kurtosis_pop"),
};

}  // namespace

std::span<const AggregateFunction> moment_functions() {
  return functions;
}

}  // namespace whittle::aggregates
