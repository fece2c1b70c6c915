/* Who a contact is: the records they publish, as far as we saw them. A pin is (number, hash) of
 * the newest; it never goes back.
 *
 * 1. Two records of one number, or a history that names another one than we saw, stop sending
 *    until somebody looked: so does a key where a name led to another before.
 * 2. A new owner key is the same person only when the old one committed to it. Who merely says
 *    so is a stranger, and no reason to stop anything.
 * 3. Devices come and go with the record, each with a line in the chat.
 *
 * CALM -> FORK | KEY | CLAIM [gn_people_identity, people_pins] -> CALM [people_clear]
 *
 * Spec: PE-4, PE-42..PE-45. */
#include "people/people_int.h"

static void alarm(struct gn_people *p, struct people_contact *c, enum gn_people_alarm what,
		  const struct gn_people_version *seen)
{
	if (c->alarm)
		return;
	c->alarm = what;
	c->seen = *seen;
	people_contact_changed(p, c);
	people_event(p, &(struct gn_people_event){.kind = GN_PEOPLE_ALARM,
						  .owner = c->owner,
						  .chat = c->id,
						  .seq = seen->seq});
}

/* ---- devices ---- */

static bool lists(const struct gn_people_identity *id, const struct gn_pk *device)
{
	for (size_t i = 0; i < id->device_count; i++)
		if (gn_pk_eq(&id->devices[i].key, device))
			return true;
	return false;
}

static void drop_devices(struct gn_people *p, struct people_contact *c,
			 const struct gn_people_identity *id, gn_time now)
{
	for (uint32_t i = c->device_count; i-- > 0;) {
		struct people_device *d = &c->devices[i];
		if (lists(id, &d->key))
			continue;
		people_event(p, &(struct gn_people_event){.kind = GN_PEOPLE_DEVICE_GONE,
							  .owner = c->owner,
							  .device = d->key});
		people_tell_line(p, c, GN_PEOPLE_LINE_GONE, d->name, gn_slice(NULL, 0), now);
		gn_mem_free(p->env.alloc, d->unopened);
		d->unopened = NULL;
		people_device_drop(c, d);
		/* whoever has it had the keys of that box, and who comes after may not: their front
		 * box, which the record names, until they tell of another one */
		gn_mem_free_secret(p->env.alloc, c->box);
		c->box = NULL;
		people_contact_changed(p, c);
	}
}

static void take_devices(struct gn_people *p, struct people_contact *c,
			 const struct gn_people_identity *id, bool lines, gn_time now)
{
	drop_devices(p, c, id, now);
	for (size_t i = 0; i < id->device_count; i++) {
		const struct gn_people_device *n = &id->devices[i];
		bool is_new = !people_device_get(c, &n->key);
		if ((c->self && gn_pk_eq(&n->key, &p->config.device)) ||
		    !people_device_put(p, c, &n->key) || !is_new || !lines)
			continue;
		people_tell_line(p, c, GN_PEOPLE_LINE_DEVICE, gn_content_device(&n->key),
				 gn_slice_sub(n->name, 0, GN_PEOPLE_NAME_MAX), now);
	}
}

static void adopt(struct gn_people *p, struct people_contact *c,
		  const struct gn_people_identity *id, gn_time now)
{
	bool first = c->pin.seq == 0;
	take_devices(p, c, id, !first, now);
	c->pin = id->version;
	c->next = id->next;
	c->front = id->front;
	people_contact_name(c, id->name);
	people_contact_changed(p, c);
}

/* ---- another owner key ---- */

static bool committed(const struct people_contact *c, const struct gn_pk *owner)
{
	struct gn_hash h;
	gn_sha256(&GN_SLICE(owner->b), 1, &h);
	return !gn_hash_is_zero(&c->next) && gn_hash_eq(&h, &c->next);
}

static void rotate(struct gn_people *p, struct people_contact *c, const struct gn_pk *owner)
{
	if (c->before_count == PEOPLE_KEYS_BEFORE_MAX) {
		gn_map_remove(&p->by_key, c->before[0].b);
		memmove(&c->before[0], &c->before[1], --c->before_count * sizeof c->before[0]);
	}
	c->before[c->before_count++] = c->owner;
	c->owner = *owner;
	people_contact_known_by(p, c, owner);
}

static gn_err another_key(struct gn_people *p, const struct gn_people_identity *id, gn_time now)
{
	struct people_contact *c = people_contact_get(p, &id->old_owner);
	if (!gn_pk_is_zero(&id->old_owner) && c && gn_pk_eq(&c->owner, &id->old_owner) &&
	    committed(c, &id->owner)) {
		rotate(p, c, &id->owner);
		adopt(p, c, id, now);
		people_tell_line(p, c, GN_PEOPLE_LINE_ROTATED, 0, gn_slice(NULL, 0), now);
		return GN_OK;
	}
	c = people_contact_get(p, &id->instead_of);
	if (gn_pk_is_zero(&id->instead_of) || !c || c->self)
		return GN_NOT_FOUND;
	c->seen_owner = id->owner;
	c->seen_next = id->next;
	alarm(p, c, GN_PEOPLE_KEY, &id->version);
	people_tell_line(p, c, GN_PEOPLE_LINE_ALARM, GN_PEOPLE_KEY, gn_slice(NULL, 0), now);
	return GN_OK;
}

/* ---- records ---- */

