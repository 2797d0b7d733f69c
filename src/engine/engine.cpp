#include "engine/engine.hpp"

#include "exec/functions/functions.hpp"

namespace whittle {

Engine::Engine(const EngineServices& services, EngineOptions options)
    : services_(services), options_(std::move(options)), budget_(options_.memory_limit) {
  register_functions(functions_);
  set_random_source(&services_.clock);
  footers_ = std::make_shared<FooterCache>(services_.sources, options_.open, services_.clock);
}

Engine::~Engine() {
  set_random_source(nullptr);
  footers_->clear();
}

}  // namespace whittle
