/* The state as bytes: what snapshots hold and what the state hash is over (LG-52, LG-53). Only
 * facts are written; indexes, adjacency, capacities and timers follow from them and are built
 * again.
 *
 * 1. Equal books give equal bytes, whatever way they came to be.
 * 2. Reading never trusts a number before it is checked; after an error the book is good for
 *    lg_book_fini only. */
#include "ledger/book_int.h"

static const char magic[8] = "GNSTATE1";

/* ---- writing ---- */

static size_t eq_bound(const struct lg_eq *q)
{
	size_t n = 160 + q->info.len + 8u * (size_t)q->node_count + 64u * (size_t)q->pair_count;
	for (uint32_t i = 0; i < q->extra_count; i++)
		n += 64 + q->extras[i].blocked_count * sizeof(struct gn_hash);
	return n;
}

static size_t bound(const struct lg_book *b)
{
	size_t n = 512 + 48u * (size_t)b->participant_count;
	for (uint32_t i = 0; i < b->eq_count; i++)
		n += eq_bound(b->eqs[i]);
	n += 10 + (128 + OFFICER_NAME_MAX) * (size_t)b->officer_count;
	n += 2 * sizeof b->keys.days +
	     32u * ((size_t)lg_keys_count(&b->keys) + lg_keys_count(&b->keys_v0));
	for (uint32_t i = 0; i < b->open_count; i++)
		n += 96 + 16u * (size_t)b->open[i]->flow_count +
		     9u * (size_t)b->open[i]->asked_count;
	return n;
}

/* In the number of a line: a version follows since which it is what its ids say. A state without
 * any is written as before there were. */
#define EXTRA_BORN (1u << 31)

/* Where the state goes: into memory as a whole, or, with a hasher, piece by piece through it, so
 * that a hash needs no room beside the book (LG-53). */
struct sheet {
	struct gn_writer w;
	struct gn_hasher *hash; /* or NULL */
};

/* Room for the largest piece that is written between two calls: an equivalent's info, or a
 * line's blocked ones. */
#define SHEET_ROOM (JSON_TEXT_MAX + 1024u)
#define SHEET_BYTES (SHEET_ROOM + 8192u)

static void turn(struct gn_writer *w)
{
	GN_ASSERT(!w->bad);
	struct sheet *s = GN_CONTAINER(w, struct sheet, w);
	if (!s->hash || gn_writer_left(w) >= SHEET_ROOM)
		return;
	gn_hasher_add(s->hash, gn_slice(w->start, gn_writer_len(w)));
	w->p = w->start;
}

static void put_sum(struct gn_writer *w, gn_amount_sum v)
{
	gn_write_be64(w, (uint64_t)(v >> 64));
	gn_write_be64(w, (uint64_t)v);
}

static void put_pair(struct gn_writer *w, const struct lg_pair *p)
{
	GN_ASSERT(p->node[0] < p->node[1]);
	turn(w);
	gn_write_varint(w, p->node[0]);
	gn_write_varint(w, p->node[1]);
	gn_write_be64(w, (uint64_t)p->x);
	for (int i = 0; i < 2; i++) {
		gn_write_varint(w, (uint64_t)p->limit[i]);
		gn_write_varint(w, (uint64_t)p->reserved[i]);
		gn_write_be32(w, p->version[i]);
	}
}

static void put_eq(struct gn_writer *w, const struct lg_eq *q)
{
	GN_ASSERT(*q->code && q->precision <= GN_PRECISION_MAX);
	turn(w);
	gn_write_u8(w, (uint8_t)strlen(q->code));
	gn_write_bytes(w, gn_str(q->code));
	gn_write_u8(w, q->precision);
	gn_write_u8(w, q->active);
	gn_write_varint(w, q->info.len);
	gn_write_bytes(w, gn_buf_slice(&q->info));
	for (int i = 0; i < GN_CLEARING_MODES; i++)
		put_sum(w, q->cleared[i]);
	gn_write_varint(w, q->node_count);
	for (uint32_t i = 0; i < q->node_count; i++) {
		turn(w);
		gn_write_varint(w, q->nodes[i].participant);
	}
	gn_write_varint(w, q->pair_count);
	for (uint32_t i = 0; i < q->pair_count; i++)
		put_pair(w, &q->pairs[i]);
	gn_write_varint(w, q->extra_count);
	for (uint32_t i = 0; i < q->extra_count; i++) {
		const struct lg_extra *e = &q->extras[i];
		turn(w);
		gn_write_varint(w, e->line | (e->born ? EXTRA_BORN : 0));
		gn_write_varint(w, (uint64_t)(e->daily_limit + 1));
		gn_write_varint(w, (uint64_t)(e->max_hop_usage + 1));
		gn_write_varint(w, (uint64_t)e->day);
		gn_write_varint(w, (uint64_t)e->used);
		gn_write_varint(w, e->blocked_count);
		gn_write_bytes(w, gn_slice(e->blocked, e->blocked_count * sizeof *e->blocked));
		if (e->born)
			gn_write_varint(w, e->born);
	}
}

