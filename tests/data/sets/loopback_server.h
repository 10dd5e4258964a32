// A web server on 127.0.0.1 that gives the answers a test prescribes, honest or not.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace mlp::testing_support {

struct Answer {
  std::string body;
  int status = 200;
  std::size_t announced = std::string::npos;  ///< the length the header claims, by default the true one
  bool silent = false;                        ///< takes the request and never answers
};

class LoopbackServer {
 public:
  /// Serves `answers` by path ("/file"); anything else is 404.
  explicit LoopbackServer(std::map<std::string, Answer> answers) : answers_(std::move(answers)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (listener_ < 0 || ::bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
        ::listen(listener_, 8) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0)
      throw std::runtime_error("no loopback server");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~LoopbackServer() {
    stopping_ = true;
    thread_.join();
    ::close(listener_);
  }
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  /// "http://127.0.0.1:PORT/"
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }
  int requests() const { return requests_; }

 private:
  static constexpr int kPollMilliseconds = 20;

  void serve() {
    std::vector<int> silent;
    while (!stopping_) {
      pollfd waiting{listener_, POLLIN, 0};
      if (::poll(&waiting, 1, kPollMilliseconds) <= 0) continue;
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) continue;
      ++requests_;
      if (answer(connection)) {
        ::close(connection);
      } else {
        silent.push_back(connection);
      }
    }
    for (const int connection : silent) ::close(connection);
  }

  // False where the connection is to stay open without an answer.
  bool answer(int connection) {
    std::string request;
    char buffer[1024];
    while (request.find("\r\n\r\n") == std::string::npos) {
      const auto count = ::recv(connection, buffer, sizeof buffer, 0);
      if (count <= 0) return true;
      request.append(buffer, static_cast<std::size_t>(count));
    }
    const auto begin = request.find(' ') + 1;
    const auto found = answers_.find(request.substr(begin, request.find(' ', begin) - begin));
    const Answer reply =
        found != answers_.end() ? found->second : Answer{.body = "nothing here", .status = 404};
    if (reply.silent) return false;
    const auto length = reply.announced != std::string::npos ? reply.announced : reply.body.size();
    std::string message = "HTTP/1.1 " + std::to_string(reply.status) +
                          " Answer\r\nContent-Length: " + std::to_string(length) +
                          "\r\nConnection: close\r\n\r\n" + reply.body;
    std::size_t sent = 0;
    while (sent < message.size()) {
      const auto count = ::send(connection, message.data() + sent, message.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) break;
      sent += static_cast<std::size_t>(count);
    }
    return true;
  }

  std::map<std::string, Answer> answers_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> requests_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace mlp::testing_support
