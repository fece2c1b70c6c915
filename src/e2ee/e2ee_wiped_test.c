/* No secret outlives its use. The engine runs on memory that is never used again and on a stack of
 * its own; every secret that can be known from outside is collected: what was drawn, what states
 * hold, what both sides agree on. After each call none of them may lie on the stack, in memory none
 * but what the states hold by now, and once everything is freed none at all. Rules EE-2, EE-8,
 * EE-28. */
#include "crypto/testing/known.h"
#include "e2ee/testing/forge.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define NOW 1800000000u
#define MASK 0xa5 /* secrets are kept under it, so that what was collected is not found */
#define HEAP (24u << 20)
#define STACK (1u << 20)
#define SECRETS_MAX 60000u

static uint8_t *heap, *stack; /* owned */
static size_t heap_used;

/* ---- memory that is never used again ---- */

static void *take_new(void *user, void *old, size_t size)
{
	(void)user;
	if (size == 0)
		return NULL;
	uint8_t *at = heap + heap_used;
	heap_used += (size + 31) / 16 * 16;
	assert_true(heap_used <= HEAP);
	memcpy(at, &size, sizeof size);
	if (old) {
		size_t had;
		memcpy(&had, (uint8_t *)old - 16, sizeof had);
		memcpy(at + 16, old, had < size ? had : size);
	}
	return at + 16;
}

/* ---- secrets ---- */

static struct secret {
	uint8_t masked[32];
	const char *what;
	unsigned held; /* the turn in which a state held it last */
} secrets[SECRETS_MAX];
static size_t count;
static uint32_t heads[1 << 16], next_of[SECRETS_MAX]; /* by their first two bytes, number + 1 */

static unsigned turn = 1;

static struct secret *secret(const uint8_t *p, const char *what)
{
	static struct secret none;
	if (gn_is_zero(p, 32))
		return &none;
	uint16_t head = (uint16_t)(p[0] << 8 | p[1]);
	for (uint32_t i = heads[head]; i; i = next_of[i - 1]) {
		bool same = true;
		for (int k = 0; k < 32 && same; k++)
			same = secrets[i - 1].masked[k] == (p[k] ^ MASK);
		if (same)
			return &secrets[i - 1];
	}
	assert_true(count < SECRETS_MAX);
	struct secret *s = &secrets[count];
	for (int k = 0; k < 32; k++)
		s->masked[k] = p[k] ^ MASK;
	s->what = what;
	next_of[count] = heads[head];
	heads[head] = (uint32_t)++count;
	return s;
}

static void held(const uint8_t *p, const char *what)
{
	secret(p, what)->held = turn;
}

/* One that no state holds since `since`; its first 16 bytes are enough to be sure. */
__attribute__((no_sanitize("address"))) static const char *found(const uint8_t *in, size_t len,
								 unsigned since)
{
	for (size_t at = 0; at + 32 <= len; at++) {
		for (uint32_t i = heads[in[at] << 8 | in[at + 1]]; i; i = next_of[i - 1]) {
			int same = 0;
			while (same < 16 &&
			       (in[at + (size_t)same] ^ MASK) == secrets[i - 1].masked[same])
				same++;
			if (same == 16 && secrets[i - 1].held < since)
				return secrets[i - 1].what;
		}
	}
	return NULL;
}

/* ---- who talks ---- */

static struct party p[2];

static void draw(void *user, uint8_t *out, size_t len)
{
	struct party *of = user;
	struct gn_rand rand = gn_prng_rand(&of->prng);
	gn_rand_fill(&rand, out, len);
	for (size_t at = 0; len % 32 == 0 && at < len; at += 32)
		secret(out + at, "what was drawn");
}

static void agreed(const uint8_t *secret_half, const uint8_t *public_half)
{
	uint8_t dh[32];
	if (gn_x25519(secret_half, public_half, dh) == GN_OK)
		secret(dh, "an agreement");
	gn_wipe(dh, sizeof dh);
}

static void chain(const struct e2ee_chain *c)
{
	struct e2ee_chain copy = *c;
	uint8_t key[32];
	held(c->key, "a chain key");
	for (int i = 0; i < 3; i++) {
		e2ee_chain_step(&copy, key);
		secret(key, "a key of a chain");
		secret(copy.key, "a chain key");
	}
}

