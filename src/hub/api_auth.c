/* Login by signature: challenge, login, refresh (HB-5). Tokens carry a PID; what it may do is
 * looked up at each request. */
#include "hub/hub_int.h"

#include <stdlib.h>

static void hash_of(const struct gn_pk *pk, struct gn_hash *out)
{
	struct gn_slice part = GN_SLICE(pk->b);
	gn_sha256(&part, 1, out);
}

/* The key that may log in as this PID: a participant's or an officer's. */
static bool key_of(const struct gn_hub *hub, const struct gn_hash *pid, struct gn_pk *out)
{
	struct gn_ledger_participant p;
	struct gn_ledger_officer o;
	if (gn_hub_officer_find(hub, pid, &o)) { /* whatever he is as a participant */
		*out = o.pk;
		return true;
	}
	if (gn_ledger_find_participant(hub->ledger, pid, &p))
		return false;
	*out = p.pk;
	return p.status != GN_PARTICIPANT_DELETED;
}

/* HB-5: the hub keeps nothing about a challenge that is open.
 *
 *     random 8 | time 8, ns | the first 16 bytes of HMAC-SHA-256(key of this start, random ||
 *     time || SHA-256 of the
 * key) */
static void make_challenge(const struct gn_hub *hub, const struct gn_hash *pid, struct gn_hash *c)
{
	uint8_t text[48];
	struct gn_hash mac;
	memcpy(text, c->b, 16);
	memcpy(text + 16, pid->b, 32);
	gn_hmac_sha256(GN_SLICE(hub->challenge_key), GN_SLICE(text), &mac);
	memcpy(c->b + 16, mac.b, 16);
}

static gn_time challenge_end(const struct gn_hash *c)
{
	return (gn_time)gn_be64(c->b + 8) + HUB_CHALLENGE_LIFE;
}

/* Ours, this person's, and not over. */
static bool challenge_ok(const struct gn_hub *hub, const struct gn_hash *pid, const char *text,
			 struct gn_hash *c)
{
	if (strlen(text) != 43 || gn_unbase64_exact(gn_str(text), true, c->b, sizeof c->b))
		return false;
	struct gn_hash want = *c;
	make_challenge(hub, pid, &want);
	return gn_equal_ct(want.b, c->b, sizeof c->b) && hub->now < challenge_end(c);
}

/* Forgets what is over. */
static void sweep_challenges(struct gn_hub *hub)
{
	for (uint32_t i = hub->used.count; i-- > 0;) {
		struct gn_hash key;
		if (*(gn_time *)gn_map_value_at(&hub->used, i) > hub->now)
			continue;
		memcpy(&key, gn_map_key_at(&hub->used, i), sizeof key);
		gn_map_remove(&hub->used, &key);
	}
}

/* GN_EXISTS: it was used before. GN_BUSY: too many logins at once. */
static gn_err use_challenge(struct gn_hub *hub, const struct gn_hash *c)
{
	if (gn_map_get(&hub->used, c))
		return GN_EXISTS;
	if (hub->used.count == HUB_LOGINS_MAX)
		sweep_challenges(hub);
	gn_time *end = gn_map_put(&hub->used, c);
	if (!end)
		return GN_BUSY;
	*end = challenge_end(c);
	return GN_OK;
}

void gn_hub_api_challenge(struct gn_hub_request *r)
{
	struct gn_hub *hub = r->hub;
	const char *pid = gn_hub_body_text(r, "pid");
	struct gn_hash hash, challenge;
	struct gn_pk pk;
	char text[44];
	if (!pid)
		return;
	if (gn_pid_parse(gn_str(pid), &hash) || !key_of(hub, &hash, &pk)) {
		gn_hub_fail(r, GN_NOT_FOUND, NULL, "this hub knows no participant %.60s", pid);
		return;
	}
	gn_rand_fill(&hub->host.rand, challenge.b, 8);
	gn_put_be64(challenge.b + 8, (uint64_t)hub->now);
	make_challenge(hub, &hash, &challenge);
	gn_err err = gn_base64(GN_SLICE(challenge.b), true, text, sizeof text);
	GN_ASSERT(!err);
	gn_hub_json(r, 200,
		    json_pack("{ss so ss}", "challenge", text, "expires_at",
			      gn_history_time_json(hub->time + HUB_CHALLENGE_LIFE), "hub",
			      hub->pid));
}

static void give_tokens(struct gn_hub_request *r, const struct gn_hash *pid)
{
	static const char *const statuses[] = {"active", "suspended", "left", "deleted"};
	struct gn_hub *hub = r->hub;
	struct gn_hub_jwt jwt = {.sub = *pid, .exp = gn_unix(hub->time) + hub->config.access_s};
	char access[GN_JWT_MAX], refresh[GN_JWT_MAX], text[64];
	struct gn_ledger_participant p;
	bool known = gn_ledger_find_participant(hub->ledger, pid, &p) == GN_OK;
	gn_rand_fill(&hub->host.rand, jwt.jti, sizeof jwt.jti);
	gn_hub_jwt_make(hub->jwt_key, &jwt, access);
	jwt.exp = gn_unix(hub->time) + hub->config.refresh_s;
	jwt.refresh = true;
	gn_rand_fill(&hub->host.rand, jwt.jti, sizeof jwt.jti);
	gn_hub_jwt_make(hub->jwt_key, &jwt, refresh);
	gn_err err = gn_base58(GN_SLICE(pid->b), text, sizeof text);
	GN_ASSERT(!err);
	struct gn_ledger_officer o;
	bool officer = gn_hub_officer_find(hub, pid, &o);
	gn_hub_json(r, 200,
		    json_pack("{ss ss ss si s{ss so ss ss}}", "access_token", access,
			      "refresh_token", refresh, "token_type", "Bearer", "expires_in",
			      (int)hub->config.access_s, "participant", "pid", text, "display_name",
			      known     ? json_string(gn_hub_name(&hub->view, p.number))
			      : officer ? gn_history_text_json(o.name)
					: json_string(""),
			      "status", known ? statuses[p.status & 3] : "none", "role",
			      gn_hub_role_name(officer ? o.role : GN_ROLE_NONE)));
}

