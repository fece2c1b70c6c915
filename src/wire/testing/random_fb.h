/* For tests and fuzz targets only: a random buffer of any table type from a seed, and any
 * verified table as JSON, both by the descriptors that fbc writes. The JSON is what flatc reads,
 * so one text serves as dump, as input and as a means to touch every byte that the verifier let
 * through. */
#ifndef GN_WIRE_RANDOM_FB_H
#define GN_WIRE_RANDOM_FB_H

#include "wire/fb.h"

#include <stdarg.h>
#include <stdio.h>

/* ---- random tables ---- */

struct random_fb {
	struct gn_rand rand;
	struct gn_fbb *b;
	uint8_t arena[1 << 16]; /* what args point to */
	size_t used;
};

/* A finished buffer of the type in the caller's storage. */
gn_err random_buffer(const struct gn_fb_type *type, uint64_t seed, void *storage, size_t cap,
		     struct gn_slice *out);

/* ---- any table as JSON ---- */

struct json {
	char *p;
	size_t len, cap; /* text past cap is dropped, what it is made of is read all the same */
};

/* The text, in a static buffer that the next call reuses. */
struct json json_of(const struct gn_fb_type *type, struct gn_fbt t);

#endif
