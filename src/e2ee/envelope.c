/* Seven sizes, so that a length says little; one body under a key that every wrap carries; and a
 * commitment to that key, because the seal alone opens under more than one (EE-13).
 *
 * 1. Everything is checked before anything is used: size, head, each wrap's form, body.
 * 2. Wraps are bound to head and body by bh, so holders cannot put together what did not belong
 *    together.
 *
 * Spec: EE-12, EE-13. */
#include "e2ee/e2ee.h"
#include "e2ee/envelope_int.h"
#include "e2ee/limits.h"
#include "e2ee/wrap_int.h"

static const size_t sizes[] = {896, 2048, 4096, 8192, 16384, 32768, E2EE_ENVELOPE_MAX};

size_t e2ee_envelope_size(size_t need)
{
	for (size_t i = 0; i < GN_COUNT(sizes); i++)
		if (need <= sizes[i])
			return sizes[i];
	return 0;
}

static void body_hash(const uint8_t *head, struct gn_slice body, struct gn_hash *out)
{
	gn_sha256((struct gn_slice[]){gn_slice(head, E2EE_HEAD), body}, 2, out);
}

static void commitment_of(const uint8_t content_key[E2EE_KEY], struct gn_hash *out)
{
	gn_sha256_tagged("geonet/e2ee/commit/1", gn_slice(content_key, E2EE_KEY), out);
}

gn_err e2ee_envelope_parse(struct gn_slice bytes, struct e2ee_envelope *out)
{
	static const uint8_t magic[4] = {'G', 'N', 'E', 1};
	struct gn_reader r = gn_reader(bytes);
	if (e2ee_envelope_size(bytes.len) != bytes.len)
		return GN_MALFORMED;
	if (!gn_slice_eq(gn_read_bytes(&r, sizeof magic), GN_SLICE(magic)))
		return GN_MALFORMED;
	struct e2ee_envelope v = {.count = gn_read_u8(&r)};
	uint8_t kind = gn_read_u8(&r);
	v.nonce = gn_read_bytes(&r, E2EE_ENVELOPE_NONCE).p;
	uint16_t wraps_len = gn_read_be16(&r);
	v.commitment = gn_read_bytes(&r, E2EE_COMMITMENT).p;
	GN_ASSERT(!r.bad);
	if (kind == E2EE_TO_GROUP && v.count == 0)
		return GN_UNSUPPORTED;
	v.wraps = gn_read_bytes(&r, wraps_len);
	v.body = gn_read_bytes(&r, gn_reader_left(&r));
	if (r.bad || kind != E2EE_TO_SESSIONS || v.count == 0 || v.count > E2EE_WRAPS_MAX ||
	    v.body.len < E2EE_TAG)
		return GN_MALFORMED;
	struct gn_reader w = gn_reader(v.wraps);
	for (unsigned i = 0; i < v.count; i++) {
		struct e2ee_wrap wrap;
		if (!e2ee_wrap_next(&w, &wrap))
			return GN_MALFORMED;
	}
	if (gn_reader_left(&w))
		return GN_MALFORMED;
	body_hash(bytes.p, v.body, &v.bh);
	*out = v;
	return GN_OK;
}

bool gn_e2ee_sets_up(struct gn_slice envelope)
{
	struct e2ee_envelope v;
	struct e2ee_wrap wrap;
	if (e2ee_envelope_parse(envelope, &v) != GN_OK)
		return false;
	struct gn_reader r = gn_reader(v.wraps);
	while (e2ee_wrap_next(&r, &wrap))
		if (wrap.type == E2EE_WRAP_SETUP)
			return true;
	return false;
}

gn_err e2ee_envelope_begin(const struct e2ee_letter *letter, uint8_t *out, size_t size,
			   struct gn_hash *bh)
{
	struct gn_hash commitment;
	struct gn_writer w = gn_writer(out, E2EE_HEAD);
	GN_ASSERT(e2ee_envelope_size(size) == size);
	GN_ASSERT(E2EE_HEAD + letter->wraps_len + letter->content.len + E2EE_TAG <= size);
	commitment_of(letter->content_key, &commitment);
	gn_write_bytes(&w, GN_LIT("GNE\1"));
	gn_write_u8(&w, letter->count);
	gn_write_u8(&w, E2EE_TO_SESSIONS);
	gn_write_bytes(&w, gn_slice(letter->nonce, E2EE_ENVELOPE_NONCE));
	gn_write_be16(&w, (uint16_t)letter->wraps_len);
	gn_write_bytes(&w, gn_slice(commitment.b, E2EE_COMMITMENT));
	GN_ASSERT(!w.bad && gn_writer_left(&w) == 0);
	uint8_t *body = out + E2EE_HEAD + letter->wraps_len;
	size_t len = size - E2EE_HEAD - letter->wraps_len - E2EE_TAG;
	memset(body, 0, len);
	if (letter->content.len)
		memcpy(body, letter->content.p, letter->content.len);
	GN_TRY(e2ee_seal(letter->content_key, NULL, gn_slice(NULL, 0), body, len));
	body_hash(out, gn_slice(body, len + E2EE_TAG), bh);
	return GN_OK;
}

gn_err e2ee_body_open(const struct e2ee_envelope *envelope, const uint8_t content_key[E2EE_KEY],
		      uint8_t *out)
{
	struct gn_hash commitment;
	commitment_of(content_key, &commitment);
	if (!gn_equal_ct(commitment.b, envelope->commitment, E2EE_COMMITMENT))
		return GN_HASH;
	memcpy(out, envelope->body.p, envelope->body.len);
	return e2ee_open(content_key, NULL, gn_slice(NULL, 0), out, envelope->body.len);
}
