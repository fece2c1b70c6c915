/* The node's settings (NO-1), as the file, the flags of geonetd and of geonet up, --help,
 * completion and the manual have them. */
#include "node/limits.h"
#include "node/node.h"
#include "node/policy.h"
#include "node/turn.h"
#include "node/turn_way.h"

#include "os/os.h"
#include <stdio.h>
#include <stdlib.h>

/* HOST:PORT, "[v6]:PORT"; the host itself is resolved later. */
static bool host_port(const char *s, char *out, size_t cap)
{
	const char *colon = strrchr(s, ':');
	uint64_t port;
	if (!colon || colon == s || strlen(s) >= cap ||
	    !gn_os_setting_number(colon + 1, 1, 65535, false, &port) ||
	    !(s[0] == '[' ? colon[-1] == ']' : strchr(s, ':') == colon))
		return false;
	memcpy(out, s, strlen(s) + 1);
	return true;
}

/* The same, or "wss://HOST[:PORT][/PATH]", to which the path is added. */
static bool begin_at(const char *s, char *out, size_t cap)
{
	struct gn_addr number;
	if (strncmp(s, "quic://", 7) == 0 && strlen(s) < cap) {
		memcpy(out, s, strlen(s) + 1);
		return gn_addr_parse(gn_str(s + 7), &number) == GN_OK;
	}
	if (strncmp(s, "wss://", 6) != 0)
		return host_port(s, out, cap);
	int n = snprintf(out, cap, "%s%s", s, strchr(s + 6, '/') ? "" : "/geonet/1");
	return s[6] && s[6] != '/' && n > 0 && (size_t)n < cap;
}

static bool key(const char *s, char *out, size_t cap)
{
	uint8_t bytes[32];
	if (gn_unhex(gn_str(s), bytes, sizeof bytes) || strlen(s) >= cap)
		return false;
	memcpy(out, s, strlen(s) + 1);
	return true;
}

/* "HOST:PORT", "HOST:PORT KEY" */
static bool forward(const char *s, char *out, size_t cap)
{
	char to[260];
	size_t len = strcspn(s, " \t"), gap = strspn(s + len, " \t");
	if (len >= sizeof to || len + 66 > cap)
		return false;
	memcpy(to, s, len);
	to[len] = 0;
	if (!host_port(to, out, cap) || !gap)
		return !gap && host_port(to, out, cap);
	out[len] = ' ';
	return key(s + len + gap, out + len + 1, cap - len - 1);
}

/* "wss://HOST[:PORT]", as others are told it: the path is added. */
static bool own_url(const char *s, char *out, size_t cap)
{
	return strncmp(s, "wss://", 6) == 0 && begin_at(s, out, cap);
}

static const char
	*const levels[] = {"debug", "info", "warn", "error", NULL},
	       *const guards[] = {"on", "cookie", "off", NULL},
	       *const relays[] = {"off", "small", "tokens", "commons", NULL},
	       *const locals[] = {"exempt", "count", NULL}, *const yes_no[] = {"yes", "no", NULL},
	       *const freshes[] = {"yes", "strict", "no", NULL},
	       *const no_yes[] = {"no", "yes", NULL}, *const switched[] = {"off", "on", NULL};

static bool ports(const char *s, char *out, size_t cap)
{
	uint16_t first, last;
	if (strlen(s) >= cap || !gn_node_turn_ports(s, &first, &last))
		return false;
	memcpy(out, s, strlen(s) + 1);
	return true;
}

static bool path(const char *s, char *out, size_t cap)
{
	struct gn_policy p;
	char why[GN_HOST_WHY];
	if (strlen(s) >= cap || gn_node_policy_parse(gn_str(s), &p, why))
		return false;
	memcpy(out, s, strlen(s) + 1);
	return true;
}

#define IN(member) GN_HOST_FIELD(struct gn_node_config, member)