/* All that a device knows now. */
static void collect(const struct party *of, const struct party *other)
{
	const struct gn_e2ee *e = of->e;
	for (uint32_t i = 0; i < e->prekeys.count; i++) {
		held(e->prekeys.at[i].secret, "a prekey");
		held(e->prekeys.at[i].seed, "a prekey's seed");
		held(e->prekeys.at[i].seed + 32, "a prekey's seed");
	}
	held(e->own.is.dh, "the device's key");
	for (const struct e2ee_session *s = e->newest; s; s = s->older) {
		const struct e2ee_ratchet *r = &s->state.ratchet;
		const struct e2ee_pq *q = &s->state.pq;
		const struct e2ee_chain *chains[] = {&r->send, &r->recv,      &q->send,
						     &q->recv, &q->send_next, &q->recv_next};
		const uint8_t *keys[] = {r->root,      r->own,         r->send_header,
					 r->send_next, r->recv_header, r->recv_next,
					 q->p,         q->seed,        q->seed + 32};
		for (size_t i = 0; i < GN_COUNT(chains); i++)
			if (i < 4 || (i == 4 ? q->send_waits : q->recv_waits))
				chain(chains[i]);
		for (size_t i = 0; i < GN_COUNT(keys); i++)
			held(keys[i], i == 1 ? "a ratchet key" : "a state's key");
		for (const struct e2ee_session *o = other->e->newest; o; o = o->older)
			agreed(r->own, o->state.ratchet.own_pk);
		for (int k = 0; k < E2EE_SKIPS; k++) {
			for (uint32_t i = 0; i < s->skips[k].count; i++) {
				if (k == E2EE_SKIPS_DH)
					held(s->skips[k].at[i].chain, "a skipped header key");
				held(s->skips[k].at[i].key, "a skipped key");
			}
		}
	}
}

/* ---- the engine on its stack ---- */

static struct {
	struct party *from, *to;
	void (*what)(void);
	struct letter letter;
	struct gn_e2ee_read read;
	gn_err err;
} job;

static void *work(void *none)
{
	(void)none;
	job.what();
	return NULL;
}

