// Starts tests/faults/server.mjs on a folder and talks to its control URLs over a plain socket. The
// server ends with the test process, whatever becomes of it. Tests run at the root of the
// repository.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace whittle::testing {

class FaultServer {
 public:
  explicit FaultServer(const std::string& root, std::vector<std::string> flags = {}) {
    int output[2], input[2];
    // Closed in other children: else a second server would keep the first one alive.
    if (pipe2(output, O_CLOEXEC) != 0 || pipe2(input, O_CLOEXEC) != 0) std::abort();
    process_ = fork();
    if (process_ == 0) {
      dup2(input[0], 0);
      dup2(output[1], 1);
      std::vector<std::string> words = {"node", "tests/faults/server.mjs", "--root", root, "--port",
                                        "0",    "--with-parent=1"};
      words.insert(words.end(), flags.begin(), flags.end());
      std::vector<char*> arguments;
      for (std::string& word : words) arguments.push_back(word.data());
      arguments.push_back(nullptr);
      execvp("node", arguments.data());
      _exit(127);
    }
    close(output[1]);
    close(input[0]);
    keep_open_ = input[1];
    std::string line;
    char letter = 0;
    while (::read(output[0], &letter, 1) == 1 && letter != '\n') line.push_back(letter);
    close(output[0]);
    const size_t at = line.find("http");
    if (at != std::string::npos) url_ = line.substr(at);
  }
  ~FaultServer() {
    close(keep_open_);
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
  }
  FaultServer(const FaultServer&) = delete;

  bool running() const { return !url_.empty(); }
  std::string url(const std::string& path_and_query) const { return url_ + path_and_query; }
  int port() const { return std::atoi(url_.substr(url_.rfind(':') + 1).c_str()); }

  /// The reply of /-/log or /-/reset, with its head.
  std::string control(const std::string& name) const {
    const int file = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port()));
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    std::string reply;
    if (connect(file, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
      const std::string request = "GET /-/" + name + " HTTP/1.0\r\n\r\n";
      if (::write(file, request.data(), request.size()) > 0) {
        char block[65536];
        ssize_t length = 0;
        while ((length = ::read(file, block, sizeof block)) > 0) {
          reply.append(block, static_cast<size_t>(length));
        }
      }
    }
    close(file);
    return reply;
  }
  /// "requests" or "bytes" of the log.
  uint64_t count(const std::string& what) const {
    const std::string text = control("log"), key = "\"" + what + "\":";
    const size_t at = text.find(key);
    return at == std::string::npos ? 0 : std::strtoull(text.c_str() + at + key.size(), nullptr, 10);
  }

 private:
  pid_t process_ = 0;
  int keep_open_ = -1;
  std::string url_;
};

}  // namespace whittle::testing
