/* Every limit at the limit and one past it. Rules EE-8, EE-10, EE-16, EE-28, EE-29, EE-31,
 * EE-34. */
#include "crypto/testing/known.h"
#include "e2ee/testing/party.h"

#include <stdlib.h>

#define NOW 1800000000u

static struct party a, b;
static struct letter l, m;
static char text[64];

static int begin(void **state)
{
	(void)state;
	parties_make(&a, 2, &b, 0);
	party_talk(&a, &b, "set-up");
	party_talk(&b, &a, "answer");
	return 0;
}

static int end(void **state)
{
	(void)state;
	parties_free(&a, &b);
	return 0;
}

/* As if so many messages had been written and lost. */
static void lose(struct e2ee_chain *chain, uint32_t count)
{
	while (count--)
		e2ee_chain_step(chain, NULL);
}

static struct e2ee_state *state_of(const struct party *p, const struct party *of)
{
	return &party_session(p, of)->state;
}

/* In each of the four ways to be ahead: E2EE_JUMP_MAX opens, one more is `resend`, and then as many
 * as fit open again. */
static void jumps(void **state)
{
	(void)state;
	for (int way = 0; way < 4; way++) {
		for (uint32_t past = 1; past < 2; past--) {
			struct snapshot sa = party_save(&a), sb = party_save(&b);
			uint32_t count = E2EE_JUMP_MAX + past;
			struct e2ee_state *s = state_of(&a, &b);
			if (way == 0) {
				lose(&s->ratchet.send, count); /* n */
			} else if (way == 1) {
				lose(&s->pq.send, count); /* en */
			} else if (way == 2) {
				lose(&s->ratchet.send, count); /* pn, once the chain changed */
				party_talk(&b, &a, "turn");
			} else {
				lose(&s->pq.send, count); /* count, once the epoch changed */
				for (int i = 0; i < 8 && s->pq.send_epoch == 0; i++)
					party_talk(&b, &a, "chunk");
				assert_int_equal(s->pq.send_epoch, 1);
			}
			party_write(&a, &b, "far ahead", &l);
			assert_int_equal(party_text(&b, &l, text),
					 past ? GN_E2EE_RESEND : GN_E2EE_OPENED);
			party_load(&a, sa);
			party_load(&b, sb);
			snapshot_free(&sa);
			snapshot_free(&sb);
		}
	}
}

/* Of E2EE_SKIPPED_MAX + 1 keys the oldest goes. */
static void skipped_keys(void **state)
{
	(void)state;
	party_write(&a, &b, "the oldest", &l);
	party_write(&a, &b, "the second", &m);
	struct e2ee_state *s = state_of(&a, &b);
	lose(&s->ratchet.send, E2EE_SKIPPED_MAX - 1);
	lose(&s->pq.send, E2EE_SKIPPED_MAX - 1);
	party_talk(&a, &b, "far ahead");
	const struct e2ee_session *at = party_session(&b, &a);
	assert_int_equal(at->skips[E2EE_SKIPS_DH].count, E2EE_SKIPPED_MAX);
	assert_int_equal(at->skips[E2EE_SKIPS_PQ].count, E2EE_SKIPPED_MAX);
	assert_int_equal(party_count(&b, "skipped-keys-dropped"), 2);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_RESEND);
	assert_int_equal(party_text(&b, &m, text), GN_E2EE_OPENED);
	assert_int_equal(at->skips[E2EE_SKIPS_DH].count, E2EE_SKIPPED_MAX - 1);
	/* two more make it one too many again */
	party_write(&a, &b, "lost", &l);
	party_write(&a, &b, "lost", &m);
	party_talk(&a, &b, "after");
	assert_int_equal(at->skips[E2EE_SKIPS_DH].count, E2EE_SKIPPED_MAX);
	assert_int_equal(party_count(&b, "skipped-keys-dropped"), 4);
	assert_int_equal(party_text(&b, &m, text), GN_E2EE_OPENED);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
}

