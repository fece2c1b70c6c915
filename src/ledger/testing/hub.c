/* The ledger's loop as a hub turns it: tick, events, one request to the disk after another. */
#include "ledger/testing/hub.h"

void hub_drain(struct hub *h)
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

bool hub_step(struct hub *h)
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

void hub_run(struct hub *h)
{
	do {
		gn_ledger_tick(h->l, h->now);
		hub_drain(h);
		while (!h->hold && hub_step(h))
			hub_drain(h);
	} while (!h->hold && !h->stopped && gn_ledger_deadline(h->l) <= h->now);
}

void hub_recover(struct hub *h)
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

void hub_open(struct hub *h)
{
	hub_recover(h);
	hub_run(h);
}

void hub_close(struct hub *h)
{
	gn_ledger_free(h->l);
	h->l = NULL;
}

void hub_init(struct hub *h, uint64_t seed)
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

void hub_fini(struct hub *h)
{
	hub_close(h);
	sim_free(&h->disk);
	assert_int_equal(h->alloc.count, 0);
}

/* ---- commands; each returns its outcome when the ledger has run ---- */

struct hub_result *hub_outcome(struct hub *h, uint64_t ticket)
{
	hub_run(h);
	struct hub_result *r = &h->results[ticket % HUB_RESULTS];
	assert_true(h->hold || r->ticket == ticket);
	return r;
}

