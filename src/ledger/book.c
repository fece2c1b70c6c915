/* Participants, equivalents and open transactions: numbered in the order of their records, found
 * by name. */
#include "ledger/book_int.h"

void lg_book_init(struct lg_book *b, const struct gn_env *env)
{
	GN_ASSERT(env->alloc && env->rand);
	*b = (struct lg_book){.env = *env, .seed = gn_rand_u64(env->rand)};
	b->keys.seed = b->keys_v0.seed = b->seed;
	b->keys_v0.for_ever = true;
	gn_map_init(&b->open_by_key, env, sizeof(struct gn_tx_key), sizeof(struct lg_open *),
		    BOOK_OPEN_MAX);
	gn_map_init(&b->waits, env, sizeof(uint32_t), sizeof(struct lg_waits),
		    BOOK_PARTICIPANTS_MAX);
	gn_heap_init(&b->expiry, env->alloc);
}

void lg_book_fini(struct lg_book *b)
{
	gn_mem_free(b->env.alloc, b->officers);
	struct gn_alloc *a = b->env.alloc;
	gn_heap_fini(&b->expiry); /* before the timers in it */
	for (uint32_t i = 0; i < b->open_count; i++)
		lg_open_free(b, b->open[i]);
	for (uint32_t i = 0; i < b->eq_count; i++)
		lg_eq_free(b, b->eqs[i]);
	gn_mem_free(a, b->open);
	gn_mem_free(a, b->eqs);
	gn_mem_free(a, b->participants);
	gn_mem_free(a, b->flow);
	gn_mem_free(a, b->balance);
	lg_index_fini(&b->by_pid, a);
	lg_keys_fini(&b->keys, a);
	lg_keys_fini(&b->keys_v0, a);
	gn_map_fini(&b->open_by_key);
	gn_map_fini(&b->waits);
	*b = (struct lg_book){0};
}

/* ---- participants ---- */

void lg_pid(const struct gn_pk *pk, struct gn_hash *out)
{
	gn_sha256(&(struct gn_slice){pk->b, sizeof pk->b}, 1, out);
}

void lg_book_of_hub(struct lg_book *b, const struct gn_pk *hub)
{
	b->hub = *hub;
	lg_pid(hub, &b->hub_pid);
}

static uint64_t participant_hash(const void *user, uint32_t i)
{
	const struct lg_book *b = user;
	return lg_mix(b->participants[i].tag ^ b->seed);
}

gn_err lg_find_participant(const struct lg_book *b, const struct gn_hash *pid, uint32_t *out)
{
	uint64_t tag = gn_be64(pid->b);
	uint32_t i;
	if (!b->by_pid.slots)
		return GN_NOT_FOUND;
	for (uint32_t s = lg_index_first(&b->by_pid, lg_mix(tag ^ b->seed));
	     lg_index_at(&b->by_pid, s, &i); s = lg_index_after(&b->by_pid, s)) {
		struct gn_hash h;
		if (b->participants[i].tag != tag)
			continue;
		lg_pid(&b->participants[i].pk, &h);
		if (gn_hash_eq(&h, pid)) {
			*out = i;
			return GN_OK;
		}
	}
	return GN_NOT_FOUND;
}

gn_err lg_participant_reserve(struct lg_book *b)
{
	GN_ASSERT(b->participant_count <= b->participant_cap);
	GN_TRY(lg_grow(b->env.alloc, &b->participants, &b->participant_cap,
		       (uint64_t)b->participant_count + 1, BOOK_PARTICIPANTS_MAX,
		       sizeof *b->participants));
	return lg_index_reserve(&b->by_pid, b->env.alloc, 1, participant_hash, b);
}

void lg_participant_add(struct lg_book *b, const struct gn_pk *pk, uint8_t kind)
{
	GN_ASSERT(b->participant_count < b->participant_cap);
	struct gn_hash pid;
	lg_pid(pk, &pid);
	b->participants[b->participant_count] =
		(struct lg_participant){.pk = *pk, .tag = gn_be64(pid.b), .kind = kind};
	lg_index_add(&b->by_pid, participant_hash(b, b->participant_count), b->participant_count);
	b->participant_count++;
}

/* ---- equivalents ---- */

bool lg_code_ok(struct gn_slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.p[i];
		if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
		      c == '_'))
			return false;
	}
	return s.len >= 1 && s.len <= 16;
}

/* Codes that differ by case alone would be mistaken for each other, so they are one name
 * (decision 101). */
gn_err lg_find_eq(const struct lg_book *b, struct gn_slice code, uint32_t *out)
{
	for (uint32_t i = 0; i < b->eq_count; i++)
		if (gn_same_word(gn_str(b->eqs[i]->code), code)) {
			*out = i;
			return GN_OK;
		}
	return GN_NOT_FOUND;
}

