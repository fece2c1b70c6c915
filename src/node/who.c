/* Whom guard counts, as people write and read it: an address, a prefix, a node's key or id. */
#include "node/charge.h"
#include "node/node_int.h"

#include <stdio.h>

/* An address without its port. */
static json_t *ip_json(const struct gn_addr *addr)
{
	char text[GN_ADDR_TEXT_MAX];
	gn_addr_text(addr, text);
	char *colon = strrchr(text, ':'), *at = text;
	if (colon)
		*colon = 0;
	if (*at == '[' && colon) {
		at++;
		colon[-1] = 0;
	}
	return json_string(at);
}

/* The /24 or /48 of an address. */
static json_t *net_json(struct gn_addr addr)
{
	bool v4 = gn_addr_is_v4(&addr);
	memset(addr.ip + (v4 ? 15 : 6), 0, v4 ? 1 : 10);
	json_t *ip = ip_json(&addr),
	       *net = json_sprintf("%s/%d", json_string_value(ip), v4 ? 24 : 48);
	json_decref(ip);
	return net;
}

json_t *gn_node_guard_who_json(const struct gn_guard_subject *who)
{
	return who->kind == GN_GUARD_PREFIX ? net_json(who->addr)
					    : gn_host_json_hex(who->id, sizeof who->id);
}

json_t *gn_node_guard_id_json(const struct gn_node *node, const struct gn_guard_subject *who)
{
	struct gn_overlay_peer p;
	struct gn_overlay_info info;
	if (who->kind != GN_GUARD_KEY)
		return NULL;
	gn_overlay_info(node->overlay, &info);
	if (memcmp(info.self.pk.b, who->id, sizeof who->id) == 0)
		return gn_host_json_hex(info.self.id.b, sizeof info.self.id.b);
	for (uint32_t i = 0; gn_overlay_peer_at(node->overlay, i, &p); i++)
		if (memcmp(p.contact.pk.b, who->id, sizeof who->id) == 0)
			return gn_host_json_hex(p.contact.id.b, sizeof p.contact.id.b);
	return NULL;
}

static bool starts_with(const uint8_t *bytes, const char *hex)
{
	char text[65];
	gn_hex(gn_slice(bytes, 32), text);
	return strncmp(text, hex, strlen(hex)) == 0;
}

/* The key of a known node whose key or id begins so; GN_EXISTS when there are several. */
static gn_err known_key(const struct gn_node *node, const char *hex, struct gn_pk *out)
{
	struct gn_overlay_peer p;
	struct gn_overlay_info info;
	unsigned found = 0;
	gn_overlay_info(node->overlay, &info);
	if (starts_with(info.self.id.b, hex) || starts_with(info.self.pk.b, hex)) {
		*out = info.self.pk;
		found++;
	}
	for (uint32_t i = 0; gn_overlay_peer_at(node->overlay, i, &p); i++)
		if (starts_with(p.contact.id.b, hex) || starts_with(p.contact.pk.b, hex)) {
			*out = p.contact.pk;
			found++;
		}
	return found == 1 ? GN_OK : found ? GN_EXISTS : GN_NOT_FOUND;
}

gn_err gn_node_guard_who(const struct gn_node *node, const char *text, struct gn_guard_subject *out)
{
	char lower[80], with_port[96];
	struct gn_addr addr;
	struct gn_pk pk;
	size_t len = strlen(text), net = strcspn(text, "/");
	if (len == 0 || len >= sizeof lower)
		return GN_USAGE;
	bool ported = gn_addr_parse(gn_str(text), &addr) == GN_OK; /* as lists show it */
	snprintf(with_port, sizeof with_port, memchr(text, ':', net) ? "[%.*s]:1" : "%.*s:1",
		 (int)net, text);
	if (ported || gn_addr_parse(gn_str(with_port), &addr) == GN_OK) {
		const char *bits = text + net; /* others are not counted */
		bool v4 = gn_addr_is_v4(&addr);
		if (*bits && strcmp(bits, v4 ? "/24" : "/48") != 0 &&
		    strcmp(bits, v4 ? "/32" : "/128") != 0)
			return GN_RANGE;
		addr.port = 0;
		*out = gn_guard_of_addr(&addr);
		return GN_OK;
	}
	for (size_t i = 0; i <= len; i++)
		lower[i] = (char)(text[i] >= 'A' && text[i] <= 'F' ? text[i] + 32 : text[i]);
	if (len < 8 || strspn(lower, "0123456789abcdef") != len)
		return GN_USAGE;
	gn_err err = known_key(node, lower, &pk);
	if (err == GN_NOT_FOUND && len == 64)
		err = gn_unhex(gn_str(lower), pk.b, sizeof pk.b); /* a key that we have not met */
	if (!err)
		*out = gn_guard_of_key(&pk);
	return err;
}
