/* The engine: making it, and the buckets of its subjects.
 *
 * 1. One block of memory when it is on, made at the start; nothing is allocated later.
 * 2. What comes from an address that was not proven draws on buckets of its own: whoever writes
 *    another's address into his packets makes him show a cookie, and no more.
 * 3. Off: no tables, nothing is limited; cookies are made and checked. */
#include "guard/guard_int.h"
#include "guard/share.h"

static const struct gn_rate prefix_rate = {GN_PREFIX_RATE, GN_PREFIX_BURST},
			    key_rate = {GN_KEY_RATE, GN_KEY_BURST};

gn_err gn_guard_new(const struct gn_env *env, const struct gn_guard_config *config,
		    struct gn_guard **out)
{
	struct gn_guard *g = GN_NEW(env->alloc, struct gn_guard);
	if (!g)
		return GN_NOMEM;
	g->alloc = env->alloc;
	g->config = *config;
	g->config.capacity = config->capacity ? config->capacity : GN_GUARD_CAPACITY;
	if (!config->off && !(g->t = GN_NEW(env->alloc, struct gn_guard_tables))) {
		gn_mem_free(env->alloc, g);
		return GN_NOMEM;
	}
	gn_rand_fill(env->rand, g->secret, sizeof g->secret);
	if (gn_is_zero(config->secret, sizeof config->secret))
		gn_hkdf(GN_SLICE(g->secret), gn_slice(NULL, 0), GN_LIT("geonet/guard/pass"),
			g->config.secret, sizeof g->config.secret);
	gn_hkdf(GN_SLICE(g->secret), gn_slice(NULL, 0), GN_LIT("geonet/guard/tables"),
		(uint8_t *)g->root.k, sizeof g->root.k);
	gn_load_init(&g->load);
	*out = g;
	return GN_OK;
}

void gn_guard_free(struct gn_guard *g)
{
	if (!g)
		return;
	gn_mem_free(g->alloc, g->t);
	gn_mem_free_secret(g->alloc, g);
}

bool gn_guard_on(const struct gn_guard *g)
{
	return g->t != NULL;
}

uint32_t gn_guard_cost(const struct gn_guard *g)
{
	return g->load.cost;
}

void gn_guard_load(struct gn_guard *g, uint64_t busy_ns)
{
	if (g->t)
		gn_load_measured(&g->load, busy_ns);
}

/* ---- prefixes ---- */

static void prefix_id(const struct gn_addr *addr, enum gn_part part, bool proven, uint64_t id[2])
{
	id[0] = (uint64_t)part << 1 | proven;
	if (part == GN_NET)
		id[1] = gn_addr_prefix(addr);
	else if (gn_addr_is_v4(addr))
		id[1] = gn_be64(addr->ip + 8);
	else
		id[1] = gn_be64(addr->ip);
	id[0] |= gn_addr_is_v4(addr) ? 4 : 0;
}

static struct gn_sketch *sketch(const struct gn_guard *g, enum gn_part part)
{
	return part == GN_HOST ? &g->t->host : &g->t->net;
}

gn_time gn_prefix_full_at(const struct gn_guard *g, const struct gn_addr *addr, enum gn_part part,
			  bool proven, gn_time now)
{
	uint64_t id[2];
	prefix_id(addr, part, proven, id);
	return gn_sketch_get(sketch(g, part), id, now);
}

bool gn_prefix_exempt(const struct gn_guard *g, const struct gn_addr *addr)
{
	return gn_share_exempt(addr, g->config.count_local);
}

gn_err gn_prefix_ready(const struct gn_guard *g, const struct gn_addr *addr, bool proven,
		       gn_time now, const char **limit, gn_time *until)
{
	struct gn_guard_subject who = gn_guard_of_addr(addr);
	if (gn_prefix_exempt(g, addr))
		return GN_OK;
	gn_time host = gn_prefix_full_at(g, addr, GN_HOST, proven, now),
		net = gn_prefix_full_at(g, addr, GN_NET, proven, now);
	gn_time last = host > net ? host : net;
	if (gn_gcra_ready(last, GN_PREFIX_BURST, now) || gn_guard_is_allowed(g, &who, now))
		return GN_OK;
	*limit = host >= net ? "guard-host" : "guard-net";
	*until = gn_gcra_until(last, GN_PREFIX_BURST);
	return GN_LIMIT;
}

