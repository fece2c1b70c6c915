/* Canonical JSON (LG-19): a bounded parser into a flat table, a writer that sorts keys, and the
 * question whether bytes are canonical already. Nothing is allocated; slices point into the
 * parsed text. */
#ifndef GN_LEDGER_JSON_H
#define GN_LEDGER_JSON_H

#include "base/base.h"
#include "ledger/limits.h"

enum gn_json_kind {
	GN_JSON_NULL,
	GN_JSON_FALSE,
	GN_JSON_TRUE,
	GN_JSON_INT,
	GN_JSON_STRING,
	GN_JSON_ARRAY,
	GN_JSON_OBJECT
};

struct gn_json_value {
	uint8_t kind;
	/* index behind this value and all it holds: children of i are i+1 .. next-1 */
	uint16_t next;
	uint16_t count;      /* of children (members or elements) */
	struct gn_slice key; /* raw text between the quotes; p is NULL for elements and the root */
	/* STRING: raw text between the quotes; others: the text of the value */
	struct gn_slice text;
	int64_t integer; /* INT */
};

struct gn_json {
	struct gn_json_value values[JSON_VALUES_MAX]; /* values[0] is the root */
	uint16_t count;
};

/* GN_MALFORMED: not JSON, or not UTF-8, or a lone surrogate. GN_RANGE: a fraction, exponent or
 * integer beyond int64. GN_EXISTS: a key twice, which is the table's last then. GN_TOO_LARGE: over
 * the bounds of LG-19. */
GN_MUST gn_err gn_json_parse(struct gn_slice text, struct gn_json *out);
/* Appends the canonical form. GN_TOO_LARGE when it does not fit. */
GN_MUST gn_err gn_json_write(const struct gn_json *j, struct gn_buf *out);
/* GN_CANONICAL unless text is the canonical form of itself; out may be NULL. Errors of
 * gn_json_parse. */
GN_MUST gn_err gn_json_check(struct gn_slice text, struct gn_json *out);
/* The member of object values[object], or NULL. key is plain ASCII without escapes. */
const struct gn_json_value *gn_json_get(const struct gn_json *j, uint16_t object, const char *key);
/* Index of a value that gn_json_get returned. */
static inline uint16_t gn_json_index(const struct gn_json *j, const struct gn_json_value *v)
{
	return (uint16_t)(v - j->values);
}
/* Decodes a STRING's raw text; GN_TOO_LARGE. */
GN_MUST gn_err gn_json_unescape(struct gn_slice raw, struct gn_buf *out);
/* Appends text as a JSON string with quotes and escapes; GN_TEXT when it is not UTF-8. */
GN_MUST gn_err gn_json_put_string(struct gn_buf *out, struct gn_slice text);

#endif
