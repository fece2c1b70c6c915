/* Messages of a group and the seals of its epochs: what arrives, what a forger or a stranger gets,
 * limits at and one past, rows. Rules EE-40..EE-49. */
#include "crypto/testing/known.h"
#include "e2ee/envelope_int.h"
#include "e2ee/group_int.h"
#include "e2ee/testing/party.h"

#define NOW (1800000000 * (gn_time)GN_SEC)
#define DAY (86400 * (gn_time)GN_SEC)

static struct gn_alloc heap;
static struct gn_prng prng;
static struct gn_rand rnd;
static struct gn_env env;

#define THREE 3
static const uint32_t numbers[THREE] = {2, 7, 4000000000u};
static struct gn_sk devices[THREE];
static struct gn_e2ee_epoch *at[THREE];
static uint8_t secret[32];
static struct gn_hash group;

static const struct gn_pk *device_of(void *user, uint32_t leaf)
{
	(void)user;
	for (int i = 0; i < THREE; i++)
		if (numbers[i] == leaf)
			return &devices[i].pk;
	return NULL;
}
static const struct gn_e2ee_leaves leaves = {device_of, NULL};

static struct gn_e2ee_epoch *epoch(uint32_t e, uint32_t own)
{
	struct gn_e2ee_epoch *ep = NULL;
	struct gn_e2ee_epoch_of of = {
		.group = group, .epoch = e, .leaves = numbers, .count = THREE, .own = own};
	memcpy(of.secret, secret, 32);
	assert_int_equal(gn_e2ee_epoch_new(&env, &of, &ep), GN_OK);
	return ep;
}

static int begin(void **state)
{
	(void)state;
	gn_alloc_heap(&heap, SIZE_MAX / 2);
	gn_prng_init(&prng, 7);
	rnd = gn_prng_rand(&prng);
	env = (struct gn_env){&heap, &rnd, NULL};
	gn_rand_fill(&rnd, secret, 32);
	gn_rand_fill(&rnd, group.b, 32);
	for (int i = 0; i < THREE; i++) {
		gn_sk_new(&rnd, &devices[i]);
		at[i] = epoch(5, numbers[i]);
	}
	return 0;
}
static int end(void **state)
{
	(void)state;
	for (int i = 0; i < THREE; i++) {
		gn_e2ee_epoch_validate(at[i]);
		gn_e2ee_epoch_free(at[i]);
		at[i] = NULL;
	}
	assert_int_equal(heap.used, 0);
	return 0;
}

struct message {
	uint8_t bytes[GN_E2EE_SIZE_LARGEST];
	size_t len;
	uint32_t n;
};

static gn_err put(int from, struct gn_slice content, struct message *m)
{
	struct gn_buf out = {m->bytes, 0, sizeof m->bytes};
	gn_err err = gn_e2ee_epoch_write(at[from], &devices[from], content, &out, &m->n);
	m->len = out.len;
	return err;
}
static void put_text(int from, const char *text, struct message *m)
{
	assert_int_equal(put(from, gn_str(text), m), GN_OK);
}

static uint8_t space[GN_E2EE_SIZE_LARGEST];
static struct gn_e2ee_group_read res;
static enum gn_e2ee_result get_at(int to, const struct message *m, gn_time now)
{
	struct gn_buf out = {space, 0, sizeof space};
	assert_int_equal(
		gn_e2ee_epoch_read(at[to], gn_slice(m->bytes, m->len), &leaves, &out, &res, now),
		GN_OK);
	gn_e2ee_epoch_validate(at[to]);
	return res.result;
}
static enum gn_e2ee_result get(int to, const struct message *m)
{
	return get_at(to, m, NOW);
}
static void got(int to, const struct message *m, const char *text)
{
	assert_int_equal(get(to, m), GN_E2EE_OPENED);
	assert_memory_equal(space, text, strlen(text));
	assert_true(gn_is_zero(space + strlen(text), res.len - strlen(text)));
}

