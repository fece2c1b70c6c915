/* A topic that asks a token of publishers and subscribers, in a small network: who has one may, who
 * has none may not, and whose token was taken back may not any more, whoever lets it through.
 * Rules BS-5, BS-6, BS-14, BS-19. */
#include "records/revocation.h"
#include "services/bus/engine_int.h"
#include "services/testing/buses.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define NODES 6
#define DAYS(n) ((n) * UINT64_C(86400))

static struct svc s;
static struct svc_bus x;
static uint8_t storage[4][GN_TOKEN_MAX];

static void network(void)
{
	struct gn_topicrec rec = {.publish = GN_FB_TOPIC_ADMISSION_TOKEN,
				  .subscribe = GN_FB_TOPIC_ADMISSION_TOKEN};
	svc_init(&s, &(struct svc_options){.seed = 8, .nodes = NODES, .bus = true});
	svc_bus_make(&s, &x, 1, &rec);
	assert_int_equal(svc_bus_put(&x, 0), GN_OK);
	svc_run_for(&s, 5 * GN_SEC);
}

static int end(void **state)
{
	(void)state;
	svc_free(&s);
	return 0;
}

/* Of the topic's owner for a key; `at`: where it is kept. */
static struct gn_slice token_limited(unsigned at, unsigned key, uint64_t actions, uint64_t life,
				     const struct gn_token_limit *limit)
{
	struct gn_buf out = {storage[at], 0, sizeof storage[at]};
	struct gn_slice parts[] = {GN_LIT("topic"), x.rec.label};
	uint8_t text[GN_TOKEN_RESOURCE_MAX];
	struct gn_buf path = {text, 0, sizeof text};
	assert_int_equal(gn_token_resource(parts, x.rec.label.len ? 2 : 1, &path), GN_OK);
	struct gn_token_right right = {gn_buf_slice(&path), actions};
	struct gn_token_fields f = {.audience = svc_bus_key(&x, key)->pk,
				    .rights = &right,
				    .right_count = 1,
				    .limits = limit,
				    .limit_count = limit != NULL,
				    .nonce = {(uint8_t)at},
				    .not_before = gn_unix(s.now),
				    .expires = gn_unix(s.now) + life};
	assert_int_equal(gn_token_issue(&x.owner, &f, &out, NULL), GN_OK);
	return gn_buf_slice(&out);
}

static struct gn_slice token(unsigned at, unsigned key, uint64_t actions, uint64_t life)
{
	return token_limited(at, key, actions, life, NULL);
}

static void revoke(struct gn_slice chain)
{
	static struct gn_revocation list;
	static uint8_t bytes[GN_RECORD_MAX];
	struct gn_token *t = calloc(1, sizeof *t);
	struct gn_buf out = {bytes, 0, sizeof bytes};
	assert_non_null(t);
	assert_int_equal(gn_token_open(chain, t, NULL), GN_OK);
	struct gn_revoked e = {t->blocks[0].id, t->blocks[0].expires};
	list = (struct gn_revocation){.owner = x.owner.pk,
				      .seq = gn_unix(s.now),
				      .created = gn_unix(s.now),
				      .ttl = 86400};
	assert_int_equal(gn_revocation_add(&list, &e, gn_unix(s.now)), GN_OK);
	assert_int_equal(gn_revocation_record(&x.owner, &list, &out), GN_OK);
	assert_int_equal(svc_put(&s, 0, gn_buf_slice(&out), 2, NULL), GN_OK);
	free(t);
}

static gn_err say(unsigned node, unsigned key, uint32_t number, struct gn_slice chain)
{
	struct gn_bus_publish p;
	svc_bus_say(&x, key, NULL, number, 0, &p);
	p.token = chain;
	return svc_bus_pub_this(&x, node, &p);
}

static uint64_t lookups(unsigned node)
{
	struct gn_counter c;
	for (size_t i = 0; gn_lists_counter_at(s.nodes[node].lists, i, &c); i++)
		if (strcmp(c.name, "lookups") == 0)
			return c.value;
	return 0;
}

static gn_op follow(unsigned node, unsigned key, struct gn_slice chain)
{
	gn_op op;
	assert_int_equal(svc_bus_sub_as(&x, node, svc_bus_key(&x, key), chain, &op), GN_OK);
	svc_run_for(&s, 5 * GN_SEC);
	return op;
}

