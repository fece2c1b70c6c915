/* Configuration: one table of settings that the file, the flags and the help share. NO-1: a file
 * is "name = value" lines; '#' starts a comment; a name may repeat only where the table says so;
 * an unknown name or a bad value refuses the whole file and names the line. */
#include "node/limits.h"
#include "node/node.h"
#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>

void gn_node_config_default(struct gn_node_config *c)
{
	*c = (struct gn_node_config){
		.port = 7777,
		.http = 7780,
		.probation = 600,
		.store_limit = UINT64_C(10) << 30,
		.record_limit = UINT64_C(1) << 30,
		.pow_bits = 22,
		.w = 5,
		.log = GN_LOG_INFO,
	};
}

static bool number(const char *s, uint64_t most, bool suffix, uint64_t *out)
{
	return gn_os_setting_number(s, 0, most, suffix, out);
}

/* HOST:PORT, "[v6]:PORT"; the host itself is resolved later. */
static bool host_port(const char *s)
{
	const char *colon = strrchr(s, ':');
	uint64_t port;
	return colon && colon != s && number(colon + 1, 65535, false, &port) && port > 0 &&
	       (s[0] == '[' ? colon[-1] == ']' : strchr(s, ':') == colon);
}

static gn_err set_bootstrap(struct gn_node_config *c, const char *value)
{
	if (!host_port(value) || strlen(value) >= sizeof c->bootstrap[0])
		return GN_USAGE;
	if (c->bootstrap_count == GN_NODE_BOOTSTRAP)
		return GN_LIMIT;
	memcpy(c->bootstrap[c->bootstrap_count++], value, strlen(value) + 1);
	return GN_OK;
}

static gn_err set_choice(const char *value, const char *const *names, int count, int *out)
{
	for (int i = 0; i < count; i++)
		if (strcmp(value, names[i]) == 0) {
			*out = i;
			return GN_OK;
		}
	return GN_USAGE;
}

static gn_err set_text(char *out, size_t cap, const char *value)
{
	if (strlen(value) >= cap)
		return GN_TOO_LARGE;
	memcpy(out, value, strlen(value) + 1);
	return GN_OK;
}

static gn_err set(struct gn_node_config *c, const char *name, const char *value,
		  const char **expected)
{
	uint64_t v = 0;
	int choice;
	*expected = "a number";
	if (strcmp(name, "data") == 0) {
		*expected = "a directory of at most 90 bytes (the socket in it has a short limit)";
		return *value && strlen(value) <= 90 ? set_text(c->data, sizeof c->data, value)
						     : GN_USAGE;
	}
	if (strcmp(name, "port") == 0) {
		*expected = "a UDP port, 0 for a free one";
		if (!number(value, 65535, false, &v))
			return GN_USAGE;
		c->port = (uint16_t)v;
	} else if (strcmp(name, "http") == 0) {
		*expected = "a TCP port, 0 for a free one, or off";
		c->http_off = strcmp(value, "off") == 0;
		if (!c->http_off && !number(value, 65535, false, &v))
			return GN_USAGE;
		c->http = (uint16_t)v;
	} else if (strcmp(name, "bootstrap") == 0) {
		*expected = "HOST:PORT of a node, at most 16 of them";
		return set_bootstrap(c, value);
	} else if (strcmp(name, "advertise") == 0) {
		*expected = "HOST:PORT under which others reach this node";
		return host_port(value) ? set_text(c->advertise, sizeof c->advertise, value)
					: GN_USAGE;
	} else if (strcmp(name, "probation") == 0) {
		*expected = "seconds, at most 86400";
		if (!number(value, 86400, false, &v))
			return GN_USAGE;
		c->probation = (uint32_t)v;
	} else if (strcmp(name, "store-limit") == 0) {
		*expected = "bytes, with K, M, G or T if wanted";
		return number(value, UINT64_C(1) << 60, true, &c->store_limit) ? GN_OK : GN_USAGE;
	} else if (strcmp(name, "record-limit") == 0) {
		*expected = "bytes, 1M or more, with K, M, G or T if wanted";
		if (!number(value, GN_NODE_RECORDS_MAX, true, &v) || v < GN_NODE_RECORDS_MIN)
			return GN_USAGE;
		c->record_limit = v;
	} else if (strcmp(name, "pow-bits") == 0) {
		*expected = "1 to 40, the same in the whole network";
		if (!number(value, 40, false, &v) || v == 0)
			return GN_USAGE;
		c->pow_bits = (uint8_t)v;
	} else if (strcmp(name, "w") == 0) {
		*expected = "a number of nodes from 1 to 8";
		if (!number(value, 8, false, &v) || v == 0)
			return GN_USAGE;
		c->w = (uint8_t)v;
	} else if (strcmp(name, "log") == 0) {
		*expected = "debug, info, warn or error";
		GN_TRY(set_choice(value, (const char *const[]){"debug", "info", "warn", "error"}, 4,
				  &choice));
		c->log = (enum gn_log_level)choice;
	} else if (strcmp(name, "log-file") == 0) {
		*expected = "a file of at most 255 bytes";
		return *value ? set_text(c->log_file, sizeof c->log_file, value) : GN_USAGE;
	} else if (strcmp(name, "guard") == 0) {
		*expected = "on, cookie or off";
		GN_TRY(set_choice(value, (const char *const[]){"on", "cookie", "off"}, 3, &choice));
		c->guard = (enum gn_node_guard)choice;
	} else if (strcmp(name, "guard-local") == 0) {
		*expected = "exempt or count";
		GN_TRY(set_choice(value, (const char *const[]){"exempt", "count"}, 2, &choice));
		c->guard_count_local = choice == 1;
	} else {
		return GN_NOT_FOUND;
	}
	return GN_OK;
}

gn_err gn_node_config_set(struct gn_node_config *c, struct gn_slice name, struct gn_slice value,
			  char why[GN_NODE_WHY])
{
	char n[32], v[512];
	const char *expected = "";
	if (!gn_os_setting_text(name, n, sizeof n) || !gn_os_setting_text(value, v, sizeof v)) {
		snprintf(why, GN_NODE_WHY, "a setting's name or value is too long or not text");
		return GN_USAGE;
	}
	gn_err err = set(c, n, v, &expected);
	if (err == GN_NOT_FOUND)
		snprintf(why, GN_NODE_WHY, "there is no setting '%s'", n);
	else if (err)
		snprintf(why, GN_NODE_WHY, "%s: '%.80s' is not %s", n, v, expected);
	return err ? GN_USAGE : GN_OK;
}

static gn_err set_line(void *user, struct gn_slice name, struct gn_slice value, char *why,
		       size_t cap)
{
	char inner[GN_NODE_WHY];
	gn_err err = gn_node_config_set(user, name, value, inner);
	if (err)
		snprintf(why, cap, "%.280s", inner);
	return err;
}

gn_err gn_node_config_parse(struct gn_node_config *c, struct gn_slice text, char why[GN_NODE_WHY])
{
	struct gn_node_config out = *c;
	GN_TRY(gn_os_settings(text, set_line, &out, why, GN_NODE_WHY));
	*c = out;
	return GN_OK;
}
