/* Sockets besides, to a server of loopback: each has a port of its own, what is for one comes to it
 * alone, and from that address alone. */
#include "net/limits.h"
#include "net/spares.h"
#include "net/udp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>

#include <cmocka.h>
#include <poll.h>

static struct {
	unsigned count, at; /* `at`: whose it was last */
	uint8_t byte;
	bool closes;
} got;
static struct gn_spares *s;
static struct gn_addr froms[GN_SPARES_MAX];
static unsigned from_count;

static void on_received(void *user, struct gn_carrier *c, const struct gn_addr *from,
			struct gn_slice datagram)
{
	assert_ptr_equal(user, &got);
	assert_true(gn_addr_eq(from, &c->peer));
	got.count++;
	got.byte = datagram.p[0];
	for (unsigned i = 0; i < gn_spares_count(s); i++)
		if (gn_spares_at(s, i) == c)
			got.at = i;
	if (got.closes)
		c->close(c);
}

static const struct gn_carrier_events events = {.received = on_received, .user = &got};

static void on_server(void *user, const struct gn_addr *from, struct gn_slice datagram)
{
	(void)user;
	assert_int_equal(datagram.len, 3);
	froms[from_count++] = *from;
}

static void take(struct gn_udp *udp, unsigned want)
{
	for (struct pollfd p = {gn_udp_fd(udp), POLLIN, 0}; from_count < want && poll(&p, 1, 5000);)
		(void)!gn_udp_recv(udp, on_server, NULL);
	assert_int_equal(from_count, want);
}

static void wait_for(unsigned count)
{
	for (struct pollfd p = {gn_spares_fd(s), POLLIN, 0};
	     got.count < count && poll(&p, 1, 5000) > 0;)
		gn_spares_turn(s);
	assert_int_equal(got.count, count);
}

static struct gn_udp *start(unsigned count)
{
	struct gn_udp *udp;
	struct gn_addr any = gn_addr_v4(127, 0, 0, 1, 0);
	memset(&got, 0, sizeof got);
	from_count = 0;
	assert_int_equal(gn_udp_open_at(&any, &udp), GN_OK);
	struct gn_addr to = gn_addr_v4(127, 0, 0, 1, gn_udp_port(udp));
	assert_int_equal(gn_spares_open(&to, count, &events, &s), GN_OK);
	return udp;
}

static void say(unsigned i)
{
	uint8_t bytes[] = {1, 2, 3};
	struct gn_buf buf = {bytes, sizeof bytes, sizeof bytes};
	struct gn_carrier *c = gn_spares_at(s, i);
	size_t sent;
	assert_int_equal(c->send(c, &c->peer, &buf, 3, &sent), GN_OK);
	assert_int_equal(sent, 3);
}

static void each_has_a_port_of_its_own(void **state)
{
	(void)state;
	struct gn_udp *udp = start(GN_SPARES_MAX);
	uint8_t byte = 7;
	size_t sent;
	assert_int_equal(gn_spares_count(s), GN_SPARES_MAX);
	for (unsigned i = 0; i < GN_SPARES_MAX; i++) {
		say(i);
		take(udp, i + 1);
		for (unsigned k = 0; k < i; k++)
			assert_int_not_equal(froms[k].port, froms[i].port);
	}
	assert_int_equal(gn_udp_send(udp, &froms[77], gn_slice(&byte, 1), 1, &sent), GN_OK);
	wait_for(1);
	assert_int_equal(got.at, 77);
	assert_int_equal(got.byte, 7);
	struct gn_carrier *c = gn_spares_at(s, 3);
	const struct gn_buf buf = {&byte, 1, 1};
	struct gn_addr other = gn_addr_v4(127, 0, 0, 1, 9);
	assert_int_equal(c->send(c, &other, &buf, 1, &sent), GN_UNREACHABLE);
	assert_true(c->room(c) > 1500);
	assert_int_equal(c->info->kind, GN_WAY_SPARE);
	gn_spares_free(s);
	gn_udp_close(udp);
}

static void strangers_are_not_heard(void **state)
{
	(void)state;
	struct gn_udp *udp = start(1), *stranger;
	uint8_t byte = 7;
	size_t sent;
	struct gn_addr any = gn_addr_v4(127, 0, 0, 1, 0);
	say(0);
	take(udp, 1);
	assert_int_equal(gn_udp_open_at(&any, &stranger), GN_OK);
	(void)!gn_udp_send(stranger, &froms[0], gn_slice(&byte, 1), 1, &sent);
	byte = 8;
	assert_int_equal(gn_udp_send(udp, &froms[0], gn_slice(&byte, 1), 1, &sent), GN_OK);
	wait_for(1);
	assert_int_equal(got.byte, 8);
	gn_udp_close(stranger);
	gn_spares_free(s);
	gn_udp_close(udp);
}

/* Also while something for it is being handed on. */
static void one_is_closed_and_others_are_not(void **state)
{
	(void)state;
	struct gn_udp *udp = start(2);
	uint8_t byte = 7;
	size_t sent;
	for (unsigned i = 0; i < 2; i++)
		say(i);
	take(udp, 2);
	got.closes = true;
	for (int i = 0; i < 3; i++)
		assert_int_equal(gn_udp_send(udp, &froms[0], gn_slice(&byte, 1), 1, &sent), GN_OK);
	wait_for(1);
	unsigned closed = got.at;
	gn_spares_turn(s);
	assert_int_equal(got.count, 1);
	assert_null(gn_spares_at(s, closed));
	assert_non_null(gn_spares_at(s, !closed));
	gn_spares_free(s);
	gn_spares_free(NULL);
	gn_udp_close(udp);
}

/* Where the system gives few, there are few; none is an error. */
static void there_may_be_few(void **state)
{
	(void)state;
	struct rlimit before, few;
	struct gn_udp *udp = start(1);
	struct gn_addr to = gn_spares_at(s, 0)->peer;
	gn_spares_free(s);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = before;
	few.rlim_cur = (rlim_t)gn_udp_fd(udp) + 20;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_int_equal(gn_spares_open(&to, 64, &events, &s), GN_OK);
	assert_in_range(gn_spares_count(s), 1, 20);
	gn_spares_free(s);
	few.rlim_cur = (rlim_t)gn_udp_fd(udp) + 1;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_int_not_equal(gn_spares_open(&to, 64, &events, &s), GN_OK);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	gn_udp_close(udp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_has_a_port_of_its_own),
		cmocka_unit_test(strangers_are_not_heard),
		cmocka_unit_test(one_is_closed_and_others_are_not),
		cmocka_unit_test(there_may_be_few),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
