/* Questions about the state as sequenced. Nothing here changes anything. */
#include "ledger/engine_int.h"

uint64_t gn_ledger_seq(const struct gn_ledger *l)
{
	return l->book.seq;
}

uint64_t gn_ledger_durable_seq(const struct gn_ledger *l)
{
	return l->journal.durable;
}

gn_time gn_ledger_time(const struct gn_ledger *l)
{
	return l->book.time;
}

gn_err gn_ledger_failed(const struct gn_ledger *l)
{
	return l->state == LG_STOPPED ? l->stopped_by : GN_OK;
}

void gn_ledger_settings(const struct gn_ledger *l, struct gn_ledger_settings *out)
{
	*out = l->book.settings;
}

/* ---- participants, equivalents ---- */

uint32_t gn_ledger_participant_count(const struct gn_ledger *l)
{
	return l->book.participant_count;
}

gn_err gn_ledger_participant(const struct gn_ledger *l, uint32_t number,
			     struct gn_ledger_participant *out)
{
	if (number >= l->book.participant_count)
		return GN_NOT_FOUND;
	const struct lg_participant *p = &l->book.participants[number];
	*out = (struct gn_ledger_participant){.number = number,
					      .pk = p->pk,
					      .seq = p->seq,
					      .kind = p->kind,
					      .status = p->status,
					      .level = p->level};
	return GN_OK;
}

gn_err gn_ledger_find_participant(const struct gn_ledger *l, const struct gn_hash *pid,
				  struct gn_ledger_participant *out)
{
	uint32_t number;
	GN_TRY(lg_find_participant(&l->book, pid, &number));
	return gn_ledger_participant(l, number, out);
}

uint32_t gn_ledger_equivalent_count(const struct gn_ledger *l)
{
	return l->book.eq_count;
}

gn_err gn_ledger_equivalent(const struct gn_ledger *l, uint32_t number,
			    struct gn_ledger_equivalent *out)
{
	if (number >= l->book.eq_count)
		return GN_NOT_FOUND;
	const struct lg_eq *q = l->book.eqs[number];
	*out = (struct gn_ledger_equivalent){.number = number,
					     .precision = q->precision,
					     .active = q->active,
					     .info = gn_buf_slice(&q->info),
					     .nodes = q->node_count,
					     .pairs = q->pair_count,
					     .open_lines = q->open_lines};
	memcpy(out->code, q->code, sizeof out->code);
	memcpy(out->cleared, q->cleared, sizeof out->cleared);
	return GN_OK;
}

gn_err gn_ledger_find_equivalent(const struct gn_ledger *l, struct gn_slice code,
				 struct gn_ledger_equivalent *out)
{
	uint32_t number;
	GN_TRY(lg_find_eq(&l->book, code, &number));
	if (!gn_slice_eq(gn_str(l->book.eqs[number]->code), code))
		return GN_NOT_FOUND;
	return gn_ledger_equivalent(l, number, out);
}

/* ---- lines ---- */

static void read_policy(const struct lg_eq *q, uint32_t line, unsigned flags,
			struct gn_rec_policy *out)
{
	GN_ASSERT(hop_pair(line) < q->pair_count);
	const struct lg_extra *e = flags & LINE_EXTRA ? lg_find_extra(q, line) : NULL;
	*out = (struct gn_rec_policy){.auto_clearing = !(flags & LINE_NO_AUTO),
				      .can_be_intermediate = !(flags & LINE_NO_MIDDLE),
				      .ask = flags & LINE_ASK,
				      .daily_limit = e ? e->daily_limit : -1,
				      .max_hop_usage = e ? e->max_hop_usage : -1};
	if (e) {
		out->blocked_count = e->blocked_count;
		out->blocked = gn_slice(e->blocked, e->blocked_count * sizeof *e->blocked);
	}
}

