/* What a node relays does not keep its own sessions waiting: beside a relay at its full rates, on a
 * line that these all but fill, its own small messages come at most 10 ms later (p99). Rule RE-64,
 * in virtual time. */
#include "node/testing/two_home.h"

#include "services/relay/testing/inside.h"

#include <stdlib.h>

#define LINE 500 /* us that the relay's line takes for a packet: 1,500 bytes at 24 Mbit/s */
/* of the commons, 64 KiB/s each: FEW have the lane's rate, MANY are all that one key may have. Each
 * has a packet at a time, too (RE-33), but not all of them together. */
#define FEW 17u
#define MANY 64u
#define MESSAGES 200u
#define EVERY (40 * GN_MSEC) /* between two messages, */
#define STEP (5 * GN_MSEC)   /* and between two volleys to be relayed */

static gn_time line_free; /* the relay's line has sent all that it was given */

/* Packets leave the relay one after the other. */
static gn_time way(void *user, unsigned a, unsigned b)
{
	(void)user;
	(void)b;
	if (a != 0)
		return 10 * GN_MSEC;
	line_free = (line_free > w.now ? line_free : w.now) + LINE * GN_USEC;
	return line_free - w.now + 10 * GN_MSEC;
}

static uint64_t numbers[MANY];
static struct gn_way from; /* their end's */

/* Circuits that the relay has opened; who asked for them is gone before it gives them back. */
static unsigned open_circuits(unsigned count)
{
	uint32_t link;
	struct gn_relay *r = whole_node(&w, 0)->relay;
	assert_int_equal(gn_jet_ways(whole_node(&w, 0)->jet, session_of(0, FIRST), &from, 1), 1);
	whole_moved(&w, FIRST);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(gn_node_ways_open(whole_node(&w, FIRST), NULL, key_of(0),
						   key_of(SECOND), NULL, &link),
				 GN_OK);
	whole_moved(&w, FIRST);
	for (unsigned ms = 0; ms < 2000 && r->bulk.circuits < count; ms++)
		whole_run_for(&w, GN_MSEC);
	whole_kill(&w, FIRST);
	for (uint32_t i = 0; i < r->count && i < count; i++)
		numbers[i] = r->circuits[i]->leg_id[0];
	return r->count < count ? r->count : count;
}

/* As many packets of every circuit as its end likes: what is over the rates is dropped. */
static void volley(unsigned count)
{
	uint8_t packet[RELAY_PACKET_MAX] = {GN_RELAY_BYTE};
	for (unsigned i = 0; i < count; i++)
		for (unsigned k = 0; k < 2; k++) {
			gn_put_be64(packet + 1, numbers[i]);
			whole_node(&w, 0)->now = w.now;
			gn_node_recv(whole_node(&w, 0), &from, GN_SLICE(packet));
		}
}

static int compare(const void *a, const void *b)
{
	const gn_time *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

/* The p99 of the time that a message of the relay's own takes to another node. */
static gn_time p99(unsigned circuits)
{
	static gn_time took[MESSAGES];
	for (unsigned i = 0; i < MESSAGES; i++) {
		uint64_t before = whole_node(&w, 1)->peers.count.dropped_kind;
		gn_time began = w.now, next = w.now + EVERY, sent = w.now;
		say(0, 1);
		took[i] = 0;
		for (; w.now < next; whole_run_for(&w, GN_MSEC / 4)) {
			if (w.now >= sent && circuits) {
				volley(circuits);
				sent = w.now + STEP;
			}
			if (!took[i] && whole_node(&w, 1)->peers.count.dropped_kind > before)
				took[i] = w.now - began;
		}
		if (!took[i])
			took[i] = EVERY;
	}
	qsort(took, MESSAGES, sizeof took[0], compare);
	return took[MESSAGES * 99 / 100];
}

static void own_messages_do_not_wait_for(unsigned circuits)
{
	char why[GN_HOST_WHY];
	line_free = 0;
	struct gn_relay_info before, after;
	make("port", "sym");
	w.opt.way = way;
	whole_moved(&w, 0);
	assert_int_equal(
		gn_node_give_set(whole_node(&w, 0), GN_LIT("relay"), GN_LIT("commons"), why),
		GN_OK);
	whole_run_for(&w, 2 * GN_SEC);
	gn_time quiet = p99(0);
	unsigned open = open_circuits(circuits);
	assert_int_equal(open, circuits);
	const struct gn_relay *r = whole_node(&w, 0)->relay;
	gn_relay_info(r, &before);
	gn_time began = w.now, busy = p99(open);
	gn_relay_info(r, &after);
	uint64_t rate = (after.bulk.bytes - before.bulk.bytes) * (uint64_t)GN_SEC /
			(uint64_t)(w.now - began);
	print_message("%u circuits: p99 %lld us alone, %lld us beside %llu bytes a second\n",
		      circuits, (long long)(quiet / GN_USEC), (long long)(busy / GN_USEC),
		      (unsigned long long)rate);
	assert_true(rate > RELAY_RATE / 10 * 9); /* it was at its full rate */
	assert_true(busy <= quiet + 10 * GN_MSEC);
	whole_free(&w);
}

static void own_messages_do_not_wait_for_a_few(void **state)
{
	(void)state;
	own_messages_do_not_wait_for(FEW);
}

static void nor_for_as_many_as_a_key_may_have(void **state)
{
	(void)state;
	assert_int_equal(MANY, RELAY_CIRCUITS_KEY);
	own_messages_do_not_wait_for(MANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_messages_do_not_wait_for_a_few),
		cmocka_unit_test(nor_for_as_many_as_a_key_may_have),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
