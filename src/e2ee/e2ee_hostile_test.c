/* What a peer may cost who holds sessions with us and keeps no rule: work, memory, places. Rules
 * EE-10, EE-17..20, EE-23, EE-25..28, EE-30, EE-31. */
#include "crypto/testing/known.h"
#include "e2ee/envelope_int.h"
#include "e2ee/testing/forge.h"

static struct party a, b;
static struct letter l, m;
static char text[64];

static int begin(void **state)
{
	(void)state;
	party_make(&a, 1, 2);
	party_make(&b, 2, 0);
	parties_meet(&a, &b);
	party_talk(&a, &b, "set-up");
	party_talk(&b, &a, "answer");
	return 0;
}

static int end(void **state)
{
	(void)state;
	party_free(&a);
	party_free(&b);
	return 0;
}

/* What a wrap before the right one is. */
enum kind { JUNK, HEADER_OPENS };

/* An envelope of a's for b: `before` wraps with b's hint and a right one behind them. */
static void many(unsigned before, enum kind kind, struct letter *out)
{
	static const uint8_t content_key[E2EE_KEY] = {1};
	struct e2ee_state s = party_session(&a, &b)->state;
	uint8_t nonce[E2EE_ENVELOPE_NONCE], header_nonce[E2EE_NONCE];
	struct gn_hash bh;
	struct e2ee_letter letter = {.count = (uint8_t)(before + 1),
				     .nonce = nonce,
				     .content_key = content_key,
				     .wraps_len = (before + 1) * E2EE_WRAP_LEN,
				     .content = GN_LIT("many")};
	gn_rand_fill(&a.rand, nonce, sizeof nonce);
	out->len = e2ee_envelope_size(E2EE_HEAD + letter.wraps_len + 4 + E2EE_TAG);
	assert_int_equal(e2ee_envelope_begin(&letter, out->bytes, out->len, &bh), GN_OK);
	uint8_t *at = out->bytes + E2EE_HEAD;
	for (unsigned i = 0; i <= before; i++, at += E2EE_WRAP_LEN) {
		struct e2ee_header far = {.n = s.ratchet.send.n + E2EE_JUMP_MAX};
		memcpy(far.dh, s.ratchet.own_pk, sizeof far.dh);
		struct e2ee_outgoing right = {.content_key = content_key, .bh = bh.b};
		at[0] = 0;
		at[1] = E2EE_WRAP_LEN - 2;
		e2ee_hint(party_hint, &b.own.device, nonce, at + 2);
		at[4] = E2EE_WRAP_MESSAGE;
		gn_rand_fill(&a.rand, at + 5, E2EE_WRAP_LEN - 5);
		gn_rand_fill(&a.rand, header_nonce, sizeof header_nonce);
		gn_err err = GN_OK;
		if (i == before)
			err = e2ee_state_write(&s, &right, &a.rand, at + 5);
		else if (kind == HEADER_OPENS)
			err = e2ee_header_seal(s.ratchet.send_header, s.t, &far, header_nonce,
					       at + 5);
		assert_int_equal(err, GN_OK);
	}
}

/* A header that opens may ask for runs of E2EE_JUMP_MAX steps, and 31 more could: none is tried
 * after it. */
static void one_header(void **state)
{
	(void)state;
	many(0, HEADER_OPENS, &l);
	many(1, HEADER_OPENS, &m);
	assert_int_equal(party_text(&b, &m, text), GN_E2EE_RESEND);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
}

/* Of one envelope E2EE_MESSAGES_TRIED wraps of type 1 are tried in every session. */
static void four_tried(void **state)
{
	(void)state;
	many(E2EE_MESSAGES_TRIED, JUNK, &l);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_UNKNOWN);
	assert_int_equal(party_count(&b, "messages-untried"), 1);
	many(E2EE_MESSAGES_TRIED - 1, JUNK, &l);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
	assert_int_equal(party_count(&b, "messages-untried"), 1);
}