static void read_line(const struct gn_ledger *l, uint32_t eq, uint32_t pair, unsigned side,
		      struct gn_ledger_line *out)
{
	const struct lg_eq *q = l->book.eqs[eq];
	GN_ASSERT(pair < q->pair_count && side < 2);
	const struct lg_pair *p = &q->pairs[pair];
	unsigned f = lg_line_flags(p, side), d = 1 - side;
	const struct lg_extra *e = f & LINE_EXTRA ? lg_find_extra(q, hop_of(pair, side)) : NULL;
	*out = (struct gn_ledger_line){
		.id = {.eq = (uint16_t)eq,
		       .pair = pair,
		       .version = p->version[side] ? lg_line_born(q, hop_of(pair, side)) : 0,
		       .side = (uint8_t)side},
		.version = p->version[side] >> 8,
		.from = q->nodes[p->node[side]].participant,
		.to = q->nodes[p->node[1 - side]].participant,
		.status = p->version[side] == 0              ? GN_LINE_NONE
			  : f & LINE_CLOSING                 ? GN_LINE_CLOSING
			  : !(f & LINE_OPEN)                 ? GN_LINE_CLOSED
			  : f & (LINE_FROZEN | LINE_DISPUTE) ? GN_LINE_FROZEN
							     : GN_LINE_ACTIVE,
		.disputed = f & LINE_DISPUTE,
		.limit = p->limit[side],
		.used = gn_amount_max(0, lg_debt(p, d)),
		.pay_capacity = lg_cap(q, p, d),
		.reserved = p->reserved[d],
		.used_today = e && e->day == lg_day(l->book.time) ? e->used : 0,
	};
	out->available_credit = out->limit - out->used;
	read_policy(q, hop_of(pair, side), f, &out->policy);
}

gn_err gn_ledger_line(const struct gn_ledger *l, uint32_t eq, uint32_t from, uint32_t to,
		      struct gn_ledger_line *out)
{
	uint32_t pair;
	unsigned side;
	if (eq >= l->book.eq_count)
		return GN_NOT_FOUND;
	GN_TRY(lg_find_line(l->book.eqs[eq], from, to, &pair, &side));
	read_line(l, eq, pair, side, out);
	return GN_OK;
}

gn_err gn_ledger_line_by_id(const struct gn_ledger *l, const struct gn_line_id *id,
			    struct gn_ledger_line *out)
{
	if (id->eq >= l->book.eq_count || id->pair >= l->book.eqs[id->eq]->pair_count ||
	    id->side > 1 || l->book.eqs[id->eq]->pairs[id->pair].version[id->side] == 0)
		return GN_NOT_FOUND;
	read_line(l, id->eq, id->pair, id->side, out);
	return GN_OK;
}

bool gn_ledger_next_pair(const struct gn_ledger *l, uint32_t eq, uint32_t participant, uint32_t *at,
			 struct gn_ledger_line *mine, struct gn_ledger_line *theirs)
{
	uint32_t node;
	if (eq >= l->book.eq_count || lg_find_node(l->book.eqs[eq], participant, &node))
		return false;
	const struct lg_eq *q = l->book.eqs[eq];
	if (*at >= q->nodes[node].degree)
		return false;
	uint32_t pair = q->half_pair[q->nodes[node].off + (*at)++];
	unsigned side = q->pairs[pair].node[1] == node;
	read_line(l, eq, pair, side, mine);
	read_line(l, eq, pair, 1 - side, theirs);
	return true;
}

gn_err gn_ledger_pair(const struct gn_ledger *l, uint32_t eq, uint32_t pair, uint32_t *lower,
		      uint32_t *higher, gn_amount *x)
{
	if (eq >= l->book.eq_count || pair >= l->book.eqs[eq]->pair_count)
		return GN_NOT_FOUND;
	const struct lg_eq *q = l->book.eqs[eq];
	*lower = q->nodes[q->pairs[pair].node[0]].participant;
	*higher = q->nodes[q->pairs[pair].node[1]].participant;
	*x = q->pairs[pair].x;
	return GN_OK;
}

