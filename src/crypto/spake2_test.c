/* SPAKE2 against the vectors of RFC 9382, and against who lies (RE-61). */
#include "crypto/testing/known.h"
#include <stdio.h>

/* RFC 9382 appendix B, SPAKE2-P256-SHA256-HKDF-SHA256-HMAC-SHA256; no AAD. */
static const struct vector {
	const char *a, *b, *w, *x, *y, *pa, *pb, *ke, *ca, *cb;
} vectors[] = {
	{"server", "client", "2ee57912099d31560b3a44b1184b9b4866e904c49d12ac5042c97dca461b1a5f",
	 "43dd0fd7215bdcb482879fca3220c6a968e66d70b1356cac18bb26c84a78d729",
	 "dcb60106f276b02606d8ef0a328c02e4b629f84f89786af5befb0bc75b6e66be",
	 "04a56fa807caaa53a4d28dbb9853b9815c61a411118a6fe516a8798434751470f9"
	 "010153ac33d0d5f2047ffdb1a3e42c9b4e6be662766e1eeb4116988ede5f912c",
	 "0406557e482bd03097ad0cbaa5df82115460d951e3451962f1eaf4367a420676d0"
	 "9857ccbc522686c83d1852abfa8ed6e4a1155cf8f1543ceca528afb591a1e0b7",
	 "0e0672dc86f8e45565d338b0540abe69",
	 "58ad4aa88e0b60d5061eb6b5dd93e80d9c4f00d127c65b3b35b1b5281fee38f0",
	 "d3e2e547f1ae04f2dbdbf0fc4b79f8ecff2dff314b5d32fe9fcef2fb26dc459b"},
	{"", "client", "0548d8729f730589e579b0475a582c1608138ddf7054b73b5381c7e883e2efae",
	 "403abbe3b1b4b9ba17e3032849759d723939a27a27b9d921c500edde18ed654b",
	 "903023b6598908936ea7c929bd761af6039577a9c3f9581064187c3049d87065",
	 "04a897b769e681c62ac1c2357319a3d363f610839c4477720d24cbe32f5fd85f44"
	 "fb92ba966578c1b712be6962498834078262caa5b441ecfa9d4a9485720e918a",
	 "04e0f816fd1c35e22065d5556215c097e799390d16661c386e0ecc84593974a61b"
	 "881a8c82327687d0501862970c64565560cb5671f696048050ca66ca5f8cc7fc",
	 "642f05c473c2cd79909f9a841e2f30a7",
	 "47d29e6666af1b7dd450d571233085d7a9866e4d49d2645e2df975489521232b",
	 "3313c5cefc361d27fb16847a91c2a73b766ffa90a4839122a9b70a2f6bd1d6df"},
	{"server", "", "626e0cdc7b14c9db3e52a0b1b3a768c98e37852d5db30febe0497b14eae8c254",
	 "07adb3db6bc623d3399726bfdbfd3d15a58ea776ab8a308b00392621291f9633",
	 "b6a4fc8dbb629d4ba51d6f91ed1532cf87adec98f25dd153a75accafafedec16",
	 "04f88fb71c99bfffaea370966b7eb99cd4be0ff1a7d335caac4211c4afd855e2e1"
	 "5a873b298503ad8ba1d9cbb9a392d2ba309b48bfd7879aefd0f2cea6009763b0",
	 "040c269d6be017dccb15182ac6bfcd9e2a14de019dd587eaf4bdfd353f031101e7"
	 "cca177f8eb362a6e83e7d5e729c0732e1b528879c086f39ba0f31a9661bd34db",
	 "005184ff460da2ce59062c87733c299c",
	 "bc9f9bbe99f26d0b2260e6456e05a86196a3307ec6663a18bf6ac825736533b2",
	 "c2370e1bf813b086dff0d834e74425a06e6390f48f5411900276dcccc5a297ec"},
	{"", "", "7bf46c454b4c1b25799527d896508afd5fc62ef4ec59db1efb49113063d70cca",
	 "8cef65df64bb2d0f83540c53632de911b5b24b3eab6cc74a97609fd659e95473",
	 "d7a66f64074a84652d8d623a92e20c9675c61cb5b4f6a0063e4648a2fdc02d53",
	 "04a65b367a3f613cf9f0654b1b28a1e3a8a40387956c8ba6063e8658563890f46c"
	 "a1ef6a676598889fc28de2950ab8120b79a5ef1ea4c9f44bc98f585634b46d66",
	 "04589f13218822710d98d8b2123a079041052d9941b9cf88c6617ddb2fcc049466"
	 "2eea8ba6b64692dc318250030c6af045cb738bc81ba35b043c3dcb46adf6f58d",
	 "fc6374762ba5cf11f4b2caa08b2cd1b9",
	 "dfb4db8d48ae5a675963ea5e6c19d98d4ea028d8e898dad96ea19a80ade95dca",
	 "d0f0609d1613138d354f7e95f19fb556bf52d751947241e8c7118df5ef0ae175"},
};

