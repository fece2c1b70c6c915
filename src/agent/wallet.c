/* The wallet's turns: what is asked of which hub and when, what came of it, what is tried again.
 * wallet_int.h has the states. Rules: AG-140, AG-141, AG-145, AG-146. */
#include "agent/wallet_int.h"

#include <stdio.h>
#include <stdlib.h>

/* A token is good for an hour: from then on the key is given along, to log in. */
#define TOKEN_KEY_AFTER (1800 * GN_SEC)

/* ---- keys ---- */

const struct gn_sk *agent_wallet_key(struct gn_agent *a)
{
	const struct gn_agent_identity *id;
	if (!gn_agent_vault_sealed(a->vault))
		(void)!gn_agent_vault_identity(a->vault, gn_slice(NULL, 0), a->now);
	if (gn_agent_vault_identity_get(a->vault, a->now, &id) == GN_OK &&
	    gn_pk_eq(&id->keys.sk.pk, &a->owner))
		return &id->keys.sk;
	return a->wallet->has_sk ? &a->wallet->sk : NULL;
}

static bool has_limit(void *user, const struct gn_agent_client *c)
{
	struct gn_slice rest = c->rights, right;
	while (agent_right_next(&rest, &right))
		if (right.len > 4 && memcmp(right.p, "pay/", 4) == 0 &&
		    memchr(right.p + 4, '/', right.len - 4))
			*(bool *)user = true;
	return !*(bool *)user;
}

/* AG-145: somebody may pay unasked, so the key stays until it is locked. */
static void keep_key(struct gn_agent *a)
{
	const struct gn_agent_identity *id;
	bool any = false;
	if (a->wallet->has_sk || !gn_agent_vault_sealed(a->vault) ||
	    gn_agent_vault_identity_get(a->vault, a->now, &id) != GN_OK)
		return;
	if (gn_agent_clients(a->db, has_limit, &any) == GN_OK && any &&
	    gn_pk_eq(&id->keys.sk.pk, &a->owner)) {
		a->wallet->sk = id->keys.sk;
		a->wallet->has_sk = true;
	}
}

/* ---- work ---- */

static void work(uv_work_t *w)
{
	agent_ask_run(GN_CONTAINER(w, struct agent_ask, work));
}

static void done(uv_work_t *w, int status);

static void begin(struct gn_agent *a, struct agent_wallet_hub *h, struct agent_ask *q)
{
	const struct gn_sk *sk = NULL;
	if (h) {
		q->hub = h->its;
		q->pinned = true;
		snprintf(q->url, sizeof q->url, "%s", h->url);
		memcpy(q->token, h->token, sizeof q->token);
		memcpy(q->refresh, h->refresh, sizeof q->refresh);
	}
	if (!*q->token || h->token_at + TOKEN_KEY_AFTER <= a->now)
		sk = agent_wallet_key(a);
	q->has_sk = sk != NULL;
	if (sk)
		q->sk = *sk;
	int err = uv_queue_work(&a->host.loop, &q->work, work, done);
	GN_ASSERT(err == 0); /* it has a callback */
}

static struct agent_ask *new_ask(struct gn_agent *a, enum agent_ask_what what, json_t *in,
				 struct agent_request *r)
{
	struct agent_ask *q = calloc(1, sizeof *q);
	if (!q || !in) {
		free(q);
		json_decref(in);
		return NULL;
	}
	q->agent = a;
	q->what = what;
	q->in = in;
	q->r = r;
	gn_pid(&a->owner, q->owner);
	if (r)
		gn_host_hold(&r->base);
	return q;
}

struct agent_ask *agent_wallet_ask(struct gn_agent *a, struct agent_wallet_hub *h,
				   enum agent_ask_what what, json_t *in, struct agent_request *r)
{
	struct agent_ask *q = h->count < AGENT_WALLET_WAITING ? new_ask(a, what, in, r) : NULL;
	if (h->count >= AGENT_WALLET_WAITING)
		json_decref(in);
	if (!q)
		return NULL;
	struct agent_ask **end = &h->first;
	while (*end)
		end = &(*end)->next;
	*end = q;
	if (++h->count == 1)
		begin(a, h, q);
	return q;
}