static void login_verified(struct gn_hub_request *r)
{
	struct gn_ledger_settings s;
	struct gn_hash challenge;
	if (r->verdict == GN_OK) {
		const char *text = json_string_value(json_object_get(r->in, "challenge"));
		gn_err err = gn_unbase64_exact(gn_str(text), true, challenge.b, sizeof challenge.b);
		GN_ASSERT(!err); /* gn_hub_api_login read it */
		err = use_challenge(r->hub, &challenge);
		if (!err)
			give_tokens(r, &r->pid);
		else if (err == GN_BUSY)
			gn_hub_fail(r, GN_BUSY, NULL, "too many logins at once");
		else
			gn_hub_fail(r, GN_AUTH, NULL,
				    "the challenge was used before; ask for another one");
		return;
	}
	gn_ledger_settings(r->hub->ledger, &s);
	if (s.accept_v0 && r->profile == GN_PROFILE_V1) {
		/* the bare challenge, in place: it is the end of the text */
		r->profile = GN_PROFILE_V0;
		memmove(r->bytes, r->bytes + r->bytes_len - 43, 43);
		r->bytes_len = 43;
		gn_hub_verify_later(r, login_verified);
		return;
	}
	gn_hub_fail(r, GN_AUTH, NULL, "the signature over the challenge does not verify");
}

void gn_hub_api_login(struct gn_hub_request *r)
{
	struct gn_hub *hub = r->hub;
	const char *pid = gn_hub_body_text(r, "pid"),
		   *challenge = pid ? gn_hub_body_text(r, "challenge") : NULL;
	const char *signature = challenge ? gn_hub_body_text(r, "signature") : NULL;
	if (!signature)
		return;
	struct gn_hash opened;
	if (gn_pid_parse(gn_str(pid), &r->pid) || !challenge_ok(hub, &r->pid, challenge, &opened) ||
	    gn_map_get(&hub->used, &opened) || !key_of(hub, &r->pid, &r->signer)) {
		gn_hub_fail(r, GN_AUTH, NULL,
			    "the challenge is not open: it was used, has expired, or is another's");
		return;
	}
	if (gn_unbase64_exact(gn_str(signature), false, r->sig.b, sizeof r->sig.b)) {
		gn_hub_fail(r, GN_AUTH, NULL, "\"signature\" must be 64 bytes in base64");
		return;
	}
	uint8_t text[256];
	struct gn_buf out = {text, 0, sizeof text};
	gn_err err = gn_op_login_text(GN_PROFILE_V1, &hub->sk.pk, gn_str(challenge), &out);
	r->bytes = err ? NULL : malloc(out.len);
	if (!r->bytes) {
		gn_hub_fail(r, GN_NOMEM, NULL, "%s", "");
		return;
	}
	memcpy(r->bytes, text, out.len);
	r->bytes_len = out.len;
	r->profile = GN_PROFILE_V1;
	gn_hub_verify_later(r, login_verified);
}

static void refresh_told(struct gn_hub_request *r, json_t *used)
{
	struct gn_pk pk;
	struct gn_hash check;
	if (!used)
		return;
	if (json_integer_value(used) != 0) {
		gn_host_log(&r->hub->host, GN_LOG_WARN, "refresh.reused",
			    "a refresh token came twice");
		gn_hub_fail(r, GN_AUTH, NULL, "this refresh token was used before; log in again");
	} else if (!key_of(r->hub, &r->pid, &pk)) {
		gn_hub_fail(r, GN_AUTH, NULL, "this key may no longer log in");
	} else {
		hash_of(&pk, &check);
		give_tokens(r, &check);
	}
}

void gn_hub_api_refresh(struct gn_hub_request *r)
{
	const char *token = gn_hub_body_text(r, "refresh_token");
	struct gn_hub_jwt jwt;
	if (!token)
		return;
	gn_err err =
		gn_hub_jwt_open(r->hub->jwt_key, gn_str(token), true, gn_unix(r->hub->time), &jwt);
	if (err) {
		gn_hub_fail(r, GN_AUTH, NULL, "%s",
			    err == GN_EXPIRED ? "the refresh token has expired; log in again"
					      : "this is not a refresh token of this hub");
		return;
	}
	struct gn_history_query q = {.kind = GN_HQ_USED_REFRESH,
				     .from = (int64_t)gn_unix(r->hub->time),
				     .to = (int64_t)jwt.exp};
	gn_hex(GN_SLICE(jwt.jti), q.text);
	r->pid = jwt.sub;
	gn_hub_ask(r, &q, refresh_told);
}
