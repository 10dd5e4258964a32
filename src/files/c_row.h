// A table's row as C: a struct with a member for each column, and the function that makes network inputs of
// it.
#pragma once

#include <string>
#include <vector>

#include "files/c_text.h"
#include "mlp/preprocessing.h"

namespace mlp {

/// The names of the struct's members, one for each input column.
std::vector<std::string> c_columns(const Preprocessing& preprocessing, const CPrefix& prefix);

/// `struct @_row`, each member with its column's own name in a comment.
std::string c_row_struct(const Preprocessing& preprocessing, const CPrefix& prefix);

/// `static void @_encode(const struct @_row* row, float* x)`, as encode(), and what it needs.
std::string c_row_encoding(const Preprocessing& preprocessing, const CPrefix& prefix);

}  // namespace mlp
