/* The node's side of guard: what a peer's request costs, who is asked before it is served, what
 * is kept over a restart.
 *
 * Only requests cost: what we asked for is our own work. Prices are fixed, since a busy machine
 * must not make honest peers dearer: one by kind when the request comes, one by length of what
 * is stored and, when the answer is known, of what it shows (NO-18). Measured with geonet_attack
 * gets on 2026-11-28, release build, two shared cores of a virtual machine without instructions
 * for SHA-256; us of the whole process for one request, packets included:
 *
 *   | request                      | us    | units |
 *   | PING                         | 33    | 30    |
 *   | FIND, answer of 528 bytes    | 73    | 70    |
 *   | GET, record of 300 bytes     | 135   | 102   |
 *   | GET, 60 kB, and none is sent | 560   | 798   | two hashes, four copies; 720 to 860 if busier
 *   | GET, 60 kB, read by the peer | 1,120 | 798   | the rest is the session's: packets, crypto
 *   | GET, answered BUSY at once   | 61    | 90    |
 *   | PUT, record of 300 bytes     | 415   | 444   | many at once; 710 one by one, a sync each
 *   | PUT, 60 kB                   | 3,033 | 3,040 | a third the session's, a third the disk's
 *   | a chunk, when it is read     | 357   | 60    | a key's share is a gigabit a second, which a
 *   | a chunk given to be kept     | 1,016 | 100   | site may need; busy, it rises (GU-18)
 */
#include "node/charge.h"
#include "node/node_int.h"
#include "wire/generated/blocks_fb.h"
#include "wire/generated/box_fb.h"
#include "wire/generated/bus_fb.h"
#include "wire/generated/dialback_fb.h"
#include "wire/generated/overlay_fb.h"
#include "wire/generated/relay_fb.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- costs, units of 1 us of CPU ---- */

static uint64_t kib(size_t bytes)
{
	return (bytes + 1023) / 1024;
}

/* Asks nothing and is worked on: each contact is a proof of work checked, each that is gone a
 * walk over all. */
static uint64_t delta_cost(struct gn_fb_delta d)
{
	return GN_NODE_COST_ASK +
	       GN_NODE_COST_CONTACT * ((uint64_t)gn_fb_delta_add_len(d) + gn_fb_delta_del_len(d));
}

static uint64_t question_cost(struct gn_fb_overlay_message m, struct gn_slice message)
{
	switch (gn_fb_overlay_message_body_type(m)) {
	case GN_FB_OVERLAY_BODY_PUT:
	case GN_FB_OVERLAY_BODY_STALE: /* to a PUSH, which its giver can bring about */
	case GN_FB_OVERLAY_BODY_PUSH:
		return GN_NODE_COST_STORE + GN_NODE_COST_STORE_KIB * kib(message.len);
	case GN_FB_OVERLAY_BODY_GET: return GN_NODE_COST_READ;
	case GN_FB_OVERLAY_BODY_HELLO:
	case GN_FB_OVERLAY_BODY_LINK:
	case GN_FB_OVERLAY_BODY_FIND:
	case GN_FB_OVERLAY_BODY_DIGEST:
	case GN_FB_OVERLAY_BODY_WANT:
	case GN_FB_OVERLAY_BODY_UNLINK:
	case GN_FB_OVERLAY_BODY_PING: return GN_NODE_COST_ASK;
	case GN_FB_OVERLAY_BODY_DELTA: return delta_cost(gn_fb_overlay_message_body_as_delta(m));
	default: return 0; /* answers: when nothing was asked they cost (gn_node_caused) */
	}
}

/* What is asked through us: our packets, and what we pay for it where we ask; an answer to our own
 * is none. */
static uint64_t through_us_cost(struct gn_fb_relay r)
{
	struct gn_fb_overlay_message inner;
	if (gn_fb_relay_hops(r) == 0)
		return 0;
	if (gn_fb_overlay_message_verify(gn_fb_relay_inner(r), &inner))
		return GN_NODE_COST_BAD;
	return GN_NODE_COST_ASK + question_cost(inner, gn_fb_relay_inner(r));
}

static uint64_t overlay_cost(struct gn_slice message)
{
	struct gn_fb_overlay_message m;
	if (gn_fb_overlay_message_verify(message, &m))
		return GN_NODE_COST_BAD;
	if (gn_fb_overlay_message_body_type(m) == GN_FB_OVERLAY_BODY_RELAY)
		return through_us_cost(gn_fb_overlay_message_body_as_relay(m));
	return question_cost(m, message);
}