void gn_prefix_take(struct gn_guard *g, const struct gn_addr *addr, bool proven, uint64_t work,
		    gn_time now)
{
	if (gn_prefix_exempt(g, addr))
		return;
	for (enum gn_part part = GN_HOST; part <= GN_NET; part++) {
		uint64_t id[2];
		struct gn_sketch *s = sketch(g, part);
		prefix_id(addr, part, proven, id);
		gn_sketch_turn(s, &g->root, now);
		gn_sketch_set(s, id,
			      gn_gcra_take(gn_sketch_get(s, id, now), prefix_rate, work, now));
	}
}

/* ---- subjects ---- */

struct gn_guard_subject gn_guard_of_addr(const struct gn_addr *addr)
{
	return (struct gn_guard_subject){.kind = GN_GUARD_PREFIX, .addr = *addr};
}

struct gn_guard_subject gn_guard_of_key(const struct gn_pk *key)
{
	struct gn_guard_subject who = {.kind = GN_GUARD_KEY};
	memcpy(who.id, key->b, sizeof who.id);
	return who;
}

uint64_t gn_guard_print(const struct gn_guard *g, const struct gn_guard_subject *who)
{
	uint64_t words[5] = {(uint64_t)who->kind};
	if (who->kind == GN_GUARD_PREFIX)
		words[1] = gn_addr_prefix(&who->addr);
	else
		for (int i = 0; i < 4; i++)
			words[1 + i] = gn_be64(who->id + 8 * i);
	return gn_sip(&g->root, words, 5) | 1; /* never 0: that is a free place */
}

void gn_guard_note_addr(struct gn_guard *g, const struct gn_addr *addr, uint64_t work, bool refused,
			gn_time now)
{
	struct gn_guard_subject who = gn_guard_of_addr(addr);
	gn_top_note(&g->t->top, gn_guard_print(g, &who), &who, work, refused, now);
}

struct gn_rate gn_guard_rate(const struct gn_guard_subject *who)
{
	switch (who->kind) {
	case GN_GUARD_PREFIX: return prefix_rate;
	case GN_GUARD_KEY: return key_rate;
	case GN_GUARD_TOKEN: break;
	}
	return (struct gn_rate){who->rate, gn_time_min(who->burst, GN_BURST_MAX)};
}

struct gn_bucket *gn_guard_bucket(const struct gn_guard *g, const struct gn_guard_subject *who)
{
	return who->kind == GN_GUARD_KEY
		       ? gn_bucket_peek(g->t->keys, GN_GUARD_KEYS, gn_guard_print(g, who))
		       : gn_bucket_peek(g->t->tokens, GN_GUARD_TOKENS, gn_guard_print(g, who));
}

static struct gn_bucket *bucket_of(const struct gn_guard *g, const struct gn_guard_subject *who,
				   gn_time now)
{
	return who->kind == GN_GUARD_KEY
		       ? gn_bucket_find(g->t->keys, GN_GUARD_KEYS, gn_guard_print(g, who), now)
		       : gn_bucket_find(g->t->tokens, GN_GUARD_TOKENS, gn_guard_print(g, who), now);
}

bool gn_guard_room(const struct gn_guard *g, const struct gn_guard_subject *who, gn_time now)
{
	return who->kind == GN_GUARD_KEY
		       ? gn_bucket_room(g->t->keys, GN_GUARD_KEYS, gn_guard_print(g, who), now)
		       : gn_bucket_room(g->t->tokens, GN_GUARD_TOKENS, gn_guard_print(g, who), now);
}

/* GU-18: what this key takes its prefix pays for as well. */
static bool prefix_pays(const struct gn_guard *g, const struct gn_guard_subject *who, bool pressed,
			gn_time now)
{
	return pressed && who->kind == GN_GUARD_KEY &&
	       !gn_is_zero(who->addr.ip, sizeof who->addr.ip) && !gn_guard_is_allowed(g, who, now);
}

gn_err gn_exact_ready(const struct gn_guard *g, const struct gn_guard_subject *who,
		      const struct gn_bucket *b, bool pressed, gn_time now, const char **limit,
		      gn_time *until)
{
	gn_time burst = gn_guard_rate(who).burst;
	if ((b && gn_gcra_ready(b->full_at, burst, now)) || gn_guard_is_allowed(g, who, now))
		return prefix_pays(g, who, pressed, now)
			       ? gn_prefix_ready(g, &who->addr, true, now, limit, until)
			       : GN_OK;
	*limit = !b ? "guard-tokens-full" : who->kind == GN_GUARD_KEY ? "guard-key" : "guard-token";
	*until = b ? gn_gcra_until(b->full_at, burst) : now + burst;
	return b ? GN_QUOTA : GN_NO_SPACE;
}

