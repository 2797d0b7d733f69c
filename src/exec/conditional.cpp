#include "exec/conditional.hpp"

#include <cstring>

#include "columnar/builder.hpp"
#include "columnar/gather.hpp"
#include "columnar/physical_dispatch.hpp"
#include "exec/kernels.hpp"

namespace whittle {

namespace {

BufferRef selection_buffer(MemoryBudget& budget, uint32_t count) {
  return Buffer::charge(budget, size_t{count} * sizeof(uint32_t));
}

// The rows of `rows` for which `test(row)` holds.
template <class F>
Selection select(const Selection& rows, MemoryBudget& budget, F&& test) {
  BufferRef buffer = selection_buffer(budget, rows.count);
  uint32_t* selected = buffer->as<uint32_t>();
  uint32_t count = 0;
  kernels::for_each_row(rows, [&](uint32_t row) {
    selected[count] = row;
    count += test(row);
  });
  if (count == rows.count) return rows;
  return Selection{selected, count, std::move(buffer)};
}

Column boolean_column(MemoryBudget& budget, uint32_t length) {
  return Column::flat(budget, TypeId::Boolean, length);
}

// Where each row of a CASE or COALESCE takes its value from: results come one operand at a time and
// are merged into one flat column at the end.
class Merger {
 public:
  explicit Merger(const Operands& operands)
      : operands_(operands), choice_(selection_buffer(operands.budget, operands.length)) {
    std::memset(choice_->data(), 0, choice_->size());
  }

  void take(Column column, const Selection& rows) {
    const uint32_t source = static_cast<uint32_t>(sources_.size());
    sources_.push_back(std::move(column));
    uint32_t* choice = choice_->as<uint32_t>();
    kernels::for_each_row(rows, [&](uint32_t row) { choice[row] = source; });
    only_ = sources_.size() == 1 && rows.count == operands_.rows.count ? 0 : -1;
  }

  Result<Column> finish() {
    if (only_ == 0) return std::move(sources_[0]);
    const Type& type = operands_.expression.type;
    const PhysicalType physical = type.physical();
    if (physical != PhysicalType::List && physical != PhysicalType::Struct &&
        physical != PhysicalType::Null) {
      return merge_flat(type, physical);
    }
    return merge_nested(type);
  }

 private:
  Result<Column> merge_flat(const Type& type, PhysicalType physical) {
    MemoryBudget& budget = operands_.budget;
    Column result = Column::flat(budget, type, operands_.length);
    std::vector<ColumnView> views;
    for (const Column& source : sources_) views.emplace_back(source);
    const uint32_t* choice = choice_->as<uint32_t>();
    dispatch_physical<bool>(physical, false, [&]<class T>(TypeTag<T>) {
      T* out = result.mutable_values<T>();
      kernels::for_each_row(operands_.rows, [&](uint32_t row) {
        const ColumnView& view = views[choice[row]];
        if (view.valid(row)) {
          out[row] = view.get<T>(row);
        } else {
          out[row] = T{};
          result.set_null(budget, row);
        }
      });
      return true;
    });
    if (physical == PhysicalType::String) {
      auto heap = make_ref<StringHeap>(budget);
      for (const ColumnView& view : views) {
        if (view.stored->heap()) heap->keep(view.stored->heap());
      }
      result.set_heap(std::move(heap));
    }
    return result;
  }

  Result<Column> merge_nested(const Type& type) {
    ColumnBuilder builder(type, operands_.budget);
    const uint32_t* choice = choice_->as<uint32_t>();
    uint32_t next = 0;
    for (uint32_t row = 0; row < operands_.length; ++row) {
      if (next < operands_.rows.count && operands_.rows[next] == row) {
        TRY(builder.append_from(sources_[choice[row]], row));
        ++next;
      } else {
        TRY(builder.append_null());
      }
    }
    return builder.finish();
  }

