/* The attackers, one process on the core that the honest clients use as well (at a lower
 * priority). Each does as much as that lets it; the table says how much that was. All follow the
 * protocol as far as they go: cookies are echoed, and who wants to finish solves what is owed. */
#define _GNU_SOURCE
#include "flood.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define POOL 4000           /* different hellos for spoofing, two datagrams each */
#define SPOOFED_RATE 100000 /* hellos a second at most */
#define HELLO_RATE 8000
#define HELD_RATE 800
#define COSTLY_RATE 60000
#define COSTLY_US 50
#define COSTLY_KEYS 50
#define IN_FLIGHT 96 /* handshakes of one attacker at one time */

/* At most rate a second: sleeping is left to crowd_turn. */
static bool allowed(int64_t *next, uint32_t rate)
{
	int64_t now = now_ns();
	if (*next < now - GN_SEC / 10)
		*next = now - GN_SEC / 10;
	if (*next > now)
		return false;
	*next += GN_SEC / rate;
	return true;
}

/* ---- spoofed: whole hellos from addresses that never listen ---- */

static void nothing(struct crowd *c, uint32_t key, const struct gn_jet_event *e)
{
	(void)c, (void)key, (void)e;
}

struct pool {
	uint8_t data[2][1200];
	size_t len[2];
};

static struct pool *make_pool(const struct flood *f, struct crowd *c)
{
	struct pool *pool = calloc(POOL, sizeof *pool);
	static uint8_t bytes[64000];
	struct gn_jet_config config = {.sessions_max = 2 * POOL};
	if (!pool)
		exit(1);
	crowd_init(c, f, 1, f->seed + 3, &config);
	c->on_event = nothing;
	for (int i = 0; i < POOL; i++) {
		struct gn_buf out = {bytes, 0, sizeof bytes};
		struct gn_jet_batch batch;
		struct gn_addr from = gn_addr_v4(127, 1, 1, 1, 1);
		gn_jet_id id;
		if (crowd_connect(c, &from, &id) != GN_OK)
			exit(1);
		for (int k = 0; gn_jet_send(c->jets[0], &out, &batch, now_ns()) == GN_OK && k < 2;)
			for (size_t at = 0; at < out.len && k < 2; at += batch.segment, k++) {
				pool[i].len[k] = out.len - at < 1200 ? out.len - at : 1200;
				memcpy(pool[i].data[k], bytes + at, pool[i].len[k]);
			}
	}
	return pool;
}

