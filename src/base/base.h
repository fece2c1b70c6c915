/* Everything every module may use: errors, bytes, environment (memory, randomness, time, log),
 * containers, addresses. */
#ifndef GN_BASE_BASE_H
#define GN_BASE_BASE_H

#include "base/addr.h"
#include "base/counters.h"
#include "base/env.h"
#include "base/err.h"
#include "base/heap.h"
#include "base/map.h"
#include "base/ring.h"
#include "base/slice.h"
#include "base/text.h"

#endif
