/* What a person reads when a site cannot be shown. */
#include "node/gateway.h"
#include "node/node_int.h"

#include <stdio.h>

void gateway_page(struct gn_node_request *r, int status, const char *title, const char *text)
{
	char page[2048];
	if (!r->base.http)
		return;
	if (r->base.streaming) {
		gn_http_abort(r->base.http);
		return;
	}
	int n = snprintf(
		page, sizeof page,
		"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
		"content=\"width=device-width\"><title>%s</title>"
		"<style>body{font:16px/1.5 system-ui,sans-serif;max-width:34em;margin:18vh auto;"
		"padding:0 1em;color:#223}h1{font-size:1.4em}small{color:#778}"
		"@media(prefers-color-scheme:dark){body{background:#111820;color:#dde}}</style>"
		"<h1>%s</h1><p>%s</p><p><small>GeoNet gateway of this machine</small></p></html>\n",
		title, title, text);
	struct gn_http_field fields[] = {{"content-type", GN_LIT("text/html; charset=utf-8")},
					 {"cache-control", GN_LIT("no-store")}};
	gn_host_respond(&r->base, status, fields, GN_COUNT(fields),
			gn_slice(page, n < 0 ? 0 : (size_t)n));
	gn_host_wait_end(&r->base);
}

void gateway_busy(struct gn_node_request *r)
{
	r->node->reads_refused++;
	if (r->base.route) {
		gn_host_error(&r->base, GN_BUSY,
			      "this node serves as many downloads as it can already");
		return;
	}
	gateway_page(
		r, 503, "Too many downloads",
		"This node serves as many downloads as it can already; try again in a minute.");
}
