/* Sessions of a pair of devices: which is written in, which goes, what is said of what does not
 * open; and both ratchets as they turn. Rules EE-16..23, EE-25..31. */
#include "crypto/testing/known.h"
#include "e2ee/testing/party.h"

static struct party a, b;
static struct letter l, m, n;
static char text[64];

static int begin(void **state)
{
	(void)state;
	parties_make(&a, 2, &b, 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	parties_free(&a, &b);
	return 0;
}

static const struct e2ee_pq *pq_of(const struct party *p, const struct party *of)
{
	return &party_session(p, of)->state.pq;
}

/* The first epochs, message by message: who has which role, and that the roles change sides. */
static void roles(void **state)
{
	(void)state;
	party_talk(&a, &b, "set-up");
	assert_int_equal(pq_of(&a, &b)->role, E2EE_RECV_CT);
	assert_int_equal(pq_of(&b, &a)->role, E2EE_SEND_CT);
	for (int i = 0; i < 4; i++)
		party_talk(&b, &a, "chunk of the ciphertext"); /* fits: 896 has room for one */
	assert_int_equal(pq_of(&a, &b)->role, E2EE_COLLECT_EK);
	assert_int_equal(pq_of(&a, &b)->send_epoch, 1);
	assert_int_equal(pq_of(&a, &b)->recv_epoch, 0);
	assert_int_equal(pq_of(&b, &a)->send_epoch, 0);
	party_talk(&a, &b, "in epoch 1");
	assert_int_equal(pq_of(&b, &a)->role, E2EE_SEND_EK);
	assert_int_equal(pq_of(&b, &a)->send_epoch, 1);
	assert_int_equal(pq_of(&b, &a)->recv_epoch, 1);
	assert_int_equal(pq_of(&b, &a)->count, 4); /* it sent four in epoch 0 */
	for (int i = 0; i < 4; i++)
		party_talk(&b, &a, "chunk of the key");
	assert_int_equal(pq_of(&a, &b)->role, E2EE_SEND_CT);
	party_talk(&a, &b, "one chunk");
	assert_int_equal(pq_of(&b, &a)->role, E2EE_RECV_CT);
	for (int i = 0; i < 3; i++)
		party_talk(&a, &b, "and three");
	assert_int_equal(pq_of(&b, &a)->send_epoch, 2);
	party_talk(&b, &a, "in epoch 2");
	assert_int_equal(pq_of(&a, &b)->send_epoch, 2);
	assert_int_equal(pq_of(&a, &b)->role, E2EE_SEND_EK);
}

/* Messages of an epoch that is over come late: their keys were made when the next began. */
static void late_from_before(void **state)
{
	(void)state;
	party_talk(&a, &b, "set-up");
	party_write(&a, &b, "late, of epoch 0", &l);
	party_write(&a, &b, "later, of epoch 0", &m);
	for (int i = 0; i < 4; i++)
		party_talk(&b, &a, "chunk");
	party_talk(&a, &b, "of epoch 1");
	assert_int_equal(pq_of(&b, &a)->recv_epoch, 1);
	assert_int_equal(party_text(&b, &m, text), GN_E2EE_OPENED);
	assert_string_equal(text, "later, of epoch 0");
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_UNKNOWN); /* its chain has no key left */
	party_talk(&b, &a, "fine");
}

/* A double, while its chain is received in: the header opens, the key is gone. */
static void doubled(void **state)
{
	(void)state;
	party_talk(&a, &b, "set-up");
	party_talk(&b, &a, "answer");
	party_write(&a, &b, "twice", &l);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_RESEND);
	assert_int_equal(party_count(&b, "resend"), 1);
	party_talk(&a, &b, "and on");
}