struct agent_ask *agent_wallet_visit(struct gn_agent *a, const char *url, json_t *in,
				     struct agent_request *r)
{
	struct agent_ask *q = a->wallet->visit ? NULL : new_ask(a, AGENT_ASK_JOIN, in, r);
	if (a->wallet->visit)
		json_decref(in);
	if (!q)
		return NULL;
	snprintf(q->url, sizeof q->url, "%s", url);
	for (size_t i = 0; i < AGENT_WALLET_HUBS; i++) {
		const struct agent_wallet_hub *h = &a->wallet->hubs[i];
		if (h->used && strcmp(h->url, url) == 0) {
			q->hub = h->its; /* whoever is there now */
			q->pinned = true;
		}
	}
	a->wallet->visit = q;
	begin(a, NULL, q);
	return q;
}

/* ---- acts ---- */

static gn_time again_in(const json_t *act)
{
	uint64_t tries = gn_wallet_number(act, "tries");
	gn_time wait = AGENT_WALLET_AGAIN << (tries < 9 ? tries : 9);
	return wait < AGENT_WALLET_AGAIN_MAX ? wait : AGENT_WALLET_AGAIN_MAX;
}

static void set_due(struct gn_agent *a, const char *id, gn_time due)
{
	json_object_set_new(a->wallet->dues, id, json_integer((json_int_t)due));
}

void agent_wallet_send(struct gn_agent *a, const char *id, struct agent_request *r)
{
	json_t *act = json_object_get(a->wallet->acts, id);
	struct agent_wallet_hub *h = agent_wallet_hub_of(a, gn_wallet_text(act, "hub"));
	json_t *in = h ? json_deep_copy(act) : NULL;
	if (in)
		json_object_set_new(in, "act", json_string(id));
	set_due(a, id, GN_NEVER);
	if (!in || !agent_wallet_ask(a, h, AGENT_ASK_SEND, in, r)) {
		set_due(a, id, a->now + AGENT_WALLET_AGAIN); /* full: in a later turn */
		if (r)
			agent_wallet_paid(r, id, act);
	}
}

static void set_text(json_t *act, const char *name, const char *text)
{
	char plain[400];
	gn_plain(gn_str(text), plain, sizeof plain);
	if (*plain)
		json_object_set_new(act, name, json_string(plain));
	else
		json_object_del(act, name);
}

/* What came of it; true: it is over. */
static bool settle(struct gn_agent *a, json_t *act, struct agent_ask *q)
{
	const json_t *answer = json_object_get(q->out, "answer"),
		     *error = json_object_get(answer, "error");
	enum gn_wallet_end end =
		q->out ? (enum gn_wallet_end)json_integer_value(json_object_get(q->out, "end"))
		       : GN_WALLET_UNKNOWN;
	bool pays = strcmp(gn_wallet_text(act, "what"), "pay") == 0, over = true;
	const char *state = "under-way", *kind = "", *reason = gn_wallet_text(error, "message");
	switch (end) {
	case GN_WALLET_DONE:
		state = "done";
		if (pays && strcmp(gn_wallet_text(answer, "status"), "COMMITTED") != 0) {
			state = "waiting";
			over = false;
		}
		break;
	case GN_WALLET_NOTHING:
		state = "nothing";
		kind = pays && strcmp(gn_wallet_text(error, "code"), "E002") == 0 ? "way"
										  : "refused";
		break;
	case GN_WALLET_TAKEN:
		state = pays ? "nothing" : "unknown";
		kind = pays ? "taken" : "look";
		break;
	case GN_WALLET_LOOK:
	case GN_WALLET_UNKNOWN:
		kind = q->kind ? q->kind : "unknown";
		reason = q->kind ? q->why : reason;
		over = false;
		break;
	}
	json_object_set_new(act, "state", json_string(state));
	set_text(act, "kind", kind);
	set_text(act, "reason", reason);
	set_text(act, "code", gn_wallet_text(error, "code"));
	if (json_is_true(json_object_get(q->out, "before")))
		json_object_set_new(act, "before", json_true());
	if (end == GN_WALLET_NOTHING && pays)
		agent_wallet_explain(a, act, json_object_get(error, "details"),
				     gn_wallet_text(act, "peer"));
	return over;
}