/* From the exact bucket of a key or token, if it has one: who is allowed anything needs none. */
static void take_exact(struct gn_guard *g, const struct gn_guard_subject *who, struct gn_bucket *b,
		       uint64_t price, gn_time now)
{
	if (b)
		b->full_at = gn_gcra_take(b->full_at, gn_guard_rate(who), price, now);
	if (prefix_pays(g, who, gn_load_presses(&g->load), now))
		gn_prefix_take(g, &who->addr, true, price, now);
}

static gn_err charge_exact(struct gn_guard *g, const struct gn_guard_subject *who, uint64_t price,
			   gn_time now, struct gn_guard_verdict *v)
{
	struct gn_bucket *b = bucket_of(g, who, now);
	gn_err err =
		gn_exact_ready(g, who, b, gn_load_presses(&g->load), now, &v->limit, &v->until);
	if (err == GN_OK)
		take_exact(g, who, b, price, now);
	return err;
}

static gn_err charge_prefix(struct gn_guard *g, const struct gn_guard_subject *who, uint64_t price,
			    gn_time now, struct gn_guard_verdict *v)
{
	gn_err err = gn_prefix_ready(g, &who->addr, true, now, &v->limit, &v->until);
	if (err == GN_OK)
		gn_prefix_take(g, &who->addr, true, price, now);
	return err;
}

static void count_refusal(struct gn_guard *g, const struct gn_guard_subject *who, gn_err err,
			  const char *limit)
{
	if (err == GN_LIMIT)
		gn_guard_count(g,
			       strcmp(limit, "guard-host") == 0 ? GN_GUARD_C_HOST : GN_GUARD_C_NET);
	else
		gn_guard_count(g, err == GN_NO_SPACE          ? GN_GUARD_C_TOKENS_FULL
				  : who->kind == GN_GUARD_KEY ? GN_GUARD_C_KEY
							      : GN_GUARD_C_TOKEN);
}

/* Under pressure a unit costs more; tokens are paid for as signed. */
static uint64_t price_of(struct gn_guard *g, const struct gn_guard_subject *who, uint64_t work,
			 gn_time now)
{
	gn_load_tick(&g->load, g->config.capacity, now);
	return who->kind == GN_GUARD_TOKEN ? work : gn_load_price(&g->load, work);
}

static void count_work(struct gn_guard *g, const struct gn_guard_subject *who, uint64_t work)
{
	bool exempt = who->kind == GN_GUARD_PREFIX && gn_prefix_exempt(g, &who->addr);
	if (who->kind != GN_GUARD_TOKEN && !exempt)
		g->load.charged += work < GN_WORK_MAX ? work : GN_WORK_MAX;
}

gn_err gn_guard_charge(struct gn_guard *g, const struct gn_guard_subject *who, uint64_t work,
		       gn_time now, struct gn_guard_verdict *out)
{
	struct gn_guard_verdict v = {.answer = GN_GUARD_REFUSE};
	if (!g->t)
		return GN_OK;
	uint64_t price = price_of(g, who, work, now);
	gn_err err = who->kind == GN_GUARD_PREFIX ? charge_prefix(g, who, price, now, &v)
						  : charge_exact(g, who, price, now, &v);
	if (err == GN_OK)
		count_work(g, who, work);
	else
		count_refusal(g, who, err, v.limit);
	gn_top_note(&g->t->top, gn_guard_print(g, who), who, err == GN_OK ? work : 0, err != GN_OK,
		    now);
	if (err != GN_OK && out)
		*out = v;
	return err;
}

void gn_guard_debit(struct gn_guard *g, const struct gn_guard_subject *who, uint64_t work,
		    gn_time now)
{
	if (!g->t)
		return;
	uint64_t price = price_of(g, who, work, now);
	count_work(g, who, work);
	if (who->kind == GN_GUARD_PREFIX)
		gn_prefix_take(g, &who->addr, true, price, now);
	else
		take_exact(g, who, bucket_of(g, who, now), price, now);
	gn_top_note(&g->t->top, gn_guard_print(g, who), who, work, false, now);
}

void gn_guard_forgive(struct gn_guard *g, const struct gn_guard_subject *who)
{
	if (!g->t)
		return;
	if (who->kind != GN_GUARD_PREFIX) {
		struct gn_bucket *b = gn_guard_bucket(g, who);
		if (b)
			b->full_at = 0;
		return;
	}
	for (enum gn_part part = GN_HOST; part <= GN_NET; part++)
		for (int proven = 0; proven < 2; proven++) {
			uint64_t id[2];
			prefix_id(&who->addr, part, proven, id);
			gn_sketch_clear(sketch(g, part), id);
		}
}