/* A forged message that is ahead of others makes keys to try it with, and leaves none. */
static void forged_ahead(void **state)
{
	(void)state;
	party_talk(&a, &b, "set-up");
	party_talk(&b, &a, "answer");
	for (int i = 0; i < 5; i++)
		party_write(&a, &b, "on its way", &l);
	party_write(&a, &b, "ahead", &m);
	m.bytes[m.len - 1] ^= 1;
	assert_int_equal(party_text(&b, &m, text), GN_E2EE_RESEND);
	const struct e2ee_session *s = party_session(&b, &a);
	for (int i = 0; i < E2EE_SKIPS; i++)
		assert_int_equal(s->skips[i].count + s->skips[i].fresh, 0);
	m.bytes[m.len - 1] ^= 1;
	assert_int_equal(party_text(&b, &m, text), GN_E2EE_OPENED);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
}

static bool smaller(const struct e2ee_session *x, const struct e2ee_session *y)
{
	return memcmp(x->state.t, y->state.t, 32) < 0;
}

/* Two set-ups that cross: both sides end in the one with the smaller t, whatever comes first; what
 * was written in the other is read. */
static void crossing(void **state)
{
	(void)state;
	for (unsigned order = 0; order < 8; order++) {
		assert_int_equal(gn_e2ee_forget(a.e, &b.own.device), GN_OK);
		assert_int_equal(gn_e2ee_forget(b.e, &a.own.device), GN_OK);
		parties_meet(&a, &b);
		party_write(&a, &b, "from a", &l);
		party_write(&b, &a, "from b", &m);
		struct e2ee_session *of_a = party_session(&a, &b), *of_b = party_session(&b, &a);
		bool a_wins = smaller(of_a, of_b);
		uint8_t t[32];
		memcpy(t, a_wins ? of_a->state.t : of_b->state.t, 32);
		party_write(&a, &b, "more from a", &n);
		assert_int_equal(party_text(order & 1 ? &a : &b, order & 1 ? &m : &l, text),
				 GN_E2EE_OPENED);
		assert_int_equal(party_text(order & 1 ? &b : &a, order & 1 ? &l : &m, text),
				 GN_E2EE_OPENED);
		if (order & 2) {
			assert_int_equal(party_text(&b, &n, text), GN_E2EE_OPENED);
			assert_string_equal(text, "more from a");
		}
		for (int i = 0; i < 3; i++) {
			party_talk(order & 4 ? &a : &b, order & 4 ? &b : &a, "one way");
			party_talk(order & 4 ? &b : &a, order & 4 ? &a : &b, "and back");
		}
		assert_memory_equal(party_session(&a, &b)->state.t, t, 32);
		assert_memory_equal(party_session(&b, &a)->state.t, t, 32);
		if (!(order & 2))
			assert_int_equal(party_text(&b, &n, text), GN_E2EE_OPENED);
		/* the last message opened may have been the loser's; it is not chosen again */
		assert_memory_equal(party_session(&b, &a)->state.t, t, 32);
		assert_int_equal(party_session(&a, &b)->peer->count, 2);
	}
}

static void write_to(struct party *from, const struct party *to, uint8_t box, struct letter *out)
{
	struct gn_buf buf = {out->bytes, 0, sizeof out->bytes};
	struct gn_e2ee_write w = {
		.box = {{box}}, .to = &to->own.device, .to_count = 1, .content = GN_LIT("x")};
	memcpy(w.hint, party_hint, sizeof w.hint);
	assert_int_equal(gn_e2ee_write(from->e, &w, &buf, GN_SEC), GN_OK);
	out->len = buf.len;
}

/* a's set-up never comes through, b's loses to it by t: where a would set up once more it takes up
 * what lost, and both write in one session; else each would only read the other's for ever. */
