/* The endpoint that is flooded: jet on one UDP socket as a node has it. A request is 4 bytes,
 * the microseconds of work it asks for, in a stream (answered) or a datagram; with guard on its
 * key pays before it is served. */
#include "flood.h"
#include "net/net.h"
#include "os/os.h"
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct server {
	const struct flood *f;
	struct gn_udp *udp;
	struct gn_jet *jet;
	struct gn_guard *guard;
	struct gn_alloc alloc;
	gn_time now; /* of this turn, as in a node */
};

static void on_datagram(void *user, const struct gn_addr *addr, struct gn_slice datagram)
{
	struct gn_way from = {.addr = *addr};
	struct server *s = user;
	bool timed = s->f->mode == MODE_ON && gn_jet_is_hello(datagram);
	uint64_t steps = gn_jet_stranger_steps(s->jet);
	gn_time began = timed ? gn_os_thread_cpu() : 0;
	gn_jet_recv(s->jet, &from, datagram, s->now);
	if (timed && gn_jet_stranger_steps(s->jet) != steps)
		gn_guard_load(s->guard, (uint64_t)(gn_os_thread_cpu() - began));
}

static void tick(struct server *s)
{
	uint64_t steps = gn_jet_stranger_steps(s->jet);
	gn_time began = gn_os_thread_cpu();
	gn_jet_tick(s->jet, s->now);
	if (gn_jet_stranger_steps(s->jet) != steps)
		gn_guard_load(s->guard, (uint64_t)(gn_os_thread_cpu() - began));
}

static bool serve(struct server *s, gn_jet_id id, struct gn_slice request)
{
	struct gn_reader r = gn_reader(request);
	uint32_t us = gn_read_be32(&r);
	struct gn_jet_info info;
	if (r.bad || gn_jet_info(s->jet, id, &info) != GN_OK)
		return false;
	struct gn_guard_subject who = gn_guard_of_key(&info.peer);
	if (gn_guard_charge(s->guard, &who, us + 5, now_ns(), NULL) != GN_OK)
		return false;
	for (gn_time end = gn_os_thread_cpu() + (gn_time)us * GN_USEC; gn_os_thread_cpu() < end;)
		;
	gn_jet_used(s->jet, id, GN_JET_KNOWN, now_ns());
	return true;
}

static void on_stream(struct server *s, const struct gn_jet_event *e)
{
	uint8_t request[16];
	size_t len, taken;
	bool fin = false;
	gn_err err =
		gn_jet_stream_read(s->jet, e->id, e->stream, request, sizeof request, &len, &fin);
	if (err != GN_OK || !fin)
		return;
	err = serve(s, e->id, gn_slice(request, len))
		      ? gn_jet_stream_write(s->jet, e->id, e->stream, GN_LIT("done"), true, &taken)
		      : gn_jet_stream_reset(s->jet, e->id, e->stream, 1);
	(void)err; /* the session is over */
}

static void events(struct server *s)
{
	struct gn_jet_event e;
	for (int i = 0; i < 4096 && gn_jet_next_event(s->jet, &e); i++) {
		if (e.kind == GN_JET_READABLE)
			on_stream(s, &e);
		else if (e.kind == GN_JET_DATAGRAM)
			serve(s, e.id, e.data);
	}
}

static void flush(struct server *s)
{
	static uint8_t bytes[64000];
	struct gn_buf out = {bytes, 0, sizeof bytes};
	struct gn_jet_batch batch;
	size_t sent;
	while (gn_jet_send(s->jet, &out, &batch, s->now) == GN_OK) {
		gn_err ignored = gn_udp_send(s->udp, &batch.to.addr, gn_buf_slice(&out),
					     batch.segment, &sent);
		(void)ignored; /* lost, as on any network */
	}
}

static void publish(struct server *s)
{
	struct shared *sh = s->f->shared;
	struct gn_guard_status g;
	gn_guard_status(s->guard, now_ns(), &g);
	sh->effort = g.effort;
	sh->cost = g.cost;
	if (g.effort > sh->effort_max)
		sh->effort_max = g.effort;
	uint32_t sessions = gn_jet_session_count(s->jet);
	if (sessions > sh->sessions)
		sh->sessions = sessions;
	sh->memory = s->alloc.peak;
	sh->cpu_ns = (unsigned long long)gn_os_thread_cpu();
}

static void start(struct server *s)
{
	static struct gn_prng prng;
	static struct gn_rand rnd;
	gn_alloc_heap(&s->alloc, (size_t)2 << 30);
	gn_prng_init(&prng, s->f->seed);
	rnd = gn_prng_rand(&prng);
	struct gn_env env = {&s->alloc, &rnd, NULL};
	struct gn_guard_config guard = {.off = s->f->mode != MODE_ON, .count_local = true};
	struct gn_jet_config jet = {.count_local = true,
				    .sessions_strangers = s->f->mode == MODE_OFF ? UINT32_MAX : 0};
	gn_sk_new(&rnd, &jet.node_key);
	if (gn_guard_new(&env, &guard, &s->guard) == GN_OK) {
		jet.guard = s->guard;
		if (gn_jet_new(&env, &jet, &s->jet) == GN_OK &&
		    gn_udp_open(s->f->port, &s->udp) == GN_OK)
			return;
	}
	fprintf(stderr, "the server does not start\n");
	exit(1);
}

void server_run(const struct flood *f, int ready_fd)
{
	struct server s = {.f = f};
	start(&s);
	uint16_t port = gn_udp_port(s.udp);
	if (write(ready_fd, &port, sizeof port) != sizeof port)
		exit(1);
	struct pollfd p = {.fd = gn_udp_fd(s.udp), .events = POLLIN};
	for (;;) {
		gn_time at = gn_jet_deadline(s.jet), now = now_ns();
		poll(&p, 1,
		     at <= now                 ? 0
		     : at - now > 20 * GN_MSEC ? 20
					       : (int)((at - now) / GN_MSEC) + 1);
		s.now = now_ns();
		for (int i = 0; i < 4 && gn_udp_recv(s.udp, on_datagram, &s) == GN_OK; i++)
			flush(&s);
		s.now = now_ns();
		tick(&s);
		events(&s);
		flush(&s);
		publish(&s);
	}
}
