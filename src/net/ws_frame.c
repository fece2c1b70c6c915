/* WebSocket frames (RFC 6455 section 5): bytes in, whole messages out.
 *
 * 1. A frame's head is gathered byte by byte and judged before a byte of its payload is kept.
 * 2. Control frames may come between the fragments of a message; they have storage of their own.
 * 3. A length written longer than needed is refused, as are reserved bits, reserved opcodes,
 *    a client's frames without mask and a server's with one. */
#include "net/ws.h"

#define FIN 0x80u
#define MASKED 0x80u
#define ACCEPT_KEY_LEN 24 /* base64 of 16 bytes */

void gn_ws_parser_init(struct gn_ws_parser *p, struct gn_buf storage)
{
	*p = (struct gn_ws_parser){.message = {storage.p, 0, storage.cap}};
}

/* Bytes of the head, once its first two are known. */
static size_t head_want(const struct gn_ws_parser *p)
{
	uint8_t len = p->head[1] & 0x7f;
	return 2 + (len == 126 ? 2u : len == 127 ? 8u : 0u) + (p->of_server ? 0u : 4u);
}

static gn_err refuse(uint16_t *code, uint16_t value, gn_err err)
{
	*code = value;
	return err;
}

/* The complete head. */
static gn_err begin(struct gn_ws_parser *p, uint16_t *code)
{
	struct gn_reader r = gn_reader(gn_slice(p->head + 2, (size_t)p->head_len - 2));
	uint8_t opcode = p->head[0] & 0x0f, short_len = p->head[1] & 0x7f;
	uint64_t len = short_len == 126   ? gn_read_be16(&r)
		       : short_len == 127 ? gn_read_be64(&r)
					  : short_len;
	bool final = p->head[0] & FIN, control = opcode & 8;
	memset(p->mask, 0, sizeof p->mask);
	if (!p->of_server)
		memcpy(p->mask, r.p, 4);
	if ((short_len == 126 && len < 126) || (short_len == 127 && len < 65536) || len >> 63)
		return refuse(code, 1002, GN_PROTOCOL);
	if (control && (!final || len > sizeof p->control || opcode > GN_WS_PONG))
		return refuse(code, 1002, GN_PROTOCOL);
	if (!control && (opcode > GN_WS_BINARY || (opcode != 0) == p->in_message))
		return refuse(code, 1002, GN_PROTOCOL);
	if (opcode == (p->binary ? GN_WS_TEXT : GN_WS_BINARY))
		return refuse(code, 1003, GN_UNSUPPORTED);
	if (!control && len > p->message.cap - p->message.len)
		return refuse(code, 1009, GN_TOO_LARGE);
	p->opcode = opcode;
	p->final = final;
	p->left = len;
	p->at = 0;
	p->control_len = 0;
	p->in_payload = true;
	if (!control)
		p->in_message = true;
	return GN_OK;
}

/* A frame's payload is complete. */
static gn_err end(struct gn_ws_parser *p, struct gn_ws_message *out, uint16_t *code)
{
	p->in_payload = false;
	p->head_len = 0;
	if (p->opcode & 8) {
		struct gn_slice data = gn_slice(p->control, p->control_len);
		if (p->opcode == GN_WS_CLOSE &&
		    (data.len == 1 || !gn_utf8_ok(gn_slice_sub(data, 2, data.len))))
			return refuse(code, 1002, GN_PROTOCOL);
		*out = (struct gn_ws_message){(enum gn_ws_kind)p->opcode, data};
		return GN_OK;
	}
	if (!p->final)
		return GN_AGAIN;
	*out = (struct gn_ws_message){p->binary ? GN_WS_BINARY : GN_WS_TEXT,
				      gn_buf_slice(&p->message)};
	p->in_message = false;
	p->message.len = 0; /* the bytes stay until the next call */
	return p->binary || gn_utf8_ok(out->data) ? GN_OK : refuse(code, 1007, GN_TEXT);
}

static gn_err head_byte(struct gn_ws_parser *p, uint8_t b, uint16_t *code)
{
	p->head[p->head_len++] = b;
	if (p->head_len == 1 && b & 0x70)
		return refuse(code, 1002, GN_PROTOCOL);
	if (p->head_len == 2 && !(b & MASKED) != p->of_server)
		return refuse(code, 1002, GN_PROTOCOL);
	return p->head_len >= 2 && p->head_len == head_want(p) ? begin(p, code) : GN_OK;
}

/* What in has of the frame's payload; returns how much. */
static size_t payload(struct gn_ws_parser *p, struct gn_slice in)
{
	size_t n = p->left < in.len ? (size_t)p->left : in.len;
	bool control = p->opcode & 8;
	uint8_t *to = control ? p->control + p->control_len : p->message.p + p->message.len;
	for (size_t i = 0; i < n; i++)
		to[i] = in.p[i] ^ p->mask[(p->at + i) & 3];
	p->at += n;
	p->left -= n;
	if (control)
		p->control_len = (uint8_t)(p->control_len + n);
	else
		p->message.len += n;
	return n;
}