/* Randomness that gives what it is told, in turn, and counts. */
struct told {
	const char *hex[3];
	unsigned at;
};

static void fill_told(void *user, uint8_t *out, size_t len)
{
	struct told *t = user;
	assert_true(t->at < GN_COUNT(t->hex) && t->hex[t->at]);
	assert_int_equal(gn_unhex(gn_str(t->hex[t->at++]), out, len), GN_OK);
}

static void begin(struct gn_spake2 *s, enum gn_spake2_role role, const char *w, const char *x,
		  uint8_t message[GN_SPAKE2_MESSAGE])
{
	uint8_t scalar[GN_SPAKE2_SCALAR];
	struct told told = {{x, NULL, NULL}, 0};
	struct gn_rand rand = {fill_told, &told};
	assert_int_equal(gn_unhex(gn_str(w), scalar, sizeof scalar), GN_OK);
	gn_spake2_start(s, role, scalar, &rand, message);
}

static void vectors_of_the_rfc(void **state)
{
	(void)state;
	for (size_t i = 0; i < GN_COUNT(vectors); i++) {
		const struct vector *v = &vectors[i];
		struct gn_spake2 a, b;
		uint8_t pa[GN_SPAKE2_MESSAGE], pb[GN_SPAKE2_MESSAGE], ca[GN_SPAKE2_CONFIRM],
			cb[GN_SPAKE2_CONFIRM], ka[GN_SPAKE2_KEY], kb[GN_SPAKE2_KEY];
		struct gn_spake2_bind bind = {gn_str(v->a), gn_str(v->b), gn_slice(NULL, 0)};
		begin(&a, GN_SPAKE2_A, v->w, v->x, pa);
		begin(&b, GN_SPAKE2_B, v->w, v->y, pb);
		assert_hex(pa, v->pa);
		assert_hex(pb, v->pb);
		assert_int_equal(gn_spake2_finish(&b, GN_SLICE(pa), &bind, cb), GN_OK);
		assert_int_equal(gn_spake2_finish(&a, GN_SLICE(pb), &bind, ca), GN_OK);
		assert_hex(ca, v->ca);
		assert_hex(cb, v->cb);
		assert_int_equal(gn_spake2_confirm(&a, GN_SLICE(cb), ka), GN_OK);
		assert_int_equal(gn_spake2_confirm(&b, GN_SLICE(ca), kb), GN_OK);
		assert_hex(ka, v->ke);
		assert_hex(kb, v->ke);
	}
}

/* ---- two with codes of their own ---- */

struct run {
	const char *code[2];           /* A's, B's */
	struct gn_spake2_bind bind[2]; /* as each sees it */
	struct gn_spake2 s[2];
	uint8_t message[2][GN_SPAKE2_MESSAGE], confirm[2][GN_SPAKE2_CONFIRM];
	uint8_t key[2][GN_SPAKE2_KEY];
};

