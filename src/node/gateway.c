/* The gateway: http://NAME.geo.localhost:PORT/path serves the site that NAME points to,
 * streaming verified bytes as they arrive; a browser is sent on to the origin of that name and
 * owner (origin.c). The API's file of a site goes the same way from HEAD on: it has an owner and
 * a label, and no name.
 *
 *   NAME [resolve] -> HEAD and manifest [open] -> a slot (readers.c) -> file [read] -> bytes -> end
 *   NAME, HEAD     -> NAME [again, once: what the caches know is old, and would say no]
 *
 * 1. Every name and owner is an origin of its own, so sites cannot read each other or the API,
 *    nor what an owner before left in the browser.
 * 2. No byte is sent before its chunk verified; a transfer that fails in the middle is cut, never
 *    ended as if whole.
 * 3. At most one chunk is copied ahead of the client (the HTTP queue has its own bound). */
#include "node/gateway.h"
#include "node/api.h"
#include "node/node_int.h"
#include "node/reach.h"

#include <stdio.h>
#include <stdlib.h>

/* When what is missing ended, as far as this node knows: it holds the expired record, or saw it
 * before. 0: it does not. */
static uint64_t ended_at(const struct gn_node_request *r)
{
	const struct gn_node_gateway *g = r->gateway;
	struct gn_overlay_held held;
	struct gn_hash key;
	uint64_t at = 0, now = gn_unix(r->node->now);
	if (g->resolved) {
		gn_head_key(&g->owner, gn_str(g->label), &key);
		at = gn_bundles_head_expires(r->node->bundles, &g->owner, gn_str(g->label));
	} else if (g->at.name.form != GN_NAME_DELEGATED) {
		gn_name_key(&g->at.name, NULL, 0, &key);
	} else {
		return 0; /* it lies where its parent's owner is known */
	}
	if (gn_overlay_held_of(r->node->overlay, &key, &held) && held.expires > at)
		at = held.expires;
	return at <= now ? at : 0;
}

static void look_up(struct gn_node_request *r);

/* NO-29: whoever a cache would turn away, or who wants no cache, is answered by the network.
 * False: they were, or it is new enough. */
static bool ask_again(struct gn_node_request *r)
{
	struct gn_node_gateway *g = r->gateway;
	if (r->base.route || r->base.streaming || g->fresh || g->age < GN_NODE_NEW)
		return false;
	g->fresh = true;
	g->resolved = false;
	g->age = 0;
	look_up(r);
	return true;
}

/* The reason page of an error: what was looked for, what went wrong, what to try. */
static void fail_site(struct gn_node_request *r, gn_err err, const char *what)
{
	char text[1000 + GN_NODE_CLOCK_TEXT], clock[GN_NODE_CLOCK_TEXT], advice[120], why[160];
	const struct gn_name *name = &r->gateway->at.name;
	bool missing = err == GN_NOT_FOUND,
	     alone = err == GN_UNREACHABLE && gn_node_reach(r->node) == GN_REACH_ALONE;
	enum gn_err_class class = gn_err_class(err);
	readers_leave(r);
	if (class == GN_CLASS_LIMIT || class == GN_CLASS_AGAIN) {
		gateway_busy(r);
		return;
	}
	if (r->base.route) {
		gn_host_error(&r->base, err, "%s", "");
		return;
	}
	if (missing && ask_again(r))
		return;
	uint64_t end = missing ? ended_at(r) : 0;
	snprintf(advice, sizeof advice,
		 "Check the spelling, or ask its owner whether it is still published.");
	if (end) {
		char date[40];
		gn_os_time_text((gn_time)end * GN_SEC, date, sizeof date);
		snprintf(advice, sizeof advice,
			 "It expired on %.10s; only its owner can bring it back.", date);
	}
	if (missing || alone) /* the advice says the rest */
		snprintf(why, sizeof why, "%s", missing ? "was not found" : "cannot be looked for");
	else
		snprintf(why, sizeof why, "cannot be shown: %s (%s)", gn_err_text(err),
			 gn_err_name(err));
	snprintf(text, sizeof text, "%s <b>%.300s.geo</b> %s. %s", what, name->text, why,
		 missing ? advice
		 : alone ? "This node is alone: no other node answers it, so it cannot say whether "
			   "there is such a site. "
			   "Is this machine connected, and is a bootstrap node running? See "
			   "<code>geonet status</code>."
			 : "The nodes that hold it may be offline; try again in a minute.");
	if (missing && r->gateway->age >= GN_NODE_NEW) {
		size_t len = strlen(text);
		snprintf(text + len, sizeof text - len,
			 "</p><p>So it was %lld s ago; nobody could be asked since.",
			 (long long)(r->gateway->age / GN_SEC));
	}
	if (gn_node_clock_text(r->node, clock)) { /* what it takes for expired may not be */
		size_t len = strlen(text);
		snprintf(text + len, sizeof text - len, "</p><p><b>Mind the time:</b> %s.", clock);
	}
	gateway_page(r,
		     missing                   ? 404
		     : class == GN_CLASS_USAGE ? 400
					       : 504,
		     end       ? "Expired"
		     : missing ? "Not found"
		     : alone   ? "No other node can be reached"
			       : "The site cannot be reached",
		     text);
}

