/* The bytes of envelopes and wraps: what is taken, and that everything out of place is refused.
 * Rules EE-12..15, EE-18. */
#include "crypto/testing/known.h"
#include "e2ee/envelope_int.h"
#include "e2ee/limits.h"
#include "e2ee/testing/party.h"

static struct party a, b;
static struct letter l;

static int begin(void **state)
{
	(void)state;
	parties_make(&a, 0, &b, 2);
	return 0;
}

static int end(void **state)
{
	(void)state;
	parties_free(&a, &b);
	return 0;
}

static gn_err parse(const struct letter *x, struct e2ee_envelope *v)
{
	return e2ee_envelope_parse(gn_slice(x->bytes, x->len), v);
}

static void seven_sizes(void **state)
{
	(void)state;
	static const size_t sizes[] = {896, 2048, 4096, 8192, 16384, 32768, 61440};
	static uint8_t content[E2EE_ENVELOPE_MAX];
	/* an answered session, so that wraps have 133 bytes */
	party_write(&a, &b, "it sets a session up", &l);
	assert_true(gn_e2ee_sets_up(gn_slice(l.bytes, l.len)));
	assert_false(gn_e2ee_sets_up(gn_slice(l.bytes, l.len - 1)));
	party_talk(&a, &b, "to");
	party_talk(&b, &a, "fro");
	party_write(&a, &b, "and this does not", &l);
	assert_false(gn_e2ee_sets_up(gn_slice(l.bytes, l.len)));
	for (size_t i = 0; i < 7; i++) {
		size_t room = sizes[i] - 40 - 133 - 16;
		assert_int_equal(e2ee_envelope_size(sizes[i]), sizes[i]);
		assert_int_equal(e2ee_envelope_size(sizes[i] + 1), i < 6 ? sizes[i + 1] : 0);
		assert_int_equal(party_send(&a, &b, gn_slice(content, room), &l, 1), GN_OK);
		assert_int_equal(l.len, sizes[i]);
		gn_err err = party_send(&a, &b, gn_slice(content, room + 1), &l, 1);
		assert_int_equal(err, i < 6 ? GN_OK : GN_TOO_LARGE);
		if (i < 6)
			assert_int_equal(l.len, sizes[i + 1]);
	}
}

static void head(void **state)
{
	(void)state;
	struct e2ee_envelope v;
	struct gn_hash h;
	party_write(&a, &b, "x", &l);
	assert_int_equal(parse(&l, &v), GN_OK);
	assert_int_equal(v.count, 1);
	assert_memory_equal(l.bytes, "GNE\1\1\0", 6);
	assert_int_equal(v.wraps.len, 133);
	assert_int_equal(l.bytes[22] * 256 + l.bytes[23], 133);
	assert_int_equal(v.body.len, 896 - 40 - 133);
	gn_sha256((struct gn_slice[]){gn_slice(l.bytes, 40), v.body}, 2, &h);
	assert_memory_equal(h.b, v.bh.b, 32);
	/* the hint, as the rule has it */
	uint8_t msg[48];
	memcpy(msg, b.own.device.b, 32);
	memcpy(msg + 32, l.bytes + 6, 16);
	gn_hmac_sha256(GN_SLICE(party_hint), GN_SLICE(msg), &h);
	assert_memory_equal(l.bytes + 42, h.b, 2);
}

/* One byte changed; the envelope is malformed (or `want`). */
static void changed(size_t at, uint8_t value, gn_err want)
{
	struct e2ee_envelope v;
	uint8_t old = l.bytes[at];
	l.bytes[at] = value;
	assert_int_equal(parse(&l, &v), want);
	l.bytes[at] = old;
	assert_int_equal(parse(&l, &v), GN_OK);
}

