#include "data/sets/published.h"

#include <algorithm>
#include <system_error>

#include "mlp/error.h"

namespace mlp {

const Publication& mnist_publication() {
  static const Publication publication{
      .title = "MNIST",
      .folders = {"mnist", "MNIST/raw", ""},
      .mirrors = {"https://ossci-datasets.s3.amazonaws.com/mnist/",
                  "https://storage.googleapis.com/cvdf-datasets/mnist/"},
      .files =
          {{"train-images-idx3-ubyte.gz", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
           {"train-labels-idx1-ubyte.gz", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
           {"t10k-images-idx3-ubyte.gz", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
           {"t10k-labels-idx1-ubyte.gz", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"}},
      .instead = "digits"};
  return publication;
}

const Publication& auto_mpg_publication() {
  static const Publication publication{
      .title = "Auto MPG",
      .folders = {"auto-mpg", ""},
      // The source, the Internet Archive's copy of it, and a copy of the same bytes in a public repository.
      .mirrors = {"https://archive.ics.uci.edu/ml/machine-learning-databases/auto-mpg/",
                  "https://web.archive.org/web/2020id_/https://archive.ics.uci.edu/ml/"
                  "machine-learning-databases/auto-mpg/",
                  "https://raw.githubusercontent.com/farrelarrizal/PublicDataset/"
                  "089de1559876dea6d132a679fc90b54917dd90bf/"},
      .files = {{"auto-mpg.data", "48b830e11feee5572525f8f1691ddb9d38d3d7b7063edcd8fca672c2a5e17d8d"}},
      .instead = "friedman"};
  return publication;
}

namespace {

std::vector<std::filesystem::path> searched_directories(const DataSource& source) {
  auto directories = source.directories;
  if (!source.download_to.empty() && std::ranges::find(directories, source.download_to) == directories.end())
    directories.push_back(source.download_to);
  return directories;
}

bool is_file(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::exists(path, error) && !std::filesystem::is_directory(path, error);
}

std::filesystem::path find_file(const std::string& name, const Publication& publication,
                                const std::vector<std::filesystem::path>& directories) {
  for (const auto& directory : directories) {
    for (const auto& folder : publication.folders) {
      const auto path = (folder.empty() ? directory : directory / folder) / name;
      if (is_file(path)) return path;
      if (path.extension() != ".gz") continue;
      const auto inflated = path.parent_path() / path.stem();
      if (is_file(inflated)) return inflated;
    }
  }
  return {};
}

template <class Range, class ToText>
std::string join(const Range& range, ToText to_text) {
  std::string text;
  for (const auto& element : range) text += (text.empty() ? "" : ", ") + to_text(element);
  return text;
}

[[noreturn]] void throw_missing(const Publication& publication, const DataSource& source,
                                const std::vector<std::string>& missing, const std::string& download) {
  const auto directories = searched_directories(source);
  const auto same = [](const std::string& text) { return text; };
  const auto place = (!source.download_to.empty() ? source.download_to
                      : directories.empty()       ? std::filesystem::path("data")
                                                  : directories.front()) /
                     publication.folders.front();
  std::vector<std::string> folders;
  for (const auto& folder : publication.folders)
    if (!folder.empty()) folders.push_back(folder);
  const std::string searched = directories.empty()
                                   ? "no folder (none was named)"
                                   : join(directories, [](const auto& path) { return path.string(); }) +
                                         " and sub-folders " + join(folders, same);
  const std::string remedy = source.download_to.empty() ? "put the files into "
                             : downloads_built_in()
                                 ? "connect to the network, or put the files into "
                                 : "build mlp with -D MLP_WITH_DOWNLOAD=ON, or put the files into ";
  throw FileError(publication.title + " was not found: searched " + searched + " for " + join(missing, same) +
                      "; " + download,
                  remedy + place.string() + ", or name their folder with " + Setting::kDataDirectory + "; " +
                      Remedy{Setting::kDataset, {publication.instead}} + " needs no file");
}

}  // namespace

std::vector<std::filesystem::path> find_files(const Publication& publication, const DataSource& source) {
  const auto directories = searched_directories(source);
  std::vector<std::filesystem::path> paths;
  for (const auto& file : publication.files) paths.push_back(find_file(file.name, publication, directories));
  return paths;
}

std::vector<std::filesystem::path> obtain(const Publication& publication, const DataSource& source,
                                          const DownloadLimits& limits) {
  auto paths = find_files(publication, source);
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < paths.size(); ++i)
    if (paths[i].empty()) missing.push_back(publication.files[i].name);
  if (missing.empty()) return paths;
  if (source.download_to.empty()) throw_missing(publication, source, missing, "downloading is switched off");
  if (!downloads_built_in())
    throw_missing(publication, source, missing, "this mlp was built without downloads");

  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (!paths[i].empty()) continue;
    const auto& file = publication.files[i];
    const auto path = source.download_to / publication.folders.front() / file.name;
    std::vector<std::string> urls;
    for (const auto& mirror : publication.mirrors) urls.push_back(mirror + file.name);
    const auto failures =
        download(urls, path, file.sha256, limits, [&](std::uint64_t done, std::uint64_t total) {
          return !source.progress || source.progress(file.name, done, total);
        });
    if (!failures.empty()) throw_missing(publication, source, missing, "downloading failed: " + failures);
    paths[i] = path;
  }
  return paths;
}

}  // namespace mlp
