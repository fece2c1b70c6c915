/* Test support: a ledger on a simulated disk that can crash, people with keys, and one-line
 * commands. For test programs only. */
#ifndef GN_LEDGER_HARNESS_INT_H
#define GN_LEDGER_HARNESS_INT_H

#include "ledger/ledger.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- disk: what was written, and what of it is safe ---- */

#define SIM_FILES 64
#define SIM_SECTOR 512u

struct sim_file {
	char name[GN_LEDGER_NAME_MAX];
	uint8_t *now, *safe;
	size_t now_len, safe_len;
};
struct sim_disk {
	struct sim_file files[SIM_FILES];
	unsigned count;
	uint64_t writes, syncs, fail_at; /* fail_at: the Nth request fails (1 = next), 0 = off */
	const char *gone;                /* is listed, and cannot be found; NULL: none */
};

static inline struct sim_file *sim_find(struct sim_disk *d, const char *name)
{
	for (unsigned i = 0; i < d->count; i++)
		if (strcmp(d->files[i].name, name) == 0)
			return &d->files[i];
	return NULL;
}

static inline struct sim_file *sim_make(struct sim_disk *d, const char *name)
{
	struct sim_file *f = sim_find(d, name);
	if (f)
		return f;
	assert_true(d->count < SIM_FILES);
	f = &d->files[d->count++];
	*f = (struct sim_file){.now = NULL};
	snprintf(f->name, sizeof f->name, "%s", name);
	return f;
}

static inline void sim_resize(uint8_t **p, size_t *len, size_t to)
{
	uint8_t *grown = realloc(*p, to + 1);
	assert_non_null(grown);
	if (to > *len)
		memset(grown + *len, 0, to - *len);
	*p = grown;
	*len = to;
}

static inline void sim_make_safe(struct sim_file *f)
{
	sim_resize(&f->safe, &f->safe_len, f->now_len);
	if (f->now_len)
		memcpy(f->safe, f->now, f->now_len);
}

static inline void sim_drop(struct sim_disk *d, struct sim_file *f)
{
	free(f->now);
	free(f->safe);
	*f = d->files[--d->count];
}

static inline void sim_free(struct sim_disk *d)
{
	while (d->count > 0)
		sim_drop(d, &d->files[0]);
}

static inline void sim_copy(struct sim_disk *to, const struct sim_disk *from)
{
	sim_free(to);
	*to = (struct sim_disk){.gone = from->gone};
	for (unsigned i = 0; i < from->count; i++) {
		struct sim_file *f = sim_make(to, from->files[i].name);
		sim_resize(&f->now, &f->now_len, from->files[i].now_len);
		if (f->now_len)
			memcpy(f->now, from->files[i].now, f->now_len);
		sim_resize(&f->safe, &f->safe_len, from->files[i].safe_len);
		if (f->safe_len)
			memcpy(f->safe, from->files[i].safe, f->safe_len);
	}
}

enum sim_crash { SIM_LOSE_ALL, SIM_KEEP_ALL, SIM_MIX, SIM_PREFIX };

/* Power fails: of what was written since the last sync, nothing, all, some sectors, or the first
 * sectors have reached the disk. */
static inline void sim_crash(struct sim_disk *d, enum sim_crash mode, struct gn_rand *rand)
{
	for (unsigned i = 0; i < d->count; i++) {
		struct sim_file *f = &d->files[i];
		if (mode == SIM_KEEP_ALL) {
			sim_make_safe(f);
			continue;
		}
		size_t most = f->now_len > f->safe_len ? f->now_len : f->safe_len;
		size_t upto = mode == SIM_PREFIX ? gn_rand_below(rand, most / SIM_SECTOR + 1) : 0;
		bool long_one = mode != SIM_LOSE_ALL && gn_rand_below(rand, 2);
		size_t len = long_one ? f->now_len : f->safe_len;
		if (mode == SIM_PREFIX && f->now_len > f->safe_len)
			len = upto * SIM_SECTOR > f->safe_len ? upto * SIM_SECTOR : f->safe_len;
		len = len > most ? most : len;
		if (f->now_len < most)
			sim_resize(&f->now, &f->now_len, most);
		if (f->safe_len < most)
			sim_resize(&f->safe, &f->safe_len, most);
		for (size_t s = 0; s * SIM_SECTOR < len; s++) {
			size_t at = s * SIM_SECTOR,
			       n = len - at < SIM_SECTOR ? len - at : SIM_SECTOR;
			bool keep = mode == SIM_MIX      ? gn_rand_below(rand, 2)
				    : mode == SIM_PREFIX ? s < upto
							 : false;
			if (!keep && memcmp(f->now + at, f->safe + at, n) != 0)
				memcpy(f->now + at, f->safe + at, n);
		}
		sim_resize(&f->now, &f->now_len, len);
		sim_make_safe(f);
	}
	for (unsigned i = 0; i < d->count;) {
		if (d->files[i].now_len == 0 && mode == SIM_LOSE_ALL)
			sim_drop(d, &d->files[i]);
		else
			i++;
	}
}

