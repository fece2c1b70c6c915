/* People this one knows: who they are, which devices they have, what is due of them.
 *
 * 1. A contact is found by each owner key it had and has; its chat keeps the name it began with.
 * 2. What changed is told once, at the end of the call.
 * 3. A contact with nothing due has no timer: ten thousand that are silent cost nothing.
 *
 *    nobody -> ASKED [gn_people_add] -> ACCEPTED [they said anything]
 *    nobody -> REQUEST [people_request] -> ACCEPTED | REFUSED [gn_people_answer]
 *    REFUSED -> REQUEST [a week later] | ACCEPTED [we add them, gn_people_answer]
 *
 * Spec: PE-40..PE-43. */
#include "people/people_int.h"

struct people_contact *people_contact_get(const struct gn_people *p, const struct gn_pk *owner)
{
	struct people_contact *const *c = gn_map_get(&p->by_key, owner->b);
	return c ? *c : NULL;
}

struct people_contact *people_contact_by_chat(const struct gn_people *p, const struct gn_hash *chat)
{
	struct people_contact *const *c = gn_map_get(&p->by_chat, chat->b);
	return c ? *c : NULL;
}

void people_contact_known_by(struct gn_people *p, struct people_contact *c,
			     const struct gn_pk *owner)
{
	struct people_contact **at = gn_map_put(&p->by_key, owner->b);
	if (at)
		*at = c;
	else
		people_break(p, GN_NOMEM);
}

/* Its chains begin with this device's, whose number is the next that is said (PE-3). */
struct people_contact *people_contact_begin(struct gn_people *p, const struct gn_pk *owner,
					    const struct gn_hash *id)
{
	struct people_contact *c = GN_NEW(p->env.alloc, struct people_contact);
	if (!c)
		goto fail;
	c->owner = *owner;
	c->id = *id;
	c->reads_mine = c->reads_theirs = true;
	struct people_contact **at = gn_map_put(&p->by_chat, id->b);
	if (at && people_chain_put(&c->chat.chains, p->env.alloc, p->device, true, 0)) {
		*at = c;
		people_contact_known_by(p, c, owner);
		return c;
	}
	gn_mem_free(p->env.alloc, c);
fail:
	people_break(p, GN_NOMEM);
	return NULL;
}

struct people_contact *people_contact_new(struct gn_people *p, const struct gn_pk *owner,
					  const struct gn_hash *id)
{
	if (p->contact_count >= GN_PEOPLE_CONTACTS_MAX) {
		p->counters[PEOPLE_C_CONTACTS_FULL]++;
		return NULL;
	}
	if (p->contact_count == p->contact_room) {
		uint32_t room = p->contact_room ? 2 * p->contact_room : 16;
		void *grown = gn_mem_resize(p->env.alloc, p->contacts, room * sizeof *p->contacts);
		if (!grown) {
			people_break(p, GN_NOMEM);
			return NULL;
		}
		p->contacts = grown;
		p->contact_room = room;
	}
	struct people_contact *c = people_contact_begin(p, owner, id);
	if (!c)
		return NULL;
	p->contacts[p->contact_count++] = c;
	people_contact_changed(p, c);
	people_chat_changed(p, c);
	return c;
}

static void free_devices(struct gn_people *p, struct people_contact *c)
{
	for (uint32_t i = 0; i < c->device_count; i++)
		gn_mem_free(p->env.alloc, c->devices[i].unopened);
	gn_mem_free(p->env.alloc, c->devices);
}

static void forget_key(struct gn_people *p, struct people_contact *c, const struct gn_pk *key)
{
	if (people_contact_get(p, key) == c)
		gn_map_remove(&p->by_key, key->b);
}

/* Out of all that points to it. */
static void unlink_contact(struct gn_people *p, struct people_contact *c)
{
	gn_map_remove(&p->by_chat, c->id.b);
	forget_key(p, c, &c->owner);
	for (uint32_t i = 0; i < c->before_count; i++)
		forget_key(p, c, &c->before[i]);
	for (struct people_contact **d = &p->dirty; *d; d = &(*d)->next_dirty) {
		if (*d == c) {
			*d = c->next_dirty;
			break;
		}
	}
	for (uint32_t i = 0; i < p->contact_count; i++) {
		if (p->contacts[i] == c) {
			p->contacts[i] = p->contacts[--p->contact_count];
			break;
		}
	}
	gn_heap_remove(&p->timers, &c->timer);
}

void people_contact_free(struct gn_people *p, struct people_contact *c)
{
	unlink_contact(p, c);
	p->requests -= c->state == GN_PEOPLE_REQUEST;
	people_chains_fini(&c->chat.chains, p->env.alloc);
	gn_mem_free(p->env.alloc, c->chat.receipts);
	free_devices(p, c);
	gn_mem_free_secret(p->env.alloc, c->box);
	gn_mem_free(p->env.alloc, c);
}