static void all_of_them(void **state)
{
	(void)state;
	static struct message m, later;
	uint32_t e = 0, n = 9;
	for (uint32_t round = 0; round < 3; round++) {
		for (int from = 0; from < THREE; from++) {
			put_text(from, "hello", &m);
			assert_int_equal(m.len, 896);
			assert_int_equal(m.n, round);
			assert_true(gn_e2ee_group_epoch(gn_slice(m.bytes, m.len), &e));
			assert_int_equal(e, 5);
			for (int to = 0; to < THREE; to++) {
				if (to == from)
					continue;
				got(to, &m, "hello");
				assert_int_equal(res.leaf, numbers[from]);
				assert_int_equal(res.n, round);
				assert_int_equal(get(to, &m), GN_E2EE_RESEND); /* again */
			}
			assert_int_equal(get(from, &m), GN_E2EE_RESEND); /* the own one */
		}
	}
	/* in any order, each once */
	put_text(0, "one", &m);
	put_text(0, "two", &later);
	got(1, &later, "two");
	got(1, &m, "one");
	assert_int_equal(get(1, &m), GN_E2EE_RESEND);
	assert_int_equal(gn_e2ee_epoch_next(at[1], numbers[0], &n), GN_OK);
	assert_int_equal(n, 5);
	assert_int_equal(gn_e2ee_epoch_next(at[1], 3, &n), GN_NOT_FOUND);
	struct gn_e2ee_epoch_info info;
	gn_e2ee_epoch_info(at[1], &info);
	assert_int_equal(info.messages, 11);
	assert_int_equal(info.leaves, 3);
	assert_int_equal(info.next, 3);
}

static void sizes(void **state)
{
	(void)state;
	static const size_t lens[] = {896, 2048, 4096, 8192, 16384, 32768, 61440};
	static uint8_t content[GN_E2EE_SIZE_LARGEST];
	static struct message m;
	memset(content, 1, sizeof content);
	for (size_t i = 0; i < GN_COUNT(lens); i++) {
		assert_int_equal(put(0, gn_slice(content, lens[i] - 130), &m), GN_OK);
		assert_int_equal(m.len, lens[i]);
		assert_int_equal(get(1, &m), GN_E2EE_OPENED);
		assert_int_equal(res.len, lens[i] - 130);
		gn_err err = put(0, gn_slice(content, lens[i] - 129), &m);
		assert_int_equal(err, i < 6 ? GN_OK : GN_TOO_LARGE);
	}
	assert_int_equal(put(0, gn_slice(content, SIZE_MAX), &m), GN_TOO_LARGE);
	uint32_t n;
	struct gn_buf small = {m.bytes, 0, 895};
	assert_int_equal(gn_e2ee_epoch_write(at[0], &devices[0], gn_str("x"), &small, &n),
			 GN_TOO_LARGE);
	put_text(0, "x", &m);
	struct gn_buf room = {space, 0, 895};
	assert_int_equal(
		gn_e2ee_epoch_read(at[1], gn_slice(m.bytes, m.len), &leaves, &room, &res, NOW),
		GN_TOO_LARGE);
}

/* Every byte matters, and nothing that does not open leaves a trace. */
static void changed(void **state)
{
	(void)state;
	static struct message m, bad;
	put_text(0, "as it was", &m);
	for (size_t i = 0; i < m.len; i += i < 130 ? 1 : 97) {
		bad = m;
		bad.bytes[i] ^= 0x40;
		enum gn_e2ee_result r = get(1, &bad);
		assert_int_equal(r, i < 6    ? GN_E2EE_REFUSED
				    : i < 50 ? GN_E2EE_UNKNOWN
					     : GN_E2EE_REFUSED);
	}
	for (size_t len = 0; len < m.len; len += 5) {
		bad = m;
		bad.len = len;
		assert_int_equal(get(1, &bad), GN_E2EE_REFUSED);
	}
	assert_int_equal(at[1]->skips.count, 0);
	got(1, &m, "as it was");
	/* e2ee's other reader has nothing to do with it */
	struct e2ee_envelope v;
	assert_int_equal(e2ee_envelope_parse(gn_slice(m.bytes, m.len), &v), GN_UNSUPPORTED);
}

/* Seals as `ep`'s chain has it, signed by whoever: what a member can do who is not the leaf. */
static void forge(struct gn_e2ee_epoch *ep, const struct gn_sk *by, uint32_t leaf,
		  struct message *m)
{
	uint32_t own = ep->own;
	struct gn_buf out = {m->bytes, 0, sizeof m->bytes};
	ep->own = leaf;
	assert_int_equal(gn_e2ee_epoch_write(ep, by, gn_str("forged"), &out, &m->n), GN_OK);
	ep->own = own;
	m->len = out.len;
}

