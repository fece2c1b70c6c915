/* The engine of boxes beside each overlay, wired as a node wires it: a log of its own on a disk of
 * its own, sessions with exporters. The fabric's sessions end as a node's do, and what was shown in
 * them with them. Memory that nobody writes to is not there: a disk begins with its first file. */
#include "sim.h"

#include <stdlib.h>

#define ROOM (UINT64_C(1) << 30) /* of others' items, as a node's default is */

static const unsigned *index_of(const struct sim *s, const struct gn_pk *pk)
{
	return gn_map_get(&s->by_pk, pk->b);
}

/* One session between two nodes, whoever dialled. */
static bool exporter(void *user, const struct gn_pk *peer, bool ours, uint8_t out[32])
{
	const struct sim_boxed *x = user;
	const unsigned *to = index_of(x->s, peer);
	unsigned number = 0;
	uint8_t text[12];
	struct gn_hash h;
	(void)ours;
	if (!to || (*to != x->node && !sim_session_of(x->s, x->node, *to, &number)))
		return false;
	gn_put_be32(text, *to < x->node ? *to : x->node);
	gn_put_be32(text + 4, *to < x->node ? x->node : *to);
	gn_put_be32(text + 8, number);
	gn_sha256_tagged("a session of the simulator", GN_SLICE(text), &h);
	memcpy(out, h.b, 32);
	return true;
}

void sim_boxed_init(struct sim *s)
{
	unsigned most = s->opt.nodes + SIM_NODES_SPARE;
	GN_ASSERT(s->count == 0);
	s->boxed = calloc(most, sizeof *s->boxed);
	GN_ASSERT(s->boxed);
	for (unsigned i = 0; i < most; i++) {
		s->boxed[i].s = s;
		s->boxed[i].node = i;
		disk_sim_init(&s->boxed[i].disk, s->opt.seed ^ i);
	}
}

void sim_boxed_free(struct sim *s)
{
	for (unsigned i = 0; s->boxed && i < s->opt.nodes + SIM_NODES_SPARE; i++)
		disk_sim_fini(&s->boxed[i].disk);
	free(s->boxed);
	s->boxed = NULL;
}

void sim_boxed_start(struct sim *s, unsigned i)
{
	struct sim_node *n = &s->nodes[i];
	if (!s->boxed)
		return;
	struct sim_boxed *x = n->boxed = &s->boxed[i];
	struct gn_kv_config kc = {
		.dir = "boxes", .value_max = gn_box_value_max(), .bytes_max = 2 * ROOM};
	struct gn_box_config bc = {.overlay = n->ov,
				   .node_key = n->sk,
				   .bytes_max = ROOM,
				   .exporter = exporter,
				   .user = x};
	gn_err err = gn_kv_new(&n->env, &kc, &x->kv);
	GN_ASSERT(err == GN_OK);
	bc.kv = x->kv;
	err = gn_box_new(&n->env, &bc, s->now, &x->box);
	GN_ASSERT(err == GN_OK);
	gn_kv_start(x->kv, s->now);
}

void sim_boxed_stop(struct sim *s, unsigned i, bool lose_disk)
{
	struct sim_boxed *x = s->nodes[i].boxed;
	if (!x)
		return;
	gn_box_free(x->box);
	gn_kv_free(x->kv);
	x->box = NULL;
	x->kv = NULL;
	s->nodes[i].boxed = NULL;
	if (lose_disk) {
		disk_sim_fini(&x->disk);
		disk_sim_init(&x->disk, s->opt.seed ^ i);
	} else {
		disk_sim_crash(&x->disk);
		disk_sim_restart(&x->disk);
	}
}

static void ask_disk(struct sim *s, unsigned i, const struct gn_disk_request *q)
{
	bool slow = q->op == GN_DISK_SYNC || q->op == GN_DISK_RENAME || q->op == GN_DISK_REMOVE;
	gn_time takes = s->opt.flat ? GN_MSEC
				    : (gn_time)(gn_rand_unit(&s->rand) * (slow ? 8e6 : 1e6)) +
					      200 * GN_USEC;
	struct sim_event *e = sim_event_in(s, SIM_DISK, i, takes);
	e->bytes = gn_mem_new(&s->alloc, sizeof *q);
	GN_ASSERT(e->bytes);
	memcpy(e->bytes, q, sizeof *q); /* its data is the engine's, which lives as long */
}

void sim_boxed_disk(struct sim *s, unsigned i, const struct sim_event *e)
{
	struct sim_boxed *x = s->nodes[i].boxed;
	struct gn_disk_request q;
	struct gn_slice data = {0};
	memcpy(&q, e->bytes, sizeof q);
	gn_err err = disk_sim_perform(&x->disk, &q, &data);
	gn_kv_done(x->kv, q.token, err, data, s->now);
}

bool sim_boxed_pump(struct sim *s, unsigned i)
{
	struct sim_boxed *x = s->nodes[i].boxed;
	struct gn_overlay_message m;
	struct gn_disk_request q;
	struct gn_kv_event ke;
	struct gn_box_event be;
	bool any = false;
	for (; gn_kv_next_request(x->kv, &q); any = true)
		ask_disk(s, i, &q);
	for (; gn_kv_next_event(x->kv, &ke); any = true)
		gn_box_kv_event(x->box, &ke, s->now);
	for (; gn_box_next_message(x->box, &m); any = true) {
		x->bytes_out += m.bytes.len;
		if (s->on_box_sent)
			s->on_box_sent(s, i, m.bytes, &m.to.pk, s->sent_user);
		sim_message(s, i, &m);
	}
	for (; gn_box_next_event(x->box, &be); any = true)
		if (s->on_box)
			s->on_box(s, i, &be, s->box_user);
	if (s->opt.validate)
		gn_box_validate(x->box);
	return any;
}

gn_time sim_boxed_deadline(const struct sim *s, unsigned i)
{
	const struct sim_boxed *x = s->nodes[i].boxed;
	return x ? gn_time_min(gn_kv_deadline(x->kv), gn_box_deadline(x->box)) : GN_NEVER;
}

void sim_boxed_tick(struct sim *s, unsigned i)
{
	struct sim_boxed *x = s->nodes[i].boxed;
	if (!x)
		return;
	gn_kv_tick(x->kv, s->now);
	gn_box_tick(x->box, s->now);
}

bool sim_boxed_recv(struct sim *s, unsigned i, unsigned from, struct gn_slice bytes)
{
	struct sim_boxed *x = s->nodes[i].boxed;
	const struct sim_node *f = &s->nodes[from];
	if (bytes.len < 8 || memcmp(bytes.p + 4, "GNBX", 4) != 0)
		return false;
	if (x)
		(void)gn_box_recv(x->box, &f->sk.pk, &f->addr, bytes, s->now);
	return true;
}

uint64_t sim_boxed_counter(const struct sim *s, const char *name)
{
	uint64_t sum = 0;
	for (unsigned i = 0; i < s->count; i++) {
		struct gn_counter c;
		for (size_t k = 0;
		     s->nodes[i].boxed && gn_box_counter_at(s->nodes[i].boxed->box, k, &c); k++)
			sum += strcmp(c.name, name) == 0 ? c.value : 0;
	}
	return sum;
}
