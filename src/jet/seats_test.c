/* Who has a place, who gives way to whom, and what a place without use is worth. */
#include "jet/close_int.h"
#include "jet/handshake_int.h"
#include "jet/mark_int.h"
#include "jet/session_int.h"
#include "jet/testing/forge.h"
#include "jet/testing/pair.h"
#include <stdlib.h>

struct server {
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_jet *jet;
	gn_time now;
	int closed;
	char reason[JET_REASON_MAX + 1];
	gn_jet_id last_closed;
};

static void server_init(struct server *v, struct gn_jet_config config)
{
	*v = (struct server){.now = GN_SEC};
	gn_alloc_heap(&v->alloc, (size_t)1 << 30);
	gn_prng_init(&v->prng, 1);
	v->rand = gn_prng_rand(&v->prng);
	struct gn_env env = {&v->alloc, &v->rand, NULL};
	gn_sk_new(&v->rand, &config.node_key);
	assert_int_equal(gn_jet_new(&env, &config, &v->jet), GN_OK);
}

static void server_fini(struct server *v)
{
	gn_jet_free(v->jet);
	assert_int_equal(v->alloc.count, 0);
}

/* Tells and frees what is over. */
static void settle(struct server *v)
{
	static uint8_t bytes[64000];
	struct gn_buf out = {bytes, 0, sizeof bytes};
	struct gn_jet_batch batch;
	struct gn_jet_event e;
	for (int i = 0; i < 2; i++) {
		while (gn_jet_next_event(v->jet, &e))
			if (e.kind == GN_JET_CLOSED) {
				v->closed++;
				v->last_closed = e.id;
				memcpy(v->reason, e.data.p, e.data.len);
				v->reason[e.data.len] = 0;
			}
		while (gn_jet_send(v->jet, &out, &batch, v->now) == GN_OK)
			;
		gn_jet_tick(v->jet, v->now);
	}
}

/* A session of node key `key`, from 198.x.y.1 by prefix, as it is after the handshake. 0: there
 * was no place. */
static gn_jet_id come(struct server *v, uint32_t key, uint32_t prefix)
{
	struct gn_way from = {
		.addr = gn_addr_v4(198, (uint8_t)(prefix >> 8), (uint8_t)prefix, 1, 1000)};
	struct jet_session *s = forge_open(v->jet, true, &from, v->now);
	gn_jet_id id = s->id;
	memcpy(s->holder.key.b, &key, sizeof key);
	s->holder.key.b[31] = 1;
	v->now += GN_MSEC;
	struct jet_leaver leaver;
	gn_err err = jet_seat_take(&v->jet->open, s, v->now, &leaver);
	jet_close_leaver(&leaver, v->now);
	if (err != GN_OK) {
		jet_close_local(s, GN_BUSY, false, JET_E_BUSY, "", v->now);
		s->drain_at = v->now;
		id = 0;
	}
	settle(v);
	return id;
}

static bool lives(const struct server *v, gn_jet_id id)
{
	return jet_find(v->jet, id) != NULL;
}

static uint64_t counter(const struct server *v, enum jet_counter c)
{
	return v->jet->counters[c];
}

static void test_a_key_has_its_share_and_pays_itself(void **state)
{
	(void)state;
	struct server v;
	gn_jet_id of_key[JET_SESSIONS_PER_KEY + 1], other;
	server_init(&v, (struct gn_jet_config){0});
	other = come(&v, 7, 99);
	for (int i = 0; i < JET_SESSIONS_PER_KEY; i++)
		of_key[i] = come(&v, 1, (uint32_t)i);
	assert_int_equal(v.closed, 0); /* at the limit */
	gn_jet_used(v.jet, of_key[0], GN_JET_STRANGER, v.now += GN_MSEC);
	of_key[JET_SESSIONS_PER_KEY] = come(&v, 1, 50);
	assert_int_equal(v.closed, 1);
	assert_true(v.last_closed == of_key[1]); /* the longest unused */
	assert_true(lives(&v, other) && lives(&v, of_key[0]) &&
		    lives(&v, of_key[JET_SESSIONS_PER_KEY]));
	assert_string_equal(v.reason, "its place went to another session of the same key");
	assert_int_equal(counter(&v, JET_C_SESSION_KEY_LIMIT), 1);
	assert_int_equal(counter(&v, JET_C_GAVE_WAY), 1);
	/* whatever they are worth: a node that starts anew is let in */
	for (int i = 2; i < JET_SESSIONS_PER_KEY; i++)
		gn_jet_used(v.jet, of_key[i], GN_JET_LINKED, v.now);
	gn_jet_used(v.jet, of_key[0], GN_JET_LINKED, v.now);
	gn_jet_used(v.jet, of_key[JET_SESSIONS_PER_KEY], GN_JET_LINKED, v.now += GN_MSEC);
	assert_true(come(&v, 1, 0) != 0);
	assert_int_equal(v.closed, 2);
	assert_int_equal(v.jet->open.count, JET_SESSIONS_PER_KEY + 1);
	gn_jet_validate(v.jet);
	server_fini(&v);
}

