/* What is asked of a hub, on a thread: each piece of work has the hub prove its key anew before
 * anything else is sent there, and logs in when no token counts.
 *
 *   prove -> (token | refresh | login) -> ask
 *
 * 1. Nothing that a hub says is signed here but the text of a login, which names the hub.
 * 2. What it sends is bounded in bytes and time (limits.h); redirects are not followed.
 *
 * Rules: AG-140..AG-147; HB-45, HB-55, HB-56. */
#include "agent/wallet_ask.h"
#include "wallet/http.h"
#include "wallet/line.h"
#include "wallet/pay.h"

#include <stdio.h>
#include <stdlib.h>

static void fail(struct agent_ask *q, gn_err err, const char *kind, const char *fmt, ...)
	GN_PRINTF(4, 5);
static void fail(struct agent_ask *q, gn_err err, const char *kind, const char *fmt, ...)
{
	va_list args;
	if (q->kind)
		return; /* the first is told */
	q->err = err;
	q->kind = kind;
	va_start(args, fmt);
	vsnprintf(q->why, sizeof q->why, fmt, args);
	va_end(args);
}

void agent_wallet_request_of(const json_t *act, struct gn_wallet_request *out)
{
	memset(out, 0, sizeof *out);
	snprintf(out->pid, sizeof out->pid, "%s", gn_wallet_text(act, "peer"));
	snprintf(out->amount, sizeof out->amount, "%s", gn_wallet_text(act, "amount"));
	snprintf(out->equivalent, sizeof out->equivalent, "%s", gn_wallet_text(act, "equivalent"));
	snprintf(out->note, sizeof out->note, "%s", gn_wallet_text(act, "note"));
	snprintf(out->id, sizeof out->id, "%s", gn_wallet_text(act, "id"));
}

/* ---- one request ---- */

static bool go_on(void *user, uint64_t bytes)
{
	const struct agent_ask *q = user;
	(void)bytes;
	return !atomic_load(&q->stop);
}

/* -1 after saying why. */
static long try_once(struct agent_ask *q, const char *method, const char *path, const json_t *body,
		     json_t **out)
{
	struct gn_wallet_http h = {.url = q->url,
				   .token = q->token,
				   .most = AGENT_WALLET_ANSWERS,
				   .seconds = AGENT_WALLET_ANSWER_S,
				   .wait = go_on,
				   .user = q};
	long status = gn_wallet_http(&h, method, path, body, out);
	if (h.fault == GN_WALLET_TOO_LARGE)
		fail(q, GN_TOO_LARGE, "protocol",
		     "the hub at %.200s sends more than %u MiB; nothing more is read", q->url,
		     AGENT_WALLET_ANSWERS >> 20);
	else if (h.fault != GN_WALLET_FINE)
		fail(q, GN_UNREACHABLE, "unreachable", "the hub at %.200s does not answer: %.100s",
		     q->url, h.why);
	return status;
}

/* Its own words about why not, made plain. */
static void fail_refused(struct agent_ask *q, long status, const json_t *answer, const char *what)
{
	char text[240];
	const json_t *error = json_object_get(answer, "error");
	gn_plain(gn_str(gn_wallet_text(error, "message")), text, sizeof text);
	if (!q->kind && gn_wallet_has_code(answer))
		snprintf(q->code, sizeof q->code, "%.8s", gn_wallet_text(error, "code"));
	if (gn_wallet_has_code(answer))
		fail(q, status == 429 ? GN_BUSY : GN_REMOTE, status == 429 ? "busy" : "refused",
		     "%s: %s", what, text);
	else
		fail(q, GN_PROTOCOL, "protocol", "%s: the hub's answer (%ld) cannot be read", what,
		     status);
}

/* ---- who is there, who we are ---- */

