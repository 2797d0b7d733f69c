// What the files that decode metadata share; private to this room.
#pragma once

#include <string>

#include "parquet/metadata.hpp"
#include "parquet/thrift.hpp"

namespace whittle::parquet {

void read_statistics(ThriftReader& reader, Statistics& out);

/// Checks a decoded footer against the file's size and against itself, fills in what follows from
/// it (leaf_count, first_row), and drops references to indexes that lie outside the file.
Status validate(FileMetadata& metadata);

/// "a.list.element" of leaf number `leaf`, for messages; the schema may be invalid.
std::string leaf_path(const std::vector<SchemaElement>& schema, uint32_t leaf);

}  // namespace whittle::parquet
