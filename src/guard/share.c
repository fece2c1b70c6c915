/* Two maps of sums, one by key and one by prefix, beside the sum of all.
 *
 * 1. An entry exists while it is above 0; so the maps are no larger than what is held.
 * 2. What is given is what was taken: a holder's sums never go below 0 (asserted: callers give
 *    only what they took). */
#include "guard/share.h"

bool gn_share_exempt(const struct gn_addr *addr, bool count_local)
{
	return !count_local && gn_addr_is_private(addr);
}

void gn_share_init(struct gn_share *s, const struct gn_env *env,
		   const struct gn_share_config *config)
{
	GN_ASSERT(config->total && config->per_key && config->per_prefix && config->holders_max);
	*s = (struct gn_share){.config = *config};
	gn_map_init(&s->keys, env, sizeof(struct gn_pk), sizeof(uint64_t), config->holders_max);
	gn_map_init(&s->prefixes, env, sizeof(uint64_t), sizeof(uint64_t), config->holders_max);
}

void gn_share_fini(struct gn_share *s)
{
	gn_map_fini(&s->keys);
	gn_map_fini(&s->prefixes);
	s->used = 0;
}

static bool has_key(const struct gn_holder *who)
{
	return !gn_pk_is_zero(&who->key);
}

static bool has_addr(const struct gn_holder *who)
{
	return !gn_is_zero(who->addr.ip, sizeof who->addr.ip);
}

/* False when the prefix of this holder has no share: unknown, or local and exempt. */
static bool has_prefix(const struct gn_share *s, const struct gn_holder *who, uint64_t *prefix)
{
	if (!has_addr(who))
		return false;
	if (gn_share_exempt(&who->addr, s->config.count_local))
		return false;
	*prefix = gn_addr_prefix(&who->addr);
	return true;
}

static uint64_t held(const struct gn_map *m, const void *key)
{
	const uint64_t *at = gn_map_get(m, key);
	return at ? *at : 0;
}

bool gn_share_crowded(const struct gn_share *s)
{
	return s->used >= s->config.crowded;
}

bool gn_share_most(const struct gn_share *s, const struct gn_holder *newcomer, uint64_t *prefix)
{
	uint64_t own = 0, most = 0;
	if (has_prefix(s, newcomer, &own))
		most = held(&s->prefixes, &own);
	most++;
	bool found = false;
	for (uint32_t i = 0; i < s->prefixes.count; i++) {
		uint64_t has = *(const uint64_t *)gn_map_value_at(&s->prefixes, i);
		if (has <= most)
			continue;
		most = has;
		*prefix = *(const uint64_t *)gn_map_key_at(&s->prefixes, i);
		found = true;
	}
	return found;
}

/* Would `amount` more be within this holder's share? */
static gn_err within(const struct gn_share *s, const struct gn_holder *who, uint64_t amount)
{
	const struct gn_share_config *c = &s->config;
	uint64_t prefix;
	if (has_key(who) &&
	    (amount > c->per_key || held(&s->keys, &who->key) > c->per_key - amount))
		return GN_QUOTA;
	if ((amount > c->total || s->used > c->total - amount || s->used + amount > c->crowded) &&
	    has_prefix(s, who, &prefix) &&
	    (amount > c->per_prefix || held(&s->prefixes, &prefix) > c->per_prefix - amount))
		return GN_LIMIT;
	return GN_OK;
}

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

uint64_t gn_share_room(const struct gn_share *s, const struct gn_holder *who)
{
	const struct gn_share_config *c = &s->config;
	uint64_t prefix, room = less(c->total, s->used), of_key = UINT64_MAX,
			 of_prefix = UINT64_MAX;
	bool keyed = has_key(who), placed = has_prefix(s, who, &prefix);
	if ((keyed && s->keys.count == s->keys.limit && !gn_map_get(&s->keys, &who->key)) ||
	    (placed && s->prefixes.count == s->prefixes.limit &&
	     !gn_map_get(&s->prefixes, &prefix)))
		return 0;
	if (keyed)
		of_key = less(c->per_key, held(&s->keys, &who->key));
	if (placed) { /* what fits before the crowd is nobody's share */
		uint64_t before = less(c->crowded, s->used);
		of_prefix = less(c->per_prefix, held(&s->prefixes, &prefix));
		of_prefix = of_prefix > before ? of_prefix : before;
	}
	room = room < of_key ? room : of_key;
	return room < of_prefix ? room : of_prefix;
}

