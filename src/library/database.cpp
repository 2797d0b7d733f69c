#include "host/system_info.hpp"
#include "library/implementation.hpp"

namespace whittle {

namespace {

EngineServices services_of(host::NativeHost& host) {
  return {host.pool,       host.clock, host.sources,
          &host.temporary, &host.log,  host::physical_memory(),
          &host.output};
}

EngineOptions engine_options(const DatabaseOptions& options) {
  EngineOptions engine;
  engine.memory_limit = options.memory_limit ? options.memory_limit : host::default_memory_limit();
  engine.open.headers = options.headers;
  engine.open.bearer_token = options.bearer_token;
  engine.verify_checksums = options.verify_checksums;
  return engine;
}

}  // namespace

Database::Implementation::Implementation(const DatabaseOptions& options)
    : host(options.threads, options.temporary_directory),
      engine(services_of(host), engine_options(options)) {}

Database::Database(std::shared_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(DatabaseOptions options) {
  return Database(std::make_shared<Implementation>(options));
}

Connection Database::connect() {
  return Connection(std::make_shared<Connection::Implementation>(implementation_));
}

MemoryUse Database::memory() const {
  const MemoryBudget& budget = implementation_->engine.budget();
  return {budget.used(), budget.peak(), budget.limit()};
}

std::string MemoryUse::to_string() const {
  MemoryBudget budget(limit);
  budget.charge(used);
  return budget.to_string();
}

std::string_view version() {
  return "0.1.0";
}

}  // namespace whittle
