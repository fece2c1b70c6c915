/* Calls by which what was said goes: a whole chat, some messages; and how long messages stay.
 * Rule: AG-117. */
#include "agent/serve_int.h"

gn_err agent_call_chat_set(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_chat_set t = {r->base.table};
	struct gn_people_contact c;
	if (!agent_who(r, gn_fb_chat_set_who(t), &c))
		return GN_OK;
	if (!gn_fb_chat_set_expire_set(t)) {
		gn_host_error(&r->base, GN_USAGE, "there is nothing in it to set: expire_set");
		return GN_OK;
	}
	struct gn_pk owner = *c.owner;
	gn_err err = gn_people_expire(a->people, &owner, gn_fb_chat_set_expire(t), a->now);
	if (err == GN_STATE || err == GN_RANGE) {
		gn_host_error(&r->base, err, "%s",
			      err == GN_RANGE
				      ? "400 days at most"
				      : "they have not accepted yet, are blocked, or sending "
					"to them is stopped");
		return GN_OK;
	}
	GN_TRY(err);
	agent_settle(a);
	agent_post_hurry(a);
	gn_host_answer_ok(&r->base);
	return GN_OK;
}

gn_err agent_call_chat_delete(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_chat_delete t = {r->base.table};
	struct gn_people_contact c;
	if (!agent_who(r, gn_fb_chat_delete_who(t), &c))
		return GN_OK;
	struct gn_pk owner = *c.owner;
	struct gn_hash chat = *c.chat;
	uint64_t order = c.order;
	gn_err err = agent_clear_add(a, &chat, order, gn_fb_chat_delete_both(t));
	if (err == GN_LIMIT) {
		gn_host_error(&r->base, err,
			      "%u chats are being emptied already: wait until some of them are",
			      AGENT_CLEARS);
		return GN_OK;
	}
	if (!err && gn_fb_chat_delete_mine(t)) {
		err = gn_people_clear(a->people, &owner, &order, a->now);
		if (!err)
			agent_settle(a);
	}
	GN_TRY(err);
	agent_post_hurry(a);
	gn_host_answer_ok(&r->base);
	return GN_OK;
}

gn_err agent_call_message_hide(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_message_hide t = {r->base.table};
	struct gn_people_contact c;
	uint32_t count = gn_fb_message_hide_ids_len(t), found = 0;
	if (!agent_who(r, gn_fb_message_hide_who(t), &c))
		return GN_OK;
	if (!count || count > GN_CONTENT_IDS_MAX) {
		gn_host_error(&r->base, count ? GN_TOO_LARGE : GN_USAGE, "1 to %d messages",
			      GN_CONTENT_IDS_MAX);
		return GN_OK;
	}
	struct gn_hash chat = *c.chat;
	for (uint32_t i = 0; i < 2 * count; i++) { /* of either side: an id names one of each */
		struct gn_fb_message_id of = gn_fb_message_hide_ids_at(t, i / 2);
		struct gn_content_id id;
		memcpy(id.b, of.b, sizeof id.b);
		gn_err err = gn_people_hide(a->people, &chat, i % 2, &id,
					    gn_fb_message_hide_devices(t), a->now);
		if (err && err != GN_NOT_FOUND)
			return err;
		found += !err;
		if (!err)
			agent_settle(a);
	}
	agent_post_hurry(a);
	if (found)
		gn_host_answer_ok(&r->base);
	else
		gn_host_error(&r->base, GN_NOT_FOUND, "there is no such message in this chat");
	return GN_OK;
}
