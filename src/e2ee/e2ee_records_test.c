/* From records to sessions: what identity and prekeys records say, read at either place and judged,
 * is what makes a device believed (EE-9, ID-8, ID-9, PK-3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "e2ee/testing/party.h"
#include "records/prekeys.h"

#define T0 UINT64_C(1800000000)

_Static_assert(sizeof(struct gn_prekey) == sizeof(struct gn_e2ee_prekey) &&
		       offsetof(struct gn_prekey, kem) == offsetof(struct gn_e2ee_prekey, kem),
	       "of one shape");
_Static_assert(GN_PREKEYS_FEW == GN_E2EE_FEW && GN_IDENTITY_HISTORY == GN_E2EE_HISTORY &&
		       sizeof(struct gn_identity_version) == sizeof(struct gn_e2ee_version),
	       "one holds what the other says");

struct person {
	struct party party;
	uint8_t entropy[32], pq_seed[GN_PQ_SEED_LEN];
	struct gn_sk device;
	struct gn_identity identity;       /* as it was published last */
	uint8_t records[4][GN_RECORD_MAX]; /* identity, prekeys, at both places */
	size_t lens[4];
};
static struct person ada, bob;

static void publish(struct person *p, int kind, uint8_t salt, const struct gn_prekeys *prekeys)
{
	size_t at = (size_t)(2 * kind + salt);
	struct gn_buf out = {p->records[at], 0, GN_RECORD_MAX};
	gn_err err = kind ? gn_prekeys_record(&p->device, p->pq_seed, prekeys, salt, &out)
			  : gn_identity_record(p->entropy, &p->identity, salt, &out);
	assert_int_equal(err, GN_OK);
	p->lens[at] = out.len;
}

static struct gn_slice record(const struct person *p, int kind, uint8_t salt)
{
	return gn_slice(p->records[2 * kind + salt], p->lens[2 * kind + salt]);
}

/* The next version of the identity, and what names it. */
static void new_version(struct person *p)
{
	struct gn_identity now;
	p->identity.seq++;
	publish(p, 0, 0, NULL);
	publish(p, 0, 1, NULL);
	assert_int_equal(gn_identity_open(record(p, 0, 0), &now), GN_OK);
	p->identity.owner = now.owner;
	p->identity.version = now.version;
	memcpy(p->identity.history, now.history, sizeof now.history);
	p->identity.history_count = now.history_count;
}

static void begin(struct person *p, uint8_t seed)
{
	struct gn_prekeys prekeys = {.seq = 1, .created = T0, .ttl = GN_PREKEYS_TTL};
	uint8_t pq_pk[GN_PQ_PK_LEN];
	p->entropy[0] = p->pq_seed[0] = seed;
	gn_sk_from_seed(p->pq_seed, &p->device);
	assert_int_equal(gn_pq_public(p->pq_seed, pq_pk), GN_OK);
	p->identity = (struct gn_identity){.created = T0, .ttl = 86400, .key_count = 1};
	p->identity.keys[0] = (struct gn_identity_key){
		.pk = p->device.pk, .rights = GN_FB_MEMBER_RIGHT_MESSAGE, .expires = T0 + 86400};
	gn_sha256(&(struct gn_slice){pq_pk, sizeof pq_pk}, 1, &p->identity.keys[0].pq_hash);
	new_version(p);

	struct party *e = &p->party;
	party_make(e, seed, 0);
	gn_e2ee_free(e->e);
	e->own.owner = p->identity.owner;
	e->own.device = p->device.pk;
	e->own.seq = p->identity.version.seq;
	e->own.hash = p->identity.version.hash;
	assert_int_equal(gn_e2ee_new(&e->env, &e->own, &e->e), GN_OK);
	party_renew(e, GN_E2EE_FEW);
	prekeys.identity = p->identity.owner;
	gn_x25519_public(e->own.dh, prekeys.dh);
	memcpy(&prekeys.last, &e->keys.last, sizeof prekeys.last);
	memcpy(prekeys.few, e->keys.few, sizeof prekeys.few);
	prekeys.few_count = e->keys.few_count;
	publish(p, 1, 0, &prekeys);
	publish(p, 1, 1, &prekeys);
}

