#include "io/backends/file/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "io/backends/file/blocking_threads.hpp"

namespace whittle {

namespace {

Error open_error(const std::string& name, int number) {
  const auto code = number == ENOENT || number == ENOTDIR ? ErrorCode::NotFound
                    : number == EACCES || number == EPERM ? ErrorCode::PermissionDenied
                                                          : ErrorCode::Io;
  return Error(code, number == ENOENT ? "no such file" : std::strerror(number)).with_source(name);
}

int64_t modified_nanoseconds(const struct stat& info) {
  return int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
}

SourceIdentity identity_of(const struct stat& info) {
  SourceIdentity identity;
  identity.size = static_cast<uint64_t>(info.st_size);
  identity.etag = "\"" + std::to_string(info.st_dev) + "-" + std::to_string(info.st_ino) + "-" +
                  std::to_string(modified_nanoseconds(info)) + "\"";
  return identity;
}

// A request costs about a microsecond, as much as copying 8 KiB: only what nearly touches is
// joined.
SourceHints file_hints() {
  SourceHints hints;
  hints.is_local = true;
  hints.measure_link = false;
  hints.max_concurrency = 16;
  hints.coalescing_gap = 8 << 10;
  hints.max_block = 1 << 20;
  return hints;
}

class FileSource : public Source {
 public:
  FileSource(std::string name, int file, const struct stat& info,
             std::shared_ptr<BlockingThreads> threads)
      : Source(std::move(name), identity_of(info), file_hints()),
        file_(file),
        modified_(modified_nanoseconds(info)),
        threads_(std::move(threads)) {}
  ~FileSource() override { close(file_); }

  Task<ReadReply> read(ReadRequest request) override {
    struct Job {
      FileSource* source;
      ReadRequest* request;
      Completion<ReadReply>* done;
    };
    Completion<ReadReply> done(request.session->executor);
    Job job{this, &request, &done};
    threads_->submit({[](void* context) {
                        const Job job = *static_cast<Job*>(context);
                        job.done->complete(job.source->read_blocking(*job.request));
                      },
                      &job});
    co_return co_await done;
  }

  bool read_now(ByteRange range, std::span<std::byte> into) override {
    if (changed()) return false;  // `read` will say so
    uint64_t done = 0;
    const bool may_ask = nowait_works_.load(std::memory_order_relaxed);
    while (done < range.length) {
      iovec part{into.data() + done, range.length - done};
      const ssize_t step = preadv2(file_, &part, 1, static_cast<off_t>(range.offset + done),
                                   may_ask ? RWF_NOWAIT : 0);
      if (step < 0 && errno == EINTR) continue;
      if (step < 0 && errno == EOPNOTSUPP && may_ask) {
        nowait_works_.store(false, std::memory_order_relaxed);
        return read_now(range, into);
      }
      if (step <= 0) {
        cold_.store(true, std::memory_order_relaxed);
        return false;
      }
      done += static_cast<uint64_t>(step);
    }
    return true;
  }

  void advise(ByteRange range) override {
    if (!cold_.load(std::memory_order_relaxed)) return;
    posix_fadvise(file_, static_cast<off_t>(range.offset), static_cast<off_t>(range.length),
                  POSIX_FADV_WILLNEED);
  }

 private:
  bool changed() const {
    struct stat info = {};
    return fstat(file_, &info) != 0 || static_cast<uint64_t>(info.st_size) != size() ||
           modified_nanoseconds(info) != modified_;
  }