/* Performs one request; data of reads lies in *answer (freed by the caller). */
static inline gn_err sim_perform(struct sim_disk *d, const struct gn_ledger_io *q,
				 struct gn_slice *answer, uint8_t **owned)
{
	struct sim_file *f = sim_find(d, q->name);
	*answer = (struct gn_slice){NULL, 0};
	*owned = NULL;
	if (d->fail_at && --d->fail_at == 0)
		return GN_IO;
	switch (q->op) {
	case GN_LIO_LIST: {
		size_t cap = SIM_FILES * 160, len = 0;
		char *text = malloc(cap);
		assert_non_null(text);
		for (unsigned i = 0; i < d->count; i++)
			if (strncmp(d->files[i].name, q->name, strlen(q->name)) == 0)
				len += (size_t)snprintf(text + len, cap - len, "%zu %s\n",
							d->files[i].now_len,
							d->files[i].name + strlen(q->name) + 1);
		*owned = (uint8_t *)text;
		*answer = gn_slice(text, len);
		return GN_OK;
	}
	case GN_LIO_READ:
		if (!f || (d->gone && strcmp(d->gone, q->name) == 0))
			return GN_NOT_FOUND;
		*answer = gn_slice_sub(gn_slice(f->now, f->now_len), q->offset, q->len);
		return GN_OK;
	case GN_LIO_WRITE:
		d->writes++;
		f = sim_make(d, q->name);
		if (q->offset + q->data.len > f->now_len)
			sim_resize(&f->now, &f->now_len, q->offset + q->data.len);
		memcpy(f->now + q->offset, q->data.p, q->data.len);
		return GN_OK;
	case GN_LIO_SYNC:
		d->syncs++;
		sim_make_safe(sim_make(d, q->name));
		return GN_OK;
	case GN_LIO_TRUNCATE: sim_resize(&f->now, &f->now_len, q->len); return GN_OK;
	case GN_LIO_RENAME: {
		struct sim_file *old = sim_find(d, q->name2);
		if (old) {
			sim_drop(d, old);
			f = sim_find(d, q->name);
		}
		snprintf(f->name, sizeof f->name, "%s", q->name2);
		return GN_OK;
	}
	case GN_LIO_REMOVE:
		if (f)
			sim_drop(d, f);
		return GN_OK;
	}
	return GN_INTERNAL;
}

/* ---- a hub with people ---- */

#define HUB_PEOPLE 40
#define HUB_RESULTS 256

struct hub_result {
	uint64_t ticket, seq;
	gn_err err;
	bool repeated;
	enum gn_tx_state state;
	struct gn_tx_key key;
};

struct hub {
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_env env;
	struct sim_disk disk;
	struct gn_ledger_config config;
	struct gn_ledger *l;
	struct gn_sk hub_key, key[HUB_PEOPLE];
	uint64_t seq[HUB_PEOPLE];
	char pid[HUB_PEOPLE][GN_PID_MAX];
	unsigned people;
	gn_time now;
	uint64_t ticket, tx;
	struct hub_result results[HUB_RESULTS]; /* by ticket modulo */
	/* hold: requests to the disk are not performed */
	bool ready, stopped, real_signatures, hold;
	bool flow_elsewhere; /* of requests */
	const struct gn_ledger_flow *flow;
	gn_err ready_err;
	uint64_t durable;            /* last seq that was told */
	struct gn_slice last_record; /* of the last RESULT; borrowed from the ledger */
	/* told of every durable record, in order */
	void (*record)(void *user, const struct gn_record_view *r);
	void *user;
};

