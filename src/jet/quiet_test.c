/* GU-17: a dozen clients of one network dial, ask, hang up and dial again over links that lose
 * packets, all of it below every bound of guard. With guard off and on the server sends the same
 * datagrams at the same times, and the same bytes reach every application at the same times: TLS
 * draws its own keys, so a datagram is known by its time, ends and size and the bytes by what
 * comes out at the other end. Above a bound they differ, which shows that the trace sees guard. */
#include "jet/limits.h"
#include "jet/testing/link_sim.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define CLIENTS 12
#define SERVER 0
#define STEPS 400
#define STEP (50 * GN_MSEC)
#define ASK_MAX 6000u

struct client {
	gn_jet_id id;
	bool connected;
};

struct world {
	struct jet_sim sim;
	struct gn_alloc alloc;
	struct gn_prng prng, script;
	struct gn_rand rand, pick;
	struct gn_guard *guard;
	struct client clients[CLIENTS + 1];
	uint64_t events; /* hash of what all applications were told and read */
	uint64_t work;   /* that a request costs */
	unsigned connected, answered, refused;
	bool timed;
};

static void note(struct world *w, const void *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		w->events = (w->events ^ ((const uint8_t *)data)[i]) * 1099511628211u;
}

static void note_event(struct world *w, int node, const struct gn_jet_event *e)
{
	uint64_t words[] = {w->timed ? (uint64_t)w->sim.now : 0,
			    (uint64_t)node,
			    (uint64_t)e->kind,
			    (uint64_t)e->stream,
			    (uint64_t)e->err,
			    e->code};
	note(w, words, sizeof words);
	note(w, e->data.p, e->data.len);
}

/* A request is done: its key pays, and it is echoed. */
static void serve(struct world *w, const struct gn_jet_event *e, struct gn_slice request)
{
	struct gn_jet *jet = w->sim.nodes[SERVER].jet;
	struct gn_jet_info info;
	size_t taken;
	if (gn_jet_info(jet, e->id, &info) != GN_OK)
		return;
	struct gn_guard_subject who = gn_guard_of_key(&info.peer);
	if (gn_guard_charge(w->guard, &who, w->work, w->sim.now, NULL) != GN_OK) {
		w->refused++;
		(void)!gn_jet_stream_reset(jet, e->id, e->stream, 1);
		return;
	}
	gn_guard_debit(w->guard, &who, 1, w->sim.now);
	gn_jet_used(jet, e->id, GN_JET_KNOWN, w->sim.now);
	(void)!gn_jet_stream_write(jet, e->id, e->stream, request, true, &taken);
}

static void on_readable(struct world *w, int node, const struct gn_jet_event *e)
{
	static uint8_t bytes[ASK_MAX];
	size_t len;
	bool fin = false;
	while (gn_jet_stream_read(w->sim.nodes[node].jet, e->id, e->stream, bytes, sizeof bytes,
				  &len, &fin) == GN_OK) {
		note(w, bytes, len);
		if (!fin)
			continue;
		w->answered += node != SERVER;
		if (node == SERVER)
			serve(w, e, gn_slice(bytes, len));
		return;
	}
}

static void on_event(struct jet_sim *sim, int node, const struct gn_jet_event *e)
{
	struct world *w = sim->nodes[node].user;
	struct client *c = &w->clients[node];
	note_event(w, node, e);
	if (e->kind == GN_JET_READABLE)
		on_readable(w, node, e);
	if (node == SERVER)
		return;
	if (e->kind == GN_JET_CONNECTED) {
		c->connected = true;
		w->connected++;
	} else if (e->kind == GN_JET_CLOSED && e->id == c->id) {
		*c = (struct client){0};
	}
}

static void act(struct world *w, int node)
{
	static uint8_t bytes[ASK_MAX];
	struct gn_jet *jet = w->sim.nodes[node].jet;
	struct client *c = &w->clients[node];
	gn_jet_stream stream;
	size_t taken, len = 1 + (size_t)gn_rand_below(&w->pick, 1000);
	uint64_t what = gn_rand_below(&w->pick, 20);
	memset(bytes, (int)len, len);
	if (!c->id) {
		assert_int_equal(gn_jet_connect(jet, &w->sim.nodes[SERVER].way,
						&w->sim.nodes[SERVER].pk, w->sim.now, &c->id),
				 GN_OK);
	} else if (c->connected && what == 0) {
		(void)!gn_jet_close(jet, c->id, 0, "enough", w->sim.now);
	} else if (c->connected && what < 4) {
		(void)!gn_jet_datagram(jet, c->id, GN_JET_INTERACTIVE, gn_slice(bytes, len),
				       GN_NEVER);
	} else if (c->connected &&
		   gn_jet_stream_open(jet, c->id, false, GN_JET_INTERACTIVE, &stream) == GN_OK) {
		(void)!gn_jet_stream_write(jet, c->id, stream, gn_slice(bytes, len), true, &taken);
	}
	jet_sim_flush(&w->sim, node);
}

