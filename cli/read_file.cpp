#include "read_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace whittle::cli {

Result<std::string> read_file(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (!file) {
    const ErrorCode code = errno == EACCES ? ErrorCode::PermissionDenied : ErrorCode::NotFound;
    return fail(Error(code, std::string("cannot open the script: ") + std::strerror(errno))
                    .with_source(path));
  }
  std::string text;
  char chunk[1 << 16];
  for (size_t count; (count = std::fread(chunk, 1, sizeof(chunk), file)) > 0;)
    text.append(chunk, count);
  const bool broken = std::ferror(file) != 0;
  std::fclose(file);
  if (broken) return fail(Error(ErrorCode::Io, "cannot read the script").with_source(path));
  return text;
}

}  // namespace whittle::cli
