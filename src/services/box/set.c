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
	GN_TRY(gn_overlay_find(b->cfg.overlay, &s->key, BOX_SET_WIDE, b->now, &s->find));
	gn_err err = gn_frame_find_add(&b->frame, s->find, kind, s);
	if (err != GN_OK)
		s->find = 0;
	return err;
}

/* Where we belong among them, when the answer left us out. */
static void add_self(struct gn_box *b, struct box_set *s)
{
	GN_ASSERT(s->count <= BOX_SET_WIDE);
	struct gn_overlay_info info;
	uint64_t key = gn_ov_theta(s->key.b);
	uint32_t at = 0;
	gn_overlay_info(b->cfg.overlay, &info);
	uint64_t own = gn_ov_sep(gn_ov_theta(info.self.id.b), key);
	for (uint32_t i = 0; i < s->count; i++) {
		if (gn_pk_eq(&s->nodes[i].pk, &info.self.pk))
			return;
		at += gn_ov_sep(gn_ov_theta(s->nodes[i].id.b), key) < own;
	}
	if (!info.server || at >= BOX_SET_WIDE)
		return;
	s->count += s->count < BOX_SET_WIDE;
	memmove(&s->nodes[at + 1], &s->nodes[at], (s->count - at - 1) * sizeof s->nodes[0]);
	s->nodes[at] = info.self;
}

void box_set_found(struct gn_box *b, struct box_set *s, const struct gn_overlay_event *e)
{
	GN_ASSERT(s->find == e->op);
	s->find = 0;
	s->known = true;
	s->err = e->err;
	s->count = e->contact_count < BOX_SET_WIDE ? e->contact_count : BOX_SET_WIDE;
	if (s->count)
		memcpy(s->nodes, e->contacts, s->count * sizeof s->nodes[0]);
	add_self(b, s);
	if (s->count)
		s->err = GN_OK;
}

void box_set_drop(struct gn_box *b, struct box_set *s)
{
	gn_frame_find_drop(&b->frame, &s->find);
}
