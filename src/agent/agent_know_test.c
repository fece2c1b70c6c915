/* What is looked up of a person: both places, the newest version, forks, devices' prekeys judged by
 * it, what a node cannot fake, who waits, and what becomes of it when the node goes (AG-51). */
#include "agent/know.h"
#include "agent/limits.h"
#include "agent/testing/beside.h"

#include <string.h>

#define T0 UINT64_C(1767225600)

static const uint8_t pq_seed[GN_PQ_SEED_LEN] = {6};
static const struct gn_app_kind values_kind = {GN_FB_APP_BODY_APP_RECORD,
					       GN_FB_APP_RECORD_BODY_RECORD_VALUES};

static struct beside beside;
static struct gn_agent_know *know;
static struct gn_sk devices[3];
static uint8_t pq_pk[GN_PQ_PK_LEN];
static uint64_t unix_now;

/* ---- what the node holds ---- */

static struct stored {
	struct gn_hash key;
	size_t len;
	uint8_t record[GN_RECORD_MAX];
} stored[32];
static size_t stored_count;
static unsigned gets;
static bool mute;
static gn_err failing;

static void store(const struct gn_buf *record)
{
	struct gn_record r;
	struct stored *s = &stored[stored_count++];
	assert_int_equal(gn_wire_record_parse(gn_buf_slice(record), &r), GN_OK);
	s->key = r.key;
	s->len = record->len;
	memcpy(s->record, record->p, record->len);
}

static void on_call(struct beside *b, const struct gn_host_app_event *e)
{
	gn_fbref refs[8];
	size_t count = 0;
	struct gn_fb_hash key = gn_fb_record_get_key((struct gn_fb_record_get){e->table});
	gets++;
	assert_int_equal(gn_fb_record_get_quorum((struct gn_fb_record_get){e->table}),
			 AGENT_KNOW_QUORUM);
	if (mute)
		return;
	struct gn_fbb *fbb = beside_builder(b);
	for (size_t i = 0; i < stored_count; i++)
		if (memcmp(stored[i].key.b, key.b, sizeof key.b) == 0)
			refs[count++] = gn_fb_record_value_make(
				fbb, &(struct gn_fb_record_value_args){
					     .record = gn_slice(stored[i].record, stored[i].len)});
	if (!count || failing) {
		beside_refuse(b, e->call, failing ? failing : GN_NOT_FOUND);
		return;
	}
	struct gn_fb_record_values_args args = {.values = {refs, count}};
	beside_answer(b, e->call, values_kind, gn_fb_record_values_make(fbb, &args));
}

/* ---- people ---- */

static void entropy_of(unsigned person, uint8_t out[32])
{
	memset(out, (int)person + 1, 32);
}

static struct gn_pk owner_of(unsigned person)
{
	uint8_t entropy[32];
	struct gn_identity_keys keys;
	entropy_of(person, entropy);
	assert_int_equal(gn_identity_derive(entropy, 0, &keys), GN_OK);
	return keys.sk.pk;
}

/* A version with so many of the devices, at one place. */
static void put_identity(unsigned person, uint64_t seq, unsigned device_count, const char *name,
			 uint8_t salt)
{
	static uint8_t room[GN_RECORD_MAX];
	struct gn_buf b = {room, 0, sizeof room};
	uint8_t entropy[32];
	struct gn_identity id = {
		.seq = seq, .created = T0, .ttl = 86400, .display_name = gn_str(name)};
	for (; id.key_count < device_count; id.key_count++) {
		struct gn_identity_key *k = &id.keys[id.key_count];
		*k = (struct gn_identity_key){.pk = devices[id.key_count].pk,
					      .rights = GN_FB_MEMBER_RIGHT_MESSAGE,
					      .expires = T0 + 100 * 86400};
		gn_sha256(&(struct gn_slice){pq_pk, sizeof pq_pk}, 1, &k->pq_hash);
	}
	entropy_of(person, entropy);
	assert_int_equal(gn_identity_record(entropy, &id, salt, &b), GN_OK);
	store(&b);
}

static void put_prekeys(unsigned person, unsigned device, uint64_t seq, uint8_t salt)
{
	static uint8_t room[GN_RECORD_MAX];
	struct gn_buf b = {room, 0, sizeof room};
	struct gn_prekeys in = {.seq = seq,
				.created = T0,
				.ttl = GN_PREKEYS_TTL,
				.identity = owner_of(person),
				.last = {.id = (uint32_t)seq}};
	in.dh[0] = (uint8_t)(device + 1);
	assert_int_equal(gn_prekeys_record(&devices[device], pq_seed, &in, salt, &b), GN_OK);
	store(&b);
}

/* ---- what is told ---- */

static struct told {
	struct gn_pk owner;
	gn_err err;
	size_t identities, prekeys;
	uint64_t seq, prekeys_seq[GN_IDENTITY_DEVICES];
} told[16];
static size_t told_count;