static void test_one_key_gets_eight_places_of_4096(void **state)
{
	(void)state;
	struct server v;
	server_init(&v, (struct gn_jet_config){0});
	gn_jet_id honest = come(&v, 5, 5);
	for (uint32_t i = 0; i < 10000; i++)
		come(&v, 1, 1);
	assert_int_equal(v.jet->open.count, 1 + JET_SESSIONS_PER_KEY);
	assert_int_equal(v.jet->session_count, 1 + JET_SESSIONS_PER_KEY);
	assert_true(lives(&v, honest));
	server_fini(&v);
}

static void test_a_crowded_table_gives_a_prefix_its_share(void **state)
{
	(void)state;
	struct server v;
	uint32_t key = 0;
	/* crowded above 48, a prefix has 8 then */
	server_init(&v, (struct gn_jet_config){.sessions_max = 64});
	for (; key < 38; key++)
		assert_true(come(&v, key, 1000 + key) != 0);
	for (; key < 48; key++)
		assert_true(come(&v, key, 1) != 0);
	assert_int_equal(v.closed, 0); /* ten of one prefix while there is room */
	gn_jet_id other = come(&v, key++, 2);
	assert_int_equal(v.closed, 0);
	assert_true(come(&v, key++, 1) != 0); /* one past: another of its prefix goes */
	assert_int_equal(v.closed, 1);
	assert_string_equal(v.reason, "its place went to another session of the same network");
	assert_int_equal(counter(&v, JET_C_SESSION_PREFIX_LIMIT), 1);
	for (int i = 0; i < 7; i++)
		assert_true(come(&v, key++, 2) != 0);
	assert_int_equal(v.closed, 1); /* eight of prefix 2 */
	assert_true(come(&v, key++, 2) != 0);
	assert_int_equal(v.closed, 2);
	assert_true(v.last_closed == other);
	assert_int_equal(v.jet->open.count, 48 + 8);
	gn_jet_validate(v.jet);
	server_fini(&v);
}

static void test_a_full_table_lets_the_one_worth_least_go(void **state)
{
	(void)state;
	struct server v;
	gn_jet_id id[32];
	server_init(&v, (struct gn_jet_config){.sessions_max = 32});
	for (uint32_t i = 0; i < 32; i++) {
		/* two of each prefix; 30 and 31 alone */
		id[i] = come(&v, i, i < 30 ? 100 + i / 2 : 300 + i);
		gn_jet_used(v.jet, id[i],
			    i < 4   ? GN_JET_LINKED
			    : i < 8 ? GN_JET_LEASED
				    : GN_JET_KNOWN,
			    v.now);
	}
	assert_int_equal(v.closed, 0);
	gn_jet_used(v.jet, id[30], GN_JET_STRANGER, v.now += GN_MSEC);
	gn_jet_id a = come(&v, 100, 400);
	/* least standing, though the lightest prefix */
	assert_true(a != 0 && v.last_closed == id[30]);
	assert_string_equal(v.reason, "its place was needed for another session");
	gn_jet_used(v.jet, a, GN_JET_KNOWN, v.now += GN_MSEC);
	for (int i = 9; i < 32; i++) /* 8 is now the longest unused of the heaviest prefixes */
		if (i != 30)
			gn_jet_used(v.jet, id[i], GN_JET_KNOWN, v.now);
	gn_jet_id b = come(&v, 101, 401);
	assert_true(b != 0 && v.last_closed == id[8]);
	/* as the third of its prefix it weighs more than all others */
	assert_int_equal(come(&v, 102, 100 + 5), 0);
	assert_int_equal(v.closed, 3);
	assert_true(v.last_closed != id[9]);
	for (uint32_t i = 0; i < v.jet->open.count; i++)
		v.jet->open.at[i].standing = GN_JET_LEASED;
	assert_int_equal(come(&v, 103, 403), 0); /* all are worth more than a stranger */
	assert_int_equal(v.closed, 4);
	assert_true(lives(&v, a) && lives(&v, b) && lives(&v, id[0]));
	assert_int_equal(counter(&v, JET_C_SESSION_LIMIT), 4);
	gn_jet_validate(v.jet);
	server_fini(&v);
}

