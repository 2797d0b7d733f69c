// HTTP(S) sources over an HttpTransport: the open that brings the tail, redirects, and checked
// ranges.
//
// The open asks for the last bytes (`bytes=-n`), which answers size, identity and footer in one
// round trip; servers that refuse suffixes are asked for `bytes=0-0` and then the tail; HEAD is the
// last resort for the size and every later reply verifies it. A file of at most 1 MiB that comes
// whole is kept in memory.
//
// The URL's credentials, the user's headers and the bearer token go to the host that was named and,
// after a redirect, to no other; no error or log line holds them.
#pragma once

#include <functional>
#include <memory>

#include "io/source.hpp"

namespace whittle {

namespace http {
class HttpTransport;
}

/// Accepts http:// and https://. `make_transport` is called at the first open; sources keep what it
/// gave.
std::unique_ptr<SourceOpener> make_http_opener(
    std::function<std::shared_ptr<http::HttpTransport>()> make_transport);

}  // namespace whittle
