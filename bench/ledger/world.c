/* A hub with many people, filled through its own commands. */
#include "bench.h"
#include <stdio.h>
#include <stdlib.h>

uint64_t below(struct world *w, uint64_t n)
{
	return gn_prng_next(&w->prng) % n;
}

gn_amount some_limit(struct world *w)
{
	uint64_t e = below(w, 5) + below(w, 5) + below(w, 5); /* 0..12, around 6 */
	return (gn_amount)((100 + below(w, 100)) << e) + (gn_amount)below(w, 100);
}

void world_run(struct world *w)
{
	struct gn_ledger_event e;
	struct gn_ledger_io q;
	struct gn_slice answer;
	do {
		gn_ledger_tick(w->l, w->now);
		do {
			while (gn_ledger_next_event(w->l, &e)) {
				w->ready |= e.kind == GN_LEDGER_READY;
				GN_ASSERT(e.kind != GN_LEDGER_STOPPED &&
					  (e.kind != GN_LEDGER_READY || e.err == GN_OK));
				w->told += e.kind == GN_LEDGER_RESULT;
				w->refused += e.kind == GN_LEDGER_RESULT && e.err;
			}
			if (!gn_ledger_next_io(w->l, &q))
				break;
			gn_err err = disk_perform(&w->disk, &q, &answer);
			gn_ledger_io_done(w->l, q.token, err, answer, w->now);
		} while (true);
	} while (gn_ledger_deadline(w->l) <= w->now);
}

void world_open(struct world *w, uint64_t seed, const char *folder, bool forget)
{
	*w = (struct world){.now = INT64_C(1700000000) * GN_SEC,
			    .disk = {.folder = folder, .forget = forget}};
	gn_alloc_heap(&w->alloc, SIZE_MAX / 2);
	gn_prng_init(&w->prng, seed);
	w->rand = gn_prng_rand(&w->prng);
	w->env = (struct gn_env){&w->alloc, &w->rand, NULL};
	gn_sk_from_seed((uint8_t[32]){9}, &w->hub);
	w->config = (struct gn_ledger_config){.hub = w->hub.pk,
					      .dir = "l",
					      .feed_from = UINT64_MAX,
					      .snapshot_bytes = UINT64_MAX};
	GN_ASSERT(gn_ledger_new(&w->env, &w->config, &w->l) == GN_OK);
	gn_ledger_start(w->l, w->now);
	world_run(w);
	GN_ASSERT(w->ready);
	struct gn_ledger_admin a = {
		.kind = GN_ADMIN_EQUIVALENT, .code = GN_LIT("UAH"), .precision = 2, .active = true};
	GN_ASSERT(gn_ledger_admin(w->l, &a, 1, w->now) == GN_OK);
	world_run(w);
}

double world_reopen(struct world *w)
{
	gn_ledger_free(w->l);
	w->ready = false;
	double start = cpu_seconds();
	GN_ASSERT(gn_ledger_new(&w->env, &w->config, &w->l) == GN_OK);
	gn_ledger_start(w->l, w->now);
	world_run(w);
	GN_ASSERT(w->ready);
	return cpu_seconds() - start;
}

void world_close(struct world *w)
{
	gn_ledger_free(w->l);
	disk_fini(&w->disk);
	free(w->pk);
	free(w->seq);
	free(w->pid);
}

void world_settings(struct world *w, bool clearing, bool second, bool maxflow)
{
	struct gn_ledger_admin a = {.kind = GN_ADMIN_SETTINGS};
	gn_ledger_settings_default(&a.settings);
	a.settings.inline_clearing = clearing;
	a.settings.second_search = second;
	a.settings.maxflow = maxflow;
	a.settings.cycle5_s = a.settings.cycle6_s = 0;
	GN_ASSERT(gn_ledger_admin(w->l, &a, 1, w->now) == GN_OK);
	world_run(w);
}

/* Signed bytes of an operation into storage of REQUEST_MAX. */
static size_t make(struct world *w, uint32_t who, enum gn_op_kind kind, const char *body,
		   const char *tx_id, uint8_t *storage)
{
	struct gn_buf b = {storage, 0, REQUEST_MAX};
	struct gn_op_envelope e = {.kind = kind,
				   .hub = w->hub.pk,
				   .signer = w->pk[who],
				   .seq = ++w->seq[who],
				   .ts = (int64_t)gn_unix(w->now),
				   .tx_id = tx_id ? gn_str(tx_id) : (struct gn_slice){NULL, 0}};
	GN_ASSERT(gn_op_wrap(&e, gn_str(body), &b) == GN_OK);
	return b.len;
}

