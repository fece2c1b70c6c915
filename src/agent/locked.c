/* Receiving while locked: boxes are followed with their reader's keys, which lie unsealed; what
 * comes is counted, and kept in memory as it came. Nothing is opened or acknowledged.
 *
 *   locked: followed without the key that acknowledges -> counted: "new message"
 *   opened: handed to inbox.c, acknowledged when the box is followed with that key
 *
 * 1. There is no secret here but the keys that list and fetch.
 * 2. Past its bounds it counts, and the holders keep.
 *
 * Rule AG-69. */
#include "agent/agent_int.h"

#include <stdlib.h>

static const struct gn_app_kind follow_kind = {GN_FB_APP_BODY_APP_BOX,
					       GN_FB_APP_BOX_BODY_BOX_FOLLOW};

struct locked_box {
	struct gn_agent *agent;
	struct gn_pk key;
	bool front;
	uint64_t call;
	gn_time due;
};

struct agent_locked {
	struct locked_box boxes[AGENT_LOCKED_BOXES];
	size_t box_count;
	struct agent_locked_item items[AGENT_LOCKED_ITEMS];
	size_t item_count, bytes;
};

static bool is_known(const struct agent_locked *l, const struct gn_pk *box, const uint8_t id[16])
{
	for (size_t i = 0; i < l->item_count; i++)
		if (memcmp(l->items[i].id, id, 16) == 0 && gn_pk_eq(&l->items[i].box, box))
			return true;
	return false;
}

/* One more; without its bytes when there are too many. False: it was there, or there is no room. */
static bool add(struct agent_locked *l, const struct agent_locked_item *in, struct gn_slice bytes)
{
	if (l->item_count == AGENT_LOCKED_ITEMS || is_known(l, &in->box, in->id))
		return false;
	struct agent_locked_item *it = &l->items[l->item_count++];
	*it = *in;
	it->bytes = l->bytes + bytes.len <= AGENT_LOCKED_BYTES ? malloc(bytes.len + 1) : NULL;
	it->len = it->bytes ? bytes.len : 0;
	if (it->bytes)
		memcpy(it->bytes, bytes.p, bytes.len);
	l->bytes += it->len;
	return true;
}

static void got(struct locked_box *b, struct gn_fb_box_got t)
{
	struct gn_agent *a = b->agent;
	struct gn_slice id = gn_fb_box_got_id(t), bytes = gn_fb_box_got_item(t);
	struct agent_locked_item it = {
		.box = b->key, .until = gn_fb_box_got_until(t), .left = gn_fb_box_got_deposited(t)};
	struct gn_hash hash;
	gn_sha256(&bytes, 1, &hash);
	if (id.len != sizeof it.id || memcmp(id.p, hash.b, sizeof it.id) != 0)
		return; /* a node that makes things up */
	memcpy(it.id, id.p, sizeof it.id);
	if (gn_fb_box_got_has_by(t))
		memcpy(it.by.b, gn_fb_box_got_by(t).b, sizeof it.by.b);
	it.invited = agent_invited(&b->key, &it.by, &hash, t);
	if (!add(a->locked, &it, bytes))
		return;
	a->locked_count++;
	a->state_moved = a->locked_news = true;
}

static void on_followed(void *user, const struct gn_host_client_event *e)
{
	struct locked_box *b = user;
	if (e->what == GN_HOST_CLIENT_FAILED || (e->what == GN_HOST_CLIENT_ANSWER && !e->more)) {
		b->call = 0; /* it has no end */
		return;
	}
	if (e->what != GN_HOST_CLIENT_ANSWER || e->kind.area != GN_FB_APP_BODY_APP_BOX)
		return;
	if (e->kind.member == GN_FB_APP_BOX_BODY_BOX_SIGN)
		agent_own_sign(b->agent, (struct gn_fb_box_sign){e->table});
	else if (e->kind.member == GN_FB_APP_BOX_BODY_BOX_GOT)
		got(b, (struct gn_fb_box_got){e->table});
}

static void follow(struct gn_agent *a, struct locked_box *b)
{
	struct gn_fb_key key, read_key;
	struct gn_sk read;
	if (gn_agent_vault_reader(a->vault, &b->key, &read) != GN_OK)
		return;
	memcpy(key.b, b->key.b, sizeof key.b);
	memcpy(read_key.b, read.pk.b, sizeof read_key.b);
	gn_sk_wipe(&read);
	struct gn_fb_box_follow_args args = {
		.box = &key, .front = b->front, .read = &read_key, .session = agent_session(a)};
	gn_fbref table = gn_fb_box_follow_make(gn_agent_link_builder(a->link), &args);
	if (gn_agent_link_call(a->link, follow_kind, table, GN_HOST_CLIENT_LASTS, on_followed, b,
			       &b->call) != GN_OK)
		b->call = 0;
}

void agent_locked_begin(struct gn_agent *a)
{
	struct gn_pk list[AGENT_BOXES_ALL + 1];
	size_t count = 0;
	if (a->locked || gn_agent_vault_state(a->vault) != GN_AGENT_LOCKED ||
	    gn_agent_vault_boxes(a->vault, list, GN_COUNT(list), &count) != GN_OK)
		return; /* no boxes yet */
	a->locked = calloc(1, sizeof *a->locked);
	if (!a->locked)
		return;    /* it is told when it is opened */
	bool front = true; /* up to the key of zeros */
	for (size_t i = 0; i < count && a->locked->box_count < AGENT_LOCKED_BOXES; i++) {
		if (gn_is_zero(list[i].b, sizeof list[i].b))
			front = false;
		else
			a->locked->boxes[a->locked->box_count++] =
				(struct locked_box){.agent = a, .key = list[i], .front = front};
	}
}

gn_time agent_locked_pump(struct gn_agent *a)
{
	gn_time next = GN_NEVER;
	if (!a->locked || !gn_agent_link_is_up(a->link))
		return GN_NEVER;
	for (size_t i = 0; i < a->locked->box_count; i++) {
		struct locked_box *b = &a->locked->boxes[i];
		if (b->call)
			continue;
		if (b->due <= a->now) {
			b->due = a->now + AGENT_FOLLOW_WAIT;
			follow(a, b);
		}
		next = b->call ? next : gn_time_min(next, b->due);
	}
	return next;
}

void agent_locked_end(struct gn_agent *a)
{
	struct agent_locked *l = a->locked;
	if (!l)
		return;
	for (size_t i = 0; i < l->box_count; i++)
		gn_agent_link_drop(a->link, l->boxes[i].call);
	for (size_t i = 0; i < l->item_count && a->db && !a->failed; i++)
		if (l->items[i].bytes)
			agent_inbox_take(a, &l->items[i]);
	for (size_t i = 0; i < l->item_count; i++)
		free(l->items[i].bytes);
	free(l);
	a->locked = NULL;
	a->locked_count = 0;
}
