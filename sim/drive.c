/* Doing things to the network: joins one by one, batches of operations from random nodes, kills. */
#include "sim.h"

#include <stdlib.h>

#define RECORD_ROOM 2048     /* bytes of a record of ours at most */
#define RECORDS_PER_OWNER 20 /* below the quota */

void sim_join_all(struct sim *s, unsigned count)
{
	for (unsigned k = 0; k < count; k++) {
		unsigned i = sim_node_add(s);
		sim_node_start(s, i);
		for (unsigned b = 0; b < 3 && i > 0; b++)
			sim_node_bootstrap(s, i, (unsigned)gn_rand_below(&s->rand, i));
		gn_time end = s->now + 60 * GN_SEC;
		while (!s->nodes[i].server && s->now < end)
			sim_run_for(s, 100 * GN_MSEC);
		if (!s->nodes[i].server)
			sim_expect(s, false, "node %u is no server a minute after its start", i);
		sim_run_for(s, GN_SEC);
	}
}

unsigned sim_percentile(const struct sim_stats *st, unsigned per_mille)
{
	uint64_t sum = 0;
	for (unsigned i = 0; i < GN_COUNT(st->hops); i++)
		if ((sum += st->hops[i]) * 1000 >= st->ok * per_mille)
			return i;
	return GN_COUNT(st->hops) - 1;
}

static void count(const struct sim *s, struct sim_stats *st, const struct gn_overlay_event *e)
{
	st->count++;
	st->handshakes += s->handshakes;
	st->with_handshake += s->handshakes > 0;
	if (e->err != GN_OK) {
		st->failed++;
		st->last_err = e->err;
		return;
	}
	st->ok++;
	st->hops_sum += e->hops;
	st->hops[e->hops < GN_COUNT(st->hops) ? e->hops : GN_COUNT(st->hops) - 1]++;
	st->took_sum += e->took;
	st->took_max = e->took > st->took_max ? e->took : st->took_max;
}

/* ---- lookups ---- */

struct lookups {
	struct sim_stats *st;
	struct gn_hash *keys;
};

static void lookup_done(struct sim *s, unsigned node, unsigned index,
			const struct gn_overlay_event *e, void *user)
{
	struct lookups *l = user;
	unsigned want[64], n = sim_nearest(s, gn_ov_theta(l->keys[index].b), want, s->opt.r);
	bool exact = e->err == GN_OK && e->contact_count == n;
	for (unsigned i = 0; i < n && exact; i++)
		exact = memcmp(e->contacts[i].id.b, s->nodes[want[i]].id.b, 32) == 0;
	(void)node;
	count(s, l->st, e);
	l->st->exact += exact;
}

void sim_lookups(struct sim *s, unsigned total, unsigned at_once, struct sim_stats *out)
{
	struct lookups l = {out, calloc(total ? total : 1, sizeof *l.keys)};
	*out = (struct sim_stats){0};
	uint64_t rpcs = sim_counter(s, "lookup_rpcs");
	s->on_done = lookup_done;
	s->user = &l;
	for (unsigned i = 0; i < total || s->op_count;) {
		while (i < total && s->op_count < at_once) {
			unsigned node = sim_random_alive(s);
			gn_op op;
			gn_rand_fill(&s->rand, l.keys[i].b, 32);
			gn_err err = gn_overlay_find(s->nodes[node].ov, &l.keys[i], s->opt.r,
						     s->now, &op);
			GN_ASSERT(err == GN_OK);
			sim_op_add(s, node, op, i++);
			sim_pump(s, node);
		}
		sim_run_for(s, 20 * GN_MSEC);
	}
	/* the few of healing are among them */
	out->rpcs_sum = sim_counter(s, "lookup_rpcs") - rpcs;
	s->on_done = NULL;
	free(l.keys);
}

/* ---- records ---- */

static void sign(struct sim *s, struct sim_record *r, unsigned number, uint64_t seq)
{
	char label[32];
	uint8_t body[300];
	int n = snprintf(label, sizeof label, "record %u", number);
	size_t len = 50 + gn_rand_below(&s->rand, 250);
	gn_rand_fill(&s->rand, body, len);
	struct gn_record_fields f = {.type = 16,
				     .label = gn_slice(label, (size_t)n),
				     .body = gn_slice(body, len),
				     .seq = seq,
				     .created = gn_unix(s->now),
				     .ttl = s->opt.ttl};
	struct gn_buf out = {r->bytes, 0, RECORD_ROOM};
	gn_err err = gn_wire_record_make(&r->owner, NULL, &f, &out);
	GN_ASSERT(err == GN_OK);
	err = gn_wire_record_parse(gn_buf_slice(&out), &r->record);
	GN_ASSERT(err == GN_OK);
	r->acknowledged = false;
}

