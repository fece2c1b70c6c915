/* Set-ups: who is believed, what is refused, what is remembered. Rules EE-3..11,
 * EE-20, EE-31, EE-33. */
#include "crypto/testing/known.h"
#include "e2ee/envelope_int.h"
#include "e2ee/testing/party.h"

static struct party a, b, c;
static struct letter l, m;
static char text[64];

static int begin(void **state)
{
	(void)state;
	party_make(&a, 1, 0);
	party_make(&b, 2, 3);
	party_make(&c, 3, 4);
	return 0;
}

static int end(void **state)
{
	(void)state;
	party_free(&a);
	party_free(&b);
	party_free(&c);
	return 0;
}

/* Both sides compute the same name and keys, with few and without; each term of t is in it. */
static void both_sides(void **state)
{
	(void)state;
	for (size_t few = 0; few <= 4; few += 4) {
		static struct gn_e2ee_peer peer;
		uint8_t first[E2EE_FIRST];
		struct e2ee_session_keys ka, kb;
		struct e2ee_offer offer;
		party_renew(&b, few);
		party_peer(&b, &peer);
		assert_int_equal(e2ee_setup_make(&a.e->own, &peer, &a.rand, first, &ka), GN_OK);
		assert_int_equal(e2ee_setup_open(&b.e->prekeys, first, &offer), GN_OK);
		assert_memory_equal(&offer.claim.owner, &a.own.owner, 32);
		assert_memory_equal(&offer.claim.device, &a.own.device, 32);
		assert_memory_equal(offer.claim.dh, a.e->own.dh_pk, 32);
		assert_int_equal(offer.claim.identity.seq, a.own.seq);
		assert_memory_equal(&offer.claim.identity.hash, &a.own.hash, 32);
		assert_int_equal(offer.last->id == offer.other->id, few == 0);
		assert_int_equal(e2ee_setup_answer(&b.e->own, &b.own.owner, &offer, &kb), GN_OK);
		assert_memory_equal(&ka, &kb, sizeof ka);
		assert_int_equal(e2ee_setup_answer(&b.e->own, &c.own.owner, &offer, &kb), GN_OK);
		assert_memory_not_equal(ka.t, kb.t, 32);
		assert_memory_not_equal(ka.sk, kb.sk, sizeof ka.sk);
		/* ids are masked with the hint secret, and twice is once */
		uint8_t ids[8];
		memcpy(ids, first, 8);
		e2ee_setup_mask(party_hint, first);
		assert_memory_not_equal(first, ids, 8);
		e2ee_setup_mask(party_hint, first);
		assert_memory_equal(first, ids, 8);
		/* any other byte: the block does not open */
		for (size_t i = 0; i < E2EE_FIRST; i += 1 + i / 9) {
			first[i] ^= 4;
			gn_err err = e2ee_setup_open(&b.e->prekeys, first, &offer);
			assert_int_equal(err, i < 8 ? GN_NOT_FOUND : GN_AUTH);
			first[i] ^= 4;
		}
	}
}

static void waits_until_believed(void **state)
{
	(void)state;
	static uint8_t bytes[GN_E2EE_SIZE_LARGEST];
	struct gn_buf out = {bytes, 0, sizeof bytes};
	struct gn_e2ee_read r;
	static struct gn_e2ee_peer peer;
	party_believe(&a, &b);
	party_write(&a, &b, "hello", &l);
	struct snapshot before = party_save(&b);
	assert_int_equal(party_read(&b, &l, &r, &out, 1), GN_E2EE_WAIT);
	assert_memory_equal(&r.claim.owner, &a.own.owner, 32);
	assert_memory_equal(r.claim.dh, a.e->own.dh_pk, 32);
	assert_int_equal(r.claim.identity.seq, a.own.seq);
	struct snapshot after = party_save(&b);
	assert_memory_equal(before.p, after.p, before.len);
	snapshot_free(&before);
	snapshot_free(&after);

	/* every part of the claim has to be borne out */
	for (int i = 0; i < 4; i++) {
		party_peer(&a, &peer);
		peer.owner.b[0] ^= i == 0;
		peer.dh[0] ^= i == 1;
		peer.identity.seq += i == 2;
		peer.identity.hash.b[0] ^= i == 3;
		assert_int_equal(gn_e2ee_believe(b.e, &peer), GN_OK);
		assert_int_equal(party_read(&b, &l, &r, &out, 1), GN_E2EE_WAIT);
	}
	/* a newer identity, whose history has the one in the block */
	struct gn_e2ee_version past[2] = {{2, {{5}}}, {a.own.seq, a.own.hash}};
	peer.identity.seq = a.own.seq + 1;
	peer.history = past;
	peer.history_count = 2;
	assert_int_equal(gn_e2ee_believe(b.e, &peer), GN_OK);
	assert_int_equal(party_read(&b, &l, &r, &out, 1), GN_E2EE_OPENED);
	assert_true(r.setup);
	assert_memory_equal(&r.claim.device, &a.own.device, 32);
	assert_int_equal(party_count(&b, "wait"), 5);
	party_write(&a, &b, "more", &l);
	assert_int_equal(party_read(&b, &l, &r, &out, 1), GN_E2EE_OPENED);
	assert_false(r.setup);
	assert_int_equal(party_count(&b, "set-ups-opened"), 1);
}