static void forged(void **state)
{
	(void)state;
	static struct message m, mine;
	struct gn_e2ee_epoch *copy = epoch(5, 7);
	put_text(0, "mine", &mine);
	for (int ahead = 0; ahead < 40; ahead++)
		forge(copy, &devices[1], numbers[0], &m);
	assert_int_equal(m.n, 39);
	assert_int_equal(get(2, &m), GN_E2EE_REFUSED);
	assert_int_equal(res.leaf, numbers[0]);
	assert_int_equal(at[2]->skips.count, 0); /* the chain has not moved */
	got(2, &mine, "mine");
	/* with the leaf's own key it opens, and says what was passed over */
	forge(copy, &devices[0], numbers[0], &m);
	assert_int_equal(get(2, &m), GN_E2EE_OPENED);
	assert_int_equal(at[2]->skips.count, 39);
	/* nor in the name of the third */
	forge(copy, &devices[1], numbers[2], &m);
	assert_int_equal(get(0, &m), GN_E2EE_REFUSED);
	gn_e2ee_epoch_free(copy);
	/* another group, another epoch */
	struct gn_hash was = group;
	group.b[0] ^= 1;
	copy = epoch(5, 7);
	forge(copy, &devices[1], numbers[1], &m);
	assert_int_equal(get(0, &m), GN_E2EE_UNKNOWN);
	gn_e2ee_epoch_free(copy);
	group = was;
	copy = epoch(6, 7);
	forge(copy, &devices[1], numbers[1], &m);
	assert_int_equal(get(0, &m), GN_E2EE_UNKNOWN);
	/* and not under the other epoch's number either */
	gn_put_be32(m.bytes + 22, 5);
	assert_int_equal(get(0, &m), GN_E2EE_UNKNOWN);
	gn_e2ee_epoch_free(copy);
}

/* A device that was put back: what it wrote since moves it on. */
static void put_back(void **state)
{
	(void)state;
	static struct message m;
	struct gn_e2ee_epoch *old = epoch(5, numbers[0]);
	put_text(0, "one", &m);
	put_text(0, "two", &m);
	gn_e2ee_epoch_free(at[0]);
	at[0] = old;
	got(0, &m, "two");
	put_text(0, "three", &m);
	assert_int_equal(m.n, 2);
}

static void limits(void **state)
{
	(void)state;
	static struct message m, late[3];
	struct gn_e2ee_epoch *copy = epoch(5, numbers[0]);
	for (uint32_t i = 0; i <= E2EE_JUMP_MAX; i++) {
		if (i < E2EE_JUMP_MAX - E2EE_SKIPPED_MAX - 1 || i == E2EE_JUMP_MAX - 1)
			e2ee_chain_step(&copy->chains[0], space);
		else
			forge(copy, &devices[0], numbers[0], &m);
		if (i == E2EE_JUMP_MAX - E2EE_SKIPPED_MAX - 1)
			late[0] = m;
		if (i == E2EE_JUMP_MAX - E2EE_SKIPPED_MAX)
			late[1] = m;
	}
	assert_int_equal(m.n, E2EE_JUMP_MAX);
	forge(copy, &devices[0], numbers[0], &late[2]); /* one more than may be passed over */
	assert_int_equal(get(1, &late[2]), GN_E2EE_RESEND);
	assert_int_equal(get(1, &m), GN_E2EE_OPENED);
	assert_int_equal(at[1]->skips.count, E2EE_SKIPPED_MAX);
	struct gn_e2ee_epoch_info info;
	gn_e2ee_epoch_info(at[1], &info);
	assert_int_equal(info.dropped, E2EE_JUMP_MAX - E2EE_SKIPPED_MAX);
	assert_int_equal(get(1, &late[0]), GN_E2EE_RESEND); /* gave way */
	assert_int_equal(get(1, &late[1]), GN_E2EE_OPENED); /* the oldest kept */
	assert_int_equal(get(1, &late[2]), GN_E2EE_OPENED);
	/* a week, and one second more */
	for (int i = 0; i < 3; i++)
		put_text(2, "week", &late[i]);
	assert_int_equal(get(0, &late[2]), GN_E2EE_OPENED);
	gn_e2ee_epoch_expire(at[0], NOW + 7 * DAY);
	assert_int_equal(get_at(0, &late[0], NOW + 7 * DAY), GN_E2EE_OPENED);
	assert_int_equal(get_at(0, &late[1], NOW + 7 * DAY + GN_SEC), GN_E2EE_RESEND);
	gn_e2ee_epoch_expire(at[0], NOW + 7 * DAY + GN_SEC);
	assert_int_equal(at[0]->skips.count, 0);
	/* the last number of a chain */
	copy->chains[0].n = UINT32_MAX - 2;
	forge(copy, &devices[0], numbers[0], &m);
	struct gn_buf out = {m.bytes, 0, sizeof m.bytes};
	assert_int_equal(gn_e2ee_epoch_write(copy, &devices[0], gn_str("x"), &out, &m.n), GN_LIMIT);
	gn_e2ee_epoch_free(copy);
}

