/* Which of the whole nodes are behind what: a list of kinds with their percentages, and a draw for
 * each node, of the seed and its number alone, so that the rest of a run draws the same with and
 * without. */
#include "sim.h"

#include <stdlib.h>

static bool parse_one(struct gn_slice one, struct sim_nats_kind *out)
{
	const uint8_t *colon = one.len ? memchr(one.p, ':', one.len) : NULL;
	if (!colon)
		return false;
	struct gn_slice name = gn_slice(one.p, (size_t)(colon - one.p));
	size_t at = name.len + 1;
	out->percent = 0;
	for (size_t i = at; i < one.len; i++) {
		if (one.p[i] < '0' || one.p[i] > '9' || out->percent > 100)
			return false;
		out->percent = out->percent * 10 + (one.p[i] - '0');
	}
	out->carrier = gn_slice_eq(name, gn_str("cg"));
	return at < one.len && jet_sim_nat_named(name, &out->nat);
}

bool sim_nats_parse(const char *text, struct sim_nats *out)
{
	unsigned sum = 0;
	*out = (struct sim_nats){.text = text};
	for (const char *at = text; at;) {
		const char *comma = strchr(at, ',');
		struct gn_slice one = comma ? gn_slice(at, (size_t)(comma - at)) : gn_str(at);
		if (out->count == GN_COUNT(out->kinds) || !parse_one(one, &out->kinds[out->count]))
			return false;
		sum += out->kinds[out->count++].percent;
		at = comma ? comma + 1 : NULL;
	}
	return text && sum <= 100;
}

bool sim_nats_choose(const struct sim_nats *nats, uint64_t seed, unsigned node,
		     struct jet_sim_nat *nat, bool *carrier)
{
	struct gn_prng prng;
	gn_prng_init(&prng, seed ^ ((uint64_t)node << 32));
	struct gn_rand rand = gn_prng_rand(&prng);
	uint64_t draw = gn_rand_below(&rand, 100);
	for (unsigned i = 0; node > 0 && i < nats->count; draw -= nats->kinds[i++].percent)
		if (draw < nats->kinds[i].percent) {
			*nat = nats->kinds[i].nat;
			*carrier = nats->kinds[i].carrier;
			return true;
		}
	return false;
}