/* The bytes of a set-up again: its session alone, and when the session is gone, nothing. */
static void replayed(void **state)
{
	(void)state;
	parties_meet(&a, &b);
	party_write(&a, &b, "once", &l);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_RESEND);
	assert_int_equal(party_session(&b, &a)->peer->count, 1);
	assert_int_equal(gn_e2ee_forget(b.e, &a.own.device), GN_OK);
	assert_int_equal(gn_e2ee_forget(b.e, &a.own.device), GN_NOT_FOUND);
	party_believe(&b, &a);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_UNKNOWN);
	/* one half erased: still remembered; both: forgotten, and of no use */
	assert_int_equal(b.e->prekeys.remembered.count, 1);
	const struct e2ee_remembered *r = gn_map_value_at(&b.e->prekeys.remembered, 0);
	uint32_t last = r->last, other = r->other;
	assert_int_not_equal(last, other);
	gn_e2ee_prekeys_erase(b.e, &other, 1);
	assert_int_equal(b.e->prekeys.remembered.count, 1);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_UNKNOWN);
	gn_e2ee_prekeys_erase(b.e, &last, 1);
	assert_int_equal(b.e->prekeys.remembered.count, 0);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_UNKNOWN);
}

/* A set-up whose message does not open leaves nothing behind. */
static void damaged_body(void **state)
{
	(void)state;
	parties_meet(&a, &b);
	party_write(&a, &b, "whole", &l);
	m = l;
	m.bytes[m.len - 1] ^= 1;
	assert_int_equal(party_text(&b, &m, text), GN_E2EE_RESEND);
	assert_int_equal(b.e->prekeys.remembered.count, 0);
	assert_null(b.e->newest);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
	assert_int_equal(b.e->prekeys.remembered.count, 1);
}

/* Keys that give zeros, on either side, and an ML-KEM key that is no encoding. */
static void keys_of_no_use(void **state)
{
	(void)state;
	static struct gn_e2ee_peer peer;
	uint8_t *fields[] = {peer.dh, peer.prekeys.last.x25519, peer.prekeys.few[0].x25519};
	party_renew(&b, 1);
	for (size_t i = 0; i < GN_COUNT(fields); i++) {
		party_peer(&b, &peer);
		memset(fields[i], 0, 32);
		assert_int_equal(gn_e2ee_believe(a.e, &peer), GN_OK);
		assert_int_equal(party_send(&a, &b, GN_LIT("x"), &l, 1), GN_KEY);
	}
	party_peer(&b, &peer);
	memset(peer.prekeys.few[0].kem, 0xff, 32);
	assert_int_equal(gn_e2ee_believe(a.e, &peer), GN_KEY);
	party_believe(&a, &b);
	memset(e2ee_peer_get(a.e, &b.own.device)->is.prekeys.few[0].kem, 0xff, 32);
	assert_int_equal(party_send(&a, &b, GN_LIT("x"), &l, 1), GN_KEY);
	assert_null(a.e->newest);
	/* ek of zeros */
	parties_meet(&a, &b);
	party_write(&a, &b, "x", &l);
	m = l;
	uint8_t *first = m.bytes + E2EE_HEAD + 5;
	e2ee_setup_mask(party_hint, first);
	memset(first + 8, 0, 32);
	e2ee_setup_mask(party_hint, first);
	assert_int_equal(party_text(&b, &m, text), GN_E2EE_REFUSED);
	/* a's `last`, that epoch 1's ciphertext is for */
	party_peer(&a, &peer);
	memset(peer.prekeys.last.kem, 0xff, 32);
	assert_int_equal(gn_e2ee_believe(b.e, &peer), GN_KEY);
	memset(e2ee_peer_get(b.e, &a.own.device)->is.prekeys.last.kem, 0xff, 32);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_REFUSED);
	assert_null(b.e->newest);
	assert_int_equal(b.e->prekeys.remembered.count, 0);
	assert_int_equal(party_count(&b, "refused"), 2);
	party_believe(&b, &a);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
}

