/* The engine's frame: lifecycle, requests in, records through, results out (LG-27: nothing is
 * told before it is durable).
 *
 *   FRESH -> RECOVERING [gn_ledger_start] -> RUNNING [lg_running]
 *         -> STOPPED [lg_stop: the disk failed; recovery: damage] */
#include "ledger/engine_int.h"

#define RESULTS_MAX (INBOX_MAX + 1024)

void gn_ledger_settings_default(struct gn_ledger_settings *out)
{
	*out = (struct gn_ledger_settings){.max_hops = 6,
					   .max_paths = 3,
					   .inline_clearing = true,
					   .cycle5_s = 3600,
					   .cycle6_s = 86400,
					   .expiry_s = (uint32_t)(TX_EXPIRY_DEFAULT / GN_SEC),
					   .expiry_s_max = 3600};
}

gn_err gn_ledger_new(const struct gn_env *env, const struct gn_ledger_config *config,
		     struct gn_ledger **out)
{
	struct gn_ledger *l = GN_NEW(env->alloc, struct gn_ledger);
	if (!l)
		return GN_NOMEM;
	l->env = *env;
	l->config = *config;
	if (l->config.settings.max_hops == 0)
		gn_ledger_settings_default(&l->config.settings);
	if (l->config.snapshot_bytes == 0)
		l->config.snapshot_bytes = JOURNAL_SNAPSHOT_DEFAULT;
	lg_book_init(&l->book, env);
	lg_journal_init(&l->journal, env->alloc, l->config.dir, config->segment_bytes);
	lg_router_init(&l->router, env->alloc);
	lg_cycles_init(&l->cycles, env->alloc);
	gn_ring_init(&l->inbox, env->alloc, sizeof(struct lg_item *), INBOX_MAX);
	gn_ring_init(&l->results, env->alloc, sizeof(struct lg_result), RESULTS_MAX);
	/* its memory now, so that an outcome can always be told */
	for (uint32_t i = 0; i < RESULTS_MAX; i++)
		if (gn_ring_push(&l->results, &(struct lg_result){0})) {
			gn_ledger_free(l);
			return GN_NOMEM;
		}
	l->results.count = 0;
	*out = l;
	return GN_OK;
}

void gn_ledger_free(struct gn_ledger *l)
{
	struct lg_item *item;
	if (!l)
		return;
	while (gn_ring_pop(&l->inbox, &item))
		gn_mem_free(l->env.alloc, item);
	gn_ring_fini(&l->inbox);
	gn_ring_fini(&l->results);
	gn_mem_free(l->env.alloc, l->touched);
	gn_mem_free(l->env.alloc, l->scratch);
	lg_recover_fini(l);
	lg_snapshot_fini(l);
	lg_cycles_fini(&l->cycles);
	lg_router_fini(&l->router);
	lg_journal_fini(&l->journal);
	lg_book_fini(&l->book);
	gn_mem_free(l->env.alloc, l);
}

void gn_ledger_start(struct gn_ledger *l, gn_time now)
{
	(void)now;
	GN_ASSERT(l->state == LG_FRESH);
	lg_recover_start(l);
}

/* ---- requests ---- */

/* Whose request it is, and that he signed it. */
static gn_err check_signer(const struct gn_ledger *l, const struct gn_ledger_request *r,
			   struct lg_item *item)
{
	struct gn_hash pid;
	item->signer = r->signer;
	item->who = LG_NOBODY;
	if (item->op.kind == GN_OP_REGISTER) {
		item->signer = item->op.public_key;
		lg_pid(&item->signer, &pid);
		if (item->op.profile == GN_PROFILE_V1 && !gn_hash_eq(&pid, &item->op.signer))
			return GN_SIGNATURE;
	} else if (item->op.profile == GN_PROFILE_V1) {
		GN_TRY(lg_find_participant(&l->book, &item->op.signer, &item->who));
		item->signer = l->book.participants[item->who].pk;
	}
	return r->checked ? GN_OK : gn_op_verify(&item->signer, item->op.bytes, &item->sig);
}

