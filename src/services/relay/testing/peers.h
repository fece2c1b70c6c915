/* Up to four relays, and any number of peers who are nobody: what those send goes straight in, and
 * what is for them is read here. A peer has a number, which is its key's and its session's; numbers
 * below FIRST are the relays. */
#ifndef GN_SERVICES_RELAY_TESTING_PEERS_H
#define GN_SERVICES_RELAY_TESTING_PEERS_H

#include "services/relay/engine_int.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define RELAYS 4
#define NOBODY 1000000 /* number of a key that is none of these */
#define FIRST 10       /* number of the first peer who is nobody */
#define BODY(NAME) GN_FB_RELAY_FRAME_BODY_RELAY_##NAME
#define SMALL GN_FB_RELAY_LANE_SMALL
#define BULK GN_FB_RELAY_LANE_BULK
#define WHY(NAME) GN_FB_RELAY_WHY_##NAME

struct heard { /* by somebody who is nobody */
	unsigned to;
	uint8_t type;
	gn_err code;
	char limit[40];
	uint32_t retry_ms, ends_ms, ttl, others, rate, burst;
	uint64_t request, circuit, left, until;
	uint8_t lane, why;
	struct gn_addr you, target, caller;
};

static struct gn_alloc mem;
static struct gn_prng prng;
static struct gn_rand rnd;
static struct gn_relay *relays[RELAYS];
static struct gn_relay_config configs[RELAYS];
static struct gn_relay *r; /* the first of them */
static gn_time now;
static uint8_t storage[GN_MESSAGE_MAX];
static struct heard called;                    /* the last CALLED */
static struct heard last;                      /* the last answer to somebody who is nobody, */
static struct heard heard[2 * RELAY_OVER + 8]; /* all since clear(), */
static unsigned heard_count, sent[BODY(CALLED) + 1];
static unsigned linked_number; /* peer with a mutual link; 0: none */
static bool may_chain;
static bool shows;            /* who opens lets the target know where it is */
static struct gn_sk keys[64]; /* of those who show tokens */
static bool has_key[64];
static uint8_t token_bytes[GN_TOKEN_MAX];

static inline struct gn_pk pk_of(unsigned number)
{
	struct gn_pk pk = {{9}};
	if (number < GN_COUNT(keys) && has_key[number])
		return keys[number].pk;
	gn_put_be32(pk.b + 4, number);
	return pk;
}

static inline void make_key(unsigned number)
{
	uint8_t seed[32] = {'k'};
	gn_put_be32(seed + 4, number);
	gn_sk_from_seed(seed, &keys[number]);
	has_key[number] = true;
}

static inline unsigned number_of(const struct gn_pk *pk)
{
	for (unsigned i = 0; i < GN_COUNT(keys); i++)
		if (has_key[i] && gn_pk_eq(&keys[i].pk, pk))
			return i;
	unsigned number = gn_be32(pk->b + 4);
	struct gn_pk same = pk_of(number);
	return gn_pk_eq(&same, pk) ? number : NOBODY;
}

/* Eight of each prefix. */
static inline struct gn_addr addr_of(unsigned number)
{
	return gn_addr_v4(20, (uint8_t)(number >> 11), (uint8_t)(number >> 3),
			  (uint8_t)(number & 7), 7780);
}

static inline uint64_t session_of(unsigned number)
{
	return 1000 + (uint64_t)number;
}

static inline bool on_linked(void *user, const struct gn_pk *peer, uint64_t *session,
			     struct gn_addr *addr)
{
	(void)user;
	*session = session_of(linked_number);
	*addr = addr_of(linked_number);
	return linked_number && number_of(peer) == linked_number;
}

static inline bool on_relays(void *user, const struct gn_pk *relay)
{
	(void)user;
	return may_chain && number_of(relay) < RELAYS;
}

static inline unsigned on_others(void *user, const struct gn_pk *target, struct gn_contact out[3])
{
	struct gn_addr addr = addr_of(7);
	struct gn_pk pk = pk_of(7);
	(void)user;
	(void)target;
	out[0] = relay_contact(&pk, &addr);
	return 1;
}