/* A message that does not open leaves no memory behind, whatever runs it asked for. */
static void nothing_kept(void **state)
{
	(void)state;
	size_t before = b.alloc.used;
	many(1, HEADER_OPENS, &l);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_RESEND);
	assert_int_equal(b.alloc.used, before);
	party_write(&a, &b, "skipped", &l);
	party_talk(&a, &b, "after it");
	before = b.alloc.used;
	many(1, HEADER_OPENS, &m);
	assert_int_equal(party_text(&b, &m, text), GN_E2EE_RESEND);
	assert_int_equal(b.alloc.used, before);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
}

/* One that opens: runs in two chains of each kind on top of full stores; what is kept afterwards
 * are E2EE_SKIPPED_MAX keys of each kind and the room that doubling makes. */
static void room_given_back(void **state)
{
	(void)state;
	struct e2ee_state *s = &party_session(&a, &b)->state;
	const struct e2ee_skips *skips = party_session(&b, &a)->skips;
	for (int i = 0; i < 3; i++) {
		for (uint32_t k = 0; k < E2EE_SKIPPED_MAX; k++) {
			e2ee_chain_step(&s->ratchet.send, NULL);
			e2ee_chain_step(&s->pq.send, NULL);
		}
		if (i == 1)
			party_talk(&b, &a, "turn");
		else
			party_talk(&a, &b, "far ahead");
	}
	for (int k = 0; k < E2EE_SKIPS; k++) {
		assert_int_equal(skips[k].count, E2EE_SKIPPED_MAX);
		assert_in_range(skips[k].capacity, E2EE_SKIPPED_MAX, 2 * E2EE_SKIPPED_MAX);
	}
}

/* A wrap that is right, some messages ahead, around a commitment or a body that is not: nothing is
 * drawn and nothing stays (EE-17, EE-18). */
static void wrong_inside(void **state)
{
	(void)state;
	static const uint8_t content_key[E2EE_KEY] = {1};
	for (int body = 0; body < 2; body++) {
		struct e2ee_state s = party_session(&a, &b)->state;
		uint8_t nonce[E2EE_ENVELOPE_NONCE] = {5};
		struct gn_hash bh;
		struct e2ee_letter letter = {.count = 1,
					     .nonce = nonce,
					     .content_key = content_key,
					     .wraps_len = E2EE_WRAP_LEN,
					     .content = GN_LIT("wrong")};
		l.len = e2ee_envelope_size(0);
		assert_int_equal(e2ee_envelope_begin(&letter, l.bytes, l.len, &bh), GN_OK);
		l.bytes[body ? l.len - 1 : E2EE_COMMITMENT_AT] ^= 1;
		size_t wraps_end = E2EE_HEAD + E2EE_WRAP_LEN;
		struct gn_slice parts[] = {gn_slice(l.bytes, E2EE_HEAD),
					   gn_slice(l.bytes + wraps_end, l.len - wraps_end)};
		gn_sha256(parts, 2, &bh);
		for (int i = 0; i < 3; i++) {
			e2ee_chain_step(&s.ratchet.send, NULL);
			e2ee_chain_step(&s.pq.send, NULL);
		}
		uint8_t *at = l.bytes + E2EE_HEAD;
		struct e2ee_outgoing out = {.content_key = content_key, .bh = bh.b};
		at[0] = 0;
		at[1] = E2EE_WRAP_LEN - 2;
		e2ee_hint(party_hint, &b.own.device, nonce, at + 2);
		at[4] = E2EE_WRAP_MESSAGE;
		assert_int_equal(e2ee_state_write(&s, &out, &a.rand, at + 5), GN_OK);
		struct gn_prng before = b.prng;
		size_t used = b.alloc.used;
		assert_int_equal(party_text(&b, &l, text), GN_E2EE_REFUSED);
		assert_memory_equal(&b.prng, &before, sizeof before);
		assert_int_equal(b.alloc.used, used);
		party_talk(&a, &b, "right");
		party_talk(&b, &a, "turn"); /* the next one asks for a step, which draws */
	}
}

/* Before anything was received there is no header key to be tried: one of zeros opens nothing
 * (EE-19). */
