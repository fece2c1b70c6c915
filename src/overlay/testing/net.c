/* The network of the unit tests: each engine is pumped until it is quiet, each message takes as
 * long as any, and the clock jumps to what is due next. */
#include "overlay/testing/net.h"
#include "overlay/contact_int.h"
#include "overlay/link_int.h"
#include "overlay/store_int.h"
#include "wire/generated/bodies_fb.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

void net_init(struct net *n, uint64_t seed)
{
	memset(n, 0, sizeof *n);
	gn_prng_init(&n->prng, seed);
	n->rand = gn_prng_rand(&n->prng);
	n->now = NET_START;
	n->ttl = 3600;
}

unsigned net_add(struct net *n)
{
	unsigned i = n->count++;
	struct net_node *x = &n->node[i];
	gn_prng_init(&x->prng, gn_rand_u64(&n->rand));
	gn_sk_new(&n->rand, &x->cfg.node_key);
	x->cfg.pow_bits = NET_POW;
	x->cfg.probation_off = true;
	x->cfg.addr_count = 1;
	x->cfg.addrs[0] = gn_addr_v4(127, 0, 0, 1, (uint16_t)(7000 + i));
	gn_err err = gn_overlay_id_search(&x->cfg.node_key.pk, NET_POW, 0, 100000, x->cfg.nonce);
	GN_ASSERT(err == GN_OK);
	gn_overlay_id_make(&x->cfg.node_key.pk, x->cfg.nonce, &x->id);
	return i;
}

struct net_file *net_file(struct net_node *x, const struct gn_hash *key)
{
	for (unsigned i = 0; i < x->file_count; i++)
		if (memcmp(x->files[i].key.b, key->b, 32) == 0)
			return &x->files[i];
	return NULL;
}

void net_store(struct net *n, unsigned i, const struct gn_overlay_store *s)
{
	struct net_node *x = &n->node[i];
	struct net_file *f = net_file(x, &s->key);
	if (s->kind == GN_STORE_DROP) {
		if (f) {
			free(f->bytes);
			*f = x->files[--x->file_count];
		}
	} else if (n->dead_disk == i + 1) {
		if (s->kind == GN_STORE_PUT)
			gn_overlay_stored(x->ov, s->token, GN_IO, n->now);
		else
			gn_overlay_loaded(x->ov, s->token, GN_IO, gn_slice(NULL, 0), n->now);
	} else if (s->kind == GN_STORE_LOAD) {
		gn_overlay_loaded(x->ov, s->token, f ? GN_OK : GN_NOT_FOUND,
				  f ? gn_slice(f->bytes, f->len) : gn_slice(NULL, 0), n->now);
	} else {
		if (!f) {
			GN_ASSERT(x->file_count < GN_COUNT(x->files));
			f = &x->files[x->file_count++];
			f->bytes = NULL;
		}
		free(f->bytes);
		f->key = s->key;
		f->len = s->value.len;
		f->bytes = malloc(f->len ? f->len : 1);
		GN_ASSERT(f->bytes);
		memcpy(f->bytes, s->value.p, f->len);
		if (x->hold && x->held_count < GN_COUNT(x->held))
			x->held[x->held_count++] = s->token;
		else
			gn_overlay_stored(x->ov, s->token, GN_OK, n->now);
	}
}

void net_done(struct net *n, const struct gn_overlay_event *e)
{
	struct net_result *r = &n->result;
	*r = (struct net_result){.op = e->op,
				 .done = true,
				 .err = e->err,
				 .took = e->took,
				 .values = e->value_count,
				 .receipts = e->receipt_count,
				 .contacts = e->contact_count};
	for (uint32_t i = 0; i < e->step_count; i++)
		GN_ASSERT(e->steps[i].sent >= e->started &&
			  e->steps[i].sent + e->steps[i].rtt <= e->started + e->took);
	for (uint32_t i = 0; i < e->contact_count; i++)
		r->contact[i] = e->contacts[i];
	for (uint32_t i = 0; i < e->receipt_count; i++)
		r->receipt[i] = e->receipts[i];
	if (e->value_count && e->values[0].record.len <= sizeof r->value) {
		r->value_len = e->values[0].record.len;
		memcpy(r->value, e->values[0].record.p, r->value_len);
		r->holders = e->values[0].holders;
	}
}