/* What an agent does with two records that it looked up. */
static gn_err look_up(struct person *p, const struct person *of, uint8_t salt)
{
	static struct gn_identity id;
	static struct gn_prekeys k;
	static struct gn_e2ee_version history[GN_E2EE_HISTORY];
	struct gn_e2ee_peer peer = {.history = history};
	GN_TRY(gn_identity_open(record(of, 0, salt), &id));
	GN_TRY(gn_prekeys_open(record(of, 1, salt), &k));
	GN_TRY(gn_prekeys_judge(&k, &id, &of->identity.owner, T0));
	peer.owner = id.owner;
	peer.device = k.device;
	memcpy(peer.dh, k.dh, sizeof peer.dh);
	peer.identity = (struct gn_e2ee_version){id.version.seq, id.version.hash};
	for (; peer.history_count < id.history_count; peer.history_count++)
		history[peer.history_count] = (struct gn_e2ee_version){
			id.history[peer.history_count].seq, id.history[peer.history_count].hash};
	memcpy(&peer.prekeys.last, &k.last, sizeof k.last);
	memcpy(peer.prekeys.few, k.few, sizeof k.few);
	peer.prekeys.few_count = k.few_count;
	return gn_e2ee_believe(p->party.e, &peer);
}

static void end(void)
{
	party_free(&ada.party);
	party_free(&bob.party);
}

static void records_make_a_session_from_either_place(void **state)
{
	(void)state;
	begin(&ada, 1);
	begin(&bob, 2);
	assert_int_equal(look_up(&ada, &bob, 0), GN_OK);
	assert_int_equal(look_up(&bob, &ada, 1), GN_OK);
	party_talk(&ada.party, &bob.party, "from the first place to the second");
	party_talk(&bob.party, &ada.party, "and back");
	end();
}

static void an_older_version_is_in_the_history(void **state)
{
	(void)state;
	char text[64];
	static struct letter l;
	begin(&ada, 3);
	begin(&bob, 4);
	assert_int_equal(look_up(&ada, &bob, 1), GN_OK);
	party_write(&ada.party, &bob.party, "as version 1", &l);
	/* meanwhile she published others, and he reads the newest */
	new_version(&ada);
	new_version(&ada);
	assert_int_equal(look_up(&bob, &ada, 1), GN_OK);
	assert_int_equal(party_text(&bob.party, &l, text), GN_E2EE_OPENED);
	assert_string_equal(text, "as version 1");
	end();
}

static void a_version_that_nobody_published_waits(void **state)
{
	(void)state;
	char text[64];
	static struct letter l;
	begin(&ada, 5);
	begin(&bob, 6);
	assert_int_equal(look_up(&ada, &bob, 0), GN_OK);
	struct gn_hash forged = ada.party.own.hash;
	forged.b[0] ^= 1;
	gn_e2ee_identity(ada.party.e, &ada.identity.owner, 1, &forged);
	party_write(&ada.party, &bob.party, "as I like", &l);
	new_version(&ada);
	assert_int_equal(look_up(&bob, &ada, 0), GN_OK);
	assert_int_equal(party_text(&bob.party, &l, text), GN_E2EE_WAIT);
	end();
}

static void a_revoked_device_is_not_believed(void **state)
{
	(void)state;
	begin(&ada, 7);
	begin(&bob, 8);
	bob.identity.key_count = 0;
	new_version(&bob);
	assert_int_equal(look_up(&ada, &bob, 0), GN_NOT_FOUND);
	end();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_make_a_session_from_either_place),
		cmocka_unit_test(an_older_version_is_in_the_history),
		cmocka_unit_test(a_version_that_nobody_published_waits),
		cmocka_unit_test(a_revoked_device_is_not_believed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