struct seen {
	uint64_t trace, events;
	unsigned answered, refused;
};

struct how {
	bool off, prove, passes;
	uint64_t work;
};

static struct seen play(uint64_t seed, const struct how *how)
{
	static struct world w;
	const struct jet_sim_link_config link = {
		.delay = 10 * GN_MSEC, .jitter = 5 * GN_MSEC, .loss = 10000};
	const struct gn_guard_config guard = {.off = how->off, .secret = {1}, .count_local = true};
	memset(&w, 0, sizeof w);
	w.work = how->work;
	w.timed = !how->passes;
	gn_alloc_heap(&w.alloc, 16u << 20);
	gn_prng_init(&w.prng, seed);
	gn_prng_init(&w.script, seed + 1);
	w.rand = gn_prng_rand(&w.prng);
	w.pick = gn_prng_rand(&w.script);
	assert_int_equal(gn_guard_new(&(struct gn_env){&w.alloc, &w.rand, NULL}, &guard, &w.guard),
			 GN_OK);
	jet_sim_init(&w.sim, seed);
	jet_sim_node(&w.sim, &(struct gn_jet_config){.guard = w.guard,
						     .count_local = true,
						     .always_retry = how->prove});
	for (int i = 1; i <= CLIENTS; i++) {
		jet_sim_node(&w.sim, &(struct gn_jet_config){.no_passes = !how->passes});
		jet_sim_join(&w.sim, i, SERVER, &link);
	}
	for (int i = 0; i <= CLIENTS; i++) {
		w.sim.nodes[i].on_event = on_event;
		w.sim.nodes[i].user = &w;
	}
	for (int i = 0; i < STEPS; i++) {
		act(&w, 1 + (int)gn_rand_below(&w.pick, CLIENTS));
		jet_sim_run(&w.sim, w.sim.now + STEP);
	}
	struct seen seen = {w.sim.trace, w.events, w.answered, w.refused};
	assert_true(w.connected > CLIENTS); /* some twice */
	jet_sim_fini(&w.sim);
	gn_guard_validate(w.guard);
	gn_guard_free(w.guard);
	return seen;
}

/* What a key may ask for in all that is asked here: its burst holds all of it. */
#define LAWFUL (5 * GN_KEY_RATE / STEPS)

static void test_below_every_bound(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 4; seed++)
		for (int prove = 0; prove < 2; prove++) {
			struct seen off = play(seed, &(struct how){.off = true,
								   .prove = prove,
								   .work = LAWFUL}),
				    on = play(seed, &(struct how){.prove = prove, .work = LAWFUL});
			print_message("  seed %llu: %u answered\n", (unsigned long long)seed,
				      on.answered);
			assert_true(on.refused == 0 && on.answered > STEPS / 2);
			assert_true(off.trace == on.trace);
			assert_true(off.events == on.events);
		}
}

/* A server that is on gives passes to who takes them: frames more, but nothing that an
 * application sees. */
static void test_passes_change_frames_alone(void **state)
{
	(void)state;
	struct seen off = play(1, &(struct how){.off = true, .passes = true, .work = LAWFUL}),
		    on = play(1, &(struct how){.passes = true, .work = LAWFUL});
	assert_true(off.trace != on.trace);
	assert_true(off.events == on.events);
	assert_int_equal(off.answered, on.answered);
}

static void test_above_a_bound_they_differ(void **state)
{
	(void)state;
	struct seen off = play(1, &(struct how){.off = true, .work = 50 * LAWFUL}),
		    on = play(1, &(struct how){.work = 50 * LAWFUL});
	assert_true(off.trace != on.trace && off.events != on.events);
	assert_true(on.refused > 0 && off.refused == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_below_every_bound),
		cmocka_unit_test(test_passes_change_frames_alone),
		cmocka_unit_test(test_above_a_bound_they_differ),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
