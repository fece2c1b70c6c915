/* Presence: what each side sees of the other from a seed, with messages that are lost, doubled,
 * reordered and forged; limits at them and one past. `--corpus DIR` writes seeds for
 * people_presence_fuzz. GN_SEED=n for one seed. Rules PE-80..PE-84. */
#include "people/presence.h"
#include "records/topic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define START (UINT64_C(1800000000) * GN_SEC)

struct side {
	struct gn_presence *p;
	struct gn_sk topic;
	uint8_t key[32];
	struct gn_presence_told told;
	struct gn_hash chat; /* by which the others know them */
};

static struct gn_alloc alloc;
static struct gn_prng prng;
static struct gn_rand rnd;
static struct gn_env env;
static struct side ann, ben;

static void side_make(struct side *s, uint8_t number, gn_time now)
{
	uint8_t seed[32] = {number};
	memset(s->key, number + 100, sizeof s->key);
	gn_sk_from_seed(seed, &s->topic);
	s->told.topic = s->topic.pk;
	memcpy(s->told.key, s->key, sizeof s->key);
	memset(s->chat.b, number, sizeof s->chat.b);
	assert_int_equal(gn_presence_new(&env, &s->p), GN_OK);
	gn_presence_own(s->p, &s->topic, s->key, now);
}

static int set_up(void **state)
{
	(void)state;
	gn_alloc_heap(&alloc, 1 << 20);
	gn_prng_init(&prng, 7);
	rnd = gn_prng_rand(&prng);
	env = (struct gn_env){&alloc, &rnd, NULL};
	side_make(&ann, 1, START);
	side_make(&ben, 2, START);
	assert_int_equal(gn_presence_follow(ben.p, &ann.chat, &ann.told), GN_OK);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	gn_presence_free(ann.p);
	gn_presence_free(ben.p);
	return 0;
}

static gn_err hear(struct side *by, const struct side *from, const struct gn_presence_said *m,
		   gn_time now)
{
	return gn_presence_recv(by->p, &from->chat, gn_slice(m->bytes, m->len), &m->sig, now);
}

static enum gn_presence_state seen(const struct side *by, const struct side *from)
{
	struct gn_presence_of of;
	assert_true(gn_presence_get(by->p, &from->chat, &of));
	assert_true((of.state == GN_PRESENCE_OFFLINE) == (of.until == 0));
	return of.state;
}

static void say(enum gn_presence_state state, gn_time now, struct gn_presence_said *m)
{
	assert_int_equal(gn_presence_set(ann.p, state, now), GN_OK);
	assert_true(gn_presence_publish(ann.p, now, m));
}

/* PE-82: each state as it is said, at once; a period later the same again; nothing in between. */
static void what_is_said_is_seen(void **state)
{
	static const enum gn_presence_state all[] = {GN_PRESENCE_ONLINE, GN_PRESENCE_AWAY,
						     GN_PRESENCE_BUSY, GN_PRESENCE_ONLINE};
	struct gn_presence_said m;
	struct gn_presence_of of;
	gn_time now = START;
	(void)state;
	assert_false(gn_presence_publish(ann.p, now, &m)); /* offline from the start: silent */
	for (size_t i = 0; i < GN_COUNT(all); i++, now += 2 * GN_SEC) {
		say(all[i], now, &m);
		assert_int_equal(hear(&ben, &ann, &m, now), GN_OK);
		assert_int_equal(seen(&ben, &ann), all[i]);
		assert_true(gn_presence_next(ben.p, &of) && of.state == all[i]);
		assert_false(gn_presence_next(ben.p, &of));
		assert_false(gn_presence_publish(ann.p, now, &m));
	}
	now -= 2 * GN_SEC;
	assert_int_equal(gn_presence_deadline(ann.p), now + GN_PRESENCE_PERIOD);
	assert_false(gn_presence_publish(ann.p, now + GN_PRESENCE_PERIOD - 1, &m));
	assert_true(gn_presence_publish(ann.p, now + GN_PRESENCE_PERIOD, &m));
	assert_int_equal(hear(&ben, &ann, &m, now + GN_PRESENCE_PERIOD), GN_OK);
	assert_false(gn_presence_next(ben.p, &of)); /* the same: nothing is told */
	assert_int_equal(gn_presence_set(ann.p, GN_PRESENCE_STATES, now), GN_RANGE);
}

