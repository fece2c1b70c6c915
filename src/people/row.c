/* The rows that the engine is opened from: own, contacts, chats. Each walks its layout once,
 * writing or reading.
 *
 * 1. A row has what its contact or chat needs after a crash, timers included; what is only of
 *    this moment (what another device is typing) is in none.
 * 2. A damaged row is GN_CORRUPT, never a state that an assert would meet.
 * 3. What changed is put out when the call ends, each row once.
 *
 * Spec: PE-50, PE-52. */
#include "people/people_int.h"

#define ROW_VERSION 1

static void walk_time(struct people_form *f, gn_time *t)
{
	uint64_t v = (uint64_t)*t;
	people_form_u64(f, &v);
	f->bad |= v > INT64_MAX / 2;
	*t = f->bad ? 0 : (gn_time)v;
}

static void walk_at(struct people_form *f, struct gn_people_at *at)
{
	people_form_u64(f, &at->order);
	people_form_bytes(f, at->id.b, sizeof at->id.b);
}

static void walk_version(struct people_form *f, struct gn_people_version *v)
{
	people_form_u64(f, &v->seq);
	people_form_bytes(f, v->hash.b, sizeof v->hash.b);
}

static void walk_name(struct people_form *f, uint8_t name[GN_PEOPLE_NAME_MAX], uint32_t *len)
{
	*len = people_form_below(f, *len, GN_PEOPLE_NAME_MAX + 1);
	people_form_bytes(f, name, *len);
}

/* ---- a contact ---- */

static void walk_box(struct people_form *f, struct people_contact *c, struct gn_alloc *alloc,
		     gn_err *err)
{
	bool has = c->box != NULL;
	people_form_flag(f, &has);
	if (!has || people_form_broken(f))
		return;
	if (f->reading && !(c->box = GN_NEW(alloc, struct gn_content_box))) {
		*err = GN_NOMEM;
		return;
	}
	people_form_bytes(f, c->box->box.b, sizeof c->box->box.b);
	people_form_bytes(f, c->box->certificate, sizeof c->box->certificate);
	people_form_bytes(f, c->box->deposit_seed, sizeof c->box->deposit_seed);
	people_form_bytes(f, c->box->hint, sizeof c->box->hint);
	people_form_u64(f, &c->box->until);
}

static void walk_device(struct people_form *f, struct people_device *d, struct gn_alloc *alloc,
			gn_err *err)
{
	people_form_bytes(f, d->key.b, sizeof d->key.b);
	people_form_u32(f, &d->heard);
	walk_time(f, &d->heard_since);
	people_form_flag(f, &d->must_answer);
	walk_time(f, &d->asked_at);
	walk_time(f, &d->answered_at);
	d->unopened_count = people_form_below(f, d->unopened_count, CONTENT_RESEND_MAX + 1);
	if (!d->unopened_count || people_form_broken(f))
		return;
	if (f->reading &&
	    !(d->unopened = GN_NEW_ARRAY(alloc, struct gn_hash, CONTENT_RESEND_MAX))) {
		d->unopened_count = 0;
		*err = GN_NOMEM;
		return;
	}
	people_form_bytes(f, d->unopened, d->unopened_count * sizeof *d->unopened);
}

static void walk_devices(struct people_form *f, struct people_contact *c, struct gn_alloc *alloc,
			 gn_err *err)
{
	uint32_t count = people_form_below(f, c->device_count, GN_PEOPLE_DEVICES_MAX + 1);
	if (f->reading && count && !people_form_broken(f)) {
		c->devices = GN_NEW_ARRAY(alloc, struct people_device, count);
		if (!c->devices) {
			*err = GN_NOMEM;
			return;
		}
	}
	for (uint32_t i = 0; i < count && !people_form_broken(f) && !*err; i++) {
		c->device_count = f->reading ? i + 1 : c->device_count;
		walk_device(f, &c->devices[i], alloc, err);
		c->devices[i].name = gn_content_device(&c->devices[i].key);
	}
}