static void no_key_of_zeros(void **state)
{
	(void)state;
	struct party c;
	party_make(&c, 3, 0);
	parties_meet(&a, &c);
	party_write(&a, &c, "unanswered", &l);
	struct e2ee_state s = party_session(&a, &c)->state;
	assert_false(s.ratchet.receiving);
	struct e2ee_header header = {.n = 0};
	static const uint8_t zeros[E2EE_KEY], content_key[E2EE_KEY] = {1};
	uint8_t nonce[E2EE_ENVELOPE_NONCE] = {6}, header_nonce[E2EE_NONCE] = {7};
	struct gn_hash bh;
	struct e2ee_letter letter = {.count = 1,
				     .nonce = nonce,
				     .content_key = content_key,
				     .wraps_len = E2EE_WRAP_LEN,
				     .content = GN_LIT("zeros")};
	m.len = e2ee_envelope_size(0);
	assert_int_equal(e2ee_envelope_begin(&letter, m.bytes, m.len, &bh), GN_OK);
	uint8_t *at = m.bytes + E2EE_HEAD;
	memset(at, 0, E2EE_WRAP_LEN);
	at[1] = E2EE_WRAP_LEN - 2;
	e2ee_hint(party_hint, &a.own.device, nonce, at + 2);
	at[4] = E2EE_WRAP_MESSAGE;
	assert_int_equal(e2ee_header_seal(zeros, s.t, &header, header_nonce, at + 5), GN_OK);
	assert_int_equal(party_text(&a, &m, text), GN_E2EE_UNKNOWN);
	party_free(&c);
}

/* Epoch 1 answers the signed `last` and no other key of ours: a peer that takes one of the few ends
 * the session (EE-20, EE-27). */
static void answers_the_last(void **state)
{
	(void)state;
	static struct gn_e2ee_peer peer;
	for (int few = 0; few < 2; few++) {
		party_peer(&a, &peer);
		if (few)
			memcpy(peer.prekeys.last.kem, a.keys.few[0].kem, GN_KEM_PK_LEN);
		assert_int_equal(gn_e2ee_believe(b.e, &peer), GN_OK);
		assert_int_equal(gn_e2ee_anew(a.e, &b.own.device), GN_OK);
		party_talk(&a, &b, "set-up");
		for (int i = 0; i < 30 && party_count(&a, "sessions-reset") == 0; i++) {
			party_talk(&b, &a, "chunk");
			if (party_session(&a, &b)->state.pq.send_epoch > 0)
				break;
		}
		assert_int_equal(party_count(&a, "sessions-reset"), few);
	}
}

/* A ciphertext that says it answers another key, or with something behind it: the messages that
 * bring it are opened, the session ends (EE-23, EE-27). */
static void spoiled_ciphertext(void **state)
{
	(void)state;
	static const size_t places[] = {GN_KEM_CT_LEN, E2EE_OBJECT - 1, 0};
	for (size_t i = 0; i < GN_COUNT(places); i++) {
		struct party *from = &b, *to = &a;
		assert_int_equal(gn_e2ee_anew(a.e, &b.own.device), GN_OK);
		party_talk(&a, &b, "set-up");
		struct e2ee_pq *q = &party_session(from, to)->state.pq;
		for (int k = 0;
		     k < 200 && !(q->role == E2EE_SEND_CT && q->send_epoch > 0 && q->index == 0);
		     k++) {
			from = k % 2 ? &a : &b;
			to = k % 2 ? &b : &a;
			party_talk(from, to, "on");
			from = k % 2 ? &b : &a; /* who read may have rebuilt a key */
			to = k % 2 ? &a : &b;
			q = &party_session(from, to)->state.pq;
		}
		assert_true(q->role == E2EE_SEND_CT && q->send_epoch > 0);
		uint64_t before = party_count(to, "sessions-reset");
		if (places[i])
			q->bytes[places[i]] ^= 1;
		for (int k = 0; k < 8 && q->role == E2EE_SEND_CT; k++)
			party_talk(from, to, "chunk");
		assert_int_equal(party_count(to, "sessions-reset") - before, places[i] ? 1 : 0);
	}
}

/* The first message of an epoch brings a chunk of the next one, before its key was sent: the epoch
 * comes first, so the chunk is one that is waited for (EE-25). */
