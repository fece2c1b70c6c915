/* Life of the engine, dispatch of messages, the carrier's news. Every input parses and verifies
 * first and changes the state last; at its end operations go on and the ring is brought in order
 * (gn_ov_settle). */
#include "overlay/contact_int.h"
#include "overlay/job_int.h"
#include "overlay/link_int.h"
#include "overlay/message_int.h"
#include "overlay/op_int.h"
#include "overlay/repair_int.h"
#include "overlay/request_int.h"
#include "overlay/ring_int.h"
#include "overlay/store_int.h"

#define DEFAULT(field, value)                                                                      \
	do {                                                                                       \
		if (!(field))                                                                      \
			(field) = (value);                                                         \
	} while (0)

static gn_err fill_config(struct gn_overlay_config *c)
{
	DEFAULT(c->pow_bits, 22);
	if (c->pow_off)
		c->pow_bits = 0;
	DEFAULT(c->class, 1);
	DEFAULT(c->probation, GN_OV_PROBATION);
	DEFAULT(c->r, 8);
	DEFAULT(c->l, 8);
	DEFAULT(c->clients_max, GN_OV_CLIENTS_MAX);
	DEFAULT(c->w, c->r < 5 ? c->r : 5);
	DEFAULT(c->rq, c->r < 4 ? c->r : 4);
	DEFAULT(c->prefix_cap, GN_OV_PREFIX_MAX);
	DEFAULT(c->ping_leaf, 60 * GN_SEC);
	DEFAULT(c->ping_long, 3 * c->ping_leaf);
	DEFAULT(c->heal, 600 * GN_SEC);
	DEFAULT(c->digest, 600 * GN_SEC);
	DEFAULT(c->records_max, 100000);
	DEFAULT(c->bytes_max, UINT64_C(1) << 30);
	DEFAULT(c->owner_records_max, 256);
	DEFAULT(c->owner_bytes_max, UINT64_C(1) << 20);
	DEFAULT(c->keep_expired, GN_OV_KEEP_EXPIRED);
	if (c->r > GN_OV_R_MAX || c->l > GN_OV_L_MAX || c->l < c->r || c->rq > c->r ||
	    c->addr_count > GN_CONTACT_ADDRS || c->records_max > (1u << 24))
		return GN_RANGE;
	return GN_OK;
}

gn_err gn_overlay_new(const struct gn_env *env, const struct gn_overlay_config *config, gn_time now,
		      struct gn_overlay **out)
{
	struct gn_overlay_config cfg = *config;
	gn_err err = fill_config(&cfg);
	if (err != GN_OK)
		goto fail_config;
	err = GN_NOMEM;
	struct gn_overlay *ov = GN_NEW(env->alloc, struct gn_overlay);
	if (!ov)
		goto fail_config;
	ov->env = *env;
	ov->cfg = cfg;
	ov->self = (struct gn_contact){.pk = cfg.node_key.pk,
				       .class = cfg.class,
				       .mode = GN_FB_NODE_MODE_CLIENT,
				       .can = cfg.can,
				       .addr_count = cfg.addr_count};
	memcpy(ov->self.nonce, cfg.nonce, 8);
	memcpy(ov->self.addrs, cfg.addrs, sizeof cfg.addrs);
	gn_overlay_id_make(&ov->self.pk, cfg.nonce, &ov->self.id);
	ov->can_found = cfg.can;
	ov->theta = gn_ov_theta(ov->self.id.b);
	ov->start = ov->now_seen = ov->load_at = ov->forgive_at = now;
	ov->n_est = 1;
	ov->leaf_reach = UINT64_MAX;
	ov->list_version = 1;
	gn_ov_ring_touch(ov);
	ov->next_request = gn_rand_u64(env->rand) >> 2 | 1; /* no stranger guesses what we asked */
	ov->next_op = ov->next_token = 1;
	ov->line = GN_OV_LINE_SLOW;
	ov->boot_backoff = GN_OV_BOOT_FIRST;
	ov->heal_backoff = GN_OV_HEAL_FIRST;
	ov->repair_backoff = GN_OV_REPAIR_AGAIN;
	gn_ov_coord_init(&ov->coord);
	gn_heap_init(&ov->timers, env->alloc);
	gn_map_init(&ov->by_pk, env, 32, sizeof(void *), GN_OV_CONTACTS_MAX);
	gn_ov_requests_init(ov);
	gn_map_init(&ov->ops, env, 8, sizeof(void *), GN_OV_OPS_MAX + 64);
	gn_map_init(&ov->held, env, 32, sizeof(void *), cfg.records_max);
	gn_map_init(&ov->owners, env, 32, sizeof(struct gn_ov_owner), GN_OV_OWNERS_MAX + 1);
	gn_map_init(&ov->jobs, env, 8, sizeof(void *), GN_OV_JOBS_MAX);
	gn_ov_jobs_init(ov);
	gn_ov_outputs_init(ov);
	err = gn_ov_store_init(ov);
	if (err == GN_OK && !gn_ov_contact_valid(ov, &ov->self))
		err = GN_PROOF_OF_WORK;
	for (unsigned i = 0; i < GN_OV_TASK_COUNT && err == GN_OK; i++) {
		gn_ov_timer_init(&ov->tasks[i], GN_OV_TIMER_TASK);
		ov->tasks[i].task = (uint8_t)i;
		err = gn_ov_timer_set(ov, &ov->tasks[i], GN_NEVER);
	}
	if (err != GN_OK) {
		gn_overlay_free(ov);
		goto fail_config;
	}
	gn_ov_task_set(ov, GN_OV_TASK_JOIN, now + GN_OV_BEGIN);
	gn_ov_task_set(ov, GN_OV_TASK_FILL, now + gn_ov_spread(ov, GN_OV_FILL, 10));
	gn_ov_task_set(ov, GN_OV_TASK_DIGEST, now + gn_ov_spread(ov, cfg.digest, 10));
	*out = ov;
fail_config:
	gn_sk_wipe(&cfg.node_key);
	return err;
}

