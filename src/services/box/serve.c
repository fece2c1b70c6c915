/* What depositors and readers ask: what has become of an item, what there is, the items, to be told
 * of new ones, and that an item was taken. Reading needs a reader's key shown in this session,
 * taking its ack key; who deposited may ask about its own. Rules BX-10, BX-16..BX-19, BX-46. */
#include "services/box/engine_int.h"

static void refuse(struct gn_box *b, const struct box_from *from, const struct box_held *h,
		   gn_err err, const char *limit)
{
	GN_ASSERT(err != GN_OK);
	struct box_refusal why = {.err = err, .limit = limit};
	b->count.refused_denied += err == GN_DENIED;
	box_send_done(b, &from->who, from->request, &why, &h->key);
}

/* Ids of a request, within BOX_IDS. */
static bool ids_ok(struct gn_box *b, const struct box_from *from, const struct box_held *h,
		   struct gn_slice ids)
{
	if (ids.len / sizeof(struct gn_box_id) <= BOX_IDS)
		return true;
	refuse(b, from, h, GN_TOO_LARGE, BOX_LIMIT(BOX_IDS));
	return false;
}

static uint8_t state_of(struct gn_box *b, const struct box_item *it, bool known)
{
	if (!it || it->state == BOX_STORING)
		return GN_FB_BOX_STATE_UNKNOWN;
	if (it->state == BOX_WENT)
		return known && it->acked & BOX_TOLD ? GN_FB_BOX_STATE_TAKEN
						     : GN_FB_BOX_STATE_UNKNOWN;
	if (box_item_over(it, box_unix(b)))
		return known ? GN_FB_BOX_STATE_EXPIRED : GN_FB_BOX_STATE_UNKNOWN;
	return known && it->acked & BOX_TOLD ? GN_FB_BOX_STATE_TAKEN : GN_FB_BOX_STATE_HELD;
}

void box_on_ask(struct gn_box *b, const struct box_from *from, struct box_held *h,
		struct gn_fb_box_ask m)
{
	GN_ASSERT(h->rules);
	uint8_t states[BOX_IDS];
	struct gn_slice ids = gn_fb_box_ask_ids_bytes(m);
	uint16_t shown = gn_fb_box_ask_shown(m);
	if (!ids_ok(b, from, h, ids))
		return;
	const struct box_show *read = box_shown(b, &from->who.pk, shown, h, GN_BOXREC_READER);
	const struct box_show *by = box_shown(b, &from->who.pk, shown, h, GN_BOXREC_DEPOSITOR);
	size_t count = ids.len / sizeof(struct gn_box_id);
	for (size_t i = 0; i < count; i++) {
		struct gn_box_id id = box_id_at(ids, i);
		const struct box_item *it = box_item_get(b, &h->key, &id);
		bool own = it && by && gn_pk_eq(&it->by, &by->key);
		states[i] = state_of(b, it, (read && !read->token) || own);
	}
	struct gn_fbb *fbb = box_message_begin(b, 0);
	if (!fbb)
		return;
	box_message_end(b, &from->who, from->request, GN_FB_BOX_MESSAGE_BODY_BOX_STATES,
			gn_fb_box_states_make(fbb, &(struct gn_fb_box_states_args){
							   .states = gn_slice(states, count)}));
}

void box_on_list(struct gn_box *b, const struct box_from *from, struct box_held *h,
		 struct gn_fb_box_list m)
{
	GN_ASSERT(h->rules);
	static const uint32_t entry = sizeof(struct gn_fb_box_entry);
	const struct box_show *s =
		box_shown(b, &from->who.pk, gn_fb_box_list_shown(m), h, GN_BOXREC_READER);
	uint32_t limit = gn_fb_box_list_limit(m), count = 0;
	if (!s) {
		refuse(b, from, h, GN_DENIED, NULL);
		return;
	}
	limit = limit && limit < BOX_LISTED_MAX ? limit : BOX_LISTED_MAX;
	uint32_t first = box_items_after(h, gn_fb_box_list_after(m)), i = first,
		 most = h->count - i;
	most = most < limit ? most : limit;
	struct gn_fb_box_entry *entries =
		most ? GN_NEW_ARRAY(b->env.alloc, struct gn_fb_box_entry, most) : NULL;
	struct gn_fbb *fbb = most && !entries ? NULL : box_message_begin(b, (size_t)most * entry);
	uint64_t last = 0;
	for (; fbb && i < h->count && count < most && h->items[i]->state == BOX_STANDS; i++) {
		const struct box_item *it = h->items[i];
		last = it->at;
		bool out = s->token ? h->queue && !gn_pk_eq(&it->by, &s->key)
				    : it->acked & 1u << s->reader;
		if (out || box_item_over(it, box_unix(b)) ||
		    box_item_hidden(it, gn_fb_box_list_all(m)))
			continue;
		struct gn_box_id id = box_id_of(&it->hash);
		entries[count] = (struct gn_fb_box_entry){.at = it->at, .size = it->len};
		memcpy(entries[count++].id, id.b, sizeof id.b);
	}
	b->caused.hashed += (uint64_t)(i - first) * 8; /* it looks through them */
	bool more = i < h->count && h->items[i]->state == BOX_STANDS;
	b->count.lists++;
	if (fbb)
		box_message_end(b, &from->who, from->request, GN_FB_BOX_MESSAGE_BODY_BOX_LISTED,
				gn_fb_box_listed_make(fbb, &(struct gn_fb_box_listed_args){
								   .entries = {entries, count},
								   .next = more ? last : 0}));
	gn_mem_free(b->env.alloc, entries);
}