static bool prove(struct agent_ask *q)
{
	struct gn_rand rand = gn_rand_system();
	struct gn_wallet_hub hub = {0};
	char nonce[65], path[96];
	json_t *about;
	gn_wallet_nonce(&rand, nonce);
	snprintf(path, sizeof path, "/hub?nonce=%s", nonce);
	char token[sizeof q->token];
	memcpy(token, q->token, sizeof token);
	q->token[0] = 0; /* who it is comes first */
	long status = try_once(q, "GET", path, NULL, &about);
	memcpy(q->token, token, sizeof token);
	gn_wipe(token, sizeof token);
	if (status < 0)
		return false;
	if (status != 200 || !gn_wallet_hub_named(&hub, about))
		fail(q, GN_PROTOCOL, "protocol", "what answers at %.200s is not a hub", q->url);
	else if (q->pinned && !gn_pk_eq(&hub.pk, &q->hub.pk))
		fail(q, GN_KEY, "key",
		     "what answers at %.200s has another key than the hub that was joined there: "
		     "it is %s, not %s. Nothing else was sent to it",
		     q->url, hub.pid, q->hub.pid);
	else if (!gn_wallet_hub_proved(&hub, about, nonce))
		fail(q, GN_SIGNATURE, "proof",
		     "what answers at %.200s does not prove that it is hub %s. Nothing else was "
		     "sent to it",
		     q->url, hub.pid);
	else
		q->hub = hub;
	json_decref(about);
	return !q->kind;
}

static bool take_tokens(struct agent_ask *q, const json_t *answer)
{
	const char *token = gn_wallet_text(answer, "access_token"),
		   *refresh = gn_wallet_text(answer, "refresh_token");
	if (!*token || strlen(token) >= sizeof q->token || strlen(refresh) >= sizeof q->refresh)
		return false;
	snprintf(q->token, sizeof q->token, "%s", token);
	snprintf(q->refresh, sizeof q->refresh, "%s", refresh);
	q->tokens_moved = true;
	return true;
}

/* True: a token came of the one before, or the hub cannot be asked (kind is set). */
static bool refresh(struct agent_ask *q)
{
	json_t *answer, *body = json_pack("{ss}", "refresh_token", q->refresh);
	q->token[0] = 0;
	long status = try_once(q, "POST", "/auth/refresh", body, &answer);
	bool ok = status == 200 && take_tokens(q, answer);
	if (!ok && status >= 400 && status < 500 && status != 429) {
		gn_wipe(q->refresh, sizeof q->refresh);
		q->tokens_moved = true;
	}
	json_decref(body);
	json_decref(answer);
	return ok || status < 0;
}

static void log_in_anew(struct agent_ask *q)
{
	json_t *answer = NULL, *body = json_pack("{ss}", "pid", q->owner);
	long status = try_once(q, "POST", "/auth/challenge", body, &answer);
	json_decref(body);
	body = NULL;
	if (status == 404)
		fail(q, GN_NOT_FOUND, "stranger", "this hub does not know you: join it first");
	else if (status >= 0 && status != 200)
		fail_refused(q, status, answer, "the login");
	if (!q->kind) {
		body = gn_wallet_login(&q->hub, &q->sk, gn_wallet_text(answer, "challenge"),
				       "agent");
		if (!body)
			fail(q, GN_PROTOCOL, "protocol", "the hub's challenge is not one");
	}
	json_decref(answer);
	answer = NULL;
	if (!q->kind) {
		status = try_once(q, "POST", "/auth/login", body, &answer);
		if (status >= 0 && (status != 200 || !take_tokens(q, answer)))
			fail_refused(q, status, answer, "the login");
	}
	json_decref(body);
	json_decref(answer);
}

static bool log_in(struct agent_ask *q)
{
	if (*q->token || (*q->refresh && refresh(q)))
		return !q->kind;
	q->token[0] = 0;
	if (!q->has_sk)
		fail(q, GN_PASSPHRASE, "passphrase",
		     "logging in at the hub anew needs the passphrase: geonet agent unlock");
	else
		log_in_anew(q);
	return !q->kind;
}

/* As try_once, logged in; once more when the token counts no longer. */
static long ask(struct agent_ask *q, const char *method, const char *path, const json_t *body,
		json_t **out)
{
	*out = NULL;
	if (!log_in(q))
		return -1;
	long status = try_once(q, method, path, body, out);
	if (status != 401)
		return status;
	json_decref(*out);
	*out = NULL;
	q->token[0] = 0;
	return log_in(q) ? try_once(q, method, path, body, out) : -1;
}

