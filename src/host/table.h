/* Tables of app/1 as JSON and back, by the descriptors that fbc writes: one place for every call
 * there is or will be. Keys and hashes are hex, other bytes base64, 64-bit numbers above 2^53
 * strings, values of enums words, times Unix milliseconds. Numbers, words, texts and lists are
 * always there; a key, a hash and a table are left out where there is none.
 * Rules: docs/spec/app.md AP-3, AP-17. */
#ifndef GN_HOST_TABLE_H
#define GN_HOST_TABLE_H

#include "host/json.h"
#include "wire/app.h"

#define GN_HOST_TABLE_WHY 160u /* bytes of a sentence, with its zero */

/* A new object; NULL: no memory. */
json_t *gn_host_table_json(const struct gn_fb_type *type, struct gn_fbt t);
/* Builds the table that the object says. GN_USAGE, and why: which field and what is wrong with it;
 * GN_TOO_LARGE: the builder is full; GN_NOMEM. */
GN_MUST gn_err gn_host_table_parse(const struct gn_fb_type *type, const json_t *json,
				   struct gn_fbb *b, gn_fbref *out, char why[GN_HOST_TABLE_WHY]);

#endif