/* PE-83: who is silent is offline at the deadline, and not before. */
static void who_is_silent_is_offline(void **state)
{
	struct gn_presence_said m;
	struct gn_presence_of of;
	(void)state;
	say(GN_PRESENCE_ONLINE, START, &m);
	assert_int_equal(hear(&ben, &ann, &m, START), GN_OK);
	assert_true(gn_presence_next(ben.p, &of));
	assert_int_equal(gn_presence_deadline(ben.p), START + GN_PRESENCE_LASTS);
	gn_presence_tick(ben.p, START + GN_PRESENCE_LASTS - 1);
	assert_int_equal(seen(&ben, &ann), GN_PRESENCE_ONLINE);
	gn_presence_tick(ben.p, START + GN_PRESENCE_LASTS);
	assert_int_equal(seen(&ben, &ann), GN_PRESENCE_OFFLINE);
	assert_true(gn_presence_next(ben.p, &of) && of.state == GN_PRESENCE_OFFLINE);
	assert_int_equal(hear(&ben, &ann, &m, START + GN_PRESENCE_LASTS), GN_EXPIRED);
	/* however fast Ann's clock is, what she says lasts as long here */
	gn_presence_own(ann.p, &ann.topic, ann.key, START + 200 * GN_SEC);
	assert_true(gn_presence_publish(ann.p, START + 200 * GN_SEC, &m));
	assert_int_equal(hear(&ben, &ann, &m, START + 90 * GN_SEC), GN_OK);
	assert_int_equal(gn_presence_deadline(ben.p), START + 90 * GN_SEC + GN_PRESENCE_LASTS);
}

/* PE-81: invisible and offline look the same, once, and then nothing is said. */
static void who_is_invisible_is_silent(void **state)
{
	static const enum gn_presence_state both[] = {GN_PRESENCE_OFFLINE, GN_PRESENCE_INVISIBLE};
	struct gn_presence_said m;
	size_t len = 0;
	gn_time now = START;
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		say(GN_PRESENCE_ONLINE, now, &m);
		assert_int_equal(hear(&ben, &ann, &m, now), GN_OK);
		now += 5 * GN_SEC;
		say(both[i], now, &m);
		assert_int_equal(gn_presence_state(ann.p), both[i]);
		assert_true(i == 0 || m.len == len);
		len = m.len;
		assert_int_equal(hear(&ben, &ann, &m, now), GN_OK);
		assert_int_equal(seen(&ben, &ann), GN_PRESENCE_OFFLINE);
		assert_int_equal(gn_presence_deadline(ann.p), GN_NEVER);
		assert_false(gn_presence_publish(ann.p, now + 3600 * GN_SEC, &m));
		now += 5 * GN_SEC;
	}
	/* between the two nothing is said: they look alike */
	assert_int_equal(gn_presence_set(ann.p, GN_PRESENCE_OFFLINE, now), GN_OK);
	assert_false(gn_presence_publish(ann.p, now + GN_SEC, &m));
}

/* PE-80: another topic: the old one says that we are gone, and nothing of it counts for the new. */
static void another_topic(void **state)
{
	struct gn_presence_said m, old;
	struct gn_presence_told told = {.key = {8}};
	struct gn_sk topic;
	(void)state;
	assert_false(gn_presence_last(ann.p, START, &old));
	say(GN_PRESENCE_ONLINE, START, &m);
	assert_int_equal(hear(&ben, &ann, &m, START), GN_OK);
	assert_true(gn_presence_last(ann.p, START, &old));
	assert_false(gn_presence_last(ann.p, START, &m));
	gn_sk_from_seed((const uint8_t[32]){77}, &topic);
	told.topic = topic.pk;
	gn_presence_own(ann.p, &topic, told.key, START + GN_SEC);
	assert_true(gn_presence_publish(ann.p, START + GN_SEC, &m));
	assert_int_equal(hear(&ben, &ann, &m, START + GN_SEC), GN_KEY);
	assert_int_equal(hear(&ben, &ann, &old, START + GN_SEC), GN_OK);
	assert_int_equal(seen(&ben, &ann), GN_PRESENCE_OFFLINE);
	assert_int_equal(gn_presence_follow(ben.p, &ann.chat, &told), GN_OK);
	assert_int_equal(hear(&ben, &ann, &m, START + GN_SEC), GN_OK);
	assert_int_equal(seen(&ben, &ann), GN_PRESENCE_ONLINE);
}

