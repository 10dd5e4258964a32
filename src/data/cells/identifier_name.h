// Whether a column's name says that it identifies its rows.
#pragma once

#include <string_view>

namespace mlp {

/// A word of the name is "id" or a relative: "id", "customer_id", "Customer ID", "CustomerId", "customerID",
/// "id_customer", "SK_ID_CURR", "user.id", "rowid", "uid"; or the name is a usual one for row numbers:
/// "index", "#", "Unnamed: 0" (pandas). Words end at punctuation, blanks and changes of case, so that "acid",
/// "humid" and "paid" have no such word. One of a numbered series, "id_01", is a measure with a poor name.
bool named_like_identifier(std::string_view name);

}  // namespace mlp
