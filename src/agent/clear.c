/* Chats that are emptied, some messages in each turn: a chat may have a hundred thousand.
 *
 *   waiting [agent_clear_add: stored] -> newest page -> older pages -> done: gone from the store
 *
 * 1. What is left to do is in the store; after a restart it begins at the newest again, where what
 *    is gone already costs a look.
 * 2. For both: an own message is deleted at the others' before it goes here.
 *
 * Rules: AG-117, PE-16, PE-27. */
#include "agent/agent_int.h"

#include <stdlib.h>

#define CLEARS "clears" /* a single value: as in memory, of this machine */

static gn_err store(struct gn_agent *a)
{
	struct gn_agent_tx tx;
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = agent_meta_put(&tx, CLEARS, a->clears, a->clear_count * sizeof a->clears[0]);
	return agent_tx_end(a, &tx, err);
}

gn_err agent_clear_add(struct gn_agent *a, const struct gn_hash *chat, uint64_t order, bool both)
{
	struct agent_clear *c = NULL;
	for (size_t i = 0; i < a->clear_count; i++)
		if (gn_hash_eq(&a->clears[i].chat, chat))
			c = &a->clears[i];
	if (!c && a->clear_count == AGENT_CLEARS)
		return GN_LIMIT;
	if (!c) {
		c = &a->clears[a->clear_count++];
		*c = (struct agent_clear){.chat = *chat};
	}
	c->order = order > c->order ? order : c->order;
	c->both |= both;
	c->before = 0;
	return store(a);
}

gn_err agent_clear_open(struct gn_agent *a)
{
	struct gn_buf room = {(uint8_t *)a->clears, 0, sizeof a->clears};
	gn_err err = gn_agent_meta_get(a->db, CLEARS, &room);
	a->clear_count = 0;
	if (err)
		return err == GN_NOT_FOUND ? GN_OK : err;
	if (room.len % sizeof a->clears[0])
		return GN_CORRUPT;
	a->clear_count = room.len / sizeof a->clears[0];
	for (size_t i = 0; i < a->clear_count; i++)
		a->clears[i].before = 0;
	return GN_OK;
}

/* ---- a page ---- */

struct clearing {
	uint64_t order, last;
	size_t count;
	struct clearing_one {
		struct gn_content_id id;
		bool mine, says; /* says: it can be deleted at the others' */
	} at[AGENT_CLEAR_AT_ONCE];
};

static bool note(void *user, const struct gn_agent_message *m)
{
	struct clearing *c = user;
	struct gn_people_message row;
	c->last = m->number;
	if (gn_people_message_open(m->row, &row) != GN_OK || row.order > c->order || row.expired ||
	    row.kind >= GN_PEOPLE_GAP)
		return true;
	c->at[c->count++] = (struct clearing_one){row.id, row.mine, row.mine && !row.deleted};
	return true; /* a page has no more */
}

static gn_err delete_for_both(struct gn_agent *a, const struct agent_clear *clear,
			      const struct clearing *c)
{
	uint8_t ids[AGENT_CLEAR_AT_ONCE * GN_CONTENT_ID_LEN];
	struct gn_content what = {.kind = GN_CONTENT_DELETE, .ids = {ids, 0}};
	struct gn_people_contact who;
	_Static_assert(AGENT_CLEAR_AT_ONCE <= GN_CONTENT_IDS_MAX, "one content");
	for (size_t i = 0; i < c->count; i++)
		if (c->at[i].says)
			memcpy(ids + what.ids.count++ * GN_CONTENT_ID_LEN, c->at[i].id.b,
			       GN_CONTENT_ID_LEN);
	for (size_t i = 0; what.ids.count && gn_people_at(a->people, i, &who); i++) {
		if (!gn_hash_eq(who.chat, &clear->chat))
			continue;
		struct gn_pk owner = *who.owner;
		gn_rand_fill(&a->host.rand, what.id.b, sizeof what.id.b);
		gn_err err = gn_people_say(a->people, &owner, &what, a->now);
		return err == GN_NOMEM ? err : GN_OK; /* who may not be written to keeps it */
	}
	return GN_OK;
}

static gn_err hide_page(struct gn_agent *a, struct gn_agent_tx *tx, struct agent_clear *clear,
			bool *more)
{
	struct clearing *c = calloc(1, sizeof *c);
	struct gn_agent_page page = {.before = clear->before, .limit = AGENT_CLEAR_AT_ONCE};
	if (!c)
		return GN_NOMEM;
	c->order = clear->order;
	memcpy(page.chat.b, clear->chat.b, sizeof page.chat.b);
	gn_err err = gn_agent_history(a->db, &page, note, c, more);
	if (err == GN_NOT_FOUND) { /* the chat is gone */
		*more = false;
		err = GN_OK;
	}
	if (!err && clear->both)
		err = delete_for_both(a, clear, c);
	if (!err)
		err = agent_keep(a, tx); /* what was deleted is found so */
	for (size_t i = 0; i < c->count && !err; i++) {
		err = gn_people_hide(a->people, &clear->chat, c->at[i].mine, &c->at[i].id, false,
				     a->now);
		err = err == GN_NOT_FOUND ? GN_OK : err;
		err = err ? err : agent_keep(a, tx);
	}
	clear->before = c->last;
	free(c);
	return err;
}

gn_time agent_clear_pump(struct gn_agent *a)
{
	struct gn_agent_tx tx;
	bool more = false;
	if (!a->clear_count)
		return GN_NEVER;
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	err = err ? err : hide_page(a, &tx, &a->clears[0], &more);
	if (!err && !more) {
		memmove(a->clears, a->clears + 1, --a->clear_count * sizeof a->clears[0]);
		err = agent_meta_put(&tx, CLEARS, a->clears, a->clear_count * sizeof a->clears[0]);
	}
	if (!agent_tx_end(a, &tx, err))
		agent_post_hurry(a);
	return a->failed ? GN_NEVER : a->now;
}
