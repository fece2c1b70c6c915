/* What a client shows to be let in: the cookie of a Retry as it came, and with it a pass of the
 * server or the answer to the puzzle that the cookie says it owes (JT-26 to JT-28).
 *
 *   Retry -> [a pass is there] -> cookie | pass, at once
 *         -> [effort owed] -> solving [jet_token_tick, a nonce each] -> cookie | answer
 *         -> cookie, at once
 *
 * 1. One puzzle is worked on at a time: a nonce, which takes a millisecond, then at least as
 *    long for everything else.
 * 2. A session that solves sends nothing and follows no other Retry.
 * 3. A pass is forgotten when it is shown; the server gives another when the handshake is done. */
#include "jet/close_int.h"
#include "jet/handshake_int.h"
#include "jet/mark_int.h"
#include "jet/session_int.h"
#include "jet/token_int.h"

/* The pass of the server we mean to reach, taken out; false when there is none. */
static bool take_pass(struct jet_session *s, uint8_t out[GN_PASS_LEN])
{
	GN_ASSERT(s->hs != NULL);
	struct gn_map *passes = &s->jet->passes;
	const uint8_t *pass = s->hs->expects ? gn_map_get(passes, &s->hs->expected) : NULL;
	if (!pass)
		return false;
	memcpy(out, pass, GN_PASS_LEN);
	gn_map_remove(passes, &s->hs->expected);
	return true;
}

static void show_token(struct jet_hs *hs, struct gn_slice more)
{
	GN_ASSERT(hs->token_len + more.len <= JET_TOKEN_MAX);
	memcpy(hs->token + hs->token_len, more.p, more.len);
	hs->token_len = (uint8_t)(hs->token_len + more.len);
}

gn_err jet_token_follow(struct jet_session *s, struct gn_slice cookie)
{
	GN_ASSERT(!s->incoming && s->hs->owed == 0);
	struct jet_hs *hs = s->hs;
	uint8_t pass[GN_PASS_LEN];
	uint32_t owed = gn_cookie_effort(cookie);
	hs->token_len = 0;
	show_token(hs, cookie);
	if (cookie.len != GN_COOKIE_LEN)
		return GN_OK; /* a server of another day: it understands its cookie alone */
	if (take_pass(s, pass)) {
		show_token(hs, GN_SLICE(pass));
		return GN_OK;
	}
	if (owed == 0)
		return GN_OK;
	if (s->jet->config.no_effort || owed > s->jet->config.effort_max)
		return GN_BUSY;
	hs->owed = owed;
	jet_list_append(&s->jet->solving, &s->solve);
	return GN_OK;
}

void jet_token_drop(struct jet_session *s)
{
	struct gn_jet *jet = s->jet;
	if (!jet_linked(&s->solve))
		return;
	if (jet_list_first(&jet->solving) == &s->solve) {
		gn_solver_free(jet->solver);
		jet->solver = NULL;
	}
	jet_list_remove(&s->solve);
	s->hs->owed = 0;
}

void jet_token_tick(struct gn_jet *jet, gn_time now)
{
	struct jet_link *l = jet_list_first(&jet->solving);
	if (!l || jet->solve_at > now)
		return;
	jet->solve_at = now + JET_SOLVE_EVERY;
	struct jet_session *s = GN_CONTAINER(l, struct jet_session, solve);
	struct jet_hs *hs = s->hs;
	uint8_t answer[GN_ANSWER_LEN];
	gn_err err = GN_OK;
	if (!jet->solver)
		err = gn_solver_new(&jet->env, hs->token, s->cid_tx[0].cid, hs->owed, &jet->solver);
	if (err != GN_OK) {
		jet_fail(s, err);
		return;
	}
	if (!gn_solver_step(jet->solver, answer))
		return;
	show_token(hs, GN_SLICE(answer));
	jet_token_drop(s);
	jet_count(jet, JET_C_PUZZLES_SOLVED);
	hs->anchor = now;
	jet_wake(s);
}

gn_time jet_token_deadline(const struct gn_jet *jet)
{
	return jet_list_empty(&jet->solving) ? GN_NEVER : jet->solve_at;
}

/* ---- passes ---- */

gn_err gn_jet_pass_put(struct gn_jet *jet, const struct gn_pk *server,
		       const uint8_t pass[GN_PASS_LEN])
{
	if (jet->passes.count == JET_PASSES && !gn_map_get(&jet->passes, server)) {
		struct gn_pk oldest;
		memcpy(&oldest, gn_map_key_at(&jet->passes, 0), sizeof oldest);
		gn_map_remove(&jet->passes, &oldest);
	}
	uint8_t *at = gn_map_put(&jet->passes, server);
	if (!at)
		return GN_NOMEM;
	memcpy(at, pass, GN_PASS_LEN);
	return GN_OK;
}

bool gn_jet_pass_at(const struct gn_jet *jet, uint32_t i, struct gn_pk *server,
		    uint8_t pass[GN_PASS_LEN])
{
	if (i >= jet->passes.count)
		return false;
	memcpy(server, gn_map_key_at(&jet->passes, i), sizeof *server);
	memcpy(pass, gn_map_value_at(&jet->passes, i), GN_PASS_LEN);
	return true;
}

void jet_token_on_pass(struct jet_session *s, struct gn_slice pass)
{
	if (s->incoming || pass.len != GN_PASS_LEN || s->jet->config.no_passes)
		return; /* as an extension that we do not know */
	gn_err err = gn_jet_pass_put(s->jet, &s->peer, pass.p);
	if (err != GN_OK)
		jet_count(s->jet, JET_C_NOMEM);
}
