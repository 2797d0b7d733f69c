// Schema: the names and types of a result's or a table's columns.
#pragma once

#include <string>
#include <vector>

#include "columnar/type.hpp"

namespace whittle {

using Field = Type::Field;
using Schema = std::vector<Field>;

}  // namespace whittle
