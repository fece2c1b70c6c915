/* The certificate as text that anybody can check with a few lines of any language (LG-43). One
 * line at a time, so it needs no memory beyond the caller's. */
#include "ledger/clearing_int.h"
#include <stdio.h>

#define LINE_MAX_BYTES 128
#define NOTE_MAX 64u

static size_t line(const struct gn_clearing *c, struct gn_slice note, uint64_t at,
		   char out[LINE_MAX_BYTES])
{
	char total[GN_AMOUNT_TEXT_MAX];
	int n;
	if (at == 0) {
		n = snprintf(out, LINE_MAX_BYTES, "geonet clearing 1\n");
	} else if (at == 1) {
		n = snprintf(out, LINE_MAX_BYTES, "%.*s\n", (int)note.len,
			     note.len ? (const char *)note.p : "");
	} else if (at == 2) {
		gn_amount_text(c->total, 0, total);
		n = snprintf(out, LINE_MAX_BYTES, "%u %u %s\n", c->nodes, c->edge_count, total);
	} else if (at - 3 < c->edge_count) {
		const struct gn_clearing_edge *e = &c->edges[at - 3];
		n = snprintf(out, LINE_MAX_BYTES, "%u %u %lld %lld\n", e->u, e->v, (long long)e->d,
			     (long long)e->f);
	} else {
		n = snprintf(out, LINE_MAX_BYTES, "%d\n", c->pi[at - 3 - c->edge_count]);
	}
	GN_ASSERT(n > 0 && n < LINE_MAX_BYTES);
	return (size_t)n;
}

static uint64_t lines(const struct gn_clearing *c)
{
	return 3 + (uint64_t)c->edge_count + c->nodes;
}

gn_err gn_clearing_certificate(const struct gn_clearing *c, struct gn_slice note, uint64_t *at,
			       struct gn_buf *out)
{
	char text[LINE_MAX_BYTES];
	if (!c->proven)
		return GN_STATE;
	if (note.len > NOTE_MAX)
		return GN_TOO_LARGE;
	for (; *at < lines(c); ++*at) {
		size_t len = line(c, note, *at, text);
		if (gn_buf_put(out, gn_slice(text, len)))
			return GN_AGAIN;
	}
	return GN_OK;
}

/* The text is hashed in pieces of 4096 bytes, each together with the hash so far, because nobody
 * should have to hold it whole. */
void gn_clearing_certificate_hash(const struct gn_clearing *c, struct gn_slice note,
				  struct gn_hash *out)
{
	uint8_t piece[4096];
	size_t used = 0;
	char text[LINE_MAX_BYTES];
	GN_ASSERT(c->proven && note.len <= NOTE_MAX);
	*out = (struct gn_hash){{0}};
	for (uint64_t at = 0; at < lines(c); at++) {
		size_t len = line(c, note, at, text),
		       part = len < sizeof piece - used ? len : sizeof piece - used;
		memcpy(piece + used, text, part);
		used += part;
		if (used < sizeof piece)
			continue;
		gn_sha256((struct gn_slice[]){GN_SLICE(out->b), GN_SLICE(piece)}, 2, out);
		used = len - part;
		memcpy(piece, text + part, used);
	}
	if (used > 0)
		gn_sha256((struct gn_slice[]){GN_SLICE(out->b), gn_slice(piece, used)}, 2, out);
}