  const Operands& operands_;
  std::vector<Column> sources_;
  BufferRef choice_;
  int only_ = -1;
};

}  // namespace

Selection subtract(const Selection& rows, const Selection& taken, MemoryBudget& budget) {
  if (taken.count == 0) return rows;
  uint32_t next = 0;
  return select(rows, budget, [&](uint32_t row) {
    if (next < taken.count && taken[next] == row) {
      ++next;
      return false;
    }
    return true;
  });
}

Result<Selection> select_true(const Column& condition, const Selection& rows,
                              MemoryBudget& budget) {
  const ColumnView view(condition);
  if (condition.encoding() == Encoding::Constant) {
    if (rows.count > 0 && view.valid(0) && view.get<uint8_t>(0)) return rows;
    BufferRef none = selection_buffer(budget, 0);
    return Selection{none->as<uint32_t>(), 0, none};
  }
  if (!view.has_nulls()) {
    return select(rows, budget, [&](uint32_t row) { return view.get<uint8_t>(row) != 0; });
  }
  return select(rows, budget,
                [&](uint32_t row) { return view.valid(row) && view.get<uint8_t>(row) != 0; });
}

// Three-valued logic over a working column: for AND the dominant value is false, for OR it is true.
// A row that reached the dominant value is not asked for again; NULL stays until a dominant value
// overrides it.
Result<Column> evaluate_conjunction(const Operands& operands, bool is_and) {
  MemoryBudget& budget = operands.budget;
  const uint8_t dominant = is_and ? 0 : 1;
  Column result = boolean_column(budget, operands.length);
  uint8_t* out = result.mutable_values<uint8_t>();
  std::memset(out, 1 - dominant, operands.length);
  Selection open = operands.rows;
  for (size_t i = 0; i < operands.expression.children.size() && open.count > 0; ++i) {
    Column operand = TRY(operands.child(i, open));
    const ColumnView view(operand);
    kernels::for_each_row(open, [&](uint32_t row) {
      if (!view.valid(row)) {
        result.set_null(budget, row);
      } else if (view.get<uint8_t>(row) == dominant) {
        out[row] = dominant;
        if (result.validity()) set_bit(result.mutable_validity(budget), row);
      }
    });
    open = select(open, budget, [&](uint32_t row) { return out[row] != dominant; });
  }
  return result;
}

Result<Column> evaluate_not(const Operands& operands) {
  Column operand = TRY(operands.child(0, operands.rows));
  if (operand.encoding() == Encoding::Constant) {
    if (operand.is_null(0)) return operand;
    Column flipped = boolean_column(operands.budget, 1);
    flipped.mutable_values<uint8_t>()[0] = !operand.values<uint8_t>()[0];
    return Column::constant(flipped, operands.length);
  }
  const ColumnView view(operand);
  Column result = boolean_column(operands.budget, operands.length);
  uint8_t* out = result.mutable_values<uint8_t>();
  kernels::for_each_row(operands.rows, [&](uint32_t row) {
    if (view.valid(row)) {
      out[row] = !view.get<uint8_t>(row);
    } else {
      out[row] = 0;
      result.set_null(operands.budget, row);
    }
  });
  return result;
}

Result<Column> evaluate_is_null(const Operands& operands, bool negated) {
  Column operand = TRY(operands.child(0, operands.rows));
  const ColumnView view(operand);
  if (operand.encoding() == Encoding::Constant || !view.has_nulls()) {
    Column one = boolean_column(operands.budget, 1);
    const bool is_null = operands.length > 0 && !view.valid(0) && view.has_nulls();
    one.mutable_values<uint8_t>()[0] = is_null != negated;
    return Column::constant(one, operands.length);
  }
  Column result = boolean_column(operands.budget, operands.length);
  uint8_t* out = result.mutable_values<uint8_t>();
  kernels::for_each_row(operands.rows,
                        [&](uint32_t row) { out[row] = view.valid(row) == negated; });
  return result;
}

Result<Column> evaluate_case(const Operands& operands) {
  Merger merger(operands);
  Selection open = operands.rows;
  const size_t count = operands.expression.children.size();
  for (size_t i = 0; i + 1 < count && open.count > 0; i += 2) {
    Selection matched = TRY(operands.evaluator.filter(*operands.expression.children[i],
                                                      operands.columns, operands.length, open));
    if (matched.count == 0) continue;
    merger.take(TRY(operands.child(i + 1, matched)), matched);
    open = subtract(open, matched, operands.budget);
  }
  if (open.count > 0 || operands.rows.count == 0) {
    merger.take(TRY(operands.child(count - 1, open)), open);
  }
  return merger.finish();
}

Result<Column> evaluate_coalesce(const Operands& operands) {
  Merger merger(operands);
  Selection open = operands.rows;
  const size_t count = operands.expression.children.size();
  for (size_t i = 0; i < count && (open.count > 0 || i == 0); ++i) {
    Column operand = TRY(operands.child(i, open));
    const ColumnView view(operand);
    if (i + 1 == count || !view.has_nulls()) {
      merger.take(std::move(operand), open);
      break;
    }
    Selection valid = select(open, operands.budget, [&](uint32_t row) { return view.valid(row); });
    Selection rest = subtract(open, valid, operands.budget);
    merger.take(std::move(operand), valid);
    open = rest;
  }
  return merger.finish();
}

// Tries all rows at once; only when that fails are rows tried one by one.
Result<Column> evaluate_try(const Operands& operands) {
  Result<Column> all = operands.child(0, operands.rows);
  if (all || all.error().code() == ErrorCode::BudgetExceeded ||
      all.error().code() == ErrorCode::Cancelled) {
    return all;
  }
  ColumnBuilder builder(operands.expression.type, operands.budget);
  uint32_t next = 0;
  for (uint32_t row = 0; row < operands.length; ++row) {
    const bool wanted = next < operands.rows.count && operands.rows[next] == row;
    if (wanted) ++next;
    Result<Column> one = wanted ? operands.child(0, Selection{&row, 1, {}})
                                : Result<Column>(fail(ErrorCode::OutOfRange, "not selected"));
    TRY(one ? builder.append_from(*one, row) : builder.append_null());
  }
  return builder.finish();
}

}  // namespace whittle
