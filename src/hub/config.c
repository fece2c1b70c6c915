/* Configuration: one table of settings that the file and the flags share; "name = value" lines,
 * '#' comments (as NO-1). */
#include "hub/hub.h"
#include "hub/limits.h"
#include "net/net.h"
#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>

void gn_hub_config_default(struct gn_hub_config *c)
{
	*c = (struct gn_hub_config){
		.http = 7790,
		.history = "sqlite",
		.history_queue = HUB_HISTORY_QUEUE,
		.access_s = 3600,
		.refresh_s = 30 * 86400,
		.rate_key = 6000,
		.rate_address = 600,
		.rate_failed = 60,
		.rate_day = 20000,
		.memory = UINT64_C(4) << 30,
		.log = GN_LOG_INFO,
	};
}

static bool number(const char *s, uint64_t least, uint64_t most, uint64_t *out)
{
	return gn_os_setting_number(s, least, most, false, out);
}

static bool boolean(const char *s, bool *out)
{
	*out = strcmp(s, "yes") == 0;
	return *out || strcmp(s, "no") == 0;
}

/* As gn_http_host() reads it from a request. */
static bool host_name(struct gn_hub_config *c, const char *value)
{
	uint16_t port = 0;
	if (c->host_names == GN_HUB_NAMES)
		return false;
	struct gn_buf out = {(uint8_t *)c->host_name[c->host_names], 0, sizeof c->host_name[0] - 1};
	if (gn_http_host(gn_str(value), &out, &port) || out.len != strlen(value))
		return false;
	c->host_name[c->host_names++][out.len] = 0;
	return true;
}

static const char *set(struct gn_hub_config *c, const char *name, const char *value)
{
	static const char *const levels[] = {"debug", "info", "warn", "error"};
	uint64_t v = 0;
	if (strcmp(name, "data") == 0) {
		bool ok = *value && strlen(value) < sizeof c->data;
		if (ok)
			memcpy(c->data, value, strlen(value) + 1);
		return ok ? NULL : "a directory";
	}
	if (strcmp(name, "http") == 0) {
		bool ok = number(value, 0, 65535, &v);
		c->http = (uint16_t)v;
		return ok ? NULL : "a TCP port, 0 for a free one";
	}
	if (strcmp(name, "history") == 0) {
		bool ok =
			(strcmp(value, "sqlite") == 0 || strncmp(value, "postgresql ", 11) == 0) &&
			strlen(value) < sizeof c->history;
		if (ok)
			memcpy(c->history, value, strlen(value) + 1);
		return ok ? NULL : "sqlite, or postgresql and a connection string";
	}
	if (strcmp(name, "history-queue-kib") == 0) {
		bool ok = number(value, 1, 1u << 20, &v);
		c->history_queue = (size_t)v << 10;
		return ok ? NULL : "1 to 1048576 KiB of records that may wait for the history";
	}
	if (strcmp(name, "access-seconds") == 0) {
		bool ok = number(value, 1, 86400, &v);
		c->access_s = (uint32_t)v;
		return ok ? NULL : "1 to 86400 seconds";
	}
	if (strcmp(name, "refresh-seconds") == 0) {
		bool ok = number(value, 1, 365 * 86400, &v);
		c->refresh_s = (uint32_t)v;
		return ok ? NULL : "1 to 31536000 seconds";
	}
	if (strcmp(name, "rate-key") == 0) {
		bool ok = number(value, 0, 1000000, &v);
		c->rate_key = (uint32_t)v;
		return ok ? NULL : "requests a minute, 0 for no bound";
	}
	if (strcmp(name, "rate-address") == 0) {
		bool ok = number(value, 0, 1000000, &v);
		c->rate_address = (uint32_t)v;
		return ok ? NULL : "requests a minute, 0 for no bound";
	}
	if (strcmp(name, "rate-failed") == 0) {
		bool ok = number(value, 0, 1000000, &v);
		c->rate_failed = (uint32_t)v;
		return ok ? NULL : "payments a minute, 0 for no bound";
	}
	if (strcmp(name, "rate-day") == 0) {
		bool ok = number(value, 0, 100000000, &v);
		c->rate_day = (uint32_t)v;
		return ok ? NULL : "operations a day, 0 for no bound";
	}
	if (strcmp(name, "registration") == 0) {
		c->registration_officers = strcmp(value, "officers") == 0;
		return c->registration_officers || strcmp(value, "open") == 0 ? NULL
									      : "open or officers";
	}
	if (strcmp(name, "trust-proxy") == 0)
		return boolean(value, &c->trust_proxy) ? NULL : "yes or no";
	if (strcmp(name, "host-name") == 0)
		return host_name(c, value) ? NULL
					   : "a host's name without a port, at most 8 of "
					     "them";
	if (strcmp(name, "accept-v0") == 0)
		return boolean(value, &c->accept_v0) ? NULL : "yes or no";
	if (strcmp(name, "memory-mib") == 0) {
		bool ok = number(value, 16, 1u << 20, &v);
		c->memory = v << 20;
		return ok ? NULL : "16 to 1048576 MiB";
	}
	if (strcmp(name, "log") == 0) {
		for (unsigned i = 0; i < GN_COUNT(levels); i++)
			if (strcmp(value, levels[i]) == 0) {
				c->log = (enum gn_log_level)i;
				return NULL;
			}
		return "debug, info, warn or error";
	}
	if (strcmp(name, "log-file") == 0) {
		bool ok = *value && strlen(value) < sizeof c->log_file;
		if (ok)
			memcpy(c->log_file, value, strlen(value) + 1);
		return ok ? NULL : "a file of at most 255 bytes";
	}
	return "";
}

gn_err gn_hub_config_set(struct gn_hub_config *c, struct gn_slice name, struct gn_slice value,
			 char why[GN_HUB_WHY])
{
	char n[32], v[520];
	if (name.len == 0 || !gn_os_setting_text(name, n, sizeof n) ||
	    !gn_os_setting_text(value, v, sizeof v)) {
		snprintf(why, GN_HUB_WHY, "a setting's name or value is too long or not text");
		return GN_USAGE;
	}
	struct gn_hub_config next = *c;
	const char *expected = set(&next, n, v);
	if (!expected) {
		*c = next;
		return GN_OK;
	}
	if (*expected)
		snprintf(why, GN_HUB_WHY, "%s: '%.80s' is not %s", n, v, expected);
	else
		snprintf(why, GN_HUB_WHY, "there is no setting '%s'", n);
	return GN_USAGE;
}

static gn_err set_line(void *user, struct gn_slice name, struct gn_slice value, char *why,
		       size_t cap)
{
	char inner[GN_HUB_WHY];
	gn_err err = gn_hub_config_set(user, name, value, inner);
	if (err)
		snprintf(why, cap, "%.280s", inner);
	return err;
}

gn_err gn_hub_config_parse(struct gn_hub_config *c, struct gn_slice text, char why[GN_HUB_WHY])
{
	struct gn_hub_config out = *c;
	GN_TRY(gn_os_settings(text, set_line, &out, why, GN_HUB_WHY));
	*c = out;
	return GN_OK;
}