static void who_was_taken_back_may_no_more(void **state)
{
	(void)state;
	network();
	struct gn_slice pub = token(0, 1, GN_FB_ACTION_PUBLISH, DAYS(30)),
			sub = token(1, 2, GN_FB_ACTION_SUBSCRIBE, DAYS(30)),
			none = gn_slice(NULL, 0);
	(void)follow(1, 2, sub);
	assert_int_equal(s.nodes[1].bus->views.count, 1);
	/* the list is looked up before: the first message is not lost, nor refused */
	assert_int_equal(say(2, 1, 1, pub), GN_OK);
	assert_int_equal(say(2, 1, 2, none), GN_OK); /* it is known */
	assert_int_equal(say(2, 3, 3, none), GN_DENIED);
	assert_int_equal(say(2, 2, 4, sub), GN_DENIED);
	svc_run_for(&s, 5 * GN_SEC);
	assert_true(svc_bus_times(&x, 1, 1) == 1 && svc_bus_times(&x, 1, 2) == 1);
	for (unsigned i = 0; i < NODES; i++) /* each is a root: one list, one lookup */
		assert_int_equal(lookups(i), 1);
	revoke(pub);
	svc_run_for(&s, 310 * GN_SEC);
	assert_int_equal(say(2, 1, 5, pub), GN_DENIED);
	assert_int_equal(say(2, 1, 6, none), GN_DENIED);
	svc_run_for(&s, 5 * GN_SEC);
	assert_true(svc_bus_times(&x, 1, 5) == 0 && svc_bus_times(&x, 1, 6) == 0);
	assert_int_equal(x.ended, 0);                /* who was not taken back is let in still */
	assert_int_equal(say(2, 0, 7, none), GN_OK); /* and the owner */
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(svc_bus_times(&x, 1, 7), 1);
}

static void a_subscriber_that_was_taken_back_has_no_lease(void **state)
{
	(void)state;
	network();
	struct gn_slice one = token(0, 1, GN_FB_ACTION_SUBSCRIBE, DAYS(30)),
			other = token(1, 2, GN_FB_ACTION_SUBSCRIBE, DAYS(1));
	revoke(one);
	(void)follow(1, 1, one);
	assert_true(x.ended == 1 && x.ended_err == GN_DENIED);
	/* a token of a day ends by itself: no list is asked for it at a root that has none */
	uint64_t before = lookups(3);
	(void)follow(2, 2, other);
	assert_int_equal(x.ended, 1);
	assert_true(x.following > 0 && before == lookups(3));
	/* and one with a lease loses it */
	struct gn_slice third = token(2, 3, GN_FB_ACTION_SUBSCRIBE, DAYS(30));
	(void)follow(3, 3, third);
	assert_int_equal(x.ended, 1);
	revoke(third);
	svc_run_for(&s, 400 * GN_SEC);
	assert_int_equal(x.ended, 2);
}

/* Roots that ask nobody: the subscriber judges by itself. */
static void a_subscriber_believes_no_root(void **state)
{
	(void)state;
	network();
	struct gn_slice pub = token(0, 1, GN_FB_ACTION_PUBLISH, DAYS(30)),
			bad = token(1, 2, GN_FB_ACTION_PUBLISH, DAYS(30)),
			sub = token(2, 3, GN_FB_ACTION_SUBSCRIBE, DAYS(30));
	revoke(bad);
	for (unsigned i = 0; i < NODES; i++)
		if (i != 1)
			s.nodes[i].bus->cfg.lists = NULL;
	s.nodes[1].bus->cfg.no_root = true;
	(void)follow(1, 3, sub);
	assert_int_equal(say(2, 2, 1, bad), GN_OK);
	assert_int_equal(say(2, 1, 2, pub), GN_OK);
	svc_run_for(&s, 10 * GN_SEC);
	assert_int_equal(svc_bus_times(&x, 1, 1), 0);
	assert_int_equal(svc_bus_times(&x, 1, 2), 1);
	assert_true(svc_bus_count(&s, 1, "got_right") > 0);
}

static unsigned heard(gn_op op, uint32_t number)
{
	unsigned n = 0;
	for (unsigned i = 0; i < x.got_count; i++)
		n += x.got[i].op == op && x.got[i].number == number;
	return n;
}

/* BS-21: two people of one machine, each with a right of their own; who has none is told so and
 * keeps nobody out, and when one goes the other goes on. */