static void taken_up(void **state)
{
	(void)state;
	bool done = false;
	for (int i = 0; i < 40 && !done; i++) {
		end(NULL);
		party_make(&a, 100 + (uint64_t)i, 0);
		party_make(&b, 200 + (uint64_t)i, 0);
		parties_meet(&a, &b);
		write_to(&a, &b, 1, &l); /* lost */
		party_write(&b, &a, "set-up", &m);
		struct e2ee_session *of_a = party_session(&a, &b), *of_b = party_session(&b, &a);
		if (!smaller(of_a, of_b))
			continue;
		done = true;
		assert_int_equal(party_text(&a, &m, text), GN_E2EE_OPENED);
		struct e2ee_session *lost = e2ee_session_by_id(a.e, of_a->id + 1);
		assert_true(lost->state.lost && lost->state.only_read);
		struct snapshot s = party_save(&a);
		party_load(&a, s);
		snapshot_free(&s);
		write_to(&a, &b, 1, &l); /* its own set-up, for that box */
		assert_int_equal(l.bytes[44], E2EE_WRAP_SETUP);
		write_to(&a, &b, 2, &l);
		assert_int_equal(l.bytes[44], E2EE_WRAP_MESSAGE);
		struct e2ee_session *now = party_session(&a, &b);
		assert_memory_equal(now->state.t, of_b->state.t, 32);
		assert_true(now->peer->written == now && !now->state.lost && !now->state.only_read);
		assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
		write_to(&a, &b, 1, &l);
		assert_int_equal(l.bytes[44], E2EE_WRAP_MESSAGE);
		for (int k = 0; k < 6; k++)
			party_talk(k % 2 ? &a : &b, k % 2 ? &b : &a, "one session");
		assert_memory_equal(party_session(&a, &b)->state.t, of_b->state.t, 32);
		assert_memory_equal(party_session(&b, &a)->state.t, of_b->state.t, 32);
		/* anew is anew: nothing that lost is taken up */
		assert_int_equal(gn_e2ee_anew(a.e, &b.own.device), GN_OK);
		write_to(&a, &b, 1, &l);
		assert_int_equal(l.bytes[44], E2EE_WRAP_SETUP);
	}
	assert_true(done);
}

/* b read a's set-up, which wins, and answered in it; a reads the answer first and then b's set-up,
 * which replaces. b has to follow when a writes in it, or each would only read the other's. */
static void late_set_up(void **state)
{
	(void)state;
	bool done = false;
	for (int i = 0; i < 40 && !done; i++) {
		end(NULL);
		party_make(&a, 300 + (uint64_t)i, 0);
		party_make(&b, 400 + (uint64_t)i, 0);
		parties_meet(&a, &b);
		party_write(&a, &b, "a's", &l);
		party_write(&b, &a, "b's", &m);
		struct e2ee_session *of_b = party_session(&b, &a);
		if (!smaller(party_session(&a, &b), of_b))
			continue;
		done = true;
		assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
		party_talk(&b, &a, "answer in a's");
		assert_int_equal(party_text(&a, &m, text), GN_E2EE_OPENED);
		assert_memory_equal(party_session(&a, &b)->state.t, of_b->state.t, 32);
		assert_true(of_b->state.only_read);
		party_talk(&a, &b, "in b's");
		assert_false(of_b->state.only_read);
		assert_ptr_equal(party_session(&b, &a), of_b);
		for (int k = 0; k < 6; k++)
			party_talk(k % 2 ? &a : &b, k % 2 ? &b : &a, "one session");
		assert_memory_equal(party_session(&a, &b)->state.t, of_b->state.t, 32);
	}
	assert_true(done);
}

/* a's set-up is not answered, and b, who read it, sets up anew: to a they cross, and a keeps its
 * own if it has the smaller t. b sees that a still writes in it, and goes back. */
static void set_aside(void **state)
{
	(void)state;
	bool done = false;
	for (int i = 0; i < 40 && !done; i++) {
		end(NULL);
		party_make(&a, 500 + (uint64_t)i, 0);
		party_make(&b, 600 + (uint64_t)i, 0);
		parties_meet(&a, &b);
		party_talk(&a, &b, "a's");
		struct e2ee_session *of_a = party_session(&b, &a);
		assert_int_equal(gn_e2ee_anew(b.e, &a.own.device), GN_OK);
		party_talk(&b, &a, "b's");
		if (!smaller(of_a, e2ee_session_by_id(b.e, of_a->id + 1)))
			continue;
		done = true;
		assert_true(of_a->state.aside);
		struct snapshot s = party_save(&b);
		party_load(&b, s);
		snapshot_free(&s);
		for (int k = 0; k < 6; k++)
			party_talk(k % 2 ? &b : &a, k % 2 ? &a : &b, "one session");
		party_write(&a, &b, "answered", &l);
		assert_int_equal(l.bytes[44], E2EE_WRAP_MESSAGE);
		assert_memory_equal(party_session(&a, &b)->state.t, party_session(&b, &a)->state.t,
				    32);
		assert_false(party_session(&b, &a)->state.own);
	}
	assert_true(done);
}

