/* Who lends an item: the member of the set nearest to SHA-256(box || id), so that workers who ask
 * different holders do not get the same. Whoever is nearest next lends when that one is gone: it
 * did not answer for BOX_SILENT, or says that the box is not there.
 *
 *   near:  HERE [it says something of the box] -> ASKED [silent for BOX_SILENT, and a worker asks]
 *          ASKED -> HERE [an answer] | GONE [none in time; lost; NotFound] -> ASKED [BOX_RETRY]
 *
 * Sets differ for a while, and two may lend the same: what counts is decided by who asked for the
 * work, once by its key (BX-35). Rules BX-35, BX-36. */
#include "services/box/engine_int.h"

static struct box_near_key key_of(const struct gn_pk *box, const struct gn_pk *peer)
{
	struct box_near_key key;
	memset(&key, 0, sizeof key);
	key.box = *box;
	key.peer = *peer;
	return key;
}

/* The oldest, of those that are gone last: who is there is asked again at once; but until one
 * counts as gone nobody lends what is its own to lend, and strangers' queues can fill this. */
static void forget_one(struct gn_box *b)
{
	GN_ASSERT(b->nears.count > 0);
	uint32_t which = 0;
	const struct box_near *least = NULL;
	for (uint32_t i = 0; i < b->nears.count; i++) {
		const struct box_near *n = gn_map_value_at(&b->nears, i);
		bool gone = n->state == NEAR_GONE, sooner = !least || n->at < least->at;
		if (least && gone != (least->state == NEAR_GONE))
			sooner = !gone;
		if (!sooner)
			continue;
		least = n;
		which = i;
	}
	struct box_near_key key = *(const struct box_near_key *)gn_map_key_at(&b->nears, which);
	(void)gn_map_remove(&b->nears, &key);
}

static struct box_near *near_need(struct gn_box *b, const struct box_near_key *key)
{
	struct box_near *n = gn_map_get(&b->nears, key);
	if (n)
		return n;
	if (b->nears.count >= BOX_NEARS)
		forget_one(b);
	n = gn_map_put(&b->nears, key);
	if (n)
		*n = (struct box_near){.state = NEAR_HERE, .at = b->now - BOX_SILENT};
	return n;
}

void box_near_heard(struct gn_box *b, const struct gn_pk *box, const struct gn_pk *peer)
{
	struct box_near_key key = key_of(box, peer);
	struct box_near *n = gn_map_get(&b->nears, &key);
	if (n)
		*n = (struct box_near){.state = NEAR_HERE, .at = b->now};
}

void box_near_gone(struct gn_box *b, const struct gn_pk *box, const struct gn_pk *peer)
{
	struct box_near_key key = key_of(box, peer);
	struct box_near *n = gn_map_get(&b->nears, &key);
	if (n && n->state == NEAR_ASKED)
		*n = (struct box_near){.state = NEAR_GONE, .at = b->now};
}

static void probe(struct gn_box *b, const struct box_held *h, const struct gn_contact *to,
		  struct box_near *n)
{
	struct box_ask like = {.kind = ASK_PROBE, .peer = to->pk};
	like.door.box = h->key;
	GN_ASSERT(n->state != NEAR_ASKED);
	/* strangers cause it: the requests of our own owner have the other half */
	uint64_t number = b->asks.count < BOX_ASKS / 2 ? box_ask_new(b, &like, NULL) : 0;
	struct gn_fbb *fbb = number ? box_message_begin(b, 0) : NULL;
	if (!number)
		return;
	*n = (struct box_near){.state = NEAR_ASKED, .at = b->now};
	b->count.probes++;
	b->caused.hashed += BOX_TELL_COST;
	if (!fbb) /* it is lost in time */
		return;
	struct gn_fb_key box = gn_wire_key(&h->key);
	box_message_end(b, to, number, GN_FB_BOX_MESSAGE_BODY_BOX_ASK,
			gn_fb_box_ask_make(fbb, &(struct gn_fb_box_ask_args){.box = &box}));
}

static bool is_gone(struct gn_box *b, const struct box_held *h, const struct gn_contact *to)
{
	struct box_near_key key = key_of(&h->key, &to->pk);
	struct box_near *n = near_need(b, &key);
	if (!n)
		return false;
	if (n->state == NEAR_ASKED && b->now - n->at >= BOX_SILENT)
		*n = (struct box_near){.state = NEAR_GONE, .at = b->now};
	bool gone = n->state == NEAR_GONE;
	if (n->state == NEAR_HERE ? b->now - n->at >= BOX_SILENT
				  : gone && b->now - n->at >= BOX_RETRY) {
		probe(b, h, to, n);
		if (gone && n->state == NEAR_ASKED)
			n->at -= BOX_SILENT; /* it stays gone until it answers */
	}
	return gone;
}

void box_lenders_look(struct gn_box *b, const struct box_held *h, struct box_lenders *out)
{
	struct gn_contact set[GN_BOX_SET];
	out->count = gn_overlay_set(b->cfg.overlay, &h->place[0], GN_BOX_SET, set);
	GN_ASSERT(out->count <= GN_BOX_SET);
	for (uint32_t i = 0; i < out->count; i++) {
		out->theta[i] = gn_ov_theta(set[i].id.b);
		out->self[i] = gn_pk_eq(&set[i].pk, &b->cfg.node_key.pk);
		out->gone[i] = !out->self[i] && is_gone(b, h, &set[i]);
	}
}

uint32_t box_lenders_before(const struct box_lenders *l, const struct box_item *it)
{
	uint64_t own = UINT64_MAX;
	uint32_t before = 0;
	GN_ASSERT(l->count <= GN_BOX_SET);
	for (uint32_t i = 0; i < l->count; i++)
		if (l->self[i])
			own = gn_ov_sep(l->theta[i], it->theta);
	if (own == UINT64_MAX)
		return UINT32_MAX;
	for (uint32_t i = 0; i < l->count; i++)
		before += !l->gone[i] && gn_ov_sep(l->theta[i], it->theta) < own;
	return before;
}