static void out_of_place(void **state)
{
	(void)state;
	struct e2ee_envelope v;
	party_write(&a, &b, "x", &l);
	for (size_t i = 0; i < 4; i++)
		changed(i, (uint8_t)(l.bytes[i] + 1), GN_MALFORMED);
	changed(4, 0, GN_MALFORMED);
	changed(4, 2, GN_MALFORMED);
	changed(4, E2EE_WRAPS_MAX + 1, GN_MALFORMED);
	changed(5, E2EE_TO_GROUP, GN_MALFORMED); /* with a wrap */
	changed(5, 2, GN_MALFORMED);
	changed(22, 3, GN_MALFORMED);
	changed(23, 132, GN_MALFORMED);
	changed(23, 134, GN_MALFORMED);
	changed(41, 130, GN_MALFORMED); /* the wrap's length */
	changed(44, 0, GN_MALFORMED);   /* its type does not fit the length */
	changed(44, 2, GN_MALFORMED);
	l.bytes[4] = 0;
	l.bytes[5] = E2EE_TO_GROUP;
	assert_int_equal(parse(&l, &v), GN_UNSUPPORTED);
	for (size_t len = 0; len < l.len; len += 1 + len / 7)
		assert_int_equal(e2ee_envelope_parse(gn_slice(l.bytes, len), &v), GN_MALFORMED);
	assert_int_equal(e2ee_envelope_parse(gn_slice(l.bytes, l.len + 1), &v), GN_MALFORMED);
}

/* Wraps that leave so many bytes to the body of an envelope of this size; false: there are none. */
static bool fill_up(size_t size, size_t body)
{
	static const size_t lens[] = {133, 429, 1413, 1709};
	size_t want = size - 40 - body;
	unsigned n[4];
	for (unsigned i = 0; i < 33 * 33 * 33 * 33; i++) {
		unsigned rest = i, count = 0;
		size_t sum = 0;
		for (int k = 0; k < 4; k++, rest /= 33) {
			n[k] = rest % 33;
			count += n[k];
			sum += n[k] * lens[k];
		}
		if (sum != want || count == 0 || count > 32)
			continue;
		memset(l.bytes, 0, size);
		memcpy(l.bytes, "GNE\1", 4);
		l.bytes[4] = (uint8_t)count;
		l.bytes[22] = (uint8_t)(want >> 8);
		l.bytes[23] = (uint8_t)want;
		uint8_t *at = l.bytes + 40;
		for (int k = 0; k < 4; k++) {
			for (unsigned m = 0; m < n[k]; m++, at += lens[k]) {
				at[0] = (uint8_t)((lens[k] - 2) >> 8);
				at[1] = (uint8_t)(lens[k] - 2);
				at[4] = k < 2 ? 1 : 0;
			}
		}
		l.len = size;
		return true;
	}
	return false;
}

static void shortest_body(void **state)
{
	(void)state;
	static const size_t sizes[] = {2048, 4096, 8192, 16384};
	unsigned tried[2] = {0, 0};
	for (size_t i = 0; i < GN_COUNT(sizes); i++) {
		for (unsigned less = 0; less < 2; less++) {
			struct e2ee_envelope v;
			if (!fill_up(sizes[i], 16 - less))
				continue;
			tried[less]++;
			assert_int_equal(parse(&l, &v), less ? GN_MALFORMED : GN_OK);
		}
	}
	assert_true(tried[0] && tried[1]);
}

static void wrap_lengths(void **state)
{
	(void)state;
	static uint8_t bytes[2048];
	for (unsigned type = 0; type < 4; type++) {
		for (size_t len = 0; len < 1800; len++) {
			struct gn_reader r;
			struct e2ee_wrap w;
			bytes[0] = (uint8_t)(len >> 8);
			bytes[1] = (uint8_t)len;
			bytes[4] = (uint8_t)type;
			r = gn_reader(gn_slice(bytes, 2 + len));
			bool fits = (type == 1 && (len == 131 || len == 427)) ||
				    (type == 0 && (len == 1411 || len == 1707));
			assert_int_equal(e2ee_wrap_next(&r, &w), fits);
			r = gn_reader(gn_slice(bytes, 1 + len));
			assert_false(e2ee_wrap_next(&r, &w));
		}
	}
}

