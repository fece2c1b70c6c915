/* For tests of dial-back only: up to 16 engines in one world where messages take no time and time
 * goes by tens of milliseconds. A node may stand behind a box that maps and filters by nothing, by
 * address, or by address and port; who talks to whom is said by `talk`. Or one engine alone, and
 * peers who are nobody: what they say goes straight in. */
#ifndef GN_SERVICES_DIALBACK_TESTING_NODES_H
#define GN_SERVICES_DIALBACK_TESTING_NODES_H

#include "services/dialback/engine_int.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NODES 16
#define BODY(NAME) GN_FB_DIAL_FRAME_BODY_DIAL_##NAME
#define SENT_TO 64

struct dn_node {
	struct gn_dialback *d;
	struct gn_addr addr; /* outside; its other socket has one port more */
	unsigned mapping, filtering;
	struct gn_addr sent[SENT_TO];
	unsigned sent_count;
	/* the flow of its own socket, which lives so long without a packet (0: for ever) */
	gn_time lifetime, flow_at;
	struct gn_addr flow_to;
	bool mute; /* says nothing to who asks it */
	bool here; /* others call it one of their machine */
	bool liar; /* says that a third sends, and asks nobody */
	bool talks[NODES];
};

static struct gn_alloc mem;
static struct gn_prng prng;
static struct gn_rand rnd;
static gn_time now;
static struct dn_node nodes[NODES];
static unsigned node_count;
static uint64_t bytes_said, bytes_sent; /* of messages, of packets in IP and UDP */
static uint8_t storage[2 * DIALBACK_MESSAGE];
static uint8_t last_type, last_code;      /* of the last message to somebody who is nobody, */
static uint64_t last_request, last_third; /* its number; of the last FOR */
static struct gn_pk last_third_pk;
static uint32_t last_retry;
static unsigned said[BODY(HELD) + 1], packets; /* since clear() */

static inline struct gn_pk pk_of(unsigned number)
{
	struct gn_pk pk = {{0}};
	gn_put_be32(pk.b, number + 1);
	return pk;
}

static inline unsigned number_of(const struct gn_pk *pk)
{
	return gn_be32(pk->b) - 1;
}

static inline struct gn_addr addr_of(unsigned number)
{
	return gn_addr_v4(20, (uint8_t)(number >> 8), (uint8_t)number, 1, 7780);
}

static inline size_t on_peers(void *user, struct gn_dialback_peer *out)
{
	const struct dn_node *n = user;
	size_t count = 0;
	for (unsigned i = 0; i < node_count; i++)
		if (n->talks[i])
			out[count++] = (struct gn_dialback_peer){pk_of(i), nodes[i].addr, true,
								 nodes[i].here};
	return count;
}

static inline void begin(unsigned count)
{
	gn_alloc_heap(&mem, 64u << 20);
	gn_prng_init(&prng, 7);
	rnd = gn_prng_rand(&prng);
	now = (gn_time)1700000000 * GN_SEC;
	memset(nodes, 0, sizeof nodes);
	node_count = count;
	bytes_said = bytes_sent = packets = 0;
	memset(said, 0, sizeof said);
	struct gn_env env = {&mem, &rnd, NULL};
	for (unsigned i = 0; i < count; i++) {
		struct gn_dialback_config config = {
			.node = pk_of(i), .peers = on_peers, .user = &nodes[i]};
		nodes[i].addr = addr_of(i);
		nodes[i].mapping = nodes[i].filtering = GN_DIALBACK_NONE;
		gn_err err = gn_dialback_new(&env, &config, now, &nodes[i].d);
		GN_ASSERT(err == GN_OK);
		gn_dialback_second(nodes[i].d, (uint16_t)(nodes[i].addr.port + 1));
		nodes[i].d->due = GN_NEVER; /* it is said who measures, and when */
	}
}

static inline int end(void **state)
{
	(void)state;
	for (unsigned i = 0; i < node_count; i++) {
		gn_dialback_validate(nodes[i].d);
		gn_dialback_free(nodes[i].d);
	}
	GN_ASSERT(mem.used == 0);
	node_count = 0;
	return 0;
}

