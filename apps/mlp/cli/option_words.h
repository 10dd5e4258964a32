// The command line's words for what the library advises: --na 999.
#pragma once

#include <string>

#include "mlp/message.h"

namespace mlp::app {

/// The option, repeated for each value, each quoted for a shell. For in_words().
std::string option_words(const Remedy& remedy);

}  // namespace mlp::app
