/* Wraps from any bytes, walked to their end; and the same bytes as what an authentic peer sealed:
 * header fields (22 bytes), then the inner part behind the content key. */
#include "e2ee/testing/forge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct party a, b;
static struct snapshot start;

static void make(void)
{
	party_make(&a, 1, 1);
	party_make(&b, 2, 1);
	parties_meet(&a, &b);
	party_talk(&a, &b, "one");
	party_talk(&b, &a, "two");
	start = party_save(&b);
}

/* Near, or further than anybody may be: what lies between costs 25,000 hashes. */
static uint32_t number(struct gn_reader *r)
{
	uint16_t v = gn_read_be16(r);
	return v & 0x8000 ? (uint32_t)v << 16 : v & 63u;
}

static void walk(const uint8_t *data, size_t len)
{
	struct gn_reader r = gn_reader(gn_slice(data, len));
	struct e2ee_wrap w;
	while (e2ee_wrap_next(&r, &w)) {
		GN_ASSERT((w.type == E2EE_WRAP_SETUP) == (w.first != NULL));
		GN_ASSERT(w.sealed.p + w.sealed.len <= data + len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct letter l;
	static uint8_t space[GN_E2EE_SIZE_LARGEST];
	struct gn_buf out = {space, 0, sizeof space};
	struct gn_e2ee_read res;
	struct forgery f;
	if (!start.p)
		make();
	walk(data, len);
	struct gn_reader r = gn_reader(gn_slice(data, len));
	uint8_t how = gn_read_u8(&r);
	forge_begin(&a, &b, &f);
	if (how & 1)
		memcpy(f.header.dh, gn_read_bytes(&r, 4).p ? data + 1 : f.header.dh, 4);
	if (how & 2)
		f.header.n = number(&r);
	if (how & 4)
		f.header.pn = number(&r);
	if (how & 8)
		f.header.epoch = number(&r);
	if (how & 16)
		f.header.en = number(&r);
	if (how & 32)
		f.header.count = gn_read_be16(&r);
	f.chunk = how & 64;
	f.next = how & 128;
	struct gn_slice rest = gn_read_bytes(&r, gn_reader_left(&r));
	if (rest.len > sizeof f.inner - E2EE_KEY)
		rest.len = sizeof f.inner - E2EE_KEY;
	if (rest.len)
		memcpy(f.inner + E2EE_KEY, rest.p, rest.len);
	forge_letter(&a, &b, &f, &l);
	enum gn_e2ee_result got = party_read(&b, &l, &res, &out, 1800000000);
	GN_ASSERT(got != GN_E2EE_WAIT && got != GN_E2EE_NONE);
	if (got == GN_E2EE_OPENED)
		party_load(&b, start);
	return 0;
}