static void a_node_follows_for_several_keys(void **state)
{
	gn_op one, two, bad;
	(void)state;
	network();
	struct gn_slice t1 = token(0, 1, GN_FB_ACTION_SUBSCRIBE, DAYS(1)),
			t2 = token(1, 2, GN_FB_ACTION_SUBSCRIBE, DAYS(1)),
			t3 = token(2, 3, GN_FB_ACTION_PUBLISH, DAYS(1)), none = gn_slice(NULL, 0);
	one = follow(1, 1, t1);
	two = follow(1, 2, t2);
	assert_int_equal(say(2, 0, 1, none), GN_OK);
	svc_run_for(&s, 2 * GN_SEC);
	assert_true(heard(one, 1) == 1 && heard(two, 1) == 1);
	assert_int_equal(svc_bus_sub_as(&x, 1, svc_bus_key(&x, 3), t3, &bad), GN_OK);
	assert_int_equal(say(2, 0, 2, none), GN_OK); /* before it is known to have no right */
	svc_run_for(&s, 60 * GN_SEC);
	assert_true(heard(one, 2) == 1 && heard(two, 2) == 1 && heard(bad, 2) == 0);
	assert_true(x.ended == 1 && x.ended_err == GN_DENIED);
	gn_bus_cancel(s.nodes[1].bus, one, s.now);
	svc_pump(&s, 1);
	svc_run_for(&s, 30 * GN_SEC);
	assert_int_equal(say(2, 0, 3, none), GN_OK);
	svc_run_for(&s, 10 * GN_SEC);
	assert_true(heard(two, 3) == 1 && heard(one, 3) == 0);
	assert_int_equal(x.ended, 1);
}

/* Who came first has no right, or does not sign: who comes after is let in all the same. */
static void who_has_no_right_keeps_nobody_out(void **state)
{
	gn_op good, again;
	(void)state;
	network();
	struct gn_slice t1 = token(0, 1, GN_FB_ACTION_SUBSCRIBE, DAYS(1)),
			t2 = token(1, 2, GN_FB_ACTION_SUBSCRIBE, DAYS(1)),
			t3 = token(2, 3, GN_FB_ACTION_PUBLISH, DAYS(1)), none = gn_slice(NULL, 0);
	x.mute = &x.key[1];
	assert_int_equal(svc_bus_sub_as(&x, 1, svc_bus_key(&x, 3), t3, &again), GN_OK);
	assert_int_equal(svc_bus_sub_as(&x, 1, svc_bus_key(&x, 1), t1, &good), GN_OK);
	/* the newest is tried first */
	assert_int_equal(svc_bus_sub_as(&x, 1, svc_bus_key(&x, 2), t2, &again), GN_OK);
	svc_run_for(&s, 40 * GN_SEC);
	for (uint32_t i = 1; i <= 5; i++) { /* again and again */
		assert_int_equal(svc_bus_sub_as(&x, 1, svc_bus_key(&x, 3), t3, &again), GN_OK);
		assert_int_equal(say(2, 0, i, none), GN_OK);
		svc_run_for(&s, 3 * GN_SEC);
		assert_int_equal(heard(good, i), 1);
	}
	svc_run_for(&s, 60 * GN_SEC);
	assert_true(x.ended == 6 && x.ended_err == GN_DENIED);
}

/* When the one that the roots know goes, one who may is shown to them, not who came last. */
static void who_is_new_takes_nobodys_place(void **state)
{
	gn_op one, two, bad;
	(void)state;
	network();
	struct gn_slice t1 = token(0, 1, GN_FB_ACTION_SUBSCRIBE, DAYS(1)),
			t2 = token(1, 2, GN_FB_ACTION_SUBSCRIBE, DAYS(1)),
			t3 = token(2, 3, GN_FB_ACTION_PUBLISH, DAYS(1)), none = gn_slice(NULL, 0);
	x.silent = svc_bus_key(&x, 3);
	one = follow(1, 1, t1);
	two = follow(1, 2, t2);
	assert_int_equal(svc_bus_sub_as(&x, 1, svc_bus_key(&x, 3), t3, &bad), GN_OK);
	gn_bus_cancel(s.nodes[1].bus, one, s.now);
	svc_pump(&s, 1);
	svc_run_for(&s, 5 * GN_SEC); /* who does not sign is waited for six times as long */
	assert_int_equal(say(2, 0, 1, none), GN_OK);
	svc_run_for(&s, 2 * GN_SEC);
	assert_true(heard(two, 1) == 1 && heard(bad, 1) == 0);
	/* and what still comes by a lease of who went is not for who comes after them */
	svc_run_for(&s, 60 * GN_SEC);
	assert_int_equal(svc_bus_sub_as(&x, 1, svc_bus_key(&x, 3), t3, &bad), GN_OK);
	gn_bus_cancel(s.nodes[1].bus, two, s.now);
	svc_pump(&s, 1);
	const struct bus_view *v = GN_MAP_AT(&s.nodes[1].bus->views, struct bus_view *, 0);
	assert_true(v->locals && !v->locals->next && gn_pk_eq(&v->key, &x.silent->pk));
	assert_false(bus_keys_hears(v, v->locals));
}

