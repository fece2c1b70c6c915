/* What must be true, found without the engines: sorting all running servers by distance, reading
 * the disks. */
#include "sim.h"

#include <stdlib.h>

/* The smaller way around the circle, without the engine's arithmetic. */
static uint64_t angle(const struct sim *s, unsigned node, uint64_t theta)
{
	uint64_t id = 0;
	for (unsigned i = 0; i < 8; i++)
		id = id * 256 + s->nodes[node].id.b[i];
	uint64_t d = id > theta ? id - theta : theta - id;
	return d > UINT64_C(1) << 63 ? UINT64_MAX - d + 1 : d;
}

unsigned sim_nearest(const struct sim *s, uint64_t theta, unsigned *out, unsigned count)
{
	unsigned n = 0;
	for (unsigned i = 0; i < s->count; i++) {
		if (!sim_alive(s, i) || !s->nodes[i].server)
			continue;
		unsigned at = n;
		uint64_t sep = angle(s, i, theta);
		for (; at > 0; at--) { /* insertion into a short sorted list */
			uint64_t other = angle(s, out[at - 1], theta);
			if (other < sep || (other == sep && memcmp(s->nodes[out[at - 1]].id.b,
								   s->nodes[i].id.b, 32) < 0))
				break;
		}
		if (at == count)
			continue;
		if (n < count)
			n++;
		memmove(out + at + 1, out + at, (n - at - 1) * sizeof *out);
		out[at] = i;
	}
	return n;
}

bool sim_holds(const struct sim *s, unsigned node, const struct gn_hash *key,
	       const struct gn_hash *version)
{
	const struct sim_stored *d = sim_disk_find(&s->nodes[node], key);
	struct gn_record r;
	if (!d || gn_wire_record_parse(gn_slice(d->bytes, d->len), &r) != GN_OK)
		return false;
	return memcmp(r.hash.b, version->b, 32) == 0;
}

void sim_check_sets(const struct sim *s, const struct sim_record *records, unsigned count,
		    struct sim_sets *out)
{
	*out = (struct sim_sets){0};
	for (unsigned i = 0; i < count; i++) {
		unsigned set[64], have = 0, all = 0;
		if (!records[i].acknowledged)
			continue;
		const struct gn_record *r = &records[i].record;
		unsigned n = sim_nearest(s, gn_ov_theta(r->key.b), set, s->opt.r);
		for (unsigned k = 0; k < n; k++)
			have += sim_holds(s, set[k], &r->key, &r->hash);
		for (unsigned k = 0; k < s->count; k++)
			all += sim_alive(s, k) && sim_holds(s, k, &r->key, &r->hash);
		out->records++;
		out->exact += have == n;
		out->lost += all == 0;
		out->slots += n;
		out->filled += have;
		out->extra += all - have;
	}
}

static int by_id(const void *a, const void *b)
{
	return memcmp((*(struct sim_node *const *)a)->id.b, (*(struct sim_node *const *)b)->id.b,
		      32);
}

unsigned sim_check_rings(const struct sim *s)
{
	const struct sim_node **ring = calloc(s->count + 1, sizeof *ring);
	unsigned n = 0, wrong = 0;
	for (unsigned i = 0; i < s->count; i++)
		if (sim_alive(s, i) && s->nodes[i].server)
			ring[n++] = &s->nodes[i];
	qsort(ring, n, sizeof *ring, by_id);
	for (unsigned i = 0; i < n; i++) {
		bool good = true;
		for (unsigned d = 1; d <= s->opt.l && d < n; d++) {
			const struct sim_node *cw = ring[(i + d) % n], *ccw = ring[(i + n - d) % n];
			bool has_cw = false, has_ccw = false;
			struct gn_overlay_peer p;
			for (uint32_t k = 0; gn_overlay_peer_at(ring[i]->ov, k, &p); k++) {
				has_cw = has_cw ||
					 (p.linked && memcmp(p.contact.id.b, cw->id.b, 32) == 0);
				has_ccw = has_ccw ||
					  (p.linked && memcmp(p.contact.id.b, ccw->id.b, 32) == 0);
			}
			good = good && has_cw && has_ccw;
		}
		wrong += !good;
	}
	free(ring);
	return wrong;
}