static bool is_of(struct gn_slice message, const char *magic)
{
	return message.len >= 8 && memcmp(message.p + 4, magic, 4) == 0;
}

/* Of an answer, by what it took to make; 0: it is none. */
static uint64_t answer_cost(struct gn_slice message)
{
	struct gn_fb_overlay_message m;
	struct gn_fb_block_message b;
	if (is_of(message, "GNBS") || is_of(message, "GNRL"))
		return 0;           /* publishers pay for copies, when they publish */
	if (is_of(message, "GNBX")) /* items are read and sent; lists and custodies are made */
		return GN_NODE_COST_KIB * kib(message.len);
	if (gn_fb_block_message_verify(message, &b) == GN_OK)
		return gn_fb_block_message_body_type(b) == GN_FB_BLOCK_BODY_CHUNK
			       ? GN_NODE_COST_CHUNK
			       : 0;
	if (gn_fb_overlay_message_verify(message, &m))
		return 0;
	switch (gn_fb_overlay_message_body_type(m)) {
	case GN_FB_OVERLAY_BODY_VALUE:
	case GN_FB_OVERLAY_BODY_STALE: return GN_NODE_COST_KIB * kib(message.len);
	case GN_FB_OVERLAY_BODY_RELAY: /* of what we passed on */
		return gn_fb_relay_hops(gn_fb_overlay_message_body_as_relay(m))
			       ? 0
			       : GN_NODE_COST_KIB * kib(message.len);
	case GN_FB_OVERLAY_BODY_NODES:
	case GN_FB_OVERLAY_BODY_NOT_MINE:
	case GN_FB_OVERLAY_BODY_PONG:
	case GN_FB_OVERLAY_BODY_LINK_OK: return message.len / 256 * GN_NODE_COST_LIST;
	default: return 0;
	}
}

static uint64_t blocks_cost(struct gn_slice message)
{
	struct gn_fb_block_message m;
	if (gn_fb_block_message_verify(message, &m))
		return GN_NODE_COST_BAD;
	switch (gn_fb_block_message_body_type(m)) {
	/* and each chunk when it is read */
	case GN_FB_BLOCK_BODY_CHUNK_GET: return GN_NODE_COST_ASK;
	case GN_FB_BLOCK_BODY_CHUNK_PUT: return GN_NODE_COST_CHUNK_PUT;
	case GN_FB_BLOCK_BODY_BLOCK_KEEP: return 60; /* a receipt signed */
	case GN_FB_BLOCK_BODY_BLOCK_HAVE: return 5;
	default: return 0;
	}
}

static uint64_t box_cost(struct gn_slice message)
{
	struct gn_fb_box_message m;
	if (gn_fb_box_message_verify(message, &m))
		return GN_NODE_COST_BAD;
	switch (gn_fb_box_message_body_type(m)) {
	case GN_FB_BOX_MESSAGE_BODY_BOX_HELD: /* answers */
	case GN_FB_BOX_MESSAGE_BODY_BOX_STATES:
	case GN_FB_BOX_MESSAGE_BODY_BOX_LISTED:
	case GN_FB_BOX_MESSAGE_BODY_BOX_ITEM:
	case GN_FB_BOX_MESSAGE_BODY_BOX_COPY:
	case GN_FB_BOX_MESSAGE_BODY_BOX_DONE: return 0;
	case GN_FB_BOX_MESSAGE_BODY_BOX_TURN: return 15; /* one small value written */
	default: return GN_NODE_COST_ASK;
	}
}

static uint64_t bus_cost(struct gn_slice message)
{
	struct gn_fb_bus_frame m;
	if (gn_fb_bus_frame_verify(message, &m))
		return GN_NODE_COST_BAD;
	switch (gn_fb_bus_frame_body_type(m)) {
	case GN_FB_BUS_FRAME_BODY_BUS_SUBSCRIBED: /* answers, and what was subscribed to */
	case GN_FB_BUS_FRAME_BODY_BUS_PUBLISHED:
	case GN_FB_BUS_FRAME_BODY_BUS_DELIVER:
	case GN_FB_BUS_FRAME_BODY_BUS_LOST:
	case GN_FB_BUS_FRAME_BODY_BUS_KEPT:
	case GN_FB_BUS_FRAME_BODY_BUS_DONE: return 0;
	default: return GN_NODE_COST_ASK;
	}
}

