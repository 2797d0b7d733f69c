// Kernels: the loops that every scalar function shares. A function gives the work for one value;
// these templates bring encodings, selections and NULLs to it, so that it is written once per
// physical type.
//
//   unary<In, Out>(context, column, f)          out = f(a)
//   binary<A, B, Out>(context, a, b, f)         out = f(a, b)
//   ternary<A, B, C, Out>(...)                  out = f(a, b, c)
//
// `f` takes values and returns Out, Result<Out> (an error ends the query), or std::optional<Out>
// (NULL). A NULL argument gives NULL without calling f. All-Constant arguments give a Constant
// result. StringRef results must be inline, point into an argument (whose heap the result then
// keeps), or into `StringResult::heap`.
#pragma once

#include <algorithm>
#include <cstring>
#include <optional>
#include <type_traits>

#include "columnar/column.hpp"
#include "plan/expression.hpp"
#include "plan/function.hpp"

namespace whittle::kernels {

template <class T>
struct IsResult : std::false_type {};
template <class T>
struct IsResult<Result<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

/// Types that carry the weight of real queries get loops per encoding; the others share one general
/// loop, which keeps the code (and the wasm module) small.
template <class T>
inline constexpr bool kHot = std::is_same_v<T, int32_t> || std::is_same_v<T, int64_t> ||
                             std::is_same_v<T, double> || std::is_same_v<T, StringRef>;

/// Calls f(row) for each selected row; the dense case is a plain counted loop that the compiler
/// vectorizes.
template <class F>
inline void for_each_row(const Selection& rows, F&& f) {
  if (rows.rows) {
    for (uint32_t i = 0; i < rows.count; ++i) f(rows.rows[i]);
  } else {
    for (uint32_t i = 0; i < rows.count; ++i) f(i);
  }
}

/// As above for a body that returns Status; stops at the first error.
template <class F>
inline Status for_each_row_checked(const Selection& rows, F&& f) {
  for (uint32_t i = 0; i < rows.count; ++i) TRY(f(rows[i]));
  return {};
}

/// The result column of a kernel: Flat, of the call's type, room for every row of the batch.
/// Results beyond a batch (a function over a large dictionary) are reserved, not charged.
inline Result<Column> make_result(KernelContext& context, const Type& type) {
  if (context.length <= batch_rows) return Column::flat(context.budget, type, context.length);
  return Column::reserve_flat(context.budget, type, context.length);
}
inline Result<Column> make_result(KernelContext& context) {
  return make_result(context, context.call.type);
}

/// True when every argument is Constant: compute one row and spread it.
inline bool all_constant(std::span<const Column> arguments) {
  return !arguments.empty() && std::all_of(arguments.begin(), arguments.end(), [](const Column& a) {
    return a.encoding() == Encoding::Constant;
  });
}

/// Starts `result`'s bitmap as the AND of the arguments' validity; without NULLs anywhere it stays
/// absent. Flat arguments are merged word by word, others row by row.
void merge_validity(KernelContext& context, std::span<const Column> arguments, Column& result);

/// Row i of the result is valid after merge_validity.
inline bool row_valid(const Column& result, uint32_t row) {
  return !result.validity() || bit_is_set(result.validity(), row);
}

/// Keeps the heaps of all string arguments alive in `result`.
void keep_heaps(KernelContext& context, std::span<const Column> arguments, Column& result);

namespace detail {

/// The part of a kernel that knows its types: fills the selected rows of `result`, whose validity
/// is that of the arguments. What stands around it is compiled once, in kernels.cpp; with a
/// template per function it would be most of the module.
using RowLoop = Status (*)(KernelContext& context, void* compute, Column& result);

/// Makes the result, runs the loop over it and keeps the arguments' heaps where they are needed.
/// All-Constant arguments: the loop sees one row, and the result is Constant.
Result<Column> run_rows(KernelContext& context, std::span<const Column> arguments, RowLoop loop,
                        void* compute);

template <class Out, class R>
inline Status store(KernelContext& context, Column& result, Out& out, uint32_t row, R&& value) {
  using Plain = std::remove_cvref_t<R>;
  if constexpr (IsResult<Plain>::value) {
    if (!value) return fail(std::forward<R>(value).error());
    return store(context, result, out, row, *std::forward<R>(value));
  } else if constexpr (IsOptional<Plain>::value) {
    out = value ? *value : Out{};
    if (!value) result.set_null(context.budget, row);
  } else {
    out = value;
  }
  return {};
}

template <class Out, class Compute>
Status row_loop(KernelContext& context, void* closure, Column& result) {
  Compute& compute = *static_cast<Compute*>(closure);
  using R = std::remove_cvref_t<decltype(compute(0u))>;
  Out* out = result.mutable_values<Out>();
  if constexpr (!IsResult<R>::value && !IsOptional<R>::value) {
    if (!result.validity()) {  // no branch in the loop
      for_each_row(context.rows, [&](uint32_t row) { out[row] = compute(row); });
      return {};
    }
  }
  for (uint32_t i = 0; i < context.rows.count; ++i) {
    const uint32_t row = context.rows[i];
    if (row_valid(result, row)) {
      TRY(store(context, result, out[row], row, compute(row)));
    } else {
      out[row] = Out{};
    }
  }
  return {};
}

// Runs `compute(row)` for the valid selected rows.
template <class Out, class Compute>
inline Result<Column> run(KernelContext& context, std::span<const Column> arguments,
                          Compute&& compute) {
  using Plain = std::remove_reference_t<Compute>;
  return run_rows(context, arguments, row_loop<Out, Plain>, &compute);
}

// All arguments constant: one row, spread over the batch.
template <class Self>
Result<Column> once(KernelContext& context, Self&& self) {
  const Selection one = Selection::all(1);
  KernelContext single{context.budget,      one, 1, context.call, context.state, context.evaluator,
                       context.cancellation};
  Column value = TRY(self(single));
  return Column::constant(value, context.length);
}

}  // namespace detail

template <class In, class Out, class F>
Result<Column> unary(KernelContext& context, const Column& argument, F&& f) {
  const std::span<const Column> arguments(&argument, 1);
  if constexpr (kHot<In>) {
    if (argument.encoding() == Encoding::Flat) {
      const In* in = argument.values<In>();
      return detail::run<Out>(context, arguments, [&f, in](uint32_t row) { return f(in[row]); });
    }
  }
  const ColumnView view(argument);
  return detail::run<Out>(context, arguments, [&](uint32_t row) { return f(view.get<In>(row)); });
}

template <class A, class B, class Out, class F>
Result<Column> binary(KernelContext& context, const Column& left, const Column& right, F&& f) {
  const Column pair[2] = {left, right};
  const std::span<const Column> arguments(pair);
  if constexpr (kHot<A> && kHot<B>) {
    const bool flat_left = left.encoding() == Encoding::Flat;
    const bool flat_right = right.encoding() == Encoding::Flat;
    // The common shapes get loops of their own; NULL constants go the general way.
    if (flat_left && flat_right) {
      const A* a = left.values<A>();
      const B* b = right.values<B>();
      return detail::run<Out>(context, arguments,
                              [&f, a, b](uint32_t row) { return f(a[row], b[row]); });
    }
    if (flat_left && right.encoding() == Encoding::Constant && !right.is_null(0)) {
      const A* a = left.values<A>();
      const B b = right.values<B>()[0];
      return detail::run<Out>(context, arguments,
                              [&f, a, b](uint32_t row) { return f(a[row], b); });
    }
  }
  const ColumnView a(left), b(right);
  return detail::run<Out>(context, arguments,
                          [&](uint32_t row) { return f(a.get<A>(row), b.get<B>(row)); });
}

template <class A, class B, class C, class Out, class F>
Result<Column> ternary(KernelContext& context, std::span<const Column> arguments, F&& f) {
  const ColumnView a(arguments[0]), b(arguments[1]), c(arguments[2]);
  return detail::run<Out>(context, arguments, [&](uint32_t row) {
    return f(a.get<A>(row), b.get<B>(row), c.get<C>(row));
  });
}

namespace detail {

using StringLoop = Status (*)(KernelContext& context, void* compute, Column& result,
                              StringHeap& heap);
/// As run_rows, with a heap for new strings that keeps the arguments' heaps.
Result<Column> run_string_rows(KernelContext& context, std::span<const Column> arguments,
                               StringLoop loop, void* compute);

template <class Compute>
Status string_loop(KernelContext& context, void* closure, Column& result, StringHeap& heap) {
  Compute& compute = *static_cast<Compute*>(closure);
  StringRef* out = result.mutable_values<StringRef>();
  for (uint32_t i = 0; i < context.rows.count; ++i) {
    const uint32_t row = context.rows[i];
    out[row] = StringRef();
    if (row_valid(result, row)) TRY(store(context, result, out[row], row, compute(heap, row)));
  }
  return {};
}

}  // namespace detail

/// For functions that build new strings: gives `f` the heap to write to, and the result keeps it
/// and the arguments' heaps. `f(heap, row)` returns Result<StringRef> or
/// Result<std::optional<StringRef>>; rows with a NULL argument are skipped.
template <class F>
Result<Column> build_strings(KernelContext& context, std::span<const Column> arguments, F&& f) {
  using Plain = std::remove_reference_t<F>;
  return detail::run_string_rows(context, arguments, detail::string_loop<Plain>,
                                 const_cast<std::remove_const_t<Plain>*>(&f));
}

}  // namespace whittle::kernels
