/* What end-to-end encryption costs, on one core: a table of figure, target, measured, and the ratio
 * of the two.
 *
 *   usage: e2ee_bench [--seed N] [--messages N] [cost|soak ...]
 *
 *   cost   set-up, message, turn, epoch, trial, jump, state
 *   soak   random messages over a bad channel (default: a million): 0 lost, 0 twice, 0 changed */
#include "e2ee/testing/soak.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 2000

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void row(const char *what, double measured, double target, const char *unit)
{
	char goal[32];
	if (target > 0)
		snprintf(goal, sizeof goal, "%.4g %s", target, unit);
	else
		snprintf(goal, sizeof goal, "-");
	printf("| %-58s | %-8s | %10.4g %-5s | ", what, goal, measured, unit);
	if (target > 0)
		printf("%.2f", measured / target);
	printf(" |\n");
	fflush(stdout);
}

static struct party a, b;
static struct letter l, kept[64];

static void begin(uint64_t seed)
{
	party_make(&a, seed * 2 + 1, 4);
	party_make(&b, seed * 2 + 2, 4);
	parties_meet(&a, &b);
}

static void end(void)
{
	party_free(&a);
	party_free(&b);
}

static void open_it(struct party *p, const struct letter *in)
{
	static uint8_t space[GN_E2EE_SIZE_LARGEST];
	struct gn_buf out = {space, 0, sizeof space};
	struct gn_e2ee_read r;
	gn_err err = gn_e2ee_read(p->e, party_hint, gn_slice(in->bytes, in->len), &out, &r, 1);
	GN_ASSERT(err == GN_OK && r.result == GN_E2EE_OPENED);
}

static void write_it(struct party *from, struct party *to, struct letter *out)
{
	gn_err err = party_send(from, to, GN_LIT("Are you there?"), out, 1);
	GN_ASSERT(err == GN_OK);
}

static void set_ups(void)
{
	double made = 0, opened = 0;
	int rounds = ROUNDS / 4;
	for (int i = 0; i < rounds; i++) {
		gn_err err = gn_e2ee_anew(a.e, &b.own.device);
		GN_ASSERT(err == GN_OK);
		double t = seconds();
		write_it(&a, &b, &l);
		made += seconds() - t;
		t = seconds();
		open_it(&b, &l);
		opened += seconds() - t;
	}
	row("set-up with its message, made", made / rounds * 1e3, 3, "ms");
	row("set-up with its message, opened", opened / rounds * 1e3, 3, "ms");
}

/* One after the other in one chain, without chunks: b is silent. */
static void in_chain(void)
{
	double written = 0, opened = 0;
	write_it(&a, &b, &l);
	open_it(&b, &l);
	write_it(&b, &a, &l);
	open_it(&a, &l);
	for (int i = 0; i < ROUNDS; i += (int)GN_COUNT(kept)) {
		double t = seconds();
		for (size_t k = 0; k < GN_COUNT(kept); k++)
			write_it(&a, &b, &kept[k]);
		written += seconds() - t;
		t = seconds();
		for (size_t k = 0; k < GN_COUNT(kept); k++)
			open_it(&b, &kept[k]);
		opened += seconds() - t;
	}
	int n = (ROUNDS + (int)GN_COUNT(kept) - 1) / (int)GN_COUNT(kept) * (int)GN_COUNT(kept);
	row("message in a chain (896 bytes), written", written / n * 1e6, 15, "us");
	row("message in a chain, opened", opened / n * 1e6, 15, "us");
}

/* Ping-pong: every message turns the DH ratchet; epochs advance every 15 messages beside it. */
static void turns(void)
{
	double written = 0;
	double turn = 0, epoch = 0;
	unsigned epochs = 0, plain = 0;
	for (int i = 0; i < ROUNDS; i++) {
		struct party *from = i % 2 ? &a : &b, *to = i % 2 ? &b : &a;
		const struct e2ee_pq *q = &party_session(to, from)->state.pq;
		enum e2ee_role before = q->role;
		uint32_t e = q->send_epoch;
		double t = seconds();
		write_it(from, to, &l);
		written += seconds() - t;
		t = seconds();
		open_it(to, &l);
		t = seconds() - t;
		if (q->role != before || q->send_epoch != e) {
			epoch += t; /* a seed, an encapsulation, a decapsulation, or none (SEND_EK
				       to RECV_CT) */
			epochs += q->send_epoch != e;
		} else {
			turn += t;
			plain++;
		}
	}
	row("message with a DH turn, written", written / ROUNDS * 1e3, 0.5, "ms");
	row("message with a DH turn, opened", turn / plain * 1e3, 0.5, "ms");
	/* both sides of an epoch, less the turns of the messages that did it */
	row("epoch, both sides together", (epoch - 4 * epochs / 2.0 * turn / plain) / epochs * 2e3,
	    1, "ms");
	row("messages for an epoch, ping-pong", 2.0 * ROUNDS / epochs, 15, "");
}