/* The answer, the caller's; NULL after saying why. */
static json_t *get(struct agent_ask *q, const char *path, const char *what)
{
	json_t *out;
	long status = ask(q, "GET", path, NULL, &out);
	if (status == 200 && json_is_object(out))
		return out;
	if (status >= 0)
		fail_refused(q, status, out, what);
	json_decref(out);
	return NULL;
}

/* Pages of a list, bounded; *more: there were others. NULL after saying why. */
static json_t *get_list(struct agent_ask *q, const char *path, const char *what, bool *more)
{
	json_t *all = json_array();
	*more = false;
	for (unsigned page = 0;; page++) {
		char at[400];
		if (page == AGENT_WALLET_PAGES) {
			*more = true;
			return all;
		}
		snprintf(at, sizeof at, "%s&limit=200&offset=%zu", path, json_array_size(all));
		json_t *answer = get(q, at, what);
		size_t count = json_array_size(json_object_get(answer, "items"));
		uint64_t total = gn_wallet_number(answer, "total");
		if (answer)
			json_array_extend(all, json_object_get(answer, "items"));
		json_decref(answer);
		if (!answer) {
			json_decref(all);
			return NULL;
		}
		if (!count || (total ? json_array_size(all) >= total : count < 200))
			return all;
	}
}

static void put(json_t *to, const char *name, json_t *value)
{
	if (value)
		json_object_set_new(to, name, value);
}

/* ---- reading ---- */

static void run_read(struct agent_ask *q)
{
	bool more = false, some;
	char path[64];
	q->out = json_object();
	put(q->out, "me", get(q, "/participants/me", "your account"));
	if (!q->kind)
		put(q->out, "equivalents", get(q, "/equivalents", "the equivalents"));
	if (!q->kind)
		put(q->out, "balance", get(q, "/balance", "your balance"));
	if (!q->kind)
		put(q->out, "lines", get_list(q, "/trustlines?", "your trust lines", &more));
	if (!q->kind)
		put(q->out, "asked", get_list(q, "/payments/asked?", "what waits", &some));
	snprintf(path, sizeof path, "/payments?limit=%u", AGENT_WALLET_PAYMENTS);
	if (!q->kind)
		put(q->out, "payments", get(q, path, "your payments"));
	put(q->out, "more", json_boolean(more));
	q->seq = gn_wallet_number(json_object_get(q->out, "me"), "seq");
}

static bool read_seq(struct agent_ask *q)
{
	json_t *me = get(q, "/participants/me", "your account");
	q->seq = gn_wallet_number(me, "seq");
	json_decref(me);
	return !q->kind;
}

static void run_join(struct agent_ask *q)
{
	q->out = json_object();
	if (log_in(q)) {
		put(q->out, "me", get(q, "/participants/me", "your account"));
		q->seq = gn_wallet_number(json_object_get(q->out, "me"), "seq");
	} else if (strcmp(q->kind, "stranger") == 0) {
		q->kind = NULL;
		q->err = GN_OK;
	}
}

/* ---- what is to be signed ---- */

/* The amount in the equivalent's own form, into in; false after saying why. */
static bool check_amount(struct agent_ask *q, const char *field, unsigned *precision)
{
	gn_amount amount = 0;
	char text[GN_AMOUNT_TEXT_MAX];
	const char *unit = gn_wallet_text(q->in, "equivalent"),
		   *typed = gn_wallet_text(q->in, field);
	json_t *list = get(q, "/equivalents", "the equivalents");
	if (!list)
		return false;
	switch (gn_wallet_amount(list, unit, *typed ? typed : NULL, &amount, precision)) {
	case GN_WALLET_AMOUNT_OK:
		gn_amount_text(amount, *precision, text);
		if (*typed)
			put(q->in, field, json_string(text));
		break;
	case GN_WALLET_NO_EQUIVALENT:
		fail(q, GN_NOT_FOUND, "equivalent", "this hub has no equivalent %.20s", unit);
		break;
	case GN_WALLET_DECIMALS:
		fail(q, GN_AMOUNT, "amount", "%.40s has more decimals than %.20s, which has %u",
		     typed, unit, *precision);
		break;
	case GN_WALLET_TOO_MUCH:
		fail(q, GN_AMOUNT, "amount", "%.40s is more than there may be", typed);
		break;
	case GN_WALLET_PRECISION:
	case GN_WALLET_NO_AMOUNT:
		fail(q, GN_AMOUNT, "amount", "'%.40s' is not an amount of %.20s", typed, unit);
		break;
	}
	json_decref(list);
	return !q->kind;
}

