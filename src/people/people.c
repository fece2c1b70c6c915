/* The whole: made and opened, told what came, asked what to do and what there is.
 *
 * 1. A content is read, then it is known whose it is and what they may say, then it has effect.
 * 2. A call's work is bounded: what is due is looked after PEOPLE_WORK_MAX rows at a time.
 *
 *    a content: malformed | blocked | of a stranger [people_request] | taken
 *    a chat: ASKED -> ACCEPTED [whatever they say: they answered]
 *
 * Spec: PE-19, PE-26, PE-46, PE-50..PE-54. */
#include "people/people_int.h"

/* ---- life ---- */

gn_err gn_people_new(const struct gn_env *env, const struct gn_people_config *config,
		     struct gn_people **out)
{
	struct gn_hash id;
	GN_ASSERT(env->alloc && env->rand && config->find);
	struct gn_people *p = GN_NEW(env->alloc, struct gn_people);
	if (!p)
		return GN_NOMEM;
	p->env = *env;
	p->config = *config;
	p->device = gn_content_device(&config->device);
	/* each contact by its key, and by those before */
	gn_map_init(&p->by_key, env, sizeof(struct gn_pk), sizeof(struct people_contact *),
		    (GN_PEOPLE_CONTACTS_MAX + 1) * (1 + PEOPLE_KEYS_BEFORE_MAX));
	gn_map_init(&p->by_chat, env, sizeof(struct gn_hash), sizeof(struct people_contact *),
		    GN_PEOPLE_CONTACTS_MAX + 1);
	gn_heap_init(&p->timers, env->alloc);
	people_out_init(p);
	gn_sha256(&GN_SLICE(config->owner.b), 1, &id);
	p->self = people_contact_begin(p, &config->owner, &id);
	if (!p->self || p->broken) {
		gn_people_free(p);
		return GN_NOMEM;
	}
	p->self->self = true;
	p->self->state = GN_PEOPLE_ACCEPTED;
	p->self->chat.joined = true; /* the other devices may have been there before */
	*out = p;
	return GN_OK;
}

void gn_people_free(struct gn_people *p)
{
	if (!p)
		return;
	while (p->contact_count)
		people_contact_free(p, p->contacts[p->contact_count - 1]);
	if (p->self)
		people_contact_free(p, p->self);
	gn_mem_free(p->env.alloc, p->contacts);
	people_out_fini(p);
	gn_heap_fini(&p->timers);
	gn_map_fini(&p->by_key);
	gn_map_fini(&p->by_chat);
	gn_mem_free_secret(p->env.alloc, p);
}

gn_err gn_people_load(struct gn_people *p, enum gn_people_row_kind kind, struct gn_slice row)
{
	gn_err err = GN_USAGE;
	if (kind == GN_PEOPLE_ROW_OWN)
		err = people_load_own(p, row);
	if (kind == GN_PEOPLE_ROW_CONTACT)
		err = people_load_contact(p, row);
	if (kind == GN_PEOPLE_ROW_CHAT)
		err = people_load_chat(p, row);
	/* nothing of it is news */
	while (p->dirty) {
		struct people_contact *c = p->dirty;
		p->dirty = c->next_dirty;
		c->dirty = c->contact_changed = c->chat_changed = false;
		c->next_dirty = NULL;
	}
	return err ? err : p->broken;
}

gn_err gn_people_moved(struct gn_people *p)
{
	GN_TRY(people_begin(p));
	p->own_changed = true;
	people_chat_changed(p, p->self);
	for (size_t i = 0; i < p->contact_count; i++)
		people_chat_changed(p, p->contacts[i]);
	return people_end(p, GN_OK);
}

/* ---- what came ---- */

static void take_passing(struct gn_people *p, struct people_contact *c, struct people_device *d,
			 const struct gn_people_in *in, const struct gn_content *what, gn_time now)
{
	if (what->kind == GN_CONTENT_RECEIPT)
		people_receipt_take(p, c, gn_content_device(&in->device), what, now);
	else if (what->kind == GN_CONTENT_RESEND && d)
		people_resend_take(p, c, d, what, now);
	else if (what->kind == GN_CONTENT_TYPING && !c->self)
		people_event(p, &(struct gn_people_event){.kind = GN_PEOPLE_TYPING,
							  .owner = c->owner,
							  .chat = c->id,
							  .fresh = what->u.typing});
}

/* Of a contact, or of another own device. */
static void take_known(struct gn_people *p, struct people_contact *c, const struct gn_people_in *in,
		       const struct gn_content *what, size_t len, gn_time now)
{
	struct people_device *d = people_device_put(p, c, &in->device);
	uint64_t device = gn_content_device(&in->device);
	if (gn_pk_eq(&in->owner, &c->owner))
		people_pins(p, c, what);
	if (d)
		people_heard(p, c, d, in->setup, what->kind == GN_CONTENT_RECEIPT, now);
	if (what->seq == 0)
		take_passing(p, c, d, in, what, now);
	else if (what->kind == GN_CONTENT_SYNC && !c->self)
		p->counters[PEOPLE_C_NOT_THEIRS]++;
	else if (people_take(p, c, c->self, device, what, gn_slice(in->content.p, len), now) &&
		 what->kind == GN_CONTENT_SYNC)
		people_sync_take(p, device, what, now);
}