static void start_both(struct run *r, uint64_t seed)
{
	struct gn_prng g;
	gn_prng_init(&g, seed);
	struct gn_rand rand = gn_prng_rand(&g);
	for (int i = 0; i < 2; i++) {
		uint8_t w[GN_SPAKE2_SCALAR];
		gn_spake2_scalar(gn_str(r->code[i]), w);
		gn_spake2_start(&r->s[i], i ? GN_SPAKE2_B : GN_SPAKE2_A, w, &rand, r->message[i]);
	}
}

static void finish_both(struct run *r)
{
	for (int i = 0; i < 2; i++)
		assert_int_equal(gn_spake2_finish(&r->s[i], GN_SLICE(r->message[1 - i]),
						  &r->bind[i], r->confirm[i]),
				 GN_OK);
}

static struct run run_of(const char *a, const char *b)
{
	struct gn_spake2_bind bind = {GN_LIT("key of A"), GN_LIT("key of B"), GN_LIT("exporter")};
	return (struct run){.code = {a, b}, .bind = {bind, bind}};
}

static bool agrees(struct run *r, uint64_t seed)
{
	start_both(r, seed);
	finish_both(r);
	gn_err err[2];
	for (int i = 0; i < 2; i++)
		err[i] = gn_spake2_confirm(&r->s[i], GN_SLICE(r->confirm[1 - i]), r->key[i]);
	assert_int_equal(err[0], err[1]);
	assert_true(err[0] == GN_OK || err[0] == GN_AUTH);
	return err[0] == GN_OK;
}

static void who_knows_the_code_gets_the_key(void **state)
{
	(void)state;
	uint8_t before[GN_SPAKE2_KEY] = {0};
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct run good = run_of("4821-orbit-lemon", "4821-orbit-lemon");
		assert_true(agrees(&good, seed));
		assert_memory_equal(good.key[0], good.key[1], GN_SPAKE2_KEY);
		assert_memory_not_equal(good.key[0], before, GN_SPAKE2_KEY);
		memcpy(before, good.key[0], sizeof before);
		struct run bad = run_of("4821-orbit-lemon", "4821-orbit-lend");
		assert_false(agrees(&bad, seed));
		assert_true(gn_is_zero(bad.key, sizeof bad.key)); /* nothing was given out */
	}
}

static void other_ends_and_other_sessions_get_no_key(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct run r = run_of("1-zoo-zoo", "1-zoo-zoo");
		struct gn_slice *part =
			(struct gn_slice *[]){&r.bind[1].a, &r.bind[1].b, &r.bind[1].aad}[i];
		*part = GN_LIT("another");
		assert_false(agrees(&r, 7));
	}
}

static void a_session_binds_a_run(void **state)
{
	(void)state;
	uint8_t a[32], b[32], exported[32], room[GN_SPAKE2_AAD];
	memset(a, 'a', sizeof a);
	memset(b, 'b', sizeof b);
	memset(exported, 'x', sizeof exported);
	struct gn_spake2_bind bind = gn_spake2_session(a, b, exported, room);
	assert_true(gn_slice_eq(bind.a, GN_SLICE(a)) && gn_slice_eq(bind.b, GN_SLICE(b)));
	assert_true(gn_slice_eq(bind.aad, GN_LIT("geonet/code/1xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")));
}

static void the_scalar_of_a_code(void **state)
{
	(void)state;
	uint8_t w[GN_SPAKE2_SCALAR];
	/* Python: HKDF-SHA256 by hmac and hashlib, 48 bytes, % the order */
	gn_spake2_scalar(GN_LIT("4821-orbit-lemon"), w);
	assert_hex(w, "f21b147f74a6adf3f206d959d34b40ca77063d0377fa36a05cdba59a0249a6db");
}

/* ---- messages that are none ---- */