static void walk_contact(struct people_form *f, struct people_contact *c, struct gn_alloc *alloc,
			 gn_err *err)
{
	people_form_version(f, ROW_VERSION);
	people_form_bytes(f, c->id.b, sizeof c->id.b);
	people_form_bytes(f, c->owner.b, sizeof c->owner.b);
	c->before_count = people_form_below(f, c->before_count, PEOPLE_KEYS_BEFORE_MAX + 1);
	for (uint32_t i = 0; i < c->before_count; i++)
		people_form_bytes(f, c->before[i].b, sizeof c->before[i].b);
	people_form_flag(f, &c->self);
	c->state = (enum gn_people_state)people_form_below(f, c->state, GN_PEOPLE_REFUSED + 1);
	c->trust = (enum gn_people_trust)people_form_below(f, c->trust, GN_PEOPLE_MET + 1);
	c->alarm = (enum gn_people_alarm)people_form_below(f, c->alarm, GN_PEOPLE_CLAIM + 1);
	f->bad |= c->state < GN_PEOPLE_ASKED;
	if (c->alarm) {
		walk_version(f, &c->seen);
		people_form_bytes(f, c->seen_next.b, sizeof c->seen_next.b);
		people_form_bytes(f, c->seen_owner.b, sizeof c->seen_owner.b);
	}
	people_form_flag(f, &c->blocked);
	people_form_flag(f, &c->invited);
	people_form_flag(f, &c->reads_mine);
	people_form_flag(f, &c->reads_theirs);
	people_form_flag(f, &c->wrote);
	people_form_bytes(f, c->introducer.b, sizeof c->introducer.b);
	people_form_bytes(f, c->front.b, sizeof c->front.b);
	walk_version(f, &c->pin);
	f->bad |= c->pin.seq > CONTENT_NUMBER_MAX;
	people_form_bytes(f, c->next.b, sizeof c->next.b);
	walk_name(f, c->name, &c->name_len);
	walk_name(f, c->petname, &c->petname_len);
	people_form_u64(f, &c->asked);
	f->bad |= c->asked > CONTENT_NUMBER_MAX;
	walk_box(f, c, alloc, err);
	walk_devices(f, c, alloc, err);
}

/* ---- a chat ---- */

static void walk_chain(struct people_form *f, struct people_chain *k)
{
	people_form_u64(f, &k->device);
	people_form_u64(f, &k->top);
	people_form_u64(f, &k->heard);
	people_form_bytes(f, k->last.b, sizeof k->last.b);
	people_form_flag(f, &k->mine);
}

static void walk_gap(struct people_form *f, struct people_gap *g)
{
	people_form_u64(f, &g->device);
	people_form_u64(f, &g->from);
	people_form_u64(f, &g->to);
	people_form_u64(f, &g->missing);
	people_form_u64(f, &g->order);
	people_form_u32(f, &g->number);
}

/* Do the gaps hold together? As people_chains_validate demands. */
static bool gaps_ok(const struct people_chains *c)
{
	for (uint32_t i = 0; i < c->gap_count; i++) {
		const struct people_gap *g = &c->gaps[i];
		const struct people_chain *k = people_chain_get(c, g->device);
		if (!k || g->from < 1 || g->from > g->to || g->to > k->top || !g->number ||
		    g->missing < 1 || g->missing > g->to - g->from + 1)
			return false;
		for (uint32_t n = i + 1; n < c->gap_count; n++)
			if (c->gaps[n].device == g->device && c->gaps[n].from <= g->to + 1)
				return false;
	}
	return true;
}

