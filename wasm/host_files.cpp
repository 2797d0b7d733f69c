// HostFiles: each question to JavaScript lives in the frame of the coroutine that asks it; the
// lists find it by number when the answer comes.
#include <algorithm>

#include "base/task.hpp"
#include "host.hpp"
#include "imports.hpp"

namespace whittle::wasm {

template <class T>
struct HostFiles::Question {
  explicit Question(Executor& executor) : answer(executor) {}
  uint32_t id = next_request_id();
  Completion<T> answer;
};

struct HostFiles::Read {
  Read(Executor& executor, ReadRequest request) : request(std::move(request)), done(executor) {}
  uint32_t id = next_request_id();
  ReadRequest request;
  Completion<ReadReply> done;
  bool aborted = false;
};

namespace {

SourceHints host_file_hints() {
  SourceHints hints;
  hints.max_concurrency = 8;
  hints.coalescing_gap = 256 << 10;
  return hints;
}

/// Takes the entry of number `id` out of a list; null when it is not there.
template <class T>
T* take(std::vector<T*>& list, uint32_t id) {
  const auto found = std::ranges::find_if(list, [&](T* entry) { return entry->id == id; });
  if (found == list.end()) return nullptr;
  T* entry = *found;
  list.erase(found);
  return entry;
}

bool is_web_address(std::string_view name) {
  return name.starts_with("https://") || name.starts_with("http://");
}

}  // namespace

class HostFile : public Source {
 public:
  HostFile(HostFiles& files, std::string name, uint32_t file, SourceIdentity identity)
      : Source(std::move(name), std::move(identity), host_file_hints()),
        files_(files),
        file_(file) {}

  Task<ReadReply> read(ReadRequest request) override {
    HostFiles::Read read(request.session->executor, request);
    files_.reads_.push_back(&read);
    host_read(read.id, file_, static_cast<double>(request.range.offset),
              static_cast<double>(request.range.length));
    ReadReply reply = co_await read.done;
    if (!reply.status) {
      reply.status = fail(std::move(reply.status).error().with_source(name()));
    }
    co_return reply;
  }

 private:
  HostFiles& files_;
  uint32_t file_;
};

std::vector<std::string> nul_ended(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const size_t end = text.find('\0');
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> nul_ended_pairs(std::string_view text) {
  const std::vector<std::string> parts = nul_ended(text);
  std::vector<std::pair<std::string, std::string>> out;
  for (size_t i = 0; i + 1 < parts.size(); i += 2) out.emplace_back(parts[i], parts[i + 1]);
  return out;
}

bool HostFiles::accepts(std::string_view name) const {
  return !is_web_address(name);
}

Task<Result<OpenedSource>> HostFiles::open(std::string name, OpenOptions, IoSessionRef session) {
  Question<Opened> question(session->executor);
  opens_.push_back(&question);
  host_open(question.id, name.data(), name.size());
  Opened answer = co_await question.answer;
  if (answer.kind == Kind::Missing) {
    co_return fail(Error(ErrorCode::NotFound, answer.text).with_source(name));
  }
  if (answer.kind == Kind::Address) {
    OpenOptions options;
    options.headers =
        nul_ended_pairs(std::string_view(answer.text).substr(answer.text.find('\0') + 1));
    if (answer.size >= 0) options.known_size = static_cast<uint64_t>(answer.size);
    std::string url = answer.text.substr(0, answer.text.find('\0'));
    if (!is_web_address(url)) {
      co_return fail(
          Error(ErrorCode::InvalidArgument, "'" + url + "' is no web address").with_source(name));
    }
    co_return co_await sources_.open(std::move(url), std::move(options), std::move(session));
  }
  SourceIdentity identity{.etag = std::move(answer.text),
                          .last_modified = "",
                          .size = static_cast<uint64_t>(std::max(answer.size, 0.0))};
  auto file = std::make_shared<HostFile>(*this, std::move(name), answer.file, std::move(identity));
  session->statistics.add_source(file->name(), file->size());
  co_return OpenedSource{std::move(file), {}};
}

Task<Result<std::vector<std::string>>> HostFiles::list(std::string pattern, OpenOptions,
                                                       IoSessionRef session) {
  Question<std::vector<std::string>> question(session->executor);
  lists_.push_back(&question);
  host_list(question.id, pattern.data(), pattern.size());
  co_return co_await question.answer;
}

void HostFiles::opened(uint32_t id, Opened answer) {
  if (auto* question = take(opens_, id)) question->answer.complete(std::move(answer));
}

void HostFiles::listed(uint32_t id, std::string_view names) {
  if (auto* question = take(lists_, id)) question->answer.complete(nul_ended(names));
}

std::byte* HostFiles::space(uint32_t id) {
  for (Read* read : reads_) {
    if (read->id == id) return read->request.into.data();
  }
  return nullptr;
}

void HostFiles::read_ended(uint32_t id, uint64_t received, std::string_view message) {
  Read* read = take(reads_, id);
  if (!read) return;
  ReadReply reply;
  reply.received = std::min(received, read->request.range.length);
  if (read->aborted) {
    reply.status = fail(ErrorCode::Cancelled, "the query was cancelled");
  } else if (!message.empty()) {
    reply.status = fail(ErrorCode::Io, std::string(message));
  } else if (reply.received < read->request.range.length) {
    reply.status = fail(ErrorCode::Io, "the file gave fewer bytes than its size promises");
  }
  read->done.complete(std::move(reply));
}

void HostFiles::abort_cancelled() {
  for (Read* read : reads_) {
    if (read->aborted || !read->request.cancelled()) continue;
    read->aborted = true;
    host_abort(read->id);
  }
}

}  // namespace whittle::wasm
