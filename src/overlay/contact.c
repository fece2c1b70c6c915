/* What becomes of contacts: someone's word (hear) until the node introduces itself (meet); only
 * what carries the proof of work gets in.
 *
 *   1. contacts[] is sorted by id and every entry is in by_pk under its key; one contact per
 *      key.
 *   2. A contact with a link is never removed, nor does it move: link.c drops the link before.
 *   3. An own word is not overwritten by another's.
 *   4. The first address of a proven one is where a session with it was up last (told.c says
 *      what the others are). */
#include "overlay/contact_int.h"
#include "overlay/ring_int.h"

static void take_out(struct gn_overlay *ov, uint32_t i)
{
	GN_ASSERT(i < ov->contact_count);
	memmove(ov->contacts + i, ov->contacts + i + 1,
		(ov->contact_count - i - 1) * sizeof *ov->contacts);
	ov->contact_count--;
}

/* At its place; there is room. */
static void put_in(struct gn_overlay *ov, struct gn_ov_contact *n, const struct gn_contact *c)
{
	GN_ASSERT(ov->contact_count < ov->contact_cap);
	GN_ASSERT(n->link == NULL);
	n->c = *c;
	n->theta = gn_ov_theta(c->id.b);
	uint32_t i = gn_ov_contact_place(ov, &c->id);
	memmove(ov->contacts + i + 1, ov->contacts + i,
		(ov->contact_count - i) * sizeof *ov->contacts);
	ov->contacts[i] = n;
	ov->contact_count++;
}

static void remove_at(struct gn_overlay *ov, uint32_t i)
{
	GN_ASSERT(i < ov->contact_count);
	struct gn_ov_contact *c = ov->contacts[i];
	GN_ASSERT(!c->link);
	take_out(ov, i);
	bool there = gn_map_remove(&ov->by_pk, c->c.pk.b);
	GN_ASSERT(there);
	gn_mem_free(ov->env.alloc, c);
}

static bool missed_less(const struct gn_ov_contact *a, const struct gn_ov_contact *b)
{
	bool pa = gn_ov_proven(a), pb = gn_ov_proven(b);
	return pa != pb ? pb : a->heard < b->heard;
}

/* The contact that is missed least: without a link, unproven, longest unheard. False when all
 * are linked. */
static bool evict_one(struct gn_overlay *ov)
{
	uint32_t worst = UINT32_MAX;
	for (uint32_t i = 0; i < ov->contact_count; i++)
		if (!ov->contacts[i]->link &&
		    (worst == UINT32_MAX || missed_less(ov->contacts[i], ov->contacts[worst])))
			worst = i;
	ov->count.contacts_full++;
	if (worst == UINT32_MAX)
		return false;
	remove_at(ov, worst);
	return true;
}

static bool make_place(struct gn_overlay *ov)
{
	if (ov->contact_count == GN_OV_CONTACTS_MAX && !evict_one(ov))
		return false;
	if (ov->contact_count < ov->contact_cap)
		return true;
	uint32_t cap = ov->contact_cap ? ov->contact_cap * 2 : 32;
	void *grown =
		gn_mem_resize(ov->env.alloc, ov->contacts, cap * sizeof(struct gn_ov_contact *));
	if (!grown)
		return false;
	ov->contacts = grown;
	ov->contact_cap = cap;
	return true;
}

static struct gn_ov_contact *insert_contact(struct gn_overlay *ov, const struct gn_contact *c)
{
	GN_ASSERT(!gn_ov_contact_get(ov, &c->pk));
	if (!make_place(ov))
		goto fail;
	struct gn_ov_contact *n = GN_NEW(ov->env.alloc, struct gn_ov_contact);
	if (!n)
		goto fail;
	struct gn_ov_contact **at = gn_map_put(&ov->by_pk, c->pk.b);
	if (!at) {
		gn_mem_free(ov->env.alloc, n);
		goto fail;
	}
	*at = n;
	gn_ov_coord_init(&n->coord);
	put_in(ov, n, c);
	return n;
fail:
	ov->count.nomem++;
	return NULL;
}

/* Only who is at least as near as the farthest leaf can change the leaf set. */
static void near_changed(struct gn_overlay *ov, const struct gn_ov_contact *c)
{
	GN_ASSERT(c->theta == gn_ov_theta(c->c.id.b));
	if (gn_ov_sep(c->theta, ov->theta) <= ov->leaf_reach)
		ov->leaf_dirty = true;
}

static bool is_self(const struct gn_overlay *ov, const struct gn_contact *c)
{
	return gn_pk_eq(&c->pk, &ov->self.pk);
}

