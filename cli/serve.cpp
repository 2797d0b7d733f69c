// The sockets behind `whittle serve`: one thread accepts, one thread per connection answers.
#include "serve.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "host/signals.hpp"
#include "served_folder.hpp"

namespace whittle::cli {

namespace {

constexpr size_t kMaxConnections = 512;
constexpr size_t kChunk = 256 << 10;
constexpr time_t kIdleSeconds = 60;  // a peer that neither reads nor asks is let go

bool send_all(int socket, const char* data, size_t size, int flags) {
  while (size > 0) {
    const ssize_t sent = send(socket, data, size, flags | MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    data += sent;
    size -= static_cast<size_t>(sent);
  }
  return true;
}

bool send_file(int socket, int file, ByteRange range, std::vector<char>& buffer) {
  buffer.resize(kChunk);
  while (range.length > 0) {
    const size_t wanted = std::min<uint64_t>(range.length, buffer.size());
    const ssize_t count = pread(file, buffer.data(), wanted, static_cast<off_t>(range.offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;  // shrank meanwhile: the broken connection says so
    if (!send_all(socket, buffer.data(), static_cast<size_t>(count), 0)) return false;
    range.offset += static_cast<uint64_t>(count);
    range.length -= static_cast<uint64_t>(count);
  }
  return true;
}

bool send_reply(int socket, const HttpReply& reply, bool keep_alive, bool with_body,
                std::vector<char>& buffer) {
  const std::string head = reply.head(keep_alive);
  const bool body = with_body && reply.length() > 0;
  if (!send_all(socket, head.data(), head.size(), body ? MSG_MORE : 0)) return false;
  if (!body) return true;
  if (reply.file >= 0) return send_file(socket, reply.file, reply.range, buffer);
  return send_all(socket, reply.body.data(), reply.body.size(), 0);
}

void converse(int socket, const ServedFolder& folder) {
  std::string received;
  std::vector<char> buffer;
  char chunk[4096];
  for (;;) {
    size_t length;
    while ((length = request_head_length(received)) == std::string::npos) {
      if (received.size() > kMaxRequestHead) {
        send_reply(socket, error_reply(431, "the request's head is too long"), false, true, buffer);
        return;
      }
      const ssize_t count = recv(socket, chunk, sizeof(chunk), 0);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return;
      received.append(chunk, static_cast<size_t>(count));
      // Empty lines before a request are to be ignored (RFC 9112 §2.2).
      received.erase(0, std::min(received.find_first_not_of("\r\n"), received.size()));
    }
    const auto request = parse_request(std::string_view(received).substr(0, length));
    if (!request) {
      send_reply(socket, error_reply(400, "this is no HTTP/1.1 request"), false, true, buffer);
      return;
    }
    received.erase(0, length);
    const bool keep_alive = request->keep_alive && !request->has_body;
    const HttpReply reply = request->has_body
                                ? error_reply(413, "requests with a body are not served here")
                                : folder.answer(*request);
    if (!send_reply(socket, reply, keep_alive, request->method != "HEAD", buffer)) return;
    if (!keep_alive) return;
  }
}

class Server {
 public:
  Server(int listener, const ServedFolder& folder) : listener_(listener), folder_(folder) {}

  void run(const CancellationToken& stop) {
    while (!stop.cancelled()) {
      // The signal may have met another thread: look up now and then.
      pollfd waiting{listener_, POLLIN, 0};
      if (poll(&waiting, 1, 100) <= 0) continue;
      const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket >= 0) begin(socket);
    }
    end();
  }

 private:
  void begin(int socket) {
    const int on = 1;
    const timeval idle{kIdleSeconds, 0};
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &idle, sizeof(idle));
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &idle, sizeof(idle));
    std::scoped_lock lock(mutex_);
    if (open_.size() >= kMaxConnections) {
      const std::string head = error_reply(503, "too many connections").head(false);
      (void)send(socket, head.data(), head.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      close(socket);
      return;
    }
    open_.insert(socket);
    std::thread([this, socket] {
      converse(socket, folder_);
      std::scoped_lock done(mutex_);
      close(socket);
      open_.erase(socket);
      ended_.notify_all();
    }).detach();
  }

  // Ends all conversations and waits for their threads' last word.
  void end() {
    std::unique_lock lock(mutex_);
    for (const int socket : open_) shutdown(socket, SHUT_RDWR);
    ended_.wait(lock, [&] { return open_.empty(); });
  }

  int listener_;
  const ServedFolder& folder_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::set<int> open_;
};

Result<int> listen_on(uint16_t port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0) return fail(ErrorCode::Io, std::string("no socket: ") + std::strerror(errno));
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      listen(listener, 128) != 0) {
    Error error(ErrorCode::Io,
                "cannot listen on port " + std::to_string(port) + ": " + std::strerror(errno));
    close(listener);
    return fail(std::move(error).with_hint("--port takes another one; --port 0 any free one"));
  }
  return listener;
}

uint16_t port_of(int listener) {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

int fail_with(const Error& error) {
  std::fprintf(stderr, "%s\n", error.to_string().c_str());
  return error_exit_status(error.code());
}

}  // namespace

int serve(const Options& options) {
  const Result<ServedFolder> folder = ServedFolder::open(options.serve_directory);
  if (!folder) return fail_with(folder.error());
  const Result<int> listener = listen_on(options.serve_port);
  if (!listener) return fail_with(listener.error());
  CancellationToken stop;
  host::InterruptScope scope(stop);
  std::printf("Serving %s at http://127.0.0.1:%u/ (Ctrl-C stops)\n", folder->path().c_str(),
              port_of(*listener));
  std::fflush(stdout);
  Server(*listener, *folder).run(stop);
  close(*listener);
  return 0;
}

}  // namespace whittle::cli