/* Of somebody who was not accepted here. Another own device may have accepted them, and its word is
 * on its way: then what is no request waits for it. */
static gn_err take_unknown(struct gn_people *p, struct people_contact **c,
			   const struct gn_people_in *in, const struct gn_content *what,
			   gn_time now)
{
	struct gn_people_message m;
	if (*c && what->seq && people_find_message(p, &(*c)->id, false, &what->id, &m, NULL) &&
	    !m.early) {
		p->counters[PEOPLE_C_DOUBLES]++;
		*c = NULL;
		return GN_OK;
	}
	*c = people_request(p, *c, in, what, now);
	return *c || !people_has_others(p) ? GN_OK : GN_PENDING;
}

static gn_err take(struct gn_people *p, const struct gn_people_in *in,
		   const struct gn_content *what, size_t len, gn_time now)
{
	struct people_contact *c = people_contact_get(p, &in->owner);
	if (c && c->blocked) {
		p->counters[PEOPLE_C_BLOCKED]++;
		return GN_OK;
	}
	if (!c || c->state == GN_PEOPLE_REQUEST || c->state == GN_PEOPLE_REFUSED)
		GN_TRY(take_unknown(p, &c, in, what, now));
	if (!c)
		return GN_OK;
	struct people_device *d = people_device_get(c, &in->device);
	if (d && people_resend_held(d, what, now)) {
		p->counters[PEOPLE_C_RESENDS_HELD]++;
		return GN_PENDING;
	}
	if (c->state == GN_PEOPLE_ASKED) {
		people_accept(p, c, now);
		people_contact_sync(p, c, false, now);
	}
	take_known(p, c, in, what, len, now);
	/* the contact may be gone: its removal came from another device */
	c = people_contact_get(p, &in->owner);
	if (c && in->setup)
		people_answer_setups(p, c, now);
	return GN_OK;
}

gn_err gn_people_recv(struct gn_people *p, const struct gn_people_in *in, gn_time now)
{
	struct gn_content what;
	size_t len;
	GN_TRY(people_begin(p));
	if (gn_pk_eq(&in->device, &p->config.device))
		return people_end(p, GN_USAGE);
	gn_err err = gn_content_open(in->content, &what, &len);
	if (err) {
		p->counters[PEOPLE_C_MALFORMED]++;
		return people_end(p, GN_MALFORMED);
	}
	err = take(p, in, &what, len, now);
	gn_wipe(&what, sizeof what);
	return people_end(p, err);
}

gn_err gn_people_unopened(struct gn_people *p, const struct gn_pk *owner,
			  const struct gn_pk *device, const struct gn_hash *item, gn_time now)
{
	GN_TRY(people_begin(p));
	struct people_contact *c = people_contact_get(p, owner);
	struct people_device *d = c ? people_device_get(c, device) : NULL;
	if (!d)
		return people_end(p, GN_NOT_FOUND);
	for (uint32_t i = 0; i < d->unopened_count; i++)
		if (gn_hash_eq(&d->unopened[i], item))
			return people_end(p, GN_OK);
	if (d->unopened_count == CONTENT_RESEND_MAX) {
		p->counters[PEOPLE_C_UNOPENED_FULL]++;
		return people_end(p, GN_LIMIT);
	}
	if (!d->unopened)
		d->unopened = GN_NEW_ARRAY(p->env.alloc, struct gn_hash, CONTENT_RESEND_MAX);
	if (!d->unopened)
		return people_end(p, GN_NOMEM);
	d->unopened[d->unopened_count++] = *item;
	people_contact_changed(p, c);
	people_resend_ask(p, c, d, now);
	return people_end(p, GN_OK);
}

/* ---- time ---- */

/* A row of a message that is due. */
static void look_after(struct gn_people *p, struct gn_people_message *m, struct gn_slice content,
		       gn_time now)
{
	struct people_contact *c = people_contact_by_chat(p, &m->chat);
	enum gn_people_keep keep = GN_PEOPLE_KEEP;
	uint64_t ms = people_ms(now);
	bool waited = people_waits(p, m);
	if (m->expires && m->expires <= ms && !m->expired) {
		people_message_expire(m);
		keep = !c || people_needless(p, c, m) ? GN_PEOPLE_DROP : GN_PEOPLE_KEEP;
	}
	if (m->check && m->check <= ms) {
		m->check = 0;
		if (waited && ms >= m->received + PEOPLE_GIVE_UP_MS) {
			p->counters[PEOPLE_C_GIVEN_UP]++;
			m->state = GN_PEOPLE_FAILED;
			m->why = GN_PEOPLE_TOO_LATE;
			if (m->deleted || m->expired)
				keep = GN_PEOPLE_DROP;
		} else if (waited) {
			m->check = ms + PEOPLE_CHECK_MS;
			if (c && content.len && people_may_write(c))
				people_send_kept(p, c, &m->id, content, NULL, true);
		}
	}
	if (c)
		people_waited(p, c, waited, m);
	people_put_message(p, m, keep, gn_slice(NULL, 0));
	if (c)
		people_message_event(p, c, m, false, false);
}

