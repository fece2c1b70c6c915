/* Presence: presence.h. What is said is 16 bytes, always as many: version, state, zeros, until;
 * sealed under the topic's key, with the topic as associated data, so that it opens nowhere else.
 *
 * Spec: PE-80..PE-84. */
#include "people/presence.h"

#include "records/topic.h"

#define VERSION 1
#define PLAIN 16
#define NONCE 12

struct presence_followed {
	bool used, changed;
	struct gn_hash chat;
	struct gn_presence_told told; /* secret */
	struct gn_hash k;             /* of the topic's record */
	uint64_t epoch, seq;          /* the newest that was heard */
	enum gn_presence_state state;
	gn_time until;
};

struct gn_presence {
	struct gn_env env;
	enum gn_presence_state state;
	bool has_topic, shown; /* shown: others may think that we are there */
	struct gn_sk topic;    /* secret */
	uint8_t key[32];       /* secret */
	struct gn_hash k;
	uint64_t epoch, seq;
	gn_time said, due; /* said: the last one; due: the next, GN_NEVER: none */
	struct presence_followed at[GN_PRESENCE_FOLLOWED];
};

/* ---- bytes ---- */

void gn_presence_told_put(const struct gn_presence_told *told, uint8_t out[GN_PRESENCE_TOLD_LEN])
{
	memcpy(out, told->topic.b, 32);
	memcpy(out + 32, told->key, 32);
}

gn_err gn_presence_told_open(struct gn_slice in, struct gn_presence_told *out)
{
	if (in.len != GN_PRESENCE_TOLD_LEN || gn_is_zero(in.p, 32) || gn_is_zero(in.p + 32, 32))
		return GN_MALFORMED;
	memcpy(out->topic.b, in.p, 32);
	memcpy(out->key, in.p + 32, 32);
	return GN_OK;
}

static gn_err crypt(bool sealing, const uint8_t key[32], const struct gn_pk *topic,
		    const uint8_t nonce[NONCE], uint8_t *p)
{
	struct gn_aead aead;
	struct gn_slice ad = GN_SLICE(topic->b);
	GN_TRY(gn_aead_init(&aead, GN_CHACHA20_POLY1305, sealing, gn_slice(key, 32),
			    gn_slice(NULL, 0)));
	gn_err err = sealing ? gn_aead_seal(&aead, nonce, ad, p, PLAIN)
			     : gn_aead_open(&aead, nonce, ad, p, PLAIN + GN_AEAD_TAG);
	gn_aead_fini(&aead);
	return err;
}

/* What a message says, once it is known to be of that topic. GN_KEY, GN_MALFORMED. */
static gn_err open_payload(const struct gn_presence_told *told, const struct gn_said *said,
			   enum gn_presence_state *state)
{
	uint8_t room[PLAIN + GN_AEAD_TAG];
	if (said->payload.len != GN_PRESENCE_PAYLOAD_LEN)
		return GN_MALFORMED;
	memcpy(room, said->payload.p + NONCE, sizeof room);
	if (crypt(false, told->key, &told->topic, said->payload.p, room) != GN_OK)
		return GN_KEY;
	if (room[0] != VERSION || room[1] > GN_PRESENCE_BUSY || !gn_is_zero(room + 2, 6) ||
	    gn_be64(room + 8) != said->until)
		return GN_MALFORMED;
	*state = (enum gn_presence_state)room[1];
	return GN_OK;
}

/* ---- life ---- */

gn_err gn_presence_new(const struct gn_env *env, struct gn_presence **out)
{
	struct gn_presence *p = GN_NEW(env->alloc, struct gn_presence);
	if (!p)
		return GN_NOMEM;
	p->env = *env;
	p->due = GN_NEVER;
	*out = p;
	return GN_OK;
}

void gn_presence_free(struct gn_presence *p)
{
	if (p)
		gn_mem_free_secret(p->env.alloc, p);
}

/* ---- the own one ---- */

static bool tells(enum gn_presence_state state)
{
	return state != GN_PRESENCE_OFFLINE && state != GN_PRESENCE_INVISIBLE;
}