#define HUB_START (INT64_C(1700000000) * GN_SEC)

static inline void hub_drain(struct hub *h)
{
	struct gn_ledger_event e;
	while (gn_ledger_next_event(h->l, &e)) {
		if (e.kind == GN_LEDGER_READY) {
			h->ready = true;
			h->ready_err = e.err;
		} else if (e.kind == GN_LEDGER_STOPPED) {
			h->stopped = true;
		} else if (e.kind == GN_LEDGER_RESULT) {
			h->results[e.ticket % HUB_RESULTS] = (struct hub_result){
				e.ticket, e.seq, e.err, e.repeated, e.state, e.key};
			h->last_record = e.record;
		} else {
			struct gn_record_view r;
			size_t off = 0;
			uint64_t seq = e.first_seq;
			assert_true(h->durable == 0 || e.first_seq == h->durable + 1);
			for (; gn_rec_next(e.payload, &off, seq, &r) == GN_OK; seq++)
				if (h->record)
					h->record(h->user, &r);
			assert_int_equal(off, e.payload.len);
			assert_int_equal(seq - e.first_seq, e.count);
			h->durable = seq - 1;
		}
	}
}

/* One request to the disk, if there is one. */
static inline bool hub_step(struct hub *h)
{
	struct gn_ledger_io q;
	struct gn_slice answer;
	uint8_t *owned;
	if (!gn_ledger_next_io(h->l, &q))
		return false;
	gn_err err = sim_perform(&h->disk, &q, &answer, &owned);
	gn_ledger_io_done(h->l, q.token, err, answer, h->now);
	free(owned);
	return true;
}

/* Until nothing moves any more. */
static inline void hub_run(struct hub *h)
{
	do {
		gn_ledger_tick(h->l, h->now);
		hub_drain(h);
		while (!h->hold && hub_step(h))
			hub_drain(h);
	} while (!h->hold && !h->stopped && gn_ledger_deadline(h->l) <= h->now);
}

/* Up to READY and no further. */
static inline void hub_recover(struct hub *h)
{
	h->ready = h->stopped = false;
	h->durable = 0;
	assert_int_equal(gn_ledger_new(&h->env, &h->config, &h->l), GN_OK);
	gn_ledger_start(h->l, h->now);
	do
		hub_drain(h);
	while (!h->ready && hub_step(h));
	assert_true(h->ready);
}

static inline void hub_open(struct hub *h)
{
	hub_recover(h);
	hub_run(h);
}

static inline void hub_close(struct hub *h)
{
	gn_ledger_free(h->l);
	h->l = NULL;
}

static inline void hub_init(struct hub *h, uint64_t seed)
{
	*h = (struct hub){.now = HUB_START, .tx = 1};
	gn_alloc_heap(&h->alloc, SIZE_MAX / 2);
	gn_prng_init(&h->prng, seed);
	h->rand = gn_prng_rand(&h->prng);
	h->env = (struct gn_env){&h->alloc, &h->rand, NULL};
	gn_sk_from_seed((uint8_t[32]){99}, &h->hub_key);
	h->config =
		(struct gn_ledger_config){.hub = h->hub_key.pk, .dir = "ledger", .feed_from = 0};
	gn_ledger_settings_default(&h->config.settings);
}

static inline void hub_fini(struct hub *h)
{
	hub_close(h);
	sim_free(&h->disk);
	assert_int_equal(h->alloc.count, 0);
}

/* ---- commands; each returns its outcome when the ledger has run ---- */

static inline struct hub_result *hub_outcome(struct hub *h, uint64_t ticket)
{
	hub_run(h);
	struct hub_result *r = &h->results[ticket % HUB_RESULTS];
	assert_true(h->hold || r->ticket == ticket);
	return r;
}