/* Messages that are due; how far the store's next one is. */
static void due_messages(struct gn_people *p, gn_time now)
{
	struct gn_people_find f = {.kind = GN_PEOPLE_FIND_DUE};
	struct gn_people_message m;
	struct gn_slice content;
	uint64_t ms = people_ms(now), next = UINT64_MAX;
	unsigned work = 0;
	p->due = UINT64_MAX; /* what is put below lowers it */
	p->due_known = true;
	while (people_find(p, &f, &m, &content)) {
		uint64_t due = gn_people_due(&m);
		if (due > ms || work++ == PEOPLE_WORK_MAX) {
			next = due;
			break;
		}
		f = (struct gn_people_find){.kind = GN_PEOPLE_FIND_DUE,
					    .due = due,
					    .chat = m.chat,
					    .mine = m.mine,
					    .id = m.id};
		look_after(p, &m, content, now);
	}
	if (next < p->due)
		p->due = next;
}

gn_time gn_people_deadline(const struct gn_people *p)
{
	gn_time at = gn_heap_deadline(&p->timers);
	if (p->broken)
		return GN_NEVER;
	if (!p->due_known)
		return 0; /* the store was not asked yet */
	if (p->due > INT64_MAX / GN_MSEC)
		return at;
	return gn_time_min(at, (gn_time)p->due * GN_MSEC);
}

gn_err gn_people_tick(struct gn_people *p, gn_time now)
{
	GN_TRY(people_begin(p));
	if (!p->due_known || p->due <= people_ms(now)) {
		due_messages(p, now);
		return people_end(p, GN_OK);
	}
	struct gn_heap_node *n = gn_heap_first(&p->timers);
	if (!n || n->at > now)
		return people_end(p, GN_OK);
	struct people_contact *c = GN_CONTAINER(n, struct people_contact, timer);
	if (c->chat.read_work)
		people_read_work(p, c, now);
	if (c->chat.receipt_count && c->chat.receipts_since + PEOPLE_RECEIPTS_WAIT <= now)
		people_receipts_flush(p, c, now);
	people_signs_of_life(p, c, now);
	for (uint32_t i = 0; i < c->device_count; i++)
		people_resend_ask(p, c, &c->devices[i], now);
	people_contact_due(p, c);
	return people_end(p, GN_OK);
}

/* ---- what there is ---- */

static void describe(const struct people_contact *c, struct gn_people_contact *out)
{
	*out = (struct gn_people_contact){
		.owner = &c->owner,
		.chat = &c->id,
		.state = c->state,
		.trust = c->trust,
		.alarm = c->alarm,
		.blocked = c->blocked,
		.invited = c->invited,
		.reads = people_reads(c),
		.introducer = &c->introducer,
		.pin = c->pin,
		.name = {c->name, c->name_len},
		.petname = {c->petname, c->petname_len},
		.front = &c->front,
		.box = c->box,
		.device_count = c->device_count,
		.outstanding = c->chat.outstanding,
		.gaps = c->chat.chains.missing,
		.expire = c->chat.expire,
		.order = c->chat.order,
	};
}

gn_err gn_people_get(const struct gn_people *p, const struct gn_pk *owner,
		     struct gn_people_contact *out)
{
	const struct people_contact *c = people_contact_get(p, owner);
	if (!c)
		return GN_NOT_FOUND;
	describe(c, out);
	return GN_OK;
}

bool gn_people_at(const struct gn_people *p, size_t i, struct gn_people_contact *out)
{
	if (i < p->contact_count)
		describe(p->contacts[i], out);
	return i < p->contact_count;
}

size_t gn_people_contact_count(const struct gn_people *p)
{
	return p->contact_count;
}

bool gn_people_device_at(const struct gn_people *p, const struct gn_pk *owner, size_t i,
			 struct gn_pk *out)
{
	const struct people_contact *c = people_contact_get(p, owner);
	if (!c || i >= c->device_count)
		return false;
	*out = c->devices[i].key;
	return true;
}

bool gn_people_counter(const struct gn_people *p, size_t i, struct gn_counter *out)
{
	static const char *const names[] = {
#define X(name, text) text,
#include "people/counters.def"
#undef X
	};
	return gn_counter_at(names, p->counters, PEOPLE_COUNTERS, i, out);
}

void gn_people_validate(const struct gn_people *p)
{
	uint32_t requests = 0;
	people_contact_validate(p, p->self);
	for (uint32_t i = 0; i < p->contact_count; i++) {
		people_contact_validate(p, p->contacts[i]);
		requests += p->contacts[i]->state == GN_PEOPLE_REQUEST;
	}
	GN_ASSERT(requests == p->requests && p->invite_count <= PEOPLE_INVITES_MAX);
	GN_ASSERT(!p->dirty || p->broken);
	gn_heap_validate(&p->timers);
}