static void messages_that_are_no_point_are_refused(void **state)
{
	(void)state;
	static const struct {
		const char *what;
		size_t at, len;
		uint8_t is;
		gn_err err;
	} t[] = {
		{"short", 0, 64, 4, GN_MALFORMED},       {"long", 0, 66, 4, GN_MALFORMED},
		{"nothing", 0, 0, 4, GN_MALFORMED},      {"identity", 0, 1, 0, GN_MALFORMED},
		{"zero form", 0, 65, 0, GN_MALFORMED},   {"compressed", 0, 33, 2, GN_MALFORMED},
		{"hybrid", 0, 65, 6, GN_MALFORMED},      {"hybrid", 0, 65, 7, GN_MALFORMED},
		{"off the curve", 40, 65, 0x55, GN_KEY},
	};
	for (size_t i = 0; i < GN_COUNT(t); i++) {
		struct run r = run_of("1-zoo-zoo", "1-zoo-zoo");
		uint8_t bytes[66] = {0};
		start_both(&r, 3);
		memcpy(bytes, r.message[0], GN_SPAKE2_MESSAGE);
		bytes[t[i].at] = t[i].is;
		assert_int_equal(gn_spake2_finish(&r.s[1], gn_slice(bytes, t[i].len), &r.bind[1],
						  r.confirm[1]),
				 t[i].err);
		assert_true(gn_is_zero(&r.s[1], sizeof r.s[1]));
		assert_true(gn_is_zero(r.confirm[1], sizeof r.confirm[1]));
		assert_int_equal(
			gn_spake2_finish(&r.s[1], GN_SLICE(r.message[0]), &r.bind[1], r.confirm[1]),
			GN_STATE);
	}
}

static void coordinates_above_the_field_are_refused(void **state)
{
	(void)state;
	struct run r = run_of("1-zoo-zoo", "1-zoo-zoo");
	start_both(&r, 3);
	uint8_t bytes[GN_SPAKE2_MESSAGE];
	memset(bytes, 0xff, sizeof bytes);
	bytes[0] = 4;
	assert_int_equal(gn_spake2_finish(&r.s[0], GN_SLICE(bytes), &r.bind[0], r.confirm[0]),
			 GN_KEY);
}

/* Who knows the code can send its own blind: the sum is the identity, and no key comes of it. */
static void a_message_that_cancels_out_is_refused(void **state)
{
	(void)state;
	/* w = 1: B's message would be N itself, uncompressed */
	static const char one[] =
		"0000000000000000000000000000000000000000000000000000000000000001";
	uint8_t message[GN_SPAKE2_MESSAGE], n[GN_SPAKE2_MESSAGE], confirm[GN_SPAKE2_CONFIRM];
	struct run r = run_of("", "");
	assert_int_equal(
		gn_unhex(GN_LIT("04"
				"d8bbd6c639c62937b04d997f38c3770719c629d7014d49a24b4f98baa1292b49"
				"07d60aa6bfade45008a636337f5168c64d9bd36034808cd564490b1e656edbe7"),
			 n, sizeof n),
		GN_OK);
	begin(&r.s[0], GN_SPAKE2_A, one, one, message);
	assert_int_equal(gn_spake2_finish(&r.s[0], GN_SLICE(n), &r.bind[0], confirm), GN_KEY);
	assert_true(gn_is_zero(&r.s[0], sizeof r.s[0]));
}

static void a_message_sent_back_gives_no_key(void **state)
{
	(void)state;
	struct run r = run_of("1-zoo-zoo", "1-zoo-zoo");
	start_both(&r, 5);
	uint8_t confirm[GN_SPAKE2_CONFIRM];
	/* A hears itself, and is told its own confirmation */
	assert_int_equal(gn_spake2_finish(&r.s[0], GN_SLICE(r.message[0]), &r.bind[0], confirm),
			 GN_OK);
	assert_int_equal(gn_spake2_confirm(&r.s[0], GN_SLICE(confirm), r.key[0]), GN_AUTH);
}

