// The walk through folders for patterns; matching of single names is io/glob.
#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>

#include "io/backends/file/file.hpp"
#include "io/glob.hpp"

namespace whittle {

namespace {

constexpr size_t max_files = 1'000'000;
constexpr int max_depth = 64;

struct Walk {
  std::vector<std::string> components;
  std::vector<std::string> found;

  bool is_folder(const std::string& path, bool follow) const {
    struct stat info = {};
    const int failed = follow ? stat(path.c_str(), &info) : lstat(path.c_str(), &info);
    return !failed && S_ISDIR(info.st_mode);
  }

  std::vector<std::string> names_in(const std::string& folder) const {
    std::vector<std::string> names;
    DIR* directory = opendir(folder.empty() ? "." : folder.c_str());
    if (!directory) return names;
    while (const dirent* entry = readdir(directory)) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    closedir(directory);
    return names;
  }

  void step(const std::string& folder, size_t index, int depth) {
    if (depth > max_depth || found.size() >= max_files) return;
    const std::string& component = components[index];
    const bool last = index + 1 == components.size();
    if (component == "**" && !last) {
      step(folder, index + 1, depth);
      for (const std::string& name : names_in(folder)) {
        const std::string path = folder + name;
        if (name[0] != '.' && is_folder(path, false)) step(path + "/", index, depth + 1);
      }
      return;
    }
    if (!has_wildcards(component)) {
      take(folder + component, index, last, depth);
      return;
    }
    for (const std::string& name : names_in(folder)) {
      if (match_component(component, name)) take(folder + name, index, last, depth);
    }
  }

  void take(const std::string& path, size_t index, bool last, int depth) {
    struct stat info = {};
    if (stat(path.c_str(), &info) != 0) return;
    if (last) {
      if (!S_ISDIR(info.st_mode)) found.push_back(path);
    } else if (S_ISDIR(info.st_mode)) {
      step(path + "/", index + 1, depth + 1);
    }
  }
};

}  // namespace

Result<std::vector<std::string>> list_files(const std::string& pattern) {
  struct stat info = {};
  if (!has_wildcards(pattern) || stat(pattern.c_str(), &info) == 0) {
    return std::vector<std::string>{pattern};
  }
  Walk walk;
  std::string root = pattern.starts_with('/') ? "/" : "";
  size_t start = 0;
  while (start < pattern.size()) {
    const size_t end = std::min(pattern.find('/', start), pattern.size());
    if (end > start) walk.components.push_back(pattern.substr(start, end - start));
    start = end + 1;
  }
  walk.step(root, 0, 0);
  std::sort(walk.found.begin(), walk.found.end());
  walk.found.erase(std::unique(walk.found.begin(), walk.found.end()), walk.found.end());
  if (walk.found.size() >= max_files) {
    return fail(Error(ErrorCode::InvalidArgument, "the pattern matches more than a million files")
                    .with_source(pattern));
  }
  return std::move(walk.found);
}

}  // namespace whittle
