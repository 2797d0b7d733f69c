#include "host/native_host.hpp"

#include "io/backends/file/file.hpp"
#include "io/backends/http/curl_transport.hpp"
#include "io/backends/http/http.hpp"

namespace whittle::host {

NativeHost::NativeHost(uint32_t threads, std::string temporary_parent)
    : temporary(std::move(temporary_parent)), pool(threads) {
  sources.add(make_memory_opener(memory_files));
  sources.add(make_http_opener(http::make_curl_transport));
  sources.add(make_file_opener());
}

}  // namespace whittle::host