gn_err hub_send(struct hub *h, unsigned who, enum gn_op_kind kind, const char *body,
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

gn_err hub_do(struct hub *h, unsigned who, enum gn_op_kind kind, const char *body,
	      const char *tx_id)
{
	uint64_t ticket;
	gn_err err = hub_send(h, who, kind, body, tx_id, &ticket);
	return err ? err : hub_outcome(h, ticket)->err;
}

void base64_key(const struct gn_pk *pk, char out[45])
{
	assert_int_equal(gn_base64(GN_SLICE(pk->b), false, out, 45), GN_OK);
}

unsigned hub_join(struct hub *h)
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

gn_err hub_equivalent(struct hub *h, const char *code, unsigned precision, bool active)
{
	struct gn_ledger_admin a = {.kind = GN_ADMIN_EQUIVALENT,
				    .code = gn_str(code),
				    .precision = (uint8_t)precision,
				    .active = active};
	uint64_t ticket = ++h->ticket;
	GN_TRY(gn_ledger_admin(h->l, &a, ticket, h->now));
	return hub_outcome(h, ticket)->err;
}

void hub_open_with(struct hub *h, unsigned people)
{
	hub_open(h);
	assert_int_equal(h->ready_err, GN_OK);
	assert_int_equal(hub_equivalent(h, "UAH", 2, true), GN_OK);
	while (h->people < people)
		hub_join(h);
}

void hub_routing(struct hub *h, unsigned hops, unsigned paths, bool maxflow, bool clearing)
{
	struct gn_ledger_admin a = {.kind = GN_ADMIN_SETTINGS};
	gn_ledger_settings_default(&a.settings);
	a.settings.max_hops = (uint8_t)hops;
	a.settings.max_paths = (uint8_t)paths;
	a.settings.maxflow = maxflow;
	a.settings.inline_clearing = clearing;
	assert_int_equal(gn_ledger_admin(h->l, &a, ++h->ticket, h->now), GN_OK);
	hub_run(h);
}

gn_err hub_status(struct hub *h, unsigned who, unsigned status)
{
	struct gn_ledger_admin a = {.kind = GN_ADMIN_STATUS,
				    .status = (uint8_t)status,
				    .who = {.reason = GN_LIT("test")}};
	uint64_t ticket = ++h->ticket;
	assert_int_equal(gn_pid_parse(gn_str(h->pid[who]), &a.pid), GN_OK);
	GN_TRY(gn_ledger_admin(h->l, &a, ticket, h->now));
	return hub_outcome(h, ticket)->err;
}

gn_err hub_trust(struct hub *h, unsigned from, unsigned to, const char *code, const char *limit,
		 const char *policy)
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

void hub_line_id(struct hub *h, uint32_t eq, unsigned from, unsigned to,
		 char out[GN_LINE_ID_LEN + 1])
{
	struct gn_ledger_line line;
	assert_int_equal(gn_ledger_line(h->l, eq, from, to, &line), GN_OK);
	gn_line_id_text(&line.id, out);
}

gn_err hub_change(struct hub *h, uint32_t eq, unsigned from, unsigned to, const char *rest)
{
	char body[8192], id[GN_LINE_ID_LEN + 1];
	hub_line_id(h, eq, from, to, id);
	snprintf(body, sizeof body, "{\"id\":\"%s\"%s}", id, rest);
	return hub_do(h, from, GN_OP_LINE_UPDATE, body, NULL);
}

gn_err hub_shut(struct hub *h, uint32_t eq, unsigned from, unsigned to, bool when_repaid)
{
	char body[256], id[GN_LINE_ID_LEN + 1];
	hub_line_id(h, eq, from, to, id);
	snprintf(body, sizeof body, "{\"id\":\"%s\"%s}", id,
		 when_repaid ? ",\"when_repaid\":true" : "");
	return hub_do(h, from, GN_OP_LINE_CLOSE, body, NULL);
}

void hub_payment_body(struct hub *h, unsigned to, const char *code, const char *amount,
		      const char *constraints, const char *tx_id, char out[1024])
{
	int n = snprintf(out, 1024, "{\"amount\":\"%s\"", amount);
	if (constraints)
		n += snprintf(out + n, 1024 - (size_t)n, ",\"constraints\":%s", constraints);
	snprintf(out + n, 1024 - (size_t)n,
		 ",\"equivalent\":\"%s\",\"to\":\"%s\",\"tx_id\":\"%s\"}", code, h->pid[to], tx_id);
}

gn_err hub_pay_with(struct hub *h, unsigned from, unsigned to, const char *code, const char *amount,
		    const char *constraints, char tx_id[32])
{
	char body[1024];
	snprintf(tx_id, 32, "tx-%llu", (unsigned long long)h->tx++);
	hub_payment_body(h, to, code, amount, constraints, tx_id, body);
	return hub_do(h, from, GN_OP_PAYMENT, body, tx_id);
}

gn_err hub_pay(struct hub *h, unsigned from, unsigned to, const char *code, const char *amount)
{
	char tx_id[32];
	return hub_pay_with(h, from, to, code, amount, NULL, tx_id);
}

gn_err hub_vote(struct hub *h, unsigned who, unsigned initiator, const char *tx_id, bool yes)
{
	char body[256];
	snprintf(body, sizeof body, "{\"answer\":\"%s\",\"initiator\":\"%s\",\"tx_id\":\"%s\"}",
		 yes ? "yes" : "no", h->pid[initiator], tx_id);
	return hub_do(h, who, GN_OP_VOTE, body, tx_id);
}

enum gn_tx_state hub_tx(struct hub *h, unsigned initiator, const char *tx_id)
{
	struct gn_tx_key key;
	struct gn_ledger_tx tx;
	gn_tx_key(&h->key[initiator].pk, gn_str(tx_id), &key);
	gn_ledger_tx(h->l, &key, &tx);
	return tx.state;
}

gn_amount hub_debt(struct hub *h, uint32_t eq, unsigned debtor, unsigned creditor)
{
	struct gn_ledger_line line;
	return gn_ledger_line(h->l, eq, creditor, debtor, &line) ? 0 : line.used;
}

struct gn_hash hub_hash(struct hub *h)
{
	struct gn_hash hash;
	gn_ledger_state_hash(h->l, &hash);
	return hash;
}

void hub_money(gn_amount a, char out[24])
{
	snprintf(out, 24, "%lld.%02lld", (long long)(a / 100), (long long)(a % 100));
}