/* Any other new set-up replaces what was there: read, never written in again. */
static void replaced(void **state)
{
	(void)state;
	party_talk(&a, &b, "first");
	party_talk(&b, &a, "answer");
	party_write(&b, &a, "on its way", &l);
	party_write(&a, &b, "also", &m);
	uint64_t old = party_session(&a, &b)->id;
	assert_int_equal(gn_e2ee_anew(b.e, &a.own.device), GN_OK);
	party_talk(&b, &a, "anew");
	struct e2ee_session *now = party_session(&a, &b);
	assert_int_not_equal(now->id, old);
	assert_true(e2ee_session_by_id(a.e, old)->state.only_read);
	assert_int_equal(party_text(&a, &l, text), GN_E2EE_OPENED); /* read, */
	assert_ptr_equal(party_session(&a, &b), now);               /* not written in */
	assert_int_equal(party_text(&b, &m, text), GN_E2EE_OPENED);
	party_talk(&a, &b, "in the new one");
	assert_memory_equal(party_session(&b, &a)->state.t, now->state.t, 32);
}

/* A device that was put back to an older state: what it writes is not opened (and nothing breaks),
 * until it sets up anew. */
static void put_back(void **state)
{
	(void)state;
	party_talk(&a, &b, "first");
	party_talk(&b, &a, "answer");
	struct snapshot old = party_save(&a);
	for (int i = 0; i < 10; i++) {
		party_talk(&a, &b, "lost to a");
		party_talk(&b, &a, "this too");
	}
	party_load(&a, old);
	snapshot_free(&old);
	party_write(&a, &b, "from the past", &l);
	assert_int_not_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
	party_write(&b, &a, "to the past", &m);
	assert_int_not_equal(party_text(&a, &m, text), GN_E2EE_OPENED);
	assert_int_equal(gn_e2ee_anew(a.e, &b.own.device), GN_OK);
	party_renew(&a, 2);
	party_believe(&b, &a);
	party_talk(&a, &b, "anew");
	party_talk(&b, &a, "good");
}

/* Chunks ride where there is room; where there is none, one is forced after four messages. */
static void forced_chunk(void **state)
{
	(void)state;
	static uint8_t content[707]; /* fills 896 without a chunk */
	party_talk(&a, &b, "set-up");
	party_write(&b, &a, "one chunk rides", &l);
	assert_int_equal(pq_of(&b, &a)->index, 1);
	assert_int_equal(l.len, 896);
	for (unsigned i = 0; i < 2 * (E2EE_FORCED_AFTER + 1); i++) {
		bool forced = i % (E2EE_FORCED_AFTER + 1) == E2EE_FORCED_AFTER;
		assert_int_equal(pq_of(&b, &a)->since, i % (E2EE_FORCED_AFTER + 1));
		assert_int_equal(party_send(&b, &a, GN_SLICE(content), &l, 1), GN_OK);
		assert_int_equal(l.len, forced ? 2048 : 896);
		assert_int_equal(pq_of(&b, &a)->index, 1 + (i + 1) / (E2EE_FORCED_AFTER + 1));
	}
}

/* A chunk is not forced where the largest size would not hold it. */
static void forced_no_more(void **state)
{
	(void)state;
	static uint8_t content[GN_E2EE_SIZE_LARGEST];
	size_t room = sizeof content - 40 - 133 - 16;
	party_talk(&a, &b, "set-up");
	for (unsigned i = 0; i < E2EE_FORCED_AFTER + 3; i++) {
		assert_int_equal(party_send(&b, &a, gn_slice(content, room), &l, 1), GN_OK);
		assert_int_equal(pq_of(&b, &a)->since, i + 1);
		assert_int_equal(party_send(&b, &a, gn_slice(content, room + 1), &l, 1),
				 GN_TOO_LARGE);
	}
	room -= E2EE_CHUNK;
	assert_int_equal(party_send(&b, &a, gn_slice(content, room), &l, 1), GN_OK);
	assert_int_equal(pq_of(&b, &a)->since, 0);
}

