// corr, covar_*, regr_*(y, x): one state with the means, variances and the co-moment of both.
#include <cmath>

#include "exec/aggregates/aggregates.hpp"
#include "exec/aggregates/kernel.hpp"
#include "exec/aggregates/welford.hpp"

namespace whittle::aggregates {

namespace {

struct PairState {
  Welford x, y;
  double moment;
};

struct PairBase {
  using Accumulates = PairBase;
  using In = double;
  using Out = double;
  using State = PairState;
  static void add(State& state, double y, double x) {
    const double dx = x - state.x.mean;
    state.x.add(x);
    state.y.add(y);
    state.moment += dx * (y - state.y.mean);
  }
  static void merge(State& into, const State& from) {
    if (from.x.count == 0) return;
    const double a = static_cast<double>(into.x.count), b = static_cast<double>(from.x.count);
    const double dx = from.x.mean - into.x.mean, dy = from.y.mean - into.y.mean;
    into.moment += from.moment + (into.x.count ? dx * dy * a * b / (a + b) : 0);
    into.x.merge(from.x);
    into.y.merge(from.y);
  }
  static double n(const State& state) { return static_cast<double>(state.x.count); }
  static double covariance(const State& state) { return state.moment / n(state); }
};

struct CovariancePopulation : PairBase {
  static bool result(const State& state, AggregateContext&, Out& out) {
    if (state.x.count == 0) return false;
    out = covariance(state);
    return true;
  }
};
struct CovarianceSample : PairBase {
  static bool result(const State& state, AggregateContext&, Out& out) {
    if (state.x.count <= 1) return false;
    out = state.moment / (n(state) - 1);
    return true;
  }
};
Result<double> finite_variance(const Welford& values, std::string_view name) {
  const double variance = values.variance();
  if (std::isfinite(variance)) return variance;
  return fail(ErrorCode::OutOfRange, std::string(name) + " is out of range!");
}
double correlation(const PairState& state) {
  const double deviations = std::sqrt(state.x.variance()) * std::sqrt(state.y.variance());
  if (deviations == 0) return std::numeric_limits<double>::quiet_NaN();
  return PairBase::covariance(state) / deviations;
}
struct Correlation : PairBase {
  static bool result(const State& state, AggregateContext&, Out& out) {
    if (state.x.count == 0) return false;
    out = correlation(state);
    return true;
  }
};
struct Slope : PairBase {
  static Result<bool> result(const State& state, AggregateContext&, Out& out) {
    if (state.x.count == 0) return false;
    const double variance = TRY(finite_variance(state.x, "VARPOP"));
    out = variance == 0 ? std::numeric_limits<double>::quiet_NaN() : covariance(state) / variance;
    return true;
  }
};
struct Intercept : PairBase {
  static Result<bool> result(const State& state, AggregateContext&, Out& out) {
    if (state.x.count == 0 || TRY(finite_variance(state.x, "VARPOP")) == 0) return false;
    const double slope = covariance(state) / state.x.variance();
    out = state.y.mean - slope * state.x.mean;
    return !std::isnan(slope);
  }
};
struct Determination : PairBase {
  static Result<bool> result(const State& state, AggregateContext&, Out& out) {
    if (state.x.count == 0) return false;
    if (TRY(finite_variance(state.x, "VARPOP(X)")) == 0) return false;
    out = TRY(finite_variance(state.y, "VARPOP(Y)"))
    == 0 ? 1 : std::pow(correlation(state), 2);
    return true;
  }
};
struct MeanX : PairBase {
  static bool result(const State& state, AggregateContext&, Out& out) {
    out = state.x.mean;
    return state.x.count > 0;
  }
};
struct MeanY : PairBase {
  static bool result(const State& state, AggregateContext&, Out& out) {
    out = state.y.mean;
    return state.x.count > 0;
  }
};
struct SumXX : PairBase {
  static Result<bool> result(const State& state, AggregateContext&, Out& out) {
    out = n(state) * TRY(finite_variance(state.x, "VARPOP"));
    return state.x.count > 0;
  }
};
struct SumYY : PairBase {
  static Result<bool> result(const State& state, AggregateContext&, Out& out) {
    out = n(state) * TRY(finite_variance(state.y, "VARPOP"));
    return state.x.count > 0;
  }
};
struct SumXY : PairBase {
  static bool result(const State& state, AggregateContext&, Out& out) {
    if (state.x.count == 0) return false;
    out = n(state) * covariance(state);
    return true;
  }
};
struct PairCount : PairBase {
  using Out = uint32_t;
  static bool result(const State& state, AggregateContext&, Out& out) {
    out = static_cast<uint32_t>(state.x.count);
    return true;
  }
};

template <class Op>
constexpr AggregateFunction pair(std::string_view name, TypeId result = TypeId::Double) {
  return {
      name, result, &binary_aggregate<Op>, sizeof(PairState), 2, {TypeId::Double, TypeId::Double}};
}

constexpr AggregateFunction functions[] = {
    pair<CovariancePopulation>("covar_pop"),
    pair<CovarianceSample>("covar_samp"),
    pair<Correlation>("corr"),
    pair<Slope>("regr_slope"),
    pair<Intercept>("regr_intercept"),
    pair<Determination>("regr_r2"),
    pair<MeanX>("regr_avgx"),
    pair<MeanY>("regr_avgy"),
    pair<SumXX>("regr_sxx"),
    pair<SumYY>("regr_syy"),
    pair<SumXY>("regr_sxy"),
    pair<PairCount>("regr_count", TypeId::UInteger),
};

}  // namespace

std::span<const AggregateFunction> regression_functions() {
  return functions;
}

}  // namespace whittle::aggregates
