// Files that a statement writes, as an interface: COPY … TO.
//
// Native: files on disk (host/output_files). Without it the engine refuses to write. A file appears
// under its name, whole, when it is committed; an object that dies uncommitted leaves nothing
// behind.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace whittle {

class OutputFile {
 public:
  virtual ~OutputFile() = default;
  virtual Status write(std::string_view bytes) = 0;
  virtual Status commit() = 0;
};

class OutputFiles {
 public:
  virtual ~OutputFiles() = default;
  virtual Result<std::unique_ptr<OutputFile>> create(const std::string& path) = 0;
};

}  // namespace whittle
