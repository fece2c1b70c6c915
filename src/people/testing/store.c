/* The stores of a world: lists of rows, slow, and right at first sight. See world.h. */
#include "people/testing/world.h"

#include <stdlib.h>

void *world_grow(void *p, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return p;
	*room = *room ? 2 * *room : 64;
	void *grown = realloc(p, *room * size);
	assert_non_null(grown);
	return grown;
}

uint8_t *world_copy(struct gn_slice s)
{
	uint8_t *p = malloc(s.len ? s.len : 1);
	assert_non_null(p);
	if (s.len)
		memcpy(p, s.p, s.len);
	return p;
}

static void open_row(struct kept_row *r)
{
	if (r->kind == GN_PEOPLE_ROW_MESSAGE)
		assert_int_equal(gn_people_message_open(gn_slice(r->bytes, r->len), &r->m), GN_OK);
}

static struct kept_row *find_row(struct desk *d, const struct gn_people_row *row)
{
	for (size_t i = 0; i < d->row_count; i++) {
		struct kept_row *r = &d->rows[i];
		if (r->kind != row->kind || !gn_hash_eq(&r->chat, &row->chat))
			continue;
		if (row->kind == GN_PEOPLE_ROW_MESSAGE &&
		    (r->m.mine != row->message->mine ||
		     !gn_content_id_eq(&r->m.id, &row->message->id)))
			continue;
		if (row->kind == GN_PEOPLE_ROW_REGISTER &&
		    !gn_slice_eq(gn_slice(r->key, r->key_len), row->key))
			continue;
		return r;
	}
	return NULL;
}

void desk_drop_row(struct desk *d, struct kept_row *r)
{
	free(r->bytes);
	free(r->content);
	*r = d->rows[--d->row_count];
}

static void drop_chat(struct desk *d, const struct gn_hash *chat)
{
	for (size_t i = d->row_count; i-- > 0;)
		if (d->rows[i].kind != GN_PEOPLE_ROW_REGISTER &&
		    d->rows[i].kind != GN_PEOPLE_ROW_OWN && gn_hash_eq(&d->rows[i].chat, chat))
			desk_drop_row(d, &d->rows[i]);
}

void desk_store(struct desk *d, const struct gn_people_row *row)
{
	struct kept_row *r = find_row(d, row);
	if (row->gone && row->kind == GN_PEOPLE_ROW_CONTACT) {
		drop_chat(d, &row->chat);
		return;
	}
	if (row->gone) {
		if (r)
			desk_drop_row(d, r);
		return;
	}
	if (!r) {
		d->rows = world_grow(d->rows, d->row_count, &d->row_room, sizeof *d->rows);
		r = &d->rows[d->row_count++];
		*r = (struct kept_row){.kind = row->kind, .chat = row->chat};
		r->key_len = row->key.len;
		if (row->key.len)
			memcpy(r->key, row->key.p, row->key.len);
	}
	free(r->bytes);
	r->bytes = world_copy(row->bytes);
	r->len = row->bytes.len;
	if (row->keep != GN_PEOPLE_KEEP) {
		free(r->content);
		r->content = row->keep == GN_PEOPLE_PUT ? world_copy(row->content) : NULL;
		r->content_len = row->keep == GN_PEOPLE_PUT ? row->content.len : 0;
	}
	open_row(r);
}

int world_compare_place(const struct gn_people_message *a, uint64_t order, uint64_t sent,
			const struct gn_content_id *id)
{
	if (a->order != order)
		return a->order < order ? -1 : 1;
	if (a->sent != sent)
		return a->sent < sent ? -1 : 1;
	return memcmp(a->id.b, id->b, sizeof id->b);
}

static int compare_due(const struct gn_people_message *a, uint64_t due, const struct gn_hash *chat,
		       bool mine, const struct gn_content_id *id)
{
	if (gn_people_due(a) != due)
		return gn_people_due(a) < due ? -1 : 1;
	int c = memcmp(a->chat.b, chat->b, sizeof chat->b);
	if (c)
		return c;
	if (a->mine != mine)
		return a->mine < mine ? -1 : 1;
	return memcmp(a->id.b, id->b, sizeof id->b);
}

static bool matches(const struct kept_row *r, const struct gn_people_find *f)
{
	if (f->kind == GN_PEOPLE_FIND_REGISTER)
		return r->kind == GN_PEOPLE_ROW_REGISTER &&
		       gn_slice_eq(gn_slice(r->key, r->key_len), f->key);
	if (r->kind != GN_PEOPLE_ROW_MESSAGE)
		return false;
	if (f->kind == GN_PEOPLE_FIND_DUE)
		return gn_people_due(&r->m) &&
		       compare_due(&r->m, f->due, &f->chat, f->mine, &f->id) > 0;
	if (!gn_hash_eq(&r->chat, &f->chat))
		return false;
	if (f->kind == GN_PEOPLE_FIND_UNREAD)
		return gn_people_unread(&r->m) &&
		       world_compare_place(&r->m, f->order, f->sent, &f->id) > 0;
	return r->m.mine == f->mine && gn_content_id_eq(&r->m.id, &f->id);
}

static bool better(const struct kept_row *a, const struct kept_row *b,
		   enum gn_people_find_kind kind)
{
	if (kind == GN_PEOPLE_FIND_DUE)
		return compare_due(&a->m, gn_people_due(&b->m), &b->m.chat, b->m.mine, &b->m.id) <
		       0;
	return world_compare_place(&a->m, b->m.order, b->m.sent, &b->m.id) < 0;
}

bool desk_find(void *user, const struct gn_people_find *f, struct gn_people_found *out)
{
	struct desk *d = user;
	struct kept_row *best = NULL;
	struct gn_people_find by = *f;
	if (f->kind == GN_PEOPLE_FIND_ITEM) {
		by.kind = GN_PEOPLE_FIND_MESSAGE;
		by.mine = true;
		size_t i = 0;
		while (i < d->item_count && d->items[i].item != gn_be64(f->item.b))
			i++;
		if (i == d->item_count)
			return false;
		by.chat = d->items[i].chat;
		by.id = d->items[i].id;
	}
	for (size_t i = 0; i < d->row_count; i++)
		if (matches(&d->rows[i], &by) && (!best || better(&d->rows[i], best, by.kind)))
			best = &d->rows[i];
	if (!best)
		return false;
	out->bytes = gn_slice(best->bytes, best->len);
	out->content = f->whole ? gn_slice(best->content, best->content_len) : gn_slice(NULL, 0);
	return true;
}
