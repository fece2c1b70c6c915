/* QUIC as a carrier, two ends in virtual time: what is sent comes out of the other, also where some
 * is lost; a stranger's address is proven before anything is kept, and what is answered to him is a
 * part of what he sent; nobody has more than a share. Rule RE-46. */
#include "base/env.h"
#include "net/limits.h"
#include "net/quic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define T0 ((gn_time)1767225600 * GN_SEC)
#define WAY (10 * GN_MSEC)
#define FLIGHTS 4096u

struct end {
	struct gn_quic *q;
	struct gn_addr at;
	struct gn_alloc alloc;
	unsigned opened, closed, received;
	gn_err why;
	size_t bytes;
	struct gn_carrier *last; /* of the last event */
};
static struct end ends[2]; /* the server, a client */
static struct gn_prng prng;
static struct gn_rand rnd;
static gn_time now;
static struct flight {
	gn_time at;
	unsigned to;
	struct gn_addr from;
	size_t len;
	uint8_t b[1500];
} line[FLIGHTS];
static unsigned first, last;
static double loss;
static size_t said[2]; /* bytes that an end has sent */

static void on_opened(void *user, struct gn_carrier *c)
{
	struct end *e = user;
	e->opened++;
	e->last = c;
}
static void on_received(void *user, struct gn_carrier *c, const struct gn_addr *from,
			struct gn_slice datagram)
{
	struct end *e = user;
	(void)c, (void)from;
	e->received++;
	e->bytes += datagram.len;
}
static void on_room(void *user, struct gn_carrier *c)
{
	(void)user, (void)c;
}
static void on_closed(void *user, struct gn_carrier *c, gn_err why)
{
	struct end *e = user;
	(void)c;
	e->closed++;
	e->why = why;
	e->last = NULL;
}

static void open_end(unsigned i)
{
	struct end *e = &ends[i];
	*e = (struct end){.at = gn_addr_v4((uint8_t)(20 + i), 1, 1, 1, 443)};
	gn_alloc_heap(&e->alloc, 16u << 20);
	const struct gn_env env = {.alloc = &e->alloc, .rand = &rnd};
	const struct gn_quic_config config = {
		.now = now,
		.listen = i == 0,
		.events = {on_opened, on_received, on_room, on_closed, e}};
	assert_int_equal(gn_quic_new(&env, &config, &e->q), GN_OK);
}

static int set_up(void **state)
{
	(void)state;
	gn_prng_init(&prng, 46);
	rnd = gn_prng_rand(&prng);
	now = T0;
	first = last = 0;
	loss = 0;
	memset(said, 0, sizeof said);
	open_end(0);
	open_end(1);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		gn_quic_free(ends[i].q);
		assert_int_equal(ends[i].alloc.count, 0);
	}
	return 0;
}

static void flush(unsigned i)
{
	struct gn_addr to;
	struct gn_slice packet;
	while (gn_quic_next(ends[i].q, now, &to, &packet)) {
		said[i] += packet.len;
		if (gn_rand_unit(&rnd) < loss || !gn_addr_eq(&to, &ends[!i].at))
			continue;
		struct flight *f = &line[last++ % FLIGHTS];
		assert_true(last - first < FLIGHTS && packet.len <= sizeof f->b);
		*f = (struct flight){
			.at = now + WAY, .to = !i, .from = ends[i].at, .len = packet.len};
		memcpy(f->b, packet.p, packet.len);
	}
}

static void run(gn_time span)
{
	for (gn_time until = now + span; now < until;) {
		flush(0);
		flush(1);
		gn_time at = until;
		for (unsigned i = 0; i < 2; i++)
			at = gn_time_min(at, gn_quic_deadline(ends[i].q));
		if (first < last)
			at = gn_time_min(at, line[first % FLIGHTS].at);
		now = at > now ? at : now + GN_MSEC;
		while (first < last && line[first % FLIGHTS].at <= now) {
			const struct flight *f = &line[first++ % FLIGHTS];
			gn_quic_recv(ends[f->to].q, &f->from, gn_slice(f->b, f->len), now);
			flush(f->to);
		}
		for (unsigned i = 0; i < 2; i++)
			gn_quic_tick(ends[i].q, now);
	}
}