static void on_sent(struct gn_agent *a, struct agent_wallet_hub *h, struct agent_ask *q)
{
	const char *id = gn_wallet_text(q->in, "act");
	json_t *act = json_object_get(a->wallet->acts, id);
	if (!act)
		return;
	bool over = settle(a, act, q),
	     nothing = strcmp(gn_wallet_text(act, "state"), "nothing") == 0, moved = over || q->out;
	const char *what = gn_wallet_text(act, "what");
	json_object_set_new(act, "tries",
			    json_integer((json_int_t)gn_wallet_number(act, "tries") + 1));
	set_due(a, id, over ? GN_NEVER : a->now + again_in(act));
	if (over)
		json_object_del(act, "request");
	if (moved) {
		bool back = nothing && *gn_wallet_text(act, "client");
		gn_err err = agent_wallet_keep_act(a, id, act,
						   back ? AGENT_SPENDS_BACK : AGENT_SPENDS_NOT);
		if (err) {
			agent_fail(a, err);
			return;
		}
	}
	agent_wallet_tell(a, h->its.pid, id, act);
	if (q->r)
		agent_wallet_paid(q->r, id, act);
	h->due = a->now;
	bool gone = over && ((strcmp(what, "leave") == 0 && !nothing) ||
			     (strcmp(what, "join") == 0 && nothing));
	if (gone)
		h->leaves = true;
}

/* ---- looks ---- */

static void on_read(struct gn_agent *a, struct agent_wallet_hub *h, struct agent_ask *q)
{
	h->looks = false;
	bool news = (h->kind == NULL) != (q->kind == NULL);
	if (q->kind) {
		h->wait = h->wait ? 2 * h->wait : AGENT_WALLET_AGAIN;
		h->wait = h->wait < AGENT_WALLET_AGAIN_MAX ? h->wait : AGENT_WALLET_AGAIN_MAX;
		h->due = a->now + h->wait;
		h->kind = q->kind;
		memcpy(h->why, q->why, sizeof h->why);
	} else {
		h->wait = 0;
		h->due = a->now + AGENT_WALLET_LOOK;
		h->kind = NULL;
		h->seq = gn_wallet_next_seq(h->seq, q->seq) ? q->seq : h->seq;
		json_t *before = h->seen;
		if (before)
			json_object_del(before, "at");
		bool same = before && json_equal(before, q->out);
		h->seen = json_incref(q->out);
		json_object_set_new(h->seen, "at", json_integer((json_int_t)agent_unix(a)));
		json_decref(before);
		news = news || !same;
		if (!same) {
			gn_err err = agent_wallet_keep_seen(a, h);
			if (err && err != GN_TOO_LARGE) {
				agent_fail(a, err);
				return;
			}
		}
	}
	if (news)
		agent_wallet_tell(a, h->its.pid, NULL, NULL);
}

static void drop(struct gn_agent *a, struct agent_wallet_hub *h);

static void take_tokens(struct gn_agent *a, struct agent_wallet_hub *h, const struct agent_ask *q)
{
	memcpy(h->token, q->token, sizeof h->token);
	if (!q->tokens_moved)
		return;
	memcpy(h->refresh, q->refresh, sizeof h->refresh);
	h->token_at = a->now;
	gn_err err = agent_wallet_keep_hub(a, h);
	if (err)
		agent_fail(a, err);
}

static void let_go(struct agent_ask *q)
{
	if (q->r)
		gn_host_release(&q->r->base);
	q->r = NULL;
	agent_ask_free(q);
}

static void done(uv_work_t *w, int status)
{
	struct agent_ask *q = GN_CONTAINER(w, struct agent_ask, work);
	struct gn_agent *a = q->agent;
	struct agent_wallet_hub *h = NULL;
	(void)status;
	if (!a) {
		agent_ask_free(q);
		return;
	}
	if (q == a->wallet->visit)
		a->wallet->visit = NULL;
	for (size_t i = 0; i < AGENT_WALLET_HUBS; i++)
		if (a->wallet->hubs[i].first == q)
			h = &a->wallet->hubs[i];
	if (h) {
		h->first = q->next;
		h->count--;
		take_tokens(a, h, q);
		if (!a->failed && q->what == AGENT_ASK_SEND)
			on_sent(a, h, q);
		else if (!a->failed && q->what == AGENT_ASK_READ)
			on_read(a, h, q);
	}
	if (q->r && !a->failed && q->what != AGENT_ASK_SEND)
		agent_wallet_answer(a, h, q);
	let_go(q);
	if (h && h->leaves)
		drop(a, h);
	else if (h && h->first && !a->failed)
		begin(a, h, h->first);
}