static void put_keys(struct gn_writer *w, const struct lg_keys *k)
{
	GN_ASSERT(lg_keys_count(k) <= k->capacity);
	turn(w);
	gn_write_varint(w, k->day_count);
	for (uint32_t i = 0; i < k->day_count; i++) {
		gn_write_varint(w, (uint64_t)k->days[i].day);
		gn_write_varint(w, (k->days[i].begin - k->head) & 0x7fffffffu);
	}
	gn_write_varint(w, lg_keys_count(k));
	for (uint32_t i = 0; i < lg_keys_count(k); i++) {
		const struct lg_key *e = &k->ring[(k->head + i) & (k->capacity - 1)];
		turn(w);
		gn_write_bytes(w, GN_SLICE(e->key.b));
		gn_write_be64(w, e->body);
		gn_write_be64(w, e->state);
	}
}

static void put_open(struct gn_writer *w, const struct lg_open *o)
{
	turn(w);
	gn_write_bytes(w, GN_SLICE(o->key.b));
	gn_write_u8(w, o->offer);
	gn_write_u8(w, o->refused);
	gn_write_varint(w, o->seq);
	gn_write_be64(w, (uint64_t)o->made);
	gn_write_be64(w, (uint64_t)o->timer.at);
	gn_write_varint(w, o->eq);
	gn_write_varint(w, o->payer);
	gn_write_varint(w, o->payee);
	gn_write_varint(w, (uint64_t)o->amount);
	gn_write_varint(w, o->flow_count);
	for (uint32_t i = 0; i < o->flow_count; i++) {
		turn(w);
		gn_write_varint(w, o->flow[i].hop);
		gn_write_varint(w, (uint64_t)o->flow[i].a);
	}
	gn_write_varint(w, o->asked_count);
	for (uint32_t i = 0; i < o->asked_count; i++) {
		turn(w);
		gn_write_varint(w, o->asked[i].participant);
		gn_write_u8(w, o->asked[i].answered);
	}
}

static void put_officers(struct gn_writer *w, const struct lg_book *b)
{
	GN_ASSERT(b->officer_count > 0);
	gn_write_varint(w, b->officer_count);
	for (uint32_t i = 0; i < b->officer_count; i++) {
		const struct lg_officer *o = &b->officers[i];
		turn(w);
		gn_write_bytes(w, GN_SLICE(o->pk.b));
		gn_write_u8(w, o->role);
		gn_write_varint(w, o->seq);
		gn_write_varint(w, o->name_len);
		gn_write_bytes(w, gn_slice(o->name, o->name_len));
	}
}