/* Something is to be said now, or as soon as may be. */
static void hurry(struct gn_presence *p, gn_time now)
{
	gn_time least = p->said ? p->said + GN_PRESENCE_GAP : now;
	p->due = least > now ? least : now;
}

void gn_presence_own(struct gn_presence *p, const struct gn_sk *topic, const uint8_t key[32],
		     gn_time now)
{
	gn_sk_wipe(&p->topic);
	p->topic = *topic;
	memcpy(p->key, key, sizeof p->key);
	p->has_topic = true;
	p->epoch = (uint64_t)(now / GN_MSEC) ? (uint64_t)(now / GN_MSEC) : 1;
	p->seq = 0;
	p->shown = false;
	gn_topicrec_key(&topic->pk, gn_slice(NULL, 0), &p->k);
	if (tells(p->state))
		hurry(p, now);
	else
		p->due = GN_NEVER;
}

gn_err gn_presence_set(struct gn_presence *p, enum gn_presence_state state, gn_time now)
{
	if ((unsigned)state >= GN_PRESENCE_STATES)
		return GN_RANGE;
	if (state == p->state)
		return GN_OK;
	p->state = state;
	if (tells(state) || p->shown)
		hurry(p, now);
	else
		p->due = GN_NEVER;
	return GN_OK;
}

enum gn_presence_state gn_presence_state(const struct gn_presence *p)
{
	return p->state;
}

static gn_err make(struct gn_presence *p, bool there, gn_time now, struct gn_presence_said *out)
{
	uint8_t payload[GN_PRESENCE_PAYLOAD_LEN] = {0}, *plain = payload + NONCE;
	struct gn_buf room = {out->bytes, 0, sizeof out->bytes};
	struct gn_said said = {.epoch = p->epoch,
			       .seq = p->seq + 1,
			       .time = (uint64_t)(now / GN_MSEC),
			       .flags = GN_FB_BUS_FLAG_RETAINED,
			       .until = gn_unix(now + GN_PRESENCE_LASTS),
			       .payload = GN_SLICE(payload)};
	gn_rand_fill(p->env.rand, payload, NONCE);
	plain[0] = VERSION;
	plain[1] = (uint8_t)(there ? p->state : GN_PRESENCE_OFFLINE);
	gn_put_be64(plain + 8, said.until);
	GN_TRY(crypt(true, p->key, &p->topic.pk, payload, plain));
	GN_TRY(gn_said_make(&p->topic, &p->k, &said, &room, &out->sig));
	out->len = room.len;
	return GN_OK;
}

bool gn_presence_publish(struct gn_presence *p, gn_time now, struct gn_presence_said *out)
{
	if (!p->has_topic || p->due > now || make(p, tells(p->state), now, out) != GN_OK)
		return false;
	p->seq++;
	p->said = now;
	p->shown = tells(p->state);
	p->due = p->shown ? now + GN_PRESENCE_PERIOD : GN_NEVER;
	return true;
}

bool gn_presence_last(struct gn_presence *p, gn_time now, struct gn_presence_said *out)
{
	if (!p->has_topic || !p->shown || make(p, false, now, out) != GN_OK)
		return false;
	p->seq++;
	p->shown = false;
	return true;
}

void gn_presence_unheard(struct gn_presence *p, gn_time now)
{
	if (p->has_topic && p->said)
		p->due = gn_time_min(p->due, now + GN_PRESENCE_GAP);
}

/* ---- those of others ---- */

/* GN_PRESENCE_FOLLOWED: nobody. */
static size_t place_of(const struct gn_presence *p, const struct gn_hash *chat)
{
	size_t i = 0;
	while (i < GN_PRESENCE_FOLLOWED && !(p->at[i].used && gn_hash_eq(&p->at[i].chat, chat)))
		i++;
	return i;
}

static struct presence_followed *find(struct gn_presence *p, const struct gn_hash *chat)
{
	size_t i = place_of(p, chat);
	return i < GN_PRESENCE_FOLLOWED ? &p->at[i] : NULL;
}

