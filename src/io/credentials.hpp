// What must not be shown of a URL: user names, passwords, signatures, tokens.
//
// `without_credentials` (io/source.hpp) shortens one URL for messages; this is for texts around
// URLs.
#pragma once

#include <string>
#include <string_view>

namespace whittle {

/// A text with quoted URLs in it, such as a statement, as it may be shown: the secret parts
/// overwritten by `*`, so that positions in it stay right.
std::string with_blanked_credentials(std::string_view text);

}  // namespace whittle