static void put_book(struct gn_writer *w, const struct lg_book *b)
{
	const struct gn_ledger_settings *s = &b->settings;
	gn_write_bytes(w, gn_slice(magic, sizeof magic));
	gn_write_u8(w, b->begun);
	gn_write_be64(w, b->seq);
	gn_write_be64(w, (uint64_t)b->time);
	gn_write_bytes(w, GN_SLICE(b->hub.b));
	gn_write_bytes(w,
		       gn_slice((uint8_t[]){s->max_hops, s->max_paths,
					    (uint8_t)(s->maxflow | s->second_search << 1),
					    (uint8_t)(s->inline_clearing | (s->exact_s > 0) << 1),
					    s->accept_v0},
				5));
	gn_write_be32(w, s->cycle5_s);
	gn_write_be32(w, s->cycle6_s);
	gn_write_be32(w, s->expiry_s);
	gn_write_be32(w, s->expiry_s_max);
	if (s->exact_s)
		gn_write_be32(w, s->exact_s);
	gn_write_varint(w, b->participant_count);
	for (uint32_t i = 0; i < b->participant_count; i++) {
		const struct lg_participant *m = &b->participants[i];
		turn(w);
		gn_write_bytes(w, GN_SLICE(m->pk.b));
		gn_write_varint(w, m->seq);
		gn_write_bytes(w, gn_slice((uint8_t[]){m->kind, m->status, m->level}, 3));
	}
	gn_write_varint(w, b->eq_count);
	for (uint32_t i = 0; i < b->eq_count; i++)
		put_eq(w, b->eqs[i]);
	put_keys(w, &b->keys);
	put_keys(w, &b->keys_v0);
	gn_write_varint(w, b->open_count);
	for (uint32_t i = 0; i < b->open_count; i++)
		put_open(w, b->open[i]);
	if (b->officer_count) /* a state without officers is written as before there were any */
		put_officers(w, b);
	GN_ASSERT(!w->bad);
}

gn_err lg_state_write(const struct lg_book *b, struct gn_buf *out)
{
	size_t cap = bound(b);
	uint8_t *p = gn_mem_resize(b->env.alloc, NULL, cap);
	if (!p)
		return GN_NOMEM;
	struct sheet s = {gn_writer(p, cap), NULL};
	put_book(&s.w, b);
	*out = (struct gn_buf){p, gn_writer_len(&s.w), cap};
	return GN_OK;
}

void lg_state_hash(const struct lg_book *b, struct gn_hash *out)
{
	uint8_t bytes[SHEET_BYTES];
	struct sheet s = {gn_writer(bytes, sizeof bytes), gn_hasher_new()};
	gn_hasher_begin(s.hash);
	put_book(&s.w, b);
	gn_hasher_add(s.hash, gn_slice(bytes, gn_writer_len(&s.w)));
	gn_hasher_end(s.hash, out);
	gn_hasher_free(s.hash);
}

/* ---- reading ---- */

static uint64_t number(struct gn_reader *r, uint64_t max)
{
	uint64_t v = gn_read_varint(r);
	if (v > max)
		r->bad = true;
	return r->bad ? 0 : v;
}

static gn_amount amount(struct gn_reader *r)
{
	return (gn_amount)number(r, (uint64_t)GN_AMOUNT_MAX);
}

static void fixed(struct gn_reader *r, void *out, size_t len)
{
	struct gn_slice s = gn_read_bytes(r, len);
	if (!r->bad && len)
		memcpy(out, s.p, len);
}

static gn_amount_sum sum(struct gn_reader *r)
{
	gn_amount_sum high = (int64_t)gn_read_be64(r);
	return high * ((gn_amount_sum)1 << 64) + gn_read_be64(r);
}

#define CHECK(cond)                                                                                \
	do {                                                                                       \
		if (!(cond))                                                                       \
			return GN_CORRUPT;                                                         \
	} while (0)

static gn_err read_head(struct lg_book *b, struct gn_reader *r)
{
	char mark[8] = {0};
	uint8_t s[5] = {0};
	fixed(r, mark, sizeof mark);
	CHECK(memcmp(mark, magic, sizeof mark) == 0);
	b->begun = gn_read_u8(r) == 1;
	b->seq = gn_read_be64(r);
	b->time = (gn_time)gn_read_be64(r);
	struct gn_pk hub;
	fixed(r, hub.b, sizeof hub.b);
	lg_book_of_hub(b, &hub);
	fixed(r, s, sizeof s);
	b->settings = (struct gn_ledger_settings){.max_hops = s[0],
						  .max_paths = s[1],
						  .maxflow = s[2] & 1,
						  .second_search = s[2] >> 1 & 1,
						  .inline_clearing = s[3] & 1,
						  .accept_v0 = s[4] == 1};
	b->settings.cycle5_s = gn_read_be32(r);
	b->settings.cycle6_s = gn_read_be32(r);
	b->settings.expiry_s = gn_read_be32(r);
	b->settings.expiry_s_max = gn_read_be32(r);
	b->settings.exact_s = s[3] & 2 ? gn_read_be32(r) : 0;
	CHECK(!r->bad && b->begun && b->time >= 0 && b->time <= REC_TIME_MAX);
	CHECK(b->settings.max_hops <= ROUTE_HOPS_MAX && b->settings.max_paths <= ROUTE_PATHS_MAX);
	return GN_OK;
}