/* 4,096 places, taken by one /24 with a key for each session and one useful message on each:
 * still every stranger of another prefix finds a place, and the attacker's share shrinks to
 * theirs. */
static void test_a_network_of_many_keys_shuts_nobody_out(void **state)
{
	(void)state;
	struct server v;
	server_init(&v, (struct gn_jet_config){0});
	for (uint32_t i = 0; i < 6000; i++) {
		gn_jet_id id = come(&v, i, 1);
		if (id)
			gn_jet_used(v.jet, id, GN_JET_KNOWN, v.now);
	}
	assert_int_equal(v.jet->open.count, 3072); /* three quarters, and no more */
	for (uint32_t i = 0; i < 4000; i++)
		assert_true(come(&v, 100000 + i, 256 + i % 1000) != 0);
	struct gn_holder who = {.addr = gn_addr_v4(198, 0, 1, 1, 0)};
	uint64_t theirs = gn_share_held(&v.jet->open.share, &who).prefix;
	print_message("  one /24 held 3072 of 4096, and %llu after 4000 strangers came\n",
		      (unsigned long long)theirs);
	assert_true(theirs < 2 * 64);
	assert_int_equal(v.jet->open.count, 4096);
	assert_int_equal(counter(&v, JET_C_NOMEM), 0);
	gn_jet_validate(v.jet);
	server_fini(&v);
}

static void test_local_prefixes_count_when_told(void **state)
{
	(void)state;
	for (int count = 0; count < 2; count++) {
		struct server v;
		server_init(&v, (struct gn_jet_config){.sessions_max = 16, .count_local = count});
		for (uint32_t key = 0; key < 16; key++) {
			struct gn_way from = {.addr = gn_addr_v4(127, 0, 0, (uint8_t)key, 1000)};
			struct jet_session *s = forge_open(v.jet, true, &from, v.now);
			memcpy(s->holder.key.b, &(uint32_t){key + 1}, 4);
			struct jet_leaver leaver;
			assert_int_equal(jet_seat_take(&v.jet->open, s, v.now, &leaver), GN_OK);
			jet_close_leaver(&leaver, v.now);
		}
		settle(&v);
		assert_int_equal(v.closed, count ? 4 : 0); /* crowded above 12 */
		server_fini(&v);
	}
}

/* First packets alone, from so many addresses. */
static void knock(struct server *v, uint32_t prefix, uint8_t host)
{
	struct gn_way from = {
		.addr = gn_addr_v4(198, (uint8_t)(prefix >> 8), (uint8_t)prefix, host, 1000)};
	struct jet_session *s;
	uint8_t dcid[JET_CID_LEN] = {0};
	v->now += GN_MSEC;
	assert_int_equal(jet_session_new(v->jet, true, &from, v->now, &s), GN_OK);
	assert_int_equal(jet_hs_new(s, NULL, dcid, v->now), GN_OK);
	jet_wake(s);
	settle(v);
}