/* HB-55. Their name into in; false after saying why. */
static bool check_person(struct agent_ask *q, const char *pid)
{
	char path[80], its[GN_PID_MAX];
	struct gn_pk pk;
	json_t *answer;
	snprintf(path, sizeof path, "/participants/%.60s", pid);
	long status = ask(q, "GET", path, NULL, &answer);
	if (status == 404)
		fail(q, GN_NOT_FOUND, "person", "nobody on this hub has the PID %.60s", pid);
	else if (status >= 0 && status != 200)
		fail_refused(q, status, answer, "who that is");
	else if (status == 200 && !gn_wallet_key_of(answer, pid, &pk, its))
		fail(q, GN_KEY, "key", "the hub names another's key for %.60s: its PID is %s", pid,
		     its);
	if (!q->kind)
		put(q->in, "name", json_string(gn_wallet_text(answer, "display_name")));
	json_decref(answer);
	return !q->kind;
}

/* HB-23: which attempt at the request is meant; false: it is paid, or is under way. */
static bool choose_tx(struct agent_ask *q, const struct gn_wallet_request *r)
{
	struct gn_rand rand = gn_rand_system();
	char tx[OP_TX_ID_MAX + 1];
	gn_wallet_tx_id_new(&rand, tx);
	bool by_request = *r->id && !json_is_true(json_object_get(q->in, "again"));
	for (unsigned n = 1; by_request && n <= GN_WALLET_TRIES && !q->kind; n++) {
		char path[120];
		json_t *kept;
		struct gn_wallet_payment p = {.payer = q->owner, .tx_id = tx, .q = r};
		gn_wallet_attempt(r, n, tx);
		snprintf(path, sizeof path, "/payments/%s", tx);
		long status = ask(q, "GET", path, NULL, &kept);
		bool failed = gn_wallet_failed(&p, status, kept),
		     mine = status == 200 && strcmp(gn_wallet_text(kept, "from"), q->owner) == 0;
		if (mine && !failed)
			fail(q, GN_EXISTS, "paid", "you have paid this request before, at %.30s",
			     gn_wallet_text(kept, "created_at"));
		else if (status >= 0 && status != 200 && status != 404)
			fail_refused(q, status, kept, "what was paid before");
		json_decref(kept);
		if (!failed)
			break;
	}
	put(q->in, "tx", json_string(tx));
	return !q->kind;
}

static void run_quote(struct agent_ask *q)
{
	static const char *const path = "/payments/capacity?to=%s&equivalent=%s&amount=%s";
	struct gn_wallet_request r;
	unsigned precision = 0;
	char at[300];
	if (!check_amount(q, "amount", &precision))
		return;
	agent_wallet_request_of(q->in, &r);
	if (r.amount[strspn(r.amount, "0.")] == 0)
		fail(q, GN_AMOUNT, "amount", "%s %s is nothing to pay", r.amount, r.equivalent);
	if (strcmp(r.pid, q->owner) == 0)
		fail(q, GN_USAGE, "self", "this PID is your own: nobody pays themselves");
	if (q->kind || !check_person(q, r.pid) || !choose_tx(q, &r))
		return;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(at, sizeof at, path, r.pid, r.equivalent, r.amount);
#pragma GCC diagnostic pop
	q->out = json_object();
	put(q->out, "capacity", get(q, at, "what could be paid"));
	put(q->out, "precision", json_integer(precision));
}

