/* Bytes of the record log. Every entry is bound to its place (salt of the log, segment, offset)
 * and to the entry before it, so bytes cannot be moved, cut out or invented; its header has a
 * check of its own, so a damaged value costs one entry and the next one is still found. Where a
 * header is damaged the scan looks for the next place that holds.
 *
 * 1. Nothing is handed out whose sum does not hold.
 * 2. An entry that directly follows another continues its chain, else it is not taken (ST-4).
 * 3. A segment ends where its successor says; what lies behind is debris of a write that failed
 *    (ST-5). */
#include "store/log_int.h"

#define CHECK_LEN 8
#define PLACE_LEN 24 /* salt, segment, offset */

static const uint8_t mark[3] = {'G', 'N', 'E'};
/* the last byte is the version */
static const uint8_t magic[8] = {'G', 'N', 'L', 'O', 'G', 0, 0, 1};

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 3; i >= 0; i--, v >>= 8)
		p[i] = (uint8_t)v;
}

/* ---- header: magic 8 | number 4 | doubt 4 | salt 16 | prev 16 | check 16 ---- */

static void header_check(const uint8_t *copy, uint8_t out[16])
{
	struct gn_hash h;
	gn_sha256_tagged("geonet/log/1", gn_slice(copy, 48), &h);
	memcpy(out, h.b, 16);
}

void log_header_encode(const struct log_header *h, uint8_t out[LOG_HEADER_LEN])
{
	memcpy(out, magic, 8);
	put32(out + 8, h->number);
	put32(out + 12, h->doubt);
	memcpy(out + 16, h->salt, 16);
	memcpy(out + 32, h->prev.b, 16);
	header_check(out, out + 48);
	memcpy(out + LOG_COPY_LEN, out, LOG_COPY_LEN);
}

gn_err log_header_decode(struct gn_slice in, uint32_t number, struct log_header *out)
{
	for (const uint8_t *p = in.p; in.len >= LOG_COPY_LEN;
	     in.len -= LOG_COPY_LEN, p += LOG_COPY_LEN) {
		uint8_t check[16];
		header_check(p, check);
		if (memcmp(p, magic, 8) != 0 || memcmp(check, p + 48, 16) != 0 ||
		    get32(p + 8) != number)
			continue;
		out->number = number;
		out->doubt = get32(p + 12);
		memcpy(out->salt, p + 16, 16);
		memcpy(out->prev.b, p + 32, 16);
		return GN_OK;
	}
	return GN_CORRUPT;
}

/* ---- entry: mark 3 | kind 1 | group 4 | value length 4 | zero 4 | key 32 | prev 16 | sum 16 |
 * check 8 | value | padding ---- */

uint32_t log_stored(uint32_t value_len)
{
	GN_ASSERT(value_len <= KV_VALUE_MAX);
	return (LOG_ENTRY_LEN + value_len + 7) / 8 * 8;
}

void log_entry_encode(enum log_kind kind, const struct gn_hash *key, struct gn_slice value,
		      uint8_t *out)
{
	GN_ASSERT(kind == LOG_PUT || value.len == 0);
	uint32_t stored = log_stored((uint32_t)value.len);
	memset(out, 0, LOG_ENTRY_LEN);
	memset(out + stored - 8, 0, 8);
	memcpy(out, mark, 3);
	out[3] = (uint8_t)kind;
	put32(out + 8, (uint32_t)value.len);
	memcpy(out + 16, key->b, 32);
	if (value.len)
		memcpy(out + LOG_ENTRY_LEN, value.p, value.len);
}

struct log_entry log_entry_peek(const uint8_t *p)
{
	struct log_entry e = {.kind = (enum log_kind)p[3], .group = get32(p + 4)};
	e.value = gn_slice(p + LOG_ENTRY_LEN, get32(p + 8));
	e.stored = log_stored((uint32_t)e.value.len);
	memcpy(e.key.b, p + 16, 32);
	memcpy(e.prev.b, p + 48, 16);
	memcpy(e.sum.b, p + 64, 16);
	return e;
}

static void place(const uint8_t salt[16], uint32_t number, uint32_t offset, uint8_t out[PLACE_LEN])
{
	memcpy(out, salt, 16);
	put32(out + 16, number);
	put32(out + 20, offset);
}

static void entry_sum(const uint8_t *at, const uint8_t *p, struct gn_slice value, uint8_t out[16])
{
	struct gn_hash h;
	gn_sha256((struct gn_slice[]){gn_slice(at, PLACE_LEN), gn_slice(p, 64), value}, 3, &h);
	memcpy(out, h.b, 16);
}

static void entry_check(const uint8_t *at, const uint8_t *p, uint8_t out[CHECK_LEN])
{
	struct gn_hash h;
	gn_sha256((struct gn_slice[]){gn_slice(at, PLACE_LEN), gn_slice(p, 80)}, 2, &h);
	memcpy(out, h.b, CHECK_LEN);
}

