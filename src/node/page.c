/* The node's page: the network view of the app alone, as bytes inside the program (module.cmake).
 * What lies below a/ has its hash in its name, so a browser may keep it; nothing else is loaded
 * from anywhere (Content-Security-Policy). Rule: docs/spec/node.md NO-61. */
#include "node/api.h"
#include "node/node_int.h"

#include <stdio.h>

extern const struct gn_page {
	const char *name, *mime;
	const unsigned char *bytes;
	size_t len;
} node_pages[];

static gn_err answer(struct gn_node_request *r, const char *name, bool hashed)
{
	const struct gn_page *p = node_pages;
	char policy[320];
	while (p->name && strcmp(p->name, name) != 0)
		p++;
	if (!p->name)
		return GN_NOT_FOUND;
	snprintf(policy, sizeof policy,
		 "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' "
		 "ws://localhost:%u; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
		 "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
		 r->node->http ? gn_http_port(r->node->http) : 0);
	struct gn_http_field fields[] = {
		{"content-type", gn_str(p->mime)},
		{"cache-control", gn_str(hashed ? "max-age=31536000, immutable" : "no-cache")},
		{"x-content-type-options", GN_LIT("nosniff")},
		{"content-security-policy", gn_str(policy)},
		{"referrer-policy", GN_LIT("no-referrer")},
	};
	gn_host_respond(&r->base, 200, fields, GN_COUNT(fields), gn_slice(p->bytes, p->len));
	return GN_OK;
}

gn_err gn_node_api_page(struct gn_node_request *r)
{
	return answer(r, "node.html", false);
}

gn_err gn_node_api_page_part(struct gn_node_request *r)
{
	char name[GN_HOST_ARG + 2];
	snprintf(name, sizeof name, "a/%s", r->base.args[0]);
	return answer(r, name, true);
}

gn_err gn_node_api_page_mark(struct gn_node_request *r)
{
	return answer(r, "mark.svg", false);
}