/* ---- bytes ---- */

static void pump_bytes(struct gn_node_request *r)
{
	struct gn_node_gateway *g = r->gateway;
	for (;;) {
		struct gn_slice bytes;
		if (!r->base.http)
			return;
		gn_err err = gn_bundles_read_next(r->node->bundles, g->read, &bytes, r->node->now);
		if (err == GN_AGAIN)
			return;
		if (err || bytes.len == 0) {
			gn_host_wait_end(&r->base);
			readers_leave(r);
		}
		if (err) {
			fail_site(r, err, "A part of");
			return;
		}
		if (bytes.len == 0) {
			gn_http_end(r->base.http);
			return;
		}
		GN_ASSERT(bytes.len <= g->left);
		g->left -= bytes.len;
		g->moved = r->node->now;
		bool room = gn_http_write(r->base.http, bytes);
		if (g->left && (!room || !gn_http_more(r->base.http)))
			return; /* on_drain goes on */
	}
}

static void read_event(struct gn_node_request *r, const struct gn_bundles_event *e)
{
	if (e->kind == GN_BUNDLES_READABLE)
		pump_bytes(r);
}

static void drain(struct gn_host_request *base)
{
	struct gn_node_request *r = gn_node_request_of(base);
	if (r->base.waits == GN_OP_BUNDLES && r->base.streaming)
		pump_bytes(r);
}

/* ---- the answer's head ---- */

struct fields {
	struct gn_http_field list[GN_BUNDLE_RULES + 12];
	size_t count;
	char etag[80], range[80];
	/* of the site's own headers, each with a terminator */
	char names[GN_BUNDLE_HEADERS + GN_BUNDLE_RULES];
};

static void add_field(struct fields *f, const char *name, struct gn_slice value)
{
	GN_ASSERT(f->count < GN_COUNT(f->list));
	f->list[f->count++] = (struct gn_http_field){name, value};
}

/* The site's own headers, and Cache-Control when it has none (NO-10). What a publisher's tool
 * refuses today may stand in an older manifest: it is left out and counted. */
static void site_headers(struct gn_node *node, struct fields *f, const struct gn_manifest *m,
			 struct gn_slice path)
{
	struct gn_bundle_header h;
	size_t bytes = 0, used = 0;
	bool cache = false;
	for (size_t at = 0; gn_manifest_header_next(m, path, &at, &h);) {
		bytes += h.name.len + h.value.len;
		if (bytes > GN_BUNDLE_HEADERS || !gn_bundle_header_allowed(h.name)) {
			node->headers_dropped++;
			continue;
		}
		char *name = f->names + used;
		for (size_t k = 0; k < h.name.len; k++)
			name[k] = (char)(h.name.p[k] >= 'A' && h.name.p[k] <= 'Z' ? h.name.p[k] + 32
										  : h.name.p[k]);
		name[h.name.len] = 0;
		used += h.name.len + 1;
		cache = cache || strcmp(name, "cache-control") == 0;
		add_field(f, name, h.value);
	}
	if (!cache)
		add_field(f, "cache-control", GN_LIT("no-cache"));
}

/* Range and If-Range against this file; *status becomes 206 or 416. HEAD tells of the whole
 * file, as RFC 9110 section 14.2 has ranges for GET alone. */
static void choose_range(struct gn_node_request *r, const struct gn_bundle_file *file,
			 struct fields *f, int *status)
{
	struct gn_node_gateway *g = r->gateway;
	struct gn_slice range = gn_http_header(r->base.http, "range"),
			if_range = gn_http_header(r->base.http, "if-range");
	g->first = 0;
	g->left = file->size;
	if (*status != 200 || g->head_only || !range.p ||
	    (if_range.p && !gn_slice_eq(if_range, gn_str(f->etag))))
		return;
	gn_err err = gn_http_range(range, file->size, &g->first, &g->last);
	if (err == GN_OK) {
		g->left = g->last - g->first + 1;
		snprintf(f->range, sizeof f->range, "bytes %llu-%llu/%llu",
			 (unsigned long long)g->first, (unsigned long long)g->last,
			 (unsigned long long)file->size);
		*status = 206;
	} else if (err == GN_RANGE) {
		snprintf(f->range, sizeof f->range, "bytes */%llu", (unsigned long long)file->size);
		*status = 416;
		g->left = 0;
	} else {
		g->first = 0;
	}
}