static void epochs(void **state)
{
	(void)state;
	static uint32_t many[GN_E2EE_LEAVES + 1];
	struct gn_e2ee_epoch *ep;
	struct gn_e2ee_epoch_of of = {.epoch = 1, .leaves = many, .count = GN_E2EE_LEAVES};
	for (uint32_t i = 0; i < GN_COUNT(many); i++)
		many[i] = i;
	size_t before = heap.used;
	assert_int_equal(gn_e2ee_epoch_new(&env, &of, &ep), GN_OK);
	assert_true(heap.used - before < E2EE_LEAVES_MAX * 40 + 1024);
	gn_e2ee_epoch_free(ep);
	of.count++;
	assert_int_equal(gn_e2ee_epoch_new(&env, &of, &ep), GN_RANGE);
	of.count = 0;
	assert_int_equal(gn_e2ee_epoch_new(&env, &of, &ep), GN_RANGE);
	of.count = 3;
	of.epoch = 0;
	assert_int_equal(gn_e2ee_epoch_new(&env, &of, &ep), GN_RANGE);
	of.epoch = 1;
	of.own = 3;
	assert_int_equal(gn_e2ee_epoch_new(&env, &of, &ep), GN_NOT_FOUND);
	many[2] = 1;
	of.own = 1;
	assert_int_equal(gn_e2ee_epoch_new(&env, &of, &ep), GN_RANGE);
	for (uint64_t i = 0;; i++) { /* every allocation fails once */
		struct gn_alloc failing;
		gn_alloc_heap(&failing, i * 16);
		struct gn_env poor = {&failing, &rnd, NULL};
		of.count = 2;
		gn_err err = gn_e2ee_epoch_new(&poor, &of, &ep);
		if (!err) {
			gn_e2ee_epoch_free(ep);
			break;
		}
		assert_int_equal(err, GN_NOMEM);
		assert_int_equal(failing.used, 0);
	}
}

/* ---- rows ---- */

static struct gn_e2ee_epoch *stored(struct gn_e2ee_epoch *ep)
{
	static uint8_t row[1 << 20];
	struct gn_e2ee_epoch_row which = {.kind = GN_E2EE_EPOCH_HEAD};
	struct gn_e2ee_epoch *out;
	struct gn_buf b = {row, 0, sizeof row};
	assert_int_equal(gn_e2ee_epoch_row_save(ep, &which, &b), GN_OK);
	assert_int_equal(gn_e2ee_epoch_open(&env, gn_buf_slice(&b), &out), GN_OK);
	assert_int_equal(gn_e2ee_epoch_loaded(out), GN_CORRUPT); /* no chains yet */
	for (which.kind = GN_E2EE_EPOCH_CHAINS; which.block * 64 < ep->count; which.block++) {
		b.len = 0;
		assert_int_equal(gn_e2ee_epoch_row_save(ep, &which, &b), GN_OK);
		assert_int_equal(gn_e2ee_epoch_row_load(out, which.kind, gn_buf_slice(&b)), GN_OK);
		assert_int_equal(gn_e2ee_epoch_row_load(out, which.kind, gn_buf_slice(&b)),
				 GN_CORRUPT); /* twice */
	}
	assert_int_equal(gn_e2ee_epoch_row_save(ep, &which, &b), GN_NOT_FOUND);
	which.kind = GN_E2EE_EPOCH_SKIPPED;
	b.len = 0;
	assert_int_equal(gn_e2ee_epoch_row_save(ep, &which, &b), GN_OK);
	assert_int_equal(gn_e2ee_epoch_row_load(out, which.kind, gn_buf_slice(&b)), GN_OK);
	assert_int_equal(gn_e2ee_epoch_loaded(out), GN_OK);
	gn_e2ee_epoch_validate(out);
	return out;
}

