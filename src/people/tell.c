/* What is said: by people, and by the machinery on their behalf.
 *
 * 1. A content that stays has a row before it is sent, and goes to the contact's devices and, as a
 *    copy, to the own ones: so every own device numbers the chat's contents alike.
 * 2. A copy is a content of the chat with oneself, and is kept and receipted like any other.
 * 3. Nothing goes to who is blocked, whose alarm stands, or who has not accepted, but for the one
 *    text of a request.
 *
 * Spec: PE-3, PE-4, PE-10, PE-19. */
#include "people/people_int.h"

static struct gn_content_pin pin_of(const struct people_contact *c)
{
	struct gn_content_pin pin = {.seq = c->pin.seq};
	if (pin.seq)
		memcpy(pin.hash, c->pin.hash.b, sizeof pin.hash);
	return pin;
}

gn_err people_make(const struct gn_people *p, const struct people_contact *c,
		   struct gn_content *what, gn_time now, uint8_t *storage, struct gn_slice *out)
{
	const struct people_chain *own = &c->chat.chains.at[0];
	struct gn_buf b = {storage, 0, GN_CONTENT_MAX};
	what->sent = people_ms(now) ? people_ms(now) : 1;
	what->order = what->sent;
	if (gn_content_stays(what->kind)) {
		if (what->order <= c->chat.order)
			what->order = c->chat.order + (c->chat.order < CONTENT_NUMBER_MAX);
		what->seq = own->top + 1;
		what->prev = own->top ? own->last : (struct gn_content_id){{0}};
		what->seen_count = people_chain_seen(&c->chat.chains, p->device, what->seen);
		if (!people_kind_shown(what->kind))
			what->expire = 0;
		else if (!what->expire)
			what->expire = c->chat.expire;
	}
	what->me = pin_of(p->self);
	what->you = pin_of(c);
	GN_TRY(gn_content_make(what, &b));
	*out = gn_buf_slice(&b);
	/* a copy goes around it */
	return !c->self && out->len > GN_CONTENT_MAX - CONTENT_COPY_AROUND ? GN_TOO_LARGE : GN_OK;
}

/* We wrote to all its devices, or to this one: they have their sign of life. */
static void wrote(struct gn_people *p, struct people_contact *c, const struct gn_pk *device)
{
	for (uint32_t i = 0; i < c->device_count; i++) {
		struct people_device *d = &c->devices[i];
		if (device && !gn_pk_eq(&d->key, device))
			continue;
		if (d->heard || d->must_answer)
			people_contact_changed(p, c);
		d->heard = 0;
		d->heard_since = 0;
		d->must_answer = false;
	}
}

void people_tell(struct gn_people *p, struct people_contact *c, struct gn_content *what,
		 const struct gn_pk *device, gn_time now)
{
	struct gn_slice bytes;
	GN_ASSERT(!gn_content_stays(what->kind));
	if (!people_may_write(c) || c->state != GN_PEOPLE_ACCEPTED ||
	    (c->self && !people_has_others(p)))
		return;
	gn_rand_fill(p->env.rand, what->id.b, sizeof what->id.b);
	what->id.b[0] |= 1;
	gn_err err = people_make(p, c, what, now, p->content, &bytes);
	GN_ASSERT(err == GN_OK);
	if (what->kind != GN_CONTENT_TYPING)
		wrote(p, c, device);
	struct gn_people_send s = {.owner = c->owner,
				   .chat = c->id,
				   .id = what->id,
				   .content = bytes,
				   .live = what->kind == GN_CONTENT_TYPING};
	if (device)
		s.device = *device;
	people_send(p, &s);
}

void people_send_kept(struct gn_people *p, struct people_contact *c, const struct gn_content_id *id,
		      struct gn_slice bytes, const struct gn_pk *device, bool again)
{
	struct gn_people_send s = {.owner = c->owner,
				   .chat = c->id,
				   .id = *id,
				   .content = bytes,
				   .stays = true,
				   .again = again,
				   .request = c->state == GN_PEOPLE_ASKED};
	if (c->self && !people_has_others(p))
		return;
	if (device)
		s.device = *device;
	wrote(p, c, device);
	people_send(p, &s);
}

static void place_and_send(struct gn_people *p, struct people_contact *c,
			   const struct gn_content *what, struct gn_slice bytes, gn_time now)
{
	struct people_gap_changes none = {.count = 0};
	gn_err err = people_chain_took(&c->chat.chains, p->env.alloc, &c->chat.chains.at[0],
				       what->seq, &what->id, what->order, &none);
	if (err)
		people_break(p, err);
	people_place(p, c, true, p->device, what, bytes, now);
	people_send_kept(p, c, &what->id, bytes, NULL, false);
}

void people_say(struct gn_people *p, struct people_contact *c, const struct gn_content *what,
		struct gn_slice bytes, gn_time now)
{
	struct gn_content copy = {.kind = GN_CONTENT_SYNC};
	struct gn_slice copied;
	place_and_send(p, c, what, bytes, now);
	people_effect(p, c, true, what, now);
	if (c->self || !people_has_others(p))
		return;
	gn_rand_fill(p->env.rand, copy.id.b, sizeof copy.id.b);
	copy.id.b[0] |= 1;
	copy.u.sync.copy_of = bytes;
	copy.u.sync.person = c->owner;
	gn_err err = people_make(p, p->self, &copy, now, p->copy, &copied);
	GN_ASSERT(err == GN_OK);
	place_and_send(p, p->self, &copy, copied, now);
	gn_wipe(p->copy, copied.len);
}

void people_say_kept(struct gn_people *p, struct people_contact *c, struct gn_content *what,
		     gn_time now)
{
	struct gn_slice bytes;
	gn_rand_fill(p->env.rand, what->id.b, sizeof what->id.b);
	what->id.b[0] |= 1;
	gn_err err = people_make(p, c, what, now, p->content, &bytes);
	GN_ASSERT(err == GN_OK);
	people_say(p, c, what, bytes, now);
	gn_wipe(p->content, bytes.len);
}
