// Regular expressions through RE2, which never backtracks: time is linear in the text whatever the
// pattern. A constant pattern is compiled once at bind time; others are compiled per row.
#include <re2/re2.h>

#include <memory>

#include "columnar/builder.hpp"
#include "exec/functions/functions.hpp"
#include "exec/functions/one_loop.hpp"
#include "exec/functions/unicode.hpp"
#include "exec/kernels.hpp"

namespace whittle {

namespace {

using kernels::build_strings;
using re2::RE2;
using re2::StringPiece;

struct Flags {
  bool insensitive = false, literal = false, dot_matches_newline = false, multi_line = false,
       global = false;
};

// DuckDB's letters: c, i, l, m/n/p, s, and g where `global_allowed`.
Result<Flags> parse_flags(std::string_view letters, bool global_allowed) {
  Flags flags;
  for (char letter : letters) {
    switch (letter) {
      case 'c':
        flags.insensitive = false;
        break;
      case 'i':
        flags.insensitive = true;
        break;
      case 'l':
        flags.literal = true;
        break;
      case 'm':
      case 'n':
      case 'p':
        flags.dot_matches_newline = false;
        break;
      case 's':
        flags.dot_matches_newline = true;
        break;
      case ' ':
      case '\t':
      case '\n':
        break;
      case 'g':
        if (global_allowed) {
          flags.global = true;
          break;
        }
        return fail(ErrorCode::InvalidArgument,
                    "Option 'g' (global replace) is only valid for regexp_replace");
      default:
        return fail(ErrorCode::InvalidArgument, std::string("Unrecognized Regex option ") + letter);
    }
  }
  return flags;
}

Result<std::unique_ptr<RE2>> compile(std::string_view pattern, const Flags& flags) {
  RE2::Options options(RE2::Quiet);
  options.set_case_sensitive(!flags.insensitive);
  options.set_literal(flags.literal);
  options.set_dot_nl(flags.dot_matches_newline);
  options.set_max_mem(16 << 20);
  auto regex = std::make_unique<RE2>(StringPiece(pattern.data(), pattern.size()), options);
  if (!regex->ok()) return fail(ErrorCode::InvalidArgument, regex->error());
  return regex;
}

struct RegexState : FunctionState {
  std::unique_ptr<RE2> regex;  // null: the pattern is not constant
  Flags flags;
  std::vector<std::string> names;  // regexp_extract with a list of names
};

// The regex of a row: the compiled constant, or one made for the row.
class RowRegex {
 public:
  RowRegex(const KernelContext& context, const Column& pattern)
      : state_(*static_cast<const RegexState*>(context.state)), view_(pattern) {}
  Result<const RE2*> at(uint32_t row) {
    if (state_.regex) return state_.regex.get();
    const std::string_view pattern = view_.get<StringRef>(row).view();
    if (!own_ || own_->pattern() != pattern) own_ = TRY(compile(pattern, state_.flags));
    return own_.get();
  }