/* Its work is given up: what waits is answered. */
static void give_up(struct gn_agent *a, struct agent_ask *q, bool running)
{
	if (q->r) {
		gn_host_error(&q->r->base, GN_CANCELLED, "it was given up: locked, or left");
		gn_host_release(&q->r->base);
		q->r = NULL;
	}
	(void)a;
	if (!running) {
		agent_ask_free(q);
		return;
	}
	q->agent = NULL;
	atomic_store(&q->stop, true);
}

static void empty(struct gn_agent *a, struct agent_wallet_hub *h, bool running)
{
	for (struct agent_ask *q = h->first, *next; q; q = next) {
		next = q->next;
		give_up(a, q, running && q == h->first);
	}
	json_decref(h->seen);
	gn_wipe(h, sizeof *h);
}

/* It was left, or joining came to nothing. */
static void drop(struct gn_agent *a, struct agent_wallet_hub *h)
{
	gn_err err = agent_wallet_drop_hub(a, h);
	empty(a, h, false);
	if (err)
		agent_fail(a, err);
}

void agent_wallet_forget(struct gn_agent *a, struct agent_wallet_hub *h)
{
	gn_err err = agent_wallet_drop_hub(a, h);
	empty(a, h, true);
	if (err)
		agent_fail(a, err);
}

/* ---- life ---- */

gn_err agent_wallet_open(struct gn_agent *a)
{
	const char *id;
	json_t *act;
	a->wallet = calloc(1, sizeof *a->wallet);
	if (!a->wallet)
		return GN_NOMEM;
	a->wallet->acts = json_object();
	a->wallet->dues = json_object();
	json_object_seed(0); /* before there are threads */
	GN_TRY(agent_wallet_load(a));
	json_object_foreach(a->wallet->acts, id, act)
	{
		/* it may have left before: a repeat */
		if (json_object_get(act, "request"))
			json_object_set_new(act, "tries", json_integer(1));
	}
	return GN_OK;
}

void agent_wallet_close(struct gn_agent *a)
{
	struct agent_wallet *w = a->wallet;
	if (!w)
		return;
	for (size_t i = 0; i < AGENT_WALLET_HUBS; i++)
		empty(a, &w->hubs[i], true);
	if (w->visit)
		give_up(a, w->visit, true);
	for (size_t i = 0; i < AGENT_WALLET_QUOTES; i++)
		agent_wallet_quote_free(&w->quotes[i]);
	json_decref(w->acts);
	json_decref(w->dues);
	gn_wipe(w, sizeof *w);
	free(w);
	a->wallet = NULL;
}

static gn_time send_due(struct gn_agent *a)
{
	gn_time next = GN_NEVER;
	const char *id, *first = NULL;
	json_t *act;
	json_object_foreach(a->wallet->acts, id, act)
	{
		const json_t *due = json_object_get(a->wallet->dues, id);
		gn_time at = due ? (gn_time)json_integer_value(due) : a->now;
		if (!json_object_get(act, "request"))
			continue;
		if (at <= a->now && !first)
			first = id;
		next = gn_time_min(next, at);
	}
	if (!first)
		return next;
	agent_wallet_send(a, first, NULL);
	return a->now + GN_MSEC; /* others in the next turn */
}

gn_time agent_wallet_pump(struct gn_agent *a)
{
	struct agent_wallet *w = a->wallet;
	keep_key(a);
	gn_time next = send_due(a);
	for (size_t i = 0; i < AGENT_WALLET_HUBS; i++) {
		struct agent_wallet_hub *h = &w->hubs[i];
		if (!h->used || h->looks)
			continue;
		if (h->due <= a->now) {
			h->looks = agent_wallet_ask(a, h, AGENT_ASK_READ, json_object(), NULL);
			h->due = h->looks ? h->due : a->now + AGENT_WALLET_AGAIN;
		}
		if (!h->looks)
			next = gn_time_min(next, h->due);
	}
	for (size_t i = 0; i < AGENT_WALLET_QUOTES; i++)
		if (w->quotes[i].until && w->quotes[i].until <= a->now)
			agent_wallet_quote_free(&w->quotes[i]);
	return next;
}
