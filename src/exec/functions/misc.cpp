// greatest and least, hash, random numbers and UUIDs, error(), version().
#include <bit>

#include "base/clock.hpp"
#include "base/sync.hpp"
#include "columnar/compare.hpp"
#include "columnar/hash.hpp"
#include "exec/functions/functions.hpp"
#include "exec/functions/list_support.hpp"

namespace whittle {

namespace {

using Arguments = std::span<const Column>;

// ---- greatest, least: NULLs do not count

Result<Column> extreme(KernelContext& context, Arguments arguments, bool greatest) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    if (inner.call.type.physical() == PhysicalType::Null) {
      return Column::constant_null(inner.budget, inner.call.type, inner.length);
    }
    std::vector<Column> columns;
    std::vector<ColumnView> views;
    for (const Column& argument : arguments) {
      columns.push_back(argument);
      columns.back().set_length(inner.length);
    }
    for (const Column& column : columns) views.emplace_back(column);
    const auto elements = TRY(lists::join(columns, inner.call.type, inner.budget));
    std::vector<uint32_t> chosen(inner.length, lists::no_row);
    for (uint32_t i = 0; i < inner.rows.count; ++i) {
      const uint32_t row = inner.rows[i];
      size_t best = views.size();
      for (size_t k = 0; k < views.size(); ++k) {
        if (!views[k].valid(row)) continue;
        if (best == views.size()) {
          best = k;
          continue;
        }
        const int order = compare_rows(views[k], row, views[best], row);
        if (greatest ? order > 0 : order < 0) best = k;
      }
      if (best < views.size()) chosen[row] = elements.starts[best] + row;
    }
    return lists::pick(inner, elements.column, chosen);
  });
}

template <bool greatest>
Result<Column> extreme_kernel(KernelContext& context, Arguments arguments) {
  return extreme(context, arguments, greatest);
}

// error() gives no value, so that it fits beside any.
Status bind_no_type(BindCall& call) {
  call.result = Type(TypeId::Null);
  return {};
}

Status bind_extreme(BindCall& call) {
  if (call.arguments.empty()) {
    return fail(ErrorCode::Binder, "No function matches the given name and argument types '" +
                                       std::string(call.name) + "()'");
  }
  std::vector<Operand> operands;
  for (const Type& type : call.arguments) operands.emplace_back(type);
  const auto common = common_type(std::span<const Operand>(operands));
  if (!common) {
    return fail(ErrorCode::Binder, "Cannot combine types in " + std::string(call.name) +
                                       "() - an explicit cast is required");
  }
  for (Type& type : call.arguments) type = *common;
  call.result = *common;
  return {};
}

// ---- hash

Result<Column> hash_kernel(KernelContext& context, Arguments arguments) {
  Column result = TRY(kernels::make_result(context));
  auto* hashes = result.mutable_values<uint64_t>();
  for (size_t i = 0; i < arguments.size(); ++i) {
    hash_column(arguments[i], context.rows, hashes, i > 0);
  }
  return result;
}

// ---- random

