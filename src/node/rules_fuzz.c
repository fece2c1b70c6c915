/* The file `paths`: any text is taken, or refused with a reason; what is taken is written, and read
 * again as the same rules. */
#include "node/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void begin(struct gn_node_policies *s, const struct gn_env *env)
{
	memset(s, 0, sizeof *s);
	gn_map_init(&s->by_key, env, sizeof(struct gn_pk), sizeof(struct gn_policy),
		    GN_NODE_POLICIES);
	gn_map_init(&s->by_contact, env, sizeof(struct gn_node_policy_contact),
		    sizeof(struct gn_policy), GN_NODE_POLICIES);
}

static void end(struct gn_node_policies *s)
{
	gn_map_fini(&s->by_key);
	gn_map_fini(&s->by_contact);
}

static void check_same(const struct gn_map *a, const struct gn_map *b)
{
	GN_ASSERT(a->count == b->count);
	for (uint32_t i = 0; i < a->count; i++) {
		const void *there = gn_map_get(b, gn_map_key_at(a, i));
		GN_ASSERT(there &&
			  memcmp(there, gn_map_value_at(a, i), sizeof(struct gn_policy)) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t text[GN_NODE_POLICIES_TEXT];
	struct gn_buf out = {text, 0, sizeof text};
	struct gn_node_policies a, b;
	struct gn_alloc mem;
	struct gn_prng prng;
	char why[GN_HOST_WHY] = "";
	gn_alloc_heap(&mem, 32u << 20);
	gn_prng_init(&prng, 1);
	struct gn_rand rand = gn_prng_rand(&prng);
	struct gn_env env = {&mem, &rand, NULL};
	begin(&a, &env);
	begin(&b, &env);
	gn_err err = gn_node_policies_read(&a, gn_slice(data, len), why);
	GN_ASSERT(!err || *why);
	gn_node_policies_write(&a, &out);
	err = gn_node_policies_read(&b, gn_buf_slice(&out), why);
	GN_ASSERT(err == GN_OK);
	check_same(&a.by_key, &b.by_key);
	check_same(&a.by_contact, &b.by_contact);
	end(&a);
	end(&b);
	GN_ASSERT(mem.count == 0);
	return 0;
}
