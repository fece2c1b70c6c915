/* A queue under load: jobs, workers of which a fifth die with what they have, holders that die and
 * come back. Every job is done once in effect, by its id; what nobody could do is a dead letter
 * that says why. Small in a build's tests; `--full SEED JOBS WORKERS` prints figures for
 * docs/benchmarks.md. Rules BX-33..BX-42. */
#include "services/box/engine_int.h"
#include "services/testing/boxes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define JOBS_MAX 10000
#define WORKERS_MAX 128
#define SLOTS 4
#define LEASE 20 /* seconds */
#define NODES 16
#define PRODUCER 0 /* its node, and the reader's, stay up */
#define SLICE (50 * GN_MSEC)

enum fate { PLAIN, LONG, FAILS_ONCE, BAD_INPUT, KILLS };

struct job {
	enum fate fate;
	bool sent, stored;
	uint8_t state, end; /* as the reader saw it; 0: not yet */
	unsigned shown, accepted, begun;
	char why[32];
};
struct task { /* what a worker has */
	bool used;
	struct gn_box_event lent;
	uint32_t job;
	gn_time due, extend;
};
struct worker {
	unsigned node;
	bool alive;
	gn_op op;
	gn_time dies;
	struct gn_sk sk;
	uint8_t token[1024];
	size_t token_len;
	struct task tasks[SLOTS];
};

static struct svc s;
static struct svc_box x;
static struct job jobs[JOBS_MAX];
static struct worker workers[WORKERS_MAX];
static unsigned job_count, worker_count, sent, stored, over, quota_waits;
static gn_time producer_rest;
static struct gn_prng prng;
static struct gn_rand rnd;
static struct {
	gn_op op;
	uint32_t job;
} deposits[8];

static struct {
	unsigned done, dead_input, dead_attempts, doubled, stale, lost, unreachable, killed, nodes;
	gn_time began, ended;
} sum;

static struct gn_slice item_of(uint32_t job, uint8_t bytes[64])
{
	memset(bytes, 0, 64);
	snprintf((char *)bytes, 64, "job %u", job);
	return gn_slice(bytes, 64);
}

/* ---- events ---- */

static const struct gn_sk *secret(const struct gn_pk *key)
{
	for (unsigned i = 0; i < worker_count; i++)
		if (gn_pk_eq(&workers[i].sk.pk, key))
			return &workers[i].sk;
	for (unsigned i = 0; i < SVC_BOX_CONTACTS; i++)
		if (gn_pk_eq(&x.contact[i].pk, key))
			return &x.contact[i];
	return gn_pk_eq(&x.read[0].pk, key) ? &x.read[0] : &x.ack[0];
}

static void sign(unsigned node, const struct gn_box_event *e)
{
	struct gn_boxrec_show show = {.box = e->box, .holder = e->holder, .role = e->role};
	struct gn_sig sig;
	memcpy(show.exporter, e->exporter, sizeof show.exporter);
	gn_boxrec_show_sign(secret(&e->key), &show, &sig);
	gn_box_signed(s.nodes[node].box, e->sign, &sig, s.now);
}

static void lent(unsigned node, const struct gn_box_event *e)
{
	for (unsigned i = 0; i < worker_count; i++) {
		struct worker *w = &workers[i];
		if (!w->alive || w->node != node || w->op != e->op)
			continue;
		struct task *t = w->tasks;
		while (t < w->tasks + SLOTS && t->used)
			t++;
		assert_true(t < w->tasks + SLOTS);
		*t = (struct task){.used = true, .lent = *e};
		t->job = (uint32_t)strtoul((const char *)e->item.p + 4, NULL, 10);
		t->lent.item = gn_slice(NULL, 0);
		struct job *j = &jobs[t->job];
		j->begun++;
		gn_time span = GN_MSEC * (100 + (gn_time)gn_rand_below(&rnd, 1900));
		if (j->fate == LONG)
			span += 2 * LEASE * GN_SEC;
		t->due = j->fate == KILLS ? GN_NEVER : s.now + span;
		t->extend = j->fate == KILLS ? GN_NEVER : s.now + LEASE / 3 * GN_SEC;
	}
}

