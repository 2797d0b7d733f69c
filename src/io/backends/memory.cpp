#include "io/backends/memory.hpp"

#include <algorithm>
#include <cstring>

namespace whittle {

namespace {

SourceHints memory_hints() {
  SourceHints hints;
  hints.is_local = true;
  hints.measure_link = false;
  hints.coalescing_gap = 0;
  return hints;
}

class MemorySource : public Source {
 public:
  MemorySource(std::string name, SourceIdentity identity, BufferSlice bytes)
      : Source(std::move(name), std::move(identity), memory_hints()), bytes_(std::move(bytes)) {}

  Task<ReadReply> read(ReadRequest request) override {
    ReadReply reply;
    if (read_now(request.range, request.into)) {
      reply.received = request.range.length;
    } else {
      reply.status = fail(ErrorCode::Internal, "a range beyond the end of a file in memory");
    }
    co_return reply;
  }

  BufferSlice view(ByteRange range) override {
    if (!range.fits(bytes_.size)) return {};
    return bytes_.part(range.offset, range.length);
  }

  bool read_now(ByteRange range, std::span<std::byte> into) override {
    if (!range.fits(bytes_.size) || into.size() < range.length) return false;
    if (range.length) std::memcpy(into.data(), bytes_.data + range.offset, range.length);
    return true;
  }

 private:
  BufferSlice bytes_;
};

class MemoryOpener : public SourceOpener {
 public:
  explicit MemoryOpener(std::shared_ptr<MemoryFiles> files) : files_(std::move(files)) {}

  bool accepts(std::string_view url) const override { return files_->contains(url); }

  Task<Result<OpenedSource>> open(std::string url, OpenOptions, IoSessionRef) override {
    SourceRef source = files_->open(url);
    if (!source) co_return fail(ErrorCode::NotFound, "no file is registered under this name");
    BufferSlice whole = source->view({0, source->size()});
    co_return OpenedSource{std::move(source), std::move(whole)};
  }

 private:
  std::shared_ptr<MemoryFiles> files_;
};

}  // namespace

SourceRef make_memory_source(std::string name, SourceIdentity identity, BufferSlice bytes) {
  identity.size = bytes.size;
  return std::make_shared<MemorySource>(std::move(name), std::move(identity), std::move(bytes));
}

void MemoryFiles::add(std::string name, BufferSlice bytes) {
  MutexLock lock(mutex_);
  SourceIdentity identity;
  identity.etag = "\"memory-" + std::to_string(++version_) + "\"";
  SourceRef source = make_memory_source(std::move(name), std::move(identity), std::move(bytes));
  for (SourceRef& file : files_) {
    if (file->name() != source->name()) continue;
    file = std::move(source);
    return;
  }
  files_.push_back(std::move(source));
}

bool MemoryFiles::remove(std::string_view name) {
  MutexLock lock(mutex_);
  return std::erase_if(files_, [&](const SourceRef& file) { return file->name() == name; }) > 0;
}

bool MemoryFiles::contains(std::string_view name) const {
  return open(name) != nullptr;
}

SourceRef MemoryFiles::open(std::string_view name) const {
  MutexLock lock(mutex_);
  for (const SourceRef& file : files_) {
    if (file->name() == name) return file;
  }
  return nullptr;
}

std::unique_ptr<SourceOpener> make_memory_opener(std::shared_ptr<MemoryFiles> files) {
  return std::make_unique<MemoryOpener>(std::move(files));
}

}  // namespace whittle
