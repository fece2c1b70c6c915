/* Records and receipts: round trips, every limit at and past it, known places, order, every kind
 * of damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "wire/generated/blocks_fb.h"
#include "wire/generated/bodies_fb.h"
#include "wire/generated/overlay_fb.h"
#include "wire/wire.h"

static uint8_t storage[2 * GN_RECORD_MAX], inner[2 * GN_RECORD_MAX], filler[GN_RECORD_MAX];
static struct gn_sk sk;
static const uint8_t pq_seed[GN_PQ_SEED_LEN] = {9};

static int make_key(void **state)
{
	(void)state;
	const uint8_t seed[32] = {1, 2, 3};
	gn_sk_from_seed(seed, &sk);
	memset(filler, 'f', sizeof filler);
	return 0;
}

static struct gn_slice text(size_t len)
{
	GN_ASSERT(len <= sizeof filler);
	return gn_slice(filler, len);
}

static struct gn_record_fields plain(void)
{
	return (struct gn_record_fields){.type = GN_FB_RECORD_TYPE_SITE,
					 .label = gn_str("blog"),
					 .body = gn_str("body"),
					 .seq = 5,
					 .created = 1000,
					 .ttl = 3600};
}

/* Made in the middle of a buffer, whose front stays. */
static gn_err make(const struct gn_record_fields *fields, struct gn_slice *out)
{
	struct gn_buf buf = {storage, 3, sizeof storage};
	bool twice = fields->type == GN_FB_RECORD_TYPE_IDENTITY ||
		     fields->type == GN_FB_RECORD_TYPE_PREKEYS;
	gn_err err = gn_wire_record_make(&sk, twice ? pq_seed : NULL, fields, &buf);
	if (err == GN_OK)
		*out = gn_slice(storage + 3, buf.len - 3);
	else
		assert_int_equal(buf.len, 3);
	return err;
}

static void reads_back_what_was_made(void **state)
{
	(void)state;
	struct gn_record_fields f = plain();
	struct gn_slice in = {0};
	struct gn_record r;
	f.salt = 1;
	f.prev = text(32);
	f.token = gn_str("token");
	assert_int_equal(make(&f, &in), GN_OK);
	assert_int_equal(gn_wire_record_open(in, &r), GN_OK);
	assert_true(gn_slice_eq(r.bytes, in));
	assert_true(gn_slice_eq(r.label, f.label) && gn_slice_eq(r.body, f.body) &&
		    gn_slice_eq(r.token, f.token) && gn_slice_eq(r.prev, f.prev));
	assert_int_equal(r.type, 4);
	assert_int_equal(r.salt, 1);
	assert_true(r.seq == 5 && r.created == 1000 && r.ttl == 3600 && !r.pq_sig.p);
	assert_memory_equal(r.owner.b, sk.pk.b, 32);
	struct gn_hash h;
	gn_sha256(&r.signed_bytes, 1, &h);
	assert_memory_equal(h.b, r.hash.b, 32);
	gn_wire_record_key(4, &sk.pk, f.label, 1, &h);
	assert_memory_equal(h.b, r.key.b, 32);
}

static void same_fields_same_bytes(void **state)
{
	(void)state;
	struct gn_record_fields f = plain();
	struct gn_slice first = {0}, second = {0};
	static uint8_t copy[1024];
	assert_int_equal(make(&f, &first), GN_OK);
	size_t len = first.len;
	memcpy(copy, first.p, len);
	memset(storage + 3, 0xee, 4096);
	assert_int_equal(make(&f, &second), GN_OK);
	assert_true(gn_slice_eq(second, gn_slice(copy, len)));
	f.label = gn_str("");
	assert_int_equal(make(&f, &first), GN_OK);
	len = first.len;
	memcpy(copy, first.p, len);
	f.label = gn_slice(NULL, 0);
	assert_int_equal(make(&f, &second), GN_OK);
	assert_true(gn_slice_eq(second, gn_slice(copy, len)));
}