/* 32 hellos at a time, each from an address of its own. */
static void spoof(const struct flood *f, struct crowd *c, const struct pool *pool,
		  struct gn_prng *prng)
{
	enum { N = 64 };
	static uint8_t control[N][CMSG_SPACE(sizeof(struct in_pktinfo))]
		__attribute__((aligned(8)));
	static struct mmsghdr msgs[N];
	static struct iovec iov[N];
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons(f->port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	for (int i = 0; i < N; i++) {
		static uint64_t random;
		random = i % 2 ? random : gn_prng_next(prng);
		const struct pool *p = &pool[(random >> 32) % POOL];
		iov[i] = (struct iovec){(void *)(uintptr_t)p->data[i % 2], p->len[i % 2]};
		msgs[i].msg_hdr = (struct msghdr){.msg_name = &to,
						  .msg_namelen = sizeof to,
						  .msg_iov = &iov[i],
						  .msg_iovlen = 1,
						  .msg_control = control[i],
						  .msg_controllen = sizeof control[i]};
		crowd_send_from(&msgs[i].msg_hdr,
				htonl(0x7f000000u | (1u << 16) | ((uint32_t)random & 0x3fffff)));
	}
	int sent = sendmmsg(c->fd, msgs, N, 0);
	f->shared->attacks += sent > 0 ? (unsigned)sent / 2 : 0;
}

static void run_spoofed(const struct flood *f)
{
	static struct crowd c;
	struct gn_prng prng;
	struct pool *pool = make_pool(f, &c);
	int64_t next = now_ns();
	gn_prng_init(&prng, f->seed);
	for (;;)
		if (allowed(&next, SPOOFED_RATE / 32))
			spoof(f, &c, pool, &prng);
}

/* ---- from real addresses: hellos, whole handshakes, sessions held ---- */

struct attacker {
	const struct flood *f;
	struct crowd crowd;
	uint32_t in_flight, count, addresses;
	bool hold;
};

static void on_attack_event(struct crowd *c, uint32_t key, const struct gn_jet_event *e)
{
	struct attacker *a = c->user;
	if (e->kind == GN_JET_CLOSED && e->peer.b[0] == 0 && a->in_flight)
		a->in_flight--;
	if (e->kind != GN_JET_CONNECTED)
		return;
	a->in_flight -= a->in_flight > 0;
	a->f->shared->attacks++;
	if (a->hold)
		return;
	gn_err ignored = gn_jet_close(c->jets[key], e->id, 0, "", now_ns());
	(void)ignored;
}

static void dial(struct attacker *a)
{
	uint32_t n = a->count++ % a->addresses;
	struct gn_addr from = gn_addr_v4(127, (uint8_t)(120 + n / 256), (uint8_t)n,
					 (uint8_t)(1 + a->count % CROWD_KEYS), 1);
	gn_jet_id id;
	if (crowd_connect(&a->crowd, &from, &id) == GN_OK)
		a->in_flight++;
}

/* Hellos that echo the cookie and go no further. */
static void run_hellos(const struct flood *f)
{
	static struct attacker a;
	struct gn_jet_config config = {
		.handshake_timeout = GN_SEC / 2, .no_effort = true, .sessions_max = 60000};
	int64_t next = now_ns();
	a = (struct attacker){.f = f, .addresses = 2000};
	crowd_init(&a.crowd, f, 1, f->seed + 4, &config);
	a.crowd.on_event = nothing;
	a.crowd.retry_only = true;
	for (;;) {
		for (int i = 0; i < 32 && allowed(&next, HELLO_RATE); i++) {
			dial(&a);
			f->shared->attacks++;
		}
		crowd_turn(&a.crowd, 100 * GN_USEC);
	}
}

static void run_handshakes(const struct flood *f, bool hold)
{
	static struct attacker a;
	struct gn_jet_config config = {
		.handshake_timeout = 3 * GN_SEC, .effort_max = UINT32_MAX, .no_passes = true};
	int64_t next = now_ns();
	a = (struct attacker){.f = f, .addresses = 200, .hold = hold};
	crowd_init(&a.crowd, f, CROWD_KEYS, f->seed + 5, &config);
	a.crowd.on_event = on_attack_event;
	a.crowd.user = &a;
	for (;;) {
		for (int i = 0;
		     i < 8 && a.in_flight < IN_FLIGHT && allowed(&next, hold ? HELD_RATE : 3000);
		     i++)
			dial(&a);
		crowd_turn(&a.crowd, 100 * GN_USEC);
	}
}

/* ---- costly requests ---- */

struct costly {
	struct crowd crowd;
	gn_jet_id ids[COSTLY_KEYS];
	bool open[COSTLY_KEYS];
};

static void on_costly_event(struct crowd *c, uint32_t key, const struct gn_jet_event *e)
{
	struct costly *a = c->user;
	a->open[key] = e->kind == GN_JET_CONNECTED || (e->kind != GN_JET_CLOSED && a->open[key]);
	if (e->kind == GN_JET_CLOSED)
		a->ids[key] = 0;
}

static void run_costly(const struct flood *f)
{
	static struct costly a;
	static const uint8_t request[4] = {0, 0, 0, COSTLY_US};
	struct gn_jet_config config = {.effort_max = UINT32_MAX};
	int64_t next = now_ns();
	crowd_init(&a.crowd, f, COSTLY_KEYS, f->seed + 6, &config);
	a.crowd.on_event = on_costly_event;
	a.crowd.user = &a;
	for (;;) {
		for (uint32_t key = 0; key < COSTLY_KEYS; key++) {
			struct gn_addr from = gn_addr_v4(127, 130, (uint8_t)key, (uint8_t)key, 1);
			if (!a.ids[key] && crowd_connect(&a.crowd, &from, &a.ids[key]) != GN_OK)
				a.ids[key] = 0;
			for (int n = 0; n < 4 && a.open[key] && allowed(&next, COSTLY_RATE); n++)
				f->shared->attacks +=
					gn_jet_datagram(a.crowd.jets[key], a.ids[key],
							GN_JET_CRITICAL, GN_SLICE(request),
							GN_NEVER) == GN_OK;
		}
		crowd_turn(&a.crowd, 100 * GN_USEC);
	}
}

void attack_run(const struct flood *f)
{
	switch (f->attack) {
	case ATTACK_SPOOFED: run_spoofed(f); break;
	case ATTACK_HELLOS: run_hellos(f); break;
	case ATTACK_FINISHED: run_handshakes(f, false); break;
	case ATTACK_HELD: run_handshakes(f, true); break;
	case ATTACK_COSTLY: run_costly(f); break;
	case ATTACK_NONE:
	case ATTACKS: break;
	}
}
