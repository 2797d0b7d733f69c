// LIKE, ILIKE, GLOB and their negations and ESCAPE forms, as functions. A constant pattern is
// compiled at bind time; ILIKE compares lower-cased text.
#include "exec/functions/like.hpp"

#include "exec/functions/functions.hpp"
#include "exec/functions/one_loop.hpp"
#include "exec/functions/unicode.hpp"

namespace whittle {

namespace {

struct LikeState : FunctionState {
  explicit LikeState(LikePattern pattern) : pattern(std::move(pattern)) {}
  LikePattern pattern;
};

std::string lowered(std::string_view text) {
  std::string out;
  append_lower(out, text);
  return out;
}

// The escape argument: one byte, or nothing when it is empty.
Result<char> escape_of(std::string_view escape) {
  if (escape.size() > 1) {
    return fail(ErrorCode::Syntax,
                "Invalid escape string. Escape string must be empty or one character.");
  }
  return escape.empty() ? '\0' : escape[0];
}

Status bind_pattern(BindCall& call, bool insensitive) {
  const bool has_escape = call.arguments.size() == 3;
  const Value* pattern = call.constants[1];
  const Value* escape = has_escape ? call.constants[2] : nullptr;
  if (!pattern || pattern->is_null() || (has_escape && (!escape || escape->is_null()))) return {};
  const char escape_byte = has_escape ? TRY(escape_of(escape->as_string())) : '\0';
  const std::string text = insensitive ? lowered(pattern->as_string()) : pattern->as_string();
  call.state = std::make_shared<LikeState>(TRY(LikePattern::compile(text, escape_byte)));
  return {};
}

template <bool insensitive>
Status bind_like(BindCall& call) {
  return bind_pattern(call, insensitive);
}

Result<Column> like(KernelContext& context, std::span<const Column> arguments, bool insensitive,
                    bool negated) {
  if (context.state) {
    const LikePattern& pattern = static_cast<const LikeState*>(context.state)->pattern;
    return one_loop::unary<StringRef, uint8_t>(context, arguments, [&](const StringRef& text) {
      if (insensitive) {
        return static_cast<uint8_t>(pattern.matches(lowered(text.view())) != negated);
      }
      return static_cast<uint8_t>(pattern.matches(text.view()) != negated);
    });
  }
  const auto match = [=](std::string_view text, std::string_view pattern,
                         char escape) -> Result<uint8_t> {
    const LikePattern like =
        TRY(LikePattern::compile(insensitive ? lowered(pattern) : std::string(pattern), escape));
    return static_cast<uint8_t>((insensitive ? like.matches(lowered(text)) : like.matches(text)) !=
                                negated);
  };
  if (arguments.size() == 3) {
    return kernels::ternary<StringRef, StringRef, StringRef, uint8_t>(
        context, arguments,
        [&](const StringRef& text, const StringRef& pattern,
            const StringRef& escape) -> Result<uint8_t> {
          return match(text.view(), pattern.view(), TRY(escape_of(escape.view())));
        });
  }
  return one_loop::binary<StringRef, StringRef, uint8_t>(
      context, arguments, [&](const StringRef& text, const StringRef& pattern) {
        return match(text.view(), pattern.view(), '\0');
      });
}

template <bool insensitive, bool negated>
Result<Column> like_kernel(KernelContext& context, std::span<const Column> arguments) {
  return like(context, arguments, insensitive, negated);
}

Result<Column> glob_kernel(KernelContext& context, std::span<const Column> arguments) {
  return one_loop::binary<StringRef, StringRef, uint8_t>(
      context, arguments, [](const StringRef& text, const StringRef& pattern) {
        return static_cast<uint8_t>(glob_matches(text.view(), pattern.view()));
      });
}

#define TEXT TypeId::Varchar
#define LIKE_ROWS(symbol, name, insensitive, negated)                                          \
  {symbol, TypeId::Boolean,       like_kernel<insensitive, negated>, 2, {TEXT, TEXT},          \
   kNone,  bind_like<insensitive>},                                                            \
  {                                                                                            \
    name, TypeId::Boolean, like_kernel<insensitive, negated>, 3, {TEXT, TEXT, TEXT}, kCanFail, \
        bind_like<insensitive>                                                                 \
  }

constexpr ScalarFunction rows[] = {
    LIKE_ROWS("~~", "like_escape", false, false),
    LIKE_ROWS("!~~", "not_like_escape", false, true),
    LIKE_ROWS("~~*", "ilike_escape", true, false),
    LIKE_ROWS("!~~*", "not_ilike_escape", true, true),
    {"~~~", TypeId::Boolean, glob_kernel, 2, {TEXT, TEXT}},
};

}  // namespace

std::span<const ScalarFunction> like_functions() {
  return rows;
}

}  // namespace whittle