static void told(unsigned node, const struct gn_box_event *e)
{
	for (unsigned i = 0; i < worker_count; i++)
		for (unsigned k = 0; k < SLOTS; k++) {
			struct task *t = &workers[i].tasks[k];
			if (!t->used || workers[i].node != node || workers[i].op != e->op ||
			    !box_id_eq(&t->lent.id, &e->id))
				continue;
			bool finished = jobs[t->job].fate != FAILS_ONCE || t->lent.delivery > 1;
			jobs[t->job].accepted +=
				e->err == GN_OK && finished && e->kind == GN_BOX_REPORTED;
			sum.lost += e->kind == GN_BOX_LOST;
			sum.stale += e->kind == GN_BOX_REPORTED && e->err != GN_OK;
			sum.unreachable += e->err == GN_UNREACHABLE;
			t->used = false;
		}
}

static void shown(const struct gn_box_event *e)
{
	uint32_t job = (uint32_t)strtoul((const char *)e->item.p + 4, NULL, 10);
	assert_true(job < job_count);
	struct job *j = &jobs[job];
	j->shown++;
	j->state = e->state;
	j->end = e->end;
	snprintf(j->why, sizeof j->why, "%.*s", (int)e->outcome.len, (const char *)e->outcome.p);
	over += j->shown == 1;
}

static void on_event(void *user, unsigned node, const struct gn_box_event *e)
{
	(void)user;
	switch (e->kind) {
	case GN_BOX_SIGN: sign(node, e); break;
	case GN_BOX_LENT: lent(node, e); break;
	case GN_BOX_LOST:
	case GN_BOX_REPORTED: told(node, e); break;
	case GN_BOX_ITEM: shown(e); break;
	case GN_BOX_DEPOSITED:
		for (size_t i = 0; node == PRODUCER && i < GN_COUNT(deposits); i++)
			if (deposits[i].op == e->op) {
				deposits[i].op = 0;
				jobs[deposits[i].job].stored = e->err == GN_OK;
				jobs[deposits[i].job].sent = e->err == GN_OK;
				stored += e->err == GN_OK;
				if (e->err != GN_OK) { /* it is tried again, as a person would */
					quota_waits++;
					producer_rest = s.now + GN_SEC;
				}
			}
		break;
	case GN_BOX_CUSTODY:
	case GN_BOX_STORED:
	case GN_BOX_CHECKED:
	case GN_BOX_FOLLOWING: break;
	}
}

/* ---- what happens in a slice ---- */

static void produce(void)
{
	static uint32_t at;
	uint8_t bytes[64];
	for (size_t i = 0; i < GN_COUNT(deposits) && s.now >= producer_rest; i++) {
		if (deposits[i].op || stored >= job_count)
			continue;
		uint32_t tries = 0;
		while (jobs[at % job_count].sent && tries++ < job_count)
			at++;
		uint32_t n = at++ % job_count;
		if (jobs[n].sent)
			return;
		struct gn_slice item = item_of(n, bytes);
		struct gn_box_deposit d = {.place = svc_box_place(&x),
					   .item = item,
					   .ttl = x.rec.item_ttl,
					   .cls = (uint8_t)(1 + n % 4)};
		svc_box_proof(&x, n % SVC_BOX_CONTACTS, item, &d.proof);
		gn_op op;
		if (gn_box_deposit(s.nodes[PRODUCER].box, &d, s.now, &op) != GN_OK)
			return;
		jobs[n].sent = true;
		deposits[i].op = op;
		deposits[i].job = n;
	}
}

static void report(struct worker *w, struct task *t)
{
	struct gn_slice outcome = GN_LIT("done");
	uint8_t end = GN_BOXREC_DONE;
	const struct job *j = &jobs[t->job];
	if (j->fate == BAD_INPUT) {
		outcome = GN_LIT("bad input");
		end = GN_BOXREC_HOPELESS;
	} else if (j->fate == FAILS_ONCE && t->lent.delivery == 1) {
		outcome = GN_LIT("no luck");
		end = GN_BOXREC_FAILED;
	}
	struct gn_box_report r = {.id = t->lent.id, .end = end, .outcome = outcome};
	struct gn_boxrec_outcome o = {
		.box = x.sk.pk, .delivery = t->lent.delivery, .end = end, .outcome = outcome};
	memcpy(o.id, r.id.b, sizeof o.id);
	gn_boxrec_outcome_sign(&w->sk, &o, &r.sig);
	gn_err err = gn_box_report(s.nodes[w->node].box, w->op, &r, s.now);
	assert_int_equal(err, GN_OK);
	t->due = t->extend = GN_NEVER;
}