gn_err lg_eq_add(struct lg_book *b, struct gn_slice code, uint8_t precision, bool active,
		 struct gn_slice info)
{
	GN_ASSERT(code.len >= 1 && code.len <= 16 && precision <= GN_PRECISION_MAX);
	GN_TRY(lg_grow(b->env.alloc, &b->eqs, &b->eq_cap, (uint64_t)b->eq_count + 1,
		       BOOK_EQUIVALENTS_MAX, sizeof(struct lg_eq *)));
	struct lg_eq *q = GN_NEW(b->env.alloc, struct lg_eq);
	if (!q)
		return GN_NOMEM;
	q->info.p = gn_mem_new(b->env.alloc, info.len + 1);
	if (!q->info.p) {
		gn_mem_free(b->env.alloc, q);
		return GN_NOMEM;
	}
	q->info.len = q->info.cap = info.len;
	if (info.len)
		memcpy(q->info.p, info.p, info.len);
	memcpy(q->code, code.p, code.len);
	q->precision = precision;
	q->active = active;
	b->eqs[b->eq_count++] = q;
	return GN_OK;
}

/* ---- open transactions ---- */

struct lg_open *lg_find_open(const struct lg_book *b, const struct gn_tx_key *key)
{
	struct lg_open **o = gn_map_get(&b->open_by_key, key);
	return o ? *o : NULL;
}

void lg_open_free(struct lg_book *b, struct lg_open *o)
{
	if (!o)
		return;
	gn_mem_free(b->env.alloc, o->flow);
	gn_mem_free(b->env.alloc, o->asked);
	gn_mem_free(b->env.alloc, o);
}

const struct lg_waits *lg_find_waits(const struct lg_book *b, uint32_t participant)
{
	return gn_map_get(&b->waits, &participant);
}

/* He whose hop of the flow comes to this participant; of several the first. */
static uint32_t comes_via(const struct lg_eq *q, const struct lg_delta *flow, uint32_t count,
			  uint32_t participant)
{
	for (uint32_t i = 0; i < count; i++) {
		const struct lg_pair *p = &q->pairs[hop_pair(flow[i].hop)];
		unsigned d = hop_dir(flow[i].hop);
		if (q->nodes[p->node[1 - d]].participant == participant)
			return q->nodes[p->node[d]].participant;
	}
	return UINT32_MAX;
}

/* Of what waits for one participant: over whose line most came, or, with `via`, who pays most of
 * what came over that one. */
static gn_err find_most(const struct lg_book *b, const struct lg_waits *w, const uint32_t *via,
			uint32_t *who, uint32_t *most)
{
	GN_ASSERT(w->asked > 0);
	struct gn_map counts;
	gn_map_init(&counts, &b->env, sizeof(uint32_t), sizeof(uint32_t), w->asked);
	*most = 0;
	for (const struct lg_asked *a = w->first; a; a = a->next) {
		const uint32_t *counted = via ? &a->open->payer : &a->via;
		if (a->open->offer || (via && a->via != *via))
			continue;
		uint32_t *n = gn_map_put(&counts, counted);
		if (!n) {
			gn_map_fini(&counts);
			return GN_NOMEM;
		}
		if (++*n > *most) {
			*most = *n;
			*who = *counted;
		}
	}
	gn_map_fini(&counts);
	return GN_OK;
}

/* The newest that is not decided, of the payer; NULL: none. */
static struct lg_open *find_newest(const struct lg_waits *w, uint32_t via, uint32_t payer)
{
	GN_ASSERT(w->last);
	for (const struct lg_asked *a = w->last; a; a = a->before)
		if (a->via == via && a->open->payer == payer &&
		    a->open->answered < a->open->asked_count)
			return a->open;
	return NULL;
}

/* Journals of before the rule hold more, so it is asked when a payment is decided, never in
 * replay. */
gn_err lg_open_room(const struct lg_book *b, const struct lg_eq *q, uint32_t payer, uint32_t asked,
		    struct lg_open **out)
{
	GN_ASSERT(payer < b->participant_count && asked < b->participant_count);
	const struct lg_waits *w = lg_find_waits(b, asked);
	uint32_t over = 0, own = 0, heaviest, most;
	*out = NULL;
	if (!w || w->asked < BOOK_OPEN_CROWDED)
		return GN_OK;
	uint32_t via = comes_via(q, b->flow, b->flow_count, asked);
	for (const struct lg_asked *a = w->first; a; a = a->next) {
		over += a->via == via;
		own += a->via == via && a->open->payer == payer;
	}
	/* this neighbour's part: those who come over its line share it */
	bool full = over >= BOOK_OPEN_VIA_MAX;
	if (!full && w->asked < BOOK_OPEN_ASKED_MAX)
		return GN_OK;
	if (!full) {
		GN_TRY(find_most(b, w, NULL, &via, &most));
		if (most <= over + 1) /* a neighbour with fewer takes the place of one with most */
			return GN_QUOTA;
	}
	GN_TRY(find_most(b, w, &via, &heaviest, &most));
	GN_ASSERT(full || most > 0);
	if (full && most <= own + 1)
		return GN_QUOTA;
	*out = find_newest(w, via, heaviest);
	return *out ? GN_OK : GN_QUOTA;
}

