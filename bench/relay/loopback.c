/* What a node relays on one core, sockets and all: sealed packets of 1,452 bytes come to its UDP
 * socket on loopback in trains, go the way of node/ways.c, and leave by the same socket one by one.
 * CPU time of the relay's thread alone; who sends and who takes them is another thread.
 *
 * The node is a whole one in a virtual world (node/testing/whole.h) with a small circuit between
 * two others; what it is told of the time goes by so fast that no rate drops anything.
 *
 *   usage: relay_loopback */
#include "net/net.h"
#include "node/testing/whole.h"
#include "services/relay/testing/inside.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LEN 1452
#define TRAIN 32
#define SECONDS 4

static struct whole w;
static struct gn_udp *relay_udp, *other_udp;
static struct gn_addr relay_at, other_at, first_at;
static uint64_t circuit, came, left;
static atomic_bool over;

static double cpu_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void nothing(void *user, const struct gn_addr *from, struct gn_slice datagram)
{
	(void)user;
	(void)from;
	(void)datagram;
}

/* The two ends: trains out, what comes back is thrown away. */
static void *ends(void *unused)
{
	static uint8_t train[TRAIN * LEN];
	size_t sent;
	(void)unused;
	for (unsigned i = 0; i < TRAIN; i++) {
		train[i * LEN] = GN_RELAY_BYTE;
		gn_put_be64(train + i * LEN + 1, circuit);
	}
	while (!atomic_load(&over)) {
		(void)!gn_udp_send(other_udp, &relay_at, GN_SLICE(train), LEN, &sent);
		for (unsigned i = 0; i < 4; i++)
			(void)!gn_udp_recv(other_udp, nothing, NULL);
	}
	return NULL;
}

static gn_err send_real(struct gn_node *node, const struct gn_addr *to, struct gn_slice packets,
			uint16_t segment, size_t *sent)
{
	(void)node;
	(void)to;
	left++;
	return gn_udp_send(relay_udp, &other_at, packets, segment, sent);
}

static void on_packet(void *user, const struct gn_addr *from, struct gn_slice datagram)
{
	struct gn_node *node = user;
	const struct gn_way way = {.addr = first_at};
	(void)from;
	node->now += (gn_time)LEN * GN_SEC / 2048;
	came++;
	gn_node_recv(node, &way, datagram);
}

static void on_running(void *user, unsigned node)
{
	(void)user;
	whole_bootstrap_first(&w, node, 1);
}

/* Nodes 1 and 2, and a circuit between them by node 0. */
static void make(void)
{
	uint32_t link;
	whole_init(&w,
		   &(struct whole_options){
			   .seed = 3, .nodes = 3, .pow_bits = 1, .hooks = {.running = on_running}});
	for (unsigned i = 0; i < 3; i++) {
		whole_start(&w, whole_add(&w));
		whole_run_for(&w, 5 * GN_SEC);
	}
	whole_run_for(&w, 30 * GN_SEC);
	struct gn_node *first = whole_node(&w, 1);
	whole_moved(&w, 1);
	gn_err err = gn_node_ways_open(first, NULL, &whole_node(&w, 0)->key.pk,
				       &whole_node(&w, 2)->key.pk, NULL, &link);
	GN_ASSERT(err == GN_OK);
	whole_moved(&w, 1);
	const struct gn_relay *r = whole_node(&w, 0)->relay;
	for (unsigned ms = 0; ms < 2000 && r->count == 0; ms++)
		whole_run_for(&w, GN_MSEC);
	GN_ASSERT(r->count > 0);
	circuit = r->circuits[0]->leg_id[0];
	GN_ASSERT(circuit != 0);
}

int main(void)
{
	pthread_t thread;
	make();
	struct gn_node *node = whole_node(&w, 0);
	first_at = w.nodes[1]->addr;
	if (gn_udp_open(0, &relay_udp) || gn_udp_open(0, &other_udp))
		return 1;
	relay_at = gn_addr_v4(127, 0, 0, 1, gn_udp_port(relay_udp));
	other_at = gn_addr_v4(127, 0, 0, 1, gn_udp_port(other_udp));
	gn_relay_give(node->relay,
		      &(struct gn_relay_give){.level = GN_RELAY_SMALL, .month = UINT64_MAX},
		      node->now);
	node->outside.send = send_real;
	if (pthread_create(&thread, NULL, ends, NULL))
		return 1;
	struct timespec began, at;
	clock_gettime(CLOCK_MONOTONIC, &began);
	double cpu = cpu_seconds();
	do {
		for (unsigned i = 0; i < 256; i++)
			(void)!gn_udp_recv(relay_udp, on_packet, node);
		clock_gettime(CLOCK_MONOTONIC, &at);
	} while (at.tv_sec - began.tv_sec < SECONDS);
	cpu = cpu_seconds() - cpu;
	atomic_store(&over, true);
	pthread_join(thread, NULL);
	printf("| %llu came, %llu left | %.2f us of CPU each | %.0f packets/s a core | "
	       "%.2f Gbit/s |\n",
	       (unsigned long long)came, (unsigned long long)left, cpu * 1e6 / (double)left,
	       (double)left / cpu, (double)left / cpu * LEN * 8 * 1e-9);
	return 0;
}