static void seven_days(void **state)
{
	(void)state;
	static uint8_t bytes[GN_E2EE_SIZE_LARGEST];
	struct gn_buf out = {bytes, 0, sizeof bytes};
	struct gn_e2ee_read r;
	static struct letter third;
	party_write(&a, &b, "in time", &l);
	party_write(&a, &b, "late", &m);
	party_write(&a, &b, "after them", &third);
	assert_int_equal(party_read(&b, &third, &r, &out, NOW), GN_E2EE_OPENED);
	uint64_t limit = NOW + E2EE_SKIPPED_SECONDS;
	assert_int_equal(party_read(&b, &m, &r, &out, limit + 1), GN_E2EE_RESEND);
	assert_int_equal(party_read(&b, &l, &r, &out, limit), GN_E2EE_OPENED);
	/* the next message after the week takes the rest away */
	party_write(&a, &b, "much later", &third);
	assert_int_equal(party_read(&b, &third, &r, &out, limit + 1), GN_E2EE_OPENED);
	assert_int_equal(party_session(&b, &a)->skips[E2EE_SKIPS_DH].count, 0);
	assert_null(party_session(&b, &a)->skips[E2EE_SKIPS_DH].at);
}

/* A session in which nothing comes any more: its keys go by the clock alone. */
static void expired(void **state)
{
	(void)state;
	static uint8_t bytes[GN_E2EE_SIZE_LARGEST];
	struct gn_buf out = {bytes, 0, sizeof bytes};
	struct gn_e2ee_read r;
	struct gn_e2ee_row row;
	party_write(&a, &b, "lost", &l);
	party_write(&a, &b, "after it", &m);
	assert_int_equal(party_read(&b, &m, &r, &out, NOW), GN_E2EE_OPENED);
	while (gn_e2ee_next_row(b.e, &row))
		;
	const struct e2ee_session *s = party_session(&b, &a);
	uint64_t limit = NOW + E2EE_SKIPPED_SECONDS;
	gn_e2ee_expire(b.e, (gn_time)limit * GN_SEC);
	assert_int_equal(s->skips[E2EE_SKIPS_DH].count + s->skips[E2EE_SKIPS_PQ].count, 2);
	assert_false(gn_e2ee_next_row(b.e, &row));
	gn_e2ee_expire(b.e, (gn_time)(limit + 1) * GN_SEC);
	assert_int_equal(s->skips[E2EE_SKIPS_DH].count + s->skips[E2EE_SKIPS_PQ].count, 0);
	assert_int_equal(party_count(&b, "skipped-keys-dropped"), 2);
	assert_true(gn_e2ee_next_row(b.e, &row));
	assert_int_equal(row.kind, GN_E2EE_ROW_SKIPPED);
	gn_e2ee_validate(b.e);
}

/* The fifth session: the one longest without a message goes, never the one written in. */
static void four_sessions(void **state)
{
	(void)state;
	uint64_t first = party_session(&b, &a)->id;
	for (unsigned i = 2; i <= E2EE_SESSIONS_MAX + 1; i++) {
		assert_int_equal(gn_e2ee_anew(a.e, &b.own.device), GN_OK);
		party_talk(&a, &b, "anew");
		assert_int_equal(party_session(&b, &a)->peer->count,
				 i <= E2EE_SESSIONS_MAX ? i : E2EE_SESSIONS_MAX);
		assert_true((i <= E2EE_SESSIONS_MAX) == (e2ee_session_by_id(b.e, first) != NULL));
	}
	assert_int_equal(party_count(&b, "sessions-dropped"), 1);
	/* own set-ups for box after box, the clock going back: the first one made is longest
	 * without a message by age, the last one by the clock */
	struct party c;
	party_make(&c, 3, 0);
	parties_meet(&b, &c);
	struct e2ee_peer *peer = e2ee_peer_get(b.e, &c.own.device);
	for (uint8_t i = 0; i <= E2EE_SESSIONS_MAX; i++) {
		struct gn_buf out = {l.bytes, 0, sizeof l.bytes};
		struct gn_e2ee_write w = {.box = {{i}}, .to = &c.own.device, .to_count = 1};
		gn_err err = gn_e2ee_write(b.e, &w, &out, (gn_time)(NOW - i) * GN_SEC);
		assert_int_equal(err, GN_OK);
		gn_e2ee_validate(b.e);
	}
	assert_int_equal(peer->count, E2EE_SESSIONS_MAX);
	assert_int_equal(peer->sessions[0]->state.box.b[0], 0);
	assert_int_equal(peer->sessions[3]->state.box.b[0], E2EE_SESSIONS_MAX);
	assert_int_equal(peer->sessions[2]->state.box.b[0], 2);
	party_free(&c);
}