static void free_ops(struct gn_overlay *ov)
{
	GN_ASSERT(!ov->ours_ended);
	while (ov->ops.count) {
		struct gn_ov_op *op = GN_MAP_AT(&ov->ops, struct gn_ov_op *, 0);
		(void)gn_map_remove(&ov->ops, &op->id);
		gn_ov_op_free(ov, op);
	}
	while (ov->done_first) {
		struct gn_ov_op *op = ov->done_first;
		ov->done_first = op->next_done;
		gn_ov_op_free(ov, op);
	}
	gn_map_fini(&ov->ops);
}

void gn_overlay_free(struct gn_overlay *ov)
{
	if (!ov)
		return;
	struct gn_alloc *alloc = ov->env.alloc;
	gn_ov_begin(ov, ov->now_seen); /* what was shown */
	gn_ov_requests_fini(ov);
	free_ops(ov);
	gn_ov_jobs_free(ov);
	gn_ov_held_free(ov);
	gn_ov_contacts_free(ov);
	gn_ov_outputs_fini(ov);
	ov->timers.count = 0; /* the objects are gone */
	gn_heap_fini(&ov->timers);
	gn_mem_free_secret(alloc, ov);
}

/* ---- messages ---- */

static bool dispatch_body(struct gn_overlay *ov, struct gn_ov_from *from,
			  struct gn_fb_overlay_message m, gn_time now)
{
	GN_ASSERT(from->c.addr_count > 0 && from->c.addr_count <= GN_CONTACT_ADDRS);
	switch (gn_fb_overlay_message_body_type(m)) {
	case GN_FB_OVERLAY_BODY_HELLO:
		gn_ov_on_hello(ov, from, gn_fb_overlay_message_body_as_hello(m), now);
		break;
	case GN_FB_OVERLAY_BODY_PING:
		gn_ov_on_ping(ov, from, gn_fb_overlay_message_body_as_ping(m), now);
		break;
	case GN_FB_OVERLAY_BODY_PONG:
		gn_ov_on_pong(ov, from, gn_fb_overlay_message_body_as_pong(m), now);
		break;
	case GN_FB_OVERLAY_BODY_DELTA:
		gn_ov_on_delta(ov, from, gn_fb_overlay_message_body_as_delta(m), now);
		break;
	case GN_FB_OVERLAY_BODY_LINK:
		gn_ov_on_link(ov, from, gn_fb_overlay_message_body_as_link(m), now);
		break;
	case GN_FB_OVERLAY_BODY_LINK_OK:
		gn_ov_on_link_ok(ov, from, gn_fb_overlay_message_body_as_link_ok(m), now);
		break;
	case GN_FB_OVERLAY_BODY_LINK_NO:
		gn_ov_on_link_no(ov, from, gn_fb_overlay_message_body_as_link_no(m), now);
		break;
	case GN_FB_OVERLAY_BODY_UNLINK:
		gn_ov_on_unlink(ov, from, gn_fb_overlay_message_body_as_unlink(m), now);
		break;
	case GN_FB_OVERLAY_BODY_FIND:
		gn_ov_on_find(ov, from, gn_fb_overlay_message_body_as_find(m), now);
		break;
	case GN_FB_OVERLAY_BODY_NODES:
		gn_ov_on_nodes(ov, from, gn_fb_overlay_message_body_as_nodes(m), now);
		break;
	case GN_FB_OVERLAY_BODY_GET:
		gn_ov_on_get(ov, from, gn_fb_overlay_message_body_as_get(m), now);
		break;
	case GN_FB_OVERLAY_BODY_VALUE:
		gn_ov_on_value(ov, from, gn_fb_overlay_message_body_as_value(m), now);
		break;
	case GN_FB_OVERLAY_BODY_PUT:
		gn_ov_on_put(ov, from, gn_fb_overlay_message_body_as_put(m), now);
		break;
	case GN_FB_OVERLAY_BODY_ACK:
		gn_ov_on_ack(ov, from, gn_fb_overlay_message_body_as_ack(m), now);
		break;
	case GN_FB_OVERLAY_BODY_STALE:
		gn_ov_on_stale(ov, from, gn_fb_overlay_message_body_as_stale(m), now);
		break;
	case GN_FB_OVERLAY_BODY_NOT_MINE:
		gn_ov_on_not_mine(ov, from, gn_fb_overlay_message_body_as_not_mine(m), now);
		break;
	case GN_FB_OVERLAY_BODY_DIGEST:
		gn_ov_on_digest(ov, from, gn_fb_overlay_message_body_as_digest(m), now);
		break;
	case GN_FB_OVERLAY_BODY_WANT:
		gn_ov_on_want(ov, from, gn_fb_overlay_message_body_as_want(m), now);
		break;
	case GN_FB_OVERLAY_BODY_PUSH:
		gn_ov_on_push(ov, from, gn_fb_overlay_message_body_as_push(m), now);
		break;
	case GN_FB_OVERLAY_BODY_BUSY: gn_ov_on_refused(ov, from, GN_BUSY, now); break;
	case GN_FB_OVERLAY_BODY_REFUSED:
		gn_ov_on_refused(
			ov, from,
			gn_wire_err(gn_fb_refused_code(gn_fb_overlay_message_body_as_refused(m))),
			now);
		break;
	default: return false; /* what later versions bring */
	}
	return true;
}

