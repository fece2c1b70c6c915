/* What people says goes into the outbox, in the transaction of what it was for. */
#include "agent/outbox_int.h"

#include <stdlib.h>

void agent_invite_name(const struct gn_hash *chat, char out[80])
{
	memcpy(out, "invite.", 8);
	gn_hex(GN_SLICE(chat->b), out + 7);
}

gn_err agent_out_row(struct gn_agent_tx *tx, uint64_t id, uint8_t kind, uint64_t due_ms,
		     const struct agent_out_head *head, struct gn_slice rest)
{
	struct gn_agent_out out = {.id = id, .kind = kind, .due_ms = due_ms};
	uint8_t *bytes = malloc(sizeof *head + rest.len);
	if (!bytes)
		return GN_NOMEM;
	memcpy(bytes, head, sizeof *head);
	memcpy(bytes + sizeof *head, rest.p, rest.len);
	memcpy(out.ref, head->id.b, sizeof out.ref);
	out.bytes = gn_slice(bytes, sizeof *head + rest.len);
	gn_err err = gn_agent_out_put(tx, &out, &out.id);
	gn_wipe(bytes, sizeof *head);
	free(bytes);
	return err;
}

gn_err agent_post_add(struct gn_agent *a, struct gn_agent_tx *tx, const struct gn_people_send *send)
{
	struct agent_out_head head;
	gn_host_log(&a->host, GN_LOG_DEBUG, "post", "to send: %zu bytes", send->content.len);
	if (send->live || gn_pk_eq(&send->owner, &a->owner))
		return GN_OK; /* no direct way, and no other device of ours, yet */
	memset(&head, 0, sizeof head);
	head.owner = send->owner;
	head.device = send->device;
	head.chat = send->chat;
	head.id = send->id;
	head.flags = (uint8_t)(send->stays * AGENT_OUT_STAYS | send->again * AGENT_OUT_AGAIN |
			       send->request * AGENT_OUT_REQUEST);
	a->post_due = a->now;
	return agent_out_row(tx, 0, AGENT_OUT_SEND, agent_unix_ms(a), &head, send->content);
}