  ReadReply read_blocking(const ReadRequest& request) {
    ReadReply reply;
    while (reply.received < request.range.length) {
      if (request.cancelled()) {
        reply.status = fail(ErrorCode::Cancelled, "the query was cancelled");
        return reply;
      }
      // In steps, so that Ctrl-C does not wait for a whole block on a slow disk.
      const uint64_t left = std::min<uint64_t>(request.range.length - reply.received, 4 << 20);
      const ssize_t step = pread(file_, request.into.data() + reply.received, left,
                                 static_cast<off_t>(request.range.offset + reply.received));
      if (step < 0 && errno == EINTR) continue;
      if (step < 0) {
        reply.status = fail(open_error(name(), errno));
        return reply;
      }
      if (step == 0) break;
      reply.received += static_cast<uint64_t>(step);
    }
    if (changed() || reply.received < request.range.length) {
      reply.status = fail(Error(ErrorCode::SourceChanged, "the file changed while it was read")
                              .with_source(name()));
    }
    return reply;
  }

  int file_;
  int64_t modified_;
  std::shared_ptr<BlockingThreads> threads_;
  std::atomic<bool> nowait_works_ = true, cold_ = false;
};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// file:///a%20b → /a b; a host other than localhost is refused by staying in the path.
std::string path_of(std::string_view url) {
  if (!url.starts_with("file://")) return std::string(url);
  url.remove_prefix(7);
  if (url.starts_with("localhost/")) url.remove_prefix(9);
  std::string path;
  for (size_t i = 0; i < url.size(); ++i) {
    if (url[i] == '%' && i + 2 < url.size() && hex_digit(url[i + 1]) >= 0 &&
        hex_digit(url[i + 2]) >= 0) {
      path.push_back(static_cast<char>(hex_digit(url[i + 1]) * 16 + hex_digit(url[i + 2])));
      i += 2;
    } else {
      path.push_back(url[i]);
    }
  }
  return path;
}

class FileOpener : public SourceOpener {
 public:
  explicit FileOpener(uint32_t threads) : threads_(std::make_shared<BlockingThreads>(threads)) {}

  bool accepts(std::string_view url) const override {
    return url.starts_with("file://") || url.find("://") == std::string_view::npos;
  }

  Task<Result<OpenedSource>> open(std::string url, OpenOptions options,
                                  IoSessionRef session) override {
    const std::string path = path_of(url);
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) co_return fail(open_error(path, errno));
    struct stat info = {};
    if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode)) {
      close(file);
      co_return fail(Error(ErrorCode::InvalidArgument,
                           S_ISDIR(info.st_mode) ? "this is a folder" : "this is not a file")
                         .with_hint("name files, or a pattern such as 'folder/*.parquet'")
                         .with_source(path));
    }
    auto source = std::make_shared<FileSource>(path, file, info, threads_);
    const uint64_t wanted = options.tail_size == UINT64_MAX ? local_tail : options.tail_size;
    const uint64_t length = std::min(wanted, source->size());
    OpenedSource opened{source, {}};
    if (length > 0) {
      BufferRef buffer = CO_TRY(Buffer::reserve(session->budget, length, "the end of a file"));
      ReadRequest request;
      request.range = {source->size() - length, length};
      request.into = {buffer->data(), length};
      request.session = session.get();
      // A cold tail is waited for here: the open has nothing else to do.
      if (!source->read_now(request.range, request.into)) {
        ReadReply reply = co_await source->read(request);
        if (!reply.status) co_return fail(std::move(reply.status).error());
      }
      session->statistics.requests.fetch_add(1, std::memory_order_relaxed);
      session->statistics.bytes_fetched.fetch_add(length, std::memory_order_relaxed);
      const std::byte* data = buffer->data();
      opened.tail = {std::move(buffer), data, length};
    }
    co_return opened;
  }

  Task<Result<std::vector<std::string>>> list(std::string pattern, OpenOptions,
                                              IoSessionRef) override {
    co_return list_files(path_of(pattern));
  }

 private:
  // A second pread is cheap here, memory for thousands of files is not.
  static constexpr uint64_t local_tail = 16 << 10;
  std::shared_ptr<BlockingThreads> threads_;
};

}  // namespace

std::unique_ptr<SourceOpener> make_file_opener(uint32_t threads) {
  return std::make_unique<FileOpener>(threads);
}

}  // namespace whittle
