// Kernel: the loops that aggregates share. An aggregate gives a small state and what one value does
// to it; these templates bring encodings, selections and NULLs.
//
//   struct Op {
//     using In = int32_t; using State = …; using Out = double;      State: all-zero bytes are empty
//     static void add(State&, In);                                   or Status, for what can fail
//     static void add_many(State&, const In*, uint32_t);             optional: a dense run
//     static void merge(State& into, const State& from);             or Status
//     static bool result(const State&, AggregateContext&, Out&);     false: NULL; or Result<bool>
//     using Accumulates = Base;                                      optional: what variants share
//   };
//   constexpr AggregateFunctionOperations operations = unary_aggregate<Op>;
#pragma once

#include "columnar/builder.hpp"
#include "columnar/physical_dispatch.hpp"
#include "plan/function.hpp"

namespace whittle::aggregates {

namespace detail {
template <class Call>
Status as_status(Call&& call) {
  if constexpr (std::is_void_v<decltype(call())>) {
    call();
    return {};
  } else {
    return call();
  }
}
}  // namespace detail

template <class Op>
Status unary_update(AggregateContext&, std::span<const Column> arguments, const Selection& rows,
                    std::byte* const* states) {
  using In = typename Op::In;
  using State = typename Op::State;
  constexpr bool cannot_fail =
      std::is_void_v<decltype(Op::add(std::declval<State&>(), std::declval<const In&>()))>;
  const Column& argument = arguments[0];
  const ColumnView view(argument);
  if constexpr (cannot_fail) {
    if (argument.encoding() == Encoding::Flat && !argument.validity()) {
      const In* values = argument.values<In>();
      if (rows.is_dense()) {
        for (uint32_t i = 0; i < rows.count; ++i) {
          Op::add(*reinterpret_cast<State*>(states[i]), values[i]);
        }
      } else {
        for (uint32_t i = 0; i < rows.count; ++i) {
          Op::add(*reinterpret_cast<State*>(states[i]), values[rows.rows[i]]);
        }
      }
      return {};
    }
  }
  for (uint32_t i = 0; i < rows.count; ++i) {
    const uint32_t row = rows[i];
    if (!view.valid(row)) continue;
    TRY(detail::as_status(
        [&] { return Op::add(*reinterpret_cast<State*>(states[i]), view.get<In>(row)); }));
  }
  return {};
}

template <class Op>
Status unary_update_one(AggregateContext&, std::span<const Column> arguments, const Selection& rows,
                        std::byte* state_bytes) {
  using In = typename Op::In;
  using State = typename Op::State;
  State& state = *reinterpret_cast<State*>(state_bytes);
  const Column& argument = arguments[0];
  const ColumnView view(argument);
  if constexpr (requires { Op::add_many(state, static_cast<const In*>(nullptr), 1u); }) {
    if (argument.encoding() == Encoding::Flat && !argument.validity() && rows.is_dense()) {
      Op::add_many(state, argument.values<In>(), rows.count);
      return {};
    }
  }
  for (uint32_t i = 0; i < rows.count; ++i) {
    const uint32_t row = rows[i];
    if (!view.valid(row)) continue;
    TRY(detail::as_status([&] { return Op::add(state, view.get<In>(row)); }));
  }
  return {};
}

template <class Op>
Status plain_combine(AggregateContext&, std::byte* const* sources, std::byte* const* targets,
                     uint32_t count) {
  using State = typename Op::State;
  for (uint32_t i = 0; i < count; ++i) {
    TRY(detail::as_status([&] {
      return Op::merge(*reinterpret_cast<State*>(targets[i]),
                       *reinterpret_cast<const State*>(sources[i]));
    }));
  }
  return {};
}

namespace detail {

/// The part of a finalize that knows its types; the rest is compiled once (aggregates.cpp).
using FinalizeLoop = Status (*)(AggregateContext& context, std::byte* const* states, uint32_t count,
                                Column& column);
Result<Column> run_finalize(AggregateContext& context, std::byte* const* states, uint32_t count,
                            FinalizeLoop loop);

template <class Op>
Status finalize_loop(AggregateContext& context, std::byte* const* states, uint32_t count,
                     Column& column) {
  using Out = typename Op::Out;
  using State = typename Op::State;
  Out* out = column.mutable_values<Out>();
  for (uint32_t i = 0; i < count; ++i) {
    const State& state = *reinterpret_cast<const State*>(states[i]);
    bool valid;
    if constexpr (std::is_same_v<decltype(Op::result(state, context, out[i])), bool>) {
      valid = Op::result(state, context, out[i]);
    } else {
      valid = TRY(Op::result(state, context, out[i]));
    }
    if (valid) continue;
    out[i] = Out{};
    column.set_null(context.budget, i);
  }
  return {};
}

}  // namespace detail

template <class Op>
Result<Column> plain_finalize(AggregateContext& context, std::byte* const* states, uint32_t count) {
  return detail::run_finalize(context, states, count, detail::finalize_loop<Op>);
}

// Aggregates that differ in their result only name what they share (`using Accumulates = Base`), so
// that its loops are compiled once.
namespace detail {
template <class Op>
constexpr auto accumulator() {
  if constexpr (requires { typename Op::Accumulates; }) {
    return std::type_identity<typename Op::Accumulates>{};
  } else {
    return std::type_identity<Op>{};
  }
}
}  // namespace detail
template <class Op>
using Accumulator = typename decltype(detail::accumulator<Op>())::type;

template <class Op>
inline constexpr AggregateFunctionOperations unary_aggregate = {
    unary_update<Accumulator<Op>>, unary_update_one<Accumulator<Op>>,
    plain_combine<Accumulator<Op>>, plain_finalize<Op>, nullptr};

/// Two arguments; rows where either is NULL are skipped. `add(State&, a, b)`.
template <class Op>
Status binary_update(AggregateContext&, std::span<const Column> arguments, const Selection& rows,
                     std::byte* const* states) {
  const ColumnView a(arguments[0]), b(arguments[1]);
  for (uint32_t i = 0; i < rows.count; ++i) {
    const uint32_t row = rows[i];
    if (!a.valid(row) || !b.valid(row)) continue;
    Op::add(*reinterpret_cast<typename Op::State*>(states[i]), a.get<typename Op::In>(row),
            b.get<typename Op::In>(row));
  }
  return {};
}

template <class Op>
inline constexpr AggregateFunctionOperations binary_aggregate = {
    binary_update<Accumulator<Op>>, nullptr, plain_combine<Accumulator<Op>>, plain_finalize<Op>,
    nullptr};

// ---- states that own memory: the state is one pointer to an Owned, made at first use

/// Makes room for `more` bytes (chars, …) of a growing state before they are added. While the bytes
/// move, the old and the new allocation are both drawn; `fixed` is what the state takes beside.
template <class Bytes>
Status make_room(Bytes& bytes, size_t more, Reservation& memory, size_t fixed) {
  const size_t needed = bytes.size() + more, old = bytes.capacity();
  if (needed <= old && memory.bytes() > 0) return {};
  const size_t capacity = std::max(needed, old * 2);
  TRY(memory.resize(fixed + old + capacity));
  bytes.reserve(capacity);
  return memory.resize(fixed + bytes.capacity());
}

template <class T>
T*& owned(std::byte* state) {
  return *reinterpret_cast<T**>(state);
}
template <class T>
T& make_owned(std::byte* state, MemoryBudget& budget) {
  T*& object = owned<T>(state);
  if (!object) object = new T(budget);
  return *object;
}
template <class T>
void destroy_owned(std::byte* const* states, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) delete std::exchange(owned<T>(states[i]), nullptr);
}

// ---- binding

/// "No function matches the given name and argument types 'sum(VARCHAR)'."
std::unexpected<Error> no_match(const BindCall& call);

inline void bind_operations(BindCall& call, const AggregateFunctionOperations& operations,
                            size_t state_size, Type result) {
  call.aggregate = &operations;
  call.state_size = static_cast<uint32_t>(state_size);
  call.result = std::move(result);
}
template <template <class> class Op, class T>
void bind_unary(BindCall& call, Type result) {
  bind_operations(call, unary_aggregate<Op<T>>, sizeof(typename Op<T>::State), std::move(result));
}

}  // namespace whittle::aggregates