gn_err gn_ledger_balance(const struct gn_ledger *l, uint32_t eq, uint32_t participant,
			 struct gn_ledger_balance *out)
{
	struct gn_ledger_line mine, theirs;
	uint32_t at = 0;
	if (eq >= l->book.eq_count || participant >= l->book.participant_count)
		return GN_NOT_FOUND;
	*out = (struct gn_ledger_balance){0};
	while (gn_ledger_next_pair(l, eq, participant, &at, &mine, &theirs)) {
		out->debt += theirs.used;
		out->credit += mine.used;
		out->can_spend += theirs.pay_capacity;
		out->can_receive += mine.pay_capacity;
		out->trust_given += mine.status == GN_LINE_ACTIVE ? mine.limit : 0;
		out->trust_received += theirs.status == GN_LINE_ACTIVE ? theirs.limit : 0;
	}
	return GN_OK;
}

/* ---- transactions ---- */

/* What is decided but not durable yet is told as what it was before (LG-27). */
static enum gn_tx_state shown_state(const struct gn_ledger *l, const struct lg_key *k)
{
	GN_ASSERT(k->state >> 8 > 0);
	enum gn_tx_state s = lg_key_state(k);
	bool durable = k->state >> 8 <= l->journal.durable;
	if (durable)
		return s;
	switch (s) {
	case GN_TX_PREPARE: return GN_TX_ROUTED;
	case GN_TX_COMMITTED: return lg_key_code(k) ? GN_TX_PREPARE : GN_TX_ROUTED;
	case GN_TX_ABORTED:
		return lg_key_code(k) <= GN_FAILURE_NO_CAPACITY ? GN_TX_NEW : GN_TX_PREPARE;
	case GN_TX_WAITING: return GN_TX_PROPOSED;
	case GN_TX_NONE:
	case GN_TX_NEW:
	case GN_TX_ROUTED:
	case GN_TX_PROPOSED:
	case GN_TX_REJECTED:
	default: return GN_TX_WAITING;
	}
}

void gn_ledger_tx(const struct gn_ledger *l, const struct gn_tx_key *key, struct gn_ledger_tx *out)
{
	const struct lg_key *k = lg_find_key(&l->book, key);
	const struct lg_open *o = lg_find_open(&l->book, key);
	*out = (struct gn_ledger_tx){.state = GN_TX_NONE};
	if (k && k->state) { /* else it is a change by v0, remembered so that it is taken once */
		out->state = shown_state(l, k);
		out->seq = k->state >> 8;
		out->code = lg_key_state(k) == GN_TX_COMMITTED ? 0 : (uint8_t)lg_key_code(k);
	}
	if (o) {
		out->expiry = o->timer.at;
		out->asked = o->asked_count;
		out->answered = o->answered;
	}
	for (uint32_t i = 0; !k && i < l->inbox.count; i++) {
		const struct lg_item *item = *(struct lg_item **)gn_ring_at(&l->inbox, i);
		if (item->has_key && memcmp(item->key.b, key->b, sizeof key->b) == 0)
			out->state = GN_TX_NEW;
	}
}

bool gn_ledger_open_tx(const struct gn_ledger *l, uint32_t i, struct gn_tx_key *key,
		       struct gn_ledger_tx *out)
{
	if (i >= l->book.open_count)
		return false;
	*key = l->book.open[i]->key;
	gn_ledger_tx(l, key, out);
	return true;
}

bool gn_ledger_offered(const struct gn_ledger *l, uint32_t eq, struct gn_tx_key *key,
		       struct gn_ledger_tx *out)
{
	const struct lg_open *o = eq < l->book.eq_count ? l->book.eqs[eq]->offer : NULL;
	if (!o)
		return false;
	*key = o->key;
	gn_ledger_tx(l, key, out);
	return true;
}

void gn_ledger_waits(const struct gn_ledger *l, uint32_t participant, uint32_t *paying,
		     uint32_t *asked)
{
	const struct lg_waits *w = lg_find_waits(&l->book, participant);
	*paying = w ? w->paying : 0;
	*asked = w ? w->asked : 0;
}

