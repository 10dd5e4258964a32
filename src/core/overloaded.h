// Builds one visitor for std::visit from a lambda for each alternative; a missing alternative does not
// compile.
#pragma once

namespace mlp {

template <class... Lambdas>
struct Overloaded : Lambdas... {
  using Lambdas::operator()...;
};
template <class... Lambdas>
Overloaded(Lambdas...) -> Overloaded<Lambdas...>;  // C++20 implies it; Clang knows that from version 17 on

}  // namespace mlp
