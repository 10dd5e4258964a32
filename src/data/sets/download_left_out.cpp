// In place of download.cpp where mlp is built without libcurl (-D MLP_WITH_DOWNLOAD=OFF).
#include "data/sets/download.h"
#include "mlp/error.h"

namespace mlp {

bool downloads_built_in() { return false; }

std::string download(const std::vector<std::string>&, const std::filesystem::path& path, const std::string&,
                     const DownloadLimits&, const DownloadProgress&) {
  throw FileError(path.filename().string() + ": cannot be downloaded: this mlp was built without downloads",
                  "build mlp with -D MLP_WITH_DOWNLOAD=ON, or fetch the file by other means");
}

}  // namespace mlp