bool net_at(const struct net_node *x, const struct gn_contact *c)
{
	for (unsigned k = 0; k < c->addr_count; k++)
		if (gn_addr_eq(&x->cfg.addrs[0], &c->addrs[k]))
			return true;
	return false;
}

void net_send(struct net *n, unsigned i, const struct gn_overlay_message *m)
{
	static const struct gn_pk nobody;
	n->messages++;
	for (unsigned k = 0; k < n->count; k++) {
		const struct net_node *y = &n->node[k];
		bool by_addr = memcmp(m->to.pk.b, nobody.b, 32) == 0;
		if (!by_addr && memcmp(y->cfg.node_key.pk.b, m->to.pk.b, 32) != 0)
			continue;
		if (!net_at(y, &m->to)) /* it has moved, or is another */
			continue;
		if (!y->ov || y->deaf || n->node[i].deaf || n->queued == GN_COUNT(n->queue))
			return;
		struct net_message *q = &n->queue[n->queued++];
		*q = (struct net_message){n->now + NET_DELAY, i, k, malloc(m->bytes.len),
					  m->bytes.len};
		memcpy(q->bytes, m->bytes.p, m->bytes.len);
		if (n->tamper)
			n->tamper(n, q);
		return;
	}
	n->nowhere++;
}

void net_pump(struct net *n, unsigned i)
{
	struct net_node *x = &n->node[i];
	struct gn_overlay_message m;
	struct gn_overlay_store s;
	struct gn_overlay_event e;
	bool more = true;
	while (more) {
		more = false;
		while (gn_overlay_next_message(x->ov, &m))
			net_send(n, i, &m);
		if (gn_overlay_next_store(x->ov, &s)) {
			uint8_t *copy =
				/* the completion is another call on ov */
				s.value.len ? malloc(s.value.len) : NULL;
			if (copy) {
				memcpy(copy, s.value.p, s.value.len);
				s.value.p = copy;
			}
			net_store(n, i, &s);
			free(copy);
			more = true;
		}
		if (gn_overlay_next_event(x->ov, &e)) {
			more = true;
			x->linked += e.kind == GN_OVERLAY_LINKED;
			x->unlinked += e.kind == GN_OVERLAY_UNLINKED;
			x->joined += e.kind == GN_OVERLAY_JOINED;
			x->servers += e.kind == GN_OVERLAY_SERVER;
			x->isolated += e.kind == GN_OVERLAY_ISOLATED;
			if (e.kind == GN_OVERLAY_DONE)
				net_done(n, &e);
		}
	}
	gn_overlay_validate(x->ov);
}

void net_start_alone(struct net *n, unsigned i)
{
	struct net_node *x = &n->node[i];
	gn_alloc_heap(&x->alloc, 64u << 20);
	x->rand = gn_prng_rand(&x->prng);
	x->env = (struct gn_env){.alloc = &x->alloc, .rand = &x->rand};
	gn_err err = gn_overlay_new(&x->env, &x->cfg, n->now, &x->ov);
	GN_ASSERT(err == GN_OK);
	for (unsigned k = 0; k < x->file_count; k++) {
		err = gn_overlay_restore(x->ov, gn_slice(x->files[k].bytes, x->files[k].len),
					 n->now);
		GN_ASSERT(err == GN_OK);
	}
}

void net_start(struct net *n, unsigned i)
{
	struct net_node *x = &n->node[i];
	net_start_alone(n, i);
	for (unsigned k = 0; k < n->count; k++)
		if (k != i) {
			gn_err err =
				gn_overlay_bootstrap(x->ov, &n->node[k].cfg.addrs[0], NULL, n->now);
			GN_ASSERT(err == GN_OK);
		}
	net_pump(n, i);
}

void net_stop(struct net *n, unsigned i)
{
	gn_overlay_free(n->node[i].ov);
	n->node[i].ov = NULL;
	GN_ASSERT(n->node[i].alloc.count == 0);
}