 private:
  const RegexState& state_;
  ColumnView view_;
  std::unique_ptr<RE2> own_;
};

StringPiece piece(const StringRef& text) {
  return StringPiece(text.data(), text.size());
}

// Compiles the constant pattern in argument 1 with the flags in argument `flags_at`, if they are
// there.
Result<std::shared_ptr<RegexState>> bind_pattern(BindCall& call, size_t flags_at,
                                                 bool global_allowed = false) {
  auto state = std::make_shared<RegexState>();
  if (call.arguments.size() > flags_at) {
    const Value* letters = call.constants[flags_at];
    if (!letters) return fail(ErrorCode::InvalidArgument, "Regex options field must be a constant");
    if (letters->is_null())
      return fail(ErrorCode::InvalidArgument, "Regex options field must not be NULL");
    state->flags = TRY(parse_flags(letters->as_string(), global_allowed));
  }
  const Value* pattern = call.constants[1];
  if (pattern && !pattern->is_null())
    state->regex = TRY(compile(pattern->as_string(), state->flags));
  // What compiled cannot fail on rows any more: dictionary entries may be evaluated ahead.
  if (state->regex) call.flags &= static_cast<uint8_t>(~kCanFail);
  return state;
}

Status bind_match(BindCall& call) {
  call.state = TRY(bind_pattern(call, 2));
  return {};
}

// ---- matches
// -------------------------------------------------------------------------------------------

Result<Column> match(KernelContext& context, std::span<const Column> arguments, bool full,
                     bool negated) {
  const auto& state = *static_cast<const RegexState*>(context.state);
  const auto test = [=](const RE2& regex, const StringRef& text) {
    const bool found =
        full ? RE2::FullMatch(piece(text), regex) : RE2::PartialMatch(piece(text), regex);
    return static_cast<uint8_t>(found != negated);
  };
  if (state.regex) {
    return one_loop::unary<StringRef, uint8_t>(
        context, arguments, [&](const StringRef& text) { return test(*state.regex, text); });
  }
  return one_loop::binary<StringRef, StringRef, uint8_t>(
      context, arguments, [&](const StringRef& text, const StringRef& pattern) -> Result<uint8_t> {
        return test(*TRY(compile(pattern.view(), state.flags)), text);
      });
}

template <bool full, bool negated>
Result<Column> match_kernel(KernelContext& context, std::span<const Column> arguments) {
  return match(context, arguments, full, negated);
}

// ---- replace
// -------------------------------------------------------------------------------------------

Status bind_replace(BindCall& call) {
  auto state = TRY(bind_pattern(call, 3, true));
  call.state = state;
  return {};
}

Result<Column> replace_kernel(KernelContext& context, std::span<const Column> arguments) {
  const auto& state = *static_cast<const RegexState*>(context.state);
  RowRegex regexes(context, arguments[1]);
  const ColumnView text(arguments[0]), rewrite(arguments[2]);
  std::string out;
  return build_strings(
      context, arguments, [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
        const RE2* regex = TRY(regexes.at(row));
        const StringRef& whole = text.get<StringRef>(row);
        out.assign(whole.view());
        const StringPiece replacement = piece(rewrite.get<StringRef>(row));
        const bool changed = state.flags.global ? RE2::GlobalReplace(&out, *regex, replacement) > 0
                                                : RE2::Replace(&out, *regex, replacement);
        return changed ? heap.add(out) : Result<StringRef>(whole);
      });
}

// ---- extract
// -------------------------------------------------------------------------------------------

constexpr int kMaxGroups = 10;

Status bind_extract(BindCall& call) {
  auto state = TRY(bind_pattern(call, 3));
  call.state = state;
  return {};
}

// Group number of argument 2 at `row`, 0 when it is not given.
Result<int> group_of(const KernelContext& context, std::span<const Column> arguments,
                     uint32_t row) {
  if (arguments.size() < 3) return 0;
  const int32_t group = ColumnView(arguments[2]).get<int32_t>(row);
  if (group < 0 || group >= kMaxGroups) {
    return fail(ErrorCode::InvalidArgument, "Group index must be between 0 and 9!");
  }
  return static_cast<int>(group);
}

Result<Column> extract_kernel(KernelContext& context, std::span<const Column> arguments) {
  RowRegex regexes(context, arguments[1]);
  const ColumnView text(arguments[0]);
  return build_strings(
      context, arguments.first(2), [&](StringHeap&, uint32_t row) -> Result<StringRef> {
        const RE2* regex = TRY(regexes.at(row));
        const int group = TRY(group_of(context, arguments, row));
        if (group > regex->NumberOfCapturingGroups()) return StringRef();
        StringPiece groups[kMaxGroups];
        const StringPiece whole = piece(text.get<StringRef>(row));
        if (!regex->Match(whole, 0, whole.size(), RE2::UNANCHORED, groups, group + 1) ||
            !groups[group].data()) {
          return StringRef();
        }
        return StringRef(groups[group].data(), static_cast<uint32_t>(groups[group].size()));
      });
}

// regexp_extract(text, pattern, ['a', 'b']): a STRUCT of the first groups under these names.
Status bind_extract_struct(BindCall& call) {
  auto state = TRY(bind_pattern(call, 3));
  const Value* names = call.constants[2];
  if (!names || names->is_null() || !state->regex) {
    return fail(ErrorCode::InvalidArgument, "Group specification field must be a constant list");
  }
  std::vector<Type::Field> fields;
  for (const Value& name : names->children()) {
    if (name.is_null())
      return fail(ErrorCode::InvalidArgument, "NULL group name in regexp_extract");
    state->names.push_back(name.as_string());
    fields.push_back({name.as_string(), TypeId::Varchar});
  }
  if (fields.empty()) return fail(ErrorCode::InvalidArgument, "Group name list must not be empty");
  if (static_cast<int>(fields.size()) > state->regex->NumberOfCapturingGroups() ||
      fields.size() >= kMaxGroups) {
    return fail(ErrorCode::InvalidArgument, "Not enough group names in regexp_extract");
  }
  call.arguments[2] = Type::list(TypeId::Varchar);
  call.result = Type::structure(std::move(fields));
  if (call.name == "regexp_extract_all") call.result = Type::list(call.result);
  call.state = state;
  return {};
}

Result<Column> extract_struct_kernel(KernelContext& context, std::span<const Column> arguments) {
  const auto& state = *static_cast<const RegexState*>(context.state);
  const ColumnView text(arguments[0]);
  ColumnBuilder builder(context.call.type, context.budget);
  uint32_t next = 0;
  const int count = static_cast<int>(state.names.size());
  for (uint32_t row = 0; row < context.length; ++row) {
    const bool wanted = next < context.rows.count && context.rows[next] == row;
    if (wanted) ++next;
    if (!wanted || !text.valid(row)) {
      TRY(builder.append_null());
      continue;
    }
    StringPiece groups[kMaxGroups];
    const StringPiece whole = piece(text.get<StringRef>(row));
    const bool found =
        state.regex->Match(whole, 0, whole.size(), RE2::UNANCHORED, groups, count + 1);
    for (int i = 0; i < count; ++i) {
      const StringPiece group = found ? groups[i + 1] : StringPiece();
      TRY(builder.child(static_cast<size_t>(i))
              .append_string({group.data() ? group.data() : "", group.size()}));
    }
    TRY(builder.end_struct());
  }
  return builder.finish();
}

// ---- lists: extract_all, split
// -------------------------------------------------------------------------

// Calls `fill(row, child)` between begin_list and end_list for valid selected rows.
template <class F>
Result<Column> build_lists(KernelContext& context, std::span<const Column> arguments, F&& fill) {
  std::vector<ColumnView> views(arguments.begin(), arguments.end());
  ColumnBuilder builder(context.call.type, context.budget);
  uint32_t next = 0;
  for (uint32_t row = 0; row < context.length; ++row) {
    bool wanted = next < context.rows.count && context.rows[next] == row;
    if (wanted) ++next;
    for (const ColumnView& view : views) wanted = wanted && view.valid(row);
    if (!wanted) {
      TRY(builder.append_null());
      continue;
    }
    builder.begin_list();
    TRY(fill(row, builder.child(0)));
    TRY(builder.end_list());
  }
  return builder.finish();
}

Status bind_list(BindCall& call) {
  call.state = TRY(bind_pattern(call, call.name == "regexp_extract_all" ? 3 : 2));
  call.result = Type::list(TypeId::Varchar);
  return {};
}

Result<Column> extract_all_kernel(KernelContext& context, std::span<const Column> arguments) {
  RowRegex regexes(context, arguments[1]);
  const auto& names = static_cast<const RegexState*>(context.state)->names;
  const ColumnView text(arguments[0]), numbers(arguments[arguments.size() > 2 ? 2 : 0]);
  return build_lists(context, arguments, [&](uint32_t row, ColumnBuilder& child) -> Status {
    const RE2* regex = TRY(regexes.at(row));
    const int group = !names.empty()         ? static_cast<int>(names.size())
                      : arguments.size() < 3 ? 0
                                             : numbers.get<int32_t>(row);
    if (group < 0) return {};
    const int known = std::min(regex->NumberOfCapturingGroups(), kMaxGroups - 1);
    const StringPiece whole = piece(text.get<StringRef>(row));
    StringPiece groups[kMaxGroups];
    for (size_t at = 0; at <= whole.size();) {
      const int wanted = std::min(group, known) + 1;
      if (!regex->Match(whole, at, whole.size(), RE2::UNANCHORED, groups, wanted)) break;
      if (group > known) {
        return fail(ErrorCode::InvalidArgument, "Pattern has " + std::to_string(known) +
                                                    " groups. Cannot access group " +
                                                    std::to_string(group));
      }
      const auto add = [&](ColumnBuilder& to, int which) {
        const StringPiece found = groups[which];
        return to.append_string({found.data() ? found.data() : "", found.size()});
      };
      for (size_t i = 0; i < names.size(); ++i) {
        TRY(add(child.child(i), static_cast<int>(i) + 1));
      }
      TRY(names.empty() ? add(child, group) : child.end_struct());
      const size_t end = static_cast<size_t>(groups[0].data() - whole.data()) + groups[0].size();
      // An empty match moves on by one code point, or would repeat for ever.
      at = !groups[0].empty()   ? end
           : end < whole.size() ? end + code_point_bytes({whole.data() + end, whole.size() - end})
                                : end + 1;
    }
    return {};
  });
}

Result<Column> split_kernel(KernelContext& context, std::span<const Column> arguments) {
  RowRegex regexes(context, arguments[1]);
  const ColumnView text(arguments[0]);
  return build_lists(context, arguments, [&](uint32_t row, ColumnBuilder& child) -> Status {
    const RE2* regex = TRY(regexes.at(row));
    const StringPiece whole = piece(text.get<StringRef>(row));
    size_t begin = 0, at = 0;
    StringPiece match;
    while (at < whole.size() && regex->Match(whole, at, whole.size(), RE2::UNANCHORED, &match, 1)) {
      size_t from = static_cast<size_t>(match.data() - whole.data());
      if (match.empty()) {  // between code points
        from =
            std::max(from, begin + code_point_bytes({whole.data() + begin, whole.size() - begin}));
        if (from >= whole.size()) break;
      }
      TRY(child.append_string({whole.data() + begin, from - begin}));
      begin = from + match.size();
      at = begin;
    }
    return child.append_string({whole.data() + begin, whole.size() - begin});
  });
}

Result<Column> escape_kernel(KernelContext& context, std::span<const Column> arguments) {
  const ColumnView text(arguments[0]);
  return build_strings(context, arguments,
                       [&](StringHeap& heap, uint32_t row) -> Result<StringRef> {
                         return heap.add(RE2::QuoteMeta(piece(text.get<StringRef>(row))));
                       });
}

#define TEXT TypeId::Varchar
#define MATCH_ROWS(name, full, negated)                                                          \
  {name, TypeId::Boolean, match_kernel<full, negated>, 2, {TEXT, TEXT}, kCanFail, bind_match}, { \
    name, TypeId::Boolean, match_kernel<full, negated>, 3, {TEXT, TEXT, TEXT}, kCanFail,         \
        bind_match                                                                               \
  }
#define SPLIT_ROWS(name)                                                         \
  {name, TypeId::List, split_kernel, 2, {TEXT, TEXT}, kCanFail, bind_list}, {    \
    name, TypeId::List, split_kernel, 3, {TEXT, TEXT, TEXT}, kCanFail, bind_list \
  }
#define INT TypeId::Integer

constexpr ScalarFunction rows[] = {
    MATCH_ROWS("regexp_matches", false, false),
    MATCH_ROWS("regexp_full_match", true, false),
    MATCH_ROWS("~", true, false),
    MATCH_ROWS("!~", true, true),
    {"regexp_replace", TEXT, replace_kernel, 3, {TEXT, TEXT, TEXT}, kCanFail, bind_replace},
    {"regexp_replace", TEXT, replace_kernel, 4, {TEXT, TEXT, TEXT, TEXT}, kCanFail, bind_replace},
    {"regexp_extract", TEXT, extract_kernel, 2, {TEXT, TEXT}, kCanFail, bind_extract},
    {"regexp_extract", TEXT, extract_kernel, 3, {TEXT, TEXT, INT}, kCanFail, bind_extract},
    {"regexp_extract", TEXT, extract_kernel, 4, {TEXT, TEXT, INT, TEXT}, kCanFail, bind_extract},
    {"regexp_extract",
     TypeId::Struct,
     extract_struct_kernel,
     3,
     {TEXT, TEXT, TypeId::List},
     kCanFail | kSpecialNulls,
     bind_extract_struct},
    {"regexp_extract",
     TypeId::Struct,
     extract_struct_kernel,
     4,
     {TEXT, TEXT, TypeId::List, TEXT},
     kCanFail | kSpecialNulls,
     bind_extract_struct},
    {"regexp_extract_all", TypeId::List, extract_all_kernel, 2, {TEXT, TEXT}, kCanFail, bind_list},
    {"regexp_extract_all",
     TypeId::List,
     extract_all_kernel,
     3,
     {TEXT, TEXT, INT},
     kCanFail,
     bind_list},
    {"regexp_extract_all",
     TypeId::List,
     extract_all_kernel,
     4,
     {TEXT, TEXT, INT, TEXT},
     kCanFail,
     bind_list},
    {"regexp_extract_all",
     TypeId::List,
     extract_all_kernel,
     3,
     {TEXT, TEXT, TypeId::List},
     kCanFail | kSpecialNulls,
     bind_extract_struct},
    {"regexp_extract_all",
     TypeId::List,
     extract_all_kernel,
     4,
     {TEXT, TEXT, TypeId::List, TEXT},
     kCanFail | kSpecialNulls,
     bind_extract_struct},
    SPLIT_ROWS("regexp_split_to_array"),
    SPLIT_ROWS("string_split_regex"),
    SPLIT_ROWS("str_split_regex"),
    {"regexp_escape", TEXT, escape_kernel, 1, {TEXT}},
};

}  // namespace

std::span<const ScalarFunction> regexp_functions() {
  return rows;
}

}  // namespace whittle