static void rows(void **state)
{
	(void)state;
	static struct message m[4];
	struct gn_e2ee_epoch_row row;
	static uint8_t bytes[1 << 16];
	/* told once, and only what changed */
	assert_true(gn_e2ee_epoch_next_row(at[1], &row));
	assert_int_equal(row.kind, GN_E2EE_EPOCH_HEAD);
	assert_true(gn_e2ee_epoch_next_row(at[1], &row));
	assert_int_equal(row.kind, GN_E2EE_EPOCH_CHAINS);
	assert_false(gn_e2ee_epoch_next_row(at[1], &row));
	for (int i = 0; i < 4; i++)
		put_text(0, "row", &m[i]);
	assert_int_equal(get(1, &m[0]), GN_E2EE_OPENED);
	assert_true(gn_e2ee_epoch_next_row(at[1], &row));
	assert_int_equal(row.kind, GN_E2EE_EPOCH_CHAINS);
	assert_false(gn_e2ee_epoch_next_row(at[1], &row));
	assert_int_equal(get(1, &m[2]), GN_E2EE_OPENED);
	assert_true(gn_e2ee_epoch_next_row(at[1], &row));
	assert_true(gn_e2ee_epoch_next_row(at[1], &row));
	assert_int_equal(row.kind, GN_E2EE_EPOCH_SKIPPED);
	assert_false(gn_e2ee_epoch_next_row(at[1], &row));
	/* it goes on from its rows */
	struct gn_e2ee_epoch *back = stored(at[1]);
	assert_int_equal(back->messages, at[1]->messages);
	gn_e2ee_epoch_free(at[1]);
	at[1] = back;
	assert_false(gn_e2ee_epoch_next_row(at[1], &row));
	got(1, &m[3], "row");
	got(1, &m[1], "row");
	assert_int_equal(get(1, &m[0]), GN_E2EE_RESEND);
	/* cut short, or longer: none of it */
	for (int kind = GN_E2EE_EPOCH_HEAD; kind <= GN_E2EE_EPOCH_SKIPPED; kind++) {
		struct gn_buf b = {bytes, 0, sizeof bytes};
		row = (struct gn_e2ee_epoch_row){.kind = (enum gn_e2ee_epoch_row_kind)kind};
		size_t room = gn_e2ee_epoch_row_len(at[1], &row);
		assert_int_equal(gn_e2ee_epoch_row_save(at[1], &row, &b), GN_OK);
		assert_true(b.len <= room);
		for (size_t len = 0; len <= b.len + 1; len++) {
			struct gn_slice part = gn_slice(bytes, len);
			struct gn_e2ee_epoch *ep = NULL;
			gn_err err = GN_OK;
			if (kind == GN_E2EE_EPOCH_HEAD) {
				err = gn_e2ee_epoch_open(&env, part, &ep);
			} else {
				ep = epoch(5, 7);
				ep->blocks_changed = 1;
				err = gn_e2ee_epoch_row_load(ep, row.kind, part);
			}
			assert_int_equal(err, len == b.len ? GN_OK : GN_CORRUPT);
			if (err == GN_OK || kind != GN_E2EE_EPOCH_HEAD)
				gn_e2ee_epoch_free(ep);
		}
		b = (struct gn_buf){bytes, 0, 10};
		assert_int_equal(gn_e2ee_epoch_row_save(at[1], &row, &b), GN_TOO_LARGE);
	}
}

/* The secret, and a key that was used, are nowhere in the state. */
static void wiped(void **state)
{
	(void)state;
	static struct message m;
	uint8_t key[32], first[32];
	struct e2ee_chain chain = at[1]->chains[0];
	memcpy(first, chain.key, 32);
	e2ee_chain_step(&chain, key);
	put_text(0, "read once", &m);
	got(1, &m, "read once");
	for (uint32_t i = 0; i < THREE; i++) {
		assert_memory_not_equal(at[1]->chains[i].key, secret, 32);
		assert_memory_not_equal(at[1]->chains[i].key, first, 32);
		assert_memory_not_equal(at[1]->chains[i].key, key, 32);
	}
	for (size_t i = 0; i + 32 <= sizeof *at[1]; i++)
		assert_memory_not_equal((const uint8_t *)at[1] + i, secret, 32);
}

