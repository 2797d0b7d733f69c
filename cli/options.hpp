// What the command line says, as plain values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/output/writer.hpp"
#include "whittle/whittle.hpp"

namespace whittle::cli {

enum class TimerMode : unsigned char { Auto, Off, Text, Json };  // Auto: on a terminal
enum class ProgressMode : unsigned char { Auto, On, Off };

struct Options {
  DatabaseOptions database;
  std::vector<std::string> commands;  // -c, in order
  std::string script;                 // -f; "-" is standard input
  std::string output;                 // -o
  std::string format;                 // empty: table on a terminal, csv in a pipe
  TimerMode timer = TimerMode::Auto;
  ProgressMode progress = ProgressMode::Auto;
  bool echo_errors = false;
  uint32_t max_rows = 40;  // of a table on a terminal

  // Subcommands
  std::string inspect_url;
  bool inspect_pages = false;
  std::string serve_directory;
  uint16_t serve_port = 8080;
};

/// "" and "on": Text; "text", "json", "off"; nothing for anything else.
std::optional<TimerMode> parse_timer(std::string_view text);
/// The exit status when the process should end already (--help, a mistake), else nothing.
std::optional<int> parse_options(int argc, char** argv, Options& options);

}  // namespace whittle::cli
