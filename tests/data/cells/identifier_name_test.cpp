#include "data/cells/identifier_name.h"

#include <gtest/gtest.h>

#include <string>

#include "data/table/table_text.h"

namespace mlp {
namespace {

TEST(IdentifierName, AWordOfTheNameIsId) {
  for (const char* name : {"id",          "ID",          "Id",
                           "customer_id", "Customer ID", "CustomerId",
                           "customerID",  "PassengerId", "LoanID",
                           "id_customer", "idCustomer",  "IDNumber",
                           "SK_ID_CURR",  "customer-id", "user.id",
                           "user/id",     "ID (new)",    "rowid",
                           "RowID",       "ROWID",       "uid",
                           "UID",         "guid",        "userid",
                           "passengerid", "_id",         "Kunden\u00E4mter_ID"})
    EXPECT_TRUE(named_like_identifier(name)) << name;
}

TEST(IdentifierName, OrItNumbersRows) {
  for (const char* name : {"index", "Index", "#", "row", "Nr", "no", "Unnamed: 0", "unnamed 4"})
    EXPECT_TRUE(named_like_identifier(name)) << name;
}

TEST(IdentifierName, LettersInsideAWordAreNone) {
  for (const char* name : {"acid",    "ACID",       "Acid",       "humid",          "grid",      "GridSize",
                           "paid",    "AmountPaid", "heat_index", "CITRIC ACID",    "hybrid",    "valid",
                           "bid",     "void",       "idle",       "width",          "video",     "IDLE",
                           "covid19", "COVID",      "row_count",  "number of rows", "avoid_id3", "notes",
                           "x",       "",           " ",          "\u00E4id",       "id\u00E9e"})
    EXPECT_FALSE(named_like_identifier(name)) << name;
}

TEST(IdentifierName, ANumberedSeriesIsNone) {
  for (const char* name : {"id_01", "id 38", "id2"}) EXPECT_FALSE(named_like_identifier(name)) << name;
}

TEST(IdentifierName, OnlyWhereNearlyAllNumbersDiffer) {
  std::string text = "PassengerId,StoreId,paid,y\n";
  for (int n = 0; n < 40; ++n)
    text += std::to_string(n * 7 % 41 + 100) + "," + std::to_string(n % 5) + "," + std::to_string(n * 7) +
            "," + std::to_string(n) + "\n";
  const Table table = testing_support::table_of(text);
  EXPECT_TRUE(table.column("PassengerId").identifier);
  EXPECT_FALSE(table.column("StoreId").identifier);
  EXPECT_FALSE(table.column("paid").identifier);
}

}  // namespace
}  // namespace mlp
