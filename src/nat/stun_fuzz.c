/* STUN messages: whatever comes is refused, or every attribute that is believed lies within it, and
 * what is written anew of them reads the same. */
#include "nat/limits.h"
#include "nat/stun.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint16_t types[] = {
	GN_STUN_MAPPED_ADDRESS,     GN_STUN_CHANGE_REQUEST, GN_STUN_USERNAME, GN_STUN_ERROR_CODE,
	GN_STUN_LIFETIME,           GN_STUN_REALM,          GN_STUN_NONCE,    GN_STUN_DATA_VALUE,
	GN_STUN_XOR_MAPPED_ADDRESS, GN_STUN_SOFTWARE};

static void write_anew(const struct gn_stun *m)
{
	static uint8_t room[UINT16_MAX];
	struct gn_stun_maker maker;
	struct gn_stun again;
	struct gn_slice value, other, out;
	if (m->method == 0)
		return; /* reserved */
	gn_stun_begin(&maker, room, sizeof room, m->kind, m->method, &m->id);
	for (size_t i = 0; i < GN_COUNT(types); i++)
		if (gn_stun_get(m, types[i], &value))
			gn_stun_put(&maker, types[i], value);
	gn_stun_put_integrity(&maker, m->bytes.len & 4, GN_LIT("a key"));
	if (gn_stun_end(&maker, true, &out) != GN_OK)
		return; /* it was as large as one can be */
	gn_err err = gn_stun_parse(out, &again);
	GN_ASSERT(err == GN_OK && again.kind == m->kind && again.method == m->method);
	for (size_t i = 0; i < GN_COUNT(types); i++)
		if (gn_stun_get(m, types[i], &value))
			GN_ASSERT(gn_stun_get(&again, types[i], &other) &&
				  gn_slice_eq(value, other));
	GN_ASSERT(gn_stun_check(&again, m->bytes.len & 4, GN_LIT("a key")) == GN_OK);
	GN_ASSERT(gn_stun_check(&again, m->bytes.len & 4, GN_LIT("b key")) == GN_SIGNATURE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gn_stun m;
	struct gn_slice value;
	struct gn_addr addr;
	uint16_t code, unknown[STUN_UNKNOWN_MAX];
	uint32_t number;
	if (gn_stun_parse(gn_slice(data, size), &m) != GN_OK)
		return 0;
	for (size_t i = 0; i < GN_COUNT(types); i++) {
		if (gn_stun_get(&m, types[i], &value))
			GN_ASSERT(value.p >= data && value.p + value.len <= data + size);
		for (unsigned mixed = 0; mixed < 2; mixed++)
			if (gn_stun_addr(&m, types[i], mixed, &addr) == GN_OK)
				GN_ASSERT(value.len == 8 || value.len == 20);
		if (gn_stun_u32(&m, types[i], &number) == GN_OK)
			GN_ASSERT(value.len == 4);
	}
	if (gn_stun_error(&m, &code, &value) == GN_OK)
		GN_ASSERT(code >= 300 && code < 700 && value.len <= STUN_TEXT_MAX);
	GN_ASSERT(gn_stun_unknown(&m, types, GN_COUNT(types), unknown) <= STUN_UNKNOWN_MAX);
	(void)!gn_stun_check(&m, false, GN_LIT("a key"));
	(void)!gn_stun_check(&m, true, GN_LIT("a key"));
	write_anew(&m);
	return 0;
}