static void expect_key(uint16_t type, const char *label, uint8_t salt, const char *hex)
{
	struct gn_pk owner;
	struct gn_hash k;
	char got[65];
	for (unsigned i = 0; i < 32; i++)
		owner.b[i] = (uint8_t)i;
	gn_wire_record_key(type, &owner, gn_str(label), salt, &k);
	gn_hex(GN_SLICE(k.b), got);
	assert_string_equal(got, hex);
}

/* Computed independently with Python's hashlib. */
static void known_places(void **state)
{
	(void)state;
	expect_key(2, "", 0, "4f7c25500819228229cee78372e0c1b56e37be26df357e204cef69939e1fe3a7");
	expect_key(0x8001, "caf\xc3\xa9", 5,
		   "0afdee65a728cabcec3732ea16b411fbf02fc8d4810d0910d132152b5be2e9b7");
	expect_key(3, "alice", 1,
		   "621506178e8f4c2b590c9da77ad4013995d576710668d4f09c5683070898efc3");
	expect_key(3, "a.town", 0,
		   /* delegated: under its signer */
		   "6b2cb47a65005df2ea043881eedb1de3d3c370b043067f886d3cf4682d813073");
	struct gn_hash k;
	char got[65];
	gn_wire_record_key(3, NULL, gn_str("alice"), 1, &k); /* whoever owns it */
	gn_hex(GN_SLICE(k.b), got);
	assert_string_equal(got,
			    "621506178e8f4c2b590c9da77ad4013995d576710668d4f09c5683070898efc3");
}

/* ---- limits: made and read at the limit, refused one past it ---- */

/* A Record around a Signed that make would refuse, correctly signed. */
static struct gn_slice forge(const struct gn_fb_signed_args *args, size_t sig_len)
{
	struct gn_fbb b = gn_fbb(inner, sizeof inner);
	struct gn_slice body, out = {0};
	struct gn_sig sig;
	assert_int_equal(gn_fbb_finish(&b, gn_fb_signed_make(&b, args), NULL, &body), GN_OK);
	gn_sign(&sk, GN_RECORD_DOMAIN, &body, 1, &sig);
	gn_fbref root = gn_fb_record_make(
		&b, &(struct gn_fb_record_args){.signed_ = body, .sig = gn_slice(sig.b, sig_len)});
	assert_int_equal(gn_fbb_finish(&b, root, GN_FB_RECORD_IDENTIFIER, &out), GN_OK);
	return out;
}

static struct gn_fb_signed_args forged(void)
{
	return (struct gn_fb_signed_args){
		.type = 4, .owner = GN_SLICE(sk.pk.b), .ttl = 3600, .created = 1000};
}

static void expect_open(const struct gn_fb_signed_args *args, gn_err want)
{
	struct gn_record r;
	assert_int_equal(gn_wire_record_open(forge(args, 64), &r), want);
}

static void label_limit(void **state)
{
	(void)state;
	struct gn_record_fields f = plain();
	struct gn_fb_signed_args args = forged();
	struct gn_slice in = {0};
	struct gn_record r;
	f.label = text(255);
	assert_int_equal(make(&f, &in), GN_OK);
	assert_int_equal(gn_wire_record_open(in, &r), GN_OK);
	f.label = text(256);
	assert_int_equal(make(&f, &in), GN_TOO_LARGE);
	args.label = text(256);
	expect_open(&args, GN_TOO_LARGE);
	f.label = gn_str("\xff");
	assert_int_equal(make(&f, &in), GN_TEXT);
	args.label = f.label;
	expect_open(&args, GN_MALFORMED);
}