struct gn_ov_contact *gn_ov_contact_hear(struct gn_overlay *ov, const struct gn_contact *c,
					 const struct gn_ov_coord *coord, gn_time age,
					 const struct gn_pk *teller, gn_time now)
{
	GN_ASSERT(c->addr_count <= GN_CONTACT_ADDRS);
	if (is_self(ov, c))
		return NULL;
	struct gn_ov_contact *n = gn_ov_contact_get(ov, &c->pk);
	if (n && memcmp(n->c.id.b, c->id.b, 32) != 0)
		/* one key, one id: the first that was told, or its own word */
		return n->introduced ? NULL : n;
	bool fresh = !n;
	if (!n && (!gn_ov_told_room(ov, teller) || !(n = insert_contact(ov, c))))
		return NULL;
	bool buried = n->tomb_until > now, taken = gn_ov_told_by(ov, n, c, teller, now - age, now);
	if (now - age > n->heard)
		n->heard = now - age;
	/* who never answered us: told.c (OV-36) */
	if (gn_ov_proven(n) && n->tomb_until > now &&
	    now - age - GN_OV_NEWS > n->tomb_until - GN_OV_TOMB) {
		/* it was alive after we buried it */
		n->tomb_until = 0;
		n->fails = 0;
		near_changed(ov, n);
	}
	if (!n->link && (!n->introduced || now - age > n->direct)) {
		/* a linked one speaks for itself */
		if (n->c.mode != c->mode)
			near_changed(ov, n);
		n->c.mode = c->mode;
	}
	if (!n->introduced) {
		n->c.class = c->class;
		n->c.load = c->load;
		if (c->reach || c->can) { /* who does not know says nothing */
			n->c.reach = c->reach;
			n->c.can = c->can;
		}
	}
	if (!n->introduced && taken) {
		const struct gn_addr at = n->c.addrs[0];
		memcpy(n->c.addrs, c->addrs, sizeof n->c.addrs);
		n->c.addr_count = c->addr_count;
		if (gn_ov_proven(n))
			gn_ov_contact_at(n, &at);
	}
	if (coord && coord->err < 1 && !n->link)
		n->coord = *coord;
	if (fresh || (buried && n->tomb_until <= now))
		near_changed(ov, n);
	return n;
}

bool gn_ov_contact_may_move(struct gn_overlay *ov, const struct gn_ov_contact *c, gn_time now)
{
	GN_ASSERT(gn_ov_contact_get(ov, &c->c.pk) == c);
	/* what others told of it was wrong, or its last move is long ago */
	if (!c->introduced || !c->placed || now - c->placed >= GN_OV_MOVE_EVERY)
		return true;
	ov->count.moves_refused++;
	return false;
}

/* A new nonce: it lost its own, or works for several places. It is the same key, so what it made
 * us do is remembered; at the new place it is new. */
static void move_to(struct gn_overlay *ov, struct gn_ov_contact *n, const struct gn_contact *c,
		    gn_time now)
{
	GN_ASSERT(!n->link && n->introduced);
	near_changed(ov, n);
	take_out(ov, gn_ov_contact_place(ov, &n->c.id));
	put_in(ov, n, c);
	near_changed(ov, n);
	n->placed = n->since = now;
}

struct gn_ov_contact *gn_ov_contact_meet(struct gn_overlay *ov, const struct gn_contact *c,
					 gn_time now)
{
	GN_ASSERT(c->addr_count <= GN_CONTACT_ADDRS);
	if (is_self(ov, c))
		return NULL;
	struct gn_ov_contact *n = gn_ov_contact_get(ov, &c->pk);
	bool other = n && memcmp(n->c.id.b, c->id.b, 32) != 0;
	GN_ASSERT(!other || !n->link);
	if (other && n->introduced) {
		move_to(ov, n, c, now);
	} else if (other) { /* what others told of it was wrong */
		bool up = n->up;
		remove_at(ov, gn_ov_contact_place(ov, &n->c.id));
		n = insert_contact(ov, c);
		if (n)
			n->up = up;
	}
	if (!n && !(n = insert_contact(ov, c)))
		return NULL;
	if (n->c.mode != c->mode || !n->introduced)
		near_changed(ov, n);
	n->c = *c;
	n->introduced = true;
	gn_ov_contact_alive(ov, n, now);
	return n;
}

void gn_ov_contact_alive(struct gn_overlay *ov, struct gn_ov_contact *c, gn_time now)
{
	if (c->tomb_until > now)
		near_changed(ov, c);
	if (c->since == 0 || now - c->direct > gn_ov_fresh(ov))
		c->since = now;
	if (c->direct == 0)
		gn_ov_told_right(ov, c);
	c->heard = c->direct = now;
	c->tomb_until = 0;
	c->fails = c->relay_fails = 0;
	c->up = true;
}

void gn_ov_contact_at(struct gn_ov_contact *c, const struct gn_addr *addr)
{
	GN_ASSERT(c->c.addr_count <= GN_CONTACT_ADDRS);
	struct gn_addr *addrs = c->c.addrs;
	const struct gn_addr at = *addr;
	unsigned i = 0;
	if (at.port == 0)
		return;
	while (i < c->c.addr_count && !gn_addr_eq(&addrs[i], &at))
		i++;
	if (i == c->c.addr_count && i < GN_CONTACT_ADDRS)
		c->c.addr_count++;
	else if (i == c->c.addr_count)
		i--;
	memmove(addrs + 1, addrs, i * sizeof *addrs);
	addrs[0] = at;
}