static gn_err add(struct gn_share *s, const struct gn_holder *who, uint64_t amount)
{
	uint64_t prefix, *key_at = NULL;
	if (has_key(who)) {
		bool is_new = !gn_map_get(&s->keys, &who->key);
		if (!(key_at = gn_map_put(&s->keys, &who->key)))
			return is_new && s->keys.count == s->keys.limit ? GN_NO_SPACE : GN_NOMEM;
	}
	if (has_prefix(s, who, &prefix)) {
		bool is_new = !gn_map_get(&s->prefixes, &prefix);
		uint64_t *at = gn_map_put(&s->prefixes, &prefix);
		if (!at) {
			if (key_at && *key_at == 0)
				gn_map_remove(&s->keys, &who->key);
			return is_new && s->prefixes.count == s->prefixes.limit ? GN_NO_SPACE
										: GN_NOMEM;
		}
		*at += amount;
	}
	if (key_at)
		*key_at += amount;
	s->used += amount;
	return GN_OK;
}

gn_err gn_share_take(struct gn_share *s, const struct gn_holder *who, uint64_t amount)
{
	if (amount == 0)
		return GN_OK;
	GN_TRY(gn_share_ask(s, who, amount));
	return add(s, who, amount);
}

static void subtract(struct gn_map *m, const void *key, uint64_t amount)
{
	uint64_t *at = gn_map_get(m, key);
	GN_ASSERT(at && *at >= amount);
	*at -= amount;
	if (*at == 0)
		gn_map_remove(m, key);
}

void gn_share_give(struct gn_share *s, const struct gn_holder *who, uint64_t amount)
{
	uint64_t prefix;
	if (amount == 0)
		return;
	GN_ASSERT(s->used >= amount);
	if (has_key(who))
		subtract(&s->keys, &who->key, amount);
	if (has_prefix(s, who, &prefix))
		subtract(&s->prefixes, &prefix, amount);
	s->used -= amount;
}

gn_err gn_share_move(struct gn_share *s, const struct gn_holder *from, const struct gn_holder *to,
		     uint64_t amount)
{
	if (amount == 0)
		return GN_OK;
	gn_share_give(s, from, amount);
	gn_err over = within(s, to, amount), err = add(s, to, amount);
	if (err != GN_OK) { /* as it was: its entries were there a moment ago */
		gn_err back = add(s, from, amount);
		GN_ASSERT(back == GN_OK);
		return err;
	}
	return over;
}

gn_err gn_share_take_anyway(struct gn_share *s, struct gn_holder *who, uint64_t amount)
{
	static const struct gn_holder nobody;
	GN_TRY(gn_share_take(s, &nobody, amount));
	gn_err err = gn_share_move(s, &nobody, who, amount);
	if (err == GN_NOMEM || err == GN_NO_SPACE)
		*who = nobody;
	return GN_OK;
}

struct gn_share_held gn_share_held(const struct gn_share *s, const struct gn_holder *who)
{
	uint64_t prefix;
	struct gn_share_held out = {.used = s->used};
	if (has_key(who))
		out.key = held(&s->keys, &who->key);
	if (has_prefix(s, who, &prefix))
		out.prefix = held(&s->prefixes, &prefix);
	return out;
}

gn_err gn_share_ask(const struct gn_share *s, const struct gn_holder *who, uint64_t amount)
{
	GN_TRY(within(s, who, amount));
	return amount > s->config.total || s->used > s->config.total - amount ? GN_NO_SPACE : GN_OK;
}

const char *gn_share_reason(gn_err err)
{
	if (err == GN_OK)
		return "";
	return err == GN_QUOTA   ? "as much as one key may hold"
	       : err == GN_LIMIT ? "as much as one network may hold while it is crowded"
				 : "all of it is taken";
}

bool gn_share_apart(const struct gn_share *s, const struct gn_holder *a, const struct gn_holder *b)
{
	uint64_t one, other;
	if (gn_pk_eq(&a->key, &b->key) || !has_addr(a) || !has_addr(b))
		return false;
	return !has_prefix(s, a, &one) || !has_prefix(s, b, &other) || one != other;
}

static uint64_t sum(const struct gn_map *m)
{
	uint64_t total = 0;
	for (uint32_t i = 0; i < m->count; i++) {
		uint64_t v = *(const uint64_t *)gn_map_value_at(m, i);
		GN_ASSERT(v > 0);
		total += v;
	}
	return total;
}

void gn_share_validate(const struct gn_share *s)
{
	gn_map_validate(&s->keys);
	gn_map_validate(&s->prefixes);
	GN_ASSERT(sum(&s->keys) <= s->used && sum(&s->prefixes) <= s->used &&
		  s->used <= s->config.total);
}