static gn_err read_participants(struct lg_book *b, struct gn_reader *r)
{
	for (uint64_t n = number(r, gn_reader_left(r)); n > 0; n--) {
		struct gn_pk pk = {{0}};
		fixed(r, pk.b, sizeof pk.b);
		uint64_t seq = number(r, INT64_MAX);
		uint8_t kind = gn_read_u8(r), status = gn_read_u8(r), level = gn_read_u8(r);
		CHECK(!r->bad && kind <= GN_PARTICIPANT_HUB && status <= GN_PARTICIPANT_DELETED);
		GN_TRY(lg_participant_reserve(b));
		lg_participant_add(b, &pk, kind);
		struct lg_participant *p = &b->participants[b->participant_count - 1];
		p->seq = seq;
		p->status = status;
		p->level = level;
	}
	return r->bad ? GN_CORRUPT : GN_OK;
}

static gn_err read_pair(struct lg_book *b, struct lg_eq *q, struct gn_reader *r)
{
	struct lg_pair p = {0};
	uint32_t there;
	for (int i = 0; i < 2; i++)
		p.node[i] = (uint32_t)number(r, UINT32_MAX);
	p.x = (gn_amount)gn_read_be64(r);
	for (int i = 0; i < 2; i++) {
		p.limit[i] = amount(r);
		p.reserved[i] = amount(r);
		p.version[i] = gn_read_be32(r);
	}
	CHECK(!r->bad && p.node[0] < p.node[1] && p.node[1] < q->node_count &&
	      p.x <= GN_AMOUNT_MAX && p.x >= -GN_AMOUNT_MAX);
	CHECK(lg_find_pair(q, p.node[0], p.node[1], &there) == GN_NOT_FOUND);
	uint32_t lower = q->nodes[p.node[0]].participant, higher = q->nodes[p.node[1]].participant;
	GN_TRY(lg_pair_reserve(b, q, lower, higher));
	struct lg_pair *made = &q->pairs[lg_pair_add(b, q, lower, higher)];
	GN_ASSERT(made->node[0] == p.node[0] && made->node[1] == p.node[1]);
	made->x = p.x;
	for (int i = 0; i < 2; i++) {
		made->limit[i] = p.limit[i];
		made->reserved[i] = p.reserved[i];
		made->version[i] = p.version[i];
		q->open_lines += (p.version[i] & (LINE_OPEN | LINE_CLOSING)) != 0;
	}
	return GN_OK;
}

static gn_err read_extra(struct lg_book *b, struct lg_eq *q, struct gn_reader *r)
{
	uint32_t word = (uint32_t)number(r, UINT32_MAX), line = word & ~EXTRA_BORN;
	gn_amount daily = (gn_amount)number(r, (uint64_t)GN_AMOUNT_MAX + 1) - 1,
		  usage = (gn_amount)number(r, (uint64_t)GN_AMOUNT_MAX + 1) - 1;
	int64_t day = (int64_t)number(r, INT64_MAX);
	gn_amount used = amount(r);
	uint32_t count = (uint32_t)number(r, OP_BLOCKED_MAX);
	struct gn_slice blocked = gn_read_bytes(r, count * sizeof(struct gn_hash));
	uint32_t born = word & EXTRA_BORN ? (uint32_t)number(r, BOOK_VERSION_MAX) : 0;
	CHECK(!r->bad && hop_pair(line) < q->pair_count && !lg_find_extra(q, line));
	CHECK(!(word & EXTRA_BORN) ||
	      (born > 1 && born <= q->pairs[hop_pair(line)].version[hop_dir(line)] >> 8));
	GN_TRY(lg_extra_reserve(b, q));
	struct gn_hash *list = count ? GN_NEW_ARRAY(b->env.alloc, struct gn_hash, count) : NULL;
	if (count && !list)
		return GN_NOMEM;
	if (count)
		memcpy(list, blocked.p, blocked.len);
	struct lg_extra *e = lg_extra_add(q, line);
	e->daily_limit = daily;
	e->max_hop_usage = usage;
	e->day = day;
	e->used = used;
	e->blocked_count = count;
	e->blocked = list;
	e->born = born;
	return GN_OK;
}

