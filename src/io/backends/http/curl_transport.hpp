// libcurl's multi interface on one thread: every HTTP(S) request of a Database passes here.
// Connections are kept alive and shared (HTTP/2 multiplexes), proxies come from the environment,
// TLS is verified. The sinks are called on that thread.
#pragma once

#include <memory>

#include "io/backends/http/transport.hpp"

namespace whittle::http {

/// Starts the thread. Destruction ends what is in flight as cancelled and joins.
std::shared_ptr<HttpTransport> make_curl_transport();

}  // namespace whittle::http
