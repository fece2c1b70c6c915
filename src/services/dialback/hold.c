/* For others: packets 5 are answered, and once more when the time is over that was asked for
 * (RE-22).
 *
 *   free -> OPEN [HOLD] -> OPEN [a packet 5: packet 6, and the time begins anew] -> packets 7, free
 *                       -> free [no packet 5 in DIALBACK_HOLD_OPEN]
 *
 * 1. What goes out goes to the IP of the asker's session, to the port that the packet came from.
 * 2. A key has one place; a new request takes it over. */
#include "guard/share.h"
#include "services/dialback/engine_int.h"

static bool is_free(const struct dialback_hold *h)
{
	return gn_pk_is_zero(&h->key);
}

/* That of the key, else a free one, where its prefix has not as many as it may; NULL: none. */
static struct dialback_hold *place_for(struct gn_dialback *d, const struct dialback_from *from)
{
	struct dialback_hold *found = NULL;
	const struct gn_addr *addr = &from->who.addrs[0];
	unsigned net = 0;
	for (unsigned i = 0; i < DIALBACK_HOLDS; i++) {
		struct dialback_hold *h = &d->holds[i];
		if (gn_pk_eq(&h->key, &from->who.pk))
			return h;
		net += !is_free(h) && gn_addr_prefix(&h->addr) == gn_addr_prefix(addr);
		if (!found && is_free(h))
			found = h;
	}
	bool crowded = net >= DIALBACK_HOLDS_NET && !gn_share_exempt(addr, d->cfg.count_local);
	return crowded ? NULL : found;
}

static void refuse(struct gn_dialback *d, const struct dialback_from *from, uint64_t *counter,
		   gn_err err, gn_time again)
{
	GN_ASSERT(err != GN_OK);
	++*counter;
	dialback_send_refused(d, from, err, again);
}

void dialback_on_hold(struct gn_dialback *d, const struct dialback_from *from,
		      struct gn_fb_dial_hold m)
{
	GN_ASSERT(!gn_pk_is_zero(&from->who.pk) && from->who.addr_count <= 1);
	uint64_t key = dialback_key(&from->who.pk);
	gn_time after = gn_fb_dial_hold_after_ms(m) * GN_MSEC;
	bool enough = from->bytes >= (size_t)DIALBACK_WIRE * DIALBACK_TIMES;
	if (d->cfg.off || !from->who.addr_count || !enough || after > DIALBACK_LIFE_MOST) {
		refuse(d, from, &d->n.hold_refused, GN_DENIED, 0);
		return;
	}
	gn_time again = dialback_gate_at(&d->h_key, key, d->now);
	struct dialback_hold *h = place_for(d, from);
	if (again > d->now) {
		refuse(d, from, &d->n.hold_often, GN_QUOTA, again - d->now);
		return;
	}
	if (!h || !dialback_gate_take(&d->h_key, key, d->now)) {
		refuse(d, from, &d->n.hold_full, GN_BUSY, DIALBACK_HOLD_OPEN);
		return;
	}
	d->holds_taken += is_free(h);
	*h = (struct dialback_hold){.key = from->who.pk,
				    .addr = from->who.addrs[0],
				    .nonce = gn_fb_dial_hold_nonce(m),
				    .after = after,
				    .at = d->now + DIALBACK_HOLD_OPEN};
	d->n.held++;
	dialback_send_held(d, from);
}

void dialback_hold_packet(struct gn_dialback *d, const struct gn_addr *from, uint64_t nonce)
{
	for (unsigned i = 0; i < DIALBACK_HOLDS; i++) {
		struct dialback_hold *h = &d->holds[i];
		if (is_free(h) || h->nonce != nonce || !dialback_same_ip(&h->addr, from) ||
		    h->packets == DIALBACK_HOLD_PACKETS)
			continue;
		struct dialback_job job = {
			.to = *from, .ports = {.count = 1}, .nonce = nonce, .kind = 6, .times = 1};
		GN_ASSERT(h->after <= DIALBACK_LIFE_MOST);
		h->packets++;
		h->to = *from;
		h->at = d->now + h->after;
		(void)dialback_job_add(d, &job);
		return;
	}
	d->n.packet_unknown++;
}

void dialback_hold_tick(struct gn_dialback *d)
{
	for (unsigned i = 0; i < DIALBACK_HOLDS && d->holds_taken; i++) {
		struct dialback_hold *h = &d->holds[i];
		if (is_free(h) || d->now < h->at)
			continue;
		struct dialback_job job = {
			.to = h->to, .ports = {.count = 1}, .nonce = h->nonce, .kind = 7};
		GN_ASSERT(h->packets <= DIALBACK_HOLD_PACKETS);
		if (h->packets)
			(void)dialback_job_add(d, &job);
		*h = (struct dialback_hold){.nonce = 0};
		d->holds_taken--;
	}
}

gn_time dialback_hold_deadline(const struct gn_dialback *d)
{
	gn_time at = GN_NEVER;
	for (unsigned i = 0; i < DIALBACK_HOLDS && d->holds_taken; i++)
		if (!is_free(&d->holds[i]))
			at = gn_time_min(at, d->holds[i].at);
	return at;
}
