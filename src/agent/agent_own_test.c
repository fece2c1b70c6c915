/* A person's own identity record, as the network gives it. Rule AG-54. */
#include "agent/testing/world.h"

#include <stdlib.h>
#include <string.h>

static struct world w;

static int set_up(void **state)
{
	(void)state;
	world_make(&w);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_end(&w);
	return 0;
}

/* ---- the own record, as the network has it ---- */

struct own {
	uint8_t bytes[2][GN_RECORD_MAX];
	size_t len[2];
	struct gn_identity id; /* borrows the first */
};

static size_t place_of(uint8_t salt)
{
	struct gn_pk owner = world_owner(&w, 0);
	struct gn_hash key;
	size_t i = 0;
	gn_identity_key_of(&owner, salt, &key);
	while (i < w.record_count && !gn_hash_eq(&w.records[i].key, &key))
		i++;
	assert_true(i < w.record_count);
	return i;
}

static void read_own(struct own *out)
{
	for (uint8_t salt = 0; salt < 2; salt++) {
		size_t at = place_of(salt);
		out->len[salt] = w.records[at].len;
		memcpy(out->bytes[salt], w.records[at].bytes, out->len[salt]);
	}
	assert_int_equal(gn_identity_open(gn_slice(out->bytes[0], out->len[0]), &out->id), GN_OK);
}

static void write_own(const struct own *in)
{
	for (uint8_t salt = 0; salt < 2; salt++) {
		size_t at = place_of(salt);
		if (w.records[at].bytes != w.records[at].first)
			free(w.records[at].bytes);
		w.records[at].len = in->len[salt];
		w.records[at].bytes = malloc(in->len[salt]);
		memcpy(w.records[at].bytes, in->bytes[salt], in->len[salt]);
	}
}

/* The tool, or another device, publishes a newer version. */
static void sign_own(const struct gn_identity *id, struct own *out)
{
	struct gn_agent *a = &w.souls[0].a;
	const struct gn_agent_identity *key;
	assert_int_equal(gn_agent_vault_identity(a->vault, gn_slice(NULL, 0), w.now), GN_OK);
	assert_int_equal(gn_agent_vault_identity_get(a->vault, w.now, &key), GN_OK);
	for (uint8_t salt = 0; salt < 2; salt++) {
		struct gn_buf room = {out->bytes[salt], 0, GN_RECORD_MAX};
		assert_int_equal(gn_identity_record(key->entropy, id, salt, &room), GN_OK);
		out->len[salt] = room.len;
	}
	gn_agent_vault_identity_done(a->vault);
	assert_int_equal(gn_identity_open(gn_slice(out->bytes[0], out->len[0]), &out->id), GN_OK);
}

#define HOUR (3601 * GN_SEC)

/* The person has another name and a tablet, by another program. */
static void sign_newer(struct own *from, struct own *out)
{
	struct gn_identity id;
	read_own(from);
	id = from->id;
	id.seq += 2;
	id.display_name = GN_LIT("Ann of today");
	id.keys[id.key_count++] = (struct gn_identity_key){.pk = {{99}},
							   .kind = GN_FB_MEMBER_KIND_DEVICE,
							   .rights = GN_FB_MEMBER_RIGHT_MESSAGE,
							   .since = id.created,
							   .expires = id.created + 86400 * 300,
							   .name = GN_LIT("tablet")};
	sign_own(&id, out);
	write_own(out);
	world_pass(&w, HOUR, HOUR);
}

/* A device that comes is a line in the own chat, in which nothing was said: it opens again. */
static void another_device(void **state)
{
	static struct own first, second;
	(void)state;
	sign_newer(&first, &second);
	world_again(&w, 0);
}

/* Of a store of before, in which a line was put where nothing of the chat itself was. */
static void a_chat_without_its_row(void **state)
{
	struct gn_agent *a = &w.souls[0].a;
	struct gn_agent_chat chat = {.bytes = {NULL, 0}};
	struct gn_agent_tx tx;
	struct gn_pk owner = world_owner(&w, 0);
	struct gn_hash id;
	(void)state;
	gn_sha256(&GN_SLICE(owner.b), 1, &id);
	memcpy(chat.id.b, id.b, sizeof chat.id.b);
	assert_int_equal(gn_agent_tx_begin(a->db, &tx), GN_OK);
	assert_int_equal(gn_agent_chat_put(&tx, &chat), GN_OK);
	assert_int_equal(gn_agent_tx_commit(&tx), GN_OK);
	world_again(&w, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(another_device, set_up), /* both in one world */
		cmocka_unit_test_teardown(a_chat_without_its_row, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