/* Who reads a queue by a token asks for nothing but what they put in. */
static bool may_fetch(const struct gn_box *b, const struct box_held *h, const struct box_show *s,
		      struct gn_slice ids)
{
	for (size_t i = 0; s && s->token && h->queue && i < ids.len / sizeof(struct gn_box_id);
	     i++) {
		struct gn_box_id id = box_id_at(ids, i);
		const struct box_item *it = box_item_get(b, &h->key, &id);
		if (it && !gn_pk_eq(&it->by, &s->key))
			return false;
	}
	return s != NULL;
}

void box_on_fetch(struct gn_box *b, const struct box_from *from, struct box_held *h,
		  struct gn_fb_box_fetch m)
{
	GN_ASSERT(h->rules);
	struct box_feed *f;
	struct gn_slice ids = gn_fb_box_fetch_ids_bytes(m);
	if (!ids_ok(b, from, h, ids))
		return;
	gn_err err = GN_DENIED;
	if (may_fetch(b, h,
		      box_shown(b, &from->who.pk, gn_fb_box_fetch_shown(m), h, GN_BOXREC_READER),
		      ids))
		err = box_feed_add(b, from, h, FEED_FETCH, ids, &f);
	if (err != GN_OK)
		refuse(b, from, h, err, err == GN_BUSY ? BOX_LIMIT(BOX_FEEDS_PEER) : NULL);
}

/* One watch for a box and a reader's session: a later one renews it. */
static struct box_feed *watch_of(const struct box_from *from, const struct box_held *h,
				 uint8_t reader)
{
	GN_ASSERT(reader < BOX_READERS);
	struct box_feed *f = h->watch_first;
	while (f && (!gn_pk_eq(&f->to.pk, &from->who.pk) || f->reader != reader))
		f = f->next_watch;
	return f;
}

void box_on_watch(struct gn_box *b, const struct box_from *from, struct box_held *h,
		  struct gn_fb_box_watch m)
{
	GN_ASSERT(h->rules);
	const struct box_show *s =
		box_shown(b, &from->who.pk, gn_fb_box_watch_shown(m), h, GN_BOXREC_READER);
	uint32_t seconds = gn_fb_box_watch_seconds(m);
	struct box_refusal ok = {.err = GN_OK};
	if (!s || s->token) {
		refuse(b, from, h, GN_DENIED, NULL);
		return;
	}
	struct box_feed *f = watch_of(from, h, s->reader);
	if (!f && h->watches >= BOX_WATCHES_BOX) {
		b->count.feeds_full++;
		refuse(b, from, h, GN_BUSY, BOX_LIMIT(BOX_WATCHES_BOX));
		return;
	}
	if (!f) {
		gn_err err = box_feed_add(b, from, h, FEED_WATCH, gn_slice(NULL, 0), &f);
		if (err != GN_OK) {
			refuse(b, from, h, err, BOX_LIMIT(BOX_FEEDS_PEER));
			return;
		}
		f->after = gn_fb_box_watch_after(m);
		f->reader = s->reader;
		f->all = gn_fb_box_watch_all(m);
		b->count.watches++;
	}
	f->request = from->request;
	f->until =
		b->now + (seconds && seconds < BOX_WATCH_TIME ? seconds : BOX_WATCH_TIME) * GN_SEC;
	box_send_done(b, &from->who, from->request, &ok, &h->key);
}

static void ack_item(struct gn_box *b, struct box_item *it, uint8_t reader)
{
	GN_ASSERT(reader < BOX_READERS);
	uint32_t all = (1u << it->box->rules->reader_count) - 1;
	if (it->state != BOX_STANDS || it->acked & 1u << reader)
		return;
	b->count.acked++;
	box_item_ack(b, it, 1u << reader);
	if ((it->acked & all) != all)
		return;
	b->count.taken_by_all++;
	box_item_went(b, it);
}

void box_on_ack(struct gn_box *b, const struct box_from *from, struct box_held *h,
		struct gn_fb_box_ack m)
{
	GN_ASSERT(h->rules);
	struct gn_slice ids = gn_fb_box_ack_ids_bytes(m);
	struct box_refusal ok = {.err = GN_OK};
	if (!ids_ok(b, from, h, ids))
		return;
	const struct box_show *s =
		box_shown(b, &from->who.pk, gn_fb_box_ack_shown(m), h, GN_BOXREC_REMOVER);
	if (!s || h->rules->kind == GN_FB_BOX_KIND_GROUP) {
		refuse(b, from, h, GN_DENIED, NULL);
		return;
	}
	for (size_t i = 0; i < ids.len / sizeof(struct gn_box_id); i++) {
		struct gn_box_id id = box_id_at(ids, i);
		struct box_item *it = box_item_get(b, &h->key, &id);
		if (it)
			ack_item(b, it, s->reader);
	}
	box_send_done(b, &from->who, from->request, &ok, &h->key);
}
