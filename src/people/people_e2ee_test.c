/* People over sessions: a request, its answer and a chat, each content sealed into an envelope by
 * e2ee and opened from it with its padding. Rules PE-1, PE-20, PE-30, PE-49. */
#include "crypto/testing/known.h"
#include "e2ee/testing/party.h"
#include "people/people.h"

#include <stdlib.h>

#define NOW 1800000000u

/* The store: the last rows of a few messages; enough for a short chat. */
struct kept {
	struct gn_people_message m;
	uint8_t row[1024], content[2048];
	size_t len, content_len;
};
struct side {
	struct party party;
	struct gn_people *p;
	struct kept kept[32];
	size_t count;
};
static struct side a, b;
static unsigned letters, set_ups;

static struct kept *lookup(struct side *s, const struct gn_hash *chat, bool mine,
			   const struct gn_content_id *id)
{
	for (size_t i = 0; i < s->count; i++)
		if (gn_hash_eq(&s->kept[i].m.chat, chat) && s->kept[i].m.mine == mine &&
		    gn_content_id_eq(&s->kept[i].m.id, id))
			return &s->kept[i];
	return NULL;
}

static bool find(void *user, const struct gn_people_find *f, struct gn_people_found *out)
{
	if (f->kind != GN_PEOPLE_FIND_MESSAGE)
		return false;
	struct kept *k = lookup(user, &f->chat, f->mine, &f->id);
	if (k)
		*out = (struct gn_people_found){{k->row, k->len}, {k->content, k->content_len}};
	return k != NULL;
}

static void settle(struct side *s, struct side *to);

static void arrives(struct side *from, struct side *to, struct gn_slice content)
{
	static uint8_t space[GN_E2EE_SIZE_LARGEST];
	struct letter *l = malloc(sizeof *l);
	struct gn_buf out = {space, 0, sizeof space};
	struct gn_e2ee_read r;
	assert_non_null(l);
	assert_int_equal(party_send(&from->party, &to->party, content, l, NOW), GN_OK);
	assert_int_equal(party_read(&to->party, l, &r, &out, NOW), GN_E2EE_OPENED);
	assert_true(r.len > content.len); /* zeros follow */
	letters++;
	set_ups += r.setup;
	struct gn_people_in in = {.owner = r.claim.owner,
				  .device = r.claim.device,
				  .setup = r.setup,
				  .content = gn_buf_slice(&out)};
	assert_int_equal(gn_people_recv(to->p, &in, NOW * GN_SEC), GN_OK);
	free(l);
	settle(to, from);
}

/* Stores what a call gave, and brings what it sends to the other side. */
static void settle(struct side *s, struct side *to)
{
	struct gn_people_row row;
	struct gn_people_send send;
	struct gn_people_event e;
	struct {
		uint8_t bytes[2048];
		size_t len;
	} sends[8];
	size_t count = 0;
	while (gn_people_next_row(s->p, &row)) {
		if (row.kind != GN_PEOPLE_ROW_MESSAGE)
			continue;
		struct kept *k = lookup(s, &row.chat, row.message->mine, &row.message->id);
		k = k ? k : &s->kept[s->count++];
		assert_true(s->count <= GN_COUNT(s->kept) && row.bytes.len <= sizeof k->row);
		memcpy(k->row, row.bytes.p, k->len = row.bytes.len);
		assert_int_equal(gn_people_message_open(gn_slice(k->row, k->len), &k->m), GN_OK);
		if (row.keep == GN_PEOPLE_PUT)
			memcpy(k->content, row.content.p, k->content_len = row.content.len);
	}
	while (gn_people_next_send(s->p, &send)) {
		assert_true(count < GN_COUNT(sends) && send.content.len <= sizeof sends[0].bytes);
		memcpy(sends[count].bytes, send.content.p, send.content.len);
		sends[count++].len = send.content.len;
	}
	while (gn_people_next_event(s->p, &e))
		;
	for (size_t i = 0; i < count; i++)
		arrives(s, to, gn_slice(sends[i].bytes, sends[i].len));
}

static void make(struct side *s, uint64_t seed)
{
	party_make(&s->party, seed, 1);
	struct gn_people_config config = {.owner = s->party.own.owner,
					  .device = s->party.own.device,
					  .find = find,
					  .user = s};
	assert_int_equal(gn_people_new(&s->party.env, &config, &s->p), GN_OK);
}

static void first_message(void **state)
{
	(void)state;
	struct gn_content c = {.kind = GN_CONTENT_TEXT, .id.b = {1}, .text = GN_LIT("may I?")};
	struct gn_content_box box = {.box.b = {1}, .until = NOW + 1};
	struct gn_people_contact is;
	struct gn_sk deposit;
	make(&a, 1);
	make(&b, 2);
	parties_meet(&a.party, &b.party);
	struct gn_people_add add = {.owner = b.party.own.owner, .trust = GN_PEOPLE_LINKED};
	assert_int_equal(gn_people_add(a.p, &add, NOW * GN_SEC), GN_OK);
	settle(&a, &b);
	assert_int_equal(gn_people_say(a.p, &b.party.own.owner, &c, NOW * GN_SEC), GN_OK);
	settle(&a, &b);
	assert_int_equal(letters, 1);
	assert_int_equal(gn_people_get(b.p, &a.party.own.owner, &is), GN_OK);
	assert_int_equal(is.state, GN_PEOPLE_REQUEST);
	assert_int_equal(gn_people_answer(b.p, &a.party.own.owner, true, NOW * GN_SEC), GN_OK);
	settle(&b, &a); /* the receipt, which answers the set-up */
	assert_int_equal(letters, 2);
	assert_int_equal(gn_people_get(a.p, &b.party.own.owner, &is), GN_OK);
	assert_int_equal(is.state, GN_PEOPLE_ACCEPTED);
	assert_int_equal(lookup(&a, is.chat, true, &c.id)->m.state, GN_PEOPLE_DELIVERED);
	gn_sk_from_seed(box.deposit_seed, &deposit);
	memcpy(box.certificate, deposit.pk.b, sizeof deposit.pk.b);
	assert_int_equal(gn_people_box(b.p, &a.party.own.owner, &box, NOW * GN_SEC), GN_OK);
	settle(&b, &a);
	assert_int_equal(gn_people_get(a.p, &b.party.own.owner, &is), GN_OK);
	assert_non_null(is.box);
	for (uint8_t i = 2; i < 8; i++) {
		struct side *from = i % 2 ? &a : &b, *to = i % 2 ? &b : &a;
		c.id.b[0] = i;
		assert_int_equal(gn_people_say(from->p, &to->party.own.owner, &c, NOW * GN_SEC),
				 GN_OK);
		settle(from, to);
		assert_int_equal(gn_people_tick(to->p, (NOW + 5) * GN_SEC), GN_OK); /* the store */
		settle(to, from);
		assert_int_equal(gn_people_tick(to->p, (NOW + 5) * GN_SEC), GN_OK); /* receipts */
		settle(to, from);
		assert_int_equal(gn_people_get(from->p, &to->party.own.owner, &is), GN_OK);
		assert_int_equal(lookup(from, is.chat, true, &c.id)->m.state, GN_PEOPLE_DELIVERED);
		assert_int_equal(is.outstanding, 0);
	}
	assert_int_equal(set_ups, 1);
	gn_people_free(a.p);
	gn_people_free(b.p);
	party_free(&a.party);
	party_free(&b.party);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(first_message)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
