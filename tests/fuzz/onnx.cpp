// ONNX files. What is accepted is a model: it is saved and loaded again as the same, and exported it comes
// back.
#include "mlp/onnx.h"

#include "fuzz/document.h"
#include "mlp/digest.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlp;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto model = fuzz::accepted([&] { return model_of_graph(parse_onnx(bytes, "file"), "file"); });
  if (!model) return 0;
  static const fuzz::MemoryFolder folder;
  const auto path = folder / "saved";
  save_model(*model, path);
  fuzz::expect(digest(load_model(path)) == digest(*model), "what is imported is saved and loaded");
  const auto graph = onnx_graph(*model);
  fuzz::expect(parse_onnx(onnx_bytes(graph), "file") == graph, "a graph is read as it was written");
  return 0;
}
