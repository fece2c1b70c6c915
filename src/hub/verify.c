/* Ed25519 on worker threads, a batch of requests per job: a verification is 100 us, which the
 * loop cannot spare. A worker reads signer, bytes and sig of its requests and writes their
 * verdict; they are pinned by refs meanwhile. */
#include "hub/hub_int.h"

#include <stdlib.h>

struct batch {
	uv_work_t work;
	struct gn_hub *hub;
	struct gn_hub_request *items[HUB_VERIFY_BATCH];
	unsigned count;
};

void gn_hub_verify_later(struct gn_hub_request *r, void (*verified)(struct gn_hub_request *))
{
	struct gn_hub *hub = r->hub;
	r->verified = verified;
	r->verify_next = NULL;
	gn_host_hold(&r->base);
	*hub->verify_last = r;
	hub->verify_last = &r->verify_next;
}

static void verify_work(uv_work_t *w)
{
	struct batch *b = GN_CONTAINER(w, struct batch, work);
	for (unsigned i = 0; i < b->count; i++) {
		struct gn_hub_request *r = b->items[i];
		r->verdict = gn_op_verify(&r->signer, gn_slice(r->bytes, r->bytes_len), &r->sig);
	}
}

static void verify_done(uv_work_t *w, int status)
{
	struct batch *b = GN_CONTAINER(w, struct batch, work);
	struct gn_hub *hub = b->hub;
	hub->verify_running--;
	for (unsigned i = 0; i < b->count; i++) {
		struct gn_hub_request *r = b->items[i];
		if (status)
			r->verdict = GN_BUSY;
		hub->count.verified++;
		hub->count.bad_signatures += r->verdict == GN_SIGNATURE;
		r->verified(r);
		gn_host_release(&r->base);
	}
	free(b);
}

void gn_hub_verify_pump(struct gn_hub *hub)
{
	while (hub->verify_first && hub->verify_running < HUB_VERIFY_RUNNING) {
		struct batch *b = calloc(1, sizeof *b);
		if (!b)
			return; /* tried again at the next turn */
		b->hub = hub;
		while (hub->verify_first && b->count < HUB_VERIFY_BATCH) {
			b->items[b->count++] = hub->verify_first;
			hub->verify_first = hub->verify_first->verify_next;
		}
		if (!hub->verify_first)
			hub->verify_last = &hub->verify_first;
		hub->verify_running++;
		if (uv_queue_work(&hub->host.loop, &b->work, verify_work, verify_done))
			verify_done(&b->work, -1);
	}
}
