// The texts that name an activation, a loss, an optimizer, a schedule, an initialiser: what is accepted is in
// range, and written and read again is the same value. The first byte chooses which set reads the rest.
#include <string>

#include "fuzz/fuzz.h"
#include "mlp/activation.h"
#include "mlp/initializer.h"
#include "mlp/loss.h"
#include "mlp/optimizer.h"
#include "mlp/schedule.h"
#include "network/validate.h"

namespace {

using namespace mlp;

template <class Value>
void check(std::string_view text, Value (*parse)(std::string_view)) {
  const auto value = fuzz::accepted([&] { return parse(text); });
  if (!value) return;
  if constexpr (requires { range_problem(*value); })
    fuzz::expect(range_problem(*value).empty(), "what is accepted is in range");
  const auto written = to_string(*value);
  fuzz::expect_plain_line(written);
  auto again = parse(written);
  if constexpr (std::is_same_v<Value, Optimizer>) {
    fuzz::expect(learning_rate(*value) > 0, "a learning rate is positive");
    again = with_learning_rate(again, learning_rate(*value));  // never written
  }
  fuzz::expect(again == *value, "what is written is read back");
  fuzz::expect(to_string(again) == written, "what is read back is written the same");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const char set = static_cast<char>(input.byte());
  const auto text = input.rest();
  switch (set) {
    case 'a':
      check(text, parse_activation);
      return 0;
    case 'l':
      check(text, parse_loss);
      return 0;
    case 'o':
      check(text, parse_optimizer);
      return 0;
    case 's':
      check(text, parse_schedule);
      return 0;
    case 'i':
      check(text, parse_initializer);
      return 0;
    default:
      return -1;
  }
}
