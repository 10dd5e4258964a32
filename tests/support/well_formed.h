// A strict check that the tags of an XML document, or of HTML written like one, match each other.
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace mlp::testing_support {

/// Every tag is closed in order, every attribute has quotes and occurs once, and no '<' or '&' is left over.
/// The content of <style> counts as text.
inline void expect_well_formed(const std::string& xml) {
  std::vector<std::string> open;
  std::size_t at = 0;
  while ((at = xml.find_first_of("<&", at)) != std::string::npos) {
    if (xml[at] == '&') {
      const std::string entity = xml.substr(at, xml.find(';', at) - at);
      ASSERT_TRUE(entity == "&lt" || entity == "&gt" || entity == "&amp" || entity == "&quot" ||
                  entity == "&apos" || entity.starts_with("&#"))
          << entity;
      ++at;
      continue;
    }
    if (xml.compare(at, 4, "<!--") == 0) {
      at = xml.find("-->", at);
      ASSERT_NE(at, std::string::npos);
      continue;
    }
    if (xml.compare(at, 9, "<![CDATA[") == 0) {
      at = xml.find("]]>", at);
      ASSERT_NE(at, std::string::npos);
      continue;
    }
    const std::size_t end = xml.find('>', at);
    ASSERT_NE(end, std::string::npos);
    const std::string tag = xml.substr(at + 1, end - at - 1);
    at = end;
    if (tag.starts_with("?") || tag.starts_with("!")) continue;
    ASSERT_EQ(tag.find('<'), std::string::npos) << tag;
    const std::string name = tag.substr(0, tag.find_first_of(" \t\r\n/", 1));
    if (name.starts_with("/")) {
      ASSERT_FALSE(open.empty()) << tag;
      ASSERT_EQ(open.back(), name.substr(1));
      open.pop_back();
      continue;
    }
    // name="value" name="value" ...
    std::set<std::string> attributes;
    for (std::size_t i = tag.find_first_not_of(" \t\r\n", name.size());
         i != std::string::npos && tag[i] != '/'; i = tag.find_first_not_of(" \t\r\n", i)) {
      const std::size_t equals = tag.find('=', i);
      ASSERT_NE(equals, std::string::npos) << tag;
      const std::size_t blanks = tag.find_first_not_of(" ", equals + 1);
      ASSERT_TRUE(attributes.insert(tag.substr(i, tag.find_first_of(" =", i) - i)).second) << tag;
      ASSERT_NE(blanks, std::string::npos) << tag;
      const char quote = tag[blanks];
      ASSERT_TRUE(quote == '"' || quote == '\'') << tag;
      i = tag.find(quote, blanks + 1);
      ASSERT_NE(i, std::string::npos) << tag;
      ++i;
    }
    if (!tag.ends_with("/")) open.push_back(name);
  }
  EXPECT_TRUE(open.empty()) << open.back();
}

}  // namespace mlp::testing_support