static void on_stack(void (*what)(void), const char *name)
{
	pthread_attr_t attr;
	pthread_t thread;
	memset(stack, 0, STACK);
	job.what = what;
	assert_int_equal(pthread_attr_init(&attr), 0);
	assert_int_equal(pthread_attr_setstack(&attr, stack, STACK), 0);
	assert_int_equal(pthread_create(&thread, &attr, work, NULL), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	pthread_attr_destroy(&attr);
	turn++;
	for (int k = 0; k < 2 && p[0].e && p[1].e; k++)
		collect(&p[k], &p[!k]);
	const char *left = found(stack, STACK, UINT_MAX);
	if (left)
		fail_msg("%s: %s is left on the stack", name, left);
	left = p[0].e && p[1].e ? found(heap, heap_used, turn) : NULL;
	if (left)
		fail_msg("%s: %s is left in memory", name, left);
}

static void do_write(void)
{
	job.err = party_send(job.from, job.to, GN_LIT("text"), &job.letter, NOW);
}

static void do_read(void)
{
	static uint8_t space[GN_E2EE_SIZE_LARGEST];
	struct gn_buf out = {space, 0, sizeof space};
	job.err = gn_e2ee_read(job.to->e, party_hint, gn_slice(job.letter.bytes, job.letter.len),
			       &out, &job.read, (gn_time)NOW * GN_SEC);
}

static void do_make(void)
{
	job.err = gn_e2ee_new(&job.from->env, &job.from->own, &job.from->e);
	if (!job.err)
		job.err = gn_e2ee_prekeys_new(job.from->e, job.from->next_id, 4, &job.from->keys);
	job.from->next_id += 10;
}

static void do_prekeys(void)
{
	uint32_t old = job.from->next_id - 10;
	job.err = gn_e2ee_prekeys_new(job.from->e, job.from->next_id, 4, &job.from->keys);
	gn_e2ee_prekeys_erase(job.from->e, (uint32_t[]){old + 4, old + 1, old + 2, old + 3, old},
			      5);
	job.from->next_id += 10;
}

static void do_erase(void)
{
	for (uint32_t id = 10; id < job.from->next_id; id++)
		gn_e2ee_prekeys_erase(job.from->e, &id, 1);
}

static void do_free(void)
{
	gn_e2ee_free(job.from->e);
	job.from->e = NULL;
}

static void make(struct party *of, uint64_t seed)
{
	struct gn_sk sk;
	*of = (struct party){.next_id = 10};
	of->alloc = (struct gn_alloc){.resize = take_new, .limit = HEAP};
	gn_prng_init(&of->prng, seed);
	of->rand = gn_prng_rand(&of->prng);
	gn_sk_new(&of->rand, &sk);
	of->own.owner = sk.pk;
	gn_sk_new(&of->rand, &sk);
	of->own.device = sk.pk;
	of->rand = (struct gn_rand){draw, of};
	gn_rand_fill(&of->rand, of->own.dh, sizeof of->own.dh);
	of->env = (struct gn_env){&of->alloc, &of->rand, NULL};
	job.from = of;
	on_stack(do_make, "making");
	assert_int_equal(job.err, GN_OK);
}

static struct letter late[4];
static unsigned late_count;

/* The last ones, the newest first: its key lay behind the others. */
static void deliver_late(void)
{
	for (unsigned i = late_count; i-- > 0 && i + GN_COUNT(late) >= late_count;) {
		for (int k = 0; k < 2; k++) {
			job.to = &p[k];
			job.letter = late[i % GN_COUNT(late)];
			on_stack(do_read, "reading late");
			assert_int_equal(job.err, GN_OK);
		}
	}
}

static void talk(unsigned from, enum gn_e2ee_result want)
{
	job.from = &p[from];
	job.to = &p[!from];
	/* the key that the message will have */
	for (const struct e2ee_session *s = job.from->e->newest; s; s = s->older) {
		struct e2ee_chain dh = s->state.ratchet.send, pq = s->state.pq.send;
		uint8_t mk_dh[32], mk_pq[32], mk[32];
		e2ee_chain_step(&dh, mk_dh);
		e2ee_chain_step(&pq, mk_pq);
		e2ee_message_key(mk_dh, mk_pq, s->state.t, mk);
		secret(mk, "a message key");
	}
	on_stack(do_write, "writing");
	assert_int_equal(job.err, GN_OK);
	if (want == GN_E2EE_NONE) { /* late */
		late[late_count++ % GN_COUNT(late)] = job.letter;
		return;
	}
	if (want == GN_E2EE_RESEND)
		job.letter.bytes[job.letter.len - 1] ^= 1;
	on_stack(do_read, "reading");
	assert_int_equal(job.err, GN_OK);
	assert_int_equal(job.read.result, want);
}

static void nothing_left(void **state)
{
	(void)state;
	heap = calloc(1, HEAP);
	assert_int_equal(posix_memalign((void **)&stack, 4096, STACK), 0);
	assert_non_null(heap);
	make(&p[0], 1);
	make(&p[1], 2);
	parties_meet(&p[0], &p[1]);
	for (unsigned i = 0; i < 80; i++) {
		unsigned from = i / (i < 40 ? 1 : 5) % 2;
		if (i % 20 == 13) {
			assert_int_equal(gn_e2ee_anew(p[from].e, &p[!from].own.device), GN_OK);
			job.from = &p[!from];
			on_stack(do_prekeys, "new prekeys");
			assert_int_equal(job.err, GN_OK);
			party_believe(&p[from], &p[!from]);
		}
		if (i % 8 == 7)
			deliver_late();
		for (unsigned k = 0; i == 50 && k < 12; k++)
			talk(from, GN_E2EE_NONE);
		talk(from, i % 6 == 5    ? GN_E2EE_NONE
			   : i % 20 == 8 ? GN_E2EE_RESEND
					 : GN_E2EE_OPENED);
	}
	assert_true(p[0].e->newest->state.pq.send_epoch > 0);
	for (int k = 0; k < 2; k++) {
		job.from = &p[k];
		on_stack(do_erase, "erasing prekeys");
	}
	for (int k = 0; k < 2; k++) {
		job.from = &p[k];
		on_stack(do_free, "freeing");
		assert_int_equal(p[k].alloc.count, 0);
	}
	const char *left = found(heap, heap_used, UINT_MAX);
	if (left)
		fail_msg("%s is left in freed memory", left);
	free(heap);
	free(stack);
}

/* That the search finds what is there. */
static void something_found(void **state)
{
	(void)state;
	uint8_t key[32], where[100] = {0};
	for (int i = 0; i < 32; i++)
		key[i] = (uint8_t)(i * 7 + 1);
	assert_null(found(where, sizeof where, UINT_MAX));
	secret(key, "this one");
	memcpy(where + 61, key, 32);
	assert_non_null(found(where, sizeof where, UINT_MAX));
	where[61 + 15] ^= 1;
	assert_null(found(where, sizeof where, UINT_MAX));
}

/* The dynamic linker, when it looks a function up at its first call, saves the registers on the
 * stack, and what memcpy left in them; so it looks all of them up at the start. */
int main(int argc, char **argv)
{
	if (argc == 1 && !getenv("LD_BIND_NOW")) {
		setenv("LD_BIND_NOW", "1", 1);
		execv("/proc/self/exe", argv);
	}
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(something_found),
		cmocka_unit_test(nothing_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