static void wraps(void **state)
{
	(void)state;
	static struct party many[E2EE_WRAPS_MAX + 1];
	struct gn_pk to[E2EE_WRAPS_MAX + 1];
	static uint8_t body[GN_E2EE_SIZE_LARGEST];
	for (unsigned i = 0; i <= E2EE_WRAPS_MAX; i++) {
		party_make(&many[i], 100 + i, 1);
		parties_meet(&a, &many[i]);
		to[i] = many[i].own.device;
	}
	struct gn_buf out = {l.bytes, 0, sizeof l.bytes};
	struct gn_e2ee_write w = {.box = party_box, .to = to, .content = GN_LIT("all")};
	memcpy(w.hint, party_hint, sizeof w.hint);
	w.to_count = E2EE_WRAPS_MAX + 1;
	assert_int_equal(gn_e2ee_write(a.e, &w, &out, GN_SEC), GN_USAGE);
	w.to_count = GN_E2EE_WRAPS;
	assert_int_equal(GN_E2EE_WRAPS, E2EE_WRAPS_MAX);
	assert_int_equal(gn_e2ee_write(a.e, &w, &out, GN_SEC), GN_OK);
	assert_int_equal(out.len, E2EE_ENVELOPE_MAX);
	l.len = out.len;
	for (unsigned i = 0; i < E2EE_WRAPS_MAX; i++)
		assert_int_equal(party_text(&many[i], &l, text), GN_E2EE_OPENED);
	assert_int_equal(party_text(&many[E2EE_WRAPS_MAX], &l, text), GN_E2EE_NONE);
	/* the most content beside 32 set-ups */
	size_t room = E2EE_ENVELOPE_MAX - 40 - 32 * 1413 - 16;
	for (size_t more = 0; more < 2; more++) {
		for (unsigned i = 0; i < E2EE_WRAPS_MAX; i++)
			assert_int_equal(gn_e2ee_anew(a.e, &to[i]), GN_OK);
		w.content = gn_slice(body, room + more);
		out.len = 0;
		assert_int_equal(gn_e2ee_write(a.e, &w, &out, GN_SEC), more ? GN_TOO_LARGE : GN_OK);
	}
	/* 17 devices forgotten, four sessions each: too many to name */
	struct gn_e2ee_row row;
	unsigned gone = 0;
	while (gn_e2ee_next_row(a.e, &row))
		;
	for (unsigned i = 0; a.e->gone_count + 3 < E2EE_GONE_MAX && i < 32; i++)
		assert_int_equal(gn_e2ee_forget(a.e, &to[i]), GN_OK);
	assert_false(a.e->all_changed);
	while (gn_e2ee_next_row(a.e, &row))
		gone += row.kind == GN_E2EE_ROW_SESSION && row.gone;
	assert_true(gone >= E2EE_GONE_MAX - 3);
	assert_int_equal(gn_e2ee_forget(a.e, &to[E2EE_WRAPS_MAX]), GN_OK);
	a.e->gone_count = E2EE_GONE_MAX;
	assert_int_equal(gn_e2ee_forget(a.e, &b.own.device), GN_OK);
	assert_true(gn_e2ee_next_row(a.e, &row));
	assert_int_equal(row.kind, GN_E2EE_ROW_ALL);
	assert_false(gn_e2ee_next_row(a.e, &row));
	for (unsigned i = 0; i <= E2EE_WRAPS_MAX; i++)
		party_free(&many[i]);
}