static void test_half_open_sessions_have_their_own_places(void **state)
{
	(void)state;
	struct server v;
	server_init(&v,
		    /* 16 half-open, crowded above 12, a prefix has 8 */
		    (struct gn_jet_config){.sessions_max = 128});
	assert_int_equal(v.jet->half.max, JET_HALF_OPEN_MIN);
	for (uint8_t i = 0; i < 12; i++)
		knock(&v, 1, i);
	assert_int_equal(v.closed, 0);
	knock(&v, 1, 12); /* one past what a crowd allows: the oldest of the prefix goes */
	assert_int_equal(v.closed, 1);
	assert_int_equal(v.jet->half.count, 12);
	for (uint8_t i = 0; i < 4; i++)
		knock(&v, 2u + i, 1);
	assert_int_equal(v.closed, 1);
	assert_int_equal(v.jet->half.count, 16);
	knock(&v, 9, 1); /* full: the heaviest prefix gives way, not the lone ones */
	assert_int_equal(v.closed, 2);
	struct gn_holder heavy = {.addr = gn_addr_v4(198, 0, 1, 1, 0)};
	assert_int_equal(gn_share_held(&v.jet->half.share, &heavy).prefix, 11);
	assert_int_equal(counter(&v, JET_C_HALF_OPEN_LIMIT), 1);
	assert_int_equal(v.jet->open.count, 0);
	gn_jet_validate(v.jet);
	server_fini(&v);
}

static void test_half_open_sessions_have_less_time_in_a_crowd(void **state)
{
	(void)state;
	struct server v;
	server_init(&v, (struct gn_jet_config){.sessions_max = 128});
	gn_time given[17] = {0};
	for (uint8_t i = 0; i < 16; i++) {
		knock(&v, 1u + i, 1);
		given[i] = v.jet->half.at[i].session->hs->timeout_at - v.now;
	}
	assert_true(given[0] == JET_HANDSHAKE_TIMEOUT && given[7] == JET_HANDSHAKE_TIMEOUT);
	assert_true(given[8] < JET_HANDSHAKE_TIMEOUT && given[12] < given[8]);
	assert_true(given[15] == JET_HANDSHAKE_TIMEOUT_MIN);
	v.now += JET_HANDSHAKE_TIMEOUT_MIN;
	for (int i = 0; i < 3; i++)
		settle(&v);
	assert_true(v.closed > 0 && v.closed < 16);
	v.now += JET_HANDSHAKE_TIMEOUT;
	for (int i = 0; i < 3; i++)
		settle(&v);
	assert_int_equal(v.jet->half.count, 0);
	server_fini(&v);
}

static void test_closed_sessions_linger_within_bounds(void **state)
{
	(void)state;
	struct server v;
	/* a quarter of it may linger */
	server_init(&v, (struct gn_jet_config){.sessions_max = 128});
	for (uint32_t i = 0; i < 100; i++) {
		gn_jet_id id = come(&v, i, i);
		assert_int_equal(gn_jet_close(v.jet, id, 0, "", v.now), GN_OK);
		settle(&v);
		assert_true(v.jet->session_count <= 32 + 1);
	}
	assert_int_equal(v.jet->open.count, 0);
	assert_int_equal(v.jet->session_count, 32);
	server_fini(&v);
}

