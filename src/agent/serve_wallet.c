/* The calls of the wallet. A client needs the right pay/HUB for all that concerns that hub, in
 * whatever form it has it, and pay/STAR to join one; what is signed is asked each time, but for
 * payments within its limit. Rules: AG-142..AG-149. */
#include "agent/wallet_int.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- what is asked, of which hub ---- */

/* What was called, as JSON; NULL after answering. */
static json_t *read_call(struct agent_request *r)
{
	json_t *in = gn_host_table_json(gn_app_type(r->base.asked->kind), r->base.table);
	if (!in)
		gn_host_error(&r->base, GN_NOMEM, "%s", "");
	return in;
}

static bool may_see(struct agent_request *r, const char *pid)
{
	const uint8_t *client = gn_host_client(&r->base);
	char right[GN_PID_MAX + 8];
	uint8_t rights[AGENT_RIGHTS_MAX];
	if (!client)
		return true;
	snprintf(right, sizeof right, "pay/%s", pid);
	size_t len = agent_client_words(r->agent, client, rights);
	return agent_right_in(gn_slice(rights, len), gn_str(right));
}

/* The hub that is named; where none is, the only one. NULL after answering. */
static struct agent_wallet_hub *hub_of(struct agent_request *r, const char *pid)
{
	struct agent_wallet *w = r->agent->wallet;
	struct agent_wallet_hub *found = NULL;
	char right[GN_PID_MAX + 8];
	unsigned count = 0;
	for (size_t i = 0; i < AGENT_WALLET_HUBS; i++) {
		struct agent_wallet_hub *h = &w->hubs[i];
		if (!h->used || (*pid && strcmp(pid, h->its.pid) != 0))
			continue;
		found = h;
		count++;
	}
	if (!found)
		agent_wallet_refuse(r, GN_NOT_FOUND, "hub", "you have joined no hub%s%.60s",
				    *pid ? " " : "", pid);
	else if (count > 1)
		agent_wallet_refuse(r, GN_USAGE, "hub", "say at which hub: there are %u", count);
	if (count != 1)
		return NULL;
	snprintf(right, sizeof right, "pay/%s", found->its.pid);
	return agent_may(r, right, gn_str(right)) ? found : NULL;
}

static bool is_set(const json_t *in, const char *name)
{
	return json_is_true(json_object_get(in, name));
}

/* Takes in. */
static void ask(struct agent_request *r, struct agent_wallet_hub *h, enum agent_ask_what what,
		json_t *in)
{
	unsigned has = 0;
	for (const struct agent_ask *q = h->first; q; q = q->next)
		has += q->r && agent_is_program(r, q->r->program);
	if (!agent_within_share(r, has, AGENT_WALLET_WAITING))
		json_decref(in);
	else if (!agent_wallet_ask(r->agent, h, what, in, r))
		agent_wallet_refuse(r, GN_BUSY, "busy",
				    "%u things wait for this hub already: try again in a while",
				    AGENT_WALLET_WAITING);
}

/* ---- looking ---- */

gn_err agent_call_wallet_hubs(struct agent_request *r)
{
	json_t *hubs = json_array();
	for (size_t i = 0; i < AGENT_WALLET_HUBS; i++) {
		const struct agent_wallet_hub *h = &r->agent->wallet->hubs[i];
		if (h->used && may_see(r, h->its.pid))
			json_array_append_new(hubs, agent_wallet_show_hub(h));
	}
	agent_wallet_reply(r, GN_FB_APP_WALLET_BODY_WALLET_HUBS_IS,
			   json_pack("{so}", "hubs", hubs));
	return GN_OK;
}

/* What is kept, or with `fresh` what the hub says now. */
static gn_err look(struct agent_request *r, uint8_t member)
{
	json_t *in = read_call(r);
	struct agent_wallet_hub *h = in ? hub_of(r, gn_wallet_text(in, "hub")) : NULL;
	if (h)
		json_object_set_new(in, "member", json_integer(member));
	if (h && is_set(in, "fresh"))
		ask(r, h, AGENT_ASK_READ, json_incref(in));
	else if (h)
		agent_wallet_show(r, h, in);
	json_decref(in);
	return GN_OK;
}

