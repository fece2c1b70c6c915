/* Any bytes as a group's message, as the inside of one that is rightly sealed (first byte even), as
 * seals, and as the rows of an epoch. */
#include "e2ee/envelope_int.h"
#include "e2ee/group_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct gn_alloc heap;
static struct gn_prng prng;
static struct gn_rand rnd;
static struct gn_env env;
static struct gn_sk device;
static struct gn_e2ee_leaf_secret secret;
static struct gn_e2ee_leaf_key key;

static const struct gn_pk *device_of(void *user, uint32_t leaf)
{
	(void)user;
	return leaf < 70 ? &device.pk : NULL;
}

static struct gn_e2ee_epoch *epoch(void)
{
	static uint32_t leaves[70];
	struct gn_e2ee_epoch *ep;
	struct gn_e2ee_epoch_of of = {.epoch = 1, .leaves = leaves, .count = 70, .own = 3};
	for (uint32_t i = 0; i < 70; i++)
		leaves[i] = i;
	gn_err err = gn_e2ee_epoch_new(&env, &of, &ep);
	GN_ASSERT(err == GN_OK);
	return ep;
}

static void read(struct gn_e2ee_epoch *ep, struct gn_slice message)
{
	static uint8_t space[GN_E2EE_SIZE_LARGEST];
	struct gn_buf out = {space, 0, sizeof space};
	const struct gn_e2ee_leaves leaves = {device_of, NULL};
	struct gn_e2ee_group_read r;
	gn_err err = gn_e2ee_epoch_read(ep, message, &leaves, &out, &r, GN_SEC);
	GN_ASSERT(err == GN_OK);
	GN_ASSERT((out.len > 0) == (r.result == GN_E2EE_OPENED));
	gn_e2ee_epoch_validate(ep);
}

/* Bytes: leaf 4, n 4 (near), then what stands in the body. */
static void authentic(struct gn_e2ee_epoch *ep, struct gn_slice in)
{
	uint8_t m[896] = {'G', 'N', 'E', 1, 0, 1}, mk[E2EE_KEY];
	gn_put_be32(m + 22, 1);
	memcpy(m + E2EE_GROUP_FIRST, in.p, 8);
	m[E2EE_GROUP_FIRST + 4] = m[E2EE_GROUP_FIRST + 5] = 0;
	uint32_t place = e2ee_epoch_place(ep, gn_be32(m + E2EE_GROUP_FIRST));
	uint32_t n = gn_be32(m + E2EE_GROUP_FIRST + 4) & 63;
	gn_put_be32(m + E2EE_GROUP_FIRST + 4, n);
	struct e2ee_chain chain = ep->chains[place < ep->count ? place : 0];
	chain.n = 0;
	for (uint32_t i = 0; i <= n; i++)
		e2ee_chain_step(&chain, mk);
	size_t take = in.len - 8 < 800 ? in.len - 8 : 800;
	memcpy(m + E2EE_GROUP_BODY, in.p + 8, take);
	gn_err err = e2ee_seal(ep->header, m + 6, gn_slice(m, E2EE_GROUP_FIRST),
			       m + E2EE_GROUP_FIRST, 8);
	if (!err)
		err = e2ee_seal(mk, m + 6, gn_slice(m, E2EE_GROUP_BODY), m + E2EE_GROUP_BODY,
				sizeof m - E2EE_GROUP_BODY - E2EE_TAG);
	GN_ASSERT(err == GN_OK);
	read(ep, GN_SLICE(m));
}

static void seals(struct gn_slice in)
{
	struct gn_reader r = gn_reader(in);
	struct gn_e2ee_seal seal;
	const struct gn_e2ee_seal_of of = {.epoch = 1};
	const uint8_t commitment[GN_E2EE_COMMITMENT] = {1};
	uint8_t out[32];
	while (gn_e2ee_seal_next(&r, &seal)) {
		if (seal.kind == GN_E2EE_BY_SESSION)
			continue;
		gn_err err = gn_e2ee_unseal_leaf(&key, &secret, &of, commitment, seal.bytes, out);
		GN_ASSERT(err != GN_OK);
	}
}

/* {kind 1, length 2, row} each. */
static void rows(struct gn_slice in)
{
	static uint8_t space[1 << 20];
	struct gn_buf out = {space, 0, sizeof space};
	struct gn_reader r = gn_reader(in);
	struct gn_e2ee_epoch *ep = NULL;
	uint32_t n;
	while (gn_reader_left(&r)) {
		uint8_t kind = gn_read_u8(&r);
		struct gn_slice row = gn_read_bytes(&r, gn_read_be16(&r));
		if (r.bad)
			break;
		if (!ep && gn_e2ee_epoch_open(&env, row, &ep) != GN_OK)
			return;
		gn_err err = gn_e2ee_epoch_row_load(
			ep, kind & 1 ? GN_E2EE_EPOCH_SKIPPED : GN_E2EE_EPOCH_CHAINS, row);
		GN_ASSERT(err != GN_USAGE);
	}
	if (ep && gn_e2ee_epoch_loaded(ep) == GN_OK) {
		gn_e2ee_epoch_validate(ep);
		gn_err err = gn_e2ee_epoch_write(ep, &device, GN_LIT("x"), &out, &n);
		GN_ASSERT(err == GN_OK || err == GN_LIMIT);
	}
	gn_e2ee_epoch_free(ep);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (!heap.limit) {
		gn_alloc_heap(&heap, 64u << 20);
		gn_prng_init(&prng, 1);
		rnd = gn_prng_rand(&prng);
		env = (struct gn_env){&heap, &rnd, NULL};
		gn_sk_new(&rnd, &device);
		gn_err err = gn_e2ee_leaf_new(&rnd, &device.pk, &secret, &key);
		GN_ASSERT(err == GN_OK);
	}
	struct gn_slice in = gn_slice(data, len);
	struct gn_e2ee_epoch *ep = epoch();
	read(ep, in);
	if (len > 8)
		authentic(ep, in);
	gn_e2ee_epoch_free(ep);
	seals(in);
	rows(in);
	return 0;
}
