/* What is inside a relay, for tests of whole nodes and benchmarks. */
#ifndef GN_RELAY_TESTING_INSIDE_H
#define GN_RELAY_TESTING_INSIDE_H

#include "services/relay/engine_int.h"

#endif
