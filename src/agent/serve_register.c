/* Registers of programs: what they keep for the person on all devices (drafts, pins, settings).
 * The people engine has them beside its own (PE-57); here are who may set how much, and telling.
 *
 * 1. A program neither sets nor sees a key that begins with "people/".
 * 2. One that was taken away stays as a key without a value, so that an older value of a device
 *    that was off does not come back, until another wants its place.
 *
 * Rule: AG-116. */
#include "agent/serve_int.h"

#include <stdlib.h>

#define OWN "people/"
static const struct gn_app_kind registers_are = {GN_FB_APP_BODY_APP_CHAT,
						 GN_FB_APP_CHAT_BODY_REGISTERS_IS},
				told_kind = {GN_FB_APP_BODY_APP_TOLD,
					     GN_FB_APP_TOLD_BODY_TOLD_REGISTER};

static bool begins(struct gn_slice key, struct gn_slice prefix)
{
	return gn_slice_eq(gn_slice_sub(key, 0, prefix.len), prefix);
}

/* ---- setting ---- */

struct standing {
	struct gn_slice value; /* asked */
	bool there, same;
	size_t len; /* of its value */
};

static bool look(void *user, const struct gn_agent_register *r)
{
	struct standing *s = user;
	struct gn_content_register at;
	s->there = gn_people_register_open(r->value, &at) == GN_OK;
	s->same = s->there && gn_slice_eq(at.value, s->value);
	s->len = s->there ? at.value.len : 0;
	return false;
}

/* One more key: in the place of one without a value, if there are too many. GN_LIMIT. */
static gn_err make_room(struct gn_agent *a, struct gn_slice key, struct gn_slice value,
			const struct standing *s)
{
	struct gn_agent_registers_sum sum;
	struct gn_agent_tx tx;
	GN_TRY(gn_agent_registers_sum(a->db, GN_LIT(OWN), &sum));
	size_t more = value.len + (s->there ? 0 : key.len + GN_PEOPLE_REGISTER_ROW);
	if (value.len && sum.bytes + more - s->len > AGENT_REGISTERS_BYTES)
		return GN_LIMIT;
	if (s->there || sum.count < AGENT_REGISTERS_MAX)
		return GN_OK;
	GN_TRY(gn_agent_tx_begin(a->db, &tx));
	gn_err err = gn_agent_registers_drop(&tx, GN_LIT(OWN), GN_PEOPLE_REGISTER_ROW);
	if (err != GN_NOT_FOUND)
		return agent_tx_end(a, &tx, err);
	gn_agent_tx_abort(&tx);
	return GN_LIMIT;
}

gn_err agent_call_register_set(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_register_set t = {r->base.table};
	struct gn_slice key = gn_fb_register_set_key(t), value = gn_fb_register_set_value(t);
	struct standing s = {.value = value};
	gn_err err = GN_OK;
	if (key.len && key.len <= GN_CONTENT_REGISTER_KEY_MAX)
		err = gn_agent_register_get(a->db, key, look, &s);
	err = err == GN_NOT_FOUND ? GN_OK : err;
	bool judged = !key.len || key.len > GN_CONTENT_REGISTER_KEY_MAX ||
		      begins(key, GN_LIT(OWN)) ||
		      value.len > GN_CONTENT_VALUE_MAX; /* by people, below */
	bool nothing = s.same || (!s.there && !value.len && !judged);
	if (!err && nothing && !judged) {
		gn_host_answer_ok(&r->base);
		return GN_OK;
	}
	if (!err && !judged)
		err = make_room(a, key, value, &s);
	if (err == GN_LIMIT)
		gn_host_error(&r->base, err,
			      "programs keep %u settings and %u MiB of them at most for you: one "
			      "that no program needs must be taken away first",
			      AGENT_REGISTERS_MAX, (unsigned)(AGENT_REGISTERS_BYTES >> 20));
	if (err)
		return err == GN_LIMIT ? GN_OK : err;
	err = gn_people_set(a->people, key, value, a->now);
	if (err == GN_DENIED || err == GN_TEXT || err == GN_TOO_LARGE) {
		gn_host_error(&r->base, err, "%s",
			      err == GN_DENIED ? "keys that begin with people/ are the agent's own"
			      : err == GN_TEXT ? "a key has 1 to 96 bytes of plain text"
					       : "a key has 96 bytes at most, a value 8,192");
		return GN_OK;
	}
	GN_TRY(err);
	agent_settle(a);
	agent_post_hurry(a);
	gn_host_answer_ok(&r->base);
	return GN_OK;
}