/* PE-82: one message a second, whatever the person does; who fails says it again. */
static void not_more_than_one_a_second(void **state)
{
	struct gn_presence_said m;
	(void)state;
	say(GN_PRESENCE_ONLINE, START, &m);
	assert_int_equal(gn_presence_set(ann.p, GN_PRESENCE_AWAY, START), GN_OK);
	assert_int_equal(gn_presence_set(ann.p, GN_PRESENCE_BUSY, START + 1), GN_OK);
	assert_false(gn_presence_publish(ann.p, START + GN_PRESENCE_GAP - 1, &m));
	assert_true(gn_presence_publish(ann.p, START + GN_PRESENCE_GAP, &m));
	assert_int_equal(hear(&ben, &ann, &m, START + GN_PRESENCE_GAP), GN_OK);
	assert_int_equal(seen(&ben, &ann), GN_PRESENCE_BUSY);
	gn_presence_unheard(ann.p, START + GN_PRESENCE_GAP);
	assert_false(gn_presence_publish(ann.p, START + 2 * GN_PRESENCE_GAP - 1, &m));
	assert_true(gn_presence_publish(ann.p, START + 2 * GN_PRESENCE_GAP, &m));
}

/* PE-84: of another key, for another topic, cut, changed in any bit: nothing is seen of it. */
static void what_is_forged_is_nothing(void **state)
{
	struct gn_presence_said m, bent;
	struct side eve;
	(void)state;
	say(GN_PRESENCE_ONLINE, START, &m);
	assert_int_equal(hear(&ben, &ben, &m, START), GN_NOT_FOUND);
	for (size_t bit = 0; bit < m.len * 8; bit++) {
		bent = m;
		bent.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(hear(&ben, &ann, &bent, START), GN_OK);
	}
	for (size_t len = 0; len < m.len; len++) {
		bent = m;
		bent.len = len;
		assert_int_not_equal(hear(&ben, &ann, &bent, START), GN_OK);
	}
	/* who was told the topic has the key that seals, and not the one that signs */
	side_make(&eve, 3, START);
	gn_presence_own(eve.p, &eve.topic, ann.key, START);
	assert_int_equal(gn_presence_set(eve.p, GN_PRESENCE_ONLINE, START), GN_OK);
	assert_true(gn_presence_publish(eve.p, START, &bent));
	assert_int_equal(hear(&ben, &ann, &bent, START), GN_KEY);
	/* who signs and seals with another key is nobody */
	gn_presence_own(ann.p, &ann.topic, eve.key, START + GN_SEC);
	assert_true(gn_presence_publish(ann.p, START + GN_SEC, &bent));
	assert_int_equal(hear(&ben, &ann, &bent, START + GN_SEC), GN_KEY);
	gn_presence_free(eve.p);
	assert_int_equal(seen(&ben, &ann), GN_PRESENCE_OFFLINE);
	assert_int_equal(hear(&ben, &ann, &m, START), GN_OK);
	assert_int_equal(hear(&ben, &ann, &m, START), GN_STALE);
}