static void ttl_limits(void **state)
{
	(void)state;
	static const struct {
		uint32_t ttl;
		gn_err want;
	} cases[] = {{0, GN_RANGE},    {59, GN_RANGE},      {60, GN_OK},
		     {2592000, GN_OK}, {2592001, GN_RANGE}, {UINT32_MAX, GN_RANGE}};
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		struct gn_record_fields f = plain();
		struct gn_fb_signed_args args = forged();
		struct gn_slice in = {0};
		f.ttl = args.ttl = cases[i].ttl;
		assert_int_equal(make(&f, &in), cases[i].want);
		expect_open(&args, cases[i].want);
	}
}

static void token_limit(void **state)
{
	(void)state;
	struct gn_record_fields f = plain();
	struct gn_fb_signed_args args = forged();
	struct gn_slice in = {0};
	struct gn_record r;
	f.token = text(4096);
	assert_int_equal(make(&f, &in), GN_OK);
	assert_int_equal(gn_wire_record_open(in, &r), GN_OK);
	f.token = args.token = text(4097);
	assert_int_equal(make(&f, &in), GN_TOO_LARGE);
	expect_open(&args, GN_TOO_LARGE);
}

static void record_limit(void **state)
{
	(void)state;
	struct gn_record_fields f = plain();
	struct gn_slice in = {NULL, 0};
	struct gn_record r;
	size_t len = GN_RECORD_MAX;
	gn_err err;
	do {
		f.body = text(len--);
		err = make(&f, &in);
	} while (err == GN_TOO_LARGE);
	assert_int_equal(err, GN_OK);
	/* padding goes by 8, the first that fits fills it */
	assert_int_equal(in.len, GN_RECORD_MAX);
	assert_int_equal(gn_wire_record_open(in, &r), GN_OK);
	struct gn_fb_signed_args args = forged();
	args.body = text(GN_RECORD_MAX - 400);
	assert_true(forge(&args, 64).len < GN_RECORD_MAX);
	expect_open(&args, GN_OK);
	args.body = text(GN_RECORD_MAX);
	expect_open(&args, GN_TOO_LARGE);
}

static void sizes_of_keys_and_hashes(void **state)
{
	(void)state;
	struct gn_fb_signed_args args = forged();
	struct gn_record_fields f = plain();
	struct gn_slice in = {0};
	struct gn_record r;
	for (size_t len = 0; len <= 33; len++) {
		args.prev = f.prev = text(len);
		expect_open(&args, len == 32 ? GN_OK : GN_MALFORMED);
		assert_int_equal(make(&f, &in), len == 32 ? GN_OK : GN_USAGE);
	}
	args = forged();
	args.owner = gn_slice(sk.pk.b, 31);
	expect_open(&args, GN_MALFORMED);
	args = forged();
	assert_int_equal(gn_wire_record_open(forge(&args, 63), &r), GN_MALFORMED);
	assert_int_equal(gn_wire_record_open(forge(&args, 64), &r), GN_OK);
	args.type = f.type = 0;
	expect_open(&args, GN_MALFORMED);
	f.prev = gn_slice(NULL, 0);
	assert_int_equal(make(&f, &in), GN_USAGE);
}

static void storage_too_small(void **state)
{
	(void)state;
	struct gn_record_fields f = plain();
	struct gn_slice in = {0};
	assert_int_equal(make(&f, &in), GN_OK);
	for (size_t cap = 0; cap <= in.len; cap++) {
		struct gn_buf buf = {inner, 0, cap};
		assert_int_equal(gn_wire_record_make(&sk, NULL, &f, &buf),
				 cap < in.len ? GN_TOO_LARGE : GN_OK);
		assert_int_equal(buf.len, cap < in.len ? 0 : in.len);
	}
}

/* ---- signatures ---- */