struct sim_record *sim_records_make(struct sim *s, unsigned total)
{
	struct sim_record *r = calloc(total ? total : 1, sizeof *r);
	for (unsigned i = 0; i < total; i++) {
		r[i].bytes = malloc(RECORD_ROOM);
		if (i % RECORDS_PER_OWNER == 0)
			gn_sk_new(&s->rand, &r[i].owner);
		else
			r[i].owner = r[i - 1].owner;
		sign(s, &r[i], i, 1);
	}
	return r;
}

void sim_records_renew(struct sim *s, struct sim_record *r, unsigned total)
{
	for (unsigned i = 0; i < total; i++)
		sign(s, &r[i], i, r[i].record.seq + 1);
}

void sim_records_free(struct sim *s, struct sim_record *r, unsigned total)
{
	(void)s;
	for (unsigned i = 0; i < total; i++)
		free(r[i].bytes);
	free(r);
}

struct batch {
	struct sim_stats *st;
	struct sim_record *records;
};

static void put_done(struct sim *s, unsigned node, unsigned index, const struct gn_overlay_event *e,
		     void *user)
{
	struct batch *b = user;
	(void)node;
	count(s, b->st, e);
	b->st->exact += e->err == GN_OK;
	b->records[index].acknowledged = e->err == GN_OK;
	b->records[index].receipts = e->receipt_count;
}

void sim_puts(struct sim *s, struct sim_record *records, unsigned total, unsigned w,
	      struct sim_stats *out)
{
	struct batch b = {out, records};
	*out = (struct sim_stats){0};
	uint64_t rpcs = sim_counter(s, "lookup_rpcs");
	s->on_done = put_done;
	s->user = &b;
	for (unsigned i = 0; i < total || s->op_count;) {
		while (i < total && s->op_count < 16) {
			unsigned node = sim_random_alive(s);
			gn_op op;
			gn_err err = gn_overlay_put(s->nodes[node].ov, records[i].record.bytes, w,
						    s->now, &op);
			GN_ASSERT(err == GN_OK);
			sim_op_add(s, node, op, i++);
			sim_pump(s, node);
		}
		sim_run_for(s, 20 * GN_MSEC);
	}
	/* the few of healing are among them */
	out->rpcs_sum = sim_counter(s, "lookup_rpcs") - rpcs;
	s->on_done = NULL;
}

static void get_done(struct sim *s, unsigned node, unsigned index, const struct gn_overlay_event *e,
		     void *user)
{
	struct batch *b = user;
	struct gn_record r;
	(void)node;
	count(s, b->st, e);
	if (e->err == GN_OK && e->value_count &&
	    gn_wire_record_parse(e->values[0].record, &r) == GN_OK)
		b->st->exact += memcmp(r.hash.b, b->records[index].record.hash.b, 32) == 0;
}

static bool somewhere(const struct sim *s, const struct sim_record *r)
{
	for (unsigned i = 0; i < s->count; i++)
		if (sim_alive(s, i) && sim_holds(s, i, &r->record.key, &r->record.hash))
			return true;
	return false;
}

void sim_gets(struct sim *s, struct sim_record *records, unsigned total, unsigned quorum,
	      struct sim_stats *out)
{
	struct batch b = {out, records};
	struct gn_get_options o = {.quorum = quorum, .type = 16};
	*out = (struct sim_stats){0};
	uint64_t rpcs = sim_counter(s, "lookup_rpcs");
	s->on_done = get_done;
	s->user = &b;
	for (unsigned i = 0; i < total || s->op_count;) {
		for (; i < total && s->op_count < 16; i++) {
			unsigned node = sim_random_alive(s);
			gn_op op;
			if (!records[i].acknowledged || !somewhere(s, &records[i]))
				continue;
			gn_err err = gn_overlay_get(s->nodes[node].ov, &records[i].record.key, &o,
						    s->now, &op);
			GN_ASSERT(err == GN_OK);
			sim_op_add(s, node, op, i);
			sim_pump(s, node);
		}
		sim_run_for(s, 20 * GN_MSEC);
	}
	/* the few of healing are among them */
	out->rpcs_sum = sim_counter(s, "lookup_rpcs") - rpcs;
	s->on_done = NULL;
}

unsigned sim_kill_percent(struct sim *s, unsigned percent)
{
	unsigned alive = 0, killed = 0;
	for (unsigned i = 0; i < s->count; i++)
		alive += sim_alive(s, i);
	unsigned want = (alive * percent + 50) / 100;
	while (killed < want) {
		unsigned i = (unsigned)gn_rand_below(&s->rand, s->count);
		if (!sim_alive(s, i))
			continue;
		sim_node_kill(s, i, true);
		killed++;
	}
	return killed;
}