static void die(struct worker *w)
{
	w->alive = false;
	sum.killed++;
	if (s.nodes[w->node].box)
		gn_box_cancel(s.nodes[w->node].box, w->op, s.now);
	memset(w->tasks, 0, sizeof w->tasks);
}

static void begin(struct worker *w)
{
	struct gn_box_work in = {.place = svc_box_place(&x),
				 .key = w->sk.pk,
				 .token = gn_slice(w->token, w->token_len),
				 .slots = SLOTS};
	memset(w->tasks, 0, sizeof w->tasks);
	w->alive = true;
	w->dies = GN_NEVER;
	assert_int_equal(gn_box_work(s.nodes[w->node].box, &in, s.now, &w->op), GN_OK);
}

static void work(void)
{
	for (unsigned i = 0; i < worker_count; i++) {
		struct worker *w = &workers[i];
		if (!w->alive)
			continue;
		if (w->dies <= s.now) {
			die(w);
			continue;
		}
		for (unsigned k = 0; k < SLOTS; k++) {
			struct task *t = &w->tasks[k];
			if (!t->used)
				continue;
			if (jobs[t->job].fate == KILLS) { /* and its supervisor starts it again */
				die(w);
				begin(w);
				break;
			}
			if (t->due <= s.now)
				report(w, t);
			else if (t->extend <= s.now &&
				 gn_box_extend(s.nodes[w->node].box, w->op, &t->lent.id, LEASE,
					       s.now) == GN_OK)
				t->extend = s.now + LEASE / 3 * GN_SEC;
		}
	}
}

/* A holder goes, with the workers there, and comes back with what its disk has. */
static void holders_die(gn_time since)
{
	static const unsigned who[] = {NODES - 1, NODES - 4, NODES - 7};
	static unsigned at;
	if (since == 0)
		at = 0;
	if (at >= 2 * GN_COUNT(who) || since < (gn_time)(at + 1) * 10 * GN_SEC)
		return;
	unsigned node = who[at / 2];
	if (at++ % 2 == 0) {
		for (unsigned i = 0; i < worker_count; i++)
			if (workers[i].node == node && workers[i].alive)
				die(&workers[i]);
		svc_stop(&s, node);
		disk_sim_crash(&s.nodes[node].disk);
		disk_sim_restart(&s.nodes[node].disk);
		sum.nodes++;
	} else {
		svc_start(&s, node);
	}
}

/* ---- the run ---- */

static enum fate fate_of(uint32_t job)
{
	return job % 100 == 7    ? LONG
	       : job % 100 == 17 ? FAILS_ONCE
	       : job % 100 == 27 ? BAD_INPUT
	       : job % 200 == 37 ? KILLS
				 : PLAIN;
}

static void make(uint64_t seed)
{
	memset(&sum, 0, sizeof sum);
	memset(jobs, 0, sizeof jobs);
	memset(workers, 0, sizeof workers);
	sent = stored = over = quota_waits = 0;
	gn_prng_init(&prng, seed);
	rnd = gn_prng_rand(&prng);
	svc_init(&s, &(struct svc_options){.seed = seed, .nodes = NODES, .box_bytes = 64u << 20});
	s.validate = false;
	svc_box_make(&s, &x, 2, GN_FB_BOX_KIND_QUEUE, 1);
	s.box_event = on_event;
	x.rec.lease = LEASE;
	x.rec.worker_count = 0;
	for (unsigned i = 0; i < worker_count; i++) {
		struct worker *w = &workers[i];
		uint8_t from[32] = {'w', (uint8_t)i};
		gn_sk_from_seed(from, &w->sk);
		w->node = 1 + i % (NODES - 1);
		w->dies = GN_NEVER;
		if (x.rec.worker_count < GN_BOXREC_WORKERS && i % 3) {
			x.rec.workers[x.rec.worker_count++] = w->sk.pk;
			continue;
		}
		struct gn_buf buf = {w->token, 0, sizeof w->token};
		x.worker[1] = w->sk;
		svc_box_token(&x, 1, 86400, &buf);
		w->token_len = buf.len;
	}
	for (unsigned i = 0; i < SVC_BOX_CONTACTS; i++) {
		x.cert[i].items = JOBS_MAX;
		gn_boxcert_make(&x.sk, &x.cert[i]);
	}
	assert_int_equal(svc_box_put(&x, PRODUCER), GN_OK);
	for (uint32_t i = 0; i < job_count; i++)
		jobs[i].fate = fate_of(i);
}