static void forget_waits(struct lg_book *b, uint32_t participant)
{
	const struct lg_waits *w = lg_find_waits(b, participant);
	if (w && !w->paying && !w->asked)
		gn_map_remove(&b->waits, &participant);
}

/* Leaves entries without anything in them when it fails, for forget_waits. */
static gn_err reserve_waits(struct lg_book *b, const struct lg_open *o)
{
	GN_ASSERT(o->asked_count > 0 && o->asked);
	if (!o->offer && !gn_map_put(&b->waits, &o->payer))
		return GN_NOMEM;
	for (uint32_t i = 0; i < o->asked_count; i++)
		if (!gn_map_put(&b->waits, &o->asked[i].participant))
			return GN_NOMEM;
	return GN_OK;
}

static void forget_all(struct lg_book *b, const struct lg_open *o)
{
	if (!o->offer)
		forget_waits(b, o->payer);
	for (uint32_t i = 0; i < o->asked_count; i++)
		forget_waits(b, o->asked[i].participant);
}

static void link_asked(struct lg_book *b, struct lg_open *o)
{
	for (uint32_t i = 0; i < o->asked_count; i++) {
		struct lg_asked *a = &o->asked[i];
		struct lg_waits *w = gn_map_get(&b->waits, &a->participant);
		GN_ASSERT(w && a->participant < b->participant_count);
		a->open = o;
		a->via = o->offer
				 ? UINT32_MAX
				 : comes_via(b->eqs[o->eq], o->flow, o->flow_count, a->participant);
		a->next = NULL;
		a->before = w->last;
		*(w->last ? &w->last->next : &w->first) = a;
		w->last = a;
		w->asked++;
	}
	if (o->offer)
		b->eqs[o->eq]->offer = o;
	else
		((struct lg_waits *)gn_map_get(&b->waits, &o->payer))->paying++;
}

static void unlink_asked(struct lg_book *b, struct lg_open *o)
{
	for (uint32_t i = 0; i < o->asked_count; i++) {
		struct lg_asked *a = &o->asked[i];
		struct lg_waits *w = gn_map_get(&b->waits, &a->participant);
		GN_ASSERT(w && w->asked > 0);
		*(a->before ? &a->before->next : &w->first) = a->next;
		*(a->next ? &a->next->before : &w->last) = a->before;
		w->asked--;
	}
	if (o->offer)
		b->eqs[o->eq]->offer = NULL;
	else
		((struct lg_waits *)gn_map_get(&b->waits, &o->payer))->paying--;
	forget_all(b, o);
}

gn_err lg_open_add(struct lg_book *b, struct lg_open *o)
{
	GN_ASSERT(b->open_count == 0 || b->open[b->open_count - 1]->seq < o->seq);
	GN_TRY(lg_grow(b->env.alloc, &b->open, &b->open_cap, (uint64_t)b->open_count + 1,
		       BOOK_OPEN_MAX, sizeof(struct lg_open *)));
	GN_ASSERT(!gn_map_get(&b->open_by_key, &o->key));
	struct lg_open **slot = gn_map_put(&b->open_by_key, &o->key);
	if (!slot)
		return GN_NOMEM;
	*slot = o;
	if (reserve_waits(b, o) || gn_heap_set(&b->expiry, &o->timer, o->timer.at)) {
		forget_all(b, o);
		gn_map_remove(&b->open_by_key, &o->key);
		return GN_NOMEM;
	}
	link_asked(b, o);
	b->open[b->open_count++] = o;
	return GN_OK;
}

/* Its place in order of seq. */
static uint32_t place_of(const struct lg_book *b, const struct lg_open *o)
{
	uint32_t low = 0, high = b->open_count;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (b->open[mid]->seq < o->seq)
			low = mid + 1;
		else
			high = mid;
	}
	GN_ASSERT(low < b->open_count && b->open[low] == o);
	return low;
}

void lg_open_remove(struct lg_book *b, struct lg_open *o)
{
	GN_ASSERT(b->open_count > 0 && o->eq < b->eq_count);
	uint32_t i = place_of(b, o);
	unlink_asked(b, o);
	gn_heap_remove(&b->expiry, &o->timer);
	gn_map_remove(&b->open_by_key, &o->key);
	b->open_count--;
	memmove(b->open + i, b->open + i + 1, (b->open_count - i) * sizeof *b->open);
	lg_open_free(b, o);
}
