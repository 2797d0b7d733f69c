#include "output.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace whittle::cli {

namespace {

std::unexpected<Error> io_error(const std::string& what, const std::string& path) {
  return fail(Error(ErrorCode::Io, what + ": " + std::strerror(errno)).with_source(path));
}

}  // namespace

Status StreamSink::write(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), stream_) != bytes.size()) {
    return fail(ErrorCode::Io, std::string("cannot write the result: ") + std::strerror(errno));
  }
  return {};
}

Status StreamSink::flush() {
  if (std::fflush(stream_) != 0) {
    return fail(ErrorCode::Io, std::string("cannot write the result: ") + std::strerror(errno));
  }
  return {};
}

Result<std::unique_ptr<FileSink>> FileSink::create(const std::string& path) {
  std::string temporary = path + ".part-" + std::to_string(getpid());
  std::FILE* file = std::fopen(temporary.c_str(), "wbx");
  if (!file) return io_error("cannot create the output file", path);
  return std::unique_ptr<FileSink>(new FileSink(path, std::move(temporary), file));
}

FileSink::~FileSink() {
  if (!file_) return;
  std::fclose(file_);
  unlink(temporary_.c_str());
}

Status FileSink::write(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) {
    return io_error("cannot write the output file", path_);
  }
  return {};
}

Status FileSink::commit() {
  const bool closed = std::fclose(std::exchange(file_, nullptr)) == 0;
  if (!closed || std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    const int error = errno;
    unlink(temporary_.c_str());
    errno = error;
    return io_error("cannot finish the output file", path_);
  }
  return {};
}

}  // namespace whittle::cli
