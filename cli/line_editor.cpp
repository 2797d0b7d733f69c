#include "line_editor.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cstdlib>

#include "host/signals.hpp"
#include "terminal.hpp"

namespace whittle::cli {

namespace {

constexpr int kHistoryLines = 2000;
constexpr wchar_t kCtrlC = 3;

// mkdir -p with 0700 for what has to be made.
void make_folders(const std::string& path) {
  for (size_t slash = path.find('/', 1); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    mkdir(path.substr(0, slash).c_str(), 0700);
  }
}

// $WHITTLE_HISTORY (empty: none), else the place that the XDG base directories name.
std::string history_path() {
  if (const char* chosen = std::getenv("WHITTLE_HISTORY")) return chosen;
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  if (state && *state == '/') return std::string(state) + "/whittle/history";
  if (home && *home) return std::string(home) + "/.local/state/whittle/history";
  return {};
}

}  // namespace

LineEditor::LineEditor(Completer completer)
    : completer_(std::move(completer)), history_(history_init()), history_path_(history_path()) {
  std::setlocale(LC_CTYPE, "");
  if (MB_CUR_MAX == 1) std::setlocale(LC_CTYPE, "C.UTF-8");
  std::FILE* out = is_terminal(STDOUT_FILENO) ? stdout : stderr;
  editor_ = el_init("whittle", stdin, out, stderr);
  el_set(editor_, EL_CLIENTDATA, this);
  el_set(editor_, EL_EDITOR, "emacs");
  el_set(editor_, EL_SIGNAL, 0);
  el_set(editor_, EL_PROMPT, prompt_text);
  el_set(editor_, EL_GETCFN, read_character);
  el_set(editor_, EL_ADDFN, "whittle-cancel", "Give the line up", on_cancel);
  el_set(editor_, EL_ADDFN, "whittle-complete", "Complete the word", on_complete);
  el_set(editor_, EL_BIND, "^C", "whittle-cancel", nullptr);
  el_set(editor_, EL_BIND, "\t", "whittle-complete", nullptr);
  el_set(editor_, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  // Ctrl-C as a character keeps its place among what is typed; a signal would not.
  el_set(editor_, EL_SETTY, "-d", "-isig", nullptr);
  el_set(editor_, EL_HIST, history, history_);
  el_source(editor_, nullptr);  // the user's ~/.editrc
  HistEvent event;
  history(history_, &event, H_SETSIZE, kHistoryLines);
  history(history_, &event, H_SETUNIQUE, 1);
  if (!history_path_.empty()) {
    make_folders(history_path_);
    history(history_, &event, H_LOAD, history_path_.c_str());
  }
}

LineEditor::~LineEditor() {
  el_end(editor_);
  history_end(history_);
}

LineEditor& LineEditor::of(EditLine* editor) {
  void* self = nullptr;
  el_get(editor, EL_CLIENTDATA, &self);
  return *static_cast<LineEditor*>(self);
}

char* LineEditor::prompt_text(EditLine* editor) {
  return of(editor).prompt_.data();
}

// The next byte typed; -1 at the end of the input, -2 for Ctrl-C as a signal.
int LineEditor::next_byte() {
  for (;;) {
    if (host::termination_requested()) return -1;
    if (interrupted_.cancelled()) return -2;
    // The signal may have met another thread: look up now and then.
    pollfd waiting{STDIN_FILENO, POLLIN, 0};
    const int ready = poll(&waiting, 1, 200);
    if (ready < 0 && errno != EINTR) return -1;
    if (ready <= 0) continue;
    unsigned char byte = 0;
    const ssize_t count = ::read(STDIN_FILENO, &byte, 1);
    if (count == 1) return byte;
    if (count == 0 || errno != EINTR) return -1;
  }
}

int LineEditor::read_character(EditLine* editor, wchar_t* out) {
  LineEditor& self = of(editor);
  const int first = self.next_byte();
  if (first == -2) {
    self.interrupted_.reset();
    *out = kCtrlC;
    return 1;
  }
  if (first < 0) return 0;
  int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
  uint32_t code = more == 0   ? static_cast<uint32_t>(first)
                  : more == 1 ? first & 0x1Fu
                  : more == 2 ? first & 0x0Fu
                              : first & 0x07u;
  for (; more > 0; --more) {
    const int next = self.next_byte();
    if (next < 0) return 0;
    code = code << 6 | (static_cast<uint32_t>(next) & 0x3F);
  }
  *out = static_cast<wchar_t>(code);
  return 1;
}

unsigned char LineEditor::on_cancel(EditLine* editor, int) {
  of(editor).cancelled_ = true;
  return CC_EOF;
}

unsigned char LineEditor::on_complete(EditLine* editor, int) {
  LineEditor& self = of(editor);
  const LineInfo* line = el_line(editor);
  const std::string_view typed(line->buffer, static_cast<size_t>(line->cursor - line->buffer));
  const Completion completion = self.completer_(typed);
  if (completion.candidates.empty()) return CC_REFRESH_BEEP;
  const std::string_view word = typed.substr(typed.size() - completion.word_length);
  const std::string prefix = common_prefix(completion.candidates);
  if (completion.candidates.size() > 1 && prefix.size() <= word.size()) {
    self.list(completion.candidates);
    return CC_REDISPLAY;
  }
  if (completion.word_length > 0) el_deletestr(editor, static_cast<int>(completion.word_length));
  return el_insertstr(editor, prefix.c_str()) == 0 ? CC_REFRESH : CC_REFRESH_BEEP;
}

void LineEditor::list(const std::vector<std::string>& candidates) const {
  constexpr size_t kShown = 200;
  std::FILE* out = is_terminal(STDOUT_FILENO) ? stdout : stderr;
  size_t width = 0;
  for (const std::string& text : candidates) width = std::max(width, text.size() + 2);
  const size_t columns = std::max<size_t>(1, terminal_width(fileno(out)) / width);
  std::fputc('\n', out);
  for (size_t i = 0; i < std::min(candidates.size(), kShown); ++i) {
    const bool last = i % columns == columns - 1 || i + 1 == candidates.size();
    std::fprintf(out, "%-*s%s", last ? 0 : static_cast<int>(width), candidates[i].c_str(),
                 last ? "\n" : "");
  }
  if (candidates.size() > kShown) {
    std::fprintf(out, "\n… and %zu more\n", candidates.size() - kShown);
  }
  std::fflush(out);
}

LineEditor::Outcome LineEditor::read(const std::string& prompt, std::string& line) {
  prompt_ = prompt;
  cancelled_ = false;
  interrupted_.reset();
  host::InterruptScope scope(interrupted_);
  el_resize(editor_);
  int count = 0;
  const char* text = el_gets(editor_, &count);
  if (cancelled_) {
    std::fputs("^C\n", is_terminal(STDOUT_FILENO) ? stdout : stderr);
    return Outcome::Cancelled;
  }
  if (!text || count <= 0) return Outcome::End;
  line.assign(text, static_cast<size_t>(count));
  while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
  return Outcome::Line;
}

void LineEditor::remember(const std::string& text) {
  HistEvent event;
  history(history_, &event, H_ENTER, text.c_str());
  if (!history_path_.empty()) history(history_, &event, H_SAVE, history_path_.c_str());
}

}  // namespace whittle::cli