static inline void begin_as(unsigned count, struct gn_relay_give give)
{
	gn_alloc_heap(&mem, 64u << 20);
	gn_prng_init(&prng, 7);
	rnd = gn_prng_rand(&prng);
	now = (gn_time)1700000000 * GN_SEC;
	memset(has_key, 0, sizeof has_key);
	memset(sent, 0, sizeof sent);
	heard_count = 0;
	linked_number = 0;
	may_chain = true;
	struct gn_env env = {&mem, &rnd, NULL};
	for (unsigned i = 0; i < RELAYS; i++) {
		relays[i] = NULL;
		if (i >= count)
			continue;
		configs[i] = (struct gn_relay_config){.node = pk_of(i + 1),
						      .give = give,
						      .linked = on_linked,
						      .relays = on_relays,
						      .others = on_others};
		assert_int_equal(gn_relay_new(&env, &configs[i], now, &relays[i]), GN_OK);
	}
	r = relays[0];
}

/* Relays have the numbers 1 to count. */
static inline void begin(unsigned count)
{
	begin_as(count, (struct gn_relay_give){.level = GN_RELAY_COMMONS});
}

static inline int end(void **state)
{
	(void)state;
	for (unsigned i = 0; i < RELAYS; i++) {
		if (relays[i])
			gn_relay_validate(relays[i]);
		gn_relay_free(relays[i]);
		relays[i] = NULL;
	}
	assert_int_equal(mem.used, 0);
	return 0;
}

static inline void read_refused(struct gn_fb_relay_refused t, struct heard *h)
{
	struct gn_slice text = gn_fb_relay_refused_limit(t);
	h->code = gn_wire_err(gn_fb_relay_refused_code(t));
	h->retry_ms = gn_fb_relay_refused_retry_ms(t);
	h->others = gn_fb_relay_refused_others_len(t);
	snprintf(h->limit, sizeof h->limit, "%.*s", (int)text.len,
		 text.len ? (const char *)text.p : "");
}

static inline void read_opened(struct gn_fb_relay_opened t, struct heard *h)
{
	h->circuit = gn_fb_relay_opened_circuit(t);
	h->lane = gn_fb_relay_opened_lane(t);
	h->rate = gn_fb_relay_opened_rate(t);
	h->left = gn_fb_relay_opened_left(t);
	h->until = gn_fb_relay_opened_until(t);
	if (gn_fb_relay_opened_has_you(t))
		h->you = gn_wire_addr_get(gn_fb_relay_opened_you(t));
	if (gn_fb_relay_opened_has_target(t))
		h->target = gn_wire_addr_get(gn_fb_relay_opened_target(t));
}

static inline void read_called(struct gn_fb_relay_called t, struct heard *h)
{
	h->circuit = gn_fb_relay_called_circuit(t);
	h->rate = gn_fb_relay_called_rate(t);
	h->burst = gn_fb_relay_called_burst(t);
	if (gn_fb_relay_called_has_caller(t))
		h->caller = gn_wire_addr_get(gn_fb_relay_called_caller(t));
}

