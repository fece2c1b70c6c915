/* Groups behind JSON lines (EE-50). */
#include "e2ee_driver.h"
#include <stdlib.h>

#define EPOCHS_MAX 64

static struct member {
	char name[32];
	struct gn_e2ee_epoch *ep;
} members[EPOCHS_MAX];

void group_forget(void)
{
	for (size_t i = 0; i < EPOCHS_MAX; i++)
		gn_e2ee_epoch_free(members[i].ep);
	memset(members, 0, sizeof members);
}

static struct member *member_of(const json_t *in, bool make)
{
	const char *name = json_string_value(json_object_get(in, "ep"));
	for (size_t i = 0; name && i < EPOCHS_MAX; i++)
		if (strcmp(members[i].name, name) == 0)
			return &members[i];
	for (size_t i = 0; name && make && i < EPOCHS_MAX; i++) {
		if (members[i].ep)
			continue;
		if (strlen(name) >= sizeof members[i].name)
			return NULL;
		memcpy(members[i].name, name, strlen(name) + 1);
		return &members[i];
	}
	return NULL;
}

static gn_err op_epoch(struct gn_e2ee *e, const json_t *in, json_t *out)
{
	(void)e;
	static uint32_t leaves[GN_E2EE_LEAVES];
	const json_t *list = json_object_get(in, "leaves");
	struct gn_e2ee_epoch_of of = {.leaves = leaves, .count = json_array_size(list)};
	uint64_t epoch, own;
	uint8_t commitment[GN_E2EE_COMMITMENT];
	GN_TRY(hex_into(in, "group", of.group.b, 32));
	GN_TRY(hex_into(in, "secret", of.secret, 32));
	GN_TRY(number(in, "epoch", UINT32_MAX, &epoch));
	GN_TRY(number(in, "own", UINT32_MAX, &own));
	for (size_t i = 0; i < of.count && i < GN_E2EE_LEAVES; i++)
		leaves[i] = (uint32_t)json_integer_value(json_array_get(list, i));
	of.epoch = (uint32_t)epoch;
	of.own = (uint32_t)own;
	struct gn_e2ee_epoch *ep;
	GN_TRY(gn_e2ee_epoch_new(&env, &of, &ep));
	struct member *m = member_of(in, true);
	if (!m) {
		gn_e2ee_epoch_free(ep);
		return GN_LIMIT;
	}
	gn_e2ee_epoch_free(m->ep);
	m->ep = ep;
	gn_e2ee_epoch_commitment(of.secret, commitment);
	put_hex(out, "commitment", commitment, sizeof commitment);
	return GN_OK;
}

static uint8_t space[GN_E2EE_SIZE_LARGEST];

static gn_err op_write(struct gn_e2ee *e, const json_t *in, json_t *out)
{
	(void)e;
	struct member *m = member_of(in, false);
	struct gn_buf b = {space, 0, sizeof space};
	struct gn_sk sk;
	uint8_t seed[32];
	uint32_t n = 0;
	size_t len;
	GN_TRY(hex_into(in, "device_seed", seed, 32));
	if (!m)
		return GN_NOT_FOUND;
	uint8_t *content = hex_any(in, "content", &len);
	if (!content)
		return GN_USAGE;
	gn_sk_from_seed(seed, &sk);
	gn_err err = len > GN_E2EE_GROUP_ROOM ? GN_TOO_LARGE : GN_OK;
	if (!err && pool_has(16))
		err = gn_e2ee_epoch_write(m->ep, &sk, gn_slice(content, len), &b, &n);
	free(content);
	put_hex(out, "message", b.p, b.len);
	json_object_set_new(out, "n", json_integer(n));
	return err;
}

static const struct gn_pk *device_of(void *user, uint32_t leaf)
{
	static struct gn_pk pk;
	char name[16];
	snprintf(name, sizeof name, "%u", leaf);
	return hex_into(user, name, pk.b, 32) == GN_OK ? &pk : NULL;
}

static gn_err op_read(struct gn_e2ee *e, const json_t *in, json_t *out)
{
	(void)e;
	static const char *const words[] = {[GN_E2EE_OPENED] = "opened",
					    [GN_E2EE_RESEND] = "resend",
					    [GN_E2EE_UNKNOWN] = "unknown",
					    [GN_E2EE_REFUSED] = "refused"};
	struct member *m = member_of(in, false);
	struct gn_e2ee_leaves leaves = {device_of, json_object_get(in, "devices")};
	struct gn_e2ee_group_read r;
	struct gn_buf b = {space, 0, sizeof space};
	gn_time now;
	size_t len;
	GN_TRY(time_of(in, &now));
	if (!m)
		return GN_NOT_FOUND;
	uint8_t *message = hex_any(in, "message", &len);
	if (!message)
		return GN_USAGE;
	gn_err err = gn_e2ee_epoch_read(m->ep, gn_slice(message, len), &leaves, &b, &r, now);
	free(message);
	if (err)
		return err;
	json_object_set_new(out, "result", json_string(words[r.result]));
	if (r.result == GN_E2EE_OPENED || r.result == GN_E2EE_RESEND) {
		json_object_set_new(out, "leaf", json_integer(r.leaf));
		json_object_set_new(out, "n", json_integer(r.n));
	}
	if (r.result == GN_E2EE_OPENED)
		put_hex(out, "padded", b.p, b.len);
	return GN_OK;
}