static void epoch_before_chunk(void **state)
{
	(void)state;
	struct forgery f;
	for (int i = 0; i < 30 && party_session(&a, &b)->state.pq.send_epoch == 0; i++)
		party_talk(&b, &a, "chunk");
	const struct e2ee_pq *q = &party_session(&b, &a)->state.pq;
	assert_int_equal(q->role, E2EE_SEND_CT);
	forge_begin(&a, &b, &f);
	assert_int_equal(f.header.epoch, q->send_epoch + 1);
	f.chunk = true;
	f.inner[E2EE_KEY] = E2EE_CHUNK_CT;
	f.inner[E2EE_KEY + 1] = 9;
	forge_letter(&a, &b, &f, &l);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
	assert_int_equal(q->role, E2EE_RECV_CT);
	assert_int_equal(q->got, 1);
}

/* Room for one chunk and two sessions that have one: whose waited longer, else the first of `to`
 * (EE-26). */
static void whose_waited_longer(void **state)
{
	(void)state;
	static const uint32_t since[][2] = {{1, 2}, {2, 1}, {2, 2}, {0, 0}};
	struct party c;
	party_make(&c, 3, 0);
	parties_meet(&b, &c);
	party_talk(&c, &b, "set-up");
	struct e2ee_pq *q[] = {&party_session(&b, &a)->state.pq, &party_session(&b, &c)->state.pq};
	struct gn_pk to[] = {a.own.device, c.own.device};
	struct gn_e2ee_write w = {.box = party_box, .to = to, .to_count = 2};
	for (size_t i = 0; i < GN_COUNT(since); i++) {
		struct gn_buf out = {l.bytes, 0, sizeof l.bytes};
		unsigned takes = since[i][1] > since[i][0];
		for (unsigned k = 0; k < 2; k++) {
			assert_true(e2ee_pq_has_chunk(q[k]));
			q[k]->since = since[i][k];
			q[k]->index = 7;
		}
		assert_int_equal(gn_e2ee_write(b.e, &w, &out, GN_SEC), GN_OK);
		assert_int_equal(q[takes]->index, 8);
		assert_int_equal(q[takes]->since, 0);
		assert_int_equal(q[!takes]->index, 7);
		assert_int_equal(q[!takes]->since, since[i][!takes] + 1);
	}
	party_free(&c);
}

/* A chunk rides where it fits to the byte, and who comes to have one to send has not waited yet
 * (EE-26). */
static void room_to_the_byte(void **state)
{
	(void)state;
	static uint8_t content[GN_E2EE_SIZE_LARGEST];
	struct e2ee_pq *q = &party_session(&b, &a)->state.pq;
	size_t room = 896 - E2EE_HEAD - E2EE_WRAP_LEN - E2EE_TAG - E2EE_CHUNK;
	for (size_t over = 0; over < 2; over++) {
		uint8_t index = q->index;
		q->since = 0;
		assert_int_equal(party_send(&b, &a, gn_slice(content, room + over), &l, 1), GN_OK);
		assert_int_equal(l.len, 896);
		assert_int_equal(q->index - index, !over);
	}
	struct e2ee_pq *mine = &party_session(&a, &b)->state.pq;
	for (int i = 0; i < 60 && !e2ee_pq_has_chunk(mine); i++) {
		mine->since = E2EE_FORCED_AFTER - 1;
		party_talk(i % 2 ? &a : &b, i % 2 ? &b : &a, "on");
	}
	assert_true(e2ee_pq_has_chunk(mine));
	assert_int_equal(mine->since, 0);
}

/* A peer that breaks the epochs of one session: another set-up of ours that still waits is not
 * written in either (EE-27). */
static void none_waits(void **state)
{
	(void)state;
	struct gn_e2ee_write w = {.box = party_box, .to = &b.own.device, .to_count = 1};
	memcpy(w.hint, party_hint, sizeof w.hint);
	assert_int_equal(gn_e2ee_anew(a.e, &b.own.device), GN_OK);
	for (uint8_t box = 1; box <= 2; box++) {
		struct gn_buf out = {l.bytes, 0, sizeof l.bytes};
		w.box.b[0] = box;
		assert_int_equal(gn_e2ee_write(a.e, &w, &out, GN_SEC), GN_OK);
		l.len = out.len;
		if (box == 1)
			assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
	}
	const struct e2ee_peer *peer = e2ee_peer_get(a.e, &b.own.device);
	const struct e2ee_session *waits = peer->sessions[peer->count - 1];
	assert_true(waits->state.unanswered && !waits->state.only_read);
	party_session(&b, &a)->state.pq.bytes[GN_KEM_CT_LEN] ^= 1;
	for (int i = 0; i < 4; i++)
		party_talk(&b, &a, "chunk");
	assert_int_equal(party_count(&a, "sessions-reset"), 1);
	assert_true(waits->state.only_read);
	assert_null(e2ee_session_for(peer, &w.box));
}

