// The model file.
#include "mlp/model.h"

#include "fuzz/document.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlp;
  fuzz::check_round_trip(
      fuzz::document_file({data, size}),
      [](const auto& path) {
        auto model = load_model(path);
        fuzz::expect(model.parameters.layout() == ParameterLayout(model.network),
                     "the parameters are the network's");
        return model;
      },
      [](const auto& model, const auto& path) { save_model(model, path); });
  return 0;
}
