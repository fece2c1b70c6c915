/* Who holds a box: the nodes nearest to the place of its descriptor, as the network says now, and
 * ourselves among them when we are a server. */
#include "services/box/engine_int.h"

/* A point near enough that the nodes nearest to it have those nearest to the key among them, by how
 * dense the ring is; anywhere in a ring that is found whole. */
static void blur(struct gn_box *b, struct gn_hash *key)
{
	struct gn_overlay_info info;
	uint64_t theta = gn_ov_theta(key->b), far = gn_rand_u64(b->env.rand);
	gn_overlay_info(b->cfg.overlay, &info);
	if (info.n_estimate > BOX_SET_BLIND) {
		uint64_t span = (uint64_t)(BOX_BLUR * 0x1p64 / info.n_estimate);
		far = gn_rand_below(b->env.rand, 2 * span + 1) - span;
	}
	gn_rand_fill(b->env.rand, key->b, sizeof key->b);
	gn_put_be64(key->b, theta + far);
}

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
		blur(b, &at);
	unsigned count = b->cfg.blind ? BOX_SET_BLIND : BOX_SET_WIDE;
	GN_TRY(gn_overlay_find(b->cfg.overlay, &at, count, b->now, &s->find));
	gn_err err = gn_frame_find_add(&b->frame, s->find, kind, s);
	if (err != GN_OK)
		s->find = 0;
	return err;
}

/* Nearest first, whatever was asked for. */
static void insert(struct box_set *s, const struct gn_contact *c)
{
	uint64_t key = gn_ov_theta(s->key.b), sep = gn_ov_sep(gn_ov_theta(c->id.b), key);
	uint32_t at = s->count;
	while (at > 0 && gn_ov_sep(gn_ov_theta(s->nodes[at - 1].id.b), key) > sep)
		at--;
	if (at >= BOX_SET_WIDE)
		return;
	s->count += s->count < BOX_SET_WIDE;
	memmove(&s->nodes[at + 1], &s->nodes[at], (s->count - at - 1) * sizeof s->nodes[0]);
	s->nodes[at] = *c;
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
	s->count = 0;
	for (uint32_t i = 0; i < e->contact_count; i++)
		insert(s, &e->contacts[i]);
	add_self(b, s);
	if (s->count)
		s->err = GN_OK;
}

void box_set_drop(struct gn_box *b, struct box_set *s)
{
	gn_frame_find_drop(&b->frame, &s->find);
}
