/* What people says goes into the outbox, in the transaction of what it was for; its rows. */
#include "agent/outbox_int.h"

#include <stdlib.h>

void agent_invite_name(const struct gn_hash *chat, char out[80])
{
	memcpy(out, "invite.", 8);
	gn_hex(GN_SLICE(chat->b), out + 7);
}

/* ---- rows ---- */

gn_err agent_out_row(struct gn_agent_tx *tx, uint64_t id, uint8_t kind, uint64_t due_ms,
		     const struct agent_out_parts *parts)
{
	struct gn_agent_out out = {.id = id, .kind = kind, .due_ms = due_ms};
	struct agent_out_head head = parts->head;
	size_t len = sizeof head + parts->custodies.len + parts->rest.len;
	uint8_t *bytes = malloc(len), *at = bytes;
	if (!bytes)
		return GN_NOMEM;
	GN_ASSERT(parts->custodies.len <= AGENT_CUSTODIES_MAX * sizeof(struct gn_custody));
	head.custodies = (uint8_t)(parts->custodies.len / sizeof(struct gn_custody));
	memcpy(at, &head, sizeof head);
	at += sizeof head;
	if (parts->custodies.len)
		memcpy(at, parts->custodies.p, parts->custodies.len);
	at += parts->custodies.len;
	if (parts->rest.len)
		memcpy(at, parts->rest.p, parts->rest.len);
	memcpy(out.ref, head.id.b, sizeof out.ref);
	memcpy(out.target, head.owner.b, sizeof out.target);
	out.bytes = gn_slice(bytes, len);
	gn_err err = gn_agent_out_put(tx, &out, &out.id);
	gn_wipe(bytes, len);
	gn_wipe(&head, sizeof head);
	free(bytes);
	return err;
}

bool agent_out_open(struct gn_slice bytes, struct agent_out_parts *out)
{
	const size_t head = sizeof out->head;
	if (bytes.len < head)
		return false;
	memcpy(&out->head, bytes.p, head);
	size_t custodies = out->head.custodies * sizeof(struct gn_custody);
	if (out->head.custodies > AGENT_CUSTODIES_MAX || bytes.len - head < custodies)
		return false;
	out->custodies = gn_slice_sub(bytes, head, custodies);
	out->rest = gn_slice_sub(bytes, head + custodies, bytes.len - head - custodies);
	return true;
}

bool agent_out_custody(const struct agent_out_parts *parts, size_t i, struct gn_custody *out)
{
	if (i >= parts->custodies.len / sizeof *out)
		return false;
	memcpy(out, parts->custodies.p + i * sizeof *out, sizeof *out);
	return true;
}

/* ---- what people says ---- */

static bool is_resend(struct gn_slice content)
{
	struct gn_content c;
	bool is = gn_content_open(content, &c, NULL) == GN_OK && c.kind == GN_CONTENT_RESEND;
	gn_wipe(&c, sizeof c);
	return is;
}

gn_err agent_post_add(struct gn_agent *a, struct gn_agent_tx *tx, const struct gn_people_send *send)
{
	struct agent_out_parts parts;
	gn_host_log(&a->host, GN_LOG_DEBUG, "post", "to send: %zu bytes", send->content.len);
	if (send->live || gn_pk_eq(&send->owner, &a->owner))
		return GN_OK; /* no direct way, and no other device of ours, yet */
	memset(&parts, 0, sizeof parts);
	parts.head.owner = send->owner;
	parts.head.device = send->device;
	parts.head.chat = send->chat;
	parts.head.id = send->id;
	parts.head.flags = (uint8_t)(send->stays * AGENT_OUT_STAYS | send->again * AGENT_OUT_AGAIN |
				     send->request * AGENT_OUT_REQUEST);
	if (!send->stays && is_resend(send->content))
		parts.head.flags |= AGENT_OUT_KEPT;
	parts.rest = send->content;
	a->post_due = a->now;
	return agent_out_row(tx, 0, AGENT_OUT_SEND, agent_unix_ms(a), &parts);
}