static inline gn_err hub_send(struct hub *h, unsigned who, enum gn_op_kind kind, const char *body,
			      const char *tx_id, uint64_t *ticket)
{
	uint8_t storage[JSON_TEXT_MAX];
	struct gn_buf b = {storage, 0, sizeof storage};
	struct gn_op_envelope e = {.kind = kind,
				   .hub = h->hub_key.pk,
				   .signer = h->key[who].pk,
				   .seq = h->seq[who] + 1,
				   .tx_id = tx_id ? gn_str(tx_id) : (struct gn_slice){NULL, 0},
				   .ts = (int64_t)gn_unix(h->now)};
	assert_int_equal(gn_op_wrap(&e, gn_str(body), &b), GN_OK);
	struct gn_ledger_request r = {.profile = GN_PROFILE_V1,
				      .kind = kind,
				      .bytes = gn_buf_slice(&b),
				      .checked = !h->real_signatures,
				      .flow_elsewhere = h->flow_elsewhere,
				      .flow = h->flow};
	if (h->real_signatures)
		gn_op_sign(&h->key[who], r.bytes, &r.sig);
	*ticket = ++h->ticket;
	h->results[*ticket % HUB_RESULTS].ticket = 0;
	gn_err err = gn_ledger_submit(h->l, &r, *ticket, h->now);
	if (!tx_id && !err)
		h->seq[who]++;
	return err;
}

static inline gn_err hub_do(struct hub *h, unsigned who, enum gn_op_kind kind, const char *body,
			    const char *tx_id)
{
	uint64_t ticket;
	gn_err err = hub_send(h, who, kind, body, tx_id, &ticket);
	return err ? err : hub_outcome(h, ticket)->err;
}

static inline void base64_key(const struct gn_pk *pk, char out[45])
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < 33; i += 3) {
		uint32_t v = (uint32_t)pk->b[i] << 16 |
			     (i + 1 < 32 ? (uint32_t)pk->b[i + 1] << 8 : 0) |
			     (i + 2 < 32 ? pk->b[i + 2] : 0u);
		*out++ = digits[v >> 18];
		*out++ = digits[v >> 12 & 63];
		*out++ = digits[v >> 6 & 63];
		*out++ = digits[v & 63];
	}
	out[-1] = '=';
	*out = 0;
}

/* The next person; numbers are those of the ledger when everybody joins through here. */
static inline unsigned hub_join(struct hub *h)
{
	char body[256], pk[45];
	unsigned who = h->people++;
	uint8_t seed[32] = {1, (uint8_t)who};
	assert_true(who < HUB_PEOPLE);
	gn_sk_from_seed(seed, &h->key[who]);
	gn_pid(&h->key[who].pk, h->pid[who]);
	base64_key(&h->key[who].pk, pk);
	snprintf(body, sizeof body,
		 "{\"display_name\":\"P%u\",\"public_key\":\"%s\",\"type\":\"person\"}", who, pk);
	assert_int_equal(hub_do(h, who, GN_OP_REGISTER, body, NULL), GN_OK);
	return who;
}

static inline gn_err hub_equivalent(struct hub *h, const char *code, unsigned precision,
				    bool active)
{
	struct gn_ledger_admin a = {.kind = GN_ADMIN_EQUIVALENT,
				    .code = gn_str(code),
				    .precision = (uint8_t)precision,
				    .active = active};
	uint64_t ticket = ++h->ticket;
	GN_TRY(gn_ledger_admin(h->l, &a, ticket, h->now));
	return hub_outcome(h, ticket)->err;
}

/* Opens it with one unit, UAH with two decimals, and so many people. */
static inline void hub_open_with(struct hub *h, unsigned people)
{
	hub_open(h);
	assert_int_equal(h->ready_err, GN_OK);
	assert_int_equal(hub_equivalent(h, "UAH", 2, true), GN_OK);
	while (h->people < people)
		hub_join(h);
}

static inline gn_err hub_status(struct hub *h, unsigned who, unsigned status)
{
	struct gn_ledger_admin a = {.kind = GN_ADMIN_STATUS,
				    .status = (uint8_t)status,
				    .who = {.reason = GN_LIT("test")}};
	uint64_t ticket = ++h->ticket;
	assert_int_equal(gn_pid_parse(gn_str(h->pid[who]), &a.pid), GN_OK);
	GN_TRY(gn_ledger_admin(h->l, &a, ticket, h->now));
	return hub_outcome(h, ticket)->err;
}