static inline void read_one(const struct gn_overlay_message *m)
{
	struct gn_fb_relay_frame f;
	assert_int_equal(gn_fb_relay_frame_verify(m->bytes, &f), GN_OK);
	struct heard h = {.to = number_of(&m->to.pk),
			  .type = gn_fb_relay_frame_body_type(f),
			  .request = gn_fb_relay_frame_request(f)};
	if (h.type == BODY(REFUSED)) {
		read_refused(gn_fb_relay_frame_body_as_relay_refused(f), &h);
	} else if (h.type == BODY(OPENED)) {
		read_opened(gn_fb_relay_frame_body_as_relay_opened(f), &h);
	} else if (h.type == BODY(RESERVED)) {
		h.ttl = gn_fb_relay_reserved_ttl(gn_fb_relay_frame_body_as_relay_reserved(f));
	} else if (h.type == BODY(CLOSE)) {
		h.circuit = gn_fb_relay_close_circuit(gn_fb_relay_frame_body_as_relay_close(f));
	} else if (h.type == BODY(NOTE)) {
		struct gn_fb_relay_note t = gn_fb_relay_frame_body_as_relay_note(f);
		h.circuit = gn_fb_relay_note_circuit(t);
		h.ends_ms = gn_fb_relay_note_ends_ms(t);
		h.left = gn_fb_relay_note_left(t);
		h.why = gn_fb_relay_note_why(t);
	}
	sent[h.type]++;
	if (h.type == BODY(CALLED)) { /* besides whatever a test is about */
		read_called(gn_fb_relay_frame_body_as_relay_called(f), &h);
		called = h;
		return;
	}
	if (h.request)
		last = h;
	if (heard_count < GN_COUNT(heard))
		heard[heard_count++] = h;
}

/* All messages go to whom they are for, until none is left. */
static inline void pump(void)
{
	static uint8_t copy[GN_MESSAGE_MAX];
	for (bool any = true; any;) {
		any = false;
		for (unsigned i = 0; i < RELAYS; i++) {
			struct gn_overlay_message m;
			while (relays[i] && gn_relay_next_message(relays[i], &m)) {
				unsigned to = number_of(&m.to.pk);
				struct gn_pk from = pk_of(i + 1);
				struct gn_addr addr = addr_of(i + 1);
				any = true;
				if (to > RELAYS || !to || !relays[to - 1]) {
					read_one(&m);
					continue;
				}
				memcpy(copy, m.bytes.p, m.bytes.len);
				(void)!gn_relay_recv(relays[to - 1], session_of(i + 1), &from,
						     &addr, gn_slice(copy, m.bytes.len), now);
			}
		}
	}
}

static inline void clear(void)
{
	heard_count = 0;
	memset(sent, 0, sizeof sent);
	last = (struct heard){.type = 0};
}

/* The last heard by this one; NULL: nothing since clear(). */
static inline const struct heard *heard_by(unsigned number)
{
	for (unsigned i = heard_count; i-- > 0;)
		if (heard[i].to == number)
			return &heard[i];
	return NULL;
}

static inline void run_until(gn_time at)
{
	unsigned idle = 0; /* what is due at once is done at once, and then no more */
	while (now < at) {
		gn_time next = at;
		for (unsigned i = 0; i < RELAYS; i++)
			if (relays[i])
				next = gn_time_min(next, gn_relay_deadline(relays[i]));
		idle = next > now ? 0 : idle + 1;
		assert_true(idle < 8);
		now = next > now ? next : now + 1;
		for (unsigned i = 0; i < RELAYS; i++)
			if (relays[i])
				gn_relay_tick(relays[i], now);
		pump();
	}
}

static inline void run_for(gn_time span)
{
	run_until(now + span);
}

/* ---- what peers say to the first relay ---- */

static inline void hear_by(unsigned from, uint64_t session, struct gn_fbb *fbb, uint64_t request,
			   uint8_t type, gn_fbref body)
{
	struct gn_slice bytes;
	struct gn_pk pk = pk_of(from);
	struct gn_addr addr = addr_of(from);
	gn_fbref root = gn_fb_relay_frame_make(
		fbb, &(struct gn_fb_relay_frame_args){
			     .request = request, .body_type = type, .body = body});
	assert_int_equal(gn_fbb_finish(fbb, root, GN_FB_RELAY_FRAME_IDENTIFIER, &bytes), GN_OK);
	last = (struct heard){.type = 0};
	assert_int_equal(gn_relay_recv(r, session, &pk, &addr, bytes, now), GN_OK);
	pump();
}

static inline void hear(unsigned from, struct gn_fbb *fbb, uint8_t type, gn_fbref body)
{
	hear_by(from, session_of(from), fbb, 77, type, body);
}