/* Whatever bit changes, the record is refused: no byte of it is free (WR-24). */
static void every_bit_flip_is_noticed(void **state)
{
	(void)state;
	struct gn_record_fields f = plain();
	struct gn_slice in = {0};
	struct gn_record r;
	assert_int_equal(make(&f, &in), GN_OK);
	static uint8_t bytes[1024];
	memcpy(bytes, in.p, in.len);
	assert_int_equal(gn_wire_record_open(gn_slice(bytes, in.len), &r), GN_OK);
	for (size_t bit = 0; bit < in.len * 8; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		r = (struct gn_record){.seq = 77};
		gn_err err = gn_wire_record_open(gn_slice(bytes, in.len), &r);
		assert_true(err == GN_MALFORMED || err == GN_SIGNATURE || err == GN_RANGE ||
			    err == GN_TOO_LARGE);
		assert_true(r.seq == 77 && !r.bytes.p);
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t len = 0; len < in.len; len++) {
		uint8_t *copy = malloc(len ? len : 1);
		assert_non_null(copy);
		memcpy(copy, bytes, len);
		assert_int_not_equal(gn_wire_record_open(gn_slice(copy, len), &r), GN_OK);
		free(copy);
	}
}

/* ---- one version, one sequence of bytes (WR-24) ---- */

/* What is signed in `good`, in another envelope of the same signature: made by hand, in another
 * order or with more. */
static struct gn_slice other_envelope(const struct gn_record *good, bool turned, bool pq,
				      bool unknown)
{
	static const struct gn_fb_field rows[] = {
		{.kind = GN_FB_SCALARS, .number = GN_FB_UINT, .size = 1, .slot = 0, .c_offset = 0},
		{.kind = GN_FB_SCALARS, .number = GN_FB_UINT, .size = 1, .slot = 1, .c_offset = 16},
		{.kind = GN_FB_SCALARS, .number = GN_FB_UINT, .size = 1, .slot = 2, .c_offset = 32},
		{.kind = GN_FB_SCALAR, .number = GN_FB_UINT, .size = 8, .slot = 3, .c_offset = 48}};
	struct gn_fb_field fields[GN_COUNT(rows)];
	struct {
		struct gn_slice signed_, sig, pq_sig;
		uint64_t unknown;
	} args = {good->signed_bytes, GN_SLICE(good->sig.b),
		  pq ? text(GN_PQ_SIG_LEN) : gn_slice(NULL, 0), unknown};
	struct gn_fb_type type = {
		.name = "Record", .fields = fields, .field_count = GN_COUNT(fields)};
	struct gn_fbb b = gn_fbb(inner, sizeof inner);
	struct gn_slice out = {0};
	_Static_assert(sizeof args == 56, "places of the fields");
	memcpy(fields, rows, sizeof rows);
	b.align = 8;  /* as seq and created want it */
	if (turned) { /* the signature is written first */
		fields[0] = rows[1];
		fields[1] = rows[0];
	}
	assert_int_equal(
		gn_fbb_finish(&b, gn_fbb_table(&b, &type, &args), GN_FB_RECORD_IDENTIFIER, &out),
		GN_OK);
	return out;
}

static void an_envelope_has_one_form(void **state)
{
	(void)state;
	static uint8_t bytes[1024];
	struct gn_record_fields f = plain();
	struct gn_slice in = {0};
	struct gn_record good, r;
	assert_int_equal(make(&f, &in), GN_OK);
	memcpy(bytes, in.p, in.len);
	size_t len = in.len;
	assert_int_equal(gn_wire_record_open(gn_slice(bytes, len), &good), GN_OK);
	assert_true(gn_slice_eq(other_envelope(&good, false, false, false), good.bytes));
	for (size_t more = 1; more <= 16; more++) { /* what lies behind the tables is cut off */
		bytes[len + more - 1] = (uint8_t)more;
		assert_int_equal(gn_wire_record_open(gn_slice(bytes, len + more), &r), GN_OK);
		assert_true(r.bytes.p == bytes && r.bytes.len == len);
	}
	assert_int_equal(gn_wire_record_open(other_envelope(&good, true, false, false), &r),
			 GN_MALFORMED);
	assert_int_equal(gn_wire_record_open(other_envelope(&good, false, true, false), &r),
			 GN_MALFORMED);
	assert_int_equal(gn_wire_record_open(other_envelope(&good, false, false, true), &r),
			 GN_MALFORMED);
	for (unsigned i = 0, odd = 0; i < 64; i++) {
		/* whatever has been made opens, also without what takes 8 bytes */
		f.seq = i & 1;
		f.created = i & 2;
		f.body = text(i / 4);
		assert_int_equal(make(&f, &in), GN_OK);
		assert_int_equal(gn_wire_record_open(in, &r), GN_OK);
		odd += in.len % 8 != 0;
		assert_true(i < 63 || odd > 0);
	}
}

