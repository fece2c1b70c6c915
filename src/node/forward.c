/* Who may have this node connect, and to where: what the setting `forward` names, for everybody or
 * for one node, or a token for forward/HOST/PORT by the person that `issuer` names, whose last
 * audience is the node that asks. The session proves that node's key, so nothing more is signed
 * (as for RE-33). Anything else is DENIED. */
#include "node/forward.h"

#include "node/charge.h"
#include "node/node_int.h"
#include "wire/token.h"

#include <stdio.h>

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

/* The other name of the machine itself; NULL: it is another host. */
static const char *alias(const char *host)
{
	return same_text("localhost", 9, host)  ? "127.0.0.1"
	       : strcmp(host, "127.0.0.1") == 0 ? "localhost"
						: NULL;
}

static void set_host(struct forward_to *to, const char *host, size_t len)
{
	GN_ASSERT(len < sizeof to->host);
	memcpy(to->host, host, len);
	to->host[len] = 0;
}

/* Is it that node's key, or its id? */
static bool is_node(const struct gn_node *node, const char *hex, const struct gn_pk *pk)
{
	struct gn_overlay_peer p;
	uint8_t bytes[32];
	if (gn_unhex(gn_str(hex), bytes, sizeof bytes))
		return false;
	if (memcmp(bytes, pk->b, sizeof bytes) == 0)
		return true;
	for (uint32_t i = 0; gn_overlay_peer_at(node->overlay, i, &p); i++)
		if (gn_pk_eq(&p.contact.pk, pk))
			return memcmp(bytes, p.contact.id.b, sizeof bytes) == 0;
	return false;
}

/* "HOST:PORT", "[v6]:PORT KEY"; where it calls this machine otherwise, *to is what it says. */
static bool names(const struct gn_node *node, const char *setting, struct forward_to *to,
		  const struct gn_pk *from)
{
	size_t len = strcspn(setting, " ");
	const char *key = setting[len] ? setting + len + 1 : NULL, *colon = setting + len;
	while (*colon != ':')
		colon--; /* config.c saw to it that there is one */
	const char *host = setting;
	size_t host_len = (size_t)(colon - setting);
	if (*host == '[') {
		host++;
		host_len -= 2;
	}
	const char *other = alias(to->host);
	bool same = same_text(host, host_len, to->host);
	if ((!same && !(other && same_text(host, host_len, other))) ||
	    !same_text(colon + 1, (size_t)(setting + len - colon - 1), to->port) ||
	    (key && !is_node(node, key, from)))
		return false;
	if (!same)
		set_host(to, host, host_len);
	return true;
}

/* By the name that was asked for, or the other of this machine, which *to then is. */
static gn_err granted(struct gn_node *node, const struct gn_token *t, const struct gn_pk *issuer,
		      struct gn_slice service, struct forward_to *to)
{
	const char *other = alias(to->host);
	char text[sizeof PREFIX + 16 + sizeof to->port];
	gn_err err = gn_token_grants(t, issuer, service, GN_FB_ACTION_USE, gn_node_unix(node));
	if (err == GN_OK || !other)
		return err;
	snprintf(text, sizeof text, PREFIX "%s/%s", other, to->port);
	GN_TRY(gn_token_grants(t, issuer, gn_str(text), GN_FB_ACTION_USE, gn_node_unix(node)));
	set_host(to, other, strlen(other));
	return GN_OK;
}

static gn_err by_token(struct gn_node *node, const struct gn_tunnel_event *e, struct forward_to *to)
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
	GN_TRY(granted(node, &t, &issuer, e->service, to));
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
		if (names(node, node->config.forward[i], out, &offered->pk))
			return GN_OK;
	gn_err err = by_token(node, offered, out);
	return err == GN_BUSY || err == GN_OK || err == GN_UNSUPPORTED ? err : GN_DENIED;
}
