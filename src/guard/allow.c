/* Whom the operator has let pass for a time, whatever they cost. */
#include "guard/guard_int.h"

static bool same_subject(const struct gn_guard_subject *a, const struct gn_guard_subject *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == GN_GUARD_PREFIX)
		return gn_addr_prefix(&a->addr) == gn_addr_prefix(&b->addr);
	return memcmp(a->id, b->id, sizeof a->id) == 0;
}

static uint32_t allowed_place(const struct gn_guard *g, const struct gn_guard_subject *who)
{
	uint32_t i = 0;
	while (i < g->t->allowed_count && !same_subject(&g->t->allowed[i].who, who))
		i++;
	return i;
}

bool gn_guard_is_allowed(const struct gn_guard *g, const struct gn_guard_subject *who, gn_time now)
{
	uint32_t i = allowed_place(g, who);
	return i < g->t->allowed_count && g->t->allowed[i].until > now;
}

gn_err gn_guard_allow(struct gn_guard *g, const struct gn_guard_subject *who, gn_time until)
{
	if (!g->t)
		return GN_OK;
	struct gn_guard_tables *t = g->t;
	uint32_t i = allowed_place(g, who);
	if (until == 0) {
		if (i < t->allowed_count)
			t->allowed[i] = t->allowed[--t->allowed_count];
		return GN_OK;
	}
	if (i == GN_GUARD_ALLOWED)
		return GN_LIMIT;
	t->allowed_count += i == t->allowed_count;
	t->allowed[i] = (struct gn_guard_allowed){*who, until};
	return GN_OK;
}

bool gn_guard_allowed_at(const struct gn_guard *g, size_t i, struct gn_guard_allowed *out)
{
	if (!g->t || i >= g->t->allowed_count)
		return false;
	*out = g->t->allowed[i];
	return true;
}