static gn_err walk_chains(struct people_form *f, struct people_chains *c, struct gn_alloc *alloc)
{
	uint32_t count = people_form_below(f, c->count, PEOPLE_CHAINS_MAX + 1);
	uint32_t gaps = people_form_below(f, c->gap_count, PEOPLE_GAPS_MAX + 1);
	people_form_u32(f, &c->next_gap);
	people_form_u64(f, &c->clock);
	f->bad |= count == 0;
	if (f->reading) {
		GN_ASSERT(!c->at && !c->gaps);
		if (people_form_broken(f))
			return GN_CORRUPT;
		c->at = GN_NEW_ARRAY(alloc, struct people_chain, count);
		c->gaps = gaps ? GN_NEW_ARRAY(alloc, struct people_gap, gaps) : NULL;
		if (!c->at || (gaps && !c->gaps))
			return GN_NOMEM;
		c->count = count;
		c->gap_count = gaps;
	}
	for (uint32_t i = 0; i < count; i++) {
		walk_chain(f, &c->at[i]);
		f->bad |= c->at[i].top > CONTENT_NUMBER_MAX;
	}
	/* what is said next must be a content */
	f->bad |= c->at[0].top > CONTENT_NUMBER_MAX / 2 ||
		  (c->at[0].top && gn_is_zero(&c->at[0].last, sizeof c->at[0].last));
	for (uint32_t i = 0; i < gaps; i++)
		walk_gap(f, &c->gaps[i]);
	for (uint32_t i = 0; i < gaps && f->reading; i++)
		c->missing += c->gaps[i].missing;
	f->bad |= !people_form_broken(f) && !gaps_ok(c);
	return GN_OK;
}

static void walk_receipts(struct people_form *f, struct people_chat *c, struct gn_alloc *alloc,
			  gn_err *err)
{
	uint32_t count = people_form_below(f, c->receipt_count, GN_CONTENT_IDS_MAX + 1);
	walk_time(f, &c->receipts_since);
	if (!count || people_form_broken(f))
		return;
	if (f->reading &&
	    !(c->receipts = GN_NEW_ARRAY(alloc, struct gn_content_id, GN_CONTENT_IDS_MAX))) {
		*err = GN_NOMEM;
		return;
	}
	c->receipt_count = count;
	people_form_bytes(f, c->receipts, count * sizeof *c->receipts);
}

static gn_err walk_chat(struct people_form *f, struct people_contact *of, struct gn_hash *id,
			struct gn_alloc *alloc)
{
	struct people_chat *c = &of->chat;
	gn_err err = GN_OK;
	people_form_version(f, ROW_VERSION);
	people_form_bytes(f, id->b, sizeof id->b);
	people_form_u64(f, &c->order);
	f->bad |= c->order > CONTENT_NUMBER_MAX;
	people_form_u32(f, &c->outstanding);
	for (int i = 0; i < 2; i++)
		c->early[i] = people_form_below(f, c->early[i], PEOPLE_EARLY_MAX + 1);
	walk_at(f, &c->expire_at);
	walk_at(f, &c->reads_at);
	walk_at(f, &c->box_at);
	people_form_u32(f, &c->expire);
	f->bad |= c->expire > CONTENT_EXPIRE_MAX;
	people_form_u64(f, &c->read_to);
	people_form_flag(f, &c->read_tell);
	people_form_flag(f, &c->read_work);
	walk_at(f, &c->read_after);
	people_form_u64(f, &c->read_after_sent);
	people_form_flag(f, &c->joined);
	walk_receipts(f, c, alloc, &err);
	return err ? err : walk_chains(f, &c->chains, alloc);
}

/* ---- own ---- */

static void walk_own(struct people_form *f, struct gn_people *p, struct gn_pk *device)
{
	people_form_version(f, ROW_VERSION);
	people_form_bytes(f, device->b, sizeof device->b);
	people_form_bytes(f, p->config.owner.b, sizeof p->config.owner.b);
	p->history_count = people_form_below(f, p->history_count, GN_PEOPLE_HISTORY_MAX + 1);
	for (uint32_t i = 0; i < p->history_count; i++)
		walk_version(f, &p->history[i]);
	p->invite_count = people_form_below(f, p->invite_count, PEOPLE_INVITES_MAX + 1);
	for (uint32_t i = 0; i < p->invite_count; i++) {
		struct gn_people_invite *v = &p->invites[i];
		people_form_bytes(f, v->secret, sizeof v->secret);
		people_form_u32(f, &v->uses);
		people_form_u32(f, &v->used);
		people_form_u64(f, &v->until);
	}
	people_form_u64(f, &p->register_time);
	f->bad |= p->register_time > CONTENT_NUMBER_MAX;
}

