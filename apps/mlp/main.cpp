#include "command_line.h"

int main(int argc, char** argv) { return mlp::app::run(argc, argv); }