/* The peer broke the exchange: the message counts, the session does not (EE-27). */
static void reset(void **state)
{
	(void)state;
	party_talk(&a, &b, "set-up");
	/* epoch 1's ciphertext to a key that a has erased */
	for (uint32_t id = 10; id < 13; id++)
		gn_e2ee_prekeys_erase(a.e, &id, 1);
	for (int i = 0; i < 3; i++)
		party_talk(&b, &a, "chunk");
	assert_false(party_session(&a, &b)->state.only_read);
	party_talk(&b, &a, "the fourth");
	assert_true(party_session(&a, &b)->state.only_read);
	assert_int_equal(party_count(&a, "sessions-reset"), 1);
	party_renew(&a, 0);
	party_believe(&b, &a);
	party_write(&a, &b, "a new session", &l);
	assert_int_equal(l.bytes[44], E2EE_WRAP_SETUP);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
	party_talk(&b, &a, "good");
	assert_int_equal(party_session(&a, &b)->peer->count, 2);

	/* and a key that is no encoding */
	struct e2ee_pq q = *pq_of(&b, &a);
	q = (struct e2ee_pq){.role = E2EE_COLLECT_EK};
	for (uint8_t i = 0; i < 4; i++) {
		uint8_t bytes[E2EE_CHUNK];
		struct e2ee_chunk c = {E2EE_CHUNK_EK, 0, i, bytes};
		memset(bytes, 0xff, sizeof bytes);
		assert_int_equal(e2ee_pq_take(&q, &c, NULL, &a.rand), i < 3 ? GN_OK : GN_KEY);
	}
}

/* A chunk that is not waited for changes nothing: of another epoch, of the other kind, again. */
static void chunks_ignored(void **state)
{
	(void)state;
	party_talk(&a, &b, "set-up");
	struct e2ee_pq q = *pq_of(&a, &b), before = q;
	uint8_t bytes[E2EE_CHUNK] = {1};
	struct e2ee_chunk c = {E2EE_CHUNK_CT, 1, 7, bytes};
	assert_int_equal(e2ee_pq_take(&q, &c, NULL, &a.rand), GN_OK);
	c = (struct e2ee_chunk){E2EE_CHUNK_EK, 0, 7, bytes};
	assert_int_equal(e2ee_pq_take(&q, &c, NULL, &a.rand), GN_OK);
	assert_memory_equal(&q, &before, sizeof q);
	c.kind = E2EE_CHUNK_CT;
	for (int i = 0; i < 5; i++)
		assert_int_equal(e2ee_pq_take(&q, &c, NULL, &a.rand), GN_OK);
	assert_int_equal(q.got, 1);
	for (uint8_t i = 0; i < 3; i++) { /* four, but of nothing: zeros are wrong, no such key */
		c.index = i;
		struct e2ee_lasts lasts = {e2ee_prekeys_find_last, &a.e->prekeys};
		gn_err err = e2ee_pq_take(&q, &c, &lasts, &a.rand);
		assert_int_equal(err, i < 2 ? GN_OK : GN_KEY);
	}
}

