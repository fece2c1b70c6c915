/* Tables that calls answer with and events tell: how the agent stands, people, messages. */
#include "agent/serve_int.h"

#include <stdio.h>

/* Why there is no node, or why not enough nodes keep what is published. */
static const char *why_not(const struct gn_agent *a, char room[256])
{
	unsigned few =
		a->publish && gn_agent_link_is_up(a->link) ? gn_agent_publish_few(a->publish) : 0;
	if (!few)
		return a->link_why;
	snprintf(room, 256,
		 "kept by %u node%s, fewer than the node was told to ask for: others find you as "
		 "long as %s; where there are no more, write \"w = %u\" into DATA/geonet.conf and "
		 "start the node anew",
		 few, few == 1 ? "" : "s", few == 1 ? "it runs" : "these run", few);
	return room;
}

gn_fbref agent_put_status(struct gn_fbb *b, struct gn_agent *a)
{
	static const uint8_t states[] = {[GN_AGENT_NEW] = GN_FB_AGENT_STATE_NEW,
					 [GN_AGENT_LOCKED] = GN_FB_AGENT_STATE_LOCKED,
					 [GN_AGENT_OPEN] = GN_FB_AGENT_STATE_OPEN};
	char pid[GN_PID_MAX] = "", room[256];
	struct gn_pk owner;
	uint64_t unread = 0;
	uint32_t requests = (uint32_t)a->claim_count, sending = 0;
	struct gn_people_contact c;
	struct gn_fb_key key;
	bool owned = gn_agent_vault_owner(a->vault, &owner) == GN_OK;
	if (owned) {
		gn_pid(&owner, pid);
		memcpy(key.b, owner.b, sizeof key.b);
	}
	if (a->db && gn_agent_unread_count(a->db, NULL, &unread) != GN_OK)
		unread = 0;
	for (size_t i = 0; a->people && gn_people_at(a->people, i, &c); i++) {
		requests += c.state == GN_PEOPLE_REQUEST;
		sending += (uint32_t)c.outstanding;
	}
	struct gn_fb_agent_status_is_args args = {.state = states[gn_agent_vault_state(a->vault)],
						  .version = gn_str(GEONET_VERSION),
						  .pid = gn_str(pid),
						  .name = gn_str(a->config.name),
						  .online = gn_agent_link_is_up(a->link),
						  .why = gn_str(why_not(a, room)),
						  .published = agent_own_published(a),
						  .unread = (uint32_t)unread,
						  .waiting = a->locked_count,
						  .requests = requests,
						  .sending = sending,
						  .identity_wanted = a->identity_wanted,
						  .revoked = a->revoked,
						  .key = owned ? &key : NULL};
	return gn_fb_agent_status_is_make(b, &args);
}

static const char *alarm_text(enum gn_people_alarm alarm)
{
	switch (alarm) {
	case GN_PEOPLE_CALM: return "";
	case GN_PEOPLE_FORK:
		return "two different records of theirs have the same number: somebody else may "
		       "have their key";
	case GN_PEOPLE_KEY: return "their key changed and they had not announced the new one";
	case GN_PEOPLE_CLAIM: return "they name another record of theirs than the network shows";
	}
	return "";
}

gn_fbref agent_put_person(struct gn_fbb *b, struct gn_agent *a, const struct gn_people_contact *c)
{
	char pid[GN_PID_MAX];
	struct gn_fb_key key;
	struct gn_fb_chat_id chat;
	uint8_t path[AGENT_PATH_MAX];
	uint64_t verified;
	bool changed;
	agent_safety_of(a, c, &verified, &changed);
	gn_pid(c->owner, pid);
	memcpy(key.b, c->owner->b, sizeof key.b);
	memcpy(chat.b, c->chat->b, sizeof chat.b);
	struct gn_fb_person_args args = {.key = &key,
					 .pid = gn_str(pid),
					 .name = c->name,
					 .petname = c->petname,
					 .state = (uint8_t)c->state,
					 .trust = (uint8_t)c->trust,
					 .blocked = c->blocked,
					 .alarm = gn_str(alarm_text(c->alarm)),
					 .chat = &chat,
					 .devices = (uint32_t)c->device_count,
					 .outstanding = (uint32_t)c->outstanding,
					 .missing = c->gaps,
					 .reads = c->reads,
					 .expire = c->expire,
					 .seq = c->pin.seq,
					 .verified = verified,
					 .changed = changed,
					 .path = agent_path_of(a, c, path)};
	return gn_fb_person_make(b, &args);
}