gn_err gn_presence_follow(struct gn_presence *p, const struct gn_hash *chat,
			  const struct gn_presence_told *told)
{
	size_t i = place_of(p, chat), at = 0;
	struct presence_followed *f = NULL;
	if (i < GN_PRESENCE_FOLLOWED && gn_pk_eq(&p->at[i].told.topic, &told->topic) &&
	    gn_equal_ct(p->at[i].told.key, told->key, sizeof told->key))
		return GN_EXISTS;
	while (at < GN_PRESENCE_FOLLOWED && p->at[at].used)
		at++;
	i = i < GN_PRESENCE_FOLLOWED ? i : at;
	if (i == GN_PRESENCE_FOLLOWED)
		return GN_LIMIT;
	f = &p->at[i];
	f->used = true; /* what is known of who has another topic stays until its deadline */
	f->chat = *chat;
	f->told = *told;
	f->epoch = f->seq = 0;
	gn_topicrec_key(&told->topic, gn_slice(NULL, 0), &f->k);
	return GN_OK;
}

void gn_presence_unfollow(struct gn_presence *p, const struct gn_hash *chat)
{
	struct presence_followed *f = find(p, chat);
	if (f)
		gn_wipe(f, sizeof *f);
}

static void show(struct presence_followed *f, enum gn_presence_state state, gn_time until)
{
	f->changed |= f->state != state;
	f->state = state;
	f->until = state == GN_PRESENCE_OFFLINE ? 0 : until;
}

gn_err gn_presence_recv(struct gn_presence *p, const struct gn_hash *chat, struct gn_slice bytes,
			const struct gn_sig *sig, gn_time now)
{
	struct presence_followed *f = find(p, chat);
	struct gn_said said = {.seq = 0};
	enum gn_presence_state state;
	if (!f)
		return GN_NOT_FOUND;
	GN_TRY(gn_said_parse(bytes, &said));
	said.sig = *sig;
	if (!gn_pk_eq(&said.publisher, &f->told.topic))
		return GN_KEY;
	GN_TRY(gn_said_verify(&f->k, &said));
	if (said.flags != GN_FB_BUS_FLAG_RETAINED || said.subject.len)
		return GN_MALFORMED;
	GN_TRY(open_payload(&f->told, &said, &state));
	if (said.until <= gn_unix(now))
		return GN_EXPIRED;
	if (said.epoch < f->epoch || (said.epoch == f->epoch && said.seq <= f->seq))
		return GN_STALE;
	f->epoch = said.epoch;
	f->seq = said.seq;
	uint64_t most = gn_unix(now + GN_PRESENCE_LASTS);
	show(f, state, (gn_time)(said.until < most ? said.until : most) * GN_SEC);
	return GN_OK;
}

static struct gn_presence_of of(const struct presence_followed *f)
{
	return (struct gn_presence_of){f->chat, f->told.topic, f->state, f->until};
}

bool gn_presence_get(const struct gn_presence *p, const struct gn_hash *chat,
		     struct gn_presence_of *out)
{
	return gn_presence_at(p, place_of(p, chat), out);
}

bool gn_presence_at(const struct gn_presence *p, size_t i, struct gn_presence_of *out)
{
	if (i >= GN_PRESENCE_FOLLOWED || !p->at[i].used)
		return false;
	*out = of(&p->at[i]);
	return true;
}

bool gn_presence_next(struct gn_presence *p, struct gn_presence_of *out)
{
	for (size_t i = 0; i < GN_PRESENCE_FOLLOWED; i++) {
		struct presence_followed *f = &p->at[i];
		if (!f->used || !f->changed)
			continue;
		f->changed = false;
		*out = of(f);
		return true;
	}
	return false;
}

/* ---- time ---- */

gn_time gn_presence_deadline(const struct gn_presence *p)
{
	gn_time due = p->has_topic ? p->due : GN_NEVER;
	for (size_t i = 0; i < GN_PRESENCE_FOLLOWED; i++)
		if (p->at[i].used && p->at[i].until)
			due = gn_time_min(due, p->at[i].until);
	return due;
}

void gn_presence_tick(struct gn_presence *p, gn_time now)
{
	for (size_t i = 0; i < GN_PRESENCE_FOLLOWED; i++) {
		struct presence_followed *f = &p->at[i];
		if (f->used && f->until && f->until <= now)
			show(f, GN_PRESENCE_OFFLINE, 0);
	}
}
