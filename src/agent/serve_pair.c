/* The calls by which the app becomes a client: the tool's, for a code, and the browser's, which has
 * proved one. What codes are says pair.c. Rules: AG-121, AG-122. */
#include "agent/door.h"

#include <stdio.h>

#define CODE_TEXT 44 /* 32 bytes in base64url, and a terminator */

gn_err agent_call_client_pair(struct agent_request *r)
{
	static const struct gn_app_kind kind = {GN_FB_APP_BODY_APP_AGENT,
						GN_FB_APP_AGENT_BODY_CLIENT_PAIR_IS};
	struct gn_agent *a = r->agent;
	char code[CODE_TEXT], url[sizeof a->web_origin + CODE_TEXT + 16];
	if (!*a->web_origin) {
		gn_host_error(&r->base, GN_STATE,
			      "this agent serves no app: it was started with --app off");
		return GN_OK;
	}
	const struct agent_pair *p = agent_pair_new(a);
	GN_TRY(gn_base64(gn_slice(p->code, 32), true, code, sizeof code));
	snprintf(url, sizeof url, "%s/#pair=%s", a->web_origin, code);
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	struct gn_fb_client_pair_is_args args = {.code = gn_str(code),
						 .url = gn_str(url),
						 .port = gn_http_port(a->http),
						 .until = gn_unix(p->until)};
	gn_host_answer(&r->base, kind, gn_fb_client_pair_is_make(b, &args));
	gn_wipe(code, sizeof code);
	gn_wipe(url, sizeof url);
	return GN_OK;
}

/* ---- the claim ---- */

/* With a passphrase it is asked for; false after answering. */
static bool may_claim(struct agent_request *r, const struct agent_pair *p)
{
	struct gn_agent *a = r->agent;
	struct gn_slice passphrase =
		gn_fb_client_claim_passphrase((struct gn_fb_client_claim){r->base.table});
	if (p && !p->used)
		return !gn_agent_vault_sealed(a->vault) ||
		       agent_allowed(r, "give the app all rights", passphrase, 0);
	gn_host_error(&r->base, p ? GN_STATE : GN_DENIED, "%s",
		      p ? "this code was used already: open the app again with geonet app, and if "
			  "it was not you, look at geonet agent clients"
			: "this needs a code of geonet app that is not older than five minutes");
	return false;
}

gn_err agent_call_client_claim(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	const uint8_t *by = gn_host_client(&r->base);
	struct agent_pair *p = by ? agent_pair_find(a, by) : NULL;
	struct gn_agent_client made = {
		.name = gn_fb_client_claim_name((struct gn_fb_client_claim){r->base.table}),
		.rights = GN_LIT("*"),
		.since_ms = agent_unix_ms(a),
		.seen_ms = agent_unix_ms(a)};
	if (!may_claim(r, p))
		return GN_OK;
	if (!agent_pair_make(a, made.id.b) || !agent_pair_made_secret(a, made.id.b, made.secret.b))
		return GN_STATE;
	gn_err err = agent_client_keep(r, &made);
	if (!err) {
		p->used = true;
		gn_wipe(p->code, sizeof p->code);
		gn_host_log(&a->host, GN_LOG_INFO, "app", "a browser was paired: %.*s",
			    (int)(made.name.len < 80 ? made.name.len : 80),
			    (const char *)made.name.p);
		agent_client_answer_made(r, &made);
	}
	gn_wipe(&made.secret, sizeof made.secret);
	return GN_OK;
}
