/* Who holds a box: the nodes nearest to the place of its descriptor, as the network says now, and
 * ourselves among them when we are a server. */
#include "services/box/engine_int.h"

gn_err box_set_find(struct gn_box *b, struct box_set *s, unsigned kind, void *owner,
		    const struct gn_pk *box, uint8_t salt)
{
	GN_ASSERT(salt < 2);
	if (s->find)
		return GN_OK;
	s->owner = owner;
	s->kind = kind;
	gn_boxrec_key(box, salt, &s->key);
	struct gn_hash at = s->key;
	if (b->cfg.blind)
		gn_frame_blur(b->cfg.overlay, b->env.rand, &s->key, &at);
	unsigned count = b->cfg.blind ? GN_FRAME_BLIND : BOX_SET_WIDE;
	GN_TRY(gn_overlay_find(b->cfg.overlay, &at, count, b->now, &s->find));
	gn_err err = gn_frame_find_add(&b->frame, s->find, kind, s);
	if (err != GN_OK)
		s->find = 0;
	return err;
}

void box_set_found(struct gn_box *b, struct box_set *s, const struct gn_overlay_event *e)
{
	GN_ASSERT(s->find == e->op);
	s->find = 0;
	s->known = true;
	s->err = e->err;
	s->count = gn_frame_nearest(b->cfg.overlay, &s->key, e, BOX_SET_WIDE, s->nodes);
	if (s->count)
		s->err = GN_OK;
}

void box_set_drop(struct gn_box *b, struct box_set *s)
{
	gn_frame_find_drop(&b->frame, &s->find);
}
