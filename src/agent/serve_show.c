/* One message in full: what it is, and which holders promised to keep it until when.
 * Rule AG-63. */
#include "agent/outbox_int.h"
#include "agent/serve_int.h"

static const struct gn_app_kind shown_is = {GN_FB_APP_BODY_APP_CHAT,
					    GN_FB_APP_CHAT_BODY_MESSAGE_SHOWN};

struct showing {
	struct gn_fbb *b;
	gn_fbref message;
	gn_fbref items[AGENT_OF_ONE_MAX];
	size_t count;
	struct gn_hash chat; /* whose items are meant */
};

static bool put_message(void *user, const struct gn_agent_message *m)
{
	struct showing *s = user;
	s->message = agent_put_message(s->b, &m->chat, m->row, m->content, m->number);
	return false;
}

static bool put_item(void *user, const struct gn_agent_out *o)
{
	struct showing *s = user;
	struct agent_out_parts parts;
	gn_fbref custodies[AGENT_CUSTODIES_MAX];
	struct gn_custody c;
	struct gn_fb_key box;
	struct gn_fb_hash item;
	size_t count = 0;
	if (o->kind == AGENT_OUT_SEND || !agent_out_open(o->bytes, &parts))
		return true;
	if (gn_hash_eq(&parts.head.chat, &s->chat)) {
		while (agent_out_custody(&parts, count, &c))
			custodies[count++] = gn_custody_put(s->b, &c);
		memcpy(box.b, parts.head.box.b, sizeof box.b);
		memcpy(item.b, parts.head.item.b, sizeof item.b);
		struct gn_fb_message_item_args args = {.box = &box,
						       .front = parts.head.front,
						       .item = &item,
						       .made = parts.head.made_ms,
						       .held = parts.head.held_ms,
						       .until = parts.head.end,
						       .looked_after = o->kind != AGENT_OUT_PROOF,
						       .custodies = {custodies, count}};
		s->items[s->count++] = gn_fb_message_item_make(s->b, &args);
	}
	gn_wipe(&parts.head, sizeof parts.head);
	return s->count < GN_COUNT(s->items);
}

gn_err agent_call_message_get(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_message_id asked =
		gn_fb_message_get_id((struct gn_fb_message_get){r->base.table});
	struct gn_agent_message_id id;
	struct gn_people_contact c;
	struct showing s = {.b = gn_host_answer_begin(&r->base)};
	gn_fbref person = 0;
	gn_err err = GN_NOT_FOUND;
	memcpy(id.b, asked.b, sizeof id.b);
	for (unsigned theirs = 0; theirs < 2 && !s.message; theirs++)
		for (size_t i = 0; !s.message && gn_people_at(a->people, i, &c); i++) {
			struct gn_agent_chat_id chat;
			memcpy(chat.b, c.chat->b, sizeof chat.b);
			s.chat = *c.chat;
			err = gn_agent_message_find(a->db, &chat, !theirs, &id, put_message, &s);
			if (err && err != GN_NOT_FOUND)
				return err;
			if (s.message)
				person = agent_put_person(s.b, a, &c);
		}
	if (!s.message) {
		gn_host_error(&r->base, GN_NOT_FOUND, "there is no message of that id");
		return GN_OK;
	}
	GN_TRY(gn_agent_out_of(a->db, asked.b, put_item, &s));
	struct gn_fb_message_shown_args args = {
		.message = s.message, .contact = person, .items = {s.items, s.count}};
	gn_host_answer(&r->base, shown_is, gn_fb_message_shown_make(s.b, &args));
	return GN_OK;
}