/* PE-84: signed and sealed rightly, and yet none of ours. */
static void what_is_none_is_malformed(void **state)
{
	static const struct {
		uint8_t version, state, zero;
		uint64_t more;
		uint8_t flags;
		gn_err err;
	} cases[] = {{1, 1, 0, 0, GN_FB_BUS_FLAG_RETAINED, GN_OK},
		     {2, 1, 0, 0, GN_FB_BUS_FLAG_RETAINED, GN_MALFORMED},
		     {1, 4, 0, 0, GN_FB_BUS_FLAG_RETAINED, GN_MALFORMED},
		     {1, 1, 1, 0, GN_FB_BUS_FLAG_RETAINED, GN_MALFORMED},
		     {1, 1, 0, 1, GN_FB_BUS_FLAG_RETAINED, GN_MALFORMED},
		     {1, 1, 0, 0, 0, GN_MALFORMED}};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		uint8_t payload[GN_PRESENCE_PAYLOAD_LEN] = {9}, *plain = payload + 12;
		struct gn_presence_said m;
		struct gn_buf room = {m.bytes, 0, sizeof m.bytes};
		struct gn_said said = {.epoch = 1,
				       .seq = i + 1,
				       .time = 1,
				       .flags = cases[i].flags,
				       .until = cases[i].flags ? gn_unix(START) + 60 : 0,
				       .payload = GN_SLICE(payload)};
		struct gn_aead aead;
		struct gn_hash k;
		plain[0] = cases[i].version;
		plain[1] = cases[i].state;
		plain[7] = cases[i].zero;
		gn_put_be64(plain + 8, said.until + cases[i].more);
		assert_int_equal(gn_aead_init(&aead, GN_CHACHA20_POLY1305, true, GN_SLICE(ann.key),
					      gn_slice(NULL, 0)),
				 GN_OK);
		assert_int_equal(gn_aead_seal(&aead, payload, GN_SLICE(ann.topic.pk.b), plain, 16),
				 GN_OK);
		gn_aead_fini(&aead);
		gn_topicrec_key(&ann.topic.pk, gn_slice(NULL, 0), &k);
		assert_int_equal(gn_said_make(&ann.topic, &k, &said, &room, &m.sig), GN_OK);
		m.len = room.len;
		assert_int_equal(hear(&ben, &ann, &m, START), cases[i].err);
	}
}

/* PE-80: so many are followed, and no more; what was told has one length and no zeros. */
static void limits(void **state)
{
	uint8_t bytes[GN_PRESENCE_TOLD_LEN + 1], zeros[GN_PRESENCE_TOLD_LEN] = {0};
	struct gn_presence_told told = ann.told, back;
	struct gn_presence_of of;
	struct gn_hash chat = {{0}};
	(void)state;
	gn_presence_told_put(&ann.told, bytes);
	assert_int_equal(gn_presence_told_open(gn_slice(bytes, GN_PRESENCE_TOLD_LEN), &back),
			 GN_OK);
	assert_memory_equal(&back, &ann.told, sizeof back);
	assert_int_equal(gn_presence_told_open(GN_SLICE(bytes), &back), GN_MALFORMED);
	assert_int_equal(gn_presence_told_open(gn_slice(bytes, GN_PRESENCE_TOLD_LEN - 1), &back),
			 GN_MALFORMED);
	assert_int_equal(gn_presence_told_open(GN_SLICE(zeros), &back), GN_MALFORMED);
	assert_int_equal(gn_presence_follow(ben.p, &ann.chat, &ann.told), GN_EXISTS);
	for (unsigned i = 1; i <= GN_PRESENCE_FOLLOWED; i++) {
		chat.b[1] = (uint8_t)i;
		told.key[0] = (uint8_t)i;
		assert_int_equal(gn_presence_follow(ben.p, &chat, &told),
				 i < GN_PRESENCE_FOLLOWED ? GN_OK : GN_LIMIT);
	}
	gn_presence_unfollow(ben.p, &ann.chat);
	assert_false(gn_presence_get(ben.p, &ann.chat, &of));
	assert_int_equal(gn_presence_follow(ben.p, &chat, &told), GN_OK);
	told.key[1]++; /* another topic of somebody who is followed: no place more */
	assert_int_equal(gn_presence_follow(ben.p, &chat, &told), GN_OK);
	assert_false(gn_presence_at(ben.p, GN_PRESENCE_FOLLOWED, &of));
	assert_int_equal(gn_presence_follow(ben.p, &ann.chat, &ann.told), GN_LIMIT);
}

/* Any life, with a network that loses, doubles and reorders: what is shown is never newer than what
 * was said, never older than the deadline, and settles on the last word. */
