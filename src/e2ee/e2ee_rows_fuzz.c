/* Rows of a store that gives them mixed: of other days, of other devices, twice, left out, with
 * bytes changed. What loads holds together, and can be used. An input is pairs: which row, and what
 * is done to it. */
#include "e2ee/testing/party.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define ROWS_MAX 200
#define DAYS 6

static struct party p[3];
static struct {
	uint8_t kind, *bytes; /* owned */
	size_t len;
} rows[ROWS_MAX];
static size_t count;
static struct letter letters[2 * DAYS];

/* The rows of a saved device: {kind 1, bytes 4, row} behind a magic of five. */
static void keep_rows(const struct party *of)
{
	struct snapshot s = party_save(of);
	struct gn_reader r = gn_reader(gn_slice_sub(gn_slice(s.p, s.len), 5, SIZE_MAX));
	while (gn_reader_left(&r)) {
		uint8_t kind = gn_read_u8(&r);
		struct gn_slice row = gn_read_bytes(&r, gn_read_be32(&r));
		if (kind == GN_E2EE_ROW_ALL)
			break;
		GN_ASSERT(!r.bad && count < ROWS_MAX);
		rows[count].kind = kind;
		rows[count].len = row.len;
		rows[count].bytes = malloc(row.len);
		GN_ASSERT(rows[count].bytes);
		memcpy(rows[count++].bytes, row.p, row.len);
	}
	snapshot_free(&s);
}

static void make(void)
{
	static struct letter lost;
	for (unsigned i = 0; i < 3; i++)
		party_make(&p[i], 1 + i, i);
	for (unsigned i = 0; i < 3; i++)
		for (unsigned k = 0; k < 3; k++)
			if (i != k)
				party_believe(&p[i], &p[k]);
	for (unsigned day = 0; day < DAYS; day++) {
		keep_rows(&p[0]);
		if (day % 2)
			keep_rows(&p[1 + day / 2 % 2]);
		party_talk(&p[day % 3], &p[(day + 1) % 3], "on");
		party_talk(&p[1], &p[0], "on");
		party_write(&p[1], &p[0], "lost", &lost);
		party_talk(&p[1], &p[0], "after it");
		party_talk(&p[0], &p[1], "back");
		if (day == 3) {
			gn_err err = gn_e2ee_anew(p[1].e, &p[0].own.device);
			GN_ASSERT(err == GN_OK);
		}
		party_write(&p[1], &p[0], "waits", &letters[2 * day]);
		party_write(&p[2], &p[0], "waits", &letters[2 * day + 1]);
	}
}

static gn_err load(struct gn_e2ee **e, size_t at, uint8_t how, uint8_t value)
{
	static uint8_t bytes[1u << 16];
	GN_ASSERT(rows[at].len <= sizeof bytes);
	memcpy(bytes, rows[at].bytes, rows[at].len);
	size_t len = rows[at].len;
	if (how & 0x80)
		bytes[(size_t)(how & 0x7f) * len / 128 + value % 8] ^= value;
	else if (how & 0x40)
		len = len * (how & 0x3f) / 64;
	struct gn_slice row = gn_slice(bytes, len);
	if (!*e)
		return rows[at].kind == GN_E2EE_ROW_OWN ? gn_e2ee_open(&p[0].env, row, e) : GN_OK;
	if (rows[at].kind == GN_E2EE_ROW_OWN)
		return GN_OK;
	return gn_e2ee_row_load(*e, (enum gn_e2ee_row_kind)rows[at].kind, row);
}

static void use(struct gn_e2ee *e)
{
	static uint8_t space[GN_E2EE_SIZE_LARGEST];
	static struct letter l;
	struct party c = p[0];
	c.e = e;
	gn_e2ee_validate(e);
	for (size_t i = 0; i < GN_COUNT(letters); i++) {
		struct gn_buf out = {space, 0, sizeof space};
		struct gn_e2ee_read r;
		party_read(&c, &letters[i], &r, &out, 1800000000);
	}
	for (uint32_t i = 0; i < e->peers.count; i++) {
		struct party to = p[0];
		to.own.device = GN_MAP_AT(&e->peers, struct e2ee_peer *, i)->is.device;
		gn_err err = party_send(&c, &to, GN_LIT("x"), &l, 1800000000);
		GN_ASSERT(err == GN_OK || err == GN_KEY || err == GN_LIMIT);
		gn_e2ee_validate(e);
	}
	struct snapshot s = party_save(&c);
	struct gn_e2ee *again;
	gn_err err = gn_e2ee_load(&p[0].env, gn_slice(s.p, s.len), &again);
	GN_ASSERT(err == GN_OK);
	gn_e2ee_free(again);
	snapshot_free(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_reader r = gn_reader(gn_slice(data, len));
	struct gn_e2ee *e = NULL;
	gn_err err = GN_OK;
	if (!count)
		make();
	for (unsigned i = 0; i < 64 && gn_reader_left(&r) >= 3; i++) {
		size_t at = gn_read_u8(&r) % count;
		uint8_t how = gn_read_u8(&r), value = gn_read_u8(&r);
		err = load(&e, at, how, value);
		GN_ASSERT(err == GN_OK || err == GN_CORRUPT || err == GN_LIMIT);
		if (err)
			break;
	}
	if (e && !err)
		use(e);
	gn_e2ee_free(e);
	return 0;
}