static void on_known(void *user, const struct gn_agent_known *k)
{
	(void)user;
	struct told *t = &told[told_count++];
	*t = (struct told){.owner = k->owner,
			   .err = k->err,
			   .identities = k->identity_count,
			   .prekeys = k->prekeys_count};
	for (size_t i = 0; i < k->identity_count; i++) {
		assert_true(k->identities[i]->version.seq >= t->seq); /* the newest last */
		t->seq = k->identities[i]->version.seq;
	}
	for (size_t i = 0; i < k->prekeys_count; i++)
		t->prekeys_seq[i] = k->prekeys[i]->seq;
}

static uint64_t get_unix(void *user)
{
	(void)user;
	return unix_now;
}

static void on_turn(struct beside *b)
{
	(void)b;
	gn_agent_know_pump(know);
}

static int set_up(void **state)
{
	(void)state;
	for (unsigned i = 0; i < GN_COUNT(devices); i++) {
		uint8_t seed[32] = {5, (uint8_t)i};
		gn_sk_from_seed(seed, &devices[i]);
	}
	stored_count = told_count = gets = 0;
	mute = false;
	failing = GN_OK;
	unix_now = T0 + 60;
	beside_make(&beside);
	beside.call = on_call;
	beside.turn = on_turn;
	struct gn_agent_know_config config = {
		.link = beside.link, .unix_now = get_unix, .known = on_known};
	return gn_pq_public(pq_seed, pq_pk) != GN_OK || gn_agent_know_new(&config, &know) != GN_OK;
}

static int tear_down(void **state)
{
	(void)state;
	gn_agent_know_free(know);
	beside_end(&beside);
	return 0;
}

static void ask(unsigned person)
{
	struct gn_pk owner = owner_of(person);
	assert_int_equal(gn_agent_know_ask(know, &owner), GN_OK);
}
#define TOLD(n) BESIDE_UNTIL(&beside, told_count == (n))

/* ---- the tests ---- */

static void the_newest_of_both_places_counts(void **state)
{
	(void)state;
	put_identity(0, 4, 1, "old", 0);
	put_identity(0, 5, 2, "new", 1);
	put_prekeys(0, 0, 7, 0);
	put_prekeys(0, 0, 8, 1);
	put_prekeys(0, 1, 3, 0);
	beside_node_up(&beside);
	ask(0);
	ask(0); /* once */
	TOLD(1);
	assert_int_equal(told[0].err, GN_OK);
	assert_int_equal(told[0].identities, 2);
	assert_int_equal(told[0].seq, 5);
	assert_int_equal(told[0].prekeys, 2);
	assert_int_equal(told[0].prekeys_seq[0], 8);
	assert_int_equal(told[0].prekeys_seq[1], 3);
	assert_int_equal(gets, 2 + 4);
	for (unsigned i = 0; i < 50; i++)
		beside_turn(&beside);
	assert_int_equal(told_count, 1);
}

static void a_fork_is_told_whole(void **state)
{
	(void)state;
	put_identity(0, 4, 1, "one face", 0);
	put_identity(0, 4, 1, "another", 1);
	beside_node_up(&beside);
	ask(0);
	TOLD(1);
	assert_int_equal(told[0].identities, 2);
	assert_int_equal(told[0].seq, 4);
}

/* More versions than are kept: the newest stay. */
static void versions_have_a_bound(void **state)
{
	(void)state;
	for (unsigned i = 0; i <= AGENT_KNOW_VERSIONS; i++)
		put_identity(0, 9 - i, 1, "", 0);
	beside_node_up(&beside);
	ask(0);
	TOLD(1);
	assert_int_equal(told[0].identities, AGENT_KNOW_VERSIONS);
	assert_int_equal(told[0].seq, 9);
}

static void what_does_not_verify_is_nothing(void **state)
{
	(void)state;
	put_identity(0, 4, 1, "", 0);
	put_identity(1, 9, 1, "", 0);
	stored[1].key = stored[0].key; /* somebody else's at this place */
	put_identity(0, 8, 1, "", 1);
	stored[2].record[stored[2].len - 9] ^= 1;
	put_prekeys(1, 0, 5, 0); /* that device says it is another's */
	beside_node_up(&beside);
	ask(0);
	TOLD(1);
	assert_int_equal(told[0].err, GN_OK);
	assert_int_equal(told[0].identities, 1);
	assert_int_equal(told[0].seq, 4);
	assert_int_equal(told[0].prekeys, 0);
}

static void prekeys_that_ran_out_are_none(void **state)
{
	(void)state;
	put_identity(0, 4, 1, "", 0);
	put_prekeys(0, 0, 7, 0);
	unix_now = T0 + GN_PREKEYS_TTL + 1;
	beside_node_up(&beside);
	ask(0);
	TOLD(1);
	assert_int_equal(told[0].prekeys, 0);
}