static gn_err seal_of(const json_t *in, struct gn_e2ee_seal_of *of)
{
	uint64_t epoch;
	GN_TRY(hex_into(in, "group", of->group.b, 32));
	GN_TRY(number(in, "epoch", UINT32_MAX, &epoch));
	of->epoch = (uint32_t)epoch;
	return GN_OK;
}

static gn_err op_leaf(struct gn_e2ee *e, const json_t *in, json_t *out)
{
	(void)e;
	struct gn_e2ee_leaf_secret secret;
	struct gn_e2ee_leaf_key key;
	struct gn_pk device;
	GN_TRY(hex_into(in, "device", device.b, 32));
	if (!pool_has(96))
		return GN_OK;
	GN_TRY(gn_e2ee_leaf_new(&rand_pool, &device, &secret, &key));
	put_hex(out, "private", secret.x25519, 32);
	put_hex(out, "seed", secret.seed, sizeof secret.seed);
	put_hex(out, "x25519", key.x25519, 32);
	put_hex(out, "kem", key.kem, sizeof key.kem);
	return GN_OK;
}

static gn_err leaf_of(const json_t *in, struct gn_e2ee_leaf_key *key)
{
	GN_TRY(hex_into(in, "device", key->device.b, 32));
	GN_TRY(hex_into(in, "x25519", key->x25519, 32));
	return hex_into(in, "kem", key->kem, sizeof key->kem);
}

static gn_err op_seal_leaf(struct gn_e2ee *e, const json_t *in, json_t *out)
{
	(void)e;
	static struct gn_e2ee_leaf_key key;
	struct gn_e2ee_seal_of of;
	struct gn_buf b = {space, 0, sizeof space};
	uint8_t secret[32];
	GN_TRY(seal_of(in, &of));
	GN_TRY(leaf_of(in, &key));
	GN_TRY(hex_into(in, "secret", secret, 32));
	if (!pool_has(64))
		return GN_OK;
	GN_TRY(gn_e2ee_seal_leaf(&rand_pool, &key, &of, secret, &b));
	put_hex(out, "seal", b.p, b.len);
	return GN_OK;
}

static gn_err op_unseal_leaf(struct gn_e2ee *e, const json_t *in, json_t *out)
{
	(void)e;
	static struct gn_e2ee_leaf_key key;
	struct gn_e2ee_leaf_secret own;
	struct gn_e2ee_seal_of of;
	uint8_t secret[32], commitment[GN_E2EE_COMMITMENT];
	size_t len;
	GN_TRY(seal_of(in, &of));
	GN_TRY(leaf_of(in, &key));
	GN_TRY(hex_into(in, "private", own.x25519, 32));
	GN_TRY(hex_into(in, "seed", own.seed, sizeof own.seed));
	GN_TRY(hex_into(in, "commitment", commitment, sizeof commitment));
	uint8_t *seal = hex_any(in, "seal", &len);
	if (!seal)
		return GN_USAGE;
	gn_err err = gn_e2ee_unseal_leaf(&key, &own, &of, commitment, gn_slice(seal, len), secret);
	free(seal);
	if (!err)
		put_hex(out, "secret", secret, 32);
	return err;
}

static gn_err op_seal_session(struct gn_e2ee *e, const json_t *in, json_t *out)
{
	struct gn_e2ee_seal_of of;
	struct gn_pk device;
	struct gn_buf b = {space, 0, sizeof space};
	uint8_t secret[32];
	GN_TRY(seal_of(in, &of));
	GN_TRY(hex_into(in, "device", device.b, 32));
	GN_TRY(hex_into(in, "secret", secret, 32));
	if (!e)
		return GN_NOT_FOUND;
	if (!pool_has(12))
		return GN_OK;
	GN_TRY(gn_e2ee_seal_session(e, &device, &of, secret, &b));
	put_hex(out, "seal", b.p, b.len);
	return GN_OK;
}

static gn_err op_unseal_session(struct gn_e2ee *e, const json_t *in, json_t *out)
{
	struct gn_e2ee_seal_of of;
	uint8_t secret[32], commitment[GN_E2EE_COMMITMENT];
	gn_time now;
	size_t len;
	GN_TRY(seal_of(in, &of));
	GN_TRY(time_of(in, &now));
	GN_TRY(hex_into(in, "commitment", commitment, sizeof commitment));
	if (!e)
		return GN_NOT_FOUND;
	uint8_t *seal = hex_any(in, "seal", &len);
	if (!seal)
		return GN_USAGE;
	gn_err err = gn_e2ee_unseal_session(e, &of, commitment, gn_slice(seal, len), secret, now);
	free(seal);
	if (!err)
		put_hex(out, "secret", secret, 32);
	return err;
}

gn_err group_op(const char *name, struct gn_e2ee *e, const json_t *in, json_t *out)
{
	static const struct {
		const char *name;
		gn_err (*run)(struct gn_e2ee *e, const json_t *in, json_t *out);
	} ops[] = {
		{"epoch", op_epoch},
		{"epoch-write", op_write},
		{"epoch-read", op_read},
		{"leaf", op_leaf},
		{"seal-leaf", op_seal_leaf},
		{"unseal-leaf", op_unseal_leaf},
		{"seal-session", op_seal_session},
		{"unseal-session", op_unseal_session},
	};
	for (size_t i = 0; i < GN_COUNT(ops); i++)
		if (strcmp(name, ops[i].name) == 0)
			return ops[i].run(e, in, out);
	return GN_USAGE;
}