static gn_err submit(struct world *w, enum gn_op_kind kind, struct gn_slice bytes)
{
	struct gn_ledger_request r = {.profile = GN_PROFILE_V1,
				      .kind = kind,
				      .bytes = bytes,
				      .checked = true,
				      .flow_elsewhere = w->flow_elsewhere,
				      .flow = w->flow};
	return gn_ledger_submit(w->l, &r, ++w->ticket, w->now);
}

static gn_err send(struct world *w, uint32_t who, enum gn_op_kind kind, const char *body,
		   const char *tx_id)
{
	uint8_t storage[REQUEST_MAX];
	return submit(w, kind, gn_slice(storage, make(w, who, kind, body, tx_id, storage)));
}

static void must_send(struct world *w, uint32_t who, enum gn_op_kind kind, const char *body)
{
	gn_err err = send(w, who, kind, body, NULL);
	if (err == GN_BUSY) {
		w->seq[who]--;
		world_run(w);
		err = send(w, who, kind, body, NULL);
	}
	GN_ASSERT(err == GN_OK);
}

void world_people(struct world *w, uint32_t people)
{
	char body[256], key[48];
	w->people = people;
	w->pk = calloc(people, sizeof *w->pk);
	w->seq = calloc(people, sizeof *w->seq);
	w->pid = calloc(people, sizeof *w->pid);
	GN_ASSERT(w->pk && w->seq && w->pid);
	for (uint32_t i = 0; i < people; i++) {
		gn_rand_fill(&w->rand, w->pk[i].b, 32);
		gn_pid(&w->pk[i], w->pid[i]);
		GN_ASSERT(gn_base64(GN_SLICE(w->pk[i].b), false, key, sizeof key) == GN_OK);
		snprintf(body, sizeof body,
			 "{\"display_name\":\"P%u\",\"public_key\":\"%s\",\"type\":\"person\"}", i,
			 key);
		must_send(w, i, GN_OP_REGISTER, body);
	}
	world_run(w);
	GN_ASSERT(gn_ledger_participant_count(w->l) == people);
}

void world_trust(struct world *w, uint32_t from, uint32_t to, gn_amount limit)
{
	char body[256];
	snprintf(body, sizeof body,
		 "{\"equivalent\":\"UAH\",\"limit\":\"%lld.%02lld\",\"to\":\"%s\"}",
		 (long long)(limit / 100), (long long)(limit % 100), w->pid[to]);
	must_send(w, from, GN_OP_LINE_CREATE, body);
	w->lines++;
}

static int compare(const void *a, const void *b)
{
	gn_amount x = *(const gn_amount *)a, y = *(const gn_amount *)b;
	return x < y ? -1 : x > y;
}

void world_lines(struct world *w, unsigned per_person)
{
	uint32_t *ends = malloc(2 * sizeof *ends * ((size_t)w->people * per_person + 1)), count = 0;
	gn_amount *limits = malloc(sizeof *limits * 2 * ((size_t)w->people * per_person + 1));
	size_t n = 0;
	GN_ASSERT(ends && limits);
	for (uint32_t i = 1; i < w->people; i++)
		for (unsigned k = 0; k < per_person; k++) {
			uint32_t other = count > 0 && below(w, 2) ? ends[below(w, count)]
								  : (uint32_t)below(w, i);
			struct gn_ledger_line line;
			if (other == i || gn_ledger_line(w->l, 0, i, other, &line) == GN_OK)
				continue;
			ends[count++] = i;
			ends[count++] = other;
			bool both = below(w, 3) > 0;
			if (both || below(w, 2))
				world_trust(w, i, other, limits[n++] = some_limit(w));
			if (both || line.from != i)
				world_trust(w, other, i, limits[n++] = some_limit(w));
		}
	world_run(w);
	qsort(limits, n, sizeof *limits, compare);
	w->median = limits[n / 2];
	free(ends);
	free(limits);
}

void world_make_payment(struct world *w, uint32_t from, uint32_t to, gn_amount amount,
			struct made *out)
{
	char body[256], tx[32];
	snprintf(tx, sizeof tx, "t%llu", (unsigned long long)++w->tx);
	snprintf(body, sizeof body,
		 "{\"amount\":\"%lld.%02lld\",\"equivalent\":\"UAH\",\"to\":\"%s\","
		 "\"tx_id\":\"%s\"}",
		 (long long)(amount / 100), (long long)(amount % 100), w->pid[to], tx);
	out->payer = from;
	out->payee = to;
	out->amount = amount;
	out->len = make(w, from, GN_OP_PAYMENT, body, tx, out->bytes);
}

bool world_submit(struct world *w, const struct made *m)
{
	return submit(w, GN_OP_PAYMENT, gn_slice(m->bytes, m->len)) == GN_OK;
}

bool world_pay(struct world *w, uint32_t from, uint32_t to, gn_amount amount)
{
	struct made m;
	world_make_payment(w, from, to, amount, &m);
	return world_submit(w, &m);
}
