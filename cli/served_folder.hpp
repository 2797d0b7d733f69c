// ServedFolder: what a request to a folder gets in reply (RFC 9110), apart from sending it.
//
// Nothing outside the folder is ever opened: paths are resolved with their symbolic links and
// compared with the folder's own. Names that begin with a dot are as good as absent. Immutable; any
// thread.
#pragma once

#include <string>

#include "base/result.hpp"
#include "http_message.hpp"
#include "io/byte_range.hpp"

namespace whittle::cli {

struct HttpReply {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  /// When 0 or more: the body is these bytes of this file. The reply owns the descriptor.
  int file = -1;
  ByteRange range;

  HttpReply() = default;
  HttpReply(HttpReply&& other) noexcept { *this = std::move(other); }
  HttpReply& operator=(HttpReply&& other) noexcept;
  ~HttpReply();

  uint64_t length() const { return file >= 0 ? range.length : body.size(); }
  /// Status line and headers, with Content-Length where the status allows one.
  std::string head(bool keep_alive) const;
};

class ServedFolder {
 public:
  static Result<ServedFolder> open(const std::string& directory);

  const std::string& path() const { return path_; }
  HttpReply answer(const HttpRequest& request) const;

 private:
  explicit ServedFolder(std::string path) : path_(std::move(path)) {}
  HttpReply answer_path(const HttpRequest& request) const;

  std::string path_;  // absolute, links resolved
};

HttpReply error_reply(int status, std::string_view text);

}  // namespace whittle::cli
