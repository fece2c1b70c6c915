/* How far another's word carries (OV-36). A contact is somebody's word until the node itself has
 * answered. Whoever tells us of nodes has credit: each address that is dialled on its word costs
 * one of it, which is given back, with one on top, when the node answers. So a liar with a
 * hundred invented nodes has us dial a dozen of them once, and is not listened to after that. An
 * address is dialled for one key on one teller's word, and for three keys that are hearsay in
 * all: who names an honest node's address with an invented key does not keep others from telling
 * us of that node.
 *
 * A node's own word about itself is no better: where a session with it has been up last it is;
 * the other addresses it names, or others do, get a knock each, once in ten minutes, and count
 * for those addresses like any hearsay.
 *
 * Nobody earns by their own nodes: what answers from the teller's prefix gives back what its
 * dial cost, and no more.
 *
 *   heard           -> DIALLED  [dial]
 *   DIALLED         -> proven   [its first own word]
 *   DIALLED         -> buried   [no answer]
 *   buried          -> heard    [another than who told us, with credit, has heard it since: it
 *                                pays for its own dial]
 *   DIALLED, buried -> heard    [told, with credit, at an address where it was not dialled: it
 *                                has moved] */
#include "overlay/contact_int.h"

static const struct gn_pk nobody;

bool gn_ov_hearsay(const struct gn_ov_contact *c)
{
	return !gn_ov_proven(c) && !gn_pk_eq(&c->teller, &nobody);
}

static struct gn_ov_contact *teller_of(const struct gn_overlay *ov, const struct gn_pk *teller)
{
	return teller && !gn_pk_eq(teller, &nobody) ? gn_ov_contact_get(ov, teller) : NULL;
}

/* One person with two keys would vouch for himself. */
static bool elsewhere_than(const struct gn_overlay *ov, const struct gn_ov_contact *a,
			   const struct gn_ov_contact *b)
{
	const struct gn_addr *x = &a->c.addrs[0], *y = &b->c.addrs[0];
	return gn_share_exempt(x, ov->cfg.count_local) || gn_addr_prefix(x) != gn_addr_prefix(y);
}

static unsigned credit_of(const struct gn_ov_contact *teller)
{
	unsigned all = GN_OV_TOLD_DIALS + teller->good;
	return all > teller->debt ? all - teller->debt : 0;
}

bool gn_ov_dialable(const struct gn_overlay *ov, const struct gn_ov_contact *c, gn_time now)
{
	if (gn_ov_proven(c))
		return true;
	if (c->dialled && !c->moved && now - c->dialled < GN_OV_TOMB)
		return now - c->dialled < GN_OV_DIAL_TIME;
	const struct gn_ov_contact *t = teller_of(ov, &c->teller);
	return !t || credit_of(t) > 0;
}

/* What is remembered of this address and key, be it over or not; NULL. */
static struct gn_ov_dial *dial_of(struct gn_overlay *ov, const struct gn_addr *addr,
				  const struct gn_pk *pk)
{
	for (unsigned i = 0; i < GN_OV_DIALS_MAX; i++)
		if (gn_addr_eq(&ov->dials[i].addr, addr) && gn_pk_eq(&ov->dials[i].pk, pk))
			return &ov->dials[i];
	return NULL;
}

/* Was it dialled for another key on this teller's word, or for as many others as may be? */
static bool address_used_up(const struct gn_overlay *ov, const struct gn_addr *addr,
			    const struct gn_pk *pk, const struct gn_pk *teller, gn_time now)
{
	unsigned others = 0;
	for (unsigned i = 0; i < GN_OV_DIALS_MAX; i++) {
		const struct gn_ov_dial *d = &ov->dials[i];
		if (d->until <= now || !gn_addr_eq(&d->addr, addr) || gn_pk_eq(&d->pk, pk))
			continue;
		if (++others == GN_OV_DIAL_KEYS || gn_pk_eq(&d->teller, teller))
			return true;
	}
	return false;
}

static bool one_used_up(const struct gn_overlay *ov, const struct gn_ov_contact *c, gn_time now)
{
	GN_ASSERT(c->c.addr_count <= GN_CONTACT_ADDRS);
	for (unsigned k = 0; k < c->c.addr_count; k++)
		if (address_used_up(ov, &c->c.addrs[k], &c->c.pk, &c->teller, now))
			return true;
	return false;
}

/* One entry for each address and key. */
static void remember_dial(struct gn_overlay *ov, const struct gn_addr *addr, const struct gn_pk *pk,
			  const struct gn_pk *teller, gn_time now)
{
	struct gn_ov_dial *at = dial_of(ov, addr, pk);
	if (!at)
		at = &ov->dials[ov->dial_next++ % GN_OV_DIALS_MAX];
	*at = (struct gn_ov_dial){*addr, *pk, *teller, now + GN_OV_TOMB};
}