static void beliefs(void **state)
{
	(void)state;
	static struct gn_e2ee_peer peer;
	static struct gn_e2ee_version past[E2EE_HISTORY_MAX + 1];
	assert_int_equal(GN_E2EE_HISTORY, E2EE_HISTORY_MAX);
	assert_int_equal(GN_E2EE_FEW, E2EE_FEW_MAX);
	party_peer(&a, &peer);
	peer.history = past;
	peer.history_count = E2EE_HISTORY_MAX + 1;
	assert_int_equal(gn_e2ee_believe(b.e, &peer), GN_RANGE);
	peer.history_count--;
	assert_int_equal(gn_e2ee_believe(b.e, &peer), GN_OK);
	peer.prekeys.few_count = E2EE_FEW_MAX + 1;
	assert_int_equal(gn_e2ee_believe(b.e, &peer), GN_RANGE);
	peer.prekeys.few_count--;
	assert_int_equal(gn_e2ee_believe(b.e, &peer), GN_OK);
	for (uint32_t i = b.e->peers.count; i <= E2EE_PEERS_MAX; i++) {
		peer.device.b[0] = (uint8_t)i;
		peer.device.b[1] = (uint8_t)(i >> 8);
		peer.device.b[2] = 99;
		assert_int_equal(gn_e2ee_believe(b.e, &peer),
				 i < E2EE_PEERS_MAX ? GN_OK : GN_LIMIT);
	}
	party_peer(&a, &peer); /* one that is there is replaced all the same */
	assert_int_equal(gn_e2ee_believe(b.e, &peer), GN_OK);
}

static void private_halves(void **state)
{
	(void)state;
	static struct gn_e2ee_prekeys keys;
	uint32_t id = 1000;
	assert_int_equal(gn_e2ee_prekeys_new(a.e, id, E2EE_FEW_MAX + 1, &keys), GN_RANGE);
	assert_int_equal(gn_e2ee_prekeys_new(a.e, UINT32_MAX, 0, &keys), GN_RANGE);
	assert_int_equal(gn_e2ee_prekeys_new(a.e, 9, 1, &keys), GN_EXISTS); /* 10 is taken */
	assert_int_equal(a.e->prekeys.count, 3);
	while (a.e->prekeys.count < E2EE_PREKEYS_MAX - 1)
		assert_int_equal(gn_e2ee_prekeys_new(a.e, id++, 0, &keys), GN_OK);
	assert_int_equal(gn_e2ee_prekeys_new(a.e, id, 1, &keys), GN_LIMIT); /* all or none */
	assert_int_equal(a.e->prekeys.count, E2EE_PREKEYS_MAX - 1);
	assert_int_equal(gn_e2ee_prekeys_new(a.e, id++, 0, &keys), GN_OK);
	assert_int_equal(gn_e2ee_prekeys_new(a.e, id++, 0, &keys), GN_LIMIT);
	gn_e2ee_prekeys_erase(a.e, (uint32_t[]){1000, 1000, 77}, 3);
	assert_int_equal(gn_e2ee_prekeys_new(a.e, id, 0, &keys), GN_OK);
}