gn_err gn_overlay_recv(struct gn_overlay *ov, const struct gn_pk *pk, const struct gn_addr *addr,
		       struct gn_slice message, gn_time now)
{
	struct gn_fb_overlay_message m;
	gn_ov_begin(ov, now);
	ov->count.received++;
	ov->count.received_bytes += message.len;
	if (message.len > GN_OV_MESSAGE_MAX || gn_pk_eq(pk, &ov->self.pk) ||
	    gn_fb_overlay_message_verify(message, &m) != GN_OK) {
		ov->count.messages_malformed++;
		return GN_MALFORMED;
	}
	struct gn_ov_contact *c = gn_ov_contact_get(ov, pk);
	struct gn_ov_from from = {.c = {.pk = *pk, .addr_count = 1, .addrs = {*addr}},
				  .contact = c,
				  .request = gn_fb_overlay_message_request(m),
				  .kind = gn_fb_overlay_message_body_type(m)};
	if (c) {
		gn_ov_contact_at(c, addr);
		gn_ov_contact_alive(ov, c, now);
		from.c = c->c;
		/* where it is now comes first; nobody knows where who comes by a relay is */
		if (addr->port || !from.c.addr_count)
			from.c.addrs[0] = *addr;
		from.c.addr_count = from.c.addr_count ? from.c.addr_count : 1;
	}
	if (gn_ov_relay_take(ov, &from, &m, message, now)) {
		gn_ov_settle(ov, now);
		return GN_OK;
	}
	if (!dispatch_body(ov, &from, m, now)) {
		ov->count.messages_unknown++;
		gn_ov_refuse(ov, &from.c, from.request, GN_UNSUPPORTED);
		return GN_UNSUPPORTED;
	}
	gn_ov_settle(ov, now);
	return GN_OK;
}

/* ---- the carrier's news ---- */