static void run(uint64_t seed, unsigned with_jobs, unsigned with_workers, gn_time patience)
{
	job_count = with_jobs;
	worker_count = with_workers;
	make(seed);
	(void)svc_box_follow(&x, PRODUCER, 0);
	for (unsigned i = 0; i < worker_count; i++) {
		begin(&workers[i]);
		if (i % 5 == 0)
			workers[i].dies = s.now + GN_SEC * (5 + (gn_time)gn_rand_below(&rnd, 60));
	}
	sum.began = s.now;
	while (over < job_count && s.now - sum.began < patience) {
		holders_die(s.now - sum.began);
		produce();
		work();
		for (unsigned i = 0; i < NODES; i++)
			if (s.nodes[i].ov)
				svc_pump(&s, i);
		svc_run_for(&s, SLICE);
	}
	sum.ended = s.now;
	for (uint32_t i = 0; i < job_count; i++) {
		struct job *j = &jobs[i];
		sum.done += j->state == GN_FB_BOX_TURN_STATE_DONE;
		sum.dead_input += j->state == GN_FB_BOX_TURN_STATE_DEAD &&
				  j->end == GN_FB_BOX_END_HOPELESS &&
				  strcmp(j->why, "bad input") == 0;
		sum.dead_attempts +=
			j->state == GN_FB_BOX_TURN_STATE_DEAD && j->end == GN_FB_BOX_END_ATTEMPTS;
		sum.doubled += j->accepted > 1;
	}
}

static void check(void)
{
	assert_int_equal(over, job_count);
	unsigned bad = 0, kills = 0;
	for (uint32_t i = 0; i < job_count; i++) {
		const struct job *j = &jobs[i];
		bad += j->fate == BAD_INPUT;
		kills += j->fate == KILLS;
		assert_int_equal(j->shown, 1); /* once in effect */
		bool unlucky = j->end == GN_FB_BOX_END_ATTEMPTS && j->begun == x.rec.deliveries;
		bad -= j->fate == BAD_INPUT && unlucky; /* who had it died, each time */
		if (j->fate == BAD_INPUT && !unlucky)
			assert_int_equal(j->end, GN_FB_BOX_END_HOPELESS);
		else if (j->fate == KILLS)
			assert_int_equal(j->end, GN_FB_BOX_END_ATTEMPTS);
	}
	assert_int_equal(sum.dead_input, bad);
	assert_true(sum.dead_attempts >= kills);
	assert_int_equal(sum.done + sum.dead_input + sum.dead_attempts, job_count);
}

static void print(uint64_t seed)
{
	unsigned begun = 0;
	for (uint32_t i = 0; i < job_count; i++)
		begun += jobs[i].begun;
	print_message("seed %llu: %u jobs, %u workers (%u died), %u holders died: %u done, "
		      "%u dead by input, %u by attempts; %u lent, %u reported twice, %u reports "
		      "stale, %u leases lost, %u unreachable; deposits refused %u; %.1f s\n",
		      (unsigned long long)seed, job_count, worker_count, sum.killed, sum.nodes,
		      sum.done, sum.dead_input, sum.dead_attempts, begun, sum.doubled, sum.stale,
		      sum.lost, sum.unreachable, quota_waits,
		      (double)(sum.ended - sum.began) / (double)GN_SEC);
}

static void every_job_counts_once(void **state)
{
	(void)state;
	run(7, 300, 20, 900 * GN_SEC);
	print(7);
	check();
	svc_free(&s);
}

int main(int argc, char **argv)
{
	if (argc == 5 && strcmp(argv[1], "--full") == 0) {
		uint64_t seed = strtoull(argv[2], NULL, 10);
		unsigned n = (unsigned)strtoul(argv[3], NULL, 10);
		unsigned w = (unsigned)strtoul(argv[4], NULL, 10);
		run(seed, n < JOBS_MAX ? n : JOBS_MAX, w < WORKERS_MAX ? w : WORKERS_MAX,
		    7200 * GN_SEC);
		print(seed);
		check();
		svc_free(&s);
		return 0;
	}
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_job_counts_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
