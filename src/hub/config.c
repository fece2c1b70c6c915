/* The hub's settings (as NO-1), as the file, the flags of geonet hub run, its help, completion and
 * the manual have them. */
#include "hub/hub.h"
#include "net/net.h"

/* As gn_http_host() reads it from a request. */
static bool host_name(const char *value, char *out, size_t cap)
{
	uint16_t port = 0;
	struct gn_buf host = {(uint8_t *)out, 0, cap - 1};
	if (gn_http_host(gn_str(value), &host, &port) || host.len != strlen(value))
		return false;
	out[host.len] = 0;
	return true;
}

static bool history(const char *value, char *out, size_t cap)
{
	if ((strcmp(value, "sqlite") != 0 && strncmp(value, "postgresql ", 11) != 0) ||
	    strlen(value) >= cap)
		return false;
	memcpy(out, value, strlen(value) + 1);
	return true;
}

static const char *const levels[] = {"debug", "info", "warn", "error", NULL},
			 *const answers[] = {"no", "yes", NULL},
			 *const doors[] = {"open", "officers", NULL};

#define IN(member) GN_HOST_FIELD(struct gn_hub_config, member)

/* clang-format off */
const struct gn_host_setting gn_hub_settings[] = {
	{.name = "data", .kind = GN_HOST_TEXT, .value = "DIR", .least = 1, IN(data),
	 .expected = "a directory", .help = "everything it keeps"},
	{.name = "http", .kind = GN_HOST_NUMBER, .value = "N", .most = 65535, IN(http),
	 .standard = "7790", .expected = "a TCP port, 0 for a free one",
	 .help = "loopback port of the API; 0 takes a free one"},
	{.name = "history", .kind = GN_HOST_TEXT, .value = "WHERE", IN(history), .take = history,
	 .standard = "sqlite", .expected = "sqlite, or postgresql and a connection string",
	 .help = "sqlite, or \"postgresql CONNECTION-STRING\""},
	{.name = "config", .kind = GN_HOST_FLAG, .value = "FILE",
	 .shown = "DATA/hub/hub.conf if it is there",
	 .help = "settings as \"name = value\" lines"},
	{.name = "accept-v0", .kind = GN_HOST_CHOICE, .value = "yes|no", .words = answers,
	 IN(accept_v0), .standard = "no", .expected = "yes or no",
	 .help = "a new ledger takes the old signature profile geo-v0 too"},
	{.name = "access-seconds", .kind = GN_HOST_NUMBER, .value = "N", .least = 1, .most = 86400,
	 IN(access_s), .standard = "3600", .expected = "1 to 86400 seconds",
	 .help = "life of an access token"},
	{.name = "refresh-seconds", .kind = GN_HOST_NUMBER, .value = "N", .least = 1,
	 .most = 365 * 86400, IN(refresh_s), .standard = "2592000", .shown = "30 days",
	 .expected = "1 to 31536000 seconds", .help = "life of a refresh token"},
	{.name = "rate-key", .kind = GN_HOST_NUMBER, .value = "N", .most = 1000000, IN(rate_key),
	 .standard = "6000", .expected = "requests a minute, 0 for no bound",
	 .help = "requests a minute of one key, a tenth at once, 0 no bound"},
	{.name = "rate-address", .kind = GN_HOST_NUMBER, .value = "N", .most = 1000000,
	 IN(rate_address), .standard = "600", .expected = "requests a minute, 0 for no bound",
	 .help = "requests a minute of one address without a token, a tenth at once"},
	{.name = "rate-failed", .kind = GN_HOST_NUMBER, .value = "N", .most = 1000000,
	 IN(rate_failed), .standard = "60", .expected = "payments a minute, 0 for no bound",
	 .help = "payments a minute of one key that may fail, 0 no bound"},
	{.name = "rate-day", .kind = GN_HOST_NUMBER, .value = "N", .most = 100000000,
	 IN(rate_day), .standard = "20000", .expected = "operations a day, 0 for no bound",
	 .help = "payments and other signed operations a day of one key, 0 no bound"},
	{.name = "registration", .kind = GN_HOST_CHOICE, .value = "open|officers", .words = doors,
	 IN(registration_officers), .standard = "open", .expected = "open or officers",
	 .help = "who lets newcomers in: anybody, or an operator with hub admit"},
	{.name = "trust-proxy", .kind = GN_HOST_CHOICE, .value = "yes|no", .words = answers,
	 IN(trust_proxy), .standard = "no", .expected = "yes or no",
	 .help = "believe X-Forwarded-For: only behind a proxy that sets it"},
	{.name = "host-name", .kind = GN_HOST_LIST, .value = "NAME",
	 GN_HOST_FIELDS(struct gn_hub_config, host_name, host_names), .take = host_name,
	 .expected = "a host's name without a port, at most 8 of them",
	 .help = "a name under which a proxy asks the hub, besides localhost; may be given 8 "
		 "times"},
	{.name = "memory-mib", .kind = GN_HOST_NUMBER, .value = "N", .least = 16,
	 .most = 1u << 20, .shift = 20, IN(memory), .standard = "4096",
	 .expected = "16 to 1048576 MiB",
	 .help = "memory of the ledger"},
	{.name = "history-queue-kib", .kind = GN_HOST_NUMBER, .value = "N", .least = 1,
	 .most = 1u << 20, .shift = 10, IN(history_queue), .standard = "65536",
	 .expected = "1 to 1048576 KiB of records that may wait for the history",
	 .help = "records that may wait for the history before it reads them from the journal"},
	{.name = "log", .kind = GN_HOST_CHOICE, .value = "LEVEL", .words = levels, IN(log),
	 .standard = "info", .expected = "debug, info, warn or error",
	 .help = "debug, info, warn or error"},
	{.name = "log-file", .kind = GN_HOST_TEXT, .value = "FILE", .least = 1, IN(log_file),
	 .expected = "a file of at most 255 bytes",
	 .help = "write the log to the end of FILE instead of stderr; SIGHUP opens it anew"},
	{.name = "ready-fd", .kind = GN_HOST_FLAG, .value = "N",
	 .help = "write \"ready PORT\" to this descriptor once the API answers"},
	{0},
};
/* clang-format on */