static void state(void)
{
	size_t most = 0, unanswered;
	struct gn_e2ee_info info;
	gn_err err = GN_OK;
	for (int i = 0; i < 100 && !err; i++) {
		struct party *from = i % 2 ? &a : &b, *to = i % 2 ? &b : &a;
		write_it(from, to, &l);
		open_it(to, &l);
		err = gn_e2ee_info(a.e, &b.own.device, &info);
		most = info.state_bytes > most ? info.state_bytes : most;
	}
	GN_ASSERT(err == GN_OK);
	err = gn_e2ee_anew(a.e, &b.own.device);
	GN_ASSERT(err == GN_OK);
	write_it(&a, &b, &l);
	err = gn_e2ee_info(a.e, &b.own.device, &info);
	GN_ASSERT(err == GN_OK);
	unanswered = info.state_bytes;
	row("state of a session, the most", (double)most / 1024, 4, "KiB");
	row("state of a session that is unanswered", (double)unanswered / 1024, 4, "KiB");
}

/* A wrap with our hint that no session opens; and the longest jump. */
static void hostile(void)
{
	write_it(&a, &b, &l);
	open_it(&b, &l);
	write_it(&b, &a, &l);
	open_it(&a, &l);
	write_it(&a, &b, &l);
	size_t sessions = party_session(&b, &a)->peer->count;
	l.bytes[60] ^= 1; /* of the header */
	static uint8_t space[GN_E2EE_SIZE_LARGEST];
	struct gn_e2ee_read r;
	double t = seconds();
	for (int i = 0; i < ROUNDS; i++) {
		struct gn_buf out = {space, 0, sizeof space};
		gn_err err = gn_e2ee_read(b.e, party_hint, gn_slice(l.bytes, l.len), &out, &r, 1);
		GN_ASSERT(err == GN_OK && r.result == GN_E2EE_UNKNOWN);
	}
	t = seconds() - t;
	row("header tried with one key", t / ROUNDS / (double)(2 * sessions) * 1e6, 0.7, "us");
	struct e2ee_state *s = &party_session(&a, &b)->state;
	for (uint32_t i = 1; i < E2EE_JUMP_MAX; i++) { /* one was lost above */
		e2ee_chain_step(&s->ratchet.send, NULL);
		e2ee_chain_step(&s->pq.send, NULL);
	}
	write_it(&a, &b, &l);
	t = seconds();
	open_it(&b, &l);
	row("jump of 25,000, each of two chains", (seconds() - t) / 2 * 1e3, 7, "ms");
}

static void cost(uint64_t seed)
{
	printf("| figure | target | measured | ratio |\n|---|---|---|---|\n");
	begin(seed);
	set_ups();
	in_chain();
	turns();
	state();
	hostile();
	end();
	struct gn_e2ee_safety safety;
	static const uint8_t pq[GN_PQ_PK_LEN];
	struct gn_e2ee_person one = {.owner = {{1}}, .pq_pk = pq},
			      other = {.owner = {{2}}, .pq_pk = pq};
	double t = seconds();
	gn_e2ee_safety(&one, &other, &safety);
	row("safety number", (seconds() - t) * 1e3, 50, "ms");
}

static int soak(uint64_t seed, uint64_t messages)
{
	struct soak_result r;
	double t = seconds();
	soak_run(seed, messages, &r);
	t = seconds() - t;
	printf("seed %llu: %llu written, %llu arrived, %llu opened, %llu doubles, %llu forged, "
	       "%llu crashes, %llu set-ups; %.0f s\n",
	       (unsigned long long)seed, (unsigned long long)r.written,
	       (unsigned long long)r.arrived, (unsigned long long)r.opened,
	       (unsigned long long)r.doubles, (unsigned long long)r.forged,
	       (unsigned long long)r.crashes, (unsigned long long)r.setups, t);
	printf("lost %llu, opened twice %llu, changed %llu; at most row %zu bytes, "
	       "%zu skipped keys\n",
	       (unsigned long long)r.lost, (unsigned long long)r.twice,
	       (unsigned long long)r.changed, r.row_most, r.skipped_most);
	return r.lost || r.twice || r.changed;
}

int main(int argc, char **argv)
{
	uint64_t seed = 1, messages = 1000000;
	bool costs = false, soaks = false;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "cost") == 0) {
			costs = true;
		} else if (strcmp(argv[i], "soak") == 0) {
			soaks = true;
		} else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
			seed = strtoull(argv[++i], NULL, 10);
		} else if (strcmp(argv[i], "--messages") == 0 && i + 1 < argc) {
			messages = strtoull(argv[++i], NULL, 10);
		} else {
			fprintf(stderr, "usage: e2ee_bench [--seed N] [--messages N] "
					"[cost|soak ...]\n");
			return 2;
		}
	}
	if (costs || !soaks)
		cost(seed);
	return soaks || !costs ? soak(seed, messages) : 0;
}