/* The owner key of before a rotation is tried while the halves published under it live. */
static void rotation(void **state)
{
	(void)state;
	struct gn_pk new_owner = {{77}};
	parties_meet(&a, &b);
	party_write(&a, &b, "to the old key", &l);
	gn_e2ee_identity(b.e, &new_owner, 4, &(struct gn_hash){{6}});
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
	b.own.owner = new_owner;
	party_renew(&b, 2);
	party_believe(&a, &b);
	assert_int_equal(gn_e2ee_anew(a.e, &b.own.device), GN_OK);
	party_talk(&a, &b, "to the new one");
	assert_int_equal(gn_e2ee_anew(a.e, &b.own.device), GN_OK);
	static struct gn_e2ee_peer peer;
	party_peer(&b, &peer);
	peer.owner.b[0]++;
	assert_int_equal(gn_e2ee_believe(a.e, &peer), GN_OK);
	party_write(&a, &b, "to neither", &l);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_UNKNOWN);
}

/* A set-up names a `last`, and the same or one of the few: nothing else that we have. */
static void halves_in_their_places(void **state)
{
	(void)state;
	static struct gn_e2ee_peer peer;
	party_believe(&b, &a);
	party_renew(&b, 2);
	struct gn_e2ee_prekeys now = b.keys;
	party_renew(&b, 0);
	for (int i = 0; i < 4; i++) {
		party_peer(&b, &peer);
		peer.prekeys = now;
		if (i == 0)
			peer.prekeys.last = now.few[0];
		peer.prekeys.few_count = i > 1;
		if (i == 2)
			peer.prekeys.few[0] = b.keys.last; /* a `last`, of another record */
		assert_int_equal(gn_e2ee_believe(a.e, &peer), GN_OK);
		assert_int_equal(gn_e2ee_anew(a.e, &b.own.device), GN_OK);
		party_write(&a, &b, "x", &l);
		assert_int_equal(party_text(&b, &l, text),
				 i % 2 ? GN_E2EE_OPENED : GN_E2EE_UNKNOWN);
	}
}

/* Who wrote is told as the session was set up, whatever is believed of the device by now. */
static void owner_told(void **state)
{
	(void)state;
	static struct gn_e2ee_peer peer;
	static uint8_t bytes[GN_E2EE_SIZE_LARGEST];
	struct gn_buf out = {bytes, 0, sizeof bytes};
	struct gn_e2ee_read r;
	parties_meet(&a, &b);
	party_talk(&a, &b, "set-up");
	party_talk(&b, &a, "answer");
	party_peer(&a, &peer);
	peer.owner.b[0] ^= 1;
	assert_int_equal(gn_e2ee_believe(b.e, &peer), GN_OK);
	party_peer(&b, &peer);
	peer.owner.b[0] ^= 1;
	assert_int_equal(gn_e2ee_believe(a.e, &peer), GN_OK);
	for (int i = 0; i < 2; i++) {
		struct party *from = i ? &a : &b, *to = i ? &b : &a;
		party_write(from, to, "x", &l);
		assert_int_equal(party_read(to, &l, &r, &out, 1), GN_E2EE_OPENED);
		assert_memory_equal(&r.claim.owner, &from->own.owner, 32);
		assert_memory_equal(&r.claim.device, &from->own.device, 32);
		l.bytes[l.len - 1] ^= 1;
		assert_int_equal(party_read(to, &l, &r, &out, 1), GN_E2EE_RESEND);
		assert_memory_equal(&r.claim.device, &from->own.device, 32);
	}
}

/* Of one envelope E2EE_SETUPS_TRIED wraps of type 0 are tried: the third, though right, is
 * not. */
static void two_tried(void **state)
{
	(void)state;
	static const uint8_t content_key[32] = {1};
	parties_meet(&a, &b);
	for (unsigned before = 1; before <= 2; before++) {
		party_write(&a, &b, "mine", &l);
		/* put copies with a damaged block before the right wrap; the seals are over head
		 * and body, so it is sealed anew */
		uint8_t wrap[1413], nonce[16] = {9};
		struct gn_hash bh;
		struct e2ee_letter letter = {.count = (uint8_t)(before + 1),
					     .nonce = nonce,
					     .content_key = content_key,
					     .wraps_len = (before + 1) * sizeof wrap,
					     .content = GN_LIT("mine")};
		memcpy(wrap, l.bytes + E2EE_HEAD, sizeof wrap);
		size_t size = e2ee_envelope_size(E2EE_HEAD + letter.wraps_len + 20);
		assert_int_equal(e2ee_envelope_begin(&letter, m.bytes, size, &bh), GN_OK);
		m.len = size;
		e2ee_hint(party_hint, &b.own.device, nonce, wrap + 2);
		struct e2ee_state s = party_session(&a, &b)->state;
		struct e2ee_outgoing out = {.content_key = content_key, .bh = bh.b};
		assert_int_equal(e2ee_state_write(&s, &out, &a.rand, wrap + 5 + E2EE_FIRST), GN_OK);
		for (unsigned i = 0; i <= before; i++) {
			uint8_t *at = m.bytes + E2EE_HEAD + i * sizeof wrap;
			memcpy(at, wrap, sizeof wrap);
			if (i < before)
				at[5 + 8 + i] ^= 1; /* another ek each */
		}
		enum gn_e2ee_result want = before < 2 ? GN_E2EE_OPENED : GN_E2EE_UNKNOWN;
		assert_int_equal(party_text(&b, &m, text), want);
		assert_int_equal(party_count(&b, "set-ups-untried"), before == 2);
		assert_int_equal(gn_e2ee_anew(a.e, &b.own.device), GN_OK);
	}
}