void log_entry_seal(uint8_t *p, const uint8_t salt[16], uint32_t number, uint32_t offset,
		    uint32_t group, struct log_sum *chain)
{
	GN_ASSERT(number > 0 && group <= offset);
	uint8_t at[PLACE_LEN];
	place(salt, number, offset, at);
	put32(p + 4, group);
	memcpy(p + 48, chain->b, 16);
	entry_sum(at, p, gn_slice(p + LOG_ENTRY_LEN, get32(p + 8)), p + 64);
	entry_check(at, p, p + 80);
	memcpy(chain->b, p + 64, 16);
}

/* True when LOG_ENTRY_LEN bytes at p are a header written for this very place; then every field
 * of it can be believed. */
static bool header_holds(const uint8_t *p, const uint8_t *at)
{
	uint8_t check[CHECK_LEN];
	if (memcmp(p, mark, 3) != 0)
		return false;
	entry_check(at, p, check);
	if (memcmp(check, p + 80, CHECK_LEN) != 0)
		return false;
	uint32_t len = get32(p + 8);
	return len <= KV_VALUE_MAX && (p[3] == LOG_PUT || (p[3] == LOG_DROP && len == 0));
}

gn_err log_entry_decode(struct gn_slice in, const uint8_t salt[16], uint32_t number,
			uint32_t offset, struct log_entry *out)
{
	uint8_t at[PLACE_LEN], sum[16];
	place(salt, number, offset, at);
	if (in.len < LOG_ENTRY_LEN || !header_holds(in.p, at) ||
	    in.len < LOG_ENTRY_LEN + get32(in.p + 8))
		return GN_CORRUPT;
	struct log_entry e = log_entry_peek(in.p);
	entry_sum(at, in.p, e.value, sum);
	if (memcmp(sum, e.sum.b, 16) != 0)
		return GN_CORRUPT;
	e.offset = offset;
	*out = e;
	return GN_OK;
}

/* ---- scan ---- */

void log_scan_init(struct log_scan *s, const uint8_t salt[16], uint32_t number, uint64_t size,
		   const struct log_sum *prev, const struct log_sum *end)
{
	*s = (struct log_scan){.number = number,
			       .offset = LOG_HEADER_LEN,
			       .size = size,
			       .linked = prev != NULL,
			       .has_end = end != NULL};
	memcpy(s->salt, salt, 16);
	if (prev)
		s->last = *prev;
	if (end)
		s->end = *end;
}

static void open_gap(struct log_scan *s)
{
	if (!s->in_gap)
		s->gap = s->offset;
	s->in_gap = true;
}

/* Takes the entry whose header holds at p; the value is there in full. */
static enum log_found take(struct log_scan *s, const uint8_t *p, const uint8_t *at,
			   struct log_entry *out)
{
	uint8_t sum[16];
	struct log_entry e = log_entry_peek(p);
	e.offset = (uint32_t)s->offset;
	entry_sum(at, p, e.value, sum);
	bool whole = memcmp(sum, e.sum.b, 16) == 0;
	if (!whole)
		e.value = gn_slice(NULL, 0);
	s->after_gap = s->in_gap;
	s->in_gap = false;
	s->last = e.sum;
	s->linked = true;
	s->offset += e.stored;
	*out = e;
	return whole ? LOG_FOUND_ENTRY : LOG_FOUND_DAMAGED;
}

enum log_found log_scan_step(struct log_scan *s, struct gn_slice piece, uint64_t piece_offset,
			     struct log_entry *out)
{
	GN_ASSERT(s->offset >= piece_offset);
	uint64_t end = piece_offset + piece.len;
	for (;;) {
		if (s->has_end && s->linked && !s->in_gap && memcmp(s->last.b, s->end.b, 16) == 0)
			return LOG_FOUND_END;
		uint64_t left = end > s->offset ? end - s->offset : 0;
		if (left < LOG_ENTRY_LEN && end < s->size)
			return LOG_FOUND_MORE;
		if (left < LOG_ENTRY_LEN) {
			if (left > 0)
				open_gap(s);
			return LOG_FOUND_END;
		}
		const uint8_t *p = piece.p + (s->offset - piece_offset);
		uint8_t at[PLACE_LEN];
		place(s->salt, s->number, (uint32_t)s->offset, at);
		if (header_holds(p, at)) {
			bool follows =
				!s->linked || s->in_gap || memcmp(p + 48, s->last.b, 16) == 0;
			bool fits = left >= LOG_ENTRY_LEN + get32(p + 8);
			if (follows && !fits && end < s->size)
				return LOG_FOUND_MORE;
			if (follows && fits)
				return take(s, p, at, out);
		}
		open_gap(s);
		s->offset += 8;
	}
}