bool gn_ov_dial(struct gn_overlay *ov, struct gn_ov_contact *c, gn_time now)
{
	GN_ASSERT(c->c.addr_count <= GN_CONTACT_ADDRS);
	if (gn_ov_proven(c) || (c->dialled && !c->moved && now - c->dialled < GN_OV_DIAL_TIME))
		return true;
	if (!gn_ov_dialable(ov, c, now) || one_used_up(ov, c, now)) {
		ov->count.told_refused++;
		return false;
	}
	struct gn_ov_contact *t = teller_of(ov, &c->teller);
	c->price = c->c.addr_count ? c->c.addr_count : 1; /* a relay is asked */
	if (t)
		t->debt =
			(uint8_t)(t->debt + c->price < UINT8_MAX ? t->debt + c->price : UINT8_MAX);
	c->dialled = now;
	c->moved = false;
	ov->count.told_dials++;
	for (unsigned k = 0; k < c->c.addr_count; k++)
		remember_dial(ov, &c->c.addrs[k], &c->c.pk, &c->teller, now);
	return true;
}

enum gn_overlay_dial gn_overlay_may_dial(struct gn_overlay *ov, const struct gn_pk *pk,
					 const struct gn_addr *addr, gn_time now)
{
	struct gn_ov_contact *c = gn_ov_contact_get(ov, pk);
	if (gn_ov_bootstrap_at(ov, pk, addr))
		return GN_OVERLAY_CONNECT;
	if (!c || gn_ov_hearsay(c)) /* its teller has paid */
		return GN_OVERLAY_KNOCK;
	if (c->c.addr_count && gn_addr_eq(&c->c.addrs[0], addr))
		return GN_OVERLAY_CONNECT;
	if (now - c->knocked >= GN_OV_TOMB) {
		c->knocked = now;
		c->knocks = 0;
	}
	if (c->knocks == GN_CONTACT_ADDRS - 1 || address_used_up(ov, addr, pk, pk, now)) {
		ov->count.told_refused++;
		return GN_OVERLAY_NO_DIAL;
	}
	c->knocks++;
	remember_dial(ov, addr, pk, pk, now);
	return GN_OVERLAY_KNOCK;
}

void gn_ov_told_right(struct gn_overlay *ov, struct gn_ov_contact *c)
{
	struct gn_ov_contact *t = teller_of(ov, &c->teller);
	if (!t || !c->dialled)
		return;
	t->debt -= t->debt < c->price ? t->debt : c->price;
	if (t->good < GN_OV_TOLD_GOOD && elsewhere_than(ov, c, t))
		t->good++;
}

bool gn_ov_told_room(struct gn_overlay *ov, const struct gn_pk *teller)
{
	struct gn_ov_contact *t = teller_of(ov, teller);
	if (!t || t->told < GN_OV_TOLD_MAX)
		return true;
	ov->count.told_full++;
	return false;
}

/* Does it name an address where c was not dialled yet? */
static bool is_elsewhere(struct gn_overlay *ov, const struct gn_contact *told, gn_time now)
{
	GN_ASSERT(told->addr_count <= GN_CONTACT_ADDRS);
	for (unsigned k = 0; k < told->addr_count; k++) {
		const struct gn_ov_dial *d = dial_of(ov, &told->addrs[k], &told->pk);
		if (!d || d->until <= now)
			return true;
	}
	return false;
}

bool gn_ov_told_by(struct gn_overlay *ov, struct gn_ov_contact *c, const struct gn_contact *told,
		   const struct gn_pk *teller, gn_time heard, gn_time now)
{
	GN_ASSERT(told->addr_count <= GN_CONTACT_ADDRS);
	if (gn_ov_proven(c))
		return true;
	struct gn_ov_contact *have = teller_of(ov, &c->teller), *t = teller_of(ov, teller);
	bool buried =
		/* or given up unheard */
		c->tomb_until > now || (c->dialled && now - c->dialled >= GN_OV_DIAL_TIME);
	gn_time since = c->tomb_until > now ? c->tomb_until - GN_OV_TOMB : c->dialled;
	bool moved = c->dialled && is_elsewhere(ov, told, now);
	if (moved || buried) { /* one more dial, which is the teller's to answer for */
		if (!t || !gn_ov_proven(t) || credit_of(t) == 0)
			return !moved;
		if (!moved && ((c->dialled && t == have) || heard - GN_OV_NEWS <= since))
			return true;
	} else if (c->dialled || !t || t == have) {
		/* one that is being dialled stays on the account of whose word it was */
		return !c->moved;
	} else if (have && credit_of(t) <= credit_of(have)) {
		return false; /* and nobody says where, for another to pay */
	}
	if (t != have) {
		if (have && have->told)
			have->told--;
		c->teller = *teller;
		if (t->told < UINT16_MAX)
			t->told++;
	}
	c->moved = moved && !buried;
	if (buried) {
		c->dialled = c->tomb_until = 0;
		c->fails = 0;
	}
	return true;
}

void gn_ov_told_sweep(struct gn_overlay *ov, gn_time now)
{
	bool forgive = now - ov->forgive_at >= GN_OV_FORGIVE;
	if (forgive)
		ov->forgive_at = now;
	for (uint32_t i = 0; i < ov->contact_count; i++) {
		struct gn_ov_contact *c = ov->contacts[i];
		c->told = 0;
		if (forgive) {
			c->debt /= 2;
			c->good /= 2;
		}
	}
	for (uint32_t i = 0; i < ov->contact_count; i++) {
		struct gn_ov_contact *c = ov->contacts[i],
				     *t = gn_ov_proven(c) ? NULL : teller_of(ov, &c->teller);
		if (t)
			t->told++;
	}
}