static uint64_t relay_cost(struct gn_slice message)
{
	struct gn_fb_relay_frame m;
	if (gn_fb_relay_frame_verify(message, &m))
		return GN_NODE_COST_BAD;
	switch (gn_fb_relay_frame_body_type(m)) {
	case GN_FB_RELAY_FRAME_BODY_RELAY_OPENED: /* answers, and what becomes of them */
	case GN_FB_RELAY_FRAME_BODY_RELAY_REFUSED:
	case GN_FB_RELAY_FRAME_BODY_RELAY_RESERVED:
	case GN_FB_RELAY_FRAME_BODY_RELAY_NOTE:
	case GN_FB_RELAY_FRAME_BODY_RELAY_CALLED: return 0;
	default: return GN_NODE_COST_ASK;
	}
}

static uint64_t dial_cost(struct gn_slice message)
{
	struct gn_fb_dial_frame m;
	if (gn_fb_dial_frame_verify(message, &m))
		return GN_NODE_COST_BAD;
	uint8_t type = gn_fb_dial_frame_body_type(m); /* the others are answers */
	bool asks =
		type == GN_FB_DIAL_FRAME_BODY_DIAL_ASK || type == GN_FB_DIAL_FRAME_BODY_DIAL_FOR;
	return asks ? GN_NODE_COST_ASK : 0;
}

/* Strangers who come by a relay may be one person with many keys: all of a relay's pay together,
 * with a part of what one key may (RE-55). */
static bool by_relay(const struct gn_node *node, const struct gn_pk *pk,
		     struct gn_guard_subject *who)
{
	struct gn_pk relay;
	if (!gn_node_peers_relayed(node, pk, &relay))
		return false;
	*who = (struct gn_guard_subject){.kind = GN_GUARD_TOKEN,
					 .rate = GN_NODE_RELAYED_RATE,
					 .burst = GN_NODE_RELAYED_BURST};
	memcpy(who->id, relay.b, sizeof who->id);
	return true;
}

gn_err gn_node_admit_work(struct gn_node *node, const struct gn_pk *pk, uint64_t cost)
{
	struct gn_guard_subject who = gn_node_peers_subject(node, pk), relay;
	if (!cost || !gn_guard_on(node->guard))
		return GN_OK;
	if (by_relay(node, pk, &relay)) {
		gn_err err = gn_guard_charge(node->guard, &relay, cost, node->now, NULL);
		if (err && err != GN_NO_SPACE) /* too many to be counted: the key pays alone */
			return err;
	}
	return gn_guard_charge(node->guard, &who, cost, node->now, NULL);
}

gn_err gn_node_admit(struct gn_node *node, const struct gn_pk *pk, struct gn_slice message)
{
	if (!gn_guard_on(node->guard))
		return GN_OK;
	uint64_t cost = is_of(message, "GNBK")   ? blocks_cost(message)
			: is_of(message, "GNBX") ? box_cost(message)
			: is_of(message, "GNBS") ? bus_cost(message)
			: is_of(message, "GNRL") ? relay_cost(message)
			: is_of(message, "GNDB") ? dial_cost(message)
						 : overlay_cost(message);
	return gn_node_admit_work(node, pk, cost);
}

void gn_node_charge(struct gn_node *node, const struct gn_pk *pk, uint64_t work)
{
	struct gn_guard_subject who = gn_node_peers_subject(node, pk), relay;
	gn_guard_debit(node->guard, &who, work, node->now);
	if (by_relay(node, pk, &relay))
		gn_guard_debit(node->guard, &relay, work, node->now);
}

void gn_node_answered(struct gn_node *node, const struct gn_pk *pk, struct gn_slice message)
{
	uint64_t cost = gn_guard_on(node->guard) ? answer_cost(message) : 0;
	if (cost)
		gn_node_charge(node, pk, cost);
}

static struct gn_guard_subject of_token(const struct gn_pk *by, bool many)
{
	struct gn_guard_subject who = {.kind = GN_GUARD_TOKEN,
				       .rate = many ? GN_NODE_TOKEN_RATE_MANY : GN_NODE_TOKEN_RATE,
				       .burst = GN_NODE_TOKEN_BURST};
	memcpy(who.id, by->b, sizeof who.id);
	return who;
}