static void serve_file(struct gn_node_request *r, const struct gn_manifest *m,
		       const struct gn_bundle_file *file, int status)
{
	struct gn_node_gateway *g = r->gateway;
	struct fields f;
	char hex[65], age[24];
	f.count = 0;
	f.range[0] = 0;
	gn_hex(gn_slice(file->root.b, 32), hex);
	snprintf(f.etag, sizeof f.etag, "\"%s\"", hex);
	add_field(&f, "etag", gn_str(f.etag));
	add_field(&f, "accept-ranges", GN_LIT("bytes"));
	add_field(&f, "x-content-type-options", GN_LIT("nosniff"));
	/* of a browser too old to be sent on */
	if (!r->base.route && !g->at.own && gn_http_header(r->base.http, "cookie").p)
		add_field(&f, "clear-site-data", GN_LIT("\"cookies\""));
	if (!r->base.route) /* what a site says of itself is for its own origin */
		site_headers(r->node, &f, m, file->path);
	snprintf(age, sizeof age, "%lld", (long long)(g->age / GN_SEC));
	if (g->age >= GN_NODE_NEW && !r->base.route)
		add_field(&f, "age", gn_str(age));
	struct gn_slice match = gn_http_header(r->base.http, "if-none-match");
	if (status == 200 && match.p && gn_http_etag_match(match, gn_str(f.etag))) {
		gn_host_respond(&r->base, 304, f.list, f.count, GN_LIT(""));
		gn_host_wait_end(&r->base);
		return;
	}
	choose_range(r, file, &f, &status);
	add_field(&f, "content-type",
		  file->mime.len && !r->base.route ? file->mime
						   : GN_LIT("application/octet-stream"));
	if (*f.range)
		add_field(&f, "content-range", gn_str(f.range));
	if (!g->head_only && status != 416 && g->left && !readers_enter(r))
		return;
	if (status == 416 || g->left == 0) {
		gn_host_respond(&r->base, status, f.list, f.count, GN_LIT(""));
		gn_host_wait_end(&r->base);
		return;
	}
	if (!g->head_only) {
		gn_err err = gn_bundles_read(r->node->bundles, file, g->first, g->left,
					     r->node->now, &g->read);
		if (err) {
			fail_site(r, err, "A file of");
			return;
		}
	}
	gn_http_start(r->base.http, status, f.list, f.count, g->left);
	r->base.streaming = true;
	g->moved = r->node->now;
	if (g->head_only) {
		gn_http_end(r->base.http);
		gn_host_wait_end(&r->base);
		return;
	}
	r->base.drain = drain;
	gn_node_wait_bundles(r, g->read, read_event);
	pump_bytes(r);
}

/* ---- name -> site -> file ---- */

/* "/docs?a=b" -> "/docs/?a=b" */
static void redirect(struct gn_node_request *r)
{
	char to[GN_NODE_TARGET + 2];
	struct gn_slice path = gn_http_path(r->base.http), query = gn_http_query(r->base.http);
	int n = snprintf(to, sizeof to, "%.*s/%s%.*s", (int)path.len, path.p, query.len ? "?" : "",
			 (int)query.len, query.p);
	GN_ASSERT(n > 0 && (size_t)n < sizeof to);
	struct gn_http_field field = {"location", gn_slice(to, (size_t)n)};
	gn_host_respond(&r->base, 308, &field, 1, GN_LIT(""));
	gn_host_wait_end(&r->base);
}

/* The API's: a path as the manifest has it. */
static gn_err find_file(const struct gn_node_request *r, const struct gn_manifest *m,
			struct gn_bundle_file *file)
{
	uint8_t text[GN_PATH_MAX];
	struct gn_buf path = {text, 0, sizeof text};
	gn_err err = gn_http_query_value(gn_http_query(r->base.http), "path", &path);
	if (err)
		return err == GN_TOO_LARGE ? GN_NOT_FOUND : err;
	return gn_manifest_find(m, gn_buf_slice(&path), file);
}