gn_err gn_ws_parse(struct gn_ws_parser *p, struct gn_slice in, size_t *used,
		   struct gn_ws_message *out, uint16_t *code)
{
	size_t i = 0;
	gn_err err = GN_AGAIN;
	*used = in.len;
	for (;;) {
		if (p->in_payload && p->left == 0) {
			err = end(p, out, code);
			if (err != GN_AGAIN)
				break;
			continue;
		}
		if (i == in.len)
			return GN_AGAIN;
		if (!p->in_payload) {
			err = head_byte(p, in.p[i++], code);
			if (err)
				break;
			continue;
		}
		i += payload(p, gn_slice(in.p + i, in.len - i));
	}
	*used = i;
	return err;
}

size_t gn_ws_head(enum gn_ws_kind kind, uint64_t len, uint8_t out[10])
{
	struct gn_writer w = gn_writer(out, 10);
	gn_write_u8(&w, (uint8_t)(FIN | (unsigned)kind));
	gn_write_u8(&w, (uint8_t)(len < 126 ? len : len < 65536 ? 126 : 127));
	if (len >= 65536)
		gn_write_be64(&w, len);
	else if (len >= 126)
		gn_write_be16(&w, (uint16_t)len);
	return gn_writer_len(&w);
}

size_t gn_ws_mask(enum gn_ws_kind kind, const uint8_t mask[4], uint8_t *bytes, size_t len,
		  uint8_t head[14])
{
	size_t n = gn_ws_head(kind, len, head);
	head[1] |= MASKED;
	memcpy(head + n, mask, 4);
	for (size_t i = 0; i < len; i++)
		bytes[i] ^= mask[i & 3];
	return n + 4;
}

/* ---- the handshake ---- */

/* base64 of 16 bytes: 22 digits, "==". */
static bool key_ok(struct gn_slice key)
{
	if (key.len != ACCEPT_KEY_LEN || key.p[22] != '=' || key.p[23] != '=')
		return false;
	for (size_t i = 0; i < 22; i++) {
		uint8_t c = key.p[i];
		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		      c == '+' || c == '/'))
			return false;
	}
	return true;
}

bool gn_ws_asked_ok(const struct gn_ws_asked *asked)
{
	return asked->method == GN_HTTP_GET && gn_same_word(asked->upgrade, GN_LIT("websocket")) &&
	       asked->connection && key_ok(asked->key) &&
	       gn_slice_eq(asked->version, GN_LIT("13")) && !asked->has_body;
}

/* ---- the handshake's SHA-1 (FIPS 180-4): no secret hangs on it, it only proves that the server
 * read the request ---- */

static uint32_t rol(uint32_t v, unsigned n)
{
	return v << n | v >> (32 - n);
}

static void sha1_block(uint32_t h[5], const uint8_t *p)
{
	uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
	for (unsigned i = 0; i < 16; i++)
		w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 |
		       (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
	for (unsigned i = 16; i < 80; i++)
		w[i] = rol(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	for (unsigned i = 0; i < 80; i++) {
		uint32_t f = i < 20   ? (b & c) | (~b & d)
			     : i < 40 ? b ^ c ^ d
			     : i < 60 ? (b & c) | (b & d) | (c & d)
				      : b ^ c ^ d;
		uint32_t k = i < 20   ? 0x5a827999u
			     : i < 40 ? 0x6ed9eba1u
			     : i < 60 ? 0x8f1bbcdcu
				      : 0xca62c1d6u;
		uint32_t t = rol(a, 5) + f + e + k + w[i];
		e = d;
		d = c;
		c = rol(b, 30);
		b = a;
		a = t;
	}
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
	h[4] += e;
}

void gn_ws_accept_text(struct gn_slice key, char out[29])
{
	static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	uint32_t h[5] = {0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u};
	uint8_t text[128] = {0}, hash[20];
	GN_ASSERT(key.len == ACCEPT_KEY_LEN);
	size_t len = ACCEPT_KEY_LEN + sizeof guid - 1; /* 60: padding needs a second block */
	memcpy(text, key.p, ACCEPT_KEY_LEN);
	memcpy(text + ACCEPT_KEY_LEN, guid, sizeof guid - 1);
	text[len] = 0x80;
	gn_put_be64(text + 120, len * 8);
	sha1_block(h, text);
	sha1_block(h, text + 64);
	for (unsigned i = 0; i < 20; i++)
		hash[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
	gn_err err = gn_base64(gn_slice(hash, 20), false, out, 29);
	GN_ASSERT(err == GN_OK);
}
