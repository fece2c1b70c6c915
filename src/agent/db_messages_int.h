/* A message as a row of a statement, for reading and for searching. */
#ifndef GN_AGENT_DB_MESSAGES_INT_H
#define GN_AGENT_DB_MESSAGES_INT_H

#include "agent/db_int.h"

/* Columns of messages m with their chat c. */
#define AGENT_MESSAGE                                                                              \
	"c.chat, m.number, m.mine, m.content, m.place, m.sent, m.due, m.shown, m.unread, m.text,"  \
	" m.row, m.bytes"

/* From a row whose first columns are those; borrowed as they are. */
GN_MUST gn_err agent_message_read(const struct agent_q *q, struct gn_agent_message *out);
/* The store's number of a chat. GN_NOT_FOUND. */
GN_MUST gn_err agent_chat_row(struct gn_agent_db *db, const struct gn_agent_chat_id *id,
			      uint64_t *row);

/* Bytes that one takes of a page. */
static inline size_t agent_message_bytes(const struct gn_agent_message *m)
{
	return m->text.len + m->row.len + m->content.len;
}

/* A page being told: ends at its limit and at AGENT_PAGE_BYTES, never before the first. */
struct agent_paging {
	unsigned left;
	size_t bytes;
};
static inline bool agent_page_full(struct agent_paging *p, size_t bytes)
{
	bool full = p->left == 0 || (p->bytes && p->bytes + bytes > AGENT_PAGE_BYTES);
	p->left -= p->left > 0;
	p->bytes += bytes;
	return full;
}

#endif