static gn_err read_nodes(struct lg_book *b, struct lg_eq *q, struct gn_reader *r)
{
	for (uint64_t n = number(r, gn_reader_left(r)); n > 0; n--) {
		uint32_t participant = (uint32_t)number(r, UINT32_MAX), there;
		CHECK(!r->bad && participant < b->participant_count &&
		      lg_find_node(q, participant, &there));
		GN_TRY(lg_node_add(b, q, participant));
	}
	return r->bad ? GN_CORRUPT : GN_OK;
}

static gn_err read_eq(struct lg_book *b, struct gn_reader *r)
{
	uint32_t there;
	uint8_t len = gn_read_u8(r);
	struct gn_slice code = gn_read_bytes(r, len);
	uint8_t precision = gn_read_u8(r), active = gn_read_u8(r);
	struct gn_slice info = gn_read_bytes(r, number(r, gn_reader_left(r)));
	CHECK(!r->bad && lg_code_ok(code) && precision <= GN_PRECISION_MAX && active <= 1);
	CHECK(lg_find_eq(b, code, &there) == GN_NOT_FOUND);
	GN_TRY(lg_eq_add(b, code, precision, active, info));
	struct lg_eq *q = b->eqs[b->eq_count - 1];
	for (int i = 0; i < GN_CLEARING_MODES; i++)
		q->cleared[i] = sum(r);
	GN_TRY(read_nodes(b, q, r));
	for (uint64_t n = number(r, gn_reader_left(r)); n > 0; n--)
		GN_TRY(read_pair(b, q, r));
	for (uint64_t n = number(r, gn_reader_left(r)); n > 0; n--)
		GN_TRY(read_extra(b, q, r));
	for (uint32_t i = 0; i < q->pair_count; i++) {
		for (unsigned s = 0; s < 2; s++)
			CHECK(!(lg_line_flags(&q->pairs[i], s) & LINE_EXTRA) ||
			      lg_find_extra(q, hop_of(i, s)));
		lg_pair_settle(q, i);
	}
	return r->bad ? GN_CORRUPT : GN_OK;
}

static gn_err read_keys(struct lg_book *b, struct lg_keys *k, struct gn_reader *r)
{
	uint32_t days = (uint32_t)number(r, GN_COUNT(k->days) - 1), begins[GN_COUNT(k->days)];
	int64_t dates[GN_COUNT(k->days)];
	CHECK(!k->for_ever || days == 0);
	for (uint32_t i = 0; i < days; i++) {
		dates[i] = (int64_t)number(r, INT64_MAX);
		begins[i] = (uint32_t)number(r, UINT32_MAX);
		CHECK(i == 0 || (dates[i - 1] < dates[i] && begins[i - 1] < begins[i]));
		CHECK(dates[i] <= lg_day(b->time)); /* of one that has not come none would go */
	}
	uint64_t count = number(r, gn_reader_left(r));
	CHECK(!r->bad && (count == 0 || k->for_ever || (days > 0 && begins[0] == 0)));
	for (uint32_t i = 0, d = 0; i < count; i++) {
		struct lg_key e;
		fixed(r, e.key.b, sizeof e.key.b);
		e.body = gn_read_be64(r);
		e.state = gn_read_be64(r);
		CHECK(!r->bad);
		while (d + 1 < days && begins[d + 1] <= i)
			d++;
		gn_time day = days ? dates[d] * 86400 * GN_SEC : 0;
		GN_TRY(lg_keys_reserve(k, b->env.alloc, day));
		lg_keys_add(k, &e, day);
	}
	return GN_OK;
}

