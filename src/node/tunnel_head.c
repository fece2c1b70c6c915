/* The head of a tunnel, as tunnel_head.h says. */
#include "node/tunnel_head.h"

static uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void put_be16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

size_t tunnel_head_want(struct gn_slice in)
{
	if (in.len < TUNNEL_FIXED)
		return TUNNEL_FIXED;
	size_t token = be16(in.p + 2);
	if (in.p[0] != TUNNEL_VERSION || token > GN_TOKEN_MAX)
		return in.len; /* it is none: parse says so */
	return TUNNEL_FIXED + in.p[1] + token;
}

static gn_err judge(const struct tunnel_head *h)
{
	if (!h->service.len || h->service.len > TUNNEL_SERVICE)
		return GN_RANGE;
	if (h->token.len > GN_TOKEN_MAX)
		return GN_TOO_LARGE;
	return gn_utf8_ok(h->service) ? GN_OK : GN_TEXT;
}

gn_err tunnel_head_parse(struct gn_slice in, struct tunnel_head *out)
{
	if (in.len < TUNNEL_FIXED)
		return GN_MALFORMED;
	if (in.p[0] != TUNNEL_VERSION)
		return GN_VERSION;
	size_t service = in.p[1], token = be16(in.p + 2);
	if (token > GN_TOKEN_MAX)
		return GN_TOO_LARGE;
	if (!service || in.len != TUNNEL_FIXED + service + token)
		return GN_MALFORMED;
	struct tunnel_head h = {gn_slice(in.p + TUNNEL_FIXED, service),
				gn_slice(in.p + TUNNEL_FIXED + service, token)};
	GN_TRY(judge(&h));
	*out = h;
	return GN_OK;
}

gn_err tunnel_head_put(const struct tunnel_head *head, struct gn_buf *out)
{
	uint8_t fixed[TUNNEL_FIXED] = {TUNNEL_VERSION, (uint8_t)head->service.len};
	GN_TRY(judge(head));
	put_be16(fixed + 2, (uint16_t)head->token.len);
	GN_TRY(gn_buf_put(out, GN_SLICE(fixed)));
	GN_TRY(gn_buf_put(out, head->service));
	return gn_buf_put(out, head->token);
}

void tunnel_answer_put(gn_err code, uint8_t out[TUNNEL_ANSWER])
{
	out[0] = TUNNEL_VERSION;
	put_be16(out + 1, (uint16_t)code);
}

gn_err tunnel_answer_get(const uint8_t in[TUNNEL_ANSWER])
{
	uint16_t code = be16(in + 1);
	if (in[0] != TUNNEL_VERSION)
		return GN_VERSION;
	return code ? tunnel_code(code) : GN_OK;
}

gn_err tunnel_code(uint32_t code)
{
	return !code ? GN_CLOSED : code < GN_ERR_COUNT ? (gn_err)code : GN_REMOTE;
}