static void parse_trusts_the_signature(void **state)
{
	(void)state;
	struct gn_record_fields f = plain();
	struct gn_slice in = {0};
	struct gn_record r;
	assert_int_equal(make(&f, &in), GN_OK);
	assert_int_equal(gn_wire_record_open(in, &r), GN_OK);
	uint8_t *body = storage + (r.body.p - storage);
	body[0] ^= 1;
	assert_int_equal(gn_wire_record_open(in, &r), GN_SIGNATURE);
	assert_int_equal(gn_wire_record_parse(in, &r), GN_OK);
}

static struct gn_slice identity_body(const uint8_t *pq_pk, size_t len)
{
	static uint8_t bytes[4096];
	struct gn_fbb b = gn_fbb(bytes, sizeof bytes);
	struct gn_slice out = {0};
	struct gn_fb_identity_body_args args = {.pq_key = gn_slice(pq_pk, len),
						.display_name = gn_str("Ada")};
	assert_int_equal(gn_fbb_finish(&b, gn_fb_identity_body_make(&b, &args), NULL, &out), GN_OK);
	return out;
}

static struct gn_slice prekeys_body(const uint8_t *pq_pk, size_t len)
{
	static uint8_t bytes[8192];
	struct gn_fbb b = gn_fbb(bytes, sizeof bytes);
	struct gn_fb_key key = {{1}};
	struct gn_slice out = {0};
	gn_fbref last = gn_fb_prekey_set_make(
		&b, &(struct gn_fb_prekey_set_args){.x25519 = &key, .kem = text(9)});
	struct gn_fb_prekeys_body_args args = {
		.identity = &key, .pq_key = gn_slice(pq_pk, len), .dh = &key, .last = last};
	assert_int_equal(gn_fbb_finish(&b, gn_fb_prekeys_body_make(&b, &args), NULL, &out), GN_OK);
	return out;
}

/* WR-14 */
static void signed_twice(uint16_t type, struct gn_slice (*body)(const uint8_t *pq_pk, size_t len))
{
	uint8_t pq_pk[GN_PQ_PK_LEN];
	struct gn_slice in = {0};
	struct gn_record r;
	struct gn_record_fields f = plain();
	assert_int_equal(gn_pq_public(pq_seed, pq_pk), GN_OK);
	f.type = type;
	f.body = body(pq_pk, sizeof pq_pk);
	assert_int_equal(make(&f, &in), GN_OK);
	assert_int_equal(gn_wire_record_open(in, &r), GN_OK);
	assert_int_equal(r.pq_sig.len, GN_PQ_SIG_LEN);
	uint8_t *pq_sig = storage + (r.pq_sig.p - storage);
	for (size_t i = 0; i < GN_PQ_SIG_LEN; i += 400) {
		pq_sig[i] ^= 1;
		assert_int_equal(gn_wire_record_open(in, &r), GN_SIGNATURE);
		pq_sig[i] ^= 1;
	}
	assert_int_equal(gn_wire_record_open(in, &r), GN_OK);

	f.body = body(pq_pk, sizeof pq_pk - 1);
	assert_int_equal(make(&f, &in), GN_OK);
	assert_int_equal(gn_wire_record_open(in, &r), GN_MALFORMED);
	pq_pk[0] ^= 1; /* another key than the one that signed */
	f.body = body(pq_pk, sizeof pq_pk);
	assert_int_equal(make(&f, &in), GN_OK);
	assert_int_equal(gn_wire_record_open(in, &r), GN_SIGNATURE);
	f.body = gn_str("not a body");
	assert_int_equal(make(&f, &in), GN_OK);
	assert_int_equal(gn_wire_record_open(in, &r), GN_MALFORMED);

	struct gn_fb_signed_args args = forged(); /* without pq_sig */
	args.type = type;
	expect_open(&args, GN_MALFORMED);
	struct gn_buf buf = {storage, 0, sizeof storage};
	assert_int_equal(gn_wire_record_make(&sk, NULL, &f, &buf), GN_USAGE);
}

