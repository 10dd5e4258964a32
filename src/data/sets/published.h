// The data sets that are published as files: what the files are called, where they are looked for, where they
// can be downloaded, and the checksums they are checked against.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "data/sets/download.h"
#include "mlp/data.h"

namespace mlp {

struct PublishedFile {
  std::string name;
  std::string sha256;  ///< of the uncompressed bytes, lower-case hexadecimal
};

struct Publication {
  std::string title;  ///< "MNIST"
  std::vector<std::string>
      folders;  ///< sub-folders of a data directory, the first takes downloads; "" is itself
  std::vector<std::string> mirrors;  ///< URLs up to the file's name, tried in turn
  std::vector<PublishedFile> files;
  std::string instead;  ///< the generated data set to use instead, of the same kind
};

const Publication& mnist_publication();
const Publication& auto_mpg_publication();

/// Where each file lies, as published or, if that ends in .gz, inflated; an empty path where it is not found.
std::vector<std::filesystem::path> find_files(const Publication& publication, const DataSource& source);

/// As find_files, but downloads what is missing. Throws FileError that names the files, the folders searched
/// and what to do.
std::vector<std::filesystem::path> obtain(const Publication& publication, const DataSource& source,
                                          const DownloadLimits& limits = {});

}  // namespace mlp