static gn_err read_open_lists(struct lg_book *b, struct lg_open *o, struct gn_reader *r)
{
	const struct lg_eq *q = b->eqs[o->eq];
	o->flow_count = (uint32_t)number(r, gn_reader_left(r));
	o->flow = GN_NEW_ARRAY(b->env.alloc, struct lg_delta, o->flow_count);
	if (o->flow_count && !o->flow)
		return GN_NOMEM;
	for (uint32_t i = 0; i < o->flow_count && !r->bad; i++) {
		o->flow[i].hop = (uint32_t)number(r, UINT32_MAX);
		o->flow[i].a = amount(r);
		CHECK(hop_pair(o->flow[i].hop) < q->pair_count);
	}
	o->asked_count = (uint32_t)number(r, gn_reader_left(r));
	o->asked = GN_NEW_ARRAY(b->env.alloc, struct lg_asked, o->asked_count);
	if (o->asked_count && !o->asked)
		return GN_NOMEM;
	for (uint32_t i = 0; i < o->asked_count && !r->bad; i++) {
		o->asked[i].participant = (uint32_t)number(r, UINT32_MAX);
		o->asked[i].answered = gn_read_u8(r) == 1;
		o->answered += o->asked[i].answered;
		CHECK(o->asked[i].participant < b->participant_count);
	}
	CHECK(!r->bad && o->flow_count > 0 && o->asked_count > 0);
	return GN_OK;
}

static gn_err read_open(struct lg_book *b, struct lg_open *o, struct gn_reader *r)
{
	fixed(r, o->key.b, sizeof o->key.b);
	o->offer = gn_read_u8(r) == 1;
	o->refused = gn_read_u8(r) == 1;
	o->seq = number(r, b->seq);
	o->made = (gn_time)gn_read_be64(r);
	o->timer.at = (gn_time)gn_read_be64(r);
	o->eq = (uint32_t)number(r, UINT32_MAX);
	o->payer = (uint32_t)number(r, UINT32_MAX);
	o->payee = (uint32_t)number(r, UINT32_MAX);
	o->amount = amount(r);
	CHECK(!r->bad && o->eq < b->eq_count && o->payer < b->participant_count &&
	      o->payee < b->participant_count);
	CHECK(o->made >= 0 && o->made <= b->time && o->timer.at > o->made);
	CHECK(b->open_count == 0 || b->open[b->open_count - 1]->seq < o->seq);
	CHECK(!lg_find_open(b, &o->key) && !(o->offer && b->eqs[o->eq]->offer));
	GN_TRY(read_open_lists(b, o, r));
	return lg_open_add(b, o);
}

static gn_err read_opens(struct lg_book *b, struct gn_reader *r)
{
	for (uint64_t n = number(r, gn_reader_left(r)); n > 0; n--) {
		struct lg_open *o = GN_NEW(b->env.alloc, struct lg_open);
		gn_err err = o ? read_open(b, o, r) : GN_NOMEM;
		if (err) {
			lg_open_free(b, o);
			return err;
		}
	}
	return r->bad ? GN_CORRUPT : GN_OK;
}

static gn_err read_officers(struct lg_book *b, struct gn_reader *r)
{
	uint64_t count = number(r, BOOK_OFFICERS_MAX);
	CHECK(!r->bad && count > 0);
	for (uint64_t i = 0; i < count; i++) {
		struct gn_pk pk = {{0}};
		fixed(r, pk.b, sizeof pk.b);
		uint8_t role = gn_read_u8(r);
		uint64_t seq = number(r, INT64_MAX);
		struct gn_slice name = gn_read_bytes(r, number(r, OFFICER_NAME_MAX));
		CHECK(!r->bad && role <= GN_ROLE_ADMIN && !lg_find_officer(b, &pk));
		GN_TRY(lg_officer_put(b, &pk, role, seq, name));
	}
	return GN_OK;
}

gn_err lg_state_read(struct lg_book *b, struct gn_slice in)
{
	GN_ASSERT(!b->begun && b->participant_count == 0);
	struct gn_reader r = gn_reader(in);
	GN_TRY(read_head(b, &r));
	GN_TRY(read_participants(b, &r));
	for (uint64_t n = number(&r, BOOK_EQUIVALENTS_MAX); n > 0; n--)
		GN_TRY(read_eq(b, &r));
	GN_TRY(read_keys(b, &b->keys, &r));
	GN_TRY(read_keys(b, &b->keys_v0, &r));
	GN_TRY(read_opens(b, &r));
	if (gn_reader_left(&r))
		GN_TRY(read_officers(b, &r));
	return r.bad || gn_reader_left(&r) ? GN_CORRUPT : GN_OK;
}