static void nobody_and_trouble_are_two_things(void **state)
{
	(void)state;
	beside_node_up(&beside);
	ask(0);
	TOLD(1);
	assert_int_equal(told[0].err, GN_NOT_FOUND);
	failing = GN_TIMEOUT;
	ask(0);
	TOLD(2);
	assert_int_equal(told[1].err, GN_TIMEOUT);
}

static void a_node_that_goes_ends_a_lookup(void **state)
{
	(void)state;
	put_identity(0, 4, 1, "", 0);
	mute = true;
	beside_node_up(&beside);
	ask(0);
	BESIDE_UNTIL(&beside, gets == 2);
	beside_hang_up(&beside);
	TOLD(1);
	assert_int_equal(told[0].err, GN_CLOSED);
	mute = false;
	ask(0);
	TOLD(2);
	assert_int_equal(told[1].err, GN_OK);
}

/* Two salts each: while nobody answers no more is asked. */
static void so_many_are_looked_up_at_once(void **state)
{
	(void)state;
	mute = true;
	for (unsigned i = 0; i <= AGENT_KNOW_LOOKUPS; i++)
		ask(i);
	beside_node_up(&beside);
	BESIDE_UNTIL(&beside, gets == 2 * AGENT_KNOW_LOOKUPS);
	for (unsigned i = 0; i < 20; i++)
		beside_turn(&beside);
	assert_int_equal(gets, 2 * AGENT_KNOW_LOOKUPS);
}

static void who_waits_comes_in_turn(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 5; i++)
		put_identity(i, 1, 0, "", 0);
	for (unsigned i = 0; i < 5; i++)
		ask(i);
	beside_node_up(&beside); /* nothing is lost before it is there */
	TOLD(5);
	struct gn_pk first = owner_of(0), last = owner_of(4);
	assert_true(gn_pk_eq(&told[0].owner, &first) && gn_pk_eq(&told[4].owner, &last));
	/* as many as may wait, and one more */
	beside_node_down(&beside);
	BESIDE_UNTIL(&beside, !gn_agent_link_is_up(beside.link));
	struct gn_pk somebody = {{0}};
	for (unsigned i = 0; i < AGENT_KNOW_WAITING; i++) {
		somebody.b[0] = (uint8_t)i;
		somebody.b[1] = (uint8_t)(i >> 8);
		assert_int_equal(gn_agent_know_ask(know, &somebody), GN_OK);
	}
	assert_int_equal(gn_agent_know_ask(know, &somebody), GN_OK); /* waits already */
	somebody.b[2] = 1;
	assert_int_equal(gn_agent_know_ask(know, &somebody), GN_LIMIT);
	assert_int_equal(told_count, 5);
}

/* A stranger's records open their item; then the contact that this made wants the same. */
static void what_was_told_a_moment_ago_is_told_once_more(void **state)
{
	(void)state;
	struct gn_pk owner = owner_of(0), other = owner_of(1);
	put_identity(0, 4, 1, "", 0);
	put_prekeys(0, 0, 7, 0);
	put_identity(1, 1, 0, "", 0);
	beside_node_up(&beside);
	assert_int_equal(gn_agent_know_want(know, &owner), GN_OK); /* nothing is kept: looked up */
	TOLD(1);
	unsigned before = gets;
	unix_now += AGENT_KNOW_KEPT - 1;
	assert_int_equal(gn_agent_know_want(know, &owner), GN_OK);
	assert_int_equal(gn_agent_know_ask(know, &owner), GN_OK); /* that will do */
	TOLD(2);
	assert_true(gets == before && gn_pk_eq(&told[1].owner, &owner));
	assert_true(told[1].seq == 4 && told[1].prekeys == 1 && told[1].prekeys_seq[0] == 7);
	assert_int_equal(gn_agent_know_want(know, &owner), GN_OK); /* once */
	TOLD(3);
	assert_true(gets > before);
	before = gets;
	unix_now += AGENT_KNOW_KEPT; /* and not for long */
	assert_int_equal(gn_agent_know_want(know, &owner), GN_OK);
	TOLD(4);
	assert_true(gets > before);
	before = gets;
	assert_int_equal(gn_agent_know_want(know, &other), GN_OK); /* nor of others */
	TOLD(5);
	assert_true(gets > before && gn_pk_eq(&told[4].owner, &other));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(the_newest_of_both_places_counts),
		T(a_fork_is_told_whole),
		T(versions_have_a_bound),
		T(what_does_not_verify_is_nothing),
		T(prekeys_that_ran_out_are_none),
		T(nobody_and_trouble_are_two_things),
		T(a_node_that_goes_ends_a_lookup),
		T(so_many_are_looked_up_at_once),
		T(what_was_told_a_moment_ago_is_told_once_more),
		T(who_waits_comes_in_turn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
