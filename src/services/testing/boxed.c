/* Boxes on the nodes of the world: the engine, its record log on the node's disk, sessions with
 * exporters of their own. A session lasts until one side notices that the other is gone. */
#include "services/testing/world_int.h"

#include <stdlib.h>

static unsigned svc_index_of(const struct svc *s, const struct gn_pk *pk)
{
	struct gn_contact c = {.pk = *pk};
	return svc_index(s, &c);
}

struct svc_boxed { /* who asks for an exporter */
	struct svc *s;
	unsigned node;
};
static struct svc_boxed users[SVC_NODES];

static bool svc_exporter(void *user, const struct gn_pk *peer, bool ours, uint8_t out[32])
{
	(void)ours; /* one session between two nodes */
	const struct svc_boxed *u = user;
	return svc_session(u->s, u->node, svc_index_of(u->s, peer), out);
}

void svc_boxed_start(struct svc *s, unsigned i)
{
	struct svc_node *n = &s->nodes[i];
	if (!s->opt.box_bytes)
		return;
	for (unsigned k = 0; k < s->count; k++)
		n->session[k] = s->nodes[k].session[i] = false;
	users[i] = (struct svc_boxed){s, i};
	struct gn_kv_config kc = {
		.dir = "boxes", .value_max = gn_box_value_max(), .bytes_max = s->opt.box_bytes * 2};
	struct gn_box_config bc = {.overlay = n->ov,
				   .node_key = n->sk,
				   .bytes_max = s->opt.box_bytes,
				   .exporter = svc_exporter,
				   .user = &users[i],
				   .lists = n->lists,
				   .quota = n->quota};
	gn_err err = gn_kv_new(&n->env, &kc, &n->kv);
	GN_ASSERT(err == GN_OK);
	bc.kv = n->kv;
	err = gn_box_new(&n->env, &bc, s->now, &n->box);
	GN_ASSERT(err == GN_OK);
	n->box_ready = false;
	gn_kv_start(n->kv, s->now);
}

void svc_boxed_stop(struct svc *s, unsigned i)
{
	struct svc_node *n = &s->nodes[i];
	gn_box_free(n->box);
	gn_kv_free(n->kv);
	n->box = NULL;
	n->kv = NULL;
}

bool svc_boxed_pump(struct svc *s, unsigned i)
{
	struct svc_node *n = &s->nodes[i];
	struct gn_overlay_message m;
	struct gn_kv_event ke;
	struct gn_box_event be;
	struct gn_disk_request r;
	struct gn_slice data;
	bool any = false;
	if (!n->box)
		return false;
	for (; gn_kv_next_request(n->kv, &r); any = true) {
		struct svc_event *e = svc_add(s, SVC_BOX_DISK, i, s->now + GN_MSEC / 2);
		e->token = r.token;
		e->err = disk_sim_perform(&n->disk, &r, &data);
		if (e->err == GN_OK) {
			e->p = svc_copy(data);
			e->len = data.len;
		}
	}
	for (; gn_kv_next_event(n->kv, &ke); any = true) {
		n->box_ready = n->box_ready || ke.kind == GN_KV_READY;
		gn_box_kv_event(n->box, &ke, s->now);
	}
	for (; gn_box_next_message(n->box, &m); any = true)
		svc_send(s, i, &m);
	for (; gn_box_next_event(n->box, &be); any = true)
		if (s->box_event)
			s->box_event(s->box_user, i, &be);
	return any;
}

gn_time svc_boxed_deadline(const struct svc *s, unsigned i)
{
	const struct svc_node *n = &s->nodes[i];
	return n->box ? gn_time_min(gn_kv_deadline(n->kv), gn_box_deadline(n->box)) : GN_NEVER;
}