static void identities_and_prekeys_carry_both_signatures(void **state)
{
	(void)state;
	signed_twice(GN_FB_RECORD_TYPE_IDENTITY, identity_body);
	signed_twice(GN_FB_RECORD_TYPE_PREKEYS, prekeys_body);
}

static void two_steps_give_the_same_record(void **state)
{
	(void)state;
	struct gn_record_fields f = plain();
	struct gn_record_builder b;
	struct gn_slice whole = {0}, stepped = {0};
	struct gn_sig sig;
	assert_int_equal(make(&f, &whole), GN_OK);
	assert_int_equal(gn_wire_signed_make(&b, inner, sizeof inner, &sk.pk, &f), GN_OK);
	gn_sign(&sk, GN_RECORD_DOMAIN, &b.signed_bytes, 1, &sig);
	assert_int_equal(gn_wire_signed_wrap(&b, &sig, gn_slice(NULL, 0), &stepped), GN_OK);
	assert_true(gn_slice_eq(whole, stepped));
}

/* ---- time and order ---- */

static void freshness(void **state)
{
	(void)state;
	struct gn_record r = {.created = 10000, .ttl = 60};
	assert_int_equal(gn_record_fresh(&r, 9699), GN_RANGE);
	assert_int_equal(gn_record_fresh(&r, 9700), GN_OK);
	assert_int_equal(gn_record_fresh(&r, 10060), GN_OK);
	assert_int_equal(gn_record_fresh(&r, 10061), GN_EXPIRED);
	r.created = UINT64_MAX;
	assert_int_equal(gn_record_fresh(&r, 10000), GN_RANGE);
	r.created = 0;
	assert_int_equal(gn_record_fresh(&r, UINT64_MAX), GN_EXPIRED);
}

static void order_is_by_seq_then_hash(void **state)
{
	(void)state;
	struct gn_record a = {.seq = 1, .hash = {{9}}}, b = {.seq = 2, .hash = {{1}}};
	assert_true(gn_record_compare(&a, &b) < 0 && gn_record_compare(&b, &a) > 0);
	b.seq = 1;
	assert_true(gn_record_compare(&a, &b) > 0 && gn_record_compare(&b, &a) < 0);
	b.hash = a.hash;
	assert_int_equal(gn_record_compare(&a, &b), 0);
}

/* ---- receipts, codes, addresses ---- */

static void receipts_bind_every_field(void **state)
{
	(void)state;
	struct gn_receipt r = {
		.key = {{1}}, .seq = 2, .hash = {{3}}, .held_until = 4, .holder = {{5}}};
	gn_wire_receipt_sign(&sk, &r);
	assert_int_equal(gn_wire_receipt_verify(&r), GN_OK);
	uint8_t *fields[] = {r.key.b,    (uint8_t *)&r.seq, r.hash.b, (uint8_t *)&r.held_until,
			     r.holder.b, r.holder_key.b,    r.sig.b};
	for (size_t i = 0; i < GN_COUNT(fields); i++) {
		fields[i][0] ^= 1;
		assert_int_equal(gn_wire_receipt_verify(&r), GN_SIGNATURE);
		fields[i][0] ^= 1;
	}
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_slice out = {0};
	struct gn_fb_receipt t;
	struct gn_receipt back;
	assert_int_equal(gn_fbb_finish(&b, gn_wire_receipt_put(&b, &r), NULL, &out), GN_OK);
	assert_int_equal(gn_fb_receipt_verify(out, &t), GN_OK);
	gn_wire_receipt_get(t, &back);
	assert_int_equal(gn_wire_receipt_verify(&back), GN_OK);
	assert_true(back.seq == 2 && back.held_until == 4);
}

