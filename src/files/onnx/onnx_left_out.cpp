// In place of onnx_file.cpp where mlp is built without libonnx (-D MLP_WITH_ONNX=OFF).
#include "mlp/error.h"
#include "mlp/onnx.h"

namespace mlp {

namespace {

const char* const kHint = "build it with -D MLP_WITH_ONNX=ON (Debian's libonnx-dev and libprotobuf-dev)";

}  // namespace

std::string onnx_bytes(const OnnxGraph&) {
  throw FileError("ONNX files cannot be written: this mlp was built without ONNX", kHint);
}

OnnxGraph parse_onnx(std::string_view, const std::string& name) {
  throw FileError(name + ": this mlp was built without ONNX", kHint);
}

}  // namespace mlp
