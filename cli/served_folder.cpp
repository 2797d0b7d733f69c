#include "served_folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/memory.hpp"
#include "engine/output/writer.hpp"

namespace whittle::cli {

namespace {

struct Entry {
  std::string name;
  uint64_t size = 0;
  int64_t modified = 0;
  bool is_folder = false;
};

std::optional<std::string> resolve(const std::string& path) {
  char resolved[PATH_MAX];
  if (!realpath(path.c_str(), resolved)) return std::nullopt;
  return resolved;
}

bool lies_within(std::string_view path, std::string_view folder) {
  if (folder == "/") return true;
  return path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

// No segment may begin with a dot: hidden files stay hidden, and `..` is one of them.
bool names_something_hidden(std::string_view path) {
  return path.find("/.") != std::string_view::npos;
}

std::string etag_of(const struct stat& info) {
  char text[64];
  const auto nanoseconds = static_cast<unsigned long long>(info.st_mtim.tv_sec) * 1'000'000'000 +
                           static_cast<unsigned long long>(info.st_mtim.tv_nsec);
  std::snprintf(text, sizeof(text), "\"%llx-%llx\"", static_cast<unsigned long long>(info.st_size),
                nanoseconds);
  return text;
}

// RFC 9110 §13.2.2: the order of preconditions. 0 when the request goes on.
int failed_precondition(const HttpRequest& request, std::string_view etag, std::string_view date) {
  const std::string_view match = request.header("if-match");
  const std::string_view none_match = request.header("if-none-match");
  if (!match.empty() && !lists_etag(match, etag)) return 412;
  if (!none_match.empty()) return lists_etag(none_match, etag) ? 304 : 0;
  const std::string_view since = request.header("if-modified-since");
  return !since.empty() && since == date ? 304 : 0;
}

// RFC 9110 §13.1.5: a range holds only for the version the client already has parts of.
bool range_applies(const HttpRequest& request, std::string_view etag, std::string_view date) {
  if (request.method != "GET" || request.header("range").empty()) return false;
  const std::string_view condition = request.header("if-range");
  return condition.empty() || condition == etag || condition == date;
}

// What a path leads to: a reply that holds the open file, a folder, or the refusal.
struct Found {
  std::string path;  // links resolved
  struct stat info{};
  HttpReply reply;

  bool is_file() const { return reply.file >= 0; }
  bool is_folder() const { return S_ISDIR(info.st_mode); }
};

Found find(const std::string& path, const std::string& root) {
  Found found;
  std::optional<std::string> target = resolve(path);
  if (!target || !lies_within(*target, root)) {
    found.reply = error_reply(404, "not found");
    return found;
  }
  found.path = std::move(*target);
  found.reply.file = ::open(found.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
  if (found.reply.file < 0) {
    found.reply = error_reply(errno == EACCES ? 403 : 404, std::strerror(errno));
  } else if (fstat(found.reply.file, &found.info) != 0 || !S_ISREG(found.info.st_mode)) {
    found.reply = error_reply(403, "not a file");
  }
  return found;
}

HttpReply answer_file(const HttpRequest& request, Found found) {
  HttpReply reply = std::move(found.reply);
  const struct stat& info = found.info;
  const auto size = static_cast<uint64_t>(info.st_size);
  reply.range = {0, size};
  const std::string etag = etag_of(info), date = http_date(info.st_mtim.tv_sec);
  reply.headers = {{"ETag", etag},
                   {"Last-Modified", date},
                   {"Accept-Ranges", "bytes"},
                   {"Cache-Control", "no-cache"}};
  if (const int status = failed_precondition(request, etag, date)) {
    reply.status = status;
    reply.range = {};
    return reply;
  }
  reply.headers.emplace_back("Content-Type", content_type(found.path));
  if (!range_applies(request, etag, date)) return reply;
  const std::optional<ByteRange> range = parse_range_header(request.header("range"), size);
  if (!range) return reply;  // not understood: the whole file (§14.2)
  reply.range = *range;
  if (range->empty()) {
    reply.status = 416;
    reply.headers.emplace_back("Content-Range", "bytes */" + std::to_string(size));
  } else {
    reply.status = 206;
    reply.headers.emplace_back("Content-Range", "bytes " + std::to_string(range->offset) + "-" +
                                                    std::to_string(range->end() - 1) + "/" +
                                                    std::to_string(size));
  }
  return reply;
}

std::vector<Entry> list_folder(const std::string& path, const std::string& root) {
  std::vector<Entry> entries;
  DIR* directory = opendir(path.c_str());
  if (!directory) return entries;
  while (const dirent* item = readdir(directory)) {
    if (item->d_name[0] == '.') continue;
    const std::optional<std::string> target = resolve(path + "/" + item->d_name);
    struct stat info{};
    if (!target || !lies_within(*target, root) || stat(target->c_str(), &info) != 0) continue;
    if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) continue;
    entries.push_back({item->d_name, static_cast<uint64_t>(info.st_size), info.st_mtim.tv_sec,
                       S_ISDIR(info.st_mode)});
  }
  closedir(directory);
  std::ranges::sort(entries, [](const Entry& a, const Entry& b) {
    return a.is_folder != b.is_folder ? a.is_folder : a.name < b.name;
  });
  return entries;
}

std::string listing_as_json(const std::vector<Entry>& entries) {
  std::string out = "[";
  for (const Entry& entry : entries) {
    if (out.size() > 1) out += ",";
    out += "\n  {\"name\": ";
    append_json_string(out, entry.name);
    out += std::string(", \"type\": \"") + (entry.is_folder ? "folder" : "file") + "\"";
    if (!entry.is_folder) out += ", \"size\": " + std::to_string(entry.size);
    out += ", \"modified\": \"" + http_date(entry.modified) + "\"}";
  }
  return out + "\n]\n";
}

std::string listing_as_html(std::string_view path, const std::vector<Entry>& entries) {
  const std::string title = escape_html(path);
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" "
      "content=\"light dark\"><title>" +
      title +
      "</title>\n<style>body{font:16px/1.6 system-ui,sans-serif;max-width:56rem;margin:2rem "
      "auto;padding:0 1rem}table{border-collapse:collapse;width:100%}td{padding:.2rem "
      ".5rem;border-bottom:1px solid #8884}td+td{text-align:right;white-space:nowrap;"
      "font-variant-numeric:tabular-nums}</style>\n<h1>" +
      title + "</h1>\n<table>\n";
  if (path != "/") out += "<tr><td><a href=\"../\">../</a><td><td>\n";
  for (const Entry& entry : entries) {
    const std::string slash = entry.is_folder ? "/" : "";
    out += "<tr><td><a href=\"./" + percent_encode(entry.name) + slash + "\">" +
           escape_html(entry.name) + slash + "</a><td>" +
           (entry.is_folder ? "" : format_bytes(entry.size)) + "<td>" + http_date(entry.modified) +
           "\n";
  }
  return out + "</table>\n</html>\n";
}

bool wants_json(const HttpRequest& request) {
  return request.header("accept").find("application/json") != std::string_view::npos;
}

HttpReply answer_folder(const HttpRequest& request, const std::string& path,
                        const std::string& root) {
  HttpReply reply;
  if (!request.path.ends_with('/')) {
    // Relative, so that a name that looks like a host (`//evil`) leads nowhere else.
    reply.status = 301;
    const size_t slash = request.path.rfind('/');
    reply.headers = {{"Location", "./" + percent_encode(request.path.substr(slash + 1)) + "/"}};
    return reply;
  }
  const std::vector<Entry> entries = list_folder(path, root);
  const bool json = wants_json(request);
  reply.body = json ? listing_as_json(entries) : listing_as_html(request.path, entries);
  reply.headers = {{"Content-Type", json ? "application/json" : "text/html; charset=utf-8"},
                   {"Vary", "Accept"},
                   {"Cache-Control", "no-cache"}};
  return reply;
}

// What lets pages of any origin read ranges and see how they were answered (Fetch, CORS protocol).
void add_cors(HttpReply& reply) {
  reply.headers.emplace_back("Access-Control-Allow-Origin", "*");
  reply.headers.emplace_back("Access-Control-Expose-Headers",
                             "Content-Range, Content-Length, ETag, Last-Modified, Accept-Ranges");
  reply.headers.emplace_back("Cross-Origin-Resource-Policy", "cross-origin");
}

HttpReply preflight() {
  HttpReply reply;
  reply.status = 204;
  reply.headers = {{"Allow", "GET, HEAD, OPTIONS"},
                   {"Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"},
                   {"Access-Control-Allow-Headers",
                    "Range, If-Range, If-Match, If-None-Match, If-Modified-Since, Authorization, "
                    "Content-Type, Cache-Control"},
                   {"Access-Control-Max-Age", "86400"}};
  return reply;
}

}  // namespace

HttpReply& HttpReply::operator=(HttpReply&& other) noexcept {
  std::swap(status, other.status);
  std::swap(headers, other.headers);
  std::swap(body, other.body);
  std::swap(file, other.file);
  std::swap(range, other.range);
  return *this;
}

HttpReply::~HttpReply() {
  if (file >= 0) close(file);
}

std::string HttpReply::head(bool keep_alive) const {
  std::string out =
      "HTTP/1.1 " + std::to_string(status) + " " + std::string(reason_phrase(status)) + "\r\n";
  out += "Date: " + http_date(time(nullptr)) + "\r\nServer: whittle\r\n";
  for (const auto& [name, value] : headers) out += name + ": " + value + "\r\n";
  if (status != 204 && status != 304) {
    out += "Content-Length: " + std::to_string(length()) + "\r\n";
  }
  out += keep_alive ? "Connection: keep-alive\r\n" : "Connection: close\r\n";
  return out + "\r\n";
}

HttpReply error_reply(int status, std::string_view text) {
  HttpReply reply;
  reply.status = status;
  reply.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
  reply.body = std::string(text) + "\n";
  return reply;
}

Result<ServedFolder> ServedFolder::open(const std::string& directory) {
  const std::optional<std::string> path = resolve(directory);
  struct stat info{};
  if (!path || stat(path->c_str(), &info) != 0) {
    return fail(Error(ErrorCode::NotFound, "there is no such folder").with_source(directory));
  }
  if (!S_ISDIR(info.st_mode)) {
    return fail(Error(ErrorCode::InvalidArgument, "this is not a folder")
                    .with_source(directory)
                    .with_hint("name the folder that the file is in"));
  }
  if (access(path->c_str(), R_OK | X_OK) != 0) {
    return fail(
        Error(ErrorCode::PermissionDenied, "the folder is not readable").with_source(directory));
  }
  return ServedFolder(*path);
}

HttpReply ServedFolder::answer(const HttpRequest& request) const {
  HttpReply reply;
  if (request.method == "OPTIONS") {
    reply = preflight();
  } else if (request.method != "GET" && request.method != "HEAD") {
    reply = error_reply(405, "only GET, HEAD and OPTIONS are served here");
    reply.headers.emplace_back("Allow", "GET, HEAD, OPTIONS");
  } else {
    reply = answer_path(request);
  }
  add_cors(reply);
  return reply;
}

HttpReply ServedFolder::answer_path(const HttpRequest& request) const {
  if (names_something_hidden(request.path)) return error_reply(404, "not found");
  Found found = find(path_ + request.path, path_);
  if (found.is_file()) return answer_file(request, std::move(found));
  if (!found.is_folder()) return std::move(found.reply);
  // A folder that is a site shows its page, to programs too: who wants a listing asks for JSON.
  if (request.path.ends_with('/') && !wants_json(request)) {
    Found page = find(path_ + request.path + "index.html", path_);
    if (page.is_file()) {
      HttpReply reply = answer_file(request, std::move(page));
      reply.headers.emplace_back("Vary", "Accept");
      return reply;
    }
  }
  return answer_folder(request, found.path, path_);
}

}  // namespace whittle::cli
