// Kernels of one loop: unlike kernels::unary and binary, which have a loop per encoding for types
// that queries are full of, these read every encoding through ColumnView. For functions whose work
// for a value outweighs that look-up (dates, text): a third of the code.
//
//   one_loop::unary<In, Out>(context, arguments, f)      out = f(a)
//   one_loop::binary<A, B, Out>(context, arguments, f)   out = f(a, b); `swapped`: b comes first
//
// `f` as in exec/kernels.hpp.
#pragma once

#include "exec/kernels.hpp"

namespace whittle::one_loop {

template <class In, class Out, class F>
Result<Column> unary(KernelContext& context, std::span<const Column> arguments, F&& f) {
  const ColumnView view(arguments[0]);
  return kernels::detail::run<Out>(context, arguments,
                                   [&](uint32_t row) { return f(view.get<In>(row)); });
}

template <class A, class B, class Out, class F>
Result<Column> binary(KernelContext& context, std::span<const Column> arguments, F&& f,
                      bool swapped = false) {
  const ColumnView a(arguments[swapped]), b(arguments[!swapped]);
  return kernels::detail::run<Out>(context, arguments,
                                   [&](uint32_t row) { return f(a.get<A>(row), b.get<B>(row)); });
}

}  // namespace whittle::one_loop