/* ---- listing ---- */

struct listing {
	struct gn_fbb *b;
	gn_fbref refs[AGENT_LIMIT_MAX];
	size_t count, bytes;
	char last[GN_CONTENT_REGISTER_KEY_MAX];
	size_t last_len;
	bool full;
};

static bool put_register(void *user, const struct gn_agent_register *row)
{
	struct listing *l = user;
	struct gn_content_register r;
	l->full = l->count && l->bytes + row->value.len > AGENT_REGISTERS_SHOWN;
	if (l->full || row->key.len > sizeof l->last ||
	    gn_people_register_open(row->value, &r) != GN_OK)
		return !l->full;
	struct gn_fb_register_value_args args = {.key = r.key, .value = r.value, .time = r.time};
	l->refs[l->count++] = gn_fb_register_value_make(l->b, &args);
	l->bytes += row->value.len;
	memcpy(l->last, row->key.p, row->key.len);
	l->last_len = row->key.len;
	return true;
}

gn_err agent_call_registers_list(struct agent_request *r)
{
	struct gn_fb_registers_list t = {r->base.table};
	struct gn_agent_registers_part part = {.prefix = gn_fb_registers_list_prefix(t),
					       .after = gn_fb_registers_list_after(t),
					       .limit = gn_fb_registers_list_limit(t),
					       .without = GN_LIT(OWN),
					       .beside = GN_PEOPLE_REGISTER_ROW};
	struct listing *l = calloc(1, sizeof *l);
	bool more = false;
	if (!l)
		return GN_NOMEM;
	l->b = gn_host_answer_begin(&r->base);
	gn_err err = gn_agent_registers_of(r->agent->db, &part, put_register, l, &more);
	struct gn_fb_registers_is_args args = {.registers = {l->refs, l->count},
					       .after = gn_slice(l->last, l->last_len),
					       .more = more || l->full};
	if (!err)
		gn_host_answer(&r->base, registers_are, gn_fb_registers_is_make(l->b, &args));
	free(l);
	return err;
}

/* ---- telling ---- */

struct telling {
	struct gn_fbb *b;
	gn_fbref table;
};

static bool tell_one(void *user, const struct gn_agent_register *row)
{
	struct telling *t = user;
	struct gn_content_register r;
	if (gn_people_register_open(row->value, &r) != GN_OK)
		return false;
	struct gn_fb_told_register_args args = {.key = r.key, .value = r.value, .time = r.time};
	t->table = gn_fb_told_register_make(t->b, &args);
	return false;
}

void agent_serve_registers(struct gn_agent *a)
{
	for (size_t i = 0; i < a->register_count && !a->failed; i++) {
		struct gn_slice key = gn_slice(a->registers[i].key, a->registers[i].len);
		struct telling t = {.b = gn_host_told_builder(a->api.told)};
		struct gn_hash name;
		gn_sha256(&key, 1, &name);
		gn_err err = gn_agent_register_get(a->db, key, tell_one, &t);
		if (err && err != GN_NOT_FOUND)
			agent_fail(a, err);
		else if (t.table) /* else its place was wanted meanwhile */
			agent_told_add(a, told_kind, t.table, AGENT_TOLD_REGISTER,
				       gn_be64(name.b) | 1);
	}
	a->register_count = 0;
}