static void run_line(struct agent_ask *q)
{
	const char *peer = gn_wallet_text(q->in, "peer"),
		   *unit = gn_wallet_text(q->in, "equivalent"),
		   *limit = gn_wallet_text(q->in, "limit");
	struct gn_wallet_line change = {.limit = *limit ? limit : NULL,
					.close = json_is_true(json_object_get(q->in, "close")),
					.freeze = json_is_true(json_object_get(q->in, "freeze")),
					.unfreeze =
						json_is_true(json_object_get(q->in, "unfreeze"))};
	unsigned precision = 0;
	bool more;
	char path[120];
	if (strcmp(peer, q->owner) == 0)
		fail(q, GN_USAGE, "self", "this PID is your own: a line leads to somebody else");
	if (q->kind || !check_amount(q, "limit", &precision) || !check_person(q, peer) ||
	    !read_seq(q))
		return;
	limit = gn_wallet_text(q->in, "limit");
	change.limit = *limit ? limit : NULL;
	snprintf(path, sizeof path, "/trustlines?direction=outgoing&equivalent=%.20s", unit);
	json_t *lines = get_list(q, path, "your trust lines", &more);
	const json_t *line = gn_wallet_line_to(lines, peer);
	if (!q->kind && !line &&
	    (!change.limit || change.close || change.freeze || change.unfreeze))
		fail(q, GN_NOT_FOUND, "line", "you have no open trust line to %.60s in %.20s", peer,
		     unit);
	if (!q->kind) {
		enum gn_op_kind kind = gn_wallet_line_kind(line, change.close);
		snprintf(path, sizeof path, "/trustlines%s%.60s", line ? "/" : "",
			 line ? gn_wallet_text(line, "id") : "");
		q->out = json_pack("{so si ss ss}", "body",
				   gn_wallet_line_body(line, peer, unit, &change), "op", (int)kind,
				   "method", gn_wallet_line_method(kind), "path", path);
	}
	json_decref(lines);
}

static bool check_key(struct agent_ask *q, const json_t *payment, const char *key)
{
	const char *from = gn_wallet_text(payment, "from");
	struct gn_pk pk;
	char path[80], its[GN_PID_MAX];
	snprintf(path, sizeof path, "/participants/%.60s", from);
	json_t *answer = get(q, path, "who pays");
	if (answer && (!gn_wallet_key_of(answer, from, &pk, its) ||
		       !gn_wallet_tx_key_is(&pk, gn_wallet_text(payment, "tx_id"), key)))
		fail(q, GN_KEY, "key", "the hub names another payment under this key");
	json_decref(answer);
	return !q->kind;
}

static void run_answer(struct agent_ask *q)
{
	const char *key = gn_wallet_text(q->in, "key"),
		   *word = json_is_true(json_object_get(q->in, "accept")) ? "yes" : "no";
	const json_t *found = NULL;
	json_t *item;
	bool more;
	size_t i;
	json_t *list = get_list(q, "/payments/asked?", "what waits", &more);
	json_array_foreach(list, i, item)
	{
		if (strcmp(gn_wallet_text(item, "key"), key) == 0)
			found = item;
	}
	const json_t *payment = json_object_get(found, "payment");
	bool votes = json_is_object(payment);
	if (!q->kind && !found)
		fail(q, GN_NOT_FOUND, "offer", "nothing with this key waits for your answer");
	if (!q->kind && votes)
		(void)check_key(q, payment, key);
	if (!q->kind) {
		const char *tx = votes ? gn_wallet_text(payment, "tx_id") : key;
		json_t *body = json_pack("{ss ss}", "tx_id", tx, "answer", word);
		if (votes)
			put(body, "initiator", json_string(gn_wallet_text(payment, "from")));
		q->out = json_pack("{so si ss ss ss sO}", "body", body, "op",
				   votes ? GN_OP_VOTE : GN_OP_CONSENT, "method", "POST", "path",
				   votes ? "/payments/vote" : "/clearing/consent", "tx", tx, "item",
				   found);
	}
	json_decref(list);
}

static void run_leave(struct agent_ask *q)
{
	if (read_seq(q))
		q->out = json_pack("{so si ss ss}", "body", json_object(), "op", GN_OP_LEAVE,
				   "method", "POST", "path", "/participants/me/leave");
}

/* ---- sending ---- */

/* out: {"end", "before", "words", "answer", "doubt"}. */
static void end_as(struct agent_ask *q, enum gn_wallet_end end, bool before, json_t *answer,
		   const char *words)
{
	q->out = json_pack("{si sb ss so*}", "end", (int)end, "before", before, "words",
			   words ? words : "", "answer", answer ? json_incref(answer) : NULL);
}