/* Two set-ups of the peer lost against ours: the newer is the one that is taken up (EE-30). */
static void newest_lost(void **state)
{
	(void)state;
	const struct gn_pk other_box = {{77}};
	bool seen = false;
	for (uint64_t seed = 10; seed < 90 && !seen; seed += 2) {
		struct party c, d;
		party_make(&c, seed, 0);
		party_make(&d, seed + 1, 0);
		parties_meet(&c, &d);
		party_write(&c, &d, "not read", &l);
		for (int i = 0; i < 2; i++) {
			assert_int_equal(gn_e2ee_anew(d.e, &c.own.device), GN_OK);
			party_write(&d, &c, "crosses", &m);
			assert_int_equal(party_text(&c, &m, text), GN_E2EE_OPENED);
		}
		const struct e2ee_peer *peer = e2ee_peer_get(c.e, &d.own.device);
		seen = peer->sessions[1]->state.lost && peer->sessions[2]->state.lost;
		if (seen)
			assert_ptr_equal(e2ee_session_for(peer, &other_box), peer->sessions[2]);
		party_free(&c);
		party_free(&d);
	}
	assert_true(seen);
}

/* Once one is written in, a set-up of the peer replaces it, whatever of ours still waits for
 * another box and has the smaller t (EE-30). */
static void written_in_crosses_nothing(void **state)
{
	(void)state;
	unsigned smaller = 0;
	for (uint64_t seed = 10; seed < 26; seed += 2) {
		struct gn_e2ee_write w = {.box = {{55}}, .to_count = 1};
		struct gn_buf out = {m.bytes, 0, sizeof m.bytes};
		struct party c, d;
		party_make(&c, seed, 0);
		party_make(&d, seed + 1, 0);
		parties_meet(&c, &d);
		party_write(&c, &d, "for one box", &l);
		w.to = &d.own.device;
		assert_int_equal(gn_e2ee_write(c.e, &w, &out, GN_SEC), GN_OK);
		assert_int_equal(party_text(&d, &l, text), GN_E2EE_OPENED);
		party_talk(&d, &c, "answer");
		assert_int_equal(gn_e2ee_anew(d.e, &c.own.device), GN_OK);
		party_talk(&d, &c, "new");
		const struct e2ee_peer *peer = e2ee_peer_get(c.e, &d.own.device);
		assert_int_equal(peer->count, 3);
		assert_ptr_equal(peer->written, peer->sessions[2]);
		smaller += memcmp(peer->sessions[1]->state.t, peer->sessions[2]->state.t, 32) < 0;
		party_free(&c);
		party_free(&d);
	}
	assert_true(smaller > 0);
}

/* Who set up anew goes back to what the peer still writes in when its t is the smaller one, and
 * else keeps to their own (EE-30). */
static void back_for_the_smaller(void **state)
{
	(void)state;
	unsigned seen[2] = {0};
	for (uint64_t seed = 10; seed < 42; seed += 2) {
		struct party c, d;
		party_make(&c, seed, 0);
		party_make(&d, seed + 1, 0);
		parties_meet(&c, &d);
		party_talk(&d, &c, "set-up");
		party_talk(&c, &d, "answer");
		assert_int_equal(gn_e2ee_anew(c.e, &d.own.device), GN_OK);
		party_write(&c, &d, "not read", &l);
		party_talk(&d, &c, "in the one before");
		const struct e2ee_peer *peer = e2ee_peer_get(c.e, &d.own.device);
		bool back = memcmp(peer->sessions[0]->state.t, peer->sessions[1]->state.t, 32) < 0;
		assert_ptr_equal(peer->written, back ? peer->sessions[0] : NULL);
		seen[back]++;
		party_free(&c);
		party_free(&d);
	}
	assert_true(seen[0] && seen[1]);
}

