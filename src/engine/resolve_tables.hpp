// Opens what a statement reads: the asynchronous half of binding (see plan/catalog.hpp).
#pragma once

#include <vector>

#include "engine/engine.hpp"
#include "plan/catalog.hpp"

namespace whittle {

/// Fills `tables` with a Table for each request: files, file functions and their metadata
/// functions, and the functions that need no file. Everything referred to lives until the task
/// ends.
Task<Status> resolve_tables(Engine& engine, IoSessionRef session, const Settings& settings,
                            std::vector<TableRequest> requests, ResolvedTables& tables);

}  // namespace whittle
