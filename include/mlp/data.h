// Data sets: those mlp knows by name (MNIST and Auto MPG from files, digits and Friedman #1 generated), and
// images and labels in files of your own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/dataset.h"
#include "mlp/export.h"

namespace MLP_EXPORT mlp {

/// Where data files are looked for and how missing ones are obtained. The library does not read the
/// environment: the application fills this in (see data_directories()).
struct DataSource {
  std::vector<std::filesystem::path>
      directories;                    ///< searched in order; in each, sub-folders as documented below
  std::filesystem::path download_to;  ///< where a download is kept; empty: never download
  /// Called during a download: file name, bytes so far, bytes in all (0: unknown). Returning false cancels.
  std::function<bool(const std::string& file, std::uint64_t done, std::uint64_t total)> progress;
};

/// The search order: `data_dir` (the flag), `MLP_DATA_DIR`, ./data, and `$XDG_CACHE_HOME/mlp` or
/// `$HOME/.cache/mlp`. Empty arguments are left out.
std::vector<std::filesystem::path> data_directories(const std::filesystem::path& data_dir,
                                                    std::string_view mlp_data_dir,
                                                    std::string_view xdg_cache_home, std::string_view home);

/// MNIST (LeCun, Cortes, Burges), 60,000 training and 10,000 test images of 28 x 28. Files as published, gzip
/// or plain, in DIR/mnist, DIR/MNIST/raw (torchvision) or DIR itself.
DataSplit load_mnist(const DataSource& source);

/// Auto MPG (Quinlan; UCI), auto-mpg.data in DIR/auto-mpg or DIR itself: 392 complete rows, 7 features, mpg
/// as target. The test set is `test_fraction` of the rows, drawn by `seed`.
DataSplit load_auto_mpg(const DataSource& source, std::uint64_t seed, double test_fraction = 0.2);

/// Drawn digits 0-9, 28 x 28, 8 bit: MNIST's layout without a file. Same bits from the same arguments.
DataSplit make_digits(std::size_t train_rows, std::size_t test_rows, std::uint64_t seed);

/// Friedman #1 (1991): 10 features uniform in [0, 1], y = 10 sin(pi x0 x1) + 20 (x2 - 1/2)^2 + 10 x3 + 5 x4 +
/// noise N(0, 1).
DataSplit make_friedman(std::size_t train_rows, std::size_t test_rows, std::uint64_t seed);

/// One entry of `mlp data list`.
struct DatasetInfo {
  std::string name;         ///< "mnist", "mpg", "digits", "friedman"
  std::string description;  ///< one line
  Task task = Task::kClassification;
  bool generated = false;          ///< needs no file
  std::vector<std::string> files;  ///< as published, empty where generated
  std::string licence;             ///< and author
};
const std::vector<DatasetInfo>& known_datasets();

/// Where `name`'s files were found: one path per file, empty where none of the folders has it.
std::vector<std::filesystem::path> locate(const std::string& name, const DataSource& source);

/// Downloads what is missing of `name` into source.download_to; returns where each file lies.
std::vector<std::filesystem::path> fetch(const std::string& name, const DataSource& source);

/// The data set by name with its default size. Throws UsageError for an unknown name (with the nearest known
/// one), FileError when files are missing and cannot be downloaded (names the files, the folders searched,
/// what to do).
DataSplit load_dataset(const std::string& name, const DataSource& source, std::uint64_t seed);

/// From so many bytes on a file of inputs is mapped and not read (MappedRows), where its numbers lie in it as
/// training takes them: bytes in .npy, or in IDX that is not compressed; 32-bit floats of this machine's byte
/// order in .npy; each with the last index fastest, and floats that need no InputUnits. Whatever is computed
/// from them has the same bits.
inline constexpr std::uint64_t kMappedFrom = std::uint64_t{64} << 20;

/// Files of images, or of any rows of numbers, and what is to be learned from them: IDX (plain or gzip), .npy
/// or .npz (docs/formats.md), with the first index over rows. Or folders of PNG images, with one sub-folder
/// for each class; where a folder has the sub-folders train and test, the classes are in these.
struct ImageFiles {
  std::filesystem::path images;
  std::filesystem::path labels;                    ///< empty: `images` is a folder, or a .npz that holds both
  std::filesystem::path test_images, test_labels;  ///< empty: the .npz's test arrays, or rows drawn by seed
  friend bool operator==(const ImageFiles&, const ImageFiles&) = default;
};

struct ImageOptions {
  /// Nothing: integers are classes, and so are whole floating-point numbers; other numbers are targets.
  std::optional<Task> task;
  double test_fraction = 0.2;  ///< of the rows, where no test rows are given
  /// The classes of a model to be evaluated; empty: the labels that occur, smallest first.
  std::vector<std::string> class_names;
  /// The input units of a model to be evaluated. Nothing: the numbers as they are or, where floats could not
  /// tell those of a column apart, units in which they can (and a note).
  std::optional<InputUnits> input_units = {};
  std::uint64_t mapped_from = kMappedFrom;  ///< bytes of a file of inputs; 0: whatever can be mapped is
};

/// Classes are named as the labels are stored, "0", "1", ..., or as sub-folders are called. Throws FileError
/// or DataError naming the file, what was expected and what was found: files that do not fit together or are
/// swapped, labels of one class, numbers that are not finite, targets that are all the same or could not be
/// told apart as floats, ...
DataSplit load_images(const ImageFiles& files, std::uint64_t seed, const ImageOptions& options = {});

/// The rows to evaluate a model on: all rows of one pair of files or of a folder; the test rows of a .npz, or
/// of a folder with sub-folders train and test.
Dataset load_labelled_images(const std::filesystem::path& images, const std::filesystem::path& labels,
                             const ImageOptions& options = {});

/// Rows of raw inputs from a file, for prediction: IDX (plain or gzip), .npy, .npz, or CSV rows of numbers
/// with `features` columns and an optional header line. Throws FileError naming file, line and what was
/// expected. A header line that holds `feature_names` in another order is refused, as the columns would be
/// mistaken. `units`: the model's; numbers are read as doubles and brought into them. Files of arrays from
/// `mapped_from` bytes on are mapped as those of load_images() are.
Inputs read_inputs(const std::filesystem::path& path, std::size_t features,
                   std::span<const std::string> feature_names = {}, const InputUnits& units = {},
                   std::uint64_t mapped_from = kMappedFrom);

}  // namespace mlp
