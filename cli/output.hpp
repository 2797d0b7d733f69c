// Where results go: standard output, or a file that appears only when the result is complete.
#pragma once

#include <cstdio>
#include <string>

#include "engine/output/writer.hpp"
#include "host/signals.hpp"

namespace whittle::cli {

/// Writes to a C stream; a closed pipe is an Io error.
class StreamSink : public ByteSink {
 public:
  explicit StreamSink(std::FILE* stream) : stream_(stream) {}
  Status write(std::string_view bytes) override;
  Status flush();

 private:
  std::FILE* stream_;
};

/// Collects everything: for the machine protocol, where a statement gives one line or none.
class StringSink : public ByteSink {
 public:
  Status write(std::string_view bytes) override {
    text += bytes;
    return {};
  }
  std::string text;
};

/// Writes beside the target and renames at `commit`; without commit nothing is left behind.
class FileSink : public ByteSink {
 public:
  static Result<std::unique_ptr<FileSink>> create(const std::string& path);
  ~FileSink() override;
  Status write(std::string_view bytes) override;
  Status commit();

 private:
  FileSink(std::string path, std::string temporary, std::FILE* file)
      : path_(std::move(path)),
        temporary_(std::move(temporary)),
        file_(file),
        removed_by_signal_(temporary_) {}
  std::string path_, temporary_;
  std::FILE* file_;
  host::RemovedBySignal removed_by_signal_;  // until it has its name
};

}  // namespace whittle::cli
