/* What those who listen are told: how the agent stands, messages, people, notices. Each says the
 * whole new state of its object. Of messages and people the store has the cursors (events.c), so
 * that after a restart the same is told from any cursor on; the rest is told once.
 *
 *   closed: an epoch of this life, nothing of before -> open [agent_told_open]: the store's
 *           -> closed [agent_told_close]; who listens is told of a gap both times
 *
 * Rules: AG-61, AG-90; docs/spec/app.md AP-10. */
#include "agent/events_int.h"
#include "agent/serve_int.h"

#include <stdio.h>
#include <stdlib.h>

/* bits: TOLD_STATE is AGENT_KINDS_OF_ALL */
enum { TOLD_STATE, TOLD_MESSAGE, TOLD_CONTACT, TOLD_TYPING, TOLD_NOTICE }; /* bits; 5: files */

#define TOLD_KIND(name) {GN_FB_APP_BODY_APP_TOLD, GN_FB_APP_TOLD_BODY_##name}

/* What the store knows nothing of: its cursor is told and never taken again. What does not fit, or
 * has no memory, is not told: who listens reads the state anew. */
void agent_told_add(struct gn_agent *a, struct gn_app_kind kind, gn_fbref table, unsigned bit,
		    uint64_t object)
{
	struct gn_agent_tx tx;
	gn_err err = GN_OK;
	if (!table)
		return;
	if (a->db && gn_host_told_cursor(a->api.told) + 1 >= a->told_ahead) {
		err = gn_agent_tx_begin(a->db, &tx);
		err = err ? err : agent_events_ahead(a, &tx);
		err = err ? err : gn_agent_tx_commit(&tx);
		if (err) {
			gn_agent_tx_abort(&tx);
			agent_fail(a, err);
			return;
		}
	}
	if (gn_host_told_add(a->api.told, kind, table, bit, object, a->now) == GN_OK)
		a->api.moved = true;
}

/* At the cursor that the store has for it. */
static void fill(struct gn_agent *a, uint64_t cursor, struct gn_app_kind kind, gn_fbref table,
		 unsigned bit, uint64_t object)
{
	if (table && gn_host_told_fill(a->api.told, cursor, kind, table, bit, object) == GN_OK)
		a->api.moved = true;
}

void agent_serve_state(struct gn_agent *a)
{
	static const struct gn_app_kind kind = TOLD_KIND(TOLD_STATE);
	struct gn_fbb *b = gn_host_told_builder(a->api.told);
	struct gn_fb_told_state_args args = {.state = agent_put_status(b, a)};
	agent_told_add(a, kind, gn_fb_told_state_make(b, &args), TOLD_STATE, 1);
}

void agent_serve_claimed(struct gn_agent *a, const struct gn_pk *owner)
{
	static const struct gn_app_kind kind = TOLD_KIND(TOLD_NOTICE);
	char pid[GN_PID_MAX], text[128], next[160];
	gn_pid(owner, pid);
	snprintf(text, sizeof text, "%s wrote to you, and is no contact", pid);
	snprintf(next, sizeof next, "see who it is and read it: geonet contacts accept %s", pid);
	struct gn_fbb *b = gn_host_told_builder(a->api.told);
	struct gn_fb_told_notice_args args = {.text = gn_str(text), .next = gn_str(next)};
	agent_told_add(a, kind, gn_fb_told_notice_make(b, &args), TOLD_NOTICE,
		       gn_be64(owner->b) | 1);
}

void agent_serve_asked(struct gn_agent *a, const struct agent_approval *p)
{
	static const struct gn_app_kind kind = TOLD_KIND(TOLD_NOTICE);
	char next[80];
	snprintf(next, sizeof next, "allow it: geonet agent approve %llu",
		 (unsigned long long)p->id);
	struct gn_fbb *b = gn_host_told_builder(a->api.told);
	struct gn_fb_told_notice_args args = {.text = gn_str(p->text), .next = gn_str(next)};
	agent_told_add(a, kind, gn_fb_told_notice_make(b, &args), TOLD_NOTICE, p->id);
}

void agent_serve_new(struct gn_agent *a)
{
	static const struct gn_app_kind kind = TOLD_KIND(TOLD_NOTICE);
	struct gn_fbb *b = gn_host_told_builder(a->api.told);
	struct gn_fb_told_notice_args args = {.text = gn_str("new message"),
					      .next = gn_str("read it: geonet agent unlock")};
	agent_told_add(a, kind, gn_fb_told_notice_make(b, &args), TOLD_NOTICE, 2);
}

struct telling {
	struct gn_agent *agent;
	bool fresh;
	uint64_t object, cursor;
};

static bool tell_message(void *user, const struct gn_agent_message *m)
{
	static const struct gn_app_kind kind = TOLD_KIND(TOLD_MESSAGE);
	struct telling *t = user;
	struct gn_people_contact c;
	if (!m->shown)
		return false;
	struct gn_fbb *b = gn_host_told_builder(t->agent->api.told);
	struct gn_fb_told_message_args args = {
		.message = agent_put_message(b, &m->chat, m->row, m->content, m->number),
		.fresh = t->fresh};
	for (size_t i = 0; gn_people_at(t->agent->people, i, &c); i++) {
		if (memcmp(c.chat->b, m->chat.b, sizeof m->chat.b) != 0)
			continue;
		args.contact = agent_put_person(b, t->agent, &c);
		break;
	}
	if (args.message)
		fill(t->agent, t->cursor, kind, gn_fb_told_message_make(b, &args), TOLD_MESSAGE,
		     t->object);
	return false;
}

