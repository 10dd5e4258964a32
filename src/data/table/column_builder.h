// Makes a column of cells as they arrive, in one pass, and finds out what it holds.
//
// A column begins as a dictionary: each different text once, and for each row the number of its text. Where
// there are more texts than categories may be, the column turns into numbers if all of them are numbers, else
// into a text, whose cells are not kept. A column of numbers that meets another text turns into a text as
// well: it could not be categories any more. So what a column becomes does not depend on the order of its
// cells, and no cell is read twice. (The texts "none" and "-" are missing cells if all others are missing or
// numbers, else texts like others.)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/bytes/chunked_vector.h"
#include "data/cells/cell.h"
#include "data/cells/pointed_thousands.h"
#include "data/table/categories.h"
#include "data/table/cell_place.h"
#include "data/table/dictionary.h"
#include "mlp/error.h"
#include "mlp/table.h"

namespace mlp {

class ColumnBuilder {
 public:
  struct Role {
    bool categorical = false;  ///< whatever the cells are
    bool target = false;       ///< never a text
    std::size_t max_categories = 0;
  };

  /// `rules` must outlive the builder.
  ColumnBuilder(std::string name, Role role, const CellRules& rules)
      : name_(std::move(name)), role_(role), rules_(&rules) {}

  /// Adds a cell. Throws FileError for an infinite number, and where a column that must not be text would
  /// have to be one.
  void add(std::string_view cell, const CellPlace& place);

  /// The column of all cells added; call it once. Throws as add() does.
  Column finish();

 private:
  enum class State { kDictionary, kNumbers, kText };

  // How much of a column in the dictionary is numbers, plain or formatted. "none" and "-" do not count.
  struct NumberShare {
    std::size_t numbers = 0;    // cells
    std::size_t formatted = 0;  // cells that would be numbers if they were written plainly
    std::size_t others = 0;     // cells
    std::size_t different = 0;  // of `numbers` and `formatted`
    std::string example;        // of `formatted`, quoted
    Message hint;               // how to have the formatted ones read

    bool mostly_read() const { return numbers > formatted + others; }
    bool nearly_all_read() const { return numbers > 0 && numbers >= 9 * (formatted + others); }
    bool nearly_all() const { return numbers + formatted >= 9 * others; }
  };

  // The most categories of a column that must not be text: as many as indices_ can tell apart, with an index
  // to spare to notice that there are more.
  static constexpr std::size_t kMaxForcedCategories = 65'000;
  static constexpr std::uint16_t kMissingIndex = 65'535;

  void add_to_dictionary(std::string_view text, const CellPlace& place);
  void add_number(std::string_view text, const CellPlace& place);
  std::size_t max_categories() const;
  void turn_into_numbers();
  void turn_into_text_among_numbers();
  void turn_into_text(Message reason, const FileError& refusal);
  void note_missing(std::string_view text);
  void note_none(std::string_view text);
  void note_codes();
  void note_first_text(std::string_view text, std::string place);
  NumberShare number_share() const;
  std::size_t count_numbers() const;
  Message mixed_reason() const;
  Message formatted_reason(const NumberShare& share) const;
  bool holds_dates() const;
  bool holds_numbers() const;
  std::size_t distinct_in_dictionary() const;
  Message number_note() const;
  void finish_few_numbers(Column& column);
  void finish_texts(Column& column);
  void categorize(Column& column, Categories categories);

  std::string name_;
  Role role_;
  const CellRules* rules_;
  State state_ = State::kDictionary;
  std::size_t rows_ = 0;
  std::size_t missing_ = 0;

  Dictionary dictionary_;
  std::vector<double> spelled_;           // the dictionary's texts as numbers, NaN where they are none
  ChunkedVector<std::uint16_t> indices_;  // of the rows' texts in the dictionary, or kMissingIndex
  ChunkedVector<double> numbers_;
  std::size_t different_numbers_ = 0;  // in the dictionary
  std::size_t different_texts_ = 0;
  std::size_t different_nones_ = 0;       // "none" and "-": texts unless all others are numbers
  PointedThousands thousands_;            // of the numbers, where no decimal mark is named
  std::vector<TextCount> missing_marks_;  // only of a target
  std::string first_none_;                // quoted
  std::string first_text_;  // the first text that is no number, where some cells are: quoted, and its place
  std::string first_text_place_;
  std::size_t first_text_row_ = 0;  // counted from 1
  Message first_text_hint_;
  std::size_t number_cells_ = 0;  // of a column that is a text
  Message mixed_reason_;          // of a text: what to say if most of its cells are numbers
  std::string infinite_;          // the place and the problem of an infinite number
  Message text_reason_;
  std::string code_;  // a number that is written like a code, quoted
};

}  // namespace mlp
