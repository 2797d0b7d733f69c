#include "completion.hpp"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace whittle::cli {

namespace {

constexpr std::string_view keywords[] = {
#define WHITTLE_KEYWORD(name, text, category) text,
#include "sql/keywords.def"
#undef WHITTLE_KEYWORD
};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool begins_with(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::ranges::equal(text.substr(0, prefix.size()), prefix,
                            [](char a, char b) { return lower(a) == lower(b); });
}

bool is_name_part(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80);
}

// The quote that is open at the end of the line, 0 for none; `begin`: where its text starts.
char open_quote(std::string_view line, size_t& begin) {
  char open = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    if (open) {
      if (line[i] == open) open = 0;
    } else if (line[i] == '\'' || line[i] == '"') {
      open = line[i];
      begin = i + 1;
    }
  }
  return open;
}

void add_paths(std::string_view typed, std::string_view quote, std::vector<std::string>& out) {
  const size_t slash = typed.rfind('/');
  const std::string folder(slash == std::string_view::npos ? "" : typed.substr(0, slash + 1));
  const std::string_view prefix = typed.substr(folder.size());
  std::string place = folder.empty() ? "." : folder;
  const char* home = std::getenv("HOME");
  if (place.starts_with("~/") && home) place = home + place.substr(1);
  DIR* directory = opendir(place.c_str());
  if (!directory) return;
  while (const dirent* entry = readdir(directory)) {
    const std::string_view name = entry->d_name;
    if (!name.starts_with(prefix) || (name[0] == '.' && prefix.empty())) continue;
    if (name == "." || name == "..") continue;
    struct stat info{};
    const bool is_folder =
        fstatat(dirfd(directory), entry->d_name, &info, 0) == 0 && S_ISDIR(info.st_mode);
    out.push_back(folder + std::string(name) + (is_folder ? "/" : std::string(quote)));
  }
  closedir(directory);
}

// Keywords follow the case in which the word was begun.
std::string in_case_of(std::string_view keyword, std::string_view typed) {
  std::string out(keyword);
  const bool upper = std::ranges::none_of(typed, [](char c) { return c >= 'a' && c <= 'z'; });
  for (char& c : out) {
    if (upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  return out;
}

void add_words(std::string_view typed, const CompletionWords& words,
               std::vector<std::string>& out) {
  for (const std::string& column : words.columns) {
    if (begins_with(column, typed)) out.push_back(column);
  }
  if (typed.empty()) return;
  for (const std::string_view keyword : keywords) {
    if (begins_with(keyword, typed)) out.push_back(in_case_of(keyword, typed));
  }
  for (const std::string& function : words.functions) {
    if (begins_with(function, typed)) out.push_back(function + "(");
  }
}

}  // namespace

Completion complete(std::string_view line, const CompletionWords& words) {
  Completion completion;
  size_t begin = 0;
  if (line.starts_with('.') && line.find(' ') == std::string_view::npos) {
    for (const std::string& command : words.commands) {
      if (begins_with(command, line)) completion.candidates.push_back(command);
    }
    completion.word_length = line.size();
  } else if (line.starts_with(".read ")) {
    completion.word_length = line.size() - 6;
    add_paths(line.substr(6), "", completion.candidates);
  } else if (const char quote = open_quote(line, begin); quote == '\'') {
    completion.word_length = line.size() - begin;
    add_paths(line.substr(begin), "'", completion.candidates);
  } else {
    begin = line.size();
    while (begin > 0 && is_name_part(line[begin - 1])) --begin;
    completion.word_length = line.size() - begin;
    add_words(line.substr(begin), words, completion.candidates);
  }
  std::ranges::sort(completion.candidates);
  const auto repeated = std::ranges::unique(completion.candidates);
  completion.candidates.erase(repeated.begin(), repeated.end());
  return completion;
}

std::string common_prefix(const std::vector<std::string>& texts) {
  if (texts.empty()) return {};
  std::string prefix = texts[0];
  for (const std::string& text : texts) {
    size_t same = 0;
    while (same < prefix.size() && same < text.size() && prefix[same] == text[same]) ++same;
    prefix.resize(same);
  }
  return prefix;
}

}  // namespace whittle::cli