static void codes_go_there_and_back(void **state)
{
	(void)state;
	for (unsigned code = 0; code <= GN_FB_CODE_RANGE; code++)
		assert_int_equal(gn_wire_code(gn_wire_err((uint8_t)code)), code);
	assert_int_equal(gn_wire_err(200), GN_REMOTE);
	assert_int_equal(gn_wire_code(GN_NOMEM), GN_FB_CODE_FAILED);
	struct gn_addr a = gn_addr_v4(10, 0, 0, 1, 7780),
		       back = gn_wire_addr_get(gn_wire_addr(&a, GN_FB_CARRIER_QUIC));
	assert_true(gn_addr_eq(&a, &back));
}

/* WR-18: the largest record with the largest token, the largest chunk with proof and token. */
static void largest_messages_fit(void **state)
{
	(void)state;
	static uint8_t message[GN_MESSAGE_MAX];
	struct gn_fb_hash hash = {{0}}, proof[4] = {{{0}}};
	struct gn_slice out = {0};
	struct gn_fbb b = gn_fbb(message, sizeof message);
	gn_fbref put =
		gn_fb_put_make(&b, &(struct gn_fb_put_args){.record = text(GN_RECORD_MAX),
							    .token = text(GN_RECORD_TOKEN_MAX)});
	gn_fbref root = gn_fb_overlay_message_make(
		&b, &(struct gn_fb_overlay_message_args){
			    .request = 1, .body_type = GN_FB_OVERLAY_BODY_PUT, .body = put});
	assert_int_equal(gn_fbb_finish(&b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &out), GN_OK);
	b = gn_fbb(message, sizeof message);
	gn_fbref chunk = gn_fb_chunk_make(&b, &(struct gn_fb_chunk_args){.block = &hash,
									 .index = 15,
									 .chunks = 16,
									 .block_len = 1 << 20,
									 .proof = {proof, 4},
									 .data = text(1 << 16)});
	put = gn_fb_chunk_put_make(
		&b, &(struct gn_fb_chunk_put_args){
			    .chunk = chunk, .ttl = 1, .token = text(GN_RECORD_TOKEN_MAX)});
	root = gn_fb_block_message_make(
		&b, &(struct gn_fb_block_message_args){
			    .request = 1, .body_type = GN_FB_BLOCK_BODY_CHUNK_PUT, .body = put});
	assert_int_equal(gn_fbb_finish(&b, root, GN_FB_BLOCK_MESSAGE_IDENTIFIER, &out), GN_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_back_what_was_made),
		cmocka_unit_test(same_fields_same_bytes),
		cmocka_unit_test(known_places),
		cmocka_unit_test(label_limit),
		cmocka_unit_test(ttl_limits),
		cmocka_unit_test(token_limit),
		cmocka_unit_test(record_limit),
		cmocka_unit_test(sizes_of_keys_and_hashes),
		cmocka_unit_test(storage_too_small),
		cmocka_unit_test(every_bit_flip_is_noticed),
		cmocka_unit_test(an_envelope_has_one_form),
		cmocka_unit_test(parse_trusts_the_signature),
		cmocka_unit_test(identities_and_prekeys_carry_both_signatures),
		cmocka_unit_test(two_steps_give_the_same_record),
		cmocka_unit_test(freshness),
		cmocka_unit_test(order_is_by_seq_then_hash),
		cmocka_unit_test(receipts_bind_every_field),
		cmocka_unit_test(codes_go_there_and_back),
		cmocka_unit_test(largest_messages_fit),
	};
	return cmocka_run_group_tests(tests, make_key, NULL);
}
