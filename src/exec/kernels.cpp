#include "exec/kernels.hpp"

namespace whittle::kernels {

void merge_validity(KernelContext& context, std::span<const Column> arguments, Column& result) {
  for (const Column& argument : arguments) {
    const ColumnView view(argument);
    if (!view.has_nulls()) continue;
    uint64_t* bits = result.mutable_validity(context.budget);
    if (argument.encoding() == Encoding::Flat) {
      const size_t words = bitmap_words(context.length);
      for (size_t word = 0; word < words; ++word) bits[word] &= view.validity[word];
    } else if (argument.encoding() == Encoding::Constant) {
      if (!view.valid(0)) std::memset(bits, 0, bitmap_words(context.length) * 8);
    } else {
      for_each_row(context.rows, [&](uint32_t row) {
        if (!view.valid(row)) clear_bit(bits, row);
      });
    }
  }
}

void keep_heaps(KernelContext& context, std::span<const Column> arguments, Column& result) {
  Ref<StringHeap> only;
  Ref<StringHeap> merged;
  for (const Column& argument : arguments) {
    const Ref<StringHeap>& heap = ColumnView(argument).stored->heap();
    if (!heap || heap == only) continue;
    if (!only) {
      only = heap;
    } else {
      if (!merged) {
        merged = make_ref<StringHeap>(context.budget);
        merged->keep(only);
      }
      merged->keep(heap);
    }
  }
  result.set_heap(merged ? merged : only);
}

namespace detail {

namespace {

// Result, validity and the loop over them; `work(context, result)` is the loop.
template <class Work>
Result<Column> around(KernelContext& context, std::span<const Column> arguments, Work&& work) {
  if (all_constant(arguments) && context.length != 1) {
    return once(context, [&](KernelContext& one) { return around(one, arguments, work); });
  }
  Column result = TRY(make_result(context));
  merge_validity(context, arguments, result);
  TRY(work(context, result));
  return result;
}

}  // namespace

Result<Column> run_rows(KernelContext& context, std::span<const Column> arguments, RowLoop loop,
                        void* compute) {
  return around(context, arguments, [&](KernelContext& inner, Column& result) -> Status {
    TRY(loop(inner, compute, result));
    if (result.type().physical() == PhysicalType::String) keep_heaps(inner, arguments, result);
    return {};
  });
}

Result<Column> run_string_rows(KernelContext& context, std::span<const Column> arguments,
                               StringLoop loop, void* compute) {
  return around(context, arguments, [&](KernelContext& inner, Column& result) -> Status {
    auto heap = make_ref<StringHeap>(inner.budget);
    TRY(loop(inner, compute, result, *heap));
    for (const Column& argument : arguments) {
      if (const Ref<StringHeap>& kept = ColumnView(argument).stored->heap()) heap->keep(kept);
    }
    result.set_heap(std::move(heap));
    return {};
  });
}

}  // namespace detail

}  // namespace whittle::kernels
