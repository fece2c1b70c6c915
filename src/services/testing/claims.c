/* Claims, as claims.h says. */
#include "services/testing/claims.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define DAY 86400u

/* Nonces found once, for the epoch of the simulation's start; a missing one is searched for (a
 * second or so). */
static const struct {
	const char *name;
	uint8_t key;
	uint64_t nonce;
} puzzles[] = {
	{"welcome", 1, 608839},
	{"welcome", 2, 2752742},
	{"welcome", 3, 577543},
	{"we1corne", 2, 3600734},
};

struct gn_sk claim_key(uint8_t seed)
{
	struct gn_sk sk;
	uint8_t bytes[32] = {seed};
	gn_sk_from_seed(bytes, &sk);
	return sk;
}

struct gn_name claim_name(const char *text)
{
	struct gn_name name;
	assert_int_equal(gn_name_parse(gn_str(text), &name, NULL), GN_OK);
	return name;
}

struct gn_name_claim claim_of(struct svc *s, const char *name, const struct gn_sk *sk, uint64_t seq,
			      const struct gn_name_entry *entries, size_t count)
{
	struct gn_name_claim c = {.name = claim_name(name),
				  .seq = seq,
				  .created = gn_unix(s->now),
				  .epoch = gn_unix(SVC_EPOCH) / DAY,
				  .ttl = GN_NAME_TTL,
				  .entries = entries,
				  .entry_count = count};
	if (c.name.form != GN_NAME_GLOBAL)
		return c;
	for (size_t i = 0; i < GN_COUNT(puzzles); i++)
		if (strcmp(puzzles[i].name, name) == 0 && puzzles[i].key == sk->seed[0] &&
		    gn_name_puzzle(&(struct gn_name_work){&c.name, &sk->pk, c.epoch},
				   GN_NAME_POW_BITS, puzzles[i].nonce, 1, c.puzzle) == GN_OK)
			return c;
	assert_int_equal(gn_name_puzzle(&(struct gn_name_work){&c.name, &sk->pk, c.epoch},
					GN_NAME_POW_BITS, 0, UINT64_C(1) << 26, c.puzzle),
			 GN_OK);
	print_message("{\"%s\", %u, %llu},\n", name, sk->seed[0],
		      (unsigned long long)gn_be64(c.puzzle));
	return c;
}

void claim_sign(const struct gn_sk *sk, const struct gn_name_claim *c, struct claim_pair *out)
{
	for (uint8_t salt = 0; salt < 2; salt++) {
		struct gn_buf buf = {out->bytes[salt], 0, GN_RECORD_MAX};
		assert_int_equal(gn_name_record(sk, c, salt, &buf), GN_OK);
		out->record[salt] = gn_buf_slice(&buf);
	}
}

gn_err claim_put_start(struct svc *s, unsigned node, const struct gn_sk *sk,
		       const struct gn_name_claim *c, struct svc_wait *w)
{
	static struct claim_pair p;
	claim_sign(sk, c, &p);
	*w = (struct svc_wait){.node = node, .name.name.labels = 1};
	return gn_names_put(s->nodes[node].names, p.record[0], p.record[1], 3, s->now, &w->op);
}

gn_err claim_put(struct svc *s, unsigned node, const struct gn_sk *sk,
		 const struct gn_name_claim *c, struct svc_wait *w)
{
	gn_err err = claim_put_start(s, node, sk, c, w);
	return err == GN_OK ? svc_wait(s, w) : err;
}

gn_err claim_resolve(struct svc *s, unsigned node, const char *text, bool fresh, struct svc_wait *w)
{
	struct gn_name name = claim_name(text);
	*w = (struct svc_wait){.node = node, .name.name.labels = 1};
	gn_err err = gn_names_resolve(s->nodes[node].names, &name, fresh, false, s->now, &w->op);
	return err == GN_OK ? svc_wait(s, w) : err;
}

uint64_t svc_names_count(struct svc *s, unsigned node, const char *name)
{
	struct gn_counter c;
	for (size_t i = 0; gn_names_counter_at(s->nodes[node].names, i, &c); i++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	fail_msg("no counter %s", name);
	return 0;
}
