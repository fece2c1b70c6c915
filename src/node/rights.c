/* Tokens by which relays give much (RE-33): the file DATA/relay-tokens of the owner, one
 * "KEY TOKEN" a line, KEY a relay's in 64 hex digits, TOKEN what `geonet token grant` prints, for
 * this node's key. It is read when a circuit is opened, so that what is new there holds at once; a
 * token is shown to the relay that it stands for and to nobody else. */
#include "node/node_int.h"

#include "wire/token.h"

#include <stdlib.h>

#define FILE_NAME "relay-tokens"
#define KEY_DIGITS 64

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The line without its end, off the text. */
static struct gn_slice line_of(struct gn_slice *text)
{
	const uint8_t *end = memchr(text->p, '\n', text->len);
	size_t len = end ? (size_t)(end - text->p) : text->len;
	struct gn_slice line = gn_slice(text->p, len);
	*text = gn_slice_sub(*text, end ? len + 1 : len, SIZE_MAX);
	while (line.len && is_blank(line.p[line.len - 1]))
		line.len--;
	return line;
}

/* GN_NOT_FOUND: it is of another relay, or none is there. */
static gn_err token_of(struct gn_slice line, const struct gn_pk *relay, struct gn_buf *out)
{
	struct gn_pk key;
	if (!line.len || line.p[0] == '#')
		return GN_NOT_FOUND;
	if (line.len <= KEY_DIGITS + 1 || !is_blank(line.p[KEY_DIGITS]))
		return GN_TEXT;
	GN_TRY(gn_unhex(gn_slice(line.p, KEY_DIGITS), key.b, sizeof key.b));
	return gn_pk_eq(&key, relay)
		       ? gn_unbase64(gn_slice_sub(line, KEY_DIGITS + 1, SIZE_MAX), true, out)
		       : GN_NOT_FOUND;
}

bool gn_node_right_for(struct gn_node *node, const struct gn_pk *relay, struct gn_buf *out)
{
	struct gn_buf text = {malloc(GN_NODE_RIGHTS_TEXT), 0, GN_NODE_RIGHTS_TEXT};
	gn_err err = text.p ? node->outside.kept(node, FILE_NAME, &text) : GN_NOMEM;
	struct gn_slice rest = gn_buf_slice(&text);
	unsigned number = 0;
	if (!err)
		for (err = GN_NOT_FOUND; rest.len && err == GN_NOT_FOUND; number++)
			err = token_of(line_of(&rest), relay, out);
	if (err && err != GN_NOT_FOUND)
		gn_host_log(&node->host, GN_LOG_WARN, "relay.tokens",
			    "relay-tokens, line %u, is not used, nor what follows: %s", number,
			    gn_err_text(err));
	free(text.p);
	return err == GN_OK;
}

bool gn_node_right_given(struct gn_node *node, const struct gn_pk *relay, const struct gn_pk *to,
			 struct gn_buf *out)
{
	uint8_t bytes[GN_TOKEN_MAX];
	struct gn_buf own = {bytes, 0, sizeof bytes};
	struct gn_token t;
	uint64_t now = gn_node_unix(node);
	if (!gn_node_right_for(node, relay, &own) || gn_token_read(gn_buf_slice(&own), &t))
		return false;
	const struct gn_token_block *last = &t.blocks[t.count - 1];
	uint64_t end = now + GN_NODE_RIGHT_GIVEN;
	struct gn_token_fields f = {.audience = *to,
				    .not_before = last->not_before,
				    .expires = last->expires < end ? last->expires : end};
	gn_rand_fill(&node->host.rand, f.nonce, sizeof f.nonce);
	return gn_token_narrow(&t, &node->key, &f, out, NULL) == GN_OK;
}