uint32_t gn_ledger_asks(const struct gn_ledger *l, uint32_t participant, uint64_t offset,
			struct gn_ledger_ask *out, uint32_t max)
{
	const struct lg_waits *w = lg_find_waits(&l->book, participant);
	uint32_t n = 0;
	for (const struct lg_asked *a = w ? w->first : NULL; a && n < max; a = a->next) {
		if (offset > 0) {
			offset--;
			continue;
		}
		out[n] = (struct gn_ledger_ask){.key = a->open->key, .answered = a->answered};
		gn_ledger_tx(l, &out[n].key, &out[n].tx);
		n++;
	}
	return n;
}

bool gn_ledger_asked(const struct gn_ledger *l, const struct gn_tx_key *key, uint32_t i,
		     uint32_t *participant, bool *answered)
{
	const struct lg_open *o = lg_find_open(&l->book, key);
	if (!o || i >= o->asked_count)
		return false;
	*participant = o->asked[i].participant;
	*answered = o->asked[i].answered;
	return true;
}

/* ---- integrity ---- */

gn_err gn_ledger_integrity(const struct gn_ledger *l, uint32_t eq, struct gn_ledger_integrity *out)
{
	if (eq >= l->book.eq_count)
		return GN_NOT_FOUND;
	const struct lg_eq *q = l->book.eqs[eq];
	gn_amount_sum held = 0, reserved = 0, net = 0;
	uint8_t line[4 + 4 + 8];
	*out = (struct gn_ledger_integrity){.limits = true, .one_direction = true};
	for (uint32_t i = 0; i < q->pair_count; i++) {
		const struct lg_pair *p = &q->pairs[i];
		for (unsigned d = 0; d < 2; d++) {
			out->limits &= p->reserved[d] >= 0 &&
				       lg_debt(p, d) + p->reserved[d] <= p->limit[1 - d];
			out->lines += lg_line_flags(p, d) & LINE_OPEN ? 1 : 0;
			reserved += p->reserved[d];
		}
		out->debts += p->x != 0;
		struct gn_writer w = gn_writer(line, sizeof line);
		gn_write_be32(&w, q->nodes[p->node[0]].participant);
		gn_write_be32(&w, q->nodes[p->node[1]].participant);
		gn_write_be64(&w, (uint64_t)p->x);
		gn_sha256((struct gn_slice[]){GN_SLICE(out->checksum.b), GN_SLICE(line)}, 2,
			  &out->checksum);
	}
	for (uint32_t n = 0; n < q->node_count; n++)
		for (uint32_t k = 0; k < q->nodes[n].degree; k++) {
			const struct lg_pair *p = &q->pairs[q->half_pair[q->nodes[n].off + k]];
			net += lg_debt(p, p->node[1] == n);
			out->one_direction &= lg_debt(p, 0) == -lg_debt(p, 1);
		}
	for (uint32_t i = 0; i < l->book.open_count; i++)
		for (uint32_t k = 0; l->book.open[i]->eq == eq && !l->book.open[i]->offer &&
				     k < l->book.open[i]->flow_count;
		     k++)
			held += l->book.open[i]->flow[k].a;
	out->net = net;
	out->zero_sum = net == 0;
	out->reservations = held == reserved;
	return GN_OK;
}

void gn_ledger_state_hash(const struct gn_ledger *l, struct gn_hash *out)
{
	lg_state_hash(&l->book, out);
}

void gn_ledger_info(const struct gn_ledger *l, struct gn_ledger_info *out)
{
	*out = l->info;
	out->ready = l->state == LG_RUNNING;
	out->stopped = l->state == LG_STOPPED;
	out->batches = l->journal.batches;
	out->bytes = l->journal.bytes;
	out->snapshots = l->snapshot.made;
	out->inbox = l->inbox.count;
	out->open_tx = l->book.open_count;
	out->keys = lg_keys_count(&l->book.keys) + lg_keys_count(&l->book.keys_v0);
	out->memory = l->env.alloc->used;
}

void gn_ledger_validate(const struct gn_ledger *l)
{
	lg_book_validate(&l->book);
	lg_journal_validate(&l->journal);
	GN_ASSERT(l->cycles.undo_count == 0);
	GN_ASSERT(l->state != LG_RUNNING || l->config.verify || l->journal.durable <= l->book.seq);
}