void net_run(struct net *n, gn_time span)
{
	gn_time end = n->now + span;
	for (;;) {
		unsigned m = UINT32_MAX, t = UINT32_MAX;
		gn_time next = end + 1;
		for (unsigned i = 0; i < n->queued; i++)
			if (n->queue[i].at < next) {
				next = n->queue[i].at;
				m = i;
			}
		for (unsigned i = 0; i < n->count; i++)
			if (n->node[i].ov && gn_overlay_deadline(n->node[i].ov) < next) {
				next = gn_overlay_deadline(n->node[i].ov);
				t = i;
			}
		if (next > end)
			break;
		n->now = next > n->now ? next : n->now;
		if (t != UINT32_MAX) {
			gn_overlay_tick(n->node[t].ov, n->now);
			net_pump(n, t);
			continue;
		}
		struct net_message q = n->queue[m];
		memmove(n->queue + m, n->queue + m + 1, (--n->queued - m) * sizeof *n->queue);
		struct net_node *x = &n->node[q.to];
		if (x->ov && !x->deaf) {
			(void)gn_overlay_recv(x->ov, &n->node[q.from].cfg.node_key.pk,
					      &n->node[q.from].cfg.addrs[0],
					      gn_slice(q.bytes, q.len), n->now);
			net_pump(n, q.to);
		}
		free(q.bytes);
	}
	n->now = end;
}

void net_build(struct net *n, uint64_t seed, unsigned count)
{
	net_init(n, seed);
	for (unsigned i = 0; i < count; i++)
		net_add(n);
	for (unsigned i = 0; i < count; i++)
		net_start(n, i);
	net_run(n, 30 * GN_SEC);
}

void net_free(struct net *n)
{
	for (unsigned i = 0; i < n->count; i++) {
		if (n->node[i].ov)
			net_stop(n, i);
		for (unsigned k = 0; k < n->node[i].file_count; k++)
			free(n->node[i].files[k].bytes);
	}
	for (unsigned i = 0; i < n->queued; i++)
		free(n->queue[i].bytes);
}

void net_wait(struct net *n, gn_op op, unsigned i)
{
	n->result.done = false;
	net_pump(n, i);
	for (unsigned k = 0; k < 12000 && !(n->result.done && n->result.op == op); k++)
		net_run(n, 10 * GN_MSEC);
	GN_ASSERT(n->result.done && n->result.op == op);
}

