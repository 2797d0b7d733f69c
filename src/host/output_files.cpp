#include "host/output_files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace whittle::host {

namespace {

std::unexpected<Error> io_error(const std::string& what, const std::string& path) {
  return fail(Error(ErrorCode::Io, what + " \"" + path + "\": " + std::strerror(errno)));
}

// `temporary` is empty where the target is written directly.
class FileOnDisk : public OutputFile {
 public:
  FileOnDisk(std::string path, std::string temporary, std::FILE* file)
      : path_(std::move(path)), temporary_(std::move(temporary)), file_(file) {}
  ~FileOnDisk() override {
    if (!file_) return;
    std::fclose(file_);
    if (!temporary_.empty()) unlink(temporary_.c_str());
  }

  Status write(std::string_view bytes) override {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) {
      return io_error("Could not write file", path_);
    }
    return {};
  }

  Status commit() override {
    const bool closed = std::fclose(std::exchange(file_, nullptr)) == 0;
    if (temporary_.empty()) return closed ? Status{} : io_error("Could not write file", path_);
    if (closed && std::rename(temporary_.c_str(), path_.c_str()) == 0) return {};
    const int error = errno;
    unlink(temporary_.c_str());
    errno = error;
    return io_error("Could not finish file", path_);
  }

 private:
  std::string path_, temporary_;
  std::FILE* file_;
};

}  // namespace

Result<std::unique_ptr<OutputFile>> OutputFilesOnDisk::create(const std::string& path) {
  struct stat info = {};
  const bool exists = stat(path.c_str(), &info) == 0;
  std::string temporary;
  if (!exists || S_ISREG(info.st_mode)) {
    temporary = path + ".part-" + std::to_string(getpid()) + "-" +
                std::to_string(next_number_.fetch_add(1, std::memory_order_relaxed));
  }
  std::FILE* file =
      temporary.empty() ? std::fopen(path.c_str(), "wb") : std::fopen(temporary.c_str(), "wbx");
  if (!file) return io_error("Cannot open file", path);
  return std::unique_ptr<OutputFile>(
      std::make_unique<FileOnDisk>(path, std::move(temporary), file));
}

}  // namespace whittle::host
