// What errors and notes say, in words that hold for everyone who shows them. Where a message advises to set
// something it holds a value, a Remedy, and not a name: a C++ program calls it TableOptions::missing, the
// command line --na, another language has names of its own. Whoever shows a message puts it in its words:
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
  kNotMissing,     ///< texts that mark no missing cell though they are such marks
  kDecimal,        ///< the decimal mark of a table's numbers
  kDelimiter,      ///< what a table's cells end at
  kNoHeader,       ///< that a table's first record holds no names
  kIgnore,         ///< columns left out
  kCategorical,    ///< columns whose cells are categories
  kTargets,        ///< columns to be predicted
  kTask,           ///< "classification" or "regression"
  kValidation,     ///< the share of rows to validate on
  kSeed,           ///< what is drawn is drawn by it
  kLabels,         ///< the file of the images' labels
  kTestImages,     ///< the file of images to test on
  kTestLabels,     ///< the file of their labels
  kDataDirectory,  ///< where files of known data sets are looked for
  kDataset,        ///< a known data set, to be taken instead
  kThreads         ///< the last one: all_settings() ends here
};

/// All of them in order, for tests of vocabularies.
std::vector<Setting> all_settings();

/// A setting, and the values that it is to have: none where only what it is called is of interest.
struct Remedy {
  Setting setting;
  std::vector<std::string> values = {};  ///< as they are, for whoever shows them to quote
  friend bool operator==(const Remedy&, const Remedy&) = default;
};

/// What someone calls a remedy: "--na 999", "TableOptions::missing = 999".
using Vocabulary = std::function<std::string(const Remedy&)>;

/// One line of text with remedies in it. Texts from elsewhere are in it as printable() has them.
class Message {
 public:
  using Part = std::variant<std::string, Remedy>;

  Message() = default;
  Message(std::string text);  // NOLINT: most messages are a text and nothing else
  Message(const char* text) : Message(std::string(text)) {}          // NOLINT
  Message(Remedy remedy) : parts_{std::move(remedy)} {}              // NOLINT
  Message(Setting setting) : Message(Remedy{.setting = setting}) {}  // NOLINT

  bool empty() const { return parts_.empty(); }
  /// No text is empty, and none stands behind another.
  const std::vector<Part>& parts() const { return parts_; }
  Message& operator+=(const Message& more);
  friend bool operator==(const Message&, const Message&) = default;

 private:
  std::vector<Part> parts_;
};

Message operator+(Message left, const Message& right);
/// C++ takes neither of these two for a Message by itself.
inline Message operator+(const char* left, Setting right) { return Message(left) + right; }

/// What a C++ program calls it: "TableOptions::missing", "task = regression".
std::string library_words(const Remedy& remedy);

/// The message with its remedies in these words.
std::string in_words(const Message& message, const Vocabulary& vocabulary = library_words);

}  // namespace mlp