void agent_name_file(struct gn_agent *a, const uint8_t chat[32], char pid[GN_PID_MAX],
		     struct gn_fb_chat_file_args *args)
{
	struct gn_people_contact c;
	for (size_t i = 0; gn_people_at(a->people, i, &c); i++) {
		if (memcmp(c.chat->b, chat, sizeof c.chat->b) != 0)
			continue;
		gn_pid(c.owner, pid);
		args->pid = gn_str(pid);
		args->contact = c.petname.len ? c.petname : c.name;
		return;
	}
}

gn_fbref agent_put_file(struct gn_fbb *b, struct gn_agent *a, const struct agent_file_of *of,
			const struct gn_content_file *file)
{
	struct gn_fb_message_id id;
	struct gn_fb_chat_id chat;
	char name[GN_CONTENT_FILE_NAME], pid[GN_PID_MAX] = "";
	gn_content_file_name(file->name, name);
	memcpy(id.b, of->id->b, sizeof id.b);
	memcpy(chat.b, of->chat->b, sizeof chat.b);
	struct gn_fb_chat_file_args args = {.id = &id,
					    .chat = &chat,
					    .mine = of->mine,
					    .index = (uint8_t)of->index,
					    .name = gn_str(name),
					    .mime = file->mime,
					    .size = file->size,
					    .state = of->mine ? GN_FB_FILE_STATE_SENT
							      : GN_FB_FILE_STATE_RECEIVED,
					    .sent = of->sent,
					    .number = of->number};
	if (of->whole || (!of->named && file->preview.len <= AGENT_PREVIEW))
		args.preview = file->preview;
	if (of->named)
		agent_name_file(a, of->chat->b, pid, &args);
	if (of->whole)
		args.text = of->text;
	return gn_fb_chat_file_make(b, &args);
}

#define LINE_TEXT 256

/* What a line of the agent's own says (PE-45); words: of the row, a device's name. Cut between
 * characters. */
static struct gn_slice line_text(const struct gn_people_message *m, struct gn_slice words,
				 char out[LINE_TEXT])
{
	int name = (int)(words.len < GN_PEOPLE_NAME_MAX ? words.len : GN_PEOPLE_NAME_MAX);
	out[0] = 0;
	switch (m->line) {
	case GN_PEOPLE_LINE_DEVICE:
		snprintf(out, LINE_TEXT, "they have a new device%s%.*s", name ? ": " : "", name,
			 name ? (const char *)words.p : "");
		break;
	case GN_PEOPLE_LINE_GONE: snprintf(out, LINE_TEXT, "a device of theirs is gone"); break;
	case GN_PEOPLE_LINE_ROTATED:
		snprintf(out, LINE_TEXT, "they have a new key, which they had announced");
		break;
	case GN_PEOPLE_LINE_ALARM:
		snprintf(out, LINE_TEXT, "sending is stopped: %s",
			 alarm_text((enum gn_people_alarm)m->about));
		break;
	case GN_PEOPLE_LINE_CLEARED:
		snprintf(out, LINE_TEXT, "you looked at it: sending goes on");
		break;
	case GN_PEOPLE_LINE_EXPIRE:
		if (m->about)
			snprintf(out, LINE_TEXT,
				 "what is said from now on goes %llu s after it was read",
				 (unsigned long long)m->about);
		else
			snprintf(out, LINE_TEXT, "what is said from now on stays");
		break;
	}
	struct gn_slice text = gn_str(out);
	while (text.len && !gn_utf8_ok(text))
		text.len--;
	return text;
}