size_t people_own_row(struct gn_people *p, uint8_t *out, size_t cap)
{
	struct people_form f = people_form_write(out, cap);
	walk_own(&f, p, &p->config.device);
	GN_ASSERT(!people_form_broken(&f));
	return gn_writer_len(&f.w);
}

size_t people_contact_row(struct people_contact *c, uint8_t *out, size_t cap)
{
	gn_err err = GN_OK;
	struct people_form f = people_form_write(out, cap);
	walk_contact(&f, c, NULL, &err);
	GN_ASSERT(!people_form_broken(&f) && !err);
	return gn_writer_len(&f.w);
}

size_t people_chat_row(struct people_contact *c, uint8_t *out, size_t cap)
{
	struct people_form f = people_form_write(out, cap);
	gn_err err = walk_chat(&f, c, &c->id, NULL);
	GN_ASSERT(!people_form_broken(&f) && !err);
	return gn_writer_len(&f.w);
}

/* ---- loading ---- */

gn_err people_load_own(struct gn_people *p, struct gn_slice row)
{
	struct people_form f = people_form_read(row);
	struct gn_pk device;
	walk_own(&f, p, &device);
	if (!people_form_read_all(&f))
		return GN_CORRUPT;
	people_contact_known_by(p, p->self, &p->config.owner);
	return p->config.moved || gn_pk_eq(&device, &p->config.device) ? GN_OK : GN_CORRUPT;
}

/* Another own device's chains: this one's stands before them, and that one's is as others are. */
static gn_err take_chains(struct gn_people *p, struct people_chains *c)
{
	if (c->at[0].device == p->device)
		return GN_OK;
	if (!p->config.moved)
		return GN_CORRUPT;
	c->at[0].heard = c->clock; /* it is not the one to give way */
	struct people_chain *own = people_chain_put(c, p->env.alloc, p->device, true, 0);
	if (!own)
		return GN_NOMEM;
	struct people_chain first = c->at[0];
	c->at[0] = *own;
	*own = first;
	return GN_OK;
}

/* Who rotated keeps the name of before; nobody else has it. */
static gn_err rename_self(struct gn_people *p, const struct people_contact *read)
{
	struct people_contact *c = p->self;
	if (c->device_count || c->box || people_contact_by_chat(p, &read->id))
		return GN_CORRUPT;
	gn_map_remove(&p->by_chat, c->id.b);
	struct people_contact **at = gn_map_put(&p->by_chat, read->id.b);
	if (!at)
		return GN_NOMEM;
	*at = c;
	return GN_OK;
}

/* What a row says of a contact, moved into the one that was made for it. */
static gn_err adopt(struct gn_people *p, struct people_contact *read)
{
	struct people_contact *c = read->self ? p->self : NULL;
	if (c && read->state != c->state)
		return GN_CORRUPT; /* nobody asks themselves */
	if (c && (c->device_count || c->box || people_contact_by_chat(p, &read->id) != c))
		GN_TRY(rename_self(p, read));
	if (!c && (people_contact_by_chat(p, &read->id) || people_contact_get(p, &read->owner)))
		return GN_CORRUPT;
	if (!c && !(c = people_contact_new(p, &read->owner, &read->id)))
		return p->broken ? p->broken : GN_LIMIT;
	read->chat = c->chat;
	read->timer = c->timer;
	read->next_dirty = c->next_dirty;
	read->dirty = c->dirty;
	*c = *read;
	people_contact_known_by(p, c, &c->owner);
	for (uint32_t i = 0; i < c->before_count; i++)
		people_contact_known_by(p, c, &c->before[i]);
	p->requests += c->state == GN_PEOPLE_REQUEST;
	return GN_OK;
}

/* What is waited for from a time on that is to come, it would be waited for until then. */
static void no_later(const struct gn_people *p, gn_time *t)
{
	*t = p->config.now ? gn_time_min(*t, p->config.now) : *t;
}

