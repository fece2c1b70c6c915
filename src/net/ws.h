/* WebSocket (RFC 6455): a codec for both sides, and a server's connection over an upgraded request
 * of the HTTP server: texts both ways, or binary messages both ways. The codec is pure and fuzzed;
 * a connection is 200 lines around it. (Nodes have another, net/wss.h.)
 *
 * Strict: client frames must be masked, reserved bits and opcodes and over-long lengths are
 * refused, control frames are short and whole, texts are UTF-8. Messages of the other kind are
 * refused with 1003. Every refusal is one close frame with its code, then the end. */
#ifndef GN_NET_WS_H
#define GN_NET_WS_H

#include "net/http.h"

/* ---- the codec ---- */

enum gn_ws_kind {
	GN_WS_TEXT = 1,
	GN_WS_BINARY = 2,
	GN_WS_CLOSE = 8,
	GN_WS_PING = 9,
	GN_WS_PONG = 10
};

struct gn_ws_parser {
	uint8_t head[14]; /* of the frame being read */
	uint8_t head_len, opcode, control_len;
	bool final, in_payload, in_message;
	/* set after init: frames come from a server and must not be masked; messages are binary
	 * and not texts, which are refused with 1003 then */
	bool of_server, binary;
	uint8_t mask[4];
	uint64_t left, at; /* payload bytes to come, seen */
	uint8_t control[125];
	struct gn_buf message; /* caller's storage: the largest message */
};

struct gn_ws_message {
	enum gn_ws_kind kind;
	struct gn_slice data; /* valid until the next call; CLOSE: code and reason as sent */
};

void gn_ws_parser_init(struct gn_ws_parser *p, struct gn_buf storage);
/* Takes from in; *used tells how much. GN_OK: *out is a whole message; GN_AGAIN: all of in was
 * taken; else *code is the close code: GN_PROTOCOL 1002, GN_TOO_LARGE 1009, GN_TEXT 1007. After
 * an error p is done with. */
GN_MUST gn_err gn_ws_parse(struct gn_ws_parser *p, struct gn_slice in, size_t *used,
			   struct gn_ws_message *out, uint16_t *code);
/* The head of an unmasked final frame of len payload bytes; returns its length (2, 4 or 10). */
size_t gn_ws_head(enum gn_ws_kind kind, uint64_t len, uint8_t out[10]);
/* A client's frame: len bytes of payload, masked in place. head as above, with the mask: 6, 8 or 14
 * bytes. */
size_t gn_ws_mask(enum gn_ws_kind kind, const uint8_t mask[4], uint8_t *payload, size_t len,
		  uint8_t head[14]);
/* What a request must say to become a WebSocket (RFC 6455 section 4.2.1). */
struct gn_ws_asked {
	enum gn_http_method method;
	struct gn_slice upgrade, key, version;
	bool connection, has_body; /* Connection lists "upgrade" */
};
bool gn_ws_asked_ok(const struct gn_ws_asked *asked);
/* Sec-WebSocket-Accept for a key (RFC 6455 section 4.2.2), 28 characters and a terminator. */
void gn_ws_accept_text(struct gn_slice key, char out[29]);

/* ---- a connection ---- */

struct gn_ws;
struct gn_ws_handler {
	void (*on_text)(void *user, struct gn_ws *ws, struct gn_slice text);
	/* Instead of texts, which are refused then; NULL: texts. */
	void (*on_binary)(void *user, struct gn_ws *ws, struct gn_slice bytes);
	void *user;
	void (*on_ping)(void *user, struct gn_ws *ws); /* NULL, or for who counts them; may close */
};

/* A request that asks for an upgrade to WebSocket, well-formed or not. */
bool gn_ws_wanted(const struct gn_http_request *r);
/* The token in its subprotocols "bearer, TOKEN": the only place where a browser's WebSocket can
 * put one. False when it offers none, or is no WebSocket. */
bool gn_ws_bearer(const struct gn_http_request *r, struct gn_slice *token);
/* Upgrades it. protocol: the subprotocol chosen, or NULL. message_max: bytes of one message from
 * the client. GN_USAGE: not a proper handshake (the owner answers 400), GN_NOMEM. The owner
 * passes what on_body gets to gn_ws_recv and frees ws in on_closed. */
GN_MUST gn_err gn_ws_open(struct gn_http_request *r, const char *protocol, size_t message_max,
			  const struct gn_ws_handler *handler, struct gn_ws **out);
void gn_ws_free(struct gn_ws *ws);
/* All of data is used; answers the last ping in it, echoes a close, refuses what breaks the
 * protocol. */
void gn_ws_recv(struct gn_ws *ws, struct gn_slice data);
/* False when nothing more can be sent, or when the client does not take what was sent (over the
 * high-water mark): the owner may drop it. */
bool gn_ws_send(struct gn_ws *ws, struct gn_slice text);
bool gn_ws_send_binary(struct gn_ws *ws, struct gn_slice bytes); /* the same for a binary message */
void gn_ws_ping(struct gn_ws *ws);
/* Sends a close frame once and ends the connection. */
void gn_ws_close(struct gn_ws *ws, uint16_t code, const char *reason);
bool gn_ws_closing(const struct gn_ws *ws);
/* Has the client said anything since the last call? (for keep-alive) */
bool gn_ws_heard(struct gn_ws *ws);

#endif