static void mark_dirty(struct gn_people *p, struct people_contact *c)
{
	if (c->dirty)
		return;
	c->dirty = true;
	c->next_dirty = p->dirty;
	p->dirty = c;
}

void people_contact_changed(struct gn_people *p, struct people_contact *c)
{
	c->contact_changed = true;
	mark_dirty(p, c);
}

void people_chat_changed(struct gn_people *p, struct people_contact *c)
{
	c->chat_changed = true;
	mark_dirty(p, c);
}

void people_contact_told(struct gn_people *p, const struct people_contact *c, bool gone)
{
	if (!c->self)
		people_event(p, &(struct gn_people_event){.kind = GN_PEOPLE_CONTACT,
							  .owner = c->owner,
							  .chat = c->id,
							  .gone = gone});
}

void people_contact_name(struct people_contact *c, struct gn_slice name)
{
	size_t len = name.len < sizeof c->name ? name.len : sizeof c->name;
	while (len && !gn_utf8_ok(gn_slice(name.p, len)))
		len--;
	if (len)
		memcpy(c->name, name.p, len);
	c->name_len = (uint32_t)len;
}

bool people_may_write(const struct people_contact *c)
{
	return !c->blocked && c->alarm == GN_PEOPLE_CALM;
}

bool people_reads(const struct people_contact *c)
{
	return c->reads_mine && c->reads_theirs;
}

/* ---- devices ---- */

struct people_device *people_device_get(struct people_contact *c, const struct gn_pk *device)
{
	for (uint32_t i = 0; i < c->device_count; i++)
		if (gn_pk_eq(&c->devices[i].key, device))
			return &c->devices[i];
	return NULL;
}

struct people_device *people_device_by_name(struct people_contact *c, uint64_t name)
{
	for (uint32_t i = 0; i < c->device_count; i++)
		if (c->devices[i].name == name)
			return &c->devices[i];
	return NULL;
}

struct people_device *people_device_put(struct gn_people *p, struct people_contact *c,
					const struct gn_pk *device)
{
	struct people_device *d = people_device_get(c, device);
	if (d || c->device_count >= GN_PEOPLE_DEVICES_MAX)
		return d;
	d = gn_mem_resize(p->env.alloc, c->devices, (c->device_count + 1) * sizeof *d);
	if (!d) {
		people_break(p, GN_NOMEM);
		return NULL;
	}
	c->devices = d;
	d = &c->devices[c->device_count++];
	*d = (struct people_device){.key = *device, .name = gn_content_device(device)};
	people_contact_changed(p, c);
	return d;
}

void people_device_drop(struct people_contact *c, struct people_device *d)
{
	GN_ASSERT(d >= c->devices && d < c->devices + c->device_count && !d->unopened);
	*d = c->devices[--c->device_count];
}

bool people_has_others(const struct gn_people *p)
{
	return p->self->device_count > 0;
}

/* ---- time ---- */

static gn_time device_due(const struct people_device *d)
{
	gn_time due = GN_NEVER;
	if (d->heard)
		due = d->heard_since + PEOPLE_HEARD_WAIT;
	if (d->unopened_count)
		due = gn_time_min(due, d->asked_at ? d->asked_at + PEOPLE_RESEND_WAIT : 0);
	return due;
}

void people_contact_due(struct gn_people *p, struct people_contact *c)
{
	gn_time due = c->chat.read_work ? 0 : GN_NEVER;
	if (c->state == GN_PEOPLE_ACCEPTED && people_may_write(c)) {
		if (c->chat.receipt_count)
			due = gn_time_min(due, c->chat.receipts_since + PEOPLE_RECEIPTS_WAIT);
		for (uint32_t i = 0; i < c->device_count; i++)
			due = gn_time_min(due, device_due(&c->devices[i]));
	}
	if (due == GN_NEVER) {
		gn_heap_remove(&p->timers, &c->timer);
		return;
	}
	gn_err err = gn_heap_set(&p->timers, &c->timer, due);
	if (err)
		people_break(p, err);
}

void people_contact_validate(const struct gn_people *p, const struct people_contact *c)
{
	GN_ASSERT(c->self || c->state >= GN_PEOPLE_ASKED);
	GN_ASSERT(people_contact_get(p, &c->owner) == c);
	GN_ASSERT(people_contact_by_chat(p, &c->id) == c);
	GN_ASSERT(c->device_count <= GN_PEOPLE_DEVICES_MAX);
	GN_ASSERT(c->chat.chains.count > 0 && c->chat.chains.at[0].device == p->device);
	GN_ASSERT(c->chat.receipt_count <= GN_CONTENT_IDS_MAX);
	GN_ASSERT(c->chat.early[0] <= PEOPLE_EARLY_MAX && c->chat.early[1] <= PEOPLE_EARLY_MAX);
	for (uint32_t i = 0; i < c->device_count; i++)
		GN_ASSERT(c->devices[i].unopened_count <= CONTENT_RESEND_MAX);
	people_chains_validate(&c->chat.chains);
}