gn_err people_load_contact(struct gn_people *p, struct gn_slice row)
{
	gn_err err = GN_OK;
	struct people_form f = people_form_read(row);
	struct people_contact *c = GN_NEW(p->env.alloc, struct people_contact);
	if (!c)
		return GN_NOMEM;
	walk_contact(&f, c, p->env.alloc, &err);
	if (!err && !people_form_read_all(&f))
		err = GN_CORRUPT;
	for (uint32_t i = 0; i < c->device_count; i++) {
		no_later(p, &c->devices[i].heard_since);
		no_later(p, &c->devices[i].asked_at);
		no_later(p, &c->devices[i].answered_at);
	}
	if (!err)
		err = adopt(p, c);
	if (err) {
		for (uint32_t i = 0; i < c->device_count; i++)
			gn_mem_free(p->env.alloc, c->devices[i].unopened);
		gn_mem_free(p->env.alloc, c->devices);
		gn_mem_free_secret(p->env.alloc, c->box);
	}
	gn_mem_free(p->env.alloc, c);
	return err;
}

gn_err people_load_chat(struct gn_people *p, struct gn_slice row)
{
	struct people_form f = people_form_read(row);
	struct people_contact read = {.state = GN_PEOPLE_ASKED};
	struct people_contact *c = NULL;
	struct gn_hash id;
	gn_err err = walk_chat(&f, &read, &id, p->env.alloc);
	if (!err && !people_form_read_all(&f))
		err = GN_CORRUPT;
	if (!err && (!(c = people_contact_by_chat(p, &id)) || c->chat.receipts))
		err = GN_CORRUPT;
	if (!err)
		err = take_chains(p, &read.chat.chains);
	if (err) {
		people_chains_fini(&read.chat.chains, p->env.alloc);
		gn_mem_free(p->env.alloc, read.chat.receipts);
		return err;
	}
	people_chains_fini(&c->chat.chains, p->env.alloc);
	no_later(p, &read.chat.receipts_since);
	c->chat = read.chat;
	people_contact_due(p, c);
	return p->broken;
}

/* ---- what changed ---- */

static void put_contact(struct gn_people *p, struct people_contact *c)
{
	uint8_t bytes[PEOPLE_ROW_MAX];
	struct gn_people_row row = {.chat = c->id};
	if (c->contact_changed) {
		row.kind = GN_PEOPLE_ROW_CONTACT;
		row.bytes = gn_slice(bytes, people_contact_row(c, bytes, sizeof bytes));
		people_put(p, &row);
		people_contact_told(p, c, false);
	}
	if (c->chat_changed) {
		row.kind = GN_PEOPLE_ROW_CHAT;
		row.bytes = gn_slice(bytes, people_chat_row(c, bytes, sizeof bytes));
		people_put(p, &row);
	}
	gn_wipe(bytes, sizeof bytes); /* a box's secrets */
	c->contact_changed = c->chat_changed = c->dirty = false;
	people_contact_due(p, c);
}

static void put_changed(struct gn_people *p)
{
	while (p->dirty) {
		struct people_contact *c = p->dirty;
		p->dirty = c->next_dirty;
		c->next_dirty = NULL;
		put_contact(p, c);
	}
	if (!p->own_changed)
		return;
	uint8_t bytes[PEOPLE_ROW_MAX];
	p->own_changed = false;
	people_put(p, &(struct gn_people_row){
			      .kind = GN_PEOPLE_ROW_OWN,
			      .bytes = gn_slice(bytes, people_own_row(p, bytes, sizeof bytes))});
}

/* ---- a call ---- */

gn_err people_begin(struct gn_people *p)
{
	if (p->broken)
		return GN_STATE;
	GN_ASSERT(p->rows.count == 0 && p->sends.count == 0); /* told before the next call */
	people_out_free_told(p);
	return GN_OK;
}

gn_err people_end(struct gn_people *p, gn_err err)
{
	if (err == GN_OK)
		put_changed(p);
	/* what is refused has changed nothing */
	GN_ASSERT(err == GN_OK || err == GN_NOMEM || p->broken ||
		  (p->rows.count == 0 && p->sends.count == 0 && !p->dirty));
	if (err == GN_NOMEM)
		people_break(p, err);
	return p->broken ? p->broken : err;
}
