// config.toml: what is accepted, written as its settings would be, reads back the same.
#include <set>

#include "fuzz/fuzz.h"
#include "run/config_file.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlp;
  using mlp::app::parse_config;
  using mlp::app::toml_string;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto entries = fuzz::accepted([&] { return parse_config(text, "config.toml"); });
  if (!entries) return 0;
  std::string written;
  std::set<std::string> keys;
  int line = 0;
  for (const auto& entry : *entries) {
    fuzz::expect(keys.insert(entry.key).second, "no key is given twice");
    fuzz::expect(entry.line > line, "lines are counted");
    line = entry.line;
    written += toml_string(entry.key) + " = " + app::toml_array(entry.values) + "\n";
  }
  const auto again = parse_config(written, "config.toml");
  fuzz::expect(again.size() == entries->size(), "what is written is read back");
  for (std::size_t i = 0; i < again.size(); ++i)
    fuzz::expect(again[i].key == (*entries)[i].key && again[i].values == (*entries)[i].values,
                 "every key and value is read back");
  return 0;
}