static gn_fbref put_gone(struct gn_fbb *b, const struct gn_pk *owner)
{
	char pid[GN_PID_MAX];
	struct gn_fb_key key;
	gn_pid(owner, pid);
	memcpy(key.b, owner->b, sizeof key.b);
	return gn_fb_person_make(b, &(struct gn_fb_person_args){.key = &key, .pid = gn_str(pid)});
}

static void tell_contact(struct gn_agent *a, const struct gn_people_event *e, uint64_t cursor)
{
	static const struct gn_app_kind kind = TOLD_KIND(TOLD_CONTACT);
	struct gn_people_contact c;
	struct gn_fbb *b = gn_host_told_builder(a->api.told);
	bool gone = gn_people_get(a->people, &e->owner, &c) != GN_OK;
	struct gn_fb_told_contact_args args = {.contact = gone ? put_gone(b, &e->owner)
							       : agent_put_person(b, a, &c),
					       .gone = gone};
	fill(a, cursor, kind, gn_fb_told_contact_make(b, &args), TOLD_CONTACT,
	     gn_be64(e->owner.b) | 1);
}

void agent_serve_event(struct gn_agent *a, const struct gn_people_event *e, uint64_t cursor)
{
	struct gn_agent_chat_id chat;
	struct gn_agent_message_id id;
	struct telling t = {.agent = a,
			    .fresh = e->fresh,
			    .cursor = cursor,
			    .object = gn_be64(e->id.b) ^ gn_be64(e->chat.b) ^ e->mine};
	switch (e->kind) {
	case GN_PEOPLE_MESSAGE:
		memcpy(chat.b, e->chat.b, sizeof chat.b);
		memcpy(id.b, e->id.b, sizeof id.b);
		t.object = t.object ? t.object : 1;
		gn_err err = gn_agent_message_find(a->db, &chat, e->mine, &id, tell_message, &t);
		if (err && err != GN_NOT_FOUND)
			agent_fail(a, err);
		break;
	case GN_PEOPLE_CONTACT:
	case GN_PEOPLE_REQUESTED:
	case GN_PEOPLE_ALARM: tell_contact(a, e, cursor); break;
	case GN_PEOPLE_ALARM_OWN: agent_serve_state(a); break;
	case GN_PEOPLE_TYPING:
	case GN_PEOPLE_REGISTER:
	case GN_PEOPLE_CLEARED:
	case GN_PEOPLE_WANT_RECORD:
	case GN_PEOPLE_WANT_BOX:
	case GN_PEOPLE_DEVICE_GONE: break; /* run.c does what they ask for */
	}
	if (cursor) /* what is not shown, or is gone: nobody waits for it */
		gn_host_told_leave(a->api.told, cursor);
}

/* ---- open and closed ---- */

static bool tell_again(void *user, const struct gn_agent_event *e)
{
	struct gn_agent *a = user;
	struct gn_people_event said;
	gn_time at = (gn_time)e->at_ms * GN_MSEC;
	if (e->cursor <= gn_host_told_cursor(a->api.told)) /* pushed out: there are too many */
		return true;
	gn_host_told_skip(a->api.told, e->cursor, at);
	uint64_t cursor = gn_host_told_take(a->api.told, at);
	GN_ASSERT(cursor == e->cursor);
	if (agent_event_named(e, &said))
		agent_serve_event(a, &said, cursor);
	else
		gn_host_told_leave(a->api.told, cursor);
	return !a->failed;
}

static bool count_event(void *user, const struct gn_agent_event *e)
{
	(void)e;
	++*(unsigned *)user;
	return true;
}

/* The rows are read at once and told from a copy: telling reads the store too. */
struct telling_again {
	struct gn_agent_event *list; /* owned; bytes in room */
	uint8_t *room;               /* owned */
	unsigned count;
};

static bool copy_event(void *user, const struct gn_agent_event *e)
{
	struct telling_again *t = user;
	struct gn_agent_event *out = &t->list[t->count];
	uint8_t *room = t->room + (size_t)t->count * AGENT_EVENT_NAME;
	size_t len = e->bytes.len <= AGENT_EVENT_NAME ? e->bytes.len : 0;
	t->count++;
	*out = *e;
	if (len)
		memcpy(room, e->bytes.p, len);
	out->bytes = gn_slice(room, len);
	return true;
}

static gn_err tell_kept(struct gn_agent *a)
{
	struct telling_again t = {0};
	unsigned count = 0;
	uint64_t first, next;
	GN_TRY(gn_agent_events_newest(a->db, count_event, &count, &first));
	t.list = calloc(count ? count : 1, sizeof *t.list);
	t.room = malloc(count ? (size_t)count * AGENT_EVENT_NAME : 1);
	gn_err err =
		t.list && t.room ? gn_agent_events_newest(a->db, copy_event, &t, &first) : GN_NOMEM;
	err = err ? err : agent_events_next(a, &next);
	if (!err && (first > INT64_MAX || next > INT64_MAX || !first))
		err = GN_CORRUPT;
	if (!err) {
		gn_host_told_restart(a->api.told, first);
		for (unsigned i = 0; i < t.count && tell_again(a, &t.list[i]); i++)
			;
		gn_host_told_skip(a->api.told, next, a->now);
		a->told_ahead = 0;
	}
	free(t.list);
	free(t.room);
	return err ? err : a->failed ? GN_IO : GN_OK;
}

gn_err agent_told_open(struct gn_agent *a)
{
	uint64_t newest;
	GN_TRY(gn_agent_events_now(a->db, &a->api.epoch, &newest));
	GN_TRY(tell_kept(a));
	gn_host_links_forget(&a->api);
	return GN_OK;
}

void agent_told_close(struct gn_agent *a)
{
	a->api.epoch = gn_rand_u64(&a->host.rand) | 1;
	if (a->api.told)
		gn_host_told_restart(a->api.told, 1);
	gn_host_links_forget(&a->api);
}
