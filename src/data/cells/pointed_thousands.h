// Numbers that are read with a decimal point although the point may separate thousands: 1.200 in the same
// column as 927. A program that writes decimals would write 1.2, or 927.000.
#pragma once

#include <string>
#include <string_view>

#include "mlp/message.h"

namespace mlp {

class PointedThousands {
 public:
  /// Adds one more number of the column, as it is spelled.
  void add(std::string_view text) {
    if (possible_) take(text);
  }

  /// What a user should know: that '1.200' is read as 1.2. Empty unless some numbers are whole and below
  /// 1000, and all others have 1 to 3 digits before a point and 3 after it.
  Message note() const;

 private:
  void take(std::string_view text);

  bool possible_ = true;
  bool whole_ = false;   // there is a number without a point
  std::string pointed_;  // the first number with a point
};

}  // namespace mlp
