#include "repl.hpp"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "base/memory.hpp"
#include "host/signals.hpp"
#include "library/implementation.hpp"
#include "line_editor.hpp"
#include "read_file.hpp"
#include "sql/parser.hpp"
#include "terminal.hpp"

namespace whittle::cli {

namespace {

class Repl {
 public:
  Repl(Database& database, Runner& runner)
      : database_(database),
        runner_(runner),
        editor_([this](std::string_view line) { return complete(line, words()); }) {}

  int run();

 private:
  enum class Next : uint8_t { Go, End };
  struct Command {
    std::string_view name, argument, help;
    Next (Repl::*run)(std::string_view argument);
  };
  static const Command commands[];

  CompletionWords words();
  Next run_command(std::string_view line);
  void run_statements();

  Next help(std::string_view);
  Next quit(std::string_view) { return Next::End; }
  Next format(std::string_view name);
  Next timer(std::string_view mode);
  Next rows(std::string_view count);
  Next read(std::string_view path);
  Next tables(std::string_view);
  Next memory(std::string_view);

  Database& database_;
  Runner& runner_;
  LineEditor editor_;
  std::string pending_;  // lines of a statement that has no `;` yet
};

const Repl::Command Repl::commands[] = {
    {".help", "", "this list", &Repl::help},
    {".quit", "", "leave, as Ctrl-D does", &Repl::quit},
    {".exit", "", "the same", &Repl::quit},
    {".format", "NAME", "table, csv, json, jsonl or markdown", &Repl::format},
    {".timer", "on|off|json", "what each statement cost", &Repl::timer},
    {".rows", "N", "rows that a table shows; 0 for all", &Repl::rows},
    {".read", "FILE", "run the statements of a file", &Repl::read},
    {".tables", "", "Parquet files in this folder", &Repl::tables},
    {".memory", "", "memory in use, its peak and the limit", &Repl::memory},
};

void complain(const std::string& text) {
  std::fprintf(stderr, "%s\n", text.c_str());
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

CompletionWords Repl::words() {
  CompletionWords words;
  Engine& engine = database_.implementation().engine;
  for (const std::string_view name : engine.functions().names()) words.functions.emplace_back(name);
  words.functions.emplace_back("read_parquet");
  words.columns = engine.footers()->column_names();
  for (const Command& command : commands) words.commands.emplace_back(command.name);
  return words;
}

int Repl::run() {
  std::printf("whittle %s. Statements end with `;`. .help lists commands, Ctrl-D leaves.\n",
              std::string(version()).c_str());
  std::fflush(stdout);
  for (;;) {
    std::string line;
    const auto outcome = editor_.read(pending_.empty() ? "whittle> " : "   ...> ", line);
    if (host::termination_requested()) return 143;
    if (outcome == LineEditor::Outcome::Cancelled) {
      pending_.clear();
      continue;
    }
    if (outcome == LineEditor::Outcome::End) {
      std::fputc('\n', stdout);
      return 0;
    }
    if (pending_.empty() && trim(line).starts_with('.')) {
      editor_.remember(line);
      if (run_command(trim(line)) == Next::End) return 0;
      continue;
    }
    if (pending_.empty() && trim(line).empty()) continue;
    pending_ += line + '\n';
    run_statements();
  }
}

void Repl::run_statements() {
  size_t end = sql::statement_end(pending_);
  if (end == std::string_view::npos) return;
  std::string text(trim(pending_));
  // One line to recall, unless a comment would swallow what follows it.
  if (text.find("--") == std::string::npos) std::ranges::replace(text, '\n', ' ');
  editor_.remember(text);
  while ((end = sql::statement_end(pending_)) != std::string_view::npos) {
    const std::string statement = pending_.substr(0, end);
    pending_.erase(0, end);
    if (runner_.run_text(statement) != 0) pending_.clear();
  }
  if (trim(pending_).empty()) pending_.clear();
}

Repl::Next Repl::run_command(std::string_view line) {
  const size_t space = line.find_first_of(" \t");
  std::string_view name = line.substr(0, space);
  std::string_view argument =
      space == std::string_view::npos ? std::string_view() : trim(line.substr(space));
  while (argument.ends_with(';')) argument.remove_suffix(1);
  while (name.ends_with(';')) name.remove_suffix(1);
  for (const Command& command : commands) {
    if (command.name != name) continue;
    if (command.argument.empty() == argument.empty()) return (this->*command.run)(argument);
    complain(std::string(command.name) + (command.argument.empty() ? "" : " ") +
             std::string(command.argument) + ": " + std::string(command.help));
    return Next::Go;
  }
  complain("there is no command " + std::string(name) + "; .help lists them");
  return Next::Go;
}

Repl::Next Repl::help(std::string_view) {
  for (const Command& command : commands) {
    std::printf("  %-8s %-12s %s\n", std::string(command.name).c_str(),
                std::string(command.argument).c_str(), std::string(command.help).c_str());
  }
  std::printf(
      "\n  SELECT * FROM 'sales.parquet' LIMIT 5;       a file, or an http(s):// URL\n"
      "  DESCRIBE FROM 'sales.parquet';                its columns\n"
      "  EXPLAIN ANALYZE SELECT ...;                   what was read, and what was not\n"
      "  Tab completes; Ctrl-C stops a statement; Ctrl-R searches the history.\n");
  return Next::Go;
}

Repl::Next Repl::format(std::string_view name) {
  const Result<OutputFormat> format = parse_output_format(name);
  if (!format) {
    complain(format.error().to_string());
  } else if (*format == OutputFormat::Arrow) {
    complain("arrow is for files and pipes: whittle -c … --format arrow -o FILE");
  } else {
    runner_.set_format(*format);
  }
  return Next::Go;
}

Repl::Next Repl::timer(std::string_view mode) {
  if (const std::optional<TimerMode> timer = parse_timer(mode)) {
    runner_.set_timer(*timer);
  } else {
    complain(".timer is on, off or json");
  }
  return Next::Go;
}

Repl::Next Repl::rows(std::string_view count) {
  uint32_t rows = 0;
  const auto [end, error] = std::from_chars(count.data(), count.data() + count.size(), rows);
  if (error != std::errc() || end != count.data() + count.size()) {
    complain(".rows takes a number");
  } else {
    runner_.set_max_rows(rows);
  }
  return Next::Go;
}

Repl::Next Repl::read(std::string_view path) {
  if (path.size() > 2 && path.front() == '\'' && path.back() == '\'') {
    path = path.substr(1, path.size() - 2);
  }
  const Result<std::string> text = read_file(std::string(path));
  if (text) {
    runner_.run_text(*text);
  } else {
    complain(text.error().to_string());
  }
  return Next::Go;
}

Repl::Next Repl::tables(std::string_view) {
  std::vector<std::pair<std::string, uint64_t>> files;
  if (DIR* directory = opendir(".")) {
    while (const dirent* entry = readdir(directory)) {
      struct stat info{};
      if (std::string_view(entry->d_name).ends_with(".parquet") &&
          fstatat(dirfd(directory), entry->d_name, &info, 0) == 0) {
        files.emplace_back(entry->d_name, static_cast<uint64_t>(info.st_size));
      }
    }
    closedir(directory);
  }
  std::ranges::sort(files);
  for (const auto& [name, size] : files) {
    std::printf("'%s'  %s\n", name.c_str(), format_bytes(size).c_str());
  }
  if (files.empty()) std::printf("No Parquet files here. A table is a file or URL: FROM '…'.\n");
  return Next::Go;
}

Repl::Next Repl::memory(std::string_view) {
  const MemoryUse use = database_.memory();
  std::printf("%s, peak of the last statement %s\n", use.to_string().c_str(),
              format_bytes(use.peak).c_str());
  return Next::Go;
}

}  // namespace

int run_repl(Database& database, Connection&, Runner& runner) {
  return Repl(database, runner).run();
}

}  // namespace whittle::cli