gn_err agent_call_wallet_balance(struct agent_request *r)
{
	json_t *in = read_call(r), *hubs, *sums;
	bool all = in && !*gn_wallet_text(in, "hub") && !is_set(in, "fresh");
	json_decref(in);
	if (!all)
		return look(r, GN_FB_APP_WALLET_BODY_WALLET_BALANCE_IS);
	hubs = json_array();
	sums = json_array();
	for (size_t i = 0; i < AGENT_WALLET_HUBS; i++) {
		const struct agent_wallet_hub *h = &r->agent->wallet->hubs[i];
		if (!h->used || !may_see(r, h->its.pid))
			continue;
		json_t *some = agent_wallet_show_sums(h);
		json_array_append_new(hubs, agent_wallet_show_hub(h));
		json_array_extend(sums, some);
		json_decref(some);
	}
	agent_wallet_reply(r, GN_FB_APP_WALLET_BODY_WALLET_BALANCE_IS,
			   json_pack("{so so}", "hubs", hubs, "sums", sums));
	return GN_OK;
}

gn_err agent_call_wallet_lines(struct agent_request *r)
{
	return look(r, GN_FB_APP_WALLET_BODY_WALLET_LINES_IS);
}

gn_err agent_call_wallet_history(struct agent_request *r)
{
	return look(r, GN_FB_APP_WALLET_BODY_WALLET_HISTORY_IS);
}

/* ---- joining and leaving ---- */

static bool url_ok(const char *url)
{
	return (strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0) &&
	       strlen(url) < 500 && gn_plain_ok(gn_str(url));
}

static void join(struct agent_request *r, const json_t *in)
{
	struct gn_agent *a = r->agent;
	struct gn_slice passphrase =
		gn_fb_wallet_join_passphrase((struct gn_fb_wallet_join){r->base.table});
	char url[512];
	size_t len = strlen(gn_wallet_text(in, "url"));
	if (!agent_may(r, "pay/*", GN_LIT("pay/*")))
		return;
	while (len && gn_wallet_text(in, "url")[len - 1] == '/')
		len--;
	snprintf(url, sizeof url, "%.*s", (int)(len < 500 ? len : 500), gn_wallet_text(in, "url"));
	if (!url_ok(url)) {
		agent_wallet_refuse(r, GN_USAGE, "url",
				    "a hub is named by an address that begins with http:// or "
				    "https://");
		return;
	}
	if (passphrase.len) {
		gn_err err = gn_agent_vault_identity(a->vault, passphrase, a->now);
		if (err) {
			agent_wallet_refuse(r, err, "passphrase", "%s",
					    gn_agent_vault_why(a->vault));
			return;
		}
	}
	if (!agent_wallet_key(a))
		agent_wallet_refuse(r, GN_PASSPHRASE, "passphrase",
				    "logging in at a hub needs the passphrase");
	else if (!agent_wallet_visit(a, url, json_pack("{ss}", "name", gn_wallet_text(in, "name")),
				     r))
		agent_wallet_refuse(r, GN_BUSY, "busy", "another hub is being asked right now");
}

gn_err agent_call_wallet_join(struct agent_request *r)
{
	json_t *in = read_call(r);
	bool leaves = in && (is_set(in, "leave") || is_set(in, "forget"));
	struct agent_wallet_hub *h = leaves ? hub_of(r, gn_wallet_text(in, "hub")) : NULL;
	if (in && !leaves)
		join(r, in);
	else if (h && is_set(in, "forget")) {
		if (agent_may(r, "pay/*", GN_LIT("pay/*"))) {
			agent_wallet_forget(r->agent, h);
			gn_host_answer_ok(&r->base);
		}
	} else if (h)
		ask(r, h, AGENT_ASK_LEAVE, json_object());
	json_decref(in);
	return GN_OK;
}

/* ---- what is to be signed ---- */

/* A PID, or a contact's. False after answering. */
static bool read_peer(struct agent_request *r, const char *who, json_t *in)
{
	struct gn_hash hash;
	struct gn_people_contact c;
	char pid[GN_PID_MAX];
	if (gn_pid_parse(gn_str(who), &hash) == GN_OK) {
		json_object_set_new(in, "peer", json_string(who));
		return true;
	}
	if (agent_find_who(r->agent, gn_str(who), &c) != 1) {
		agent_wallet_refuse(r, GN_NOT_FOUND, "person",
				    "'%.80s' is not a PID, and no one contact has that name", who);
		return false;
	}
	gn_pid(c.owner, pid);
	json_object_set_new(in, "peer", json_string(pid));
	return true;
}