gn_fbref agent_put_message(struct gn_fbb *b, const struct gn_agent_chat_id *chat,
			   struct gn_slice row, struct gn_slice content, uint64_t number)
{
	static const uint8_t states[] = {[GN_PEOPLE_WAITING] = GN_FB_SEND_STATE_WAITING,
					 [GN_PEOPLE_STORED] = GN_FB_SEND_STATE_STORED,
					 [GN_PEOPLE_DELIVERED] = GN_FB_SEND_STATE_DELIVERED,
					 [GN_PEOPLE_READ] = GN_FB_SEND_STATE_READ,
					 [GN_PEOPLE_FAILED] = GN_FB_SEND_STATE_FAILED};
	struct gn_people_message m;
	struct gn_content c = {0};
	char line[LINE_TEXT];
	struct gn_fb_message_id id, reply;
	struct gn_fb_chat_id chat_id;
	gn_fbref receipts[GN_PEOPLE_RECEIPTS_MAX], reactions[2], files[GN_CONTENT_FILES_MAX];
	size_t reaction_count = 0, file_count = 0;
	if (gn_people_message_open(row, &m) != GN_OK)
		return 0;
	bool is_line = m.kind == GN_PEOPLE_LINE; /* what it has is no content */
	bool says = !is_line && content.len && gn_content_open(content, &c, NULL) == GN_OK &&
		    !m.deleted && !m.expired;
	bool replies = says && (c.kind == GN_CONTENT_TEXT || c.kind == GN_CONTENT_FILE) &&
		       !gn_is_zero(c.ref.id.b, sizeof c.ref.id.b);
	memcpy(id.b, m.id.b, sizeof id.b);
	memcpy(reply.b, c.ref.id.b, sizeof reply.b);
	memcpy(chat_id.b, chat->b, sizeof chat_id.b);
	for (size_t i = 0; i < m.receipt_count; i++)
		receipts[i] = gn_fb_message_receipt_make(
			b, &(struct gn_fb_message_receipt_args){.device = m.receipts[i].device,
								.read = m.receipts[i].read,
								.time = m.receipts[i].time});
	for (size_t i = 0; i < 2; i++)
		if (m.reactions[i].len)
			reactions[reaction_count++] = gn_fb_message_reaction_make(
				b, &(struct gn_fb_message_reaction_args){
					   .mine = i == 1,
					   .emoji = gn_slice(m.reactions[i].emoji,
							     m.reactions[i].len)});
	for (; says && c.kind == GN_CONTENT_FILE && file_count < c.u.files.count; file_count++)
		files[file_count] =
			agent_put_file(b, NULL,
				       &(struct agent_file_of){.chat = chat,
							       .id = &m.id,
							       .mine = m.mine,
							       .index = (unsigned)file_count},
				       &c.u.files.at[file_count]);
	bool failed = m.state == GN_PEOPLE_FAILED;
	struct gn_slice reason = is_line ? line_text(&m, content, line)
					 : gn_str(failed ? gn_people_why_text(m.why) : "");
	struct gn_fb_message_args args = {.id = &id,
					  .chat = &chat_id,
					  .mine = m.mine,
					  .kind = m.kind,
					  .text = m.edit.order && !m.deleted && !m.expired
							  ? m.edited
						  : says ? c.text
							 : gn_slice(NULL, 0),
					  .sent = m.sent,
					  .received = m.received,
					  .order = m.order,
					  .edited = m.edit.order != 0,
					  .deleted = m.deleted || m.expired,
					  .reply = replies ? &reply : NULL,
					  .reactions = {reactions, reaction_count},
					  .state = m.mine   ? states[m.state]
						   : m.read ? GN_FB_SEND_STATE_READ
							    : GN_FB_SEND_STATE_DELIVERED,
					  .held = m.held,
					  .of = m.of,
					  .reason = reason,
					  .next = gn_str(failed ? gn_people_why_do(m.why) : ""),
					  .read = m.read,
					  .expires = m.expires,
					  .missing = m.missing,
					  .receipts = {receipts, m.receipt_count},
					  .number = number,
					  .files = {files, file_count}};
	return gn_fb_message_make(b, &args);
}
