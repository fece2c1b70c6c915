/* A TURN server as the settings name it: turn_way.h. A name and a password in it are refused: they
 * would be read by whoever lists processes. */
#include "node/turn_way.h"
#include "os/os.h"

static bool take_transport(const char *text, bool tls, enum gn_node_turn_transport *out)
{
	if (strcmp(text, "?transport=tcp") == 0)
		*out = tls ? GN_NODE_TURN_TLS : GN_NODE_TURN_TCP;
	else if (!*text || (!tls && strcmp(text, "?transport=udp") == 0))
		*out = tls ? GN_NODE_TURN_TLS : GN_NODE_TURN_UDP;
	else
		return false;
	return true;
}

/* HOST, HOST:PORT, [v6] or [v6]:PORT; the port stays as it is where none is said. */
static bool take_host(struct gn_slice text, struct gn_node_turn_server *out)
{
	const uint8_t *close = text.len && text.p[0] == '[' ? memchr(text.p, ']', text.len) : NULL;
	const uint8_t *end = text.p + text.len,
		      *colon = close ? close + 1 : memchr(text.p, ':', text.len);
	struct gn_slice host = text;
	char number[8] = "";
	uint64_t port;
	if (colon && colon < end) {
		size_t len = (size_t)(end - colon) - 1;
		if (*colon != ':' || len >= sizeof number)
			return false;
		memcpy(number, colon + 1, len);
		if (!gn_os_setting_number(number, 1, 65535, false, &port))
			return false;
		out->port = (uint16_t)port;
		host.len = (size_t)(colon - text.p);
	}
	if (close)
		host = gn_slice_sub(host, 1, host.len - 2);
	if (!host.len || host.len >= sizeof out->host || memchr(host.p, '[', host.len) ||
	    memchr(host.p, '@', host.len) || memchr(host.p, ' ', host.len))
		return false;
	memcpy(out->host, host.p, host.len);
	return true;
}

bool gn_node_turn_server(const char *text, struct gn_node_turn_server *out)
{
	bool tls = strncmp(text, "turns:", 6) == 0;
	struct gn_node_turn_server s = {.port = tls ? 5349 : 3478};
	if (!tls && strncmp(text, "turn:", 5) != 0)
		return false;
	const char *host = text + (tls ? 6 : 5), *query = strchr(host, '?');
	size_t len = query ? (size_t)(query - host) : strlen(host);
	if (!take_transport(query ? query : "", tls, &s.transport) ||
	    !take_host(gn_slice((const uint8_t *)host, len), &s))
		return false;
	*out = s;
	return true;
}

bool gn_node_turn_server_take(const char *text, char *out, size_t cap)
{
	struct gn_node_turn_server s;
	if (strlen(text) >= cap || !gn_node_turn_server(text, &s))
		return false;
	memcpy(out, text, strlen(text) + 1);
	return true;
}
