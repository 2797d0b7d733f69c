// What the Tab key offers: keywords, functions, columns of files seen, paths inside quotes, dot
// commands. Pure text work apart from the look into a folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace whittle::cli {

struct CompletionWords {
  std::vector<std::string> functions, columns, commands;
};

struct Completion {
  size_t word_length = 0;               // bytes before the cursor that the candidates replace
  std::vector<std::string> candidates;  // sorted, each once
};

/// `line`: the text before the cursor.
Completion complete(std::string_view line, const CompletionWords& words);
/// What all texts begin with.
std::string common_prefix(const std::vector<std::string>& texts);

}  // namespace whittle::cli
