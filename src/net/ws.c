/* A WebSocket connection: the handshake, and frames over the upgraded request.
 *
 *     OPEN -> CLOSING [gn_ws_close: ours was sent, the connection ends after it]
 *
 * 1. Once a close frame was sent nothing else is. 2. What comes after it is read and thrown
 *    away. 3. Of the pings that come at once the last is answered (RFC 6455 section 5.5.3). */
#include "net/ws.h"

#include <stdlib.h>

struct gn_ws {
	struct gn_http_request *request; /* borrowed: the owner frees us in its on_closed */
	struct gn_ws_handler handler;
	struct gn_ws_parser parser;
	bool closing, heard, pinged;
	uint8_t pong[125], pong_len; /* what the last ping said */
	uint8_t storage[];
};

bool gn_ws_wanted(const struct gn_http_request *r)
{
	struct gn_slice upgrade = gn_http_header(r, "upgrade");
	return gn_same_word(upgrade, GN_LIT("websocket"));
}

bool gn_ws_bearer(const struct gn_http_request *r, struct gn_slice *token)
{
	struct gn_slice protocols = gn_http_header(r, "sec-websocket-protocol");
	size_t at = strlen("bearer");
	if (!gn_ws_wanted(r) || protocols.len <= at || memcmp(protocols.p, "bearer", at) != 0 ||
	    protocols.p[at] != ',')
		return false;
	for (at++; at < protocols.len && protocols.p[at] == ' '; at++)
		;
	*token = gn_slice_sub(protocols, at, protocols.len);
	return token->len > 0;
}

gn_err gn_ws_open(struct gn_http_request *r, const char *protocol, size_t message_max,
		  const struct gn_ws_handler *handler, struct gn_ws **out)
{
	struct gn_ws_asked asked = {.method = gn_http_method(r),
				    .upgrade = gn_http_header(r, "upgrade"),
				    .key = gn_http_header(r, "sec-websocket-key"),
				    .version = gn_http_header(r, "sec-websocket-version"),
				    .connection = gn_http_connection_has(r, "upgrade"),
				    .has_body = gn_http_has_body(r)};
	char accept[29];
	if (!gn_ws_asked_ok(&asked))
		return GN_USAGE;
	struct gn_ws *ws = calloc(1, sizeof *ws + message_max);
	if (!ws)
		return GN_NOMEM;
	ws->request = r;
	ws->handler = *handler;
	gn_ws_parser_init(&ws->parser, (struct gn_buf){ws->storage, 0, message_max});
	ws->parser.binary = handler->on_binary != NULL;
	gn_ws_accept_text(asked.key, accept);
	struct gn_http_field fields[] = {{"Sec-WebSocket-Accept", gn_str(accept)},
					 {"Sec-WebSocket-Protocol", gn_str(protocol)}};
	gn_http_upgrade(r, "websocket", fields, protocol ? 2 : 1);
	*out = ws;
	return GN_OK;
}

void gn_ws_free(struct gn_ws *ws)
{
	free(ws);
}

static bool put(struct gn_ws *ws, enum gn_ws_kind kind, struct gn_slice data)
{
	uint8_t head[10];
	if (ws->closing)
		return false;
	bool head_fits =
		gn_http_write(ws->request, gn_slice(head, gn_ws_head(kind, data.len, head)));
	return data.len ? gn_http_write(ws->request, data) : head_fits;
}

bool gn_ws_send(struct gn_ws *ws, struct gn_slice text)
{
	return put(ws, GN_WS_TEXT, text);
}

bool gn_ws_send_binary(struct gn_ws *ws, struct gn_slice bytes)
{
	return put(ws, GN_WS_BINARY, bytes);
}

void gn_ws_ping(struct gn_ws *ws)
{
	put(ws, GN_WS_PING, GN_LIT(""));
}

void gn_ws_close(struct gn_ws *ws, uint16_t code, const char *reason)
{
	uint8_t body[125] = {(uint8_t)(code >> 8), (uint8_t)code};
	size_t len = strlen(reason) < 123 ? strlen(reason) : 123;
	if (ws->closing)
		return;
	memcpy(body + 2, reason, len);
	put(ws, GN_WS_CLOSE, gn_slice(body, code ? len + 2 : 0));
	ws->closing = true;
	gn_http_end(ws->request);
}

bool gn_ws_closing(const struct gn_ws *ws)
{
	return ws->closing;
}

bool gn_ws_heard(struct gn_ws *ws)
{
	bool heard = ws->heard;
	ws->heard = false;
	return heard;
}

/* Codes an endpoint may send (RFC 6455 section 7.4). */
static bool code_ok(unsigned code)
{
	return (code >= 1000 && code <= 1011 && code != 1004 && code != 1005 && code != 1006) ||
	       (code >= 3000 && code < 5000);
}

static void on_ping(struct gn_ws *ws, struct gn_slice data)
{
	ws->pinged = true;
	ws->pong_len = (uint8_t)data.len;
	if (data.len)
		memcpy(ws->pong, data.p, data.len);
	if (ws->handler.on_ping)
		ws->handler.on_ping(ws->handler.user, ws);
}

static void message(struct gn_ws *ws, const struct gn_ws_message *m)
{
	switch (m->kind) {
	case GN_WS_TEXT: ws->handler.on_text(ws->handler.user, ws, m->data); break;
	case GN_WS_PING: on_ping(ws, m->data); break;
	case GN_WS_CLOSE: {
		unsigned code = m->data.len >= 2 ? (unsigned)m->data.p[0] << 8 | m->data.p[1] : 0;
		gn_ws_close(ws, code && !code_ok(code) ? 1002 : (uint16_t)code, "");
		break;
	}
	case GN_WS_BINARY: ws->handler.on_binary(ws->handler.user, ws, m->data); break;
	case GN_WS_PONG: break;
	}
}

void gn_ws_recv(struct gn_ws *ws, struct gn_slice data)
{
	struct gn_ws_message m;
	uint16_t code = 0;
	ws->heard = true;
	while (!ws->closing) {
		size_t used;
		gn_err err = gn_ws_parse(&ws->parser, data, &used, &m, &code);
		data = gn_slice_sub(data, used, data.len);
		if (err == GN_AGAIN)
			break;
		if (err) {
			gn_ws_close(ws, code, gn_err_text(err));
			return;
		}
		message(ws, &m);
	}
	if (ws->pinged)
		put(ws, GN_WS_PONG, gn_slice(ws->pong, ws->pong_len));
	ws->pinged = false;
}
