// The checkpoint.
#include "mlp/checkpoint.h"

#include "fuzz/document.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlp;
  fuzz::check_round_trip(
      fuzz::document_file({data, size}),
      [](const auto& path) {
        auto checkpoint = load_checkpoint(path);
        const auto& state = checkpoint.state;
        const ParameterLayout layout(checkpoint.network);
        fuzz::expect(state.parameters.layout() == layout, "the parameters are the network's");
        for (const auto& moments : state.moments)
          fuzz::expect(moments.layout() == layout, "the moments are the network's");
        return checkpoint;
      },
      [](const auto& checkpoint, const auto& path) { save_checkpoint(checkpoint, path); });
  return 0;
}