gn_err gn_ledger_submit(struct gn_ledger *l, const struct gn_ledger_request *r, uint64_t ticket,
			gn_time now)
{
	GN_ASSERT(r->bytes.p || r->bytes.len == 0);
	(void)now;
	if (l->state != LG_RUNNING || l->config.verify)
		return GN_STATE;
	if (r->bytes.len > JSON_TEXT_MAX)
		return GN_TOO_LARGE;
	if (l->inbox.count == INBOX_MAX || l->results.count + l->inbox.count >= RESULTS_MAX - 64)
		return GN_BUSY;
	size_t flow_len = r->flow ? r->flow->routes.len : 0;
	struct lg_item *item =
		gn_mem_resize(l->env.alloc, NULL, sizeof *item + r->bytes.len + flow_len);
	if (!item)
		return GN_NOMEM;
	item->ticket = ticket;
	item->flow_elsewhere = r->flow_elsewhere;
	item->flow_given = r->flow != NULL;
	item->flow = (struct gn_ledger_flow){gn_slice(item->bytes + r->bytes.len, flow_len),
					     r->flow ? r->flow->count : 0};
	if (flow_len)
		memcpy(item->bytes + r->bytes.len, r->flow->routes.p, flow_len);
	item->sig = r->sig;
	item->len = r->bytes.len;
	if (r->bytes.len)
		memcpy(item->bytes, r->bytes.p, r->bytes.len);
	gn_err err = gn_op_parse(r->profile, r->kind, gn_slice(item->bytes, item->len), &item->op);
	if (!err)
		err = item->op.kind == GN_OP_ADMIN ? GN_UNSUPPORTED : check_signer(l, r, item);
	if (!err) {
		item->has_key = item->op.kind == GN_OP_PAYMENT;
		if (item->has_key)
			gn_tx_key(&item->signer, item->op.tx_id, &item->key);
		err = gn_ring_push(&l->inbox, &item);
	}
	if (err) {
		l->info.refused++;
		gn_mem_free(l->env.alloc, item);
	}
	return err;
}

void gn_ledger_tick(struct gn_ledger *l, gn_time now)
{
	struct lg_item *item;
	if (l->state == LG_RECOVERING)
		lg_recover_more(l, now);
	if (l->state != LG_RUNNING || l->config.verify)
		return;
	l->clock = now;
	lg_expire(l, now);
	for (unsigned n = 0; n < TICK_WORK && l->journal.open.buf.len < JOURNAL_GROUP_MAX &&
			     gn_ring_pop(&l->inbox, &item);
	     n++) {
		lg_decide(l, item, now);
		gn_mem_free(l->env.alloc, item);
	}
	lg_periodic(l, now);
}

gn_time gn_ledger_deadline(const struct gn_ledger *l)
{
	if (l->state != LG_RUNNING || l->config.verify)
		return GN_NEVER;
	if ((l->inbox.count > 0 || l->sweep.active) && l->journal.open.buf.len < JOURNAL_GROUP_MAX)
		return 0;
	return gn_time_min(gn_heap_deadline(&l->book.expiry), gn_time_min(l->next5, l->next6));
}

bool gn_ledger_idle(const struct gn_ledger *l)
{
	return l->inbox.count == 0 && l->results.count == 0 && l->journal.phase == LG_IDLE &&
	       l->journal.open.count == 0 && !l->journal.telling &&
	       l->snapshot.phase == LG_SNAP_IDLE && !l->told.p && !l->tell_ready &&
	       l->state != LG_RECOVERING;
}

void gn_ledger_snapshot(struct gn_ledger *l)
{
	l->snapshot.wanted = true;
}

/* ---- disk ---- */

/* Starts the next batch, and a snapshot at its end when one is due. */
static void begin_batch(struct gn_ledger *l)
{
	GN_ASSERT(l->state != LG_FRESH);
	struct lg_snapshot *s = &l->snapshot;
	uint64_t sealed;
	if (l->state != LG_RUNNING || !lg_journal_begin(&l->journal, &sealed))
		return;
	bool due = s->wanted || l->journal.bytes - s->since >= l->config.snapshot_bytes;
	if (due && s->phase == LG_SNAP_IDLE)
		lg_snapshot_take(l, sealed, l->book.time);
}