/* A device that was put back seals with the same keys again, and with no nonce and no content key
 * of before: what lies at the same place shares no block (EE-16, EE-33). */
static void put_back_repeats_nothing(void **state)
{
	(void)state;
	struct snapshot s = party_save(&a);
	party_write(&a, &b, "one", &l);
	party_load(&a, s);
	snapshot_free(&s);
	party_write(&a, &b, "two", &m);
	assert_int_equal(l.len, m.len);
	size_t wrap = E2EE_HEAD + 5;
	assert_memory_not_equal(l.bytes + E2EE_NONCE_AT, m.bytes + E2EE_NONCE_AT,
				E2EE_ENVELOPE_NONCE);
	assert_memory_not_equal(l.bytes + wrap, m.bytes + wrap, E2EE_NONCE);
	for (size_t at = wrap; at + 16 <= l.len; at++)
		assert_memory_not_equal(l.bytes + at, m.bytes + at, 16);
}

/* The indices of a sender go 253, 254, 0 (EE-23). */
static void indices_go_round(void **state)
{
	(void)state;
	struct e2ee_pq *q = &party_session(&b, &a)->state.pq;
	assert_true(e2ee_pq_has_chunk(q));
	q->index = 253;
	for (int i = 0; i < 3; i++) {
		static const uint8_t next[] = {254, 0, 1};
		q->since = E2EE_FORCED_AFTER;
		party_write(&b, &a, "chunk", &l);
		assert_int_equal(q->index, next[i]);
	}
}

/* One person who sets up again and again keeps nobody out but themselves. */
static void places_of_one(void **state)
{
	(void)state;
	struct party c;
	struct gn_map *map = &b.e->prekeys.remembered;
	uint8_t name[32] = {0};
	for (uint32_t i = map->count; i < E2EE_REMEMBERED_OWNER_MAX; i++) {
		gn_put_be64(name, i);
		struct e2ee_remembered *r = gn_map_put(map, name);
		assert_non_null(r);
		*r = (struct e2ee_remembered){10, 10, 0, e2ee_remembered_as(&a.own.owner)};
	}
	struct snapshot s = party_save(&b); /* it is kept whose they are */
	party_load(&b, s);
	snapshot_free(&s);
	map = &b.e->prekeys.remembered;
	assert_int_equal(gn_e2ee_anew(a.e, &b.own.device), GN_OK);
	party_write(&a, &b, "one too many", &l);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_UNKNOWN);
	assert_int_equal(party_count(&b, "remembered-full"), 1);
	party_make(&c, 3, 1);
	parties_meet(&b, &c);
	party_talk(&c, &b, "of another");
	gn_map_remove(map, name);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
	party_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_header, begin, end),
		cmocka_unit_test_setup_teardown(four_tried, begin, end),
		cmocka_unit_test_setup_teardown(nothing_kept, begin, end),
		cmocka_unit_test_setup_teardown(room_given_back, begin, end),
		cmocka_unit_test_setup_teardown(wrong_inside, begin, end),
		cmocka_unit_test_setup_teardown(no_key_of_zeros, begin, end),
		cmocka_unit_test_setup_teardown(answers_the_last, begin, end),
		cmocka_unit_test_setup_teardown(spoiled_ciphertext, begin, end),
		cmocka_unit_test_setup_teardown(indices_go_round, begin, end),
		cmocka_unit_test_setup_teardown(epoch_before_chunk, begin, end),
		cmocka_unit_test_setup_teardown(whose_waited_longer, begin, end),
		cmocka_unit_test_setup_teardown(room_to_the_byte, begin, end),
		cmocka_unit_test_setup_teardown(none_waits, begin, end),
		cmocka_unit_test_setup_teardown(newest_lost, begin, end),
		cmocka_unit_test_setup_teardown(written_in_crosses_nothing, begin, end),
		cmocka_unit_test_setup_teardown(back_for_the_smaller, begin, end),
		cmocka_unit_test_setup_teardown(put_back_repeats_nothing, begin, end),
		cmocka_unit_test_setup_teardown(places_of_one, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
