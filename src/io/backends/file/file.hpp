// Local files. A worker reads what the page cache has on the spot (preadv2 with RWF_NOWAIT costs
// one copy and no hand-over between threads); what the disk must fetch goes to a few blocking
// threads, so that a worker never sleeps in the kernel. A file that was once found cold gets
// POSIX_FADV_WILLNEED for its prefetched ranges; a warm one does not, since the advice walks the
// page cache for nothing.
//
// No mmap: a file truncated under us would kill the process with SIGBUS.
#pragma once

#include <memory>

#include "io/source.hpp"

namespace whittle {

/// Accepts paths without a scheme and file:// URLs; lists folders for `*`, `**`, `?`, `[..]`. Owns
/// up to `threads` blocking threads, started when first needed; sources keep them alive.
std::unique_ptr<SourceOpener> make_file_opener(uint32_t threads = 4);

/// The names that match, sorted; `**` stands for any number of folders (links to folders are not
/// followed there). A name that exists literally matches itself.
Result<std::vector<std::string>> list_files(const std::string& pattern);

}  // namespace whittle
