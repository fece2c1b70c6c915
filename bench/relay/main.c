/* What the relay's engine costs on one core, without sockets and sessions: packets a second by
 * circuits alive and length of a train, the numbers in the packets written as a relay does; and
 * circuits opened a second.
 *
 *   usage: relay_bench */
#include "services/relay/relay.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LEN 1452
#define TRAIN 32
#define MOST 4096

static struct gn_relay *r;
static struct gn_prng prng;
static struct gn_rand rnd;
static struct gn_alloc mem;
static gn_time now = (gn_time)1700000000 * GN_SEC;
static struct {
	struct gn_pk peer;
	uint64_t session, number;
} circuits[MOST];
static uint8_t storage[4096], train[TRAIN * LEN];

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct gn_pk peer(uint32_t number)
{
	struct gn_pk pk = {{9}};
	gn_put_be32(pk.b + 4, number);
	return pk;
}

static void say(struct gn_fbb *fbb, uint32_t from, uint8_t type, gn_fbref body)
{
	struct gn_fb_relay_frame_args args = {.request = 1, .body_type = type, .body = body};
	struct gn_pk pk = peer(from);
	struct gn_addr addr = gn_addr_v4(20, (uint8_t)(from >> 8), (uint8_t)from, 1, 7780);
	struct gn_slice bytes;
	gn_fbref root = gn_fb_relay_frame_make(fbb, &args);
	gn_err err = gn_fbb_finish(fbb, root, GN_FB_RELAY_FRAME_IDENTIFIER, &bytes);
	GN_ASSERT(err == GN_OK);
	err = gn_relay_recv(r, 1 + (uint64_t)from, &pk, &addr, bytes, now);
	GN_ASSERT(err == GN_OK);
}

static uint64_t answered(void)
{
	struct gn_overlay_message m;
	struct gn_fb_relay_frame f;
	if (!gn_relay_next_message(r, &m) || gn_fb_relay_frame_verify(m.bytes, &f) != GN_OK)
		abort();
	return gn_fb_relay_opened_circuit(gn_fb_relay_frame_body_as_relay_opened(f));
}

static void begin(uint32_t count, uint8_t lane)
{
	struct gn_env env = {&mem, &rnd, NULL};
	struct gn_pk target = peer(1);
	struct gn_fb_key key = gn_wire_key(&target);
	struct gn_relay_config config = {.node = peer(0),
					 .give = {.level = GN_RELAY_COMMONS,
						  .bulk_rate = UINT32_MAX,
						  .small_rate = UINT32_MAX,
						  .month = UINT64_MAX}};
	gn_alloc_heap(&mem, 256u << 20);
	gn_prng_init(&prng, 1);
	rnd = gn_prng_rand(&prng);
	if (gn_relay_new(&env, &config, now, &r) != GN_OK)
		abort();
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	say(&fbb, 1, GN_FB_RELAY_FRAME_BODY_RELAY_RESERVE,
	    gn_fb_relay_reserve_make(&fbb, &(struct gn_fb_relay_reserve_args){.ttl = 3600}));
	(void)answered();
	for (uint32_t i = 0; i < count; i++) {
		uint32_t from = 2 + i / 32;
		fbb = gn_fbb(storage, sizeof storage);
		say(&fbb, from, GN_FB_RELAY_FRAME_BODY_RELAY_OPEN,
		    gn_fb_relay_open_make(
			    &fbb, &(struct gn_fb_relay_open_args){.target = &key, .lanes = lane}));
		circuits[i].peer = peer(from);
		circuits[i].session = 1 + (uint64_t)from;
		circuits[i].number = answered();
	}
}

/* Trains of one circuit after another, as fast as none is dropped by the clock that the engine is
 * given. */
static void relay(uint32_t count, uint32_t train_len)
{
	uint64_t packets = 0, dropped = 0;
	struct gn_relay_to to;
	begin(count, GN_FB_RELAY_LANE_SMALL);
	double t = seconds();
	for (uint32_t i = 0; seconds() - t < 2; i++) {
		for (uint32_t k = 0; k < 1024; k++) {
			uint32_t c = (i * 1024 + k) * 2654435761u % count; /* all, far apart */
			/* each has its rate, and no more */
			now += (gn_time)(train_len * LEN * (uint64_t)GN_SEC /
					 (count * UINT64_C(2048))) +
			       1;
			uint64_t number = 0;
			for (uint32_t p = 0; p < train_len; p++) {
				train[p * LEN] = GN_RELAY_BYTE;
				gn_put_be64(train + p * LEN + 1, circuits[c].number);
			}
			uint32_t n = gn_relay_run(train, train_len * (size_t)LEN, LEN, &number);
			struct gn_relay_packet p = {circuits[c].session, number, &circuits[c].peer,
						    LEN, n};
			if (gn_relay_packet(r, &p, now, &to) == GN_RELAY_FORWARD)
				gn_relay_write(train, LEN, to.count, to.circuit);
			packets += n;
			dropped += n - to.count;
		}
		if (gn_relay_deadline(r) <= now)
			gn_relay_tick(r, now);
	}
	t = seconds() - t;
	printf("| %4u circuits, trains of %2u | %8.0f ns a train | %6.2f M packets/s | "
	       "%7.1f Gbit/s | %4.1f %% dropped |\n",
	       count, train_len, t * 1e9 * train_len / (double)packets, (double)packets / t * 1e-6,
	       (double)packets * LEN * 8 / t * 1e-9, 100.0 * (double)dropped / (double)packets);
	gn_relay_free(r);
}

static void open_them(void)
{
	double t = seconds();
	for (unsigned i = 0; i < 8; i++) {
		begin(MOST, GN_FB_RELAY_LANE_SMALL);
		gn_relay_free(r);
	}
	t = seconds() - t;
	begin(MOST, GN_FB_RELAY_LANE_SMALL);
	printf("| a circuit opened | %.2f us | %zu bytes of memory |\n", t * 1e6 / (8 * MOST),
	       mem.used / MOST);
	gn_relay_free(r);
}

int main(void)
{
	static const uint32_t counts[] = {1, 64, MOST}, trains[] = {1, 8, TRAIN};
	for (size_t i = 0; i < GN_COUNT(counts); i++)
		for (size_t k = 0; k < GN_COUNT(trains); k++)
			relay(counts[i], trains[k]);
	open_them();
	return 0;
}