static void to_nobody(void **state)
{
	(void)state;
	static uint8_t bytes[GN_E2EE_SIZE_LARGEST];
	struct gn_pk to[2] = {b.own.device, b.own.device}, stranger = {{1}};
	struct gn_buf out = {bytes, 0, sizeof bytes};
	struct gn_e2ee_write w = {.box = party_box, .to = to};
	static struct gn_e2ee_peer self;
	assert_int_equal(gn_e2ee_write(a.e, &w, &out, 1), GN_USAGE);
	w.to_count = 2;
	assert_int_equal(gn_e2ee_write(a.e, &w, &out, 1), GN_USAGE);
	w.to_count = 1;
	w.to = &stranger;
	assert_int_equal(gn_e2ee_write(a.e, &w, &out, 1), GN_NOT_FOUND);
	assert_int_equal(gn_e2ee_anew(a.e, &stranger), GN_NOT_FOUND);
	w.to = to;
	out.cap = 2047; /* a set-up needs 2,048 */
	assert_int_equal(gn_e2ee_write(a.e, &w, &out, 1), GN_TOO_LARGE);
	out.cap = 2048;
	assert_int_equal(gn_e2ee_write(a.e, &w, &out, 1), GN_OK);
	assert_int_equal(out.len, 2048);
	party_peer(&a, &self);
	assert_int_equal(gn_e2ee_believe(a.e, &self), GN_USAGE);
	/* not for us: our hint is nowhere */
	party_write(&a, &b, "for b", &l);
	assert_int_equal(party_text(&a, &l, text), GN_E2EE_NONE);
	assert_int_equal(party_count(&a, "no-wrap"), 1);
	assert_int_equal(party_count(&a, "written"), 2);
	/* less room than the body has */
	struct gn_e2ee_read r;
	struct gn_buf small = {bytes, 0, 2048 - 40 - 1413 - 1};
	assert_int_equal(gn_e2ee_read(b.e, party_hint, gn_slice(l.bytes, l.len), &small, &r, 1),
			 GN_TOO_LARGE);
	small.cap++;
	assert_int_equal(gn_e2ee_read(b.e, party_hint, gn_slice(l.bytes, l.len), &small, &r, 1),
			 GN_OK);
	assert_int_equal(r.result, GN_E2EE_OPENED);
	assert_int_equal(party_count(&b, "opened"), 1);
}

/* One envelope for three: each opens its own wrap and the one body. */
static void several(void **state)
{
	(void)state;
	struct party c, d;
	party_make(&c, 3, 4);
	party_make(&d, 4, 1);
	parties_meet(&a, &c);
	parties_meet(&a, &d);
	struct gn_pk to[3] = {b.own.device, c.own.device, d.own.device};
	party_talk(&a, &c, "c knows a");
	party_talk(&c, &a, "and answered");
	for (int i = 0; i < 12; i++) {
		struct gn_buf out = {l.bytes, 0, sizeof l.bytes};
		struct gn_e2ee_write w = {
			.box = party_box, .to = to, .to_count = 3, .content = GN_LIT("to all")};
		struct party *all[] = {&b, &c, &d};
		memcpy(w.hint, party_hint, sizeof w.hint);
		assert_int_equal(gn_e2ee_write(a.e, &w, &out, GN_SEC), GN_OK);
		l.len = out.len;
		for (int k = 0; k < 3; k++) {
			assert_int_equal(party_text(all[k], &l, text), GN_E2EE_OPENED);
			assert_string_equal(text, "to all");
			if (i % 2)
				party_talk(all[k], &a, "yes");
		}
	}
	party_free(&c);
	party_free(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(roles, begin, end),
		cmocka_unit_test_setup_teardown(late_from_before, begin, end),
		cmocka_unit_test_setup_teardown(doubled, begin, end),
		cmocka_unit_test_setup_teardown(forged_ahead, begin, end),
		cmocka_unit_test_setup_teardown(crossing, begin, end),
		cmocka_unit_test_setup_teardown(taken_up, begin, end),
		cmocka_unit_test_setup_teardown(late_set_up, begin, end),
		cmocka_unit_test_setup_teardown(set_aside, begin, end),
		cmocka_unit_test_setup_teardown(replaced, begin, end),
		cmocka_unit_test_setup_teardown(put_back, begin, end),
		cmocka_unit_test_setup_teardown(forced_chunk, begin, end),
		cmocka_unit_test_setup_teardown(forced_no_more, begin, end),
		cmocka_unit_test_setup_teardown(reset, begin, end),
		cmocka_unit_test_setup_teardown(chunks_ignored, begin, end),
		cmocka_unit_test_setup_teardown(to_nobody, begin, end),
		cmocka_unit_test_setup_teardown(several, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
