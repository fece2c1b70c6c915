/* A connection among the others: where its client is, when it is looked at next, how it ends.
 *
 * 1. Whatever an owner's call sets off is done in a later turn of the loop (conn_mark_ready), so
 *    callbacks never nest.
 * 2. Every handle given to libuv is counted; the server's memory goes with the last of them. */
#include "net/http_conn.h"

#include <stdlib.h>

void http_release(struct gn_http *http)
{
	if (--http->handles > 0 || !http->freeing)
		return;
	free(http);
}

void conn_forget(struct conn *c)
{
	if (c->in)
		gn_wipe(c->in, c->in_cap);
	free(c->in);
	c->in = NULL;
	c->in_cap = 0;
}

void conn_on_closed(uv_handle_t *handle)
{
	struct conn *c = handle->data;
	struct gn_http *http = c->http;
	conn_forget(c);
	free(c);
	http_release(http);
}

void conn_mark_ready(struct conn *c)
{
	struct gn_http *http = c->http;
	if (c->ready || c->state == CONN_CLOSING)
		return;
	c->ready = true;
	c->ready_next = http->ready;
	http->ready = c;
	uv_idle_start(&http->turn, http->on_turn);
}

void conn_close(struct conn *c)
{
	struct gn_http *http = c->http;
	if (c->state == CONN_CLOSING)
		return;
	if (c->in_line)
		line_leave(c);
	c->state = CONN_CLOSING;
	for (struct conn **at = &http->ready; c->ready && *at; at = &(*at)->ready_next)
		if (*at == c) {
			/* it would be freed before its turn; those of the turn that runs now are
		    	 * freed after it */
			*at = c->ready_next;
			break;
		}
	if (c->prev)
		c->prev->next = c->next;
	else
		http->conns = c->next;
	if (c->next)
		c->next->prev = c->prev;
	if (c->raw)
		http->raw_count--;
	else
		http->conn_count--;
	if (http->conn_count + http->raw_count == 0)
		uv_timer_stop(&http->sweep);
	if (!c->reset || c->is_unix || uv_tcp_close_reset(&c->io.tcp, conn_on_closed) != 0)
		uv_close(&c->io.handle, conn_on_closed);
	struct gn_http_request *r = c->request;
	if (r) {
		c->request = NULL;
		http->handler.on_closed(http->handler.user, r);
		free(r);
	}
}

void conn_raw_room(struct gn_http *http)
{
	while (http->raw_count > http->config.raw_max) {
		struct conn *best = NULL;
		for (struct conn *c = http->conns; c; c = c->next)
			if (c->raw && c->state == CONN_LINGER && c->queued == 0 &&
			    (!best || c->since <= best->since))
				best = c;
		if (!best)
			return;
		conn_close(best);
	}
}