/* Does the record deny what we saw? */
static bool forks(const struct people_contact *c, const struct gn_people_identity *id)
{
	if (id->version.seq == c->pin.seq)
		return !gn_hash_eq(&id->version.hash, &c->pin.hash);
	for (size_t i = 0; i < id->history_count; i++)
		if (id->history[i].seq == c->pin.seq)
			return !gn_hash_eq(&id->history[i].hash, &c->pin.hash);
	return false;
}

static gn_err judge(struct gn_people *p, struct people_contact *c,
		    const struct gn_people_identity *id, gn_time now)
{
	if (!gn_pk_eq(&c->owner, &id->owner) || id->version.seq < c->pin.seq) {
		p->counters[PEOPLE_C_OLD_RECORDS]++;
		return GN_OK;
	}
	if (c->pin.seq && forks(c, id)) {
		if (!c->alarm)
			people_tell_line(p, c, GN_PEOPLE_LINE_ALARM, GN_PEOPLE_FORK,
					 gn_slice(NULL, 0), now);
		alarm(p, c, GN_PEOPLE_FORK, &id->version);
		return GN_OK;
	}
	if (id->version.seq > c->pin.seq)
		adopt(p, c, id, now);
	return GN_OK;
}

static gn_err fits(const struct gn_people_identity *id)
{
	return id->device_count > GN_PEOPLE_DEVICES_MAX ||
			       id->history_count > GN_PEOPLE_HISTORY_MAX || id->version.seq == 0 ||
			       id->version.seq > CONTENT_NUMBER_MAX
		       ? GN_RANGE
		       : GN_OK;
}

gn_err gn_people_identity(struct gn_people *p, const struct gn_people_identity *id, gn_time now)
{
	GN_TRY(people_begin(p));
	gn_err err = fits(id);
	struct people_contact *c = people_contact_get(p, &id->owner);
	if (!err && c && c->self)
		err = GN_USAGE;
	if (!err)
		err = c ? judge(p, c, id, now) : another_key(p, id, now);
	return people_end(p, err);
}

gn_err gn_people_me(struct gn_people *p, const struct gn_people_identity *id, gn_time now)
{
	struct people_contact *self = p->self;
	GN_TRY(people_begin(p));
	gn_err err = fits(id);
	if (!err && id->version.seq < self->pin.seq)
		err = GN_STALE;
	if (err)
		return people_end(p, err);
	if (!gn_pk_eq(&self->owner, &id->owner)) {
		rotate(p, self, &id->owner);
		p->config.owner = id->owner;
	}
	adopt(p, self, id, now);
	p->history_count = (uint32_t)id->history_count;
	if (id->history_count)
		memcpy(p->history, id->history, id->history_count * sizeof *p->history);
	p->own_changed = true;
	return people_end(p, GN_OK);
}

void people_clear(struct gn_people *p, struct people_contact *c, gn_time now)
{
	if (!c->alarm)
		return;
	if (c->alarm == GN_PEOPLE_KEY && !people_contact_get(p, &c->seen_owner)) {
		rotate(p, c, &c->seen_owner);
		c->trust = GN_PEOPLE_UNKNOWN;
	}
	c->alarm = GN_PEOPLE_CALM;
	c->pin = (struct gn_people_version){0}; /* what is there now holds */
	c->next = (struct gn_hash){{0}};
	people_tell_line(p, c, GN_PEOPLE_LINE_CLEARED, 0, gn_slice(NULL, 0), now);
	people_contact_changed(p, c);
	people_event(p,
		     &(struct gn_people_event){.kind = GN_PEOPLE_WANT_RECORD, .owner = c->owner});
}

/* ---- what they say themselves ---- */

static bool names(const struct gn_content_pin *pin, const struct gn_people_version *v)
{
	return pin->seq == v->seq && memcmp(pin->hash, v->hash.b, sizeof pin->hash) == 0;
}

static void check_own(struct gn_people *p, const struct gn_content_pin *you)
{
	const struct gn_people_version *known = NULL;
	if (you->seq == p->self->pin.seq)
		known = &p->self->pin;
	for (uint32_t i = 0; i < p->history_count && !known; i++)
		if (p->history[i].seq == you->seq)
			known = &p->history[i];
	if (known && !names(you, known))
		people_event(p, &(struct gn_people_event){.kind = GN_PEOPLE_ALARM_OWN,
							  .owner = p->config.owner,
							  .seq = you->seq});
	if (!known && you->seq > p->self->pin.seq)
		people_event(p, &(struct gn_people_event){.kind = GN_PEOPLE_WANT_RECORD,
							  .owner = p->config.owner});
}

void people_pins(struct gn_people *p, struct people_contact *c, const struct gn_content *what)
{
	struct gn_people_version claimed = {.seq = what->me.seq};
	memcpy(claimed.hash.b, what->me.hash, sizeof what->me.hash);
	if (what->you.seq && p->self->pin.seq)
		check_own(p, &what->you);
	if (!what->me.seq || what->me.seq < c->pin.seq)
		return;
	if (what->me.seq > c->pin.seq)
		people_event(p, &(struct gn_people_event){.kind = GN_PEOPLE_WANT_RECORD,
							  .owner = c->owner});
	else if (!names(&what->me, &c->pin) && !c->self)
		alarm(p, c, GN_PEOPLE_CLAIM, &claimed);
}