/* Sealed rightly, and out of place: refused, not taken for a wrong seal. */
static void inner_fields(void **state)
{
	(void)state;
	uint8_t mk[32] = {1}, t[32] = {2}, header[E2EE_HEADER] = {3}, bh[32] = {4};
	uint8_t out[E2EE_INNER + E2EE_CHUNK];
	struct e2ee_around around = {mk, t, header, bh};
	struct e2ee_inner in = {.kind = E2EE_CHUNK_NONE}, got;
	for (unsigned kind = 0; kind < 5; kind++) {
		for (unsigned index = 0; index < 256; index++) {
			for (int chunk = 0; chunk < 2; chunk++) {
				uint8_t ad[32 + E2EE_HEADER + 32];
				size_t len = 34 + (chunk ? E2EE_CHUNK : 0u);
				memcpy(ad, t, 32);
				memcpy(ad + 32, header, E2EE_HEADER);
				memcpy(ad + 32 + E2EE_HEADER, bh, 32);
				memset(out, 9, sizeof out);
				out[32] = (uint8_t)kind;
				out[33] = (uint8_t)index;
				assert_int_equal(e2ee_seal(mk, header, GN_SLICE(ad), out, len),
						 GN_OK);
				bool fine = kind == 0 ? !chunk && index == 0
						      : chunk && kind <= 2 && index < 255;
				gn_err err =
					e2ee_inner_open(&around, gn_slice(out, len + 16), &got);
				assert_int_equal(err, fine ? GN_OK : GN_MALFORMED);
				out[5] ^= 1;
				err = e2ee_inner_open(&around, gn_slice(out, len + 16), &got);
				assert_int_equal(err, GN_AUTH);
			}
		}
	}
	assert_int_equal(e2ee_inner_seal(&around, &in, out), GN_OK);
	bh[31] ^= 1;
	assert_int_equal(e2ee_inner_open(&around, gn_slice(out, E2EE_INNER), &got), GN_AUTH);
}

/* A wrap with the right content key around a body or a commitment that is another's. */
static void commitment_first(void **state)
{
	(void)state;
	static uint8_t body[E2EE_ENVELOPE_MAX];
	struct e2ee_envelope v;
	struct gn_hash bh;
	uint8_t key[32] = {5}, nonce[16] = {6};
	struct e2ee_letter letter = {.count = 1,
				     .nonce = nonce,
				     .content_key = key,
				     .wraps_len = 133,
				     .content = GN_LIT("hello")};
	party_write(&a, &b, "x", &l); /* for the wrap's form */
	uint8_t wrap[133];
	memcpy(wrap, l.bytes + 40, sizeof wrap);
	assert_int_equal(e2ee_envelope_begin(&letter, l.bytes, 896, &bh), GN_OK);
	memcpy(l.bytes + 40, wrap, sizeof wrap);
	assert_int_equal(parse(&l, &v), GN_OK);
	assert_memory_equal(v.bh.b, bh.b, 32);
	assert_int_equal(e2ee_body_open(&v, key, body), GN_OK);
	assert_memory_equal(body, "hello\0", 6);
	key[0] ^= 1;
	assert_int_equal(e2ee_body_open(&v, key, body), GN_HASH);
	key[0] ^= 1;
	l.bytes[895] ^= 1;
	assert_int_equal(e2ee_body_open(&v, key, body), GN_AUTH);
	l.bytes[24] ^= 1;
	assert_int_equal(e2ee_body_open(&v, key, body), GN_HASH);
}

/* Every byte of a message: changed, it is not opened, and the session is as it was. */
static void every_byte(void **state)
{
	(void)state;
	char text[64];
	party_write(&a, &b, "untouched", &l);
	struct snapshot before = party_save(&b);
	struct gn_prng drawn = b.prng;
	for (size_t i = 0; i < l.len; i++) {
		l.bytes[i] ^= 0x20;
		assert_int_not_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
		l.bytes[i] ^= 0x20;
	}
	struct snapshot after = party_save(&b);
	assert_memory_equal(&drawn, &b.prng, sizeof drawn);
	assert_int_equal(before.len, after.len);
	assert_memory_equal(before.p, after.p, after.len);
	snapshot_free(&before);
	snapshot_free(&after);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
	assert_string_equal(text, "untouched");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seven_sizes),      cmocka_unit_test(head),
		cmocka_unit_test(out_of_place),     cmocka_unit_test(shortest_body),
		cmocka_unit_test(wrap_lengths),     cmocka_unit_test(inner_fields),
		cmocka_unit_test(commitment_first), cmocka_unit_test(every_byte),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