static inline uint64_t count_of(unsigned i, const char *name)
{
	struct gn_counter c;
	for (size_t k = 0; gn_dialback_counter_at(nodes[i].d, k, &c); k++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	fail_msg("no counter %s", name);
	return 0;
}

/* ---- the world ---- */

static inline unsigned sent_index(struct dn_node *n, const struct gn_addr *to)
{
	unsigned i = 0;
	while (i < n->sent_count && !gn_addr_eq(&n->sent[i], to))
		i++;
	if (i == SENT_TO) /* the newest gives way */
		n->sent[--i] = *to;
	else if (i == n->sent_count)
		n->sent[n->sent_count++] = *to;
	return i;
}

/* From where what it sends there comes: by address, the first that went to that one counts. */
static inline struct gn_addr outer(struct dn_node *n, const struct gn_addr *to, bool second)
{
	struct gn_addr from = n->addr;
	unsigned i = sent_index(n, to);
	if (n->mapping == GN_DIALBACK_ADDR)
		for (unsigned k = 0; k < i; k++)
			if (dialback_same_ip(&n->sent[k], to))
				i = k;
	from.port = (uint16_t)(from.port + second);
	if (n->mapping > GN_DIALBACK_NONE)
		from.port = (uint16_t)(30000 + i);
	return from;
}

static inline void talk(unsigned a, unsigned b)
{
	if (a == b)
		return;
	nodes[a].talks[b] = nodes[b].talks[a] = true;
	sent_index(&nodes[a], &nodes[b].addr);
	sent_index(&nodes[b], &nodes[a].addr);
	gn_dialback_sent(nodes[a].d, &nodes[b].addr, now);
	gn_dialback_sent(nodes[b].d, &nodes[a].addr, now);
}

static inline bool lets_in(struct dn_node *n, const struct gn_addr *from, uint16_t port)
{
	bool in = n->filtering == GN_DIALBACK_NONE;
	if (n->mapping == GN_DIALBACK_NONE && port != n->addr.port &&
	    !(n->filtering == GN_DIALBACK_NONE && port == n->addr.port + 1))
		return false;
	for (unsigned i = 0; i < n->sent_count; i++) {
		bool ip = dialback_same_ip(&n->sent[i], from), both = gn_addr_eq(&n->sent[i], from);
		bool mine =
			n->mapping == GN_DIALBACK_NONE || outer(n, &n->sent[i], false).port == port;
		in = in || (mine && (n->filtering == GN_DIALBACK_ADDR ? ip : both));
	}
	return in;
}

#define SPARE_PORT 40000

/* From or to the socket of a flow's own; false: it is no such packet. */
static inline bool deliver_spare(struct dn_node *from, const struct gn_dialback_out *p)
{
	struct gn_addr at = from->addr;
	if (p->spare) {
		from->flow_to = p->to;
		from->flow_at = now;
		at.port = SPARE_PORT;
	}
	for (unsigned i = 0; i < node_count; i++) {
		struct dn_node *n = &nodes[i];
		bool lives = !n->lifetime || now - n->flow_at <= n->lifetime;
		if (!dialback_same_ip(&n->addr, &p->to))
			continue;
		if (p->spare) {
			gn_dialback_packet(n->d, &at, false, gn_slice(p->bytes, sizeof p->bytes),
					   now);
		} else if (p->to.port == SPARE_PORT && lives && gn_addr_eq(&n->flow_to, &at)) {
			n->flow_at = now;
			gn_dialback_life_packet(n->d, &at, gn_slice(p->bytes, sizeof p->bytes),
						now);
		}
	}
	return p->spare || p->to.port == SPARE_PORT;
}

static inline void deliver(struct dn_node *from, const struct gn_dialback_out *p)
{
	packets++;
	bytes_sent += DIALBACK_WIRE;
	if (deliver_spare(from, p))
		return;
	struct gn_addr at = outer(from, &p->to, p->second);
	for (unsigned i = 0; i < node_count; i++) {
		struct dn_node *n = &nodes[i];
		if (dialback_same_ip(&n->addr, &p->to) && lets_in(n, &at, p->to.port))
			gn_dialback_packet(n->d, &at,
					   n->mapping == GN_DIALBACK_NONE &&
						   p->to.port != n->addr.port,
					   gn_slice(p->bytes, sizeof p->bytes), now);
	}
}

static inline void hear_nobody(const struct gn_overlay_message *m)
{
	struct gn_fb_dial_frame f;
	gn_err err = gn_fb_dial_frame_verify(m->bytes, &f);
	GN_ASSERT(err == GN_OK);
	last_type = gn_fb_dial_frame_body_type(f);
	last_request = gn_fb_dial_frame_request(f);
	said[last_type]++;
	if (last_type == BODY(REFUSED)) {
		last_code = gn_fb_dial_refused_code(gn_fb_dial_frame_body_as_dial_refused(f));
		last_retry = gn_fb_dial_refused_retry_ms(gn_fb_dial_frame_body_as_dial_refused(f));
	} else if (last_type == BODY(FOR)) {
		last_third = last_request;
		last_third_pk = m->to.pk;
	}
}

static inline void lie(unsigned i, struct dn_node *n)
{
	for (unsigned k = 0; n->liar && k < DIALBACK_SERVED; k++) {
		struct dialback_served *s = &n->d->served[k];
		struct dialback_from who = {.who.pk = s->third[0], .request = s->third_request};
		if (s->taken && s->third_request)
			dialback_third_answered(nodes[i].d, &who, true);
	}
}

static inline void pump(void)
{
	struct gn_overlay_message m;
	struct gn_dialback_out p;
	for (unsigned i = 0; i < node_count; i++) {
		struct dn_node *n = &nodes[i];
		lie(i, n);
		while (gn_dialback_next_message(n->d, &m)) {
			unsigned to = number_of(&m.to.pk);
			struct gn_fb_dial_frame f;
			GN_ASSERT(m.bytes.len <= DIALBACK_MESSAGE);
			bytes_said += m.bytes.len;
			if (to >= node_count) {
				hear_nobody(&m);
				continue;
			}
			bool asks = gn_fb_dial_frame_verify(m.bytes, &f) == GN_OK &&
				    gn_fb_dial_frame_body_type(f) == BODY(FOR);
			struct gn_pk pk = pk_of(i);
			struct gn_addr at = outer(n, &nodes[to].addr, false);
			if (!nodes[to].mute && !(n->liar && asks))
				(void)!gn_dialback_recv(nodes[to].d, &pk, &at, m.bytes, now);
		}
		while (gn_dialback_next_packet(n->d, &p, now))
			deliver(n, &p);
	}
}

static inline void run_for(gn_time span)
{
	for (gn_time until = now + span; now < until; now += 10 * GN_MSEC) {
		for (unsigned i = 0; i < node_count; i++)
			if (gn_dialback_deadline(nodes[i].d) <= now)
				gn_dialback_tick(nodes[i].d, now);
		for (unsigned i = 0; i < 4; i++)
			pump();
	}
}

/* ---- who is nobody, to node 0 ---- */

struct dn_ask {
	unsigned from; /* number of its key */
	struct gn_addr at, to;
	unsigned ports, known;
	bool for_other, no_number;
	int shorter; /* bytes of padding too few */
};

static inline gn_err say(const struct dn_ask *a)
{
	static const uint8_t zeros[DIALBACK_MESSAGE];
	static uint64_t number = 1000;
	uint16_t ports[DIALBACK_PORTS + 1] = {0, 1, 2, 3, 4};
	uint64_t known[DIALBACK_KNOWN + 1] = {0};
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_pk pk = pk_of(a->from);
	struct gn_slice bytes;
	struct gn_fb_addr to = gn_wire_addr(&a->to, 0);
	size_t pad = (size_t)(DIALBACK_WIRE * DIALBACK_TIMES * (int)a->ports - a->shorter);
	struct gn_fb_dial_ask_args ask = {.nonce = number,
					  .ports = {ports, a->ports},
					  .known = {known, a->known},
					  .pad = gn_slice(zeros, a->shorter ? 0 : pad)};
	struct gn_fb_dial_for_args other = {
		.nonce = number, .to = &to, .ports = {ports, a->ports}, .pad = ask.pad};
	struct gn_fb_dial_frame_args args = {.request = a->no_number ? 0 : ++number,
					     .body_type = a->for_other ? BODY(FOR) : BODY(ASK),
					     .body = a->for_other ? gn_fb_dial_for_make(&b, &other)
								  : gn_fb_dial_ask_make(&b, &ask)};
	gn_err err = gn_fbb_finish(&b, gn_fb_dial_frame_make(&b, &args),
				   GN_FB_DIAL_FRAME_IDENTIFIER, &bytes);
	GN_ASSERT(err == GN_OK);
	return gn_dialback_recv(nodes[0].d, &pk, &a->at, bytes, now);
}

static inline void clear(void)
{
	memset(said, 0, sizeof said);
	packets = 0;
	last_type = last_code = 0;
}

#endif
