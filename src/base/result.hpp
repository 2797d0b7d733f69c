// The idiom for Result<T> inside whittle: `TRY(expression)` yields the value or returns the error
// to the caller; `CO_TRY` does the same inside a coroutine. Both are expressions:
//     auto footer = TRY(read_footer(bytes));
#pragma once

#include "whittle/result.hpp"

namespace whittle {

namespace detail {
template <class T>
T unwrap(Result<T>& result) {
  return std::move(*result);
}
inline void unwrap(Result<void>&) {}
}  // namespace detail

}  // namespace whittle

// Statement expressions are a GNU extension that clang, our one compiler for both targets,
// supports.
#define TRY(...)                                                                                \
  ({                                                                                            \
    auto try_result_ = (__VA_ARGS__);                                                           \
    if (!try_result_) return std::unexpected<::whittle::Error>(std::move(try_result_).error()); \
    ::whittle::detail::unwrap(try_result_);                                                     \
  })
#define CO_TRY(...)                                                                                \
  ({                                                                                               \
    auto try_result_ = (__VA_ARGS__);                                                              \
    if (!try_result_) co_return std::unexpected<::whittle::Error>(std::move(try_result_).error()); \
    ::whittle::detail::unwrap(try_result_);                                                        \
  })
