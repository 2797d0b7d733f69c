// Functions as rows of tables: name, signature, kernel. plan/ resolves calls against them; exec/
// fills the tables with kernels and hands them over as one FunctionRegistry at start-up (read-only
// afterwards).
//
// Scalar kernels are pure functions over columns; aggregates are small state machines whose states
// lie in memory the operator owns. Both must be callable from any worker.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancellation.hpp"
#include "columnar/column.hpp"
#include "columnar/value.hpp"

namespace whittle {

struct Expression;
class ExpressionEvaluator;  // exec/: evaluates lambda bodies for list functions

/// Data a bind step leaves for the kernel: a compiled regex, a parsed format, a decimal factor.
/// Immutable.
struct FunctionState {
  virtual ~FunctionState() = default;
};
using FunctionStateRef = std::shared_ptr<const FunctionState>;

/// What a kernel may use while it runs over one batch.
struct KernelContext {
  MemoryBudget& budget;
  const Selection& rows;   // compute these rows; others hold no meaning
  uint32_t length;         // rows of the batch: the length of the result
  const Expression& call;  // the node: its type is the result's type, its children the arguments'
  const FunctionState* state = nullptr;
  ExpressionEvaluator* evaluator = nullptr;
  const CancellationToken* cancellation = nullptr;
};

/// Arguments come in any encoding (read them through ColumnView) and already have the bound types.
/// A Lambda argument is an empty placeholder: the kernel evaluates
/// `context.call.children[i]->children[0]` through `context.evaluator` over its own columns; the
/// lambdas' evaluated captures follow the arguments. The result has `context.length` rows, or is
/// Constant. Errors of the data (overflow, bad format) concern selected rows only.
using ScalarKernel = Result<Column> (*)(KernelContext& context, std::span<const Column> arguments);

enum FunctionFlags : uint8_t {
  kNone = 0,
  /// The kernel sees NULL arguments itself. Without it a NULL argument gives NULL: a Constant NULL
  /// argument short-cuts the call; kernels still must merge validity per row (exec/kernels.hpp
  /// does).
  kSpecialNulls = 1,
  /// Not folded, not evaluated once per dictionary entry: random(), uuid().
  kVolatile = 2,
  /// Same value for the whole statement: now(), current_date. Folded at bind time.
  kStable = 4,
  /// May fail on some rows, so it must not be moved in front of a filter or evaluated over
  /// dictionary entries that no row uses.
  kCanFail = 8,
};

/// What `bind` works on and may change: it sets the types to which arguments are cast, the result
/// type, the state. An argument that is a lambda has the type of its body. `constants[i]` is the
/// folded value of argument i or null. It may also pick another kernel.
struct BindCall {
  std::string_view name;
  std::vector<Type> arguments;
  std::vector<const Value*> constants;
  /// Names of named arguments (struct_pack(a := 1)); empty for the others.
  std::vector<std::string> argument_names;
  Type result;
  ScalarKernel kernel = nullptr;
  FunctionStateRef state;
  uint8_t flags = 0;
  // Aggregates only:
  bool distinct = false;
  struct AggregateFunctionOperations const* aggregate = nullptr;
  uint32_t state_size = 0;
};
using BindFunction = Status (*)(BindCall& call);

inline constexpr size_t kMaxArguments = 7;

/// One overload. `TypeId::Null` as an argument means "any type" (bind decides). Arguments beyond
/// `count` are allowed when `variadic` is set, each like the last one.
struct ScalarFunction {
  std::string_view name;  // lower case; aliases are further rows
  TypeId result;
  ScalarKernel kernel;
  uint8_t count;
  TypeId arguments[kMaxArguments];
  uint8_t flags = kNone;
  BindFunction bind = nullptr;
  bool variadic = false;
};

// ---- aggregates
// ----------------------------------------------------------------------------------------

struct AggregateContext {
  MemoryBudget& budget;
  const FunctionState* state = nullptr;  // from bind: quantile fractions, separator, …
  const Type& result;
  /// Whether any argument must be copied (strings that outlive their batch): always true for now.
  const CancellationToken* cancellation = nullptr;
};

/// States are `state_size` bytes each, 16-byte aligned, zero-initialised: all-zero bytes must be
/// the valid empty state. States may own memory (lists, sets); `destroy` frees it; it is null for
/// plain bytes. Arguments are in any encoding; NULLs are the aggregate's business (most skip them).
struct AggregateFunctionOperations {
  /// For position i of `rows` (0 … rows.count-1): argument row rows[i] goes into states[i].
  Status (*update)(AggregateContext&, std::span<const Column> arguments, const Selection& rows,
                   std::byte* const* states);
  /// All selected rows go into the one state: the ungrouped fast path. Null: `update` is used.
  Status (*update_one)(AggregateContext&, std::span<const Column> arguments, const Selection& rows,
                       std::byte* state);
  /// sources[i] is added to targets[i]; sources may be left in any destroyable state.
  Status (*combine)(AggregateContext&, std::byte* const* sources, std::byte* const* targets,
                    uint32_t count);
  /// A column of `count` results.
  Result<Column> (*finalize)(AggregateContext&, std::byte* const* states, uint32_t count);
  void (*destroy)(std::byte* const* states, uint32_t count);
};

struct AggregateFunction {
  std::string_view name;
  TypeId result;
  const AggregateFunctionOperations* operations;
  uint32_t state_size;
  uint8_t count;
  TypeId arguments[4];
  BindFunction bind = nullptr;
  /// Order of input changes the answer (first, list, string_agg, …): ORDER BY inside matters and
  /// input arrives in file order.
  bool order_sensitive = false;
  /// DISTINCT changes nothing (min, max, bool_and, any_value).
  bool distinct_is_noop = false;
};

/// Keeps the tables as they are, so that an engine starts with nothing done; a lookup goes through
/// their two thousand rows, which takes microseconds, once per call in a statement.
class FunctionRegistry {
 public:
  /// `rows` must stay where they are.
  void add(std::span<const ScalarFunction> rows) { scalars_.push_back(rows); }
  void add(std::span<const AggregateFunction> rows) { aggregates_.push_back(rows); }
  /// Overloads of a name (any case); empty when unknown.
  std::vector<const ScalarFunction*> scalar(std::string_view name) const;
  std::vector<const AggregateFunction*> aggregate(std::string_view name) const;
  /// All names, sorted: for "did you mean" and completion.
  std::vector<std::string_view> names() const;

 private:
  std::vector<std::span<const ScalarFunction>> scalars_;
  std::vector<std::span<const AggregateFunction>> aggregates_;
};

}  // namespace whittle