/* policy: JSON object or NULL. */
static inline gn_err hub_trust(struct hub *h, unsigned from, unsigned to, const char *code,
			       const char *limit, const char *policy)
{
	char body[8192];
	if (policy)
		snprintf(body, sizeof body,
			 "{\"equivalent\":\"%s\",\"limit\":\"%s\",\"policy\":%s,\"to\":\"%s\"}",
			 code, limit, policy, h->pid[to]);
	else
		snprintf(body, sizeof body,
			 "{\"equivalent\":\"%s\",\"limit\":\"%s\",\"to\":\"%s\"}", code, limit,
			 h->pid[to]);
	return hub_do(h, from, GN_OP_LINE_CREATE, body, NULL);
}

static inline void hub_line_id(struct hub *h, uint32_t eq, unsigned from, unsigned to,
			       char out[GN_LINE_ID_LEN + 1])
{
	struct gn_ledger_line line;
	assert_int_equal(gn_ledger_line(h->l, eq, from, to, &line), GN_OK);
	gn_line_id_text(&line.id, out);
}

/* rest: further members of the body, each with a leading comma, in key order after "id". */
static inline gn_err hub_change(struct hub *h, uint32_t eq, unsigned from, unsigned to,
				const char *rest)
{
	char body[8192], id[GN_LINE_ID_LEN + 1];
	hub_line_id(h, eq, from, to, id);
	snprintf(body, sizeof body, "{\"id\":\"%s\"%s}", id, rest);
	return hub_do(h, from, GN_OP_LINE_UPDATE, body, NULL);
}

static inline gn_err hub_shut(struct hub *h, uint32_t eq, unsigned from, unsigned to,
			      bool when_repaid)
{
	char body[256], id[GN_LINE_ID_LEN + 1];
	hub_line_id(h, eq, from, to, id);
	snprintf(body, sizeof body, "{\"id\":\"%s\"%s}", id,
		 when_repaid ? ",\"when_repaid\":true" : "");
	return hub_do(h, from, GN_OP_LINE_CLOSE, body, NULL);
}

static inline void hub_payment_body(struct hub *h, unsigned to, const char *code,
				    const char *amount, const char *constraints, const char *tx_id,
				    char out[1024])
{
	int n = snprintf(out, 1024, "{\"amount\":\"%s\"", amount);
	if (constraints)
		n += snprintf(out + n, 1024 - (size_t)n, ",\"constraints\":%s", constraints);
	snprintf(out + n, 1024 - (size_t)n,
		 ",\"equivalent\":\"%s\",\"to\":\"%s\",\"tx_id\":\"%s\"}", code, h->pid[to], tx_id);
}

static inline gn_err hub_pay_with(struct hub *h, unsigned from, unsigned to, const char *code,
				  const char *amount, const char *constraints, char tx_id[32])
{
	char body[1024];
	snprintf(tx_id, 32, "tx-%llu", (unsigned long long)h->tx++);
	hub_payment_body(h, to, code, amount, constraints, tx_id, body);
	return hub_do(h, from, GN_OP_PAYMENT, body, tx_id);
}

static inline gn_err hub_pay(struct hub *h, unsigned from, unsigned to, const char *code,
			     const char *amount)
{
	char tx_id[32];
	return hub_pay_with(h, from, to, code, amount, NULL, tx_id);
}

static inline gn_err hub_vote(struct hub *h, unsigned who, unsigned initiator, const char *tx_id,
			      bool yes)
{
	char body[256];
	snprintf(body, sizeof body, "{\"answer\":\"%s\",\"initiator\":\"%s\",\"tx_id\":\"%s\"}",
		 yes ? "yes" : "no", h->pid[initiator], tx_id);
	return hub_do(h, who, GN_OP_VOTE, body, tx_id);
}

static inline enum gn_tx_state hub_tx(struct hub *h, unsigned initiator, const char *tx_id)
{
	struct gn_tx_key key;
	struct gn_ledger_tx tx;
	gn_tx_key(&h->key[initiator].pk, gn_str(tx_id), &key);
	gn_ledger_tx(h->l, &key, &tx);
	return tx.state;
}

static inline gn_amount hub_debt(struct hub *h, uint32_t eq, unsigned debtor, unsigned creditor)
{
	struct gn_ledger_line line;
	return gn_ledger_line(h->l, eq, creditor, debtor, &line) ? 0 : line.used;
}

static inline struct gn_hash hub_hash(struct hub *h)
{
	struct gn_hash hash;
	assert_int_equal(gn_ledger_state_hash(h->l, &hash), GN_OK);
	return hash;
}

#endif