static void opened(struct gn_node_request *r, const struct gn_bundles_event *e)
{
	struct gn_bundle_file file;
	int status = 200;
	bool slash = false;
	if (e->kind != GN_BUNDLES_OPENED || !r->base.http)
		return;
	gn_host_wait_end(&r->base);
	if (e->err) {
		fail_site(r, gn_node_reach_err(r->node, e->err), "The site");
		return;
	}
	gn_err err = r->base.route
			     ? find_file(r, e->manifest, &file)
			     : gn_manifest_resolve(e->manifest, gn_http_path(r->base.http), &file,
						   &status, &slash); /* it decodes the path */
	r->gateway->age = e->age > r->gateway->age ? e->age : r->gateway->age;
	if ((status == 404 || r->gateway->reload) && ask_again(r))
		return;
	if (err)
		fail_site(r, err, "This page of");
	else if (slash)
		redirect(r);
	else
		serve_file(r, e->manifest, &file, status);
}

/* The SITE entry, or a PID's own default site. */
static gn_err site_of(const struct gn_names_event *e, struct gn_pk *owner, struct gn_slice *label)
{
	for (size_t i = 0; i < e->entry_count; i++)
		if (e->entries[i].type == GN_NAME_SITE &&
		    gn_name_site_parse(e->entries[i].value, owner, label) == GN_OK)
			return GN_OK;
	if (e->name.form == GN_NAME_PID && e->owner_known) {
		*owner = e->owner;
		*label = GN_LIT("");
		return GN_OK;
	}
	return GN_NOT_FOUND;
}

/* A browser that is not where this site lives: a person is sent there; what somebody left there
 * goes (NO-21). */
static void elsewhere(struct gn_node_request *r, const char *host)
{
	const struct gn_node_gateway *g = r->gateway;
	char to[GN_ORIGIN_MAX + GN_NODE_TARGET + 32], port[8] = "";
	struct gn_slice path = gn_http_path(r->base.http), query = gn_http_query(r->base.http);
	bool visit = g->visitor == GN_VISITOR_VISIT || g->visitor == GN_VISITOR_TOOL;
	bool left = g->at.own || !visit || gn_http_header(r->base.http, "cookie").p;
	if (g->port)
		snprintf(port, sizeof port, ":%u", (unsigned)g->port);
	int n = snprintf(to, sizeof to, "http://%s%s%.*s%s%.*s", host, port, (int)path.len, path.p,
			 query.len ? "?" : "", (int)query.len, query.p);
	GN_ASSERT(n > 0 && (size_t)n < sizeof to);
	struct gn_http_field fields[] = {{"location", gn_slice(to, (size_t)n)},
					 {"cache-control", GN_LIT("no-store")},
					 {"clear-site-data", GN_LIT("\"cache\", \"cookies\", "
								    "\"storage\"")}};
	size_t from = visit ? 0 : 1, end = left ? 3 : 2;
	gn_host_respond(&r->base, visit ? 307 : 403, fields + from, end - from,
			GN_LIT("this site lives elsewhere\n"));
	gn_host_wait_end(&r->base);
}

/* Is the request where the site of this owner lives? Programs read it at its address too. */
static bool at_home(struct gn_node_request *r)
{
	const struct gn_node_gateway *g = r->gateway;
	char host[GN_ORIGIN_MAX];
	if (!g->at.own && g->visitor == GN_VISITOR_TOOL)
		return true;
	if (gn_node_origin_host(&g->at.name, &g->owner, host)) {
		gateway_page(r, 414, "This name is too long",
			     "With its owner's letters it does not fit into a browser's address. "
			     "<code>geonet site get</code> reads the site.");
		return false;
	}
	if (strcmp(host, g->host) == 0)
		return true;
	if (!g->at.own || !ask_again(r)) /* the owner may be a new one, whose origin this is */
		elsewhere(r, host);
	return false;
}

static void open_site(struct gn_node_request *r)
{
	struct gn_node_gateway *g = r->gateway;
	gn_op op;
	gn_err err = gn_bundles_open(r->node->bundles,
				     &(struct gn_bundles_site){.owner = &g->owner,
							       .label = gn_str(g->label),
							       .version = g->version,
							       .fresh = g->fresh},
				     r->node->now, &op);
	if (err == GN_LIMIT)
		readers_wait(r);
	else if (err)
		fail_site(r, err, "The site");
	else
		gn_node_wait_bundles(r, op, opened);
}