static void one_life(uint64_t seed)
{
	struct gn_presence_said on_way[8];
	unsigned waiting = 0;
	gn_time now = START, last = 0;
	gn_prng_init(&prng, seed);
	enum gn_presence_state is = GN_PRESENCE_OFFLINE;
	for (unsigned step = 0; step < 2000; step++) {
		struct gn_presence_said m;
		now += (gn_time)gn_rand_below(&rnd, 20) * GN_SEC / 2;
		gn_presence_tick(ben.p, now);
		if (gn_rand_below(&rnd, 10) == 0) {
			is = (enum gn_presence_state)gn_rand_below(&rnd, GN_PRESENCE_STATES);
			assert_int_equal(gn_presence_set(ann.p, is, now), GN_OK);
		}
		if (gn_presence_publish(ann.p, now, &m) && waiting < GN_COUNT(on_way) &&
		    gn_rand_below(&rnd, 4))
			on_way[waiting++] = m;
		if (!waiting || gn_rand_below(&rnd, 2))
			goto look;
		unsigned i = (unsigned)gn_rand_below(&rnd, waiting);
		gn_err err = hear(&ben, &ann, &on_way[i], now);
		assert_true(err == GN_OK || err == GN_STALE || err == GN_EXPIRED);
		last = err == GN_OK ? now : last;
		if (gn_rand_below(&rnd, 3))
			on_way[i] = on_way[--waiting];
	look:
		assert_true(seen(&ben, &ann) == GN_PRESENCE_OFFLINE ||
			    now < last + GN_PRESENCE_LASTS);
		assert_int_not_equal(seen(&ben, &ann), GN_PRESENCE_INVISIBLE);
	}
	/* the last word, or the deadline */
	struct gn_presence_said m;
	bool tells = is != GN_PRESENCE_OFFLINE && is != GN_PRESENCE_INVISIBLE;
	now += GN_PRESENCE_PERIOD;
	if (gn_presence_publish(ann.p, now, &m))
		assert_int_equal(hear(&ben, &ann, &m, now), GN_OK);
	else
		gn_presence_tick(ben.p, now += GN_PRESENCE_LASTS);
	assert_int_equal(seen(&ben, &ann), tells ? is : GN_PRESENCE_OFFLINE);
}

static void any_life(void **state)
{
	const char *one = getenv("GN_SEED");
	uint64_t first = one ? strtoull(one, NULL, 10) : 1, last = one ? first : 20;
	for (uint64_t seed = first; seed <= last; seed++) {
		printf("GN_SEED=%llu\n", (unsigned long long)seed);
		one_life(seed);
		tear_down(state);
		set_up(state);
	}
}

static void seed_file(const char *dir, const char *name, const void *p, size_t len)
{
	char path[600];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *f = fopen(path, "wb");
	assert_true(f && fwrite(p, 1, len, f) == len && fclose(f) == 0);
}

/* As the fuzz target takes them: a first byte, then payload, message or what was told. */
static void write_corpus(const char *dir)
{
	struct gn_presence_said m;
	uint8_t bytes[300] = {0};
	void *state = NULL;
	set_up(&state);
	memcpy(bytes + 1, (const uint8_t[16]){1, 1}, 16);
	seed_file(dir, "plain", bytes, 17);
	bytes[0] = 1;
	say(GN_PRESENCE_ONLINE, START, &m);
	memcpy(bytes + 1, m.bytes, m.len);
	seed_file(dir, "message", bytes, 1 + m.len);
	bytes[0] = 2;
	gn_presence_told_put(&ann.told, bytes + 1);
	seed_file(dir, "told", bytes, 1 + GN_PRESENCE_TOLD_LEN);
	tear_down(&state);
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--corpus") == 0) {
		write_corpus(argv[2]);
		return 0;
	}
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(what_is_said_is_seen),
		CASE(who_is_silent_is_offline),
		CASE(who_is_invisible_is_silent),
		CASE(not_more_than_one_a_second),
		CASE(what_is_forged_is_nothing),
		CASE(what_is_none_is_malformed),
		CASE(another_topic),
		CASE(limits),
		CASE(any_life),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
