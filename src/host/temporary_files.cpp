#include "host/temporary_files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace whittle::host {

namespace {

Error system_error(const std::string& what) {
  const int number = errno;
  Error error(ErrorCode::Io, what + ": " + std::strerror(number));
  if (number == ENOSPC) {
    return std::move(error).with_hint("free some disk, raise --memory-limit, or set TMPDIR");
  }
  return error;
}

// Only what we make ourselves is ever removed: the folder, and spill files a crash caught unlinked
// yet.
void remove_folder(const std::string& folder) {
  DIR* directory = opendir(folder.c_str());
  if (!directory) return;
  while (const dirent* entry = readdir(directory)) {
    if (std::strncmp(entry->d_name, "spill-", 6) == 0) {
      unlinkat(dirfd(directory), entry->d_name, 0);
    }
  }
  closedir(directory);
  rmdir(folder.c_str());
}

}  // namespace

class UnlinkedFile : public SpillFile {
 public:
  UnlinkedFile(TemporaryFiles& owner, int file) : owner_(owner), file_(file) {}
  ~UnlinkedFile() override {
    close(file_);
    owner_.bytes_used_.fetch_sub(size_, std::memory_order_relaxed);
  }

  Result<uint64_t> append(std::span<const std::byte> bytes) override {
    const uint64_t begin = size_;
    uint64_t written = 0;
    while (written < bytes.size()) {
      const ssize_t step = pwrite(file_, bytes.data() + written, bytes.size() - written,
                                  static_cast<off_t>(begin + written));
      if (step < 0 && errno == EINTR) continue;
      if (step <= 0) return fail(system_error("writing a temporary file"));
      written += static_cast<uint64_t>(step);
    }
    size_ += written;
    owner_.bytes_used_.fetch_add(written, std::memory_order_relaxed);
    return begin;
  }

  Status read(uint64_t offset, std::span<std::byte> into) override {
    uint64_t done = 0;
    while (done < into.size()) {
      const ssize_t step =
          pread(file_, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
      if (step < 0 && errno == EINTR) continue;
      if (step < 0) return fail(system_error("reading a temporary file"));
      if (step == 0) return fail(ErrorCode::Io, "a temporary file is shorter than it was");
      done += static_cast<uint64_t>(step);
    }
    return {};
  }

  uint64_t size() const override { return size_; }

 private:
  TemporaryFiles& owner_;
  int file_;
  uint64_t size_ = 0;
};

TemporaryFiles::TemporaryFiles(std::string parent) : parent_(std::move(parent)) {
  const char* chosen = std::getenv("TMPDIR");
  if (parent_.empty()) parent_ = chosen && *chosen ? chosen : "/tmp";
}

TemporaryFiles::~TemporaryFiles() {
  if (!folder_.empty()) remove_folder(folder_);
}

void TemporaryFiles::remove_stale() {
  DIR* directory = opendir(parent_.c_str());
  if (!directory) return;
  while (const dirent* entry = readdir(directory)) {
    int pid = 0, used = 0;
    if (std::sscanf(entry->d_name, "whittle-%d-%n", &pid, &used) != 1 || used == 0 || pid <= 0) {
      continue;
    }
    struct stat info = {};
    if (fstatat(dirfd(directory), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (!S_ISDIR(info.st_mode) || info.st_uid != geteuid()) continue;
    if (kill(pid, 0) == 0 || errno != ESRCH) continue;
    remove_folder(parent_ + "/" + entry->d_name);
  }
  closedir(directory);
}

Status TemporaryFiles::make_folder() {
  if (!folder_.empty()) return {};
  remove_stale();
  // Known to the signal handler before it exists: a name of our own, not mkdtemp's.
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  auto suffix = static_cast<uint64_t>(now.tv_nsec);
  for (int attempt = 0; attempt < 100; ++attempt, ++suffix) {
    std::string name =
        parent_ + "/whittle-" + std::to_string(getpid()) + "-" + std::to_string(suffix);
    removed_by_signal_.emplace(name);
    if (mkdir(name.c_str(), 0700) == 0) {
      folder_ = std::move(name);
      return {};
    }
    const int reason = errno;
    removed_by_signal_.reset();
    errno = reason;
    if (reason != EEXIST) break;
  }
  return fail(system_error("making a temporary folder in " + parent_));
}

Result<std::unique_ptr<SpillFile>> TemporaryFiles::create() {
  std::scoped_lock lock(mutex_);
  TRY(make_folder());
  const std::string path = folder_ + "/spill-" + std::to_string(next_number_++);
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return fail(system_error("making a temporary file"));
  unlink(path.c_str());
  return std::unique_ptr<SpillFile>(std::make_unique<UnlinkedFile>(*this, file));
}

}  // namespace whittle::host