static void send_payment(struct agent_ask *q, bool repeats)
{
	struct gn_wallet_request r;
	json_t *answer = NULL, *kept = NULL;
	agent_wallet_request_of(q->in, &r);
	struct gn_wallet_payment p = {.payer = q->owner,
				      .tx_id = gn_wallet_text(q->in, "tx"),
				      .q = &r,
				      .repeats = repeats};
	long status = ask(q, "POST", "/payments", json_object_get(q->in, "request"), &answer);
	struct gn_wallet_verdict v = gn_wallet_judge(&p, status, answer);
	if (v.end == GN_WALLET_LOOK) {
		char path[120];
		snprintf(path, sizeof path, "/payments/%.64s", p.tx_id);
		long found = ask(q, "GET", path, NULL, &kept);
		v = gn_wallet_judge_kept(&p, status, answer, found, kept);
	}
	end_as(q, v.end, v.before,
	       kept && (v.end == GN_WALLET_DONE || v.end == GN_WALLET_TAKEN) ? kept : answer,
	       v.words);
	json_decref(answer);
	json_decref(kept);
}

/* A line's repeat is refused since its number is used: does the line stand as was wanted? */
static bool line_stands(struct agent_ask *q)
{
	const char *limit = gn_wallet_text(q->in, "limit");
	char path[120];
	bool more;
	snprintf(path, sizeof path, "/trustlines?direction=outgoing&equivalent=%.20s",
		 gn_wallet_text(q->in, "equivalent"));
	json_t *lines = get_list(q, path, "your trust lines", &more);
	const json_t *line = gn_wallet_line_to(lines, gn_wallet_text(q->in, "peer"));
	bool closes = json_is_true(json_object_get(q->in, "close")),
	     is = lines &&
		  (closes ? !line || strcmp(gn_wallet_text(line, "status"), "closing") == 0
			  : line && *limit && strcmp(gn_wallet_text(line, "limit"), limit) == 0);
	json_decref(lines);
	return is;
}

static void send_other(struct agent_ask *q, bool repeats)
{
	json_t *answer = NULL;
	const char *what = gn_wallet_text(q->in, "what"), *method = gn_wallet_text(q->in, "method"),
		   *path = gn_wallet_text(q->in, "path");
	const json_t *body = json_object_get(q->in, "request");
	/* who joins has no token yet */
	long status = strcmp(what, "join") == 0 ? try_once(q, method, path, body, &answer)
						: ask(q, method, path, body, &answer);
	enum gn_wallet_end end = GN_WALLET_UNKNOWN;
	bool refused = status >= 400 && status < 500 && gn_wallet_has_code(answer), before = false;
	if (status >= 200 && status < 300 && json_is_object(answer))
		end = GN_WALLET_DONE;
	else if (refused && !repeats)
		end = GN_WALLET_NOTHING;
	else if (refused && strcmp(what, "line") == 0 && line_stands(q))
		end = GN_WALLET_DONE, before = true;
	else if (refused && strcmp(what, "join") == 0 && q->has_sk && log_in(q))
		end = GN_WALLET_DONE, before = true; /* it knows us */
	else if (refused)
		end = GN_WALLET_TAKEN; /* whether by the first of these texts is not known */
	end_as(q, end, before, answer, "nothing was done");
	json_decref(answer);
}

/* ---- the work ---- */

void agent_ask_run(struct agent_ask *q)
{
	if (!prove(q))
		return;
	bool repeats = gn_wallet_number(q->in, "tries") > 0;
	switch (q->what) {
	case AGENT_ASK_JOIN: run_join(q); break;
	case AGENT_ASK_READ: run_read(q); break;
	case AGENT_ASK_QUOTE: run_quote(q); break;
	case AGENT_ASK_LINE: run_line(q); break;
	case AGENT_ASK_ANSWER: run_answer(q); break;
	case AGENT_ASK_LEAVE: run_leave(q); break;
	case AGENT_ASK_SEND:
		if (strcmp(gn_wallet_text(q->in, "what"), "pay") == 0)
			send_payment(q, repeats);
		else
			send_other(q, repeats);
		break;
	}
}

void agent_ask_free(struct agent_ask *q)
{
	json_decref(q->in);
	json_decref(q->out);
	gn_wipe(q, sizeof *q);
	free(q);
}