/* The link's words into in; false after answering. */
static bool read_link(struct agent_request *r, const char *link, json_t *in)
{
	struct gn_wallet_request q;
	const char *wrong = gn_wallet_is_link(link) ? gn_wallet_link_read(link, &q)
						    : "it does not begin with geonet:pay?",
		   *amount = gn_wallet_text(in, "amount");
	if (!wrong && *q.amount && *amount && strcmp(q.amount, amount) != 0)
		wrong = "it has an amount of its own";
	if (!wrong && !*q.amount && !*amount)
		wrong = "it leaves the amount to you: say one";
	if (wrong) {
		agent_wallet_refuse(r, GN_USAGE, "link", "this is not a payment request: %s",
				    wrong);
		return false;
	}
	json_object_set_new(in, "peer", json_string(q.pid));
	json_object_set_new(in, "hub", json_string(q.hub));
	json_object_set_new(in, "equivalent", json_string(q.equivalent));
	json_object_set_new(in, "id", json_string(q.id));
	if (*q.amount)
		json_object_set_new(in, "amount", json_string(q.amount));
	if (*q.note)
		json_object_set_new(in, "note", json_string(q.note));
	return true;
}

static bool lengths_ok(struct agent_request *r, const json_t *in)
{
	const char *unit = gn_wallet_text(in, "equivalent");
	bool ok =
		strlen(unit) < 20 && strlen(gn_wallet_text(in, "amount")) < 48 &&
		strlen(gn_wallet_text(in, "limit")) < 48 &&
		strspn(unit, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-") ==
			strlen(unit) &&
		*unit;
	if (!ok)
		agent_wallet_refuse(r, GN_USAGE, "equivalent",
				    "this names no equivalent or no "
				    "amount");
	gn_err err = gn_wallet_note_ok(gn_wallet_text(in, "note"));
	if (ok && err)
		agent_wallet_refuse(r, err, "note", "the note is too long, or not plain text");
	return ok && !err;
}

gn_err agent_call_wallet_quote(struct agent_request *r)
{
	json_t *in = read_call(r);
	const char *link = gn_wallet_text(in, "link");
	bool ok = in &&
		  (*link ? read_link(r, link, in) : read_peer(r, gn_wallet_text(in, "whom"), in)) &&
		  lengths_ok(r, in);
	struct agent_wallet_hub *h = ok ? hub_of(r, gn_wallet_text(in, "hub")) : NULL;
	if (h)
		ask(r, h, AGENT_ASK_QUOTE, json_incref(in));
	json_decref(in);
	return GN_OK;
}

gn_err agent_call_wallet_line_set(struct agent_request *r)
{
	json_t *in = read_call(r);
	bool ok = in && read_peer(r, gn_wallet_text(in, "peer"), in) && lengths_ok(r, in);
	bool close = is_set(in, "close"), changes = is_set(in, "freeze") || is_set(in, "unfreeze");
	bool limit = *gn_wallet_text(in, "limit");
	if (ok && (close ? changes || limit : !changes && !limit)) {
		agent_wallet_refuse(r, GN_USAGE, "line",
				    "say a limit, or to freeze or unfreeze it, or to close it "
				    "alone");
		ok = false;
	}
	struct agent_wallet_hub *h = ok ? hub_of(r, gn_wallet_text(in, "hub")) : NULL;
	if (h)
		ask(r, h, AGENT_ASK_LINE, json_incref(in));
	json_decref(in);
	return GN_OK;
}

gn_err agent_call_wallet_offers(struct agent_request *r)
{
	json_t *in = read_call(r);
	bool answers = *gn_wallet_text(in, "key");
	struct agent_wallet_hub *h = answers ? hub_of(r, gn_wallet_text(in, "hub")) : NULL;
	if (h)
		ask(r, h, AGENT_ASK_ANSWER, json_incref(in));
	json_decref(in);
	return answers ? GN_OK : look(r, GN_FB_APP_WALLET_BODY_WALLET_OFFERS_IS);
}

gn_err agent_call_wallet_request(struct agent_request *r)
{
	json_t *in = read_call(r);
	struct gn_wallet_request q = {0};
	char link[GN_WALLET_LINK_MAX];
	gn_amount amount = 0;
	unsigned precision = 0;
	struct agent_wallet_hub *h =
		in && lengths_ok(r, in) ? hub_of(r, gn_wallet_text(in, "hub")) : NULL;
	const char *typed = gn_wallet_text(in, "amount"), *unit = gn_wallet_text(in, "equivalent");
	if (h && !h->seen)
		agent_wallet_refuse(r, GN_PENDING, "unreachable",
				    "the hub was not read yet, so its equivalents are not known");
	if (h && h->seen) {
		enum gn_wallet_amount is =
			gn_wallet_amount(json_object_get(h->seen, "equivalents"), unit,
					 *typed ? typed : NULL, &amount, &precision);
		if (is == GN_WALLET_NO_EQUIVALENT)
			agent_wallet_refuse(r, GN_NOT_FOUND, "equivalent",
					    "this hub has no equivalent %s", unit);
		else if (is || (*typed && !amount))
			agent_wallet_refuse(r, GN_AMOUNT, "amount", "'%s' is no amount of %s",
					    typed, unit);
		else {
			gn_pid(&r->agent->owner, q.pid);
			memcpy(q.hub, h->its.pid, sizeof q.hub);
			snprintf(q.equivalent, sizeof q.equivalent, "%s", unit);
			snprintf(q.note, sizeof q.note, "%s", gn_wallet_text(in, "note"));
			if (*typed) {
				gn_amount_text(amount, precision, q.amount);
				gn_wallet_request_id_new(&r->agent->host.rand, &q);
			}
			gn_err err = gn_wallet_link_write(&q, GN_WALLET_NEW, link, sizeof link);
			if (err)
				gn_host_error(&r->base, err, "%s", "");
			else
				agent_wallet_reply(r, GN_FB_APP_WALLET_BODY_WALLET_REQUEST_IS,
						   json_pack("{ss}", "link", link));
		}
	}
	json_decref(in);
	return GN_OK;
}

/* ---- signing ---- */

static struct agent_quote *find_quote(struct agent_request *r)
{
	struct gn_fb_hash id = gn_fb_wallet_pay_quote((struct gn_fb_wallet_pay){r->base.table});
	for (size_t i = 0; i < AGENT_WALLET_QUOTES; i++) {
		struct agent_quote *q = &r->agent->wallet->quotes[i];
		if (q->until > r->agent->now && memcmp(q->id, id.b, sizeof q->id) == 0 &&
		    memcmp(q->program, r->program, sizeof q->program) == 0)
			return q;
	}
	return NULL;
}

static unsigned open_acts(const struct gn_agent *a)
{
	unsigned count = 0;
	const char *id;
	json_t *act;
	json_object_foreach(a->wallet->acts, id, act) count +=
		json_object_get(act, "request") != NULL;
	return count;
}

/* The hub at which it is done: who joins gets a place for it. NULL after answering. */
static struct agent_wallet_hub *hub_for(struct agent_request *r, const struct agent_quote *q)
{
	struct gn_agent *a = r->agent;
	const char *pid = gn_wallet_text(q->act, "hub");
	struct agent_wallet_hub *h = agent_wallet_hub_of(a, pid);
	struct gn_wallet_hub its = {0};
	if (!h && strcmp(gn_wallet_text(q->act, "what"), "join") == 0 &&
	    gn_unhex(gn_str(gn_wallet_text(q->act, "key")), its.pk.b, 32) == GN_OK) {
		gn_pid(&its.pk, its.pid);
		h = agent_wallet_add_hub(a, &its, gn_wallet_text(q->act, "url"));
	}
	if (!h)
		agent_wallet_refuse(r, GN_LIMIT, "hub",
				    "this hub was left, or there are %u already",
				    AGENT_WALLET_HUBS);
	return h;
}

/* Signs, stores, sends. */
static void sign(struct agent_request *r, struct agent_quote *q, const char *id, bool is_free)
{
	struct gn_agent *a = r->agent;
	const struct gn_sk *sk = agent_wallet_key(a);
	char quote[65], client[65];
	if (!sk) {
		agent_wallet_refuse(r, GN_PASSPHRASE, "passphrase",
				    "signing needs the passphrase: it was not given since it was "
				    "unlocked");
		return;
	}
	struct agent_wallet_hub *h = hub_for(r, q);
	if (!h)
		return;
	json_t *act = json_deep_copy(q->act), *request = gn_wallet_sign_text(sk, gn_str(q->text));
	uint64_t seq = gn_wallet_number(act, "seq");
	gn_hex(GN_SLICE(q->id), quote);
	json_object_set_new(act, "request", request);
	json_object_set_new(act, "quote", json_string(quote));
	json_object_set_new(act, "state", json_string("under-way"));
	json_object_set_new(act, "at", json_integer((json_int_t)agent_unix(a)));
	json_object_set_new(act, "day", json_integer((json_int_t)(agent_unix(a) / 86400)));
	if (is_free) {
		gn_hex(gn_slice(gn_host_client(&r->base), 32), client);
		json_object_set_new(act, "client", json_string(client));
	}
	h->seq = seq > h->seq ? seq : h->seq;
	gn_err err = agent_wallet_keep_hub(a, h);
	if (!err)
		err = agent_wallet_keep_act(a, id, act, is_free ? AGENT_SPENDS : AGENT_SPENDS_NOT);
	json_decref(act);
	if (err) {
		agent_fail(a, err);
		return;
	}
	gn_host_log(&a->host, GN_LOG_INFO, "wallet", "signed%s: %.200s",
		    is_free ? " within a limit" : "", q->says);
	agent_wallet_quote_free(q);
	agent_wallet_send(a, id, r);
}

gn_err agent_call_wallet_pay(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_wallet_pay t = {r->base.table};
	struct gn_slice passphrase = gn_fb_wallet_pay_passphrase(t);
	struct gn_fb_wallet_act wanted = gn_fb_wallet_pay_act(t);
	struct gn_fb_hash quote = gn_fb_wallet_pay_quote(t);
	char id[33], hex[65], right[GN_PID_MAX + 8];
	gn_hex(gn_slice(wanted.b, sizeof wanted.b), id);
	gn_hex(gn_slice(quote.b, sizeof quote.b), hex);
	const json_t *act = json_object_get(a->wallet->acts, id);
	struct agent_quote *q = act ? NULL : find_quote(r);
	snprintf(right, sizeof right, "pay/%s",
		 gn_wallet_text(act ? act
				: q ? q->act
				    : NULL,
				"hub"));
	if ((act || q) && !agent_may(r, right, gn_str(right)))
		return GN_OK;
	if (act) {
		if (!gn_is_zero(quote.b, 32) && strcmp(gn_wallet_text(act, "quote"), hex) != 0)
			agent_wallet_refuse(r, GN_CONFLICT, "taken",
					    "this act stands for another quote: choose another id");
		else
			agent_wallet_paid(r, id, act);
		return GN_OK;
	}
	if (!q) {
		agent_wallet_refuse(r, GN_EXPIRED, "quote",
				    "there is no such quote any more: it is good for ten minutes "
				    "and once. Ask for another; nothing was signed");
		return GN_OK;
	}
	if (open_acts(a) >= AGENT_WALLET_OPEN) {
		agent_wallet_refuse(r, GN_LIMIT, "busy", "%u acts are under way already",
				    AGENT_WALLET_OPEN);
		return GN_OK;
	}
	bool pays = strcmp(gn_wallet_text(q->act, "what"), "pay") == 0,
	     is_free = pays && agent_wallet_within(a, gn_host_client(&r->base), q->act);
	r->base.kind = gn_agent_vault_sealed(a->vault) ? "passphrase" : "asked";
	if (!is_free && !agent_allowed(r, q->says, passphrase, gn_fb_wallet_pay_approval(t)))
		return GN_OK;
	r->base.kind = NULL;
	if (passphrase.len && !is_free)
		(void)!gn_agent_vault_identity(a->vault, passphrase, a->now); /* it was tried */
	sign(r, q, id, is_free);
	return GN_OK;
}
