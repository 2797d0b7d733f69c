// Calls: arguments, DISTINCT, ORDER BY, FILTER, WITHIN GROUP, and OVER with its windows.
#include "sql/clone.hpp"
#include "sql/parser_state.hpp"

namespace whittle::sql {

// At the opening parenthesis. `first` is x of `(x).f(…)`.
ExpressionPtr Parser::function_call(QualifiedName name, const Token& start, ExpressionPtr first) {
  auto made = node<FunctionCall>(start);
  made->maybe_method = !first && name.parts.size() > 1;
  made->name = std::move(name);
  if (first) made->arguments.push_back(std::move(first));
  if (!call_arguments(*made, false) || !call_suffixes(*made)) return nullptr;
  made->position = span(start);
  return lower_call(std::move(made), start);
}

bool Parser::call_arguments(FunctionCall& call, bool table_function) {
  if (!expect(Symbol::LeftParen)) return false;
  bool percent = std::exchange(percent_ends_, false);
  call.distinct = accept(Keyword::Distinct);
  if (!call.distinct) accept(Keyword::All);
  bool empty = !call.distinct && (is(Symbol::RightParen) || is(Keyword::Order));
  bool read = empty || comma_list([&] {
                Token start = current();
                bool plain_equal = table_function && is(Symbol::Equal, 1);
                if (is_any_word(start) &&
                    (is(Symbol::Assign, 1) || is(Symbol::NamedArrow, 1) || plain_equal)) {
                  auto named = node<NamedArgument>(start);
                  if (!any_name(named->name)) return false;
                  consume();
                  if (!(named->value = expression())) return false;
                  ExpressionPtr argument = finish(std::move(named), start);
                  if (!argument) return false;
                  call.arguments.push_back(std::move(argument));
                  return true;
                }
                ExpressionPtr argument = expression();
                if (!argument) return false;
                call.arguments.push_back(std::move(argument));
                return true;
              });
  percent_ends_ = percent;
  if (!read) return false;
  if (is(Keyword::Order) && !order_list(call.order_by)) return false;
  if (accept(Keyword::Ignore)) {
    if (!expect(Keyword::Nulls)) return false;
    call.nulls = NullTreatment::Ignore;
  } else if (accept(Keyword::Respect)) {
    if (!expect(Keyword::Nulls)) return false;
    call.nulls = NullTreatment::Respect;
  }
  if (!expect(Symbol::RightParen)) return false;
  // count(*), and count(t.*) means the same.
  if (call.arguments.size() == 1)
    if (auto* star = if_is<Star>(*call.arguments[0]);
        star && !star->is_columns && star->exclude.empty() && star->replace.empty() &&
        star->rename.empty()) {
      call.star = true;
      call.arguments.clear();
    }
  return true;
}

bool Parser::call_suffixes(FunctionCall& call) {
  if (is(Keyword::Within) && is(Keyword::Group, 1)) {
    Token start = consume();
    consume();
    if (!call.order_by.empty() || call.distinct) {
      error(ErrorCode::Syntax, start.position,
            "WITHIN GROUP goes with neither DISTINCT nor ORDER BY in the call");
      return false;
    }
    call.within_group = true;
    if (!expect(Symbol::LeftParen) || !order_list(call.order_by) || !expect(Symbol::RightParen))
      return false;
  }
  if (is(Keyword::Filter) && is(Symbol::LeftParen, 1)) {
    consume();
    consume();
    accept(Keyword::Where);
    if (!(call.filter = expression()) || !expect(Symbol::RightParen)) return false;
  }
  if (is(Keyword::ExportState)) return unsupported(current(), "EXPORT_STATE"), false;
  if (!accept(Keyword::Over)) return true;
  call.window = std::make_unique<WindowSpecification>();
  Token start = current();
  if (is(Symbol::LeftParen)) {
    if (!window_specification(*call.window)) return false;
  } else if (!column_name(call.window->base)) {
    return false;
  }
  call.window->position = span(start);
  if (!call.window->base.empty()) open_windows_.push_back(call.window.get());
  return true;
}

// The calls that DuckDB's parser turns into something else.
ExpressionPtr Parser::lower_call(std::unique_ptr<FunctionCall> call, const Token& start) {
  bool plain = call->name.parts.size() == 1 && !call->window && !call->filter && !call->distinct &&
               call->order_by.empty();
  std::string& name = call->name.parts.back();
  if (plain && same_name(name, "if") && call->arguments.size() == 3) {
    auto made = node<Case>(start);
    made->branches.push_back({std::move(call->arguments[0]), std::move(call->arguments[1])});
    made->otherwise = std::move(call->arguments[2]);
    return finish(std::move(made), start);
  }
  if (plain && same_name(name, "ifnull") && call->arguments.size() == 2) name = "coalesce";
  if (call->within_group) {
    if (same_name(name, "percentile_cont")) {
      name = "quantile_cont";
    } else if (same_name(name, "percentile_disc")) {
      name = "quantile_disc";
    } else if (!same_name(name, "mode")) {
      return error(ErrorCode::Syntax, call->position, "unknown ordered aggregate \"" + name + "\"",
                   "WITHIN GROUP is for percentile_cont, percentile_disc and mode.");
    }
  }
  return measured(std::move(call));
}

// ORDER BY a DESC NULLS LAST, b
bool Parser::order_list(std::vector<OrderItem>& items) {
  if (!expect(Keyword::Order) || !expect(Keyword::By)) return false;
  return comma_list([&] {
    OrderItem& item = items.emplace_back();
    if (is(Keyword::All) || is(Symbol::Star)) {
      if (items.size() > 1) return unexpected() != nullptr;
      consume();
    } else if (!(item.value = expression())) {
      return false;
    }
    if (is(Keyword::Using)) return unsupported(current(), "ORDER BY … USING") != nullptr;
    if (accept(Keyword::Asc)) {
      item.direction = SortDirection::Ascending;
    } else if (accept(Keyword::Desc)) {
      item.direction = SortDirection::Descending;
    }
    if (!accept(Keyword::Nulls)) return true;
    if (accept(Keyword::First)) {
      item.nulls = NullOrder::First;
    } else if (accept(Keyword::Last)) {
      item.nulls = NullOrder::Last;
    } else {
      return unexpected("FIRST or LAST") != nullptr;
    }
    return true;
  });
}

bool Parser::window_specification(WindowSpecification& window) {
  Token start = current();
  if (!expect(Symbol::LeftParen)) return false;
  bool frame_begins = (is(Keyword::Rows) || is(Keyword::Range) || is(Keyword::Groups)) &&
                      !is(Symbol::RightParen, 1);
  bool partition_begins = is(Keyword::Partition) && is(Keyword::By, 1);
  if (!frame_begins && !partition_begins && is_column_name(current()) && !column_name(window.base))
    return false;
  if (accept(Keyword::Partition)) {
    if (!expect(Keyword::By)) return false;
    if (!comma_list([&] {
          ExpressionPtr item = expression();
          if (!item) return false;
          window.partition_by.push_back(std::move(item));
          return true;
        }))
      return false;
  }
  if (is(Keyword::Order) && !order_list(window.order_by)) return false;
  if ((is(Keyword::Rows) || is(Keyword::Range) || is(Keyword::Groups)) && !frame(window))
    return false;
  if (!expect(Symbol::RightParen)) return false;
  window.position = span(start);
  return true;
}

bool Parser::frame(WindowSpecification& window) {
  Token start = consume();
  window.has_frame = true;
  window.unit = start.keyword == Keyword::Rows    ? FrameUnit::Rows
                : start.keyword == Keyword::Range ? FrameUnit::Range
                                                  : FrameUnit::Groups;
  if (accept(Keyword::Between)) {
    if (!frame_bound(window.start) || !expect(Keyword::And) || !frame_bound(window.end))
      return false;
  } else if (!frame_bound(window.start)) {
    return false;
  }
  if (window.start.kind == FrameBoundKind::UnboundedFollowing ||
      window.end.kind == FrameBoundKind::UnboundedPreceding ||
      (window.start.kind > window.end.kind)) {
    error(ErrorCode::Syntax, span(start), "the frame ends before it begins");
    return false;
  }
  if (!accept(Keyword::Exclude)) return true;
  if (accept(Keyword::Current)) {
    window.exclusion = FrameExclusion::CurrentRow;
    return expect(Keyword::Row);
  }
  if (accept(Keyword::Group)) {
    window.exclusion = FrameExclusion::Group;
  } else if (accept(Keyword::Ties)) {
    window.exclusion = FrameExclusion::Ties;
  } else {
    return expect(Keyword::No) && expect(Keyword::Others);
  }
  return true;
}

bool Parser::frame_bound(FrameBound& bound) {
  if (accept(Keyword::Current)) {
    bound.kind = FrameBoundKind::CurrentRow;
    return expect(Keyword::Row);
  }
  bool unbounded = accept(Keyword::Unbounded);
  if (!unbounded && !(bound.offset = expression())) return false;
  if (accept(Keyword::Preceding)) {
    bound.kind = unbounded ? FrameBoundKind::UnboundedPreceding : FrameBoundKind::Preceding;
  } else if (accept(Keyword::Following)) {
    bound.kind = unbounded ? FrameBoundKind::UnboundedFollowing : FrameBoundKind::Following;
  } else {
    unexpected("PRECEDING or FOLLOWING");
    return false;
  }
  return true;
}

// Puts the definitions of the WINDOW clause where they are used; each may build on those before it.
bool Parser::resolve_windows(std::vector<NamedWindow>& windows) {
  for (size_t i = 0; i < windows.size(); ++i) {
    for (size_t j = 0; j < i; ++j)
      if (same_name(windows[i].name, windows[j].name)) {
        error(ErrorCode::Syntax, windows[i].specification.position,
              "window \"" + windows[i].name + "\" is already defined");
        return false;
      }
    if (!apply_base(windows[i].specification, windows, i)) return false;
  }
  for (WindowSpecification* window : open_windows_)
    if (!apply_base(*window, windows, windows.size())) return false;
  open_windows_.clear();
  return true;
}

bool Parser::apply_base(WindowSpecification& window, const std::vector<NamedWindow>& windows,
                        size_t known) {
  if (window.base.empty()) return true;
  const WindowSpecification* base = nullptr;
  for (size_t i = 0; i < known; ++i)
    if (same_name(windows[i].name, window.base)) base = &windows[i].specification;
  std::string complaint;
  bool bare = window.partition_by.empty() && window.order_by.empty() && !window.has_frame;
  if (!base) {
    complaint = "window \"" + window.base + "\" does not exist";
  } else if (!window.partition_by.empty()) {
    complaint = "cannot override PARTITION BY of window \"" + window.base + "\"";
  } else if (!window.order_by.empty() && !base->order_by.empty()) {
    complaint = "cannot override ORDER BY of window \"" + window.base + "\"";
  } else if (base->has_frame && !bare) {
    complaint = "cannot build on window \"" + window.base + "\" because it has a frame";
  }
  if (!complaint.empty()) {
    error(ErrorCode::Syntax, window.position, std::move(complaint));
    return false;
  }
  // A long window used often must not grow the tree beyond all bounds.
  copied_ += base->position.length;
  if (copied_ > kMaxStatementLength)
    return error(ErrorCode::Syntax, window.position, "the windows of this statement are too long"),
           false;
  SourcePosition position = window.position;
  if (bare) {
    window = clone(*base);
  } else {
    window.partition_by = clone(base->partition_by);
    if (window.order_by.empty()) window.order_by = clone(base->order_by);
    window.base.clear();
  }
  window.position = position;
  return true;
}

}  // namespace whittle::sql
