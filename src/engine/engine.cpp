#include "engine/engine.hpp"

#include "exec/functions/functions.hpp"

namespace whittle {

Engine::Engine(const EngineServices& services, EngineOptions options)
    : services_(services), options_(std::move(options)), budget_(options_.memory_limit) {
  if (options_.range_cache_size > 0) {
    range_cache_.emplace(options_.range_cache_size);
    budget_.set_reclaimer(
        [](void* cache, uint64_t bytes) { static_cast<RangeCache*>(cache)->evict(bytes); },
        &*range_cache_);
  }
  register_functions(functions_);
  set_random_source(&services_.clock);
  footers_ = std::make_shared<FooterCache>(services_.sources, options_.open, services_.clock);
}

Engine::~Engine() {
  set_random_source(nullptr);
  footers_->clear();
  if (range_cache_) range_cache_->clear();
}

}  // namespace whittle
