// Tables that the tests of the program are run on, and a shorter way to train on them.
#pragma once

#include <sys/wait.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <set>
#include <sstream>

#include "app/sandbox.h"
#include "mlp/model.h"

namespace mlp::app_test {

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// y = 3 x + (10 where the colour is red) + a little noise.
inline std::string colours(int rows) {
  std::string text = "x,colour,y\n";
  for (int i = 0; i < rows; ++i) {
    const double x = i % 17 / 4.0;
    const int colour = i * 7 % 3;
    const double y = 3 * x + (colour == 0 ? 10 : 0) + i % 5 * 0.01;
    text += (i % 23 == 5 ? "" : std::to_string(x)) + "," +
            (colour == 0   ? "red"
             : colour == 1 ? "\"deep, dark green\""
                           : "blue") +
            "," + std::to_string(y) + "\n";
  }
  return text;
}

/// Two classes by the sign of a - b, one in four of the rows "yes".
inline std::string signs(int rows) {
  std::string text = "a;b;answer\n";
  for (int i = 0; i < rows; ++i) {
    const int a = i * 5 % 19, b = i * 3 % 29;
    text += std::to_string(a) + ";" + std::to_string(b) + ";" + (a > b + 2 ? "yes" : "no") + "\n";
  }
  return text;
}

class Tables : public Sandbox {
 protected:
  Result train(const Arguments& more) const {
    Arguments arguments = {"train"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.push_back("--quiet");
    return run(arguments);
  }
};

}  // namespace mlp::app_test
