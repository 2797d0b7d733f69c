// HTTP(S) sources over HttpTransport: the open that brings the tail, redirects, and checked ranges.
//
// The open asks for the last bytes (`bytes=-n`), which answers size, identity and footer in one
// round trip; servers that refuse suffixes are asked for `bytes=0-0` and then the tail; HEAD is the
// last resort for the size and every later reply verifies it. A file of at most 1 MiB that comes
// whole is kept in memory.
//
// The URL's credentials, the user's headers and the bearer token go to the host that was named and,
// after a redirect, to no other; no error or log line holds them.
#pragma once

#include <memory>

#include "io/source.hpp"

namespace whittle {

/// Accepts http:// and https://. Owns the transport's thread, started at the first open; sources
/// keep it.
std::unique_ptr<SourceOpener> make_http_opener();

}  // namespace whittle