void gn_overlay_peer_up(struct gn_overlay *ov, const struct gn_pk *pk, const struct gn_addr *addr,
			gn_time now)
{
	gn_ov_begin(ov, now);
	for (uint32_t i = 0; addr && i < ov->boot_count; i++)
		if (!ov->boots[i].has_pk && gn_addr_eq(&ov->boots[i].addr, addr)) {
			ov->boots[i].pk = *pk;
			ov->boots[i].has_pk = ov->boots[i].learnt = true;
		}
	struct gn_ov_contact *c = gn_ov_contact_get(ov, pk);
	if (c)
		c->up = true;
	if (c && addr)
		gn_ov_contact_at(c, addr);
	gn_ov_requests_warm(ov, pk, now);
	gn_ov_settle(ov, now);
}

void gn_overlay_peer_down(struct gn_overlay *ov, const struct gn_pk *pk, gn_err why, gn_time now)
{
	(void)why;
	gn_ov_begin(ov, now);
	gn_ov_requests_fail(ov, pk, now);
	struct gn_ov_contact *c = gn_ov_contact_get(ov, pk);
	if (c)
		c->up = false;
	if (c && c->link)
		/* which opens a session anew, or finds it dead */
		gn_ov_link_probe(ov, c->link, now);
	gn_ov_settle(ov, now);
}

void gn_overlay_addr_down(struct gn_overlay *ov, const struct gn_addr *addr, gn_err why,
			  gn_time now)
{
	(void)why;
	gn_ov_begin(ov, now);
	for (uint32_t i = 0; i < ov->boot_count; i++) {
		struct gn_ov_request *r =
			ov->boots[i].request ? gn_ov_request_get(ov, ov->boots[i].request) : NULL;
		if (gn_addr_eq(&ov->boots[i].addr, addr) &&
		    ov->boots[i].learnt) /* another node may answer there one day */
			ov->boots[i].has_pk = ov->boots[i].learnt = false;
		if (r && gn_addr_eq(&ov->boots[i].addr, addr)) {
			r->tries = GN_OV_TRIES;
			gn_ov_join_timeout(ov, r, now);
		}
	}
	gn_ov_settle(ov, now);
}

void gn_overlay_rtt(struct gn_overlay *ov, const struct gn_pk *pk, gn_time rtt, gn_time now)
{
	gn_ov_begin(ov, now);
	struct gn_ov_contact *c = gn_ov_contact_get(ov, pk);
	if (c)
		gn_ov_contact_rtt(ov, c, rtt);
}

void gn_overlay_addrs(struct gn_overlay *ov, const struct gn_addr *addrs, unsigned count,
		      gn_time now)
{
	GN_ASSERT(count <= GN_CONTACT_ADDRS);
	gn_ov_begin(ov, now);
	if (count == ov->self.addr_count &&
	    (!count || memcmp(addrs, ov->self.addrs, count * sizeof *addrs) == 0))
		return;
	memset(ov->self.addrs, 0, sizeof ov->self.addrs);
	if (count)
		memcpy(ov->self.addrs, addrs, count * sizeof *addrs);
	ov->self.addr_count = (uint8_t)count;
	gn_ov_hello_all(ov, now);
	gn_ov_settle(ov, now);
}

void gn_overlay_forget(struct gn_overlay *ov, const struct gn_hash *key, gn_time now)
{
	gn_ov_begin(ov, now);
	struct gn_ov_held *h = gn_ov_held_get(ov, key);
	if (h) {
		ov->count.records_refused++;
		gn_ov_held_drop(ov, h, true);
	}
	gn_ov_settle(ov, now);
}

void gn_overlay_reach(struct gn_overlay *ov, uint8_t reach, uint8_t can, gn_time now)
{
	GN_ASSERT(reach <= GN_OVERLAY_REACH_NO_UDP);
	gn_ov_begin(ov, now);
	ov->reach_found = reach;
	ov->can_found = can;
	if (!ov->reach_told || now - ov->reach_told >= GN_OV_REACH_TELL)
		gn_ov_reach_due(ov, now);
	else
		gn_ov_task_set(ov, GN_OV_TASK_REACH, ov->reach_told + GN_OV_REACH_TELL);
	gn_ov_settle(ov, now);
}

struct gn_overlay_caused gn_overlay_caused(struct gn_overlay *ov)
{
	struct gn_overlay_caused caused = ov->caused;
	ov->caused = (struct gn_overlay_caused){0};
	return caused;
}

void gn_overlay_hold(struct gn_overlay *ov, bool hold, gn_time now)
{
	gn_ov_begin(ov, now);
	gn_ov_hold(ov, hold, now);
	gn_ov_settle(ov, now);
}