/* ---- seals ---- */

static void seals_by_session(void **state)
{
	(void)state;
	struct party a, b, c;
	struct gn_e2ee_seal_of of = {.group = group, .epoch = 5}, other = {group, 6};
	uint8_t bytes[2 * GN_E2EE_SEAL_SESSION], out[32], commitment[GN_E2EE_COMMITMENT];
	struct gn_buf buf = {bytes, 0, sizeof bytes};
	gn_e2ee_epoch_commitment(secret, commitment);
	parties_make(&a, 0, &b, 2);
	party_make(&c, 3, 0);
	parties_meet(&b, &c);
	/* no session, and one that was not answered yet */
	assert_int_equal(gn_e2ee_seal_session(a.e, &b.own.device, &of, secret, &buf), GN_NOT_FOUND);
	assert_int_equal(gn_e2ee_seal_session(a.e, &c.own.device, &of, secret, &buf), GN_NOT_FOUND);
	party_talk(&a, &b, "one");
	assert_int_equal(gn_e2ee_seal_session(a.e, &b.own.device, &of, secret, &buf), GN_NOT_FOUND);
	party_talk(&b, &a, "two");
	struct gn_buf small = {bytes, 0, GN_E2EE_SEAL_SESSION - 1};
	assert_int_equal(gn_e2ee_seal_session(a.e, &b.own.device, &of, secret, &small),
			 GN_TOO_LARGE);
	assert_int_equal(gn_e2ee_seal_session(a.e, &b.own.device, &of, secret, &buf), GN_OK);
	assert_int_equal(buf.len, GN_E2EE_SEAL_SESSION);
	uint8_t hint[2];
	struct gn_e2ee_seal seal;
	struct gn_reader r = gn_reader(gn_buf_slice(&buf));
	assert_true(gn_e2ee_seal_next(&r, &seal));
	assert_int_equal(seal.kind, GN_E2EE_BY_SESSION);
	gn_e2ee_seal_hint(&of, &b.own.device, hint);
	assert_memory_equal(seal.hint, hint, 2);
	assert_false(gn_e2ee_seal_next(&r, &seal));
	/* of another epoch, changed, promised otherwise, for another device: nothing moves */
	struct snapshot before = party_save(&b);
	struct gn_slice s = gn_buf_slice(&buf);
	assert_int_equal(gn_e2ee_unseal_session(b.e, &other, commitment, s, out, NOW), GN_STATE);
	commitment[0] ^= 1;
	assert_int_equal(gn_e2ee_unseal_session(b.e, &of, commitment, s, out, NOW), GN_HASH);
	commitment[0] ^= 1;
	assert_int_equal(gn_e2ee_unseal_session(c.e, &of, commitment, s, out, NOW), GN_NOT_FOUND);
	bytes[100] ^= 1;
	assert_int_equal(gn_e2ee_unseal_session(b.e, &of, commitment, s, out, NOW), GN_STATE);
	bytes[100] ^= 1;
	s.len--;
	assert_int_equal(gn_e2ee_unseal_session(b.e, &of, commitment, s, out, NOW), GN_MALFORMED);
	s.len++;
	struct snapshot after = party_save(&b);
	assert_int_equal(before.len, after.len);
	assert_memory_equal(before.p, after.p, after.len);
	assert_int_equal(gn_e2ee_unseal_session(b.e, &of, commitment, s, out, NOW), GN_OK);
	assert_memory_equal(out, secret, 32);
	assert_int_equal(gn_e2ee_unseal_session(b.e, &of, commitment, s, out, NOW), GN_STATE);
	gn_e2ee_validate(a.e);
	gn_e2ee_validate(b.e);
	party_talk(&a, &b, "and on");
	party_talk(&b, &a, "they go");
	snapshot_free(&before);
	snapshot_free(&after);
	parties_free(&a, &b);
	party_free(&c);
}