/* One person with two tokens: when the first has ended, the second is theirs still. */
static void a_key_follows_with_two_tokens(void **state)
{
	gn_op two;
	(void)state;
	network();
	struct gn_slice t1 = token(0, 1, GN_FB_ACTION_SUBSCRIBE, 60),
			t2 = token(1, 1, GN_FB_ACTION_SUBSCRIBE, DAYS(1)), none = gn_slice(NULL, 0);
	(void)follow(1, 1, t1);
	two = follow(1, 1, t2);
	svc_run_for(&s, 120 * GN_SEC);
	assert_int_equal(x.ended, 1);
	assert_int_equal(say(2, 0, 1, none), GN_OK);
	svc_run_for(&s, 2 * GN_SEC);
	assert_int_equal(heard(two, 1), 1);
}

/* BS-20: so many messages at every root, and what is refused says by which limit. */
static void a_token_has_its_limits(void **state)
{
	struct gn_token_limit three = {GN_FB_LIMIT_OF_MESSAGES, 600, 3},
			      total = {GN_FB_LIMIT_OF_MESSAGES, 0, 100},
			      small = {GN_FB_LIMIT_OF_BYTES, 600, 3};
	gn_op op;
	(void)state;
	network();
	struct gn_slice t = token_limited(0, 1, GN_FB_ACTION_PUBLISH, DAYS(1), &three);
	for (uint32_t i = 1; i <= 3; i++)
		assert_int_equal(say(2, 1, i, t), GN_OK);
	assert_int_equal(say(2, 1, 4, t), GN_QUOTA);
	assert_string_equal(x.limit, "token-messages");
	assert_in_range(x.last.retry_ms, 100000, 200001);
	assert_int_equal(svc_bus_sum(&s, "refused_limit"), NODES);
	/* the owner's other grant is another bucket, and is taken where the first is known */
	struct gn_slice t2 = token_limited(1, 1, GN_FB_ACTION_PUBLISH, DAYS(1), &three);
	assert_int_equal(say(2, 1, 5, t2), GN_OK);
	svc_run_for(&s, 601 * GN_SEC);
	/* a will is a message: once, however often it is brought */
	for (uint32_t i = 6; i <= 7; i++)
		assert_int_equal(say(2, 1, i, t2), GN_OK);
	x.will_node = 2;
	struct gn_bus_publish w;
	svc_bus_say(&x, 1, NULL, 8, GN_FB_BUS_FLAG_WILL, &w);
	w.token = t2;
	assert_int_equal(gn_bus_will(s.nodes[2].bus, &w, s.now, &op), GN_OK);
	svc_pump(&s, 2);
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(say(2, 1, 9, t2), GN_QUOTA);
	svc_run_for(&s, 201 * GN_SEC); /* it stands meanwhile, and costs no more */
	assert_int_equal(say(2, 1, 10, t2), GN_OK);
	assert_int_equal(say(2, 1, 11, t2), GN_QUOTA);
	/* another of the same epoch is another message */
	uint64_t wills = svc_bus_sum(&s, "wills");
	svc_bus_say(&x, 1, NULL, 18, GN_FB_BUS_FLAG_WILL, &w);
	w.token = t2;
	assert_int_equal(gn_bus_will(s.nodes[2].bus, &w, s.now, &op), GN_OK);
	svc_pump(&s, 2);
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(svc_bus_sum(&s, "wills"), wills);
	/* what nobody counts is refused */
	assert_int_equal(say(2, 2, 12, token_limited(2, 2, GN_FB_ACTION_PUBLISH, DAYS(1), &total)),
			 GN_QUOTA);
	assert_string_equal(x.limit, "token-total");
	assert_int_equal(x.last.retry_ms, 0);
	assert_int_equal(say(2, 3, 13, token_limited(3, 3, GN_FB_ACTION_PUBLISH, DAYS(1), &small)),
			 GN_QUOTA);
	assert_string_equal(x.limit, "token-bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_teardown(name, end)
		T(who_was_taken_back_may_no_more),
		T(a_subscriber_that_was_taken_back_has_no_lease),
		T(a_subscriber_believes_no_root),
		T(a_token_has_its_limits),
		T(a_node_follows_for_several_keys),
		T(who_has_no_right_keeps_nobody_out),
		T(who_is_new_takes_nobodys_place),
		T(a_key_follows_with_two_tokens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
