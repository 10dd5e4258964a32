// What errors and notes say, independent of who shows them. Where a message advises a setting it holds a
// value, a Remedy, and not a name: a C++ program calls it TableOptions::missing, the command line --na,
// another language something else. Whoever shows a message supplies the words:
//
//   catch (const mlp::Error& error) {
//     std::cerr << mlp::in_words(error.message(), my_words) << '\n'   // std::string my_words(const Remedy&)
//               << mlp::in_words(error.advice(), my_words) << '\n';
//   }
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "mlp/export.h"

namespace MLP_EXPORT mlp {

/// What messages may advise to set, or to name.
enum class Setting {
  kMissingMarks,   ///< further marks of a missing cell
  kNotMissing,     ///< usual marks that do not mean a missing cell here
  kDecimal,        ///< the decimal mark of a table's numbers
  kDelimiter,      ///< what a table's cells end at
  kNoHeader,       ///< that a table's first record holds no names
  kIgnore,         ///< columns left out
  kCategorical,    ///< columns whose cells are categories
  kTargets,        ///< columns to be predicted
  kTask,           ///< "classification" or "regression"
  kValidation,     ///< the share of rows to validate on
  kSeed,           ///< the seed of random draws
  kLabels,         ///< the file of the images' labels
  kTestImages,     ///< the file of images to test on
  kTestLabels,     ///< the file of their labels
  kDataDirectory,  ///< where files of known data sets are looked for
  kDataset,        ///< a known data set, to be taken instead
  kThreads         ///< the last one: all_settings() ends here
};

/// All of them in order, for tests of vocabularies.
std::vector<Setting> all_settings();

/// A setting and the values to give it; no values where only its name is wanted.
struct Remedy {
  Setting setting;
  std::vector<std::string> values = {};  ///< unquoted; whoever shows them quotes them
  friend bool operator==(const Remedy&, const Remedy&) = default;
};

/// How a front end names a remedy: "--na 999", "TableOptions::missing = 999".
using Vocabulary = std::function<std::string(const Remedy&)>;

/// One line of text with remedies in it. Text from elsewhere has passed through printable().
class Message {
 public:
  using Part = std::variant<std::string, Remedy>;

  Message() = default;
  Message(std::string text);  // NOLINT: most messages are a text and nothing else
  Message(const char* text) : Message(std::string(text)) {}          // NOLINT
  Message(Remedy remedy) : parts_{std::move(remedy)} {}              // NOLINT
  Message(Setting setting) : Message(Remedy{.setting = setting}) {}  // NOLINT

  bool empty() const { return parts_.empty(); }
  /// No text among them is empty, and no two texts are neighbours.
  const std::vector<Part>& parts() const { return parts_; }
  Message& operator+=(const Message& more);
  friend bool operator==(const Message&, const Message&) = default;

 private:
  std::vector<Part> parts_;
};

Message operator+(Message left, const Message& right);
/// Needed, as neither operand alone makes C++ look for Message's operator.
inline Message operator+(const char* left, Setting right) { return Message(left) + right; }

/// How a C++ program names it: "TableOptions::missing", "task = regression".
std::string library_words(const Remedy& remedy);

/// The message with its remedies in these words.
std::string in_words(const Message& message, const Vocabulary& vocabulary = library_words);

}  // namespace mlp
