/* Names as origins of browsers.
 *
 * - NAME.geo.localhost: the address, which people write and programs read.
 * - geo-NAME-TAG.localhost: the origin, where a browser is sent to; TAG are the first letters of
 *   the owner's PID.
 * - geo-pid--BASE32.localhost: a PID's own site needs no tag.
 * - NAME-TAG.geo-pid--BASE32.localhost: names below a PID.
 *
 * In NAME "." is written "-" and "-" is written "--". Browsers know no public suffix but
 * `localhost` here, so each origin is a site of its own to them: no cookie can be set for two of
 * them, and what one owner left stays where no other owner of the name comes. */
#include "node/origin.h"

#include "crypto/crypto.h"
#include <stdio.h>

static const char suffix[] = ".localhost", address[] = ".geo.localhost", prefix[] = "geo-";

static bool ends_with(struct gn_slice s, const char *end)
{
	size_t len = strlen(end);
	return s.len > len && memcmp(s.p + s.len - len, end, len) == 0;
}

/* ---- the escaped form ---- */

static gn_err escape(struct gn_slice name, struct gn_buf *out)
{
	for (size_t i = 0; i < name.len; i++) {
		GN_TRY(gn_buf_put(out, name.p[i] == '.' ? GN_LIT("-") : gn_slice(name.p + i, 1)));
		if (name.p[i] == '-')
			GN_TRY(gn_buf_put(out, GN_LIT("-")));
	}
	return GN_OK;
}

static gn_err unescape(struct gn_slice text, struct gn_buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		bool twice = text.p[i] == '-' && i + 1 < text.len && text.p[i + 1] == '-';
		GN_TRY(gn_buf_put(out, text.p[i] == '-' && !twice ? GN_LIT(".")
								  : gn_slice(text.p + i, 1)));
		i += twice;
	}
	return GN_OK;
}

/* ---- owners ---- */

static void tag_of(const struct gn_pk *owner, char out[GN_ORIGIN_TAG + 1])
{
	char pid[GN_PID_MAX], host[GN_NAME_HOST_MAX];
	struct gn_name name;
	gn_pid(owner, pid);
	gn_err err = gn_name_parse(gn_str(pid), &name, NULL);
	GN_ASSERT(err == GN_OK);
	gn_name_host(&name, host);
	memcpy(out, host + strlen("pid-"), GN_ORIGIN_TAG);
	out[GN_ORIGIN_TAG] = 0;
}

static bool is_own_pid(const struct gn_name *name, const struct gn_pk *owner)
{
	char pid[GN_PID_MAX];
	gn_pid(owner, pid);
	return strcmp(name->text, pid) == 0;
}

/* ---- hosts ---- */

/* Of a host's name: where the part begins that a label of its own has, as a PID leaves room for
 * nothing else. 0: there is none. */
static size_t pid_below(struct gn_slice host_name)
{
	size_t at = host_name.len;
	while (at > 0 && host_name.p[at - 1] != '.')
		at--;
	return gn_slice_eq(gn_slice_sub(host_name, at, 4), GN_LIT("pid-")) ? at : 0;
}

gn_err gn_node_origin_host(const struct gn_name *name, const struct gn_pk *owner,
			   char out[GN_ORIGIN_MAX])
{
	char host[GN_NAME_HOST_MAX], tag[GN_ORIGIN_TAG + 1];
	uint8_t text[GN_ORIGIN_MAX];
	struct gn_buf first = {text, 0, 63}, pid = {text + 64, 0, 63};
	gn_name_host(name, host);
	tag_of(owner, tag);
	size_t below = pid_below(gn_str(host));
	if (!below)
		GN_TRY(gn_buf_put(&first, GN_LIT("geo-")));
	GN_TRY(escape(below ? gn_slice(host, below - 1) : gn_str(host), &first));
	if (!is_own_pid(name, owner)) {
		GN_TRY(gn_buf_put(&first, GN_LIT("-")));
		GN_TRY(gn_buf_put(&first, gn_str(tag)));
	}
	if (below) {
		GN_TRY(gn_buf_put(&pid, GN_LIT(".geo-")));
		GN_TRY(escape(gn_str(host + below), &pid));
	}
	snprintf(out, GN_ORIGIN_MAX, "%.*s%.*s%s", (int)first.len, first.p, (int)pid.len, pid.p,
		 suffix);
	return GN_OK;
}

/* below: the PID's own label, escaped, or empty. */
static gn_err parse_name(struct gn_slice text, struct gn_slice below, struct gn_name *out,
			 const char **why)
{
	uint8_t plain[GN_NAME_HOST_MAX];
	struct gn_buf name = {plain, 0, sizeof plain};
	GN_TRY(unescape(text, &name));
	if (below.len) {
		GN_TRY(gn_buf_put(&name, GN_LIT(".")));
		GN_TRY(unescape(below, &name));
	}
	return gn_name_parse(gn_buf_slice(&name), out, why);
}

/* host: without ".localhost". */
static gn_err parse_own(struct gn_slice host, struct gn_name *out, const char **why)
{
	const uint8_t *dot = host.len ? memchr(host.p, '.', host.len) : NULL;
	size_t len = dot ? (size_t)(dot - host.p) : 0;
	struct gn_slice first = gn_slice(host.p, len),
			geo = dot ? gn_slice_sub(host, len + 1, SIZE_MAX) : host;
	struct gn_slice below = gn_slice_sub(geo, strlen(prefix), SIZE_MAX);
	if (!below.len || memcmp(geo.p, prefix, strlen(prefix)) != 0 ||
	    memchr(below.p, '.', below.len))
		return GN_NOT_FOUND;
	if (!dot) {
		first = below;
		below.len = 0;
	}
	if (!dot && parse_name(first, below, out, why) == GN_OK && out->form == GN_NAME_PID)
		return GN_OK;
	*why = "this is no host of a site";
	if (first.len <= GN_ORIGIN_TAG + 1 || first.p[first.len - GN_ORIGIN_TAG - 1] != '-')
		return GN_TEXT;
	first.len -= GN_ORIGIN_TAG + 1;
	return parse_name(first, below, out, why);
}

gn_err gn_node_origin_parse(struct gn_slice host, struct gn_node_origin *out, const char **why)
{
	struct gn_node_origin o = {.own = !ends_with(host, address)};
	if (!ends_with(host, suffix))
		return GN_NOT_FOUND;
	gn_err err =
		o.own ? parse_own(gn_slice(host.p, host.len - strlen(suffix)), &o.name, why)
		      : gn_name_parse(gn_slice(host.p, host.len - strlen(suffix)), &o.name, why);
	if (!err)
		*out = o;
	return !err || err == GN_NOT_FOUND ? err : GN_TEXT;
}

/* ---- who asks ---- */

enum gn_node_visitor gn_node_visitor(struct gn_slice site, struct gn_slice mode,
				     struct gn_slice dest)
{
	bool own = gn_slice_eq(site, GN_LIT("same-origin")) || gn_slice_eq(site, GN_LIT("none"));
	if (!site.p)
		return GN_VISITOR_TOOL;
	if (gn_slice_eq(mode, GN_LIT("navigate")) && gn_slice_eq(dest, GN_LIT("document")))
		return GN_VISITOR_VISIT;
	if (!own)
		return GN_VISITOR_FOREIGN;
	return gn_slice_eq(dest, GN_LIT("serviceworker")) ? GN_VISITOR_WORKER : GN_VISITOR_OWN;
}