void gn_ov_contact_bury(struct gn_overlay *ov, struct gn_ov_contact *c, gn_time now)
{
	GN_ASSERT(!c->link);
	/* not where we looked: there is another place to look */
	c->tomb_until = c->moved ? 0 : now + GN_OV_TOMB;
	c->up = false;
	near_changed(ov, c);
	ov->count.contacts_dead++;
}

gn_time gn_ov_fresh(const struct gn_overlay *ov)
{
	return GN_OV_FRESH_PINGS * ov->cfg.ping_long;
}

bool gn_ov_contact_usable(const struct gn_overlay *ov, const struct gn_ov_contact *c, gn_time now)
{
	GN_ASSERT(!c->link || c->link->contact == c);
	return c->c.mode == GN_FB_NODE_MODE_SERVER && c->tomb_until <= now &&
	       (c->link || (now - c->heard <= gn_ov_fresh(ov) && gn_ov_dialable(ov, c, now)));
}

uint32_t gn_ov_contact_nearest(const struct gn_overlay *ov, uint64_t theta, bool proven,
			       gn_time now, struct gn_ov_contact **out, uint32_t max)
{
	GN_ASSERT(max > 0);
	uint32_t n = ov->contact_count, found = 0, taken = 0;
	if (n == 0)
		return 0;
	struct gn_node_id at = {{0}};
	gn_put_be64(at.b, theta);
	/* Two fingers walk away from the angle, the nearer one steps; together they pass every
	 * contact once. */
	uint32_t up = gn_ov_contact_place(ov, &at) % n, down = (up + n - 1) % n;
	while (taken < n && found < max) {
		struct gn_ov_contact *a = ov->contacts[up], *b = ov->contacts[down];
		bool take_up = gn_ov_nearer(theta, &a->c.id, &b->c.id) <= 0;
		struct gn_ov_contact *c = take_up ? a : b;
		if (take_up)
			up = (up + 1) % n;
		else
			down = (down + n - 1) % n;
		taken++;
		if (gn_ov_contact_usable(ov, c, now) && (!proven || gn_ov_proven(c)))
			out[found++] = c;
	}
	return found;
}

void gn_ov_contact_rtt(struct gn_overlay *ov, struct gn_ov_contact *c, gn_time rtt)
{
	if (rtt <= 0 || rtt > 60 * GN_SEC)
		return;
	if (c->srtt == 0) {
		c->srtt = rtt;
		c->rttvar = rtt / 2;
	} else { /* RFC 9002 section 5.3 */
		gn_time d = c->srtt > rtt ? c->srtt - rtt : rtt - c->srtt;
		c->rttvar += (d - c->rttvar) / 4;
		c->srtt += (rtt - c->srtt) / 8;
	}
	if (c->coord.err < 1)
		gn_ov_coord_update(&ov->coord, &c->coord, (double)rtt / 1e6);
	else if (ov->coord.err >= 1) { /* two strangers without a place: any far point begins */
		struct gn_ov_coord origin = {0, 0, 1, 1};
		gn_ov_coord_update(&ov->coord, &origin, (double)rtt / 1e6);
	}
}

gn_time gn_ov_rtt_hat(const struct gn_overlay *ov, const struct gn_ov_contact *c,
		      const struct gn_ov_coord *coord)
{
	if (c && c->srtt > 0)
		return c->srtt;
	if (!coord)
		coord = c ? &c->coord : NULL;
	if (!coord || coord->err >= 0.9 || ov->coord.err >= 0.9)
		return GN_OV_RTT_GUESS;
	double ms = gn_ov_coord_ms(&ov->coord, coord);
	return (gn_time)((ms < 1 ? 1 : ms > 1000 ? 1000 : ms) * 1e6);
}

void gn_ov_contact_sweep(struct gn_overlay *ov, gn_time now)
{
	uint32_t stale = 0;
	gn_ov_told_sweep(ov, now);
	for (uint32_t i = 0; i < ov->contact_count; i++)
		stale += !ov->contacts[i]->link && now - ov->contacts[i]->heard > gn_ov_fresh(ov);
	for (uint32_t i = ov->contact_count; i-- > 0 && stale > GN_OV_CACHE_KEEP;) {
		const struct gn_ov_contact *c = ov->contacts[i];
		if (!c->link && now - c->heard > GN_OV_FORGET) {
			remove_at(ov, i);
			stale--;
		}
	}
}

void gn_ov_contacts_free(struct gn_overlay *ov)
{
	GN_ASSERT(ov->by_pk.count == ov->contact_count);
	for (uint32_t i = 0; i < ov->contact_count; i++) {
		gn_mem_free(ov->env.alloc, ov->contacts[i]->link);
		gn_mem_free(ov->env.alloc, ov->contacts[i]);
	}
	gn_mem_free(ov->env.alloc, ov->contacts);
	gn_map_fini(&ov->by_pk);
}
