/* Search: what a person typed becomes quoted words, all of which must be there, so that nothing of
 * FTS5's language is reached; the last may be the beginning of a word. In one chat, the chat is one
 * word more, in its own column. Found newest first: by the order of rows, which the index has.
 *
 * Spec: AG-34. */
#include "agent/db_messages_int.h"

#include <stdio.h>

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

/* "a" "b"*: in quotes, with quotes doubled. */
static gn_err quote_words(struct gn_slice text, struct gn_buf *out, unsigned *count)
{
	size_t at = 0;
	*count = 0;
	for (;;) {
		while (at < text.len && is_blank(text.p[at]))
			at++;
		if (at == text.len)
			return GN_OK;
		if (++*count > AGENT_QUERY_WORDS)
			return GN_TOO_LARGE;
		GN_TRY(gn_buf_put(out, GN_LIT(" \"")));
		for (; at < text.len && !is_blank(text.p[at]); at++) {
			if (text.p[at] == '"')
				GN_TRY(gn_buf_put(out, GN_LIT("\"")));
			GN_TRY(gn_buf_put(out, gn_slice(text.p + at, 1)));
		}
		GN_TRY(gn_buf_put(out, at == text.len ? GN_LIT("\"*") : GN_LIT("\"")));
	}
}

/* FTS5's query; count 0: there is no word. */
static gn_err make_query(const struct gn_agent_search *s, uint64_t chat, struct gn_buf *out,
			 unsigned *count)
{
	char head[64];
	if (s->text.len > AGENT_QUERY_MAX)
		return GN_TOO_LARGE;
	if (!gn_utf8_ok(s->text) || (s->text.len && memchr(s->text.p, 0, s->text.len)))
		return GN_TEXT;
	if (s->chat)
		snprintf(head, sizeof head, "chat : c%llu AND ", (unsigned long long)chat);
	else
		head[0] = 0;
	GN_TRY(gn_buf_put(out, gn_str(head)));
	GN_TRY(gn_buf_put(out, GN_LIT("text : (")));
	GN_TRY(quote_words(s->text, out, count));
	return gn_buf_put(out, GN_LIT(" )"));
}

gn_err gn_agent_search(struct gn_agent_db *db, const struct gn_agent_search *s,
		       gn_agent_found_fn *fn, void *user, bool *more)
{
	uint8_t space[2 * AGENT_QUERY_MAX + 6 * AGENT_QUERY_WORDS + 96];
	struct gn_buf query = {space, 0, sizeof space};
	struct agent_paging paging = {.left = agent_limit(s->limit)};
	struct gn_agent_found f;
	uint64_t chat = 0;
	unsigned words;
	*more = false;
	if (s->chat)
		GN_TRY(agent_chat_row(db, s->chat, &chat));
	GN_TRY(make_query(s, chat, &query, &words));
	if (!words)
		return GN_OK;
	struct agent_q q =
		agent_q(db, "SELECT " AGENT_MESSAGE ", m.id,"
			    " snippet(message_text, 1, char(2), char(3), '\xe2\x80\xa6', 12)"
			    " FROM message_text t JOIN messages m ON m.id = t.rowid"
			    " JOIN chats c ON c.id = m.chat"
			    " WHERE message_text MATCH ? AND t.rowid < ? AND m.shown "
			    " ORDER BY t.rowid DESC LIMIT ?");
	_Static_assert(AGENT_SNIPPET_WORDS == 12, "as in the statement");
	agent_q_text(&q, gn_buf_slice(&query));
	agent_q_int(&q, s->below ? s->below : INT64_MAX);
	agent_q_int(&q, paging.left + 1);
	gn_err err;
	while (!(err = agent_q_row(&q))) {
		if ((err = agent_message_read(&q, &f.message)))
			break;
		f.place = agent_q_get(&q, 12);
		f.snippet = agent_q_bytes(&q, 13);
		*more = agent_page_full(&paging, agent_message_bytes(&f.message) + f.snippet.len);
		if (*more || !fn(user, &f))
			break;
	}
	return agent_q_over(&q, err);
}