static void seals_by_leaf(void **state)
{
	(void)state;
	struct gn_e2ee_seal_of of = {.group = group, .epoch = 5}, other = {group, 6};
	struct gn_e2ee_leaf_secret own, theirs;
	struct gn_e2ee_leaf_key key, bad;
	uint8_t bytes[GN_E2EE_SEAL_LEAF + GN_E2EE_SEAL_SESSION], out[32];
	uint8_t commitment[GN_E2EE_COMMITMENT];
	struct gn_buf buf = {bytes, 0, sizeof bytes};
	gn_e2ee_epoch_commitment(secret, commitment);
	assert_int_equal(gn_e2ee_leaf_new(&rnd, &devices[1].pk, &theirs, &key), GN_OK);
	assert_int_equal(gn_e2ee_leaf_new(&rnd, &devices[0].pk, &own, &key), GN_OK);
	bad = key;
	memset(bad.kem, 0xff, sizeof bad.kem);
	assert_int_equal(gn_e2ee_seal_leaf(&rnd, &bad, &of, secret, &buf), GN_KEY);
	bad = key;
	memset(bad.x25519, 0, sizeof bad.x25519);
	assert_int_equal(gn_e2ee_seal_leaf(&rnd, &bad, &of, secret, &buf), GN_KEY);
	struct gn_buf small = {bytes, 0, GN_E2EE_SEAL_LEAF - 1};
	assert_int_equal(gn_e2ee_seal_leaf(&rnd, &key, &of, secret, &small), GN_TOO_LARGE);
	assert_int_equal(gn_e2ee_seal_leaf(&rnd, &key, &of, secret, &buf), GN_OK);
	struct gn_slice s = gn_buf_slice(&buf);
	assert_int_equal(s.len, 1172);
	struct gn_e2ee_seal seal;
	struct gn_reader r = gn_reader(s);
	assert_true(gn_e2ee_seal_next(&r, &seal));
	assert_int_equal(seal.kind, GN_E2EE_BY_LEAF);
	assert_int_equal(gn_e2ee_unseal_leaf(&key, &own, &of, commitment, s, out), GN_OK);
	assert_memory_equal(out, secret, 32);
	assert_int_equal(gn_e2ee_unseal_leaf(&key, &theirs, &of, commitment, s, out), GN_AUTH);
	assert_int_equal(gn_e2ee_unseal_leaf(&key, &own, &other, commitment, s, out), GN_AUTH);
	bad = key;
	bad.device = devices[1].pk;
	assert_int_equal(gn_e2ee_unseal_leaf(&bad, &own, &of, commitment, s, out), GN_AUTH);
	commitment[15] ^= 1;
	assert_int_equal(gn_e2ee_unseal_leaf(&key, &own, &of, commitment, s, out), GN_HASH);
	commitment[15] ^= 1;
	for (size_t i = 4; i < s.len; i += 31) {
		bytes[i] ^= 1;
		assert_int_equal(gn_e2ee_unseal_leaf(&key, &own, &of, commitment, s, out), GN_AUTH);
		bytes[i] ^= 1;
	}
	memset(bytes + 4, 0, 32); /* an agreement of zeros */
	assert_int_equal(gn_e2ee_unseal_leaf(&key, &own, &of, commitment, s, out), GN_MALFORMED);
	bytes[1] ^= 1;
	assert_int_equal(gn_e2ee_unseal_leaf(&key, &own, &of, commitment, s, out), GN_MALFORMED);
	r = gn_reader(s);
	assert_false(gn_e2ee_seal_next(&r, &seal));
	assert_true(r.bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_of_them, begin, end),
		cmocka_unit_test_setup_teardown(sizes, begin, end),
		cmocka_unit_test_setup_teardown(changed, begin, end),
		cmocka_unit_test_setup_teardown(forged, begin, end),
		cmocka_unit_test_setup_teardown(put_back, begin, end),
		cmocka_unit_test_setup_teardown(limits, begin, end),
		cmocka_unit_test_setup_teardown(epochs, begin, end),
		cmocka_unit_test_setup_teardown(rows, begin, end),
		cmocka_unit_test_setup_teardown(wiped, begin, end),
		cmocka_unit_test_setup_teardown(seals_by_session, begin, end),
		cmocka_unit_test_setup_teardown(seals_by_leaf, begin, end),
	};
	return cmocka_run_group_tests_name("e2ee_group", tests, NULL, NULL);
}
