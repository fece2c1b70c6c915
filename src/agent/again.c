/* When a session is begun anew: what was offered again after a day and had set one up, to prekeys
 * that are newer now; and, at most once an hour, when a device says that it cannot open what we
 * write, or a contact writes in none that we know. Their prekeys are looked up before: those that
 * are believed may be of long ago.
 *
 * Rules AG-66, AG-70. */
#include "agent/outbox_int.h"

#include <stdlib.h>

static struct agent_device *device_of(struct gn_agent *a, const struct gn_pk *key)
{
	for (size_t i = 0; i < AGENT_HEARD; i++)
		if (a->devices[i].used && gn_pk_eq(&a->devices[i].key, key))
			return &a->devices[i];
	return NULL;
}

/* The one that came first gives way. */
static struct agent_device *device_put(struct gn_agent *a, const struct gn_pk *key)
{
	struct agent_device *d = &a->devices[a->device_next];
	a->device_next = (a->device_next + 1) % AGENT_HEARD;
	*d = (struct agent_device){.used = true, .key = *key};
	return d;
}

void agent_held_prekeys(struct gn_agent *a, const struct gn_pk *device, uint64_t created)
{
	struct agent_device *d = device_of(a, device);
	if (!d)
		d = device_put(a, device);
	d->prekeys = created > d->prekeys ? created : d->prekeys;
	d->looked = agent_unix(a);
}

uint64_t agent_held_newest(struct gn_agent *a, const struct gn_pk *owner)
{
	struct gn_pk key;
	uint64_t newest = 0;
	for (size_t i = 0; gn_people_device_at(a->people, owner, i, &key); i++) {
		const struct agent_device *d = device_of(a, &key);
		newest = d && d->prekeys > newest ? d->prekeys : newest;
	}
	return newest ? newest : agent_unix(a);
}

struct looking {
	uint64_t id; /* not this one */
	unsigned rows;
	bool sets_up;
	uint64_t keys_at; /* of the first */
};

static bool note_row(void *user, const struct gn_agent_out *o)
{
	struct looking *l = user;
	struct agent_out_parts parts;
	if (o->id == l->id || (o->kind != AGENT_OUT_HELD && o->kind != AGENT_OUT_ITEM) ||
	    !agent_out_open(o->bytes, &parts))
		return true;
	l->sets_up = l->sets_up || parts.head.flags & AGENT_OUT_SETS_UP;
	if (!l->rows++ || parts.head.keys_at < l->keys_at)
		l->keys_at = parts.head.keys_at;
	gn_wipe(&parts, sizeof parts);
	return true;
}

/* Devices whose prekeys are newer than those of the set-up that waits for them, whenever it was
 * made, for a node may have given old ones: the private halves that it needs may be gone. True:
 * there was one. */
static bool begin_anew(struct gn_agent *a, const struct gn_pk *owner, uint64_t keys_at)
{
	struct gn_pk key;
	bool any = false;
	for (size_t i = 0; gn_people_device_at(a->people, owner, i, &key); i++) {
		struct agent_device *d = device_of(a, &key);
		if (!d || d->prekeys <= keys_at)
			continue;
		any = true;
		if (d->anew >= d->prekeys)
			continue; /* with another message */
		gn_err err = gn_e2ee_anew(a->e2ee, &key);
		if (!err)
			d->anew = d->looked = agent_unix(a); /* these are newer */
	}
	return any;
}

enum agent_again agent_held_again(struct gn_agent *a, const struct gn_agent_out *o,
				  const struct agent_out_head *head)
{
	struct looking l = {.id = o->id};
	if (!(head->flags & AGENT_OUT_AGAIN) || !gn_is_zero(head->device.b, sizeof head->device.b))
		return AGENT_AGAIN_NOW;
	gn_err err = gn_agent_out_of(a->db, head->id.b, note_row, &l);
	if (err) {
		agent_fail(a, err);
		return AGENT_AGAIN_LATER;
	}
	if (!l.rows)
		return AGENT_AGAIN_NOW;
	if (!l.sets_up || o->tries >= AGENT_AGAIN_TRIES)
		return AGENT_AGAIN_NEVER; /* it is looked after */
	if (!o->tries || !begin_anew(a, &head->owner, l.keys_at))
		return AGENT_AGAIN_LATER;
	return AGENT_AGAIN_NOW;
}

struct replacing {
	uint64_t id;
	struct { /* copied: they are written while they are read */
		struct gn_agent_out out;
		uint8_t *bytes;
	} rows[AGENT_OF_ONE_MAX];
	unsigned count;
};

static bool copy_other(void *user, const struct gn_agent_out *o)
{
	struct replacing *r = user;
	if (o->id == r->id || (o->kind != AGENT_OUT_HELD && o->kind != AGENT_OUT_ITEM))
		return true;
	uint8_t *bytes = malloc(o->bytes.len + 1);
	if (!bytes)
		return false;
	memcpy(bytes, o->bytes.p, o->bytes.len);
	r->rows[r->count].out = *o;
	r->rows[r->count].out.bytes.p = bytes;
	r->rows[r->count].bytes = bytes;
	return ++r->count < AGENT_OF_ONE_MAX;
}

gn_err agent_held_replaced(struct gn_agent *a, struct gn_agent_tx *tx, uint64_t id,
			   const struct agent_out_head *head)
{
	struct replacing r = {.id = id};
	struct agent_out_parts parts;
	if (!gn_is_zero(head->device.b, sizeof head->device.b))
		return GN_OK;
	gn_err err = gn_agent_out_of(a->db, head->id.b, copy_other, &r);
	for (unsigned i = 0; i < r.count; i++) {
		const struct gn_agent_out *o = &r.rows[i].out;
		if (!err && agent_out_open(o->bytes, &parts))
			err = agent_held_put_proof(tx, o->id, &parts);
		gn_wipe(r.rows[i].bytes, o->bytes.len);
		free(r.rows[i].bytes);
	}
	gn_wipe(&parts, sizeof parts);
	return err;
}

/* ---- what a device cannot open, or we cannot ---- */

void agent_held_anew(struct gn_agent *a, const struct gn_pk *device)
{
	struct agent_device *d = device_of(a, device);
	if (d && d->anew + AGENT_ANEW_AGAIN > agent_unix(a))
		return;
	gn_err err = gn_e2ee_anew(a->e2ee, device);
	if (err)
		return; /* there is none with it */
	if (!d)
		d = device_put(a, device);
	d->anew = agent_unix(a);
}

bool agent_held_unlooked(struct gn_agent *a, const struct gn_pk *to, size_t count, uint32_t tries)
{
	bool any = false;
	for (size_t i = 0; i < count; i++) {
		const struct agent_device *d = device_of(a, &to[i]);
		any = any || (d && d->looked < d->anew);
	}
	return any && tries < AGENT_LOOK_TRIES;
}

void agent_held_unread(struct gn_agent *a, const struct gn_pk *device, struct gn_slice content)
{
	struct gn_content c;
	bool asks = gn_content_open(content, &c, NULL) == GN_OK && c.kind == GN_CONTENT_RESEND &&
		    c.u.envelopes.count > 0;
	gn_wipe(&c, sizeof c);
	if (asks)
		agent_held_anew(a, device);
}