static void test_own_dials_have_their_own_places(void **state)
{
	(void)state;
	struct server v;
	gn_jet_id id;
	struct gn_way to = {.addr = gn_addr_v4(203, 0, 113, 1, 1)};
	server_init(&v, (struct gn_jet_config){.sessions_max = 4});
	for (uint32_t i = 0; i < 4; i++)
		assert_true(come(&v, i, i) != 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(gn_jet_connect(v.jet, &to, NULL, v.now, &id), GN_OK);
	assert_int_equal(gn_jet_connect(v.jet, &to, NULL, v.now, &id), GN_LIMIT);
	assert_true(come(&v, 5, 5) != 0); /* nor do they take others' places */
	gn_jet_validate(v.jet);
	server_fini(&v);
}

/* The whole way: a client that finds no place is told so. */
static void test_who_finds_no_place_is_told(void **state)
{
	(void)state;
	struct jet_sim_link_config link = {.delay = GN_MSEC};
	struct gn_jet_config server = {.sessions_max = 2};
	struct pair p;
	gn_jet_id id[3];
	pair_init(&p, 12, NULL, &server, &link);
	for (int i = 0; i < 2; i++)
		assert_int_equal(gn_jet_connect(p.sim.nodes[0].jet, &p.sim.nodes[1].way, NULL,
						p.sim.now, &id[i]),
				 GN_OK);
	jet_sim_run(&p.sim, p.sim.now + GN_SEC);
	assert_int_equal(p.app[1].connected, 2);
	struct jet_seats *open = &p.sim.nodes[1].jet->open;
	assert_int_equal(open->count, 2);
	open->share.config.per_key = 1; /* only now: so that the key must pay */
	assert_int_equal(
		gn_jet_connect(p.sim.nodes[0].jet, &p.sim.nodes[1].way, NULL, p.sim.now, &id[2]),
		GN_OK);
	jet_sim_run(&p.sim, p.sim.now + GN_SEC);
	assert_int_equal(p.app[0].connected, 3);
	assert_int_equal(p.app[0].closed, 1);
	assert_int_equal(p.app[0].err, GN_BUSY);
	assert_int_equal(p.app[0].code, JET_E_BUSY);
	assert_string_equal(p.app[0].reason, "its place went to another session of the same key");
	for (uint32_t i = 0; i < open->count; i++)
		open->at[i].standing = GN_JET_LEASED;
	open->share.config.per_key = 8;
	assert_int_equal(
		gn_jet_connect(p.sim.nodes[0].jet, &p.sim.nodes[1].way, NULL, p.sim.now, &id[2]),
		GN_OK);
	jet_sim_run(&p.sim, p.sim.now + GN_SEC);
	assert_int_equal(p.app[0].closed, 2);
	assert_int_equal(p.app[0].err, GN_BUSY);
	assert_string_equal(p.app[0].reason, "no place for another session");
	assert_int_equal(open->count, 2);
	pair_fini(&p);
}

/* A byte of a stream that never ends, now and then, and PINGs: nothing that the owner can use. */
static void test_a_session_without_use_ends(void **state)
{
	(void)state;
	for (int used = 0; used < 2; used++) {
		struct jet_sim_link_config link = {.delay = GN_MSEC};
		struct gn_jet_config client = {.keep_alive = GN_SEC},
				     server = {.unused_timeout = 15 * GN_SEC};
		struct pair *p = calloc(1, sizeof *p);
		size_t taken;
		gn_jet_stream id;
		pair_init(p, 3, &client, &server, &link);
		pair_connect(p);
		gn_time start = p->sim.now;
		struct gn_jet *jet = p->sim.nodes[0].jet;
		assert_int_equal(gn_jet_stream_open(jet, p->id, true, GN_JET_FILES, &id), GN_OK);
		if (used)
			gn_jet_used(p->sim.nodes[1].jet, p->app[1].id, GN_JET_STRANGER, p->sim.now);
		for (int i = 0; i < 14; i++) {
			assert_int_equal(
				gn_jet_stream_write(jet, p->id, id, GN_LIT("x"), false, &taken),
				GN_OK);
			jet_sim_flush(&p->sim, 0);
			jet_sim_run(&p->sim, p->sim.now + GN_SEC);
		}
		assert_int_equal(p->app[1].closed, 0);
		jet_sim_run(&p->sim, start + 16 * GN_SEC);
		assert_int_equal(p->app[1].closed, !used);
		assert_int_equal(p->app[0].closed, !used);
		assert_int_equal(jet_sim_counter(&p->sim, 1, "session-unused"), !used);
		if (!used)
			assert_string_equal(p->app[0].reason, "nothing of use came");
		/* a stale id is no matter */
		gn_jet_used(p->sim.nodes[1].jet, p->app[1].id, GN_JET_KNOWN, p->sim.now);
		pair_fini(p);
		free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_key_has_its_share_and_pays_itself),
		cmocka_unit_test(test_one_key_gets_eight_places_of_4096),
		cmocka_unit_test(test_a_crowded_table_gives_a_prefix_its_share),
		cmocka_unit_test(test_a_full_table_lets_the_one_worth_least_go),
		cmocka_unit_test(test_a_network_of_many_keys_shuts_nobody_out),
		cmocka_unit_test(test_local_prefixes_count_when_told),
		cmocka_unit_test(test_half_open_sessions_have_their_own_places),
		cmocka_unit_test(test_half_open_sessions_have_less_time_in_a_crowd),
		cmocka_unit_test(test_closed_sessions_linger_within_bounds),
		cmocka_unit_test(test_own_dials_have_their_own_places),
		cmocka_unit_test(test_who_finds_no_place_is_told),
		cmocka_unit_test(test_a_session_without_use_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