/* When no set-up can be remembered any more, none is opened; those that are known are. */
static void remembered(void **state)
{
	(void)state;
	struct gn_map *map = &b.e->prekeys.remembered;
	uint8_t name[32] = {0};
	for (uint32_t i = map->count; i < E2EE_REMEMBERED_MAX; i++) {
		gn_put_be64(name, i);
		struct e2ee_remembered *r = gn_map_put(map, name);
		assert_non_null(r);
		*r = (struct e2ee_remembered){10, 10, 0, i};
	}
	assert_int_equal(gn_e2ee_anew(a.e, &b.own.device), GN_OK);
	party_write(&a, &b, "full", &l);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_UNKNOWN);
	assert_int_equal(party_count(&b, "remembered-full"), 1);
	assert_int_equal(party_count(&b, "unknown"), 1);
	gn_map_remove(map, name);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
	assert_int_equal(map->count, E2EE_REMEMBERED_MAX);
	party_write(&a, &b, "known", &l);
	assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
}

/* `count` says 65,535 for that and more. */
static void counted(void **state)
{
	(void)state;
	for (uint32_t sent = E2EE_COUNT_MAX - 1; sent <= E2EE_COUNT_MAX + 1; sent++) {
		struct snapshot s = party_save(&a);
		struct e2ee_pq *q = &state_of(&a, &b)->pq;
		q->send.n = sent - 1; /* one message follows before the epoch changes */
		party_write(&a, &b, "x", &l);
		for (int i = 0; i < 8 && q->send_epoch == 0; i++)
			party_talk(&b, &a, "chunk");
		assert_int_equal(q->count, sent < E2EE_COUNT_MAX ? sent : E2EE_COUNT_MAX);
		/* b goes on; a is as before: only this side is looked at */
		party_load(&a, s);
		snapshot_free(&s);
		end(NULL);
		begin(NULL);
	}
}

/* The last number of a chain is not used: the session is at its end. */
static void chain_end(void **state)
{
	(void)state;
	struct e2ee_state *s = state_of(&a, &b);
	s->ratchet.send.n = UINT32_MAX - 2;
	assert_int_equal(party_send(&a, &b, GN_LIT("x"), &l, NOW), GN_OK);
	assert_int_equal(party_send(&a, &b, GN_LIT("x"), &l, NOW), GN_LIMIT);
	s->ratchet.send.n = 0;
	s->pq.send.n = UINT32_MAX - 1;
	assert_int_equal(party_send(&a, &b, GN_LIT("x"), &l, NOW), GN_LIMIT);
	assert_int_equal(s->ratchet.send.n, 0);
}

/* Rows: the largest that a session has, by role. */
static void rows(void **state)
{
	(void)state;
	struct gn_e2ee_info info;
	size_t most = 0;
	for (int i = 0; i < 80; i++) {
		party_talk(i % 2 ? &a : &b, i % 2 ? &b : &a, "on");
		assert_int_equal(gn_e2ee_info(a.e, &b.own.device, &info), GN_OK);
		most = info.state_bytes > most ? info.state_bytes : most;
	}
	assert_int_equal(gn_e2ee_anew(a.e, &b.own.device), GN_OK);
	party_write(&a, &b, "with its set-up", &l);
	assert_int_equal(gn_e2ee_info(a.e, &b.own.device, &info), GN_OK);
	assert_true(info.state_bytes > 1280);
	most = info.state_bytes > most ? info.state_bytes : most;
	assert_true(most <= E2EE_SESSION_ROW_MAX && most > 1700);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(jumps, begin, end),
		cmocka_unit_test_setup_teardown(skipped_keys, begin, end),
		cmocka_unit_test_setup_teardown(seven_days, begin, end),
		cmocka_unit_test_setup_teardown(expired, begin, end),
		cmocka_unit_test_setup_teardown(four_sessions, begin, end),
		cmocka_unit_test_setup_teardown(wraps, begin, end),
		cmocka_unit_test_setup_teardown(beliefs, begin, end),
		cmocka_unit_test_setup_teardown(private_halves, begin, end),
		cmocka_unit_test_setup_teardown(remembered, begin, end),
		cmocka_unit_test_setup_teardown(counted, begin, end),
		cmocka_unit_test_setup_teardown(chain_end, begin, end),
		cmocka_unit_test_setup_teardown(rows, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
