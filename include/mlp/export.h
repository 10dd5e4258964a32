// What a shared library shows to the programs that link it: everything in a public header, and nothing else.
// The rest of the library is compiled with hidden visibility. For C as well as C++.
#pragma once

/// Stands before the name of each public header's namespace, and in c_api.h before each function. The static
/// library has the same object files: a shared library of your own that links it exports mlp's functions,
/// too, unless it is linked with -Wl,--exclude-libs,libmlp.a.
#ifdef __cplusplus
#define MLP_EXPORT [[gnu::visibility("default")]]
#else
#define MLP_EXPORT __attribute__((visibility("default")))
#endif