/* clang-format off */
const struct gn_host_setting gn_node_settings[] = {
	{.name = "data", .kind = GN_HOST_TEXT, .value = "DIR", .least = 1, .most = GN_NODE_DATA,
	 IN(data), .shown = "$GEONET_DATA, then $XDG_DATA_HOME/geonet, ~/.local/share/geonet",
	 .expected = "a directory of at most 90 bytes (the socket in it has a short limit)",
	 .help = "everything it keeps"},
	{.name = "config", .kind = GN_HOST_FLAG, .value = "FILE",
	 .shown = "DATA/geonet.conf if there",
	 .help = "settings as \"name = value\" lines, the names being those of the options"},
	{.name = "port", .kind = GN_HOST_NUMBER, .value = "N", .most = 65535, IN(port),
	 .standard = "7777", .expected = "a UDP port, 0 for a free one",
	 .help = "UDP port for other nodes; 0 takes a free one"},
	{.name = "bootstrap", .kind = GN_HOST_LIST, .value = "HOST:PORT",
	 GN_HOST_FIELDS(struct gn_node_config, bootstrap, bootstrap_count), .take = begin_at,
	 .expected = "HOST:PORT of a node, wss://HOST or quic://ADDRESS:PORT, at most 16",
	 .help = "a node to begin with; may be given 16 times; none: wait to be found; wss://HOST "
		 "is dialled where UDP does not pass"},
	{.name = "advertise", .kind = GN_HOST_TEXT, .value = "HOST:PORT", IN(advertise),
	 .take = host_port, .expected = "HOST:PORT under which others reach this node",
	 .help = "how others reach this node, if not by this machine's addresses"},
	{.name = "path", .kind = GN_HOST_TEXT, .value = "RULE", IN(path), .take = path,
	 .expected = "any, or some of direct, lan, relay and tls, with commas between them",
	 .help = "which ways sessions may take; relay: no other node but relays and those of "
		 "bootstrap sees this machine's address; geonet path has rules for single nodes"},
	{.name = "lan", .kind = GN_HOST_CHOICE, .value = "yes|no", .words = yes_no, IN(lan_off),
	 .standard = "yes", .expected = "yes or no",
	 .help = "find nodes on the same local network by themselves, and be found there"},
	{.name = "nat-map", .kind = GN_HOST_CHOICE, .value = "yes|no", .words = yes_no,
	 IN(nat_map_off), .standard = "yes", .expected = "yes or no",
	 .help = "ask the home's router to let others in (PCP, NAT-PMP, UPnP)"},
	{.name = "nat-guess", .kind = GN_HOST_CHOICE, .value = "yes|no", .words = yes_no,
	 IN(nat_guess_off), .standard = "yes", .expected = "yes or no",
	 .help = "guess ports where a router gives each peer another one"},
	{.name = "http", .kind = GN_HOST_NUMBER, .value = "N|off", .most = 65535, IN(http),
	 .off_at = offsetof(struct gn_node_config, http_off), .standard = "7780",
	 .expected = "a TCP port, 0 for a free one, or off",
	 .help = "loopback port of the page, the API and the gateway; 0 takes a free one"},
	{.name = "app-socket", .kind = GN_HOST_TEXT, .value = "PATH", IN(app_socket), .least = 1,
	 .most = GN_NODE_SOCKET, .expected = "a path of at most 99 bytes",
	 .help = "also serve every user of this machine at this socket, each with a share; a "
		 "service's is /run/geonet/app.sock"},
	{.name = "record-limit", .kind = GN_HOST_BYTES, .value = "BYTES",
	 .least = GN_NODE_RECORDS_MIN, .most = GN_NODE_RECORDS_MAX, IN(record_limit),
	 .standard = "1G", .expected = "bytes, 1M or more, with K, M, G or T if wanted",
	 .help = "room for records, of which each takes 10 KiB at least"},
	{.name = "store-limit", .kind = GN_HOST_BYTES, .value = "BYTES",
	 .most = GN_NODE_STORE_MAX, IN(store_limit), .standard = "10G",
	 .expected = "bytes, with K, M, G or T if wanted",
	 .help = "room for blocks of others and for cached ones, with K, M, G, T; 0 keeps none"},
	{.name = "box-limit", .kind = GN_HOST_BYTES, .value = "BYTES",
	 .most = GN_NODE_BOXES_MAX, IN(box_limit), .standard = "1G",
	 .expected = "bytes, with K, M, G or T if wanted",
	 .help = "room for what waits in others' boxes, with K, M, G, T; 0 holds none"},
	{.name = "probation", .kind = GN_HOST_NUMBER, .value = "SECONDS",
	 .most = GN_NODE_PROBATION_MAX, IN(probation), .standard = "600",
	 .expected = "seconds, at most 86400",
	 .help = "client mode after the start, before it answers for keys"},
	{.name = "pow-bits", .kind = GN_HOST_NUMBER, .value = "N", .least = 1, .most = 40,
	 IN(pow_bits), .standard = "22", .expected = "1 to 40, the same in the whole network",
	 .help = "proof of work of node keys, the same in the whole network"},
	{.name = "w", .kind = GN_HOST_NUMBER, .value = "N", .least = 1, .most = 8, IN(w),
	 .standard = "5", .expected = "a number of nodes from 1 to 8",
	 .help = "how many nodes must sign a record when nothing else is asked; a smaller network "
		 "needs its own number"},
	{.name = "guard", .kind = GN_HOST_CHOICE, .value = "on|cookie|off", .words = guards,
	 IN(guard), .standard = "on", .expected = "on, cookie or off",
	 .help = "how strangers and peers are held to their share; cookie: addresses are proven, "
		 "nothing is counted"},
	{.name = "guard-local", .kind = GN_HOST_CHOICE, .value = "exempt|count", .words = locals,
	 IN(guard_count_local), .standard = "exempt", .expected = "exempt or count",
	 .help = "do loopback and private networks have shares too"},
	{.name = "wss", .kind = GN_HOST_NUMBER, .value = "PORT|off", .least = 1, .most = 65535,
	 IN(wss), .off_at = offsetof(struct gn_node_config, wss_off), .standard = "off",
	 .expected = "a TCP port, or off",
	 .help = "take connections by WebSocket over TLS at this port, for nodes whose network "
		 "lets no UDP pass; best 443"},
	{.name = "wss-behind", .kind = GN_HOST_CHOICE, .value = "yes|no", .words = no_yes,
	 IN(wss_behind), .standard = "no", .expected = "yes or no",
	 .help = "a web server on this machine passes them on without TLS, to loopback"},
	{.name = "wss-cert", .kind = GN_HOST_TEXT, .value = "FILE", .least = 1, IN(wss_cert),
	 .expected = "a file of at most 255 bytes",
	 .help = "certificates (PEM) to show instead of one made at the start; nobody believes "
		 "them, nodes prove themselves inside"},
	{.name = "wss-key", .kind = GN_HOST_TEXT, .value = "FILE", .least = 1, IN(wss_key),
	 .expected = "a file of at most 255 bytes", .help = "its key (PEM)"},
	{.name = "wss-url", .kind = GN_HOST_TEXT, .value = "wss://HOST", .least = 1, IN(wss_url),
	 .take = own_url, .expected = "wss://HOST[:PORT] under which others reach --wss",
	 .help = "where this machine's port of wss is reached from outside, told to others"},
	{.name = "quic", .kind = GN_HOST_NUMBER, .value = "PORT|off", .least = 1, .most = 65535,
	 IN(quic), .off_at = offsetof(struct gn_node_config, quic_off), .standard = "off",
	 .expected = "a UDP port, or off",
	 .help = "take connections by QUIC at this UDP port, for nodes whose network lets nothing "
		 "else pass by UDP; best 443"},
	{.name = "proxy", .kind = GN_HOST_TEXT, .value = "URL", .least = 1, IN(proxy),
	 .expected = "http://[USER:PASSWORD@]HOST:PORT",
	 .help = "the way out for such connections; otherwise what https_proxy and no_proxy say"},
	{.name = "forward", .kind = GN_HOST_LIST, .value = "HOST:PORT",
	 GN_HOST_FIELDS(struct gn_node_config, forward, forward_count), .take = forward,
	 .expected = "HOST:PORT, or HOST:PORT and a node's key, at most 32 of them",
	 .help = "let other nodes connect to it from here (geonet forward); with a space and a "
		 "node's key behind it that node alone; may be given 32 times"},
	{.name = "issuer", .kind = GN_HOST_TEXT, .value = "KEY", .least = 64, .most = 64,
	 IN(issuer), .take = key, .expected = "a person's key, 64 hex digits",
	 .help = "whose tokens give rights at this node: forward/HOST/PORT to use, and relay"},
	{.name = "relay", .kind = GN_HOST_CHOICE, .value = "off|small|tokens|commons",
	 .words = relays, IN(relay), .standard = "small",
	 .expected = "off, small, tokens or commons",
	 .help = "what it passes on between nodes that do not reach each other: nothing; a little "
		 "for everybody; much for who has a token of yours; much for everybody"},
	{.name = "relay-rate", .kind = GN_HOST_BYTES, .value = "BYTES", .least = GIVING_RATE_MIN,
	 .most = GIVING_RATE_MAX, IN(relay_rate), .standard = "1M",
	 .expected = "bytes a second, 16K to 1G",
	 .help = "bytes a second that it passes on in little circuits, and as many in those for "
		 "much"},
	{.name = "relay-month", .kind = GN_HOST_BYTES, .value = "BYTES",
	 .least = GIVING_MONTH_MIN, .most = GIVING_MONTH_MAX, IN(relay_month), .standard = "50G",
	 .expected = "bytes, 1M or more, with K, M, G or T if wanted",
	 .help = "bytes that it passes on in a month, TURN's included"},
	{.name = "hold-nothing", .kind = GN_HOST_CHOICE, .value = "yes|no", .words = no_yes,
	 IN(hold_nothing), .standard = "no", .expected = "yes or no",
	 .help = "keep no records and blocks for others; the node is a full one otherwise"},
	{.name = "metered", .kind = GN_HOST_CHOICE, .value = "yes|no", .words = no_yes,
	 IN(metered), .standard = "no", .expected = "yes or no",
	 .help = "bytes cost money here: others are given nothing but small control traffic"},
	{.name = "fresh", .kind = GN_HOST_CHOICE, .value = "yes|strict|no", .words = freshes,
	 IN(fresh), .standard = "yes", .expected = "yes, strict or no",
	 .help = "throwaway keys and relays for boxes, topics and records of people who ask for "
		 "it, so that holders do not see this node; strict: never without a relay, also "
		 "where none is known; no: not at all"},
	{.name = "stun", .kind = GN_HOST_CHOICE, .value = "on|off", .words = switched, IN(stun),
	 .standard = "on", .expected = "on or off",
	 .help = "tell whoever asks by STUN, at the UDP port, which address they come from"},
	{.name = "turn-server", .kind = GN_HOST_TEXT, .value = "turn:HOST", .least = 1,
	 IN(turn_server), .take = gn_node_turn_server_take,
	 .expected = "turn:HOST[:PORT][?transport=tcp], or turns:HOST[:PORT]",
	 .help = "use an address at this TURN server, too; DATA/turn-login has NAME:PASSWORD, by "
		 "which it knows you"},
	{.name = "turn", .kind = GN_HOST_CHOICE, .value = "on|off", .words = switched, IN(turn),
	 .standard = "off", .expected = "on or off",
	 .help = "relay by TURN, at the UDP port, for those whom DATA/turn-users names: one "
		 "NAME:PASSWORD a line"},
	{.name = "turn-ports", .kind = GN_HOST_TEXT, .value = "FIRST-LAST", IN(turn_ports),
	 .take = ports, .standard = "49152-65535",
	 .expected = "FIRST-LAST, UDP ports from 1024 on, 128 of them at least",
	 .help = "UDP ports of TURN's relays, to be open in firewalls"},
	{.name = "turn-tcp", .kind = GN_HOST_NUMBER, .value = "N", .most = 65535, IN(turn_tcp),
	 .standard = "0", .expected = "a TCP port, or 0",
	 .help = "TCP port where TURN is served, too, also over TLS with a certificate; 0: none"},
	{.name = "turn-cert", .kind = GN_HOST_TEXT, .value = "FILE", .least = 1, IN(turn_cert),
	 .expected = "a file of at most 255 bytes",
	 .help = "certificate of turn-tcp, PEM, with those between it and a root; read at the "
		 "start"},
	{.name = "turn-key", .kind = GN_HOST_TEXT, .value = "FILE", .least = 1, IN(turn_key),
	 .expected = "a file of at most 255 bytes", .help = "its key, PEM"},
	{.name = "turn-private", .kind = GN_HOST_CHOICE, .value = "on|off", .words = switched,
	 IN(turn_private), .standard = "off", .expected = "on or off",
	 .help = "let TURN's users reach private addresses and this machine's loopback, too"},
	{.name = "log", .kind = GN_HOST_CHOICE, .value = "LEVEL", .words = levels, IN(log),
	 .standard = "info", .expected = "debug, info, warn or error",
	 .help = "debug, info, warn or error"},
	{.name = "log-file", .kind = GN_HOST_TEXT, .value = "FILE", .least = 1, IN(log_file),
	 .expected = "a file of at most 255 bytes",
	 .help = "write the log to the end of FILE instead of stderr; SIGHUP opens it anew"},
	{.name = "ready-fd", .kind = GN_HOST_FLAG, .value = "N",
	 .help = "write \"ready PORT HTTP-PORT\" to this descriptor once the API answers"},
	{0},
};
/* clang-format on */
