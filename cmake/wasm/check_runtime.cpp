// The smallest host that a module of the core rooms can have: one queue, a clock that only counts,
// files in memory. `make wasm-check` links it with every core room, which proves that none of them
// asks for a thread, a socket or a file of the system, and tests/wasm/check.mjs then asks it real
// questions in Node.
//
// Exported, for one caller: check_allocate, check_add_file, check_ask (0 or the error's exit
// status), check_answer and check_answer_size, the lines of `--format jsonl` or the error's text.
#include <cstdint>
#include <deque>
#include <string>

#include "engine/engine.hpp"
#include "engine/output/writer.hpp"
#include "engine/session.hpp"
#include "io/backends/memory.hpp"

extern "C" {
// Debian's compiler-rt for wasm32 was built with -fstack-protector and refers to these two.
std::uintptr_t __stack_chk_guard = 0x5bd1e995;
[[noreturn]] void __stack_chk_fail() {
  __builtin_trap();
}
}

namespace {

using namespace whittle;

class Queue : public Executor {
 public:
  void post(std::coroutine_handle<> handle) override { handles_.push_back(handle); }
  uint32_t worker_count() const override { return 1; }
  void drain() {
    while (!handles_.empty()) {
      const std::coroutine_handle<> handle = handles_.front();
      handles_.pop_front();
      drive(handle);
    }
  }

 private:
  std::deque<std::coroutine_handle<>> handles_;
};

// Time passes only by being looked at, so that a run can be repeated.
class CountingClock : public Clock {
 public:
  explicit CountingClock(Executor& executor) : executor_(executor) {}
  uint64_t monotonic_nanoseconds() override { return now_ += 1000; }
  int64_t wall_microseconds() override {
    return 1'700'000'000'000'000 + static_cast<int64_t>(now_ / 1000);
  }
  void wake_after(uint64_t nanoseconds, std::coroutine_handle<> handle) override {
    now_ += nanoseconds;
    executor_.post(handle);
  }

 private:
  Executor& executor_;
  uint64_t now_ = 0;
};

struct Host {
  Host() : clock(queue), files(std::make_shared<MemoryFiles>()) {
    sources.add(make_memory_opener(files));
    EngineOptions options;
    options.memory_limit = 64 << 20;
    engine.emplace(EngineServices{.executor = queue, .clock = clock, .sources = sources}, options);
    session.emplace(*engine);
  }

  Queue queue;
  CountingClock clock;
  std::shared_ptr<MemoryFiles> files;
  SourceRegistry sources;
  std::optional<Engine> engine;
  std::optional<Session> session;
  std::string answer;
};

Host& host() {
  static Host* const only = new Host;  // never freed: the module has no end
  return *only;
}

class Answer : public ByteSink {
 public:
  Status write(std::string_view bytes) override {
    host().answer += bytes;
    return {};
  }
};

Task<Status> run(std::string sql) {
  std::unique_ptr<Cursor> cursor = CO_TRY(co_await host().session->execute(std::move(sql)));
  Answer sink;
  auto writer = make_writer(OutputFormat::JsonLines, {}, sink, host().engine->budget());
  Status status = writer->begin(cursor->schema());
  while (status) {
    Result<std::optional<Batch>> batch = co_await cursor->next();
    if (!batch) status = fail(std::move(batch).error());
    if (!batch || !*batch) break;
    status = writer->write(**batch);
  }
  if (status) status = writer->end();
  (void)co_await cursor->close();
  co_return status;
}

std::string_view text(const char* bytes, size_t size) {
  return {bytes, size};
}

}  // namespace

extern "C" {

__attribute__((export_name("check_allocate"))) char* check_allocate(size_t size) {
  return new char[size];
}

__attribute__((export_name("check_add_file"))) void check_add_file(const char* name,
                                                                   size_t name_size,
                                                                   const char* bytes, size_t size) {
  const auto* data = reinterpret_cast<const std::byte*>(bytes);
  host().files->add(std::string(text(name, name_size)), {Buffer::wrap(data, size), data, size});
}

__attribute__((export_name("check_ask"))) int check_ask(const char* sql, size_t size) {
  host().answer.clear();
  std::optional<Status> ended;
  spawn_detached(host().queue, run(std::string(text(sql, size))),
                 [&ended](Status status) { ended.emplace(std::move(status)); });
  host().queue.drain();
  if (!ended) {
    host().answer = "the statement waits for something that never comes";
    return error_exit_status(ErrorCode::Internal);
  }
  if (*ended) return 0;
  host().answer = ended->error().to_string();
  return error_exit_status(ended->error().code());
}

__attribute__((export_name("check_answer"))) const char* check_answer() {
  return host().answer.data();
}
__attribute__((export_name("check_answer_size"))) size_t check_answer_size() {
  return host().answer.size();
}
}
