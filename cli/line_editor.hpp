// LineEditor: lines from the terminal through libedit, with a history that lasts and completion.
//
// One per process, used by one thread. Ctrl-C gives the line up instead of ending the process;
// SIGTERM ends the input.
#pragma once

#include <histedit.h>

#include <functional>
#include <string>

#include "base/cancellation.hpp"
#include "completion.hpp"

namespace whittle::cli {

class LineEditor {
 public:
  using Completer = std::function<Completion(std::string_view line)>;

  explicit LineEditor(Completer completer);
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;

  enum class Outcome : uint8_t { Line, Cancelled, End };
  /// The next line, without its line break.
  Outcome read(const std::string& prompt, std::string& line);
  /// Adds a statement and writes the history to its file.
  void remember(const std::string& text);

 private:
  static char* prompt_text(EditLine* editor);
  static int read_character(EditLine* editor, wchar_t* out);
  static unsigned char on_cancel(EditLine* editor, int);
  static unsigned char on_complete(EditLine* editor, int);
  static LineEditor& of(EditLine* editor);
  int next_byte();
  void list(const std::vector<std::string>& candidates) const;

  Completer completer_;
  EditLine* editor_;
  History* history_;
  std::string history_path_, prompt_;
  CancellationToken interrupted_;
  bool cancelled_ = false;
};

}  // namespace whittle::cli