static inline gn_err open_with(unsigned from, unsigned target, uint8_t lanes, unsigned via,
			       struct gn_slice token)
{
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	struct gn_pk target_pk = pk_of(target), via_pk = pk_of(via);
	struct gn_fb_key t = gn_wire_key(&target_pk), v = gn_wire_key(&via_pk);
	hear(from, &fbb, BODY(OPEN),
	     gn_fb_relay_open_make(&fbb, &(struct gn_fb_relay_open_args){.target = &t,
									 .lanes = lanes,
									 .via = via ? &v : NULL,
									 .token = token,
									 .show = shows}));
	return last.type == BODY(OPENED)    ? GN_OK
	       : last.type == BODY(REFUSED) ? last.code
					    : GN_PENDING;
}

/* GN_OK: last.circuit. GN_LIMIT is GN_BUSY on the wire: last.limit says which. */
static inline gn_err open_(unsigned from, unsigned target, uint8_t lanes)
{
	return open_with(from, target, lanes, 0, gn_slice(NULL, 0));
}

static inline gn_err reserve_as(unsigned from, uint32_t ttl, bool show)
{
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	hear(from, &fbb, BODY(RESERVE),
	     gn_fb_relay_reserve_make(
		     &fbb, &(struct gn_fb_relay_reserve_args){.ttl = ttl, .show = show}));
	return last.type == BODY(RESERVED) ? GN_OK : last.code;
}

static inline gn_err reserve(unsigned from)
{
	return reserve_as(from, RELAY_TTL, false);
}

static inline void close_by(unsigned from, uint64_t session, uint64_t circuit)
{
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	hear_by(from, session, &fbb, 0, BODY(CLOSE),
		gn_fb_relay_close_make(&fbb, &(struct gn_fb_relay_close_args){.circuit = circuit}));
}

/* ---- packets ---- */

static inline enum gn_relay_verdict packets(struct gn_relay *at, unsigned from, uint64_t circuit,
					    uint32_t len, uint32_t count, struct gn_relay_to *to)
{
	struct gn_pk pk = pk_of(from);
	struct gn_relay_packet p = {session_of(from), circuit, &pk, len, count};
	return gn_relay_packet(at, &p, now, to);
}

/* How many of them go on. */
static inline uint32_t send_(unsigned from, uint64_t circuit, uint32_t len, uint32_t count)
{
	struct gn_relay_to to;
	enum gn_relay_verdict v = packets(r, from, circuit, len, count, &to);
	return v == GN_RELAY_FORWARD ? to.count : 0;
}

/* The number at the other end of what has this one. */
static inline uint64_t far_of(uint64_t circuit)
{
	unsigned side;
	const struct relay_circuit *c = relay_circuit_get(r, circuit, &side);
	assert_non_null(c);
	return c->leg_id[!side];
}

static inline uint64_t count_of(const struct gn_relay *at, const char *name)
{
	struct gn_counter c;
	for (size_t i = 0; gn_relay_counter_at(at, i, &c); i++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	fail_msg("no counter %s", name);
	return 0;
}

static inline uint64_t count(const char *name)
{
	return count_of(r, name);
}

/* ---- tokens: issuer 1 is the relay ---- */

static inline struct gn_slice token_of(unsigned issuer, unsigned bearer,
				       const struct gn_token_limit *limits, size_t limit_count,
				       uint64_t life)
{
	struct gn_token_right right = {GN_LIT("relay"), GN_FB_ACTION_USE};
	struct gn_token_fields f = {.audience = keys[bearer].pk,
				    .rights = &right,
				    .right_count = 1,
				    .limits = limits,
				    .limit_count = limit_count,
				    .not_before = gn_unix(now) - 10,
				    .expires = gn_unix(now) + life};
	struct gn_buf out = {token_bytes, 0, sizeof token_bytes};
	assert_int_equal(gn_token_issue(&keys[issuer], &f, &out, NULL), GN_OK);
	return gn_buf_slice(&out);
}

#endif
