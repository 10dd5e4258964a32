// The command line's words for what the library advises: --na 999.
#pragma once

#include <string>

#include "mlp/message.h"

namespace mlp::app {

/// The option, and as often as there are values, each as a shell takes it. For in_words().
std::string option_words(const Remedy& remedy);

}  // namespace mlp::app