gn_err gn_node_token_pays(void *user, const struct gn_pk *by, bool many)
{
	struct gn_node *node = user;
	struct gn_guard_subject who = of_token(by, many);
	gn_err err = gn_guard_charge(node->guard, &who, 0, node->now, NULL);
	/* too many to be counted: the session's key pays alone */
	return err == GN_NO_SPACE ? GN_OK : err;
}

void gn_node_caused_by_box(struct gn_node *node, const struct gn_pk *pk)
{
	struct gn_box_caused c = gn_box_caused(node->box);
	uint64_t cost = c.checks * GN_NODE_COST_CHECK + kib(c.hashed) * GN_NODE_COST_KIB +
			kib(c.byte_days) * GN_NODE_COST_KIB_DAY +
			gn_lists_caused(node->lists) * GN_NODE_COST_LOOKUP;
	if (!cost || !gn_guard_on(node->guard))
		return;
	gn_node_charge(node, pk, cost);
	if (gn_pk_is_zero(&c.by))
		return;
	struct gn_guard_subject who = of_token(&c.by, c.many);
	gn_guard_debit(node->guard, &who, cost, node->now);
}

void gn_node_caused_by_bus(struct gn_node *node, const struct gn_pk *pk)
{
	struct gn_bus_caused c = gn_bus_caused(node->bus);
	uint64_t cost = c.checks * GN_NODE_COST_CHECK + kib(c.bytes) * GN_NODE_COST_KIB +
			gn_lists_caused(node->lists) * GN_NODE_COST_LOOKUP;
	if (cost && gn_guard_on(node->guard))
		gn_node_charge(node, pk, cost);
}

void gn_node_caused_by_relay(struct gn_node *node, const struct gn_pk *pk)
{
	uint64_t cost = gn_relay_caused(node->relay);
	if (cost && gn_guard_on(node->guard))
		gn_node_charge(node, pk, cost);
}

void gn_node_caused(struct gn_node *node, const struct gn_pk *pk)
{
	struct gn_overlay_caused c = gn_overlay_caused(node->overlay);
	uint64_t cost = c.records * (GN_NODE_COST_READ + GN_NODE_COST_KIB) +
			c.bytes / 1024 * GN_NODE_COST_KIB + c.unasked * GN_NODE_COST_ASK;
	if (cost && gn_guard_on(node->guard))
		gn_node_charge(node, pk, cost);
}

/* ---- the load of strangers ---- */

void gn_node_jet_recv(struct gn_node *node, const struct gn_way *from, struct gn_slice datagram)
{
	if (!gn_node_policy_takes(node, from, datagram)) {
		node->policies.refused++;
		return;
	}
	if (!gn_guard_on(node->guard) || !gn_jet_is_hello(datagram)) {
		(void)gn_jet_recv(node->jet, from, datagram, node->now);
		return;
	}
	uint64_t steps = gn_jet_stranger_steps(node->jet);
	gn_time began = node->outside.cpu();
	(void)gn_jet_recv(node->jet, from, datagram, node->now);
	if (gn_jet_stranger_steps(node->jet) != steps)
		gn_guard_load(node->guard, (uint64_t)(node->outside.cpu() - began));
}

void gn_node_tick_jet(struct gn_node *node)
{
	uint64_t steps = gn_jet_stranger_steps(node->jet);
	gn_time began = gn_guard_on(node->guard) ? node->outside.cpu() : 0;
	gn_jet_tick(node->jet, node->now);
	if (gn_guard_on(node->guard) && gn_jet_stranger_steps(node->jet) != steps)
		gn_guard_load(node->guard, (uint64_t)(node->outside.cpu() - began));
}

/* ---- life ---- */

gn_err gn_node_guard_new(struct gn_node *node, const struct gn_env *env)
{
	struct gn_guard_config config = {.off = node->config.guard != GN_NODE_GUARD_ON,
					 .count_local = node->config.guard_count_local};
	gn_hkdf(GN_SLICE(node->key.seed), gn_slice(NULL, 0), GN_LIT("geonet/guard/passes/1"),
		config.secret, sizeof config.secret);
	gn_err err = gn_guard_new(env, &config, &node->guard);
	gn_wipe(config.secret, sizeof config.secret);
	return err;
}