static void each_bit_of_a_confirmation_counts(void **state)
{
	(void)state;
	struct run r = run_of("1-zoo-zoo", "1-zoo-zoo");
	start_both(&r, 9);
	finish_both(&r);
	for (unsigned bit = 0; bit < 8 * GN_SPAKE2_CONFIRM; bit++) {
		struct gn_spake2 s = r.s[0];
		uint8_t c[GN_SPAKE2_CONFIRM];
		memcpy(c, r.confirm[1], sizeof c);
		c[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(gn_spake2_confirm(&s, GN_SLICE(c), r.key[0]), GN_AUTH);
		assert_true(gn_is_zero(&s, sizeof s));
	}
	for (size_t len = 0; len <= GN_SPAKE2_CONFIRM; len += GN_SPAKE2_CONFIRM - 1) {
		struct gn_spake2 s = r.s[0];
		assert_int_equal(gn_spake2_confirm(&s, gn_slice(r.confirm[1], len), r.key[0]),
				 GN_MALFORMED);
		assert_true(gn_is_zero(&s, sizeof s));
	}
}

static void nothing_is_left_and_nothing_comes_out_of_turn(void **state)
{
	(void)state;
	struct run r = run_of("1-zoo-zoo", "1-zoo-zoo");
	start_both(&r, 11);
	assert_int_equal(gn_spake2_confirm(&r.s[0], GN_SLICE(r.confirm[1]), r.key[0]), GN_STATE);
	finish_both(&r);
	assert_true(gn_is_zero(r.s[0].w, sizeof r.s[0].w));
	assert_true(gn_is_zero(r.s[0].x, sizeof r.s[0].x));
	assert_int_equal(
		gn_spake2_finish(&r.s[0], GN_SLICE(r.message[1]), &r.bind[0], r.confirm[0]),
		GN_STATE);
	assert_int_equal(gn_spake2_confirm(&r.s[0], GN_SLICE(r.confirm[1]), r.key[0]), GN_OK);
	assert_int_equal(r.s[0].state, GN_SPAKE2_DONE);
	r.s[0].state = GN_SPAKE2_NONE;
	assert_true(gn_is_zero(&r.s[0], sizeof r.s[0]));
	assert_int_equal(gn_spake2_confirm(&r.s[0], GN_SLICE(r.confirm[1]), r.key[0]), GN_STATE);
}

/* Zero, and the order itself, are no scalars: the next is drawn. */
static void own_scalars_are_in_range(void **state)
{
	(void)state;
	static const char zero[] =
		"0000000000000000000000000000000000000000000000000000000000000000";
	static const char order[] =
		"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
	static const char below[] =
		"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550";
	struct told told = {{zero, order, below}, 0};
	struct gn_rand rand = {fill_told, &told};
	struct gn_spake2 s;
	uint8_t w[GN_SPAKE2_SCALAR] = {1}, message[GN_SPAKE2_MESSAGE];
	gn_spake2_start(&s, GN_SPAKE2_A, w, &rand, message);
	assert_int_equal(told.at, 3);
	assert_hex(s.x, below);
	gn_spake2_wipe(&s);
	assert_true(gn_is_zero(&s, sizeof s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_of_the_rfc),
		cmocka_unit_test(the_scalar_of_a_code),
		cmocka_unit_test(a_session_binds_a_run),
		cmocka_unit_test(who_knows_the_code_gets_the_key),
		cmocka_unit_test(other_ends_and_other_sessions_get_no_key),
		cmocka_unit_test(messages_that_are_no_point_are_refused),
		cmocka_unit_test(coordinates_above_the_field_are_refused),
		cmocka_unit_test(a_message_that_cancels_out_is_refused),
		cmocka_unit_test(a_message_sent_back_gives_no_key),
		cmocka_unit_test(each_bit_of_a_confirmation_counts),
		cmocka_unit_test(nothing_is_left_and_nothing_comes_out_of_turn),
		cmocka_unit_test(own_scalars_are_in_range),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