uint64_t net_counter(const struct net *n, unsigned i, const char *name)
{
	struct gn_counter c;
	for (size_t k = 0; gn_overlay_counter_at(n->node[i].ov, k, &c); k++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	GN_ASSERT(false);
}

/* The least that ML-DSA can sign (WR-14). */
static struct gn_slice prekeys_body(const uint8_t *seed, uint8_t *storage, size_t cap)
{
	uint8_t pk[GN_PQ_PK_LEN], kem[1184] = {0};
	struct gn_fb_key key = {{0}};
	struct gn_fbb b = gn_fbb(storage, cap);
	struct gn_slice body;
	gn_err err = gn_pq_public(seed, pk);
	GN_ASSERT(err == GN_OK);
	gn_fbref set = gn_fb_prekey_set_make(
		&b, &(struct gn_fb_prekey_set_args){.id = 1, .x25519 = &key, .kem = GN_SLICE(kem)});
	struct gn_fb_prekeys_body_args args = {
		.identity = &key, .pq_key = GN_SLICE(pk), .dh = &key, .last = set};
	err = gn_fbb_finish(&b, gn_fb_prekeys_body_make(&b, &args), NULL, &body);
	GN_ASSERT(err == GN_OK);
	return body;
}

void net_record(struct net *n, struct net_record *out, const struct gn_sk *owner, uint16_t type,
		const char *label, uint64_t seq, const char *body)
{
	struct gn_record_fields f = {.type = type,
				     .label = gn_str(label),
				     .body = gn_str(body),
				     .seq = seq,
				     .created = gn_unix(n->now),
				     .ttl = n->ttl};
	struct gn_buf b = {out->bytes, 0, sizeof out->bytes};
	uint8_t seed[GN_PQ_SEED_LEN] = {1}, prekeys[GN_PQ_PK_LEN + 2 * 1184 + 512];
	if (type == GN_FB_RECORD_TYPE_PREKEYS)
		f.body = prekeys_body(seed, prekeys, sizeof prekeys);
	gn_err err =
		gn_wire_record_make(owner, type == GN_FB_RECORD_TYPE_PREKEYS ? seed : NULL, &f, &b);
	GN_ASSERT(err == GN_OK);
	err = gn_wire_record_parse(gn_buf_slice(&b), &out->r);
	GN_ASSERT(err == GN_OK);
}

gn_err net_put(struct net *n, unsigned i, const struct net_record *r, unsigned w)
{
	gn_op op;
	gn_err err = gn_overlay_put(n->node[i].ov, r->r.bytes, w, n->now, &op);
	if (err != GN_OK)
		return err;
	net_wait(n, op, i);
	return n->result.err;
}

gn_err net_get(struct net *n, unsigned i, const struct gn_hash *key, unsigned quorum)
{
	struct gn_get_options o = {.quorum = quorum};
	gn_op op;
	gn_err err = gn_overlay_get(n->node[i].ov, key, &o, n->now, &op);
	if (err != GN_OK)
		return err;
	net_wait(n, op, i);
	return n->result.err;
}

/* ---- who is only known ---- */

struct gn_contact net_somebody(uint32_t i)
{
	struct gn_contact c = {.mode = GN_FB_NODE_MODE_SERVER, .addr_count = 1};
	gn_put_be64(c.pk.b, i + 1);
	memset(c.id.b, 0x5a, sizeof c.id.b);
	gn_put_be64(c.id.b, (uint64_t)(i + 1) * UINT64_C(0x9e3779b97f4a7c15));
	c.addrs[0] = gn_addr_v4(127, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i, 4000);
	return c;
}

struct gn_ov_contact *net_hear(struct net *n, uint32_t i)
{
	struct gn_contact c = net_somebody(i);
	return gn_ov_contact_hear(n->node[0].ov, &c, NULL, 0, NULL, n->now);
}

struct gn_ov_contact *net_prove(struct net *n, uint32_t i)
{
	struct gn_ov_contact *c = net_hear(n, i);
	GN_ASSERT(c);
	c->direct = c->since = n->now;
	return c;
}

struct gn_ov_contact *net_link(struct net *n, uint32_t i)
{
	struct gn_overlay *ov = n->node[0].ov;
	struct gn_ov_contact *c = net_prove(n, i);
	struct gn_ov_link *l = gn_ov_link_new(ov, c, false, n->now);
	GN_ASSERT(l);
	gn_ov_link_up(ov, l, n->now);
	return c;
}

/* ---- set pieces ---- */

uint32_t net_thirty_days(const struct gn_record *r)
{
	/* "-..": as a name that nobody else could have */
	return r->label.len && r->label.p[0] == '-' ? 0 : 30 * 86400;
}

void net_expect_full_mesh(const struct net *n, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		struct gn_overlay_info info;
		gn_overlay_info(n->node[i].ov, &info);
		assert_true(info.server && info.joined);
		assert_int_equal(info.links, count - 1);
		assert_true(info.n_estimate > count - 0.5 && info.n_estimate < count + 0.5);
	}
}

bool net_hold(struct net *n, enum gn_ov_how how, const struct gn_holder *by,
	      const struct gn_sk *owner, uint16_t type, const char *label, struct net_record *out)
{
	const struct gn_ov_origin from = {.by = *by, .how = how};
	struct gn_overlay *ov = n->node[0].ov;
	net_record(n, out, owner, type, label, 1, "x");
	return gn_ov_store_room(ov, NULL, &out->r) == GN_OK &&
	       gn_ov_held_set(ov, &out->r, &from, 0, n->now) == GN_OK;
}

struct gn_overlay *net_small_store(struct net *small, uint64_t seed)
{
	net_init(small, seed);
	net_add(small);
	small->node[0].cfg.records_max = 64;
	small->node[0].cfg.bytes_max = 64 * 8192;
	small->node[0].cfg.owner_records_max = 10000;
	small->node[0].cfg.grace[3] = net_thirty_days;
	net_start(small, 0);
	net_run(small, 10 * GN_SEC);
	return small->node[0].ov;
}