static void resolved(struct gn_node_request *r, const struct gn_names_event *e)
{
	struct gn_slice label;
	if (!r->base.http)
		return;
	gn_host_wait_end(&r->base);
	r->gateway->age = e->age;
	gn_err err = site_of(e, &r->gateway->owner, &label);
	if (!err && !gn_os_setting_text(label, r->gateway->label, sizeof r->gateway->label))
		err = GN_NOT_FOUND;
	if (((err && !e->err) || r->gateway->reload) && ask_again(r))
		return;
	if (err && !e->err)
		gateway_page(r, 404, "No site here",
			     "This name exists, but it does not point to a site.");
	else if (err)
		fail_site(r, gn_node_reach_err(r->node, e->err), "The name");
	else if (at_home(r)) {
		r->gateway->resolved = true;
		open_site(r);
	}
}

static void look_up(struct gn_node_request *r)
{
	struct gn_node_gateway *g = r->gateway;
	gn_op op;
	gn_err err =
		gn_names_resolve(r->node->names, &g->at.name, g->fresh, true, r->node->now, &op);
	if (err)
		fail_site(r, err, "The name");
	else
		gn_node_wait_names(r, op, resolved);
}

/* GN_NOT_FOUND: not a host of the gateway's. */
static gn_err read_host(struct gn_node_request *r, struct gn_node_gateway *g, const char **why)
{
	uint8_t text[GN_NAME_MAX + 32];
	struct gn_buf host = {text, 0, sizeof text};
	struct gn_slice value = gn_http_header(r->base.http, "host");
	if (!value.p || gn_http_host(value, &host, &g->port))
		return GN_NOT_FOUND;
	if (host.len < sizeof g->host)
		memcpy(g->host, text, host.len);
	return gn_node_origin_parse(gn_buf_slice(&host), &g->at, why);
}

bool gn_node_gateway_take(struct gn_node_request *r)
{
	const char *why = "";
	struct gn_node_gateway *g = calloc(1, sizeof *g);
	if (!g) {
		gateway_page(r, 503, "Out of memory", "Try again later.");
		return true;
	}
	gn_err err = read_host(r, g, &why);
	if (err == GN_NOT_FOUND) {
		free(g);
		return false;
	}
	r->gateway = g;
	g->small = true; /* until the file is known */
	g->go_on = open_site;
	enum gn_http_method method = gn_http_method(r->base.http);
	g->head_only = method == GN_HTTP_HEAD;
	g->reload = gn_slice_eq(gn_http_header(r->base.http, "cache-control"), GN_LIT("no-cache"));
	g->visitor = gn_node_visitor(gn_http_header(r->base.http, "sec-fetch-site"),
				     gn_http_header(r->base.http, "sec-fetch-mode"),
				     gn_http_header(r->base.http, "sec-fetch-dest"));
	/* before anything is looked up: its time tells nothing either */
	if (g->visitor == GN_VISITOR_FOREIGN || gn_http_is_prefetch(r->base.http)) {
		gn_host_respond(&r->base, 403, NULL, 0,
				GN_LIT("a site is loaded by its own pages "
				       "only\n"));
	} else if (method != GN_HTTP_GET && method != GN_HTTP_HEAD) {
		struct gn_http_field allow = {"allow", GN_LIT("GET, HEAD")};
		gn_host_respond(&r->base, 405, &allow, 1, GN_LIT("a site can only be read\n"));
	} else if (err) {
		gateway_page(r, 400, "Not a name", why);
	} else {
		look_up(r);
	}
	return true;
}

/* NO-28 */
gn_err gn_node_api_site_file(struct gn_node_request *r)
{
	struct gn_pk owner;
	uint64_t version;
	char pid[GN_PID_MAX];
	GN_TRY(gn_unhex(gn_str(r->base.args[0]), owner.b, sizeof owner.b));
	GN_TRY(gn_host_number(&r->base, "version", 0, UINT64_MAX, &version));
	struct gn_node_gateway *g = calloc(1, sizeof *g);
	if (!g)
		return GN_NOMEM;
	gn_pid(&owner, pid);
	/* whose turn it is goes by it */
	gn_err err = gn_name_parse(gn_str(pid), &g->at.name, NULL);
	GN_ASSERT(err == GN_OK);
	g->owner = owner;
	g->version = version;
	g->resolved = true;
	g->small = true; /* until the file is known */
	g->go_on = open_site;
	g->head_only = gn_http_method(r->base.http) == GN_HTTP_HEAD;
	snprintf(g->label, sizeof g->label, "%s",
		 strcmp(r->base.args[1], "-") == 0 ? "" : r->base.args[1]);
	r->gateway = g;
	open_site(r);
	return GN_OK;
}

void gn_node_gateway_free(struct gn_node_request *r)
{
	if (r->gateway)
		readers_leave(r);
	free(r->gateway);
	r->gateway = NULL;
}