static uint64_t counted(unsigned i, const char *name)
{
	struct gn_counter c;
	for (size_t k = 0; gn_quic_counter_at(ends[i].q, k, &c); k++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	fail_msg("no counter %s", name);
	return 0;
}

static struct gn_carrier *connected(void)
{
	struct gn_carrier *c;
	assert_int_equal(gn_quic_dial(ends[1].q, &ends[0].at, "node.example", now, &c), GN_OK);
	assert_false(c->incoming);
	assert_int_equal(c->room(c), 0);
	run(GN_SEC);
	assert_int_equal(ends[0].opened, 1);
	assert_int_equal(ends[1].opened, 1);
	assert_true(ends[0].last->incoming);
	return c;
}

static void give(struct gn_carrier *c, unsigned count, size_t each)
{
	static uint8_t bytes[64000];
	struct gn_buf batch = {bytes, count * each, sizeof bytes};
	size_t sent;
	assert_true(batch.len <= batch.cap);
	assert_int_equal(c->send(c, &c->peer, &batch, (uint16_t)each, &sent), GN_OK);
	assert_int_equal(sent, batch.len);
}

/* ---- what is tried ---- */

static void what_is_sent_comes_out(void **state)
{
	(void)state;
	struct gn_carrier *c = connected();
	assert_int_equal(c->info->kind, GN_WAY_QUIC);
	assert_false(c->info->reliable);
	assert_in_range(counted(0, "quic-retried"), 1, 2); /* a hello may be two datagrams */
	assert_int_equal(counted(0, "quic-opened"), 1);
	assert_int_equal(counted(1, "quic-dialled"), 1);
	give(c, 40, QUIC_MTU);
	give(ends[0].last, 1, 1);
	run(5 * GN_SEC);
	assert_int_equal(ends[0].received, 40);
	assert_int_equal(ends[0].bytes, 40 * QUIC_MTU);
	assert_int_equal(ends[1].received, 1);
	ends[0].last->proven(ends[0].last);
	run(3 * QUIC_IDLE); /* it is kept alive */
	assert_int_equal(ends[0].closed + ends[1].closed, 0);
	c->close(c);
	run(GN_SEC);
	assert_int_equal(ends[1].closed, 0); /* its own end is not told */
	assert_int_equal(ends[0].closed, 1);
	assert_int_equal(ends[0].why, GN_CLOSED);
}

static void losses_are_its_users_affair(void **state)
{
	(void)state;
	struct gn_carrier *c = connected();
	ends[0].last->proven(ends[0].last);
	loss = 0.1;
	for (unsigned i = 0; i < 100; i++) {
		give(c, 10, 1000);
		run(100 * GN_MSEC);
	}
	run(5 * GN_SEC);
	assert_in_range(ends[0].received, 800, 999);
	assert_int_equal(ends[0].closed + ends[1].closed, 0);
}

static void what_waits_is_bounded(void **state)
{
	(void)state;
	struct gn_carrier *c = connected();
	size_t room = c->room(c);
	assert_int_equal(room, QUIC_QUEUE_MAX);
	for (unsigned i = 0; i < 8; i++)
		give(c, 40, 1000);
	assert_int_equal(counted(1, "quic-overflow"), 8 * 40 - QUIC_QUEUE_MAX / 1000);
	assert_true(c->room(c) < 1000);
	give(c, 1, QUIC_MTU + 1);
	assert_int_equal(counted(1, "quic-overflow"), 8 * 40 - QUIC_QUEUE_MAX / 1000 + 1);
}

/* A stranger with another's address: nothing is kept, and an eighth of it goes there at most. */
static void strangers_prove_their_address(void **state)
{
	(void)state;
	struct gn_carrier *c;
	struct gn_addr to;
	struct gn_slice packet;
	uint8_t hello[1500];
	assert_int_equal(gn_quic_dial(ends[1].q, &ends[0].at, NULL, now, &c), GN_OK);
	assert_true(gn_quic_next(ends[1].q, now, &to, &packet));
	size_t len = packet.len, heard = 0, answered = 0;
	memcpy(hello, packet.p, len);
	size_t before = ends[0].alloc.used;
	for (unsigned i = 0; i < 1000; i++) {
		struct gn_addr from = gn_addr_v4(30, (uint8_t)(i >> 8), (uint8_t)i, 1, 1000);
		now += QUIC_RETRY_WINDOW / 10;
		gn_quic_recv(ends[0].q, &from, gn_slice(hello, len), now);
		heard += len;
		assert_true(gn_quic_answers(ends[0].q));
		while (gn_quic_next(ends[0].q, now, &to, &packet)) {
			assert_true(gn_addr_eq(&to, &from));
			answered += packet.len;
		}
	}
	assert_int_equal(counted(0, "quic-retried"), 1000);
	assert_int_equal(ends[0].alloc.used, before);
	assert_true(answered * 8 <= heard);
	print_message("%.3f bytes are answered to one\n", (double)answered / (double)heard);
	/* less than a whole one, and what is none, get nothing */
	gn_quic_recv(ends[0].q, &ends[1].at, gn_slice(hello, 1199), now);
	hello[1] ^= 1; /* the version */
	gn_quic_recv(ends[0].q, &ends[1].at, gn_slice(hello, len), now);
	gn_quic_recv(ends[0].q, &ends[1].at, GN_LIT("short"), now);
	assert_false(gn_quic_next(ends[0].q, now, &to, &packet));
	assert_int_equal(counted(0, "quic-bad"), 3);
}

/* So many are asked in a window, of a prefix a share. */
static void strangers_have_a_share(void **state)
{
	(void)state;
	struct gn_carrier *c;
	struct gn_addr to;
	struct gn_slice packet;
	uint8_t hello[1500];
	assert_int_equal(gn_quic_dial(ends[1].q, &ends[0].at, NULL, now, &c), GN_OK);
	assert_true(gn_quic_next(ends[1].q, now, &to, &packet));
	size_t len = packet.len;
	memcpy(hello, packet.p, len);
	for (unsigned window = 0; window < 2; window++) {
		unsigned of_one = 0, of_all = 0;
		for (unsigned i = 0; i < 50; i++) {
			struct gn_addr from = gn_addr_v4(30, 1, 1, (uint8_t)i, 1000);
			gn_quic_recv(ends[0].q, &from, gn_slice(hello, len), now);
			of_one += gn_quic_next(ends[0].q, now, &to, &packet);
		}
		assert_int_equal(of_one, QUIC_RETRIES_PREFIX);
		for (unsigned i = 0; i < 1000; i++) {
			struct gn_addr from =
				gn_addr_v4(30, (uint8_t)(i >> 8), (uint8_t)i, 1, 1000);
			gn_quic_recv(ends[0].q, &from, gn_slice(hello, len), now);
			of_all += gn_quic_next(ends[0].q, now, &to, &packet);
		}
		assert_int_equal(of_one + of_all, QUIC_RETRIES);
		assert_int_equal(counted(0, "quic-retry-share"),
				 (window + 1) * (1050 - QUIC_RETRIES));
		now += QUIC_RETRY_WINDOW;
	}
	assert_true(QUIC_RETRIES > 4 * QUIC_RETRIES_PREFIX && QUIC_RETRY_SLOTS <= 256);
}

/* What a Retry gave to one address is of no use to another, nor later. */
static void a_proof_is_of_one_address(void **state)
{
	(void)state;
	struct gn_carrier *c;
	struct gn_addr to, other = gn_addr_v4(31, 1, 1, 1, 9);
	struct gn_slice packet;
	uint8_t copy[1500];
	assert_int_equal(gn_quic_dial(ends[1].q, &ends[0].at, NULL, now, &c), GN_OK);
	assert_true(gn_quic_next(ends[1].q, now, &to, &packet));
	gn_quic_recv(ends[0].q, &ends[1].at, packet, now);
	assert_true(gn_quic_next(ends[0].q, now, &to, &packet));
	gn_quic_recv(ends[1].q, &ends[0].at, packet, now);
	assert_true(gn_quic_next(ends[1].q, now, &to, &packet));
	size_t len = packet.len;
	memcpy(copy, packet.p, len);
	gn_quic_recv(ends[0].q, &other, gn_slice(copy, len), now);
	gn_quic_recv(ends[0].q, &ends[1].at, gn_slice(copy, len), now + QUIC_TOKEN + GN_SEC);
	assert_int_equal(counted(0, "quic-token"), 2);
	assert_false(gn_quic_next(ends[0].q, now, &to, &packet));
}

static void who_proves_no_key_ends(void **state)
{
	(void)state;
	struct gn_carrier *c = connected();
	(void)c;
	run(QUIC_PROOF);
	assert_int_equal(ends[0].closed, 1);
	assert_int_equal(ends[0].why, GN_TIMEOUT);
	assert_int_equal(counted(0, "quic-unproven"), 1);
}

static void nobody_is_there(void **state)
{
	(void)state;
	struct gn_carrier *c;
	loss = 1;
	assert_int_equal(gn_quic_dial(ends[1].q, &ends[0].at, NULL, now, &c), GN_OK);
	run(QUIC_HANDSHAKE + GN_SEC);
	assert_int_equal(ends[1].closed, 1);
	assert_int_equal(ends[1].why, GN_TIMEOUT);
}

static void a_prefix_has_a_share(void **state)
{
	(void)state;
	struct gn_carrier *c;
	for (unsigned i = 0; i <= QUIC_PER_PREFIX; i++) {
		assert_int_equal(gn_quic_dial(ends[1].q, &ends[0].at, NULL, now, &c), GN_OK);
		run(200 * GN_MSEC);
	}
	assert_int_equal(ends[0].opened, QUIC_PER_PREFIX);
	assert_true(counted(0, "quic-prefix") > 0);
	assert_true(QUIC_HELLOS_PREFIX < QUIC_PER_PREFIX && QUIC_PER_PREFIX < QUIC_CONNECTIONS);
	assert_int_equal(counted(0, "quic-full"), 0);
	assert_true(QUIC_CID >= 8 && QUIC_CIDS >= 4 && QUIC_PACKET >= QUIC_MTU + 32 &&
		    2 * QUIC_KEEP_ALIVE < QUIC_IDLE);
	assert_int_equal(counted(0, "quic-broken"), 0);
}

/* A connection of a client at that address, over at once where the server refuses it. */
static struct gn_carrier *from_address(const struct gn_addr *at, bool proven)
{
	struct gn_carrier *c;
	unsigned opened = ends[0].opened;
	ends[1].at = *at;
	assert_int_equal(gn_quic_dial(ends[1].q, &ends[0].at, NULL, now, &c), GN_OK);
	run(100 * GN_MSEC);
	if (ends[0].opened == opened)
		return NULL;
	struct gn_carrier *server = ends[0].last;
	if (proven)
		server->proven(server);
	return server;
}

/* Whoever comes often displaces himself, and who proved a key stays. */
static void strangers_give_way(void **state)
{
	(void)state;
	struct gn_carrier *kept = NULL; /* the first of the prefix that has most in all */
	for (unsigned i = QUIC_PER_PREFIX; i-- > 0;) {
		struct gn_addr friend = gn_addr_v4(40, 0, 0, (uint8_t)i, 1);
		struct gn_carrier *c = from_address(&friend, true);
		kept = kept ? kept : c;
	}
	assert_non_null(kept);
	/* eight prefixes with eight each, within 15 s */
	for (unsigned i = 0; i < QUIC_STRANGERS; i++) {
		struct gn_addr at = gn_addr_v4(50, 1, (uint8_t)(i % 8), (uint8_t)i, 1);
		assert_non_null(from_address(&at, false));
	}
	assert_int_equal(counted(0, "quic-evicted"), 0);
	for (unsigned i = 0; i < 3; i++) {
		struct gn_addr at = gn_addr_v4(60, 1, (uint8_t)i, 1, 1);
		assert_non_null(from_address(&at, false));
		assert_int_equal(counted(0, "quic-evicted"), i + 1);
	}
	assert_int_equal(counted(0, "quic-full"), 0);
	assert_int_equal(kept->room(kept), QUIC_QUEUE_MAX);
}

/* When all are taken by keys, a prefix with few gets a place of one that has many. */
static void who_has_most_gives_way(void **state)
{
	(void)state;
	unsigned prefixes = QUIC_INCOMING / QUIC_PER_PREFIX;
	for (unsigned i = 0; i < QUIC_INCOMING; i++) {
		struct gn_addr at = gn_addr_v4(50, 1, (uint8_t)(i % prefixes), (uint8_t)i, 1);
		assert_non_null(from_address(&at, true));
	}
	for (unsigned i = 0; i < prefixes; i++) {
		struct gn_addr at = gn_addr_v4(60, 1, (uint8_t)i, 1, 1);
		assert_non_null(from_address(&at, true));
		assert_int_equal(counted(0, "quic-evicted"), i + 1);
	}
	assert_true(QUIC_INCOMING < QUIC_CONNECTIONS && QUIC_STRANGERS < QUIC_INCOMING);
	/* others that we dial have places */
	struct gn_carrier *c;
	assert_int_equal(gn_quic_dial(ends[0].q, &ends[1].at, NULL, now, &c), GN_OK);
	assert_int_equal(counted(0, "quic-full"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(what_is_sent_comes_out),    TEST(losses_are_its_users_affair),
		TEST(what_waits_is_bounded),     TEST(strangers_prove_their_address),
		TEST(a_proof_is_of_one_address), TEST(who_proves_no_key_ends),
		TEST(nobody_is_there),           TEST(a_prefix_has_a_share),
		TEST(strangers_have_a_share),    TEST(strangers_give_way),
		TEST(who_has_most_gives_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