// One generator for the process (xoshiro256**, Blackman and Vigna), seeded by the clock or setseed.
class Generator {
 public:
  Generator() { seed(static_cast<uint64_t>(reinterpret_cast<uintptr_t>(this))); }
  void seed(uint64_t value) {
    for (uint64_t& word : state_) word = hash_word(value += 0x9e3779b97f4a7c15ull);
  }
  /// Milliseconds since 1970; random without a clock.
  uint64_t milliseconds() {
    if (!clock_) return next() >> 16;
    return static_cast<uint64_t>(clock_->wall_microseconds() / 1000);
  }
  void set_clock(Clock* clock) {
    clock_ = clock;
    if (!clock) return;
    seed(hash_word(static_cast<uint64_t>(clock->wall_microseconds())) ^
         clock->monotonic_nanoseconds() ^ next());
  }
  uint64_t next() {
    const uint64_t result = std::rotl(state_[1] * 5, 7) * 9, shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

 private:
  uint64_t state_[4];
  Clock* clock_ = nullptr;
};

template <class F>
auto with_generator(F&& f) {
  static Mutex mutex;
  static Generator generator;
  const MutexLock lock(mutex);
  return f(generator);
}

Result<Column> random_kernel(KernelContext& context, Arguments) {
  Column result = TRY(kernels::make_result(context));
  auto* out = result.mutable_values<double>();
  with_generator([&](Generator& generator) {
    kernels::for_each_row(context.rows, [&](uint32_t row) {
      out[row] = static_cast<double>(generator.next() >> 11) * 0x1.0p-53;
    });
  });
  return result;
}

Result<Column> setseed_kernel(KernelContext& context, Arguments arguments) {
  const ColumnView seeds(arguments[0]);
  for (uint32_t i = 0; i < context.rows.count; ++i) {
    const uint32_t row = context.rows[i];
    if (!seeds.valid(row)) continue;
    const double seed = seeds.get<double>(row);
    if (!(seed >= -1.0 && seed <= 1.0)) {
      return fail(ErrorCode::InvalidArgument,
                  "SETSEED accepts seed values between -1.0 and 1.0, inclusive");
    }
    with_generator([&](Generator& generator) {
      generator.seed(static_cast<uint64_t>((seed + 1.0) * 2147483647.0));
    });
  }
  return Column::constant_null(context.budget, context.call.type, context.length);
}

// RFC 9562: version 4 is random, version 7 begins with the milliseconds since 1970.
Result<Column> uuids(KernelContext& context, Arguments, uint64_t version) {
  Column result = TRY(kernels::make_result(context));
  auto* out = result.mutable_values<uint128_t>();
  with_generator([&](Generator& generator) {
    const uint64_t now = version == 7 ? generator.milliseconds() : 0;
    kernels::for_each_row(context.rows, [&](uint32_t row) {
      uint64_t high = generator.next(), low = generator.next();
      if (version == 7) high = now << 16 | (high & 0xFFFF);
      high = (high & ~uint64_t{0xF000}) | version << 12;
      low = (low & ~(uint64_t{3} << 62)) | uint64_t{2} << 62;
      out[row] = static_cast<uint128_t>(high) << 64 | low;
    });
  });
  return result;
}

template <int version>
Result<Column> uuid_kernel(KernelContext& context, Arguments arguments) {
  return uuids(context, arguments, version);
}

Result<Column> uuid_version_kernel(KernelContext& context, Arguments arguments) {
  return kernels::unary<uint128_t, uint32_t>(context, arguments[0], [](uint128_t value) {
    return static_cast<uint32_t>(static_cast<uint64_t>(value >> 64) >> 12 & 15);
  });
}

Result<Column> uuid_timestamp_kernel(KernelContext& context, Arguments arguments) {
  return kernels::unary<uint128_t, int64_t>(
      context, arguments[0], [](uint128_t value) -> Result<int64_t> {
        if ((static_cast<uint64_t>(value >> 64) >> 12 & 15) != 7) {
          return fail(ErrorCode::InvalidArgument,
                      "Given UUID is with version " +
                          std::to_string(static_cast<uint64_t>(value >> 64) >> 12 & 15) +
                          ", not version 7.");
        }
        return static_cast<int64_t>(value >> 80) * 1000;
      });
}

// ---- error, version, constant_or_null

Result<Column> error_kernel(KernelContext& context, Arguments arguments) {
  const ColumnView messages(arguments[0]);
  for (uint32_t i = 0; i < context.rows.count; ++i) {
    const uint32_t row = context.rows[i];
    if (messages.valid(row)) {
      return fail(ErrorCode::InvalidArgument, std::string(messages.get<StringRef>(row).view()));
    }
  }
  return Column::constant_null(context.budget, context.call.type, context.length);
}

Result<Column> version_kernel(KernelContext& context, Arguments) {
  Column one = Column::flat(context.budget, TypeId::Varchar, 1);
  *one.mutable_values<StringRef>() = StringRef(std::string_view("whittle 0.1"));
  return Column::constant(one, context.length);
}

Result<Column> constant_or_null_kernel(KernelContext& context, Arguments arguments) {
  return lists::once_if_constant(context, arguments, [&](KernelContext& inner) -> Result<Column> {
    Column flat = arguments[0];
    flat.set_length(inner.length);
    std::vector<uint32_t> rows(inner.length, lists::no_row);
    for (uint32_t i = 0; i < inner.rows.count; ++i) {
      const uint32_t row = inner.rows[i];
      bool valid = true;
      for (const Column& argument : arguments) valid = valid && !argument.is_null(row);
      if (valid) rows[row] = row;
    }
    return lists::pick(inner, TRY(flatten(flat, inner.budget)), rows);
  });
}

constexpr TypeId any = TypeId::Null;

constexpr ScalarFunction rows[] = {
    {"greatest", any, extreme_kernel<true>, 1, {any}, kSpecialNulls, bind_extreme, true},
    {"least", any, extreme_kernel<false>, 1, {any}, kSpecialNulls, bind_extreme, true},
    {"hash", TypeId::UBigInt, hash_kernel, 1, {any}, kSpecialNulls, nullptr, true},
    {"random", TypeId::Double, random_kernel, 0, {}, kVolatile},
    {"setseed", TypeId::Null, setseed_kernel, 1, {TypeId::Double}, kVolatile | kCanFail},
    {"uuid", TypeId::Uuid, uuid_kernel<4>, 0, {}, kVolatile},
    {"gen_random_uuid", TypeId::Uuid, uuid_kernel<4>, 0, {}, kVolatile},
    {"uuidv4", TypeId::Uuid, uuid_kernel<4>, 0, {}, kVolatile},
    {"uuidv7", TypeId::Uuid, uuid_kernel<7>, 0, {}, kVolatile},
    {"uuid_extract_version", TypeId::UInteger, uuid_version_kernel, 1, {TypeId::Uuid}},
    {"uuid_extract_timestamp",
     TypeId::TimestampTz,
     uuid_timestamp_kernel,
     1,
     {TypeId::Uuid},
     kCanFail},
    {"error", TypeId::Null, error_kernel, 1, {TypeId::Varchar}, kCanFail | kVolatile, bind_no_type},
    {"version", TypeId::Varchar, version_kernel, 0, {}},
    {"constant_or_null", any, constant_or_null_kernel, 2, {any, any}, kSpecialNulls, nullptr, true},
};

}  // namespace

std::span<const ScalarFunction> misc_functions() {
  return rows;
}

void set_random_source(Clock* clock) {
  with_generator([clock](Generator& generator) { generator.set_clock(clock); });
}

}  // namespace whittle