bool gn_ledger_next_io(struct gn_ledger *l, struct gn_ledger_io *out)
{
	if (l->state == LG_RECOVERING) {
		lg_recover_more(l, l->book.time);
		return lg_recover_request(l, out);
	}
	if (l->state != LG_RUNNING)
		return false;
	begin_batch(l);
	return lg_journal_request(&l->journal, out) || lg_snapshot_request(l, out);
}

void gn_ledger_io_done(struct gn_ledger *l, uint64_t token, gn_err err, struct gn_slice data,
		       gn_time now)
{
	GN_ASSERT(l->state != LG_FRESH);
	if (token == LG_TOKEN_RECOVER) {
		lg_recover_done(l, err, data, now);
		return;
	}
	if (err) {
		lg_stop(l, err);
		return;
	}
	if (token == LG_TOKEN_SNAPSHOT)
		lg_snapshot_done(l);
	else if (lg_journal_done(&l->journal))
		l->records_told = false;
}

/* ---- events ---- */

static bool tell_records(struct gn_ledger *l, struct gn_ledger_event *out)
{
	const struct lg_group *g = &l->journal.told;
	if (!l->journal.telling || l->records_told)
		return false;
	l->records_told = true;
	out->kind = GN_LEDGER_RECORDS;
	out->payload = gn_slice(g->buf.p + BATCH_HEADER, g->buf.len - BATCH_HEADER);
	out->first_seq = g->first_seq;
	out->count = g->count;
	return true;
}

static bool tell_result(struct gn_ledger *l, struct gn_ledger_event *out)
{
	const struct lg_group *g = &l->journal.told;
	const struct lg_result *r = gn_ring_at(&l->results, 0);
	struct lg_result taken;
	if (!r || r->after > l->journal.durable)
		return false;
	gn_ring_pop(&l->results, &taken);
	out->kind = GN_LEDGER_RESULT;
	out->err = taken.err;
	out->ticket = taken.ticket;
	out->seq = taken.seq;
	out->repeated = taken.repeated;
	out->state = (enum gn_tx_state)taken.state;
	out->key = taken.key;
	if (taken.len && l->journal.telling && taken.seq >= g->first_seq &&
	    taken.seq < g->first_seq + g->count)
		out->record = gn_slice(g->buf.p + BATCH_HEADER + taken.off, taken.len);
	return true;
}

static bool tell_recovered(struct gn_ledger *l, struct gn_ledger_event *out)
{
	GN_ASSERT(l->state == LG_RECOVERING);
	lg_recover_more(l, l->book.time);
	if (!l->told.p)
		return false;
	l->told_handed = true;
	out->kind = GN_LEDGER_RECORDS;
	out->payload = l->told;
	out->first_seq = l->told_seq;
	out->count = l->told_count;
	return true;
}

bool gn_ledger_next_event(struct gn_ledger *l, struct gn_ledger_event *out)
{
	*out = (struct gn_ledger_event){.err = GN_OK};
	if (l->state == LG_RECOVERING && tell_recovered(l, out))
		return true;
	if (l->tell_ready) {
		l->tell_ready = false;
		out->kind = GN_LEDGER_READY;
		out->err = l->state == LG_STOPPED ? l->stopped_by : GN_OK;
		return true;
	}
	if (tell_records(l, out) || tell_result(l, out))
		return true;
	if (l->journal.telling)
		lg_journal_drop(&l->journal);
	if (l->tell_stopped) {
		l->tell_stopped = false;
		out->kind = GN_LEDGER_STOPPED;
		out->err = l->stopped_by;
		return true;
	}
	return false;
}

gn_err gn_ledger_record(struct gn_slice record, uint64_t seq, struct gn_record_view *out)
{
	return lg_rec_read(record, seq, out);
}
