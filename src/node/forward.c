/* Who may have this node connect, and to where: what the setting `forward` names, for everybody or
 * for one node, or a token for forward/HOST/PORT by the person that `issuer` names, whose last
 * audience is the node that asks. The session proves that node's key, so nothing more is signed
 * (as for RE-33). Anything else is DENIED. */
#include "node/forward.h"

#include "node/charge.h"
#include "node/node_int.h"
#include "wire/token.h"

#define PREFIX "forward/"

static bool is_port(const char *s)
{
	unsigned port = 0;
	for (const char *c = s; *c; c++) {
		if (*c < '0' || *c > '9' || (c == s && *c == '0'))
			return false;
		port = 10 * port + (unsigned)(*c - '0');
	}
	return *s && port <= 65535;
}

/* "forward/HOST/PORT", in the one spelling that it has. */
static bool parse(struct gn_slice service, struct forward_to *out)
{
	const size_t begin = sizeof PREFIX - 1;
	char text[FORWARD_HOST + 8];
	if (service.len <= begin || service.len - begin >= sizeof text)
		return false;
	memcpy(text, service.p + begin, service.len - begin);
	text[service.len - begin] = 0;
	char *slash = strchr(text, '/');
	if (!slash || slash == text || strlen(text) != service.len - begin ||
	    (size_t)(slash - text) >= sizeof out->host || strlen(slash + 1) >= sizeof out->port ||
	    !is_port(slash + 1))
		return false;
	memcpy(out->host, text, (size_t)(slash - text));
	out->host[slash - text] = 0;
	memcpy(out->port, slash + 1, strlen(slash + 1) + 1);
	return true;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static bool same_text(const char *a, size_t len, const char *b)
{
	if (strlen(b) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

/* "HOST:PORT", "[v6]:PORT KEY" */
static bool names(const char *setting, const struct forward_to *to, const struct gn_pk *from)
{
	size_t len = strcspn(setting, " ");
	const char *key = setting[len] ? setting + len + 1 : NULL, *colon = setting + len;
	struct gn_pk only;
	while (*colon != ':')
		colon--; /* config.c saw to it that there is one */
	const char *host = setting;
	size_t host_len = (size_t)(colon - setting);
	if (*host == '[') {
		host++;
		host_len -= 2;
	}
	if (!same_text(host, host_len, to->host) ||
	    !same_text(colon + 1, (size_t)(setting + len - colon - 1), to->port))
		return false;
	return !key ||
	       (gn_unhex(gn_str(key), only.b, sizeof only.b) == GN_OK && gn_pk_eq(&only, from));
}

static gn_err by_token(struct gn_node *node, const struct gn_tunnel_event *e)
{
	static struct gn_token t; /* large; the loop's thread only */
	struct gn_lists_chain chain;
	struct gn_pk issuer;
	const struct gn_contact by = {.pk = e->pk};
	if (!e->token.len || gn_unhex(gn_str(node->config.issuer), issuer.b, sizeof issuer.b))
		return GN_DENIED;
	GN_TRY(gn_token_read(e->token, &t)); /* before it costs a signature */
	if (!gn_pk_eq(gn_token_bearer(&t), &e->pk))
		return GN_DENIED;
	GN_TRY(gn_token_grants(&t, &issuer, e->service, GN_FB_ACTION_USE, gn_node_unix(node)));
	gn_node_charge(node, &e->pk, GN_NODE_COST_CHECK * t.count);
	GN_TRY(gn_token_open(e->token, &t, NULL));
	if (gn_quota_limited(&t))
		return GN_UNSUPPORTED; /* bytes of a tunnel are not counted by token */
	gn_lists_chain_of(&t, &chain);
	if (chain.count) {
		gn_err err = gn_lists_look(node->lists, &chain.owner, &by, node->now);
		GN_TRY(err == GN_PENDING ? GN_BUSY : err);
	}
	return gn_lists_judge(node->lists, &chain, node->now);
}

gn_err forward_right(struct gn_node *node, const struct gn_tunnel_event *offered,
		     struct forward_to *out)
{
	if (!parse(offered->service, out))
		return GN_USAGE;
	for (unsigned i = 0; i < node->config.forward_count; i++)
		if (names(node->config.forward[i], out, &offered->pk))
			return GN_OK;
	gn_err err = by_token(node, offered);
	return err == GN_BUSY || err == GN_OK || err == GN_UNSUPPORTED ? err : GN_DENIED;
}