/* Until b answers each message carries the set-up, for this box; for another box a new one. */
static void one_box(void **state)
{
	(void)state;
	struct gn_e2ee_write w = {.box = party_box, .to = &b.own.device, .to_count = 1};
	memcpy(w.hint, party_hint, sizeof w.hint);
	parties_meet(&a, &b);
	for (int i = 0; i < 4; i++) {
		static const uint8_t boxes[] = {1, 2, 1, 2};
		struct gn_buf out = {l.bytes, 0, sizeof l.bytes};
		w.box.b[0] = boxes[i];
		w.content = gn_slice(&boxes[i], 1);
		assert_int_equal(gn_e2ee_write(a.e, &w, &out, GN_SEC), GN_OK);
		l.len = out.len;
		assert_int_equal(l.bytes[E2EE_HEAD + 4], E2EE_WRAP_SETUP);
		assert_int_equal(party_session(&a, &b)->peer->count, i == 0 ? 1 : 2);
	}
	assert_int_equal(party_count(&a, "set-ups-made"), 2);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
	party_talk(&b, &a, "answer");
	/* answered: one session for all boxes */
	party_write(&a, &b, "x", &l);
	assert_int_equal(l.bytes[E2EE_HEAD + 4], E2EE_WRAP_MESSAGE);
	assert_true(gn_is_zero(party_session(&a, &b)->state.first, E2EE_FIRST));
}

/* What is drawn, as lengths in order. */
static struct {
	struct gn_prng *prng;
	size_t len[16];
	unsigned count;
} drawn;

static void draw(void *user, uint8_t *out, size_t len)
{
	(void)user;
	struct gn_rand rand = gn_prng_rand(drawn.prng);
	gn_rand_fill(&rand, out, len);
	assert_true(drawn.count < GN_COUNT(drawn.len));
	drawn.len[drawn.count++] = len;
}

static void watch(struct party *p)
{
	drawn.prng = &p->prng;
	drawn.count = 0;
	p->rand.fill = draw;
}

static void expect(struct party *p, const size_t *len, unsigned count)
{
	assert_int_equal(drawn.count, count);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(drawn.len[i], len[i]);
	p->rand = gn_prng_rand(&p->prng);
}
#define EXPECT(p, ...)                                                                             \
	expect(p, (const size_t[]){__VA_ARGS__}, GN_COUNT(((const size_t[]){__VA_ARGS__})))

static void draws(void **state)
{
	(void)state;
	watch(&a);
	party_renew(&a, 1);
	EXPECT(&a, 32, 64, 32, 64);
	parties_meet(&a, &b);
	watch(&a);
	party_write(&a, &b, "set-up, with few", &l);
	EXPECT(&a, 32, 16, 4, 32, 32, 32, 12);
	watch(&b);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
	EXPECT(&b, 32, 32);
	party_renew(&b, 0);
	party_believe(&a, &b);
	assert_int_equal(gn_e2ee_anew(a.e, &b.own.device), GN_OK);
	watch(&a);
	party_write(&a, &b, "without", &l);
	EXPECT(&a, 32, 16, 32, 32, 32, 12);
	watch(&a);
	party_write(&a, &b, "again", &m);
	EXPECT(&a, 32, 16, 12);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
	watch(&b);
	assert_int_equal(party_text(&b, &m, text), GN_E2EE_OPENED);
	expect(&b, NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(both_sides, begin, end),
		cmocka_unit_test_setup_teardown(waits_until_believed, begin, end),
		cmocka_unit_test_setup_teardown(replayed, begin, end),
		cmocka_unit_test_setup_teardown(damaged_body, begin, end),
		cmocka_unit_test_setup_teardown(keys_of_no_use, begin, end),
		cmocka_unit_test_setup_teardown(rotation, begin, end),
		cmocka_unit_test_setup_teardown(halves_in_their_places, begin, end),
		cmocka_unit_test_setup_teardown(owner_told, begin, end),
		cmocka_unit_test_setup_teardown(two_tried, begin, end),
		cmocka_unit_test_setup_teardown(one_box, begin, end),
		cmocka_unit_test_setup_teardown(draws, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
