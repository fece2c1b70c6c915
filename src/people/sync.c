/* What the devices of one person tell each other: registers (drafts, marks, settings, what was
 * decided about contacts) and copies of what was said.
 *
 * 1. Of two values of a register the newer (time, device) wins, on every device the same.
 * 2. Only own devices are listened to; a register whose value does not read is kept and has no
 *    effect.
 *
 * Spec: PE-55..PE-58. */
#include "people/people_int.h"

#define CONTACT_KEY "people/contact/"
#define READ_KEY "people/read/"
#define GONE_KEY "people/gone/"
#define CLEAR_KEY "people/clear/"
#define CONTACT_VERSION 1

static struct gn_slice key_of(const char *kind, const struct gn_hash *id,
			      char out[GN_CONTENT_REGISTER_KEY_MAX + 1])
{
	struct gn_writer w = gn_writer(out, GN_CONTENT_REGISTER_KEY_MAX);
	char hex[2 * sizeof id->b + 1];
	gn_hex(GN_SLICE(id->b), hex);
	gn_write_bytes(&w, gn_str(kind));
	gn_write_bytes(&w, gn_str(hex));
	GN_ASSERT(!w.bad);
	return gn_slice(out, gn_writer_len(&w));
}

void people_register_set(struct gn_people *p, struct gn_slice key, struct gn_slice value,
			 gn_time now)
{
	struct gn_content_register before;
	struct gn_content c = {.kind = GN_CONTENT_SYNC};
	struct gn_content_register *r = &c.u.sync.at[0];
	*r = (struct gn_content_register){key, value, people_ms(now), p->device};
	if (people_find_register(p, key, &before) && before.time >= r->time)
		r->time = before.time + (before.time < CONTENT_NUMBER_MAX);
	people_register_put(p, r);
	c.u.sync.count = 1;
	if (people_has_others(p))
		people_say_kept(p, p->self, &c, now);
}

static void walk_contact(struct people_form *f, struct people_contact *c)
{
	people_form_version(f, CONTACT_VERSION);
	people_form_bytes(f, c->owner.b, sizeof c->owner.b);
	c->state = (enum gn_people_state)people_form_below(f, c->state, GN_PEOPLE_REFUSED + 1);
	c->trust = (enum gn_people_trust)people_form_below(f, c->trust, GN_PEOPLE_MET + 1);
	people_form_flag(f, &c->blocked);
	people_form_flag(f, &c->reads_mine);
	people_form_bytes(f, c->introducer.b, sizeof c->introducer.b);
	c->petname_len = people_form_below(f, c->petname_len, GN_PEOPLE_NAME_MAX + 1);
	people_form_bytes(f, c->petname, c->petname_len);
	f->bad |= c->state < GN_PEOPLE_ASKED;
}

void people_contact_sync(struct gn_people *p, struct people_contact *c, bool gone, gn_time now)
{
	char key[GN_CONTENT_REGISTER_KEY_MAX + 1];
	uint8_t value[512];
	struct people_form f = people_form_write(value, sizeof value);
	if (!gone)
		walk_contact(&f, c);
	GN_ASSERT(!people_form_broken(&f));
	people_register_set(p, key_of(CONTACT_KEY, &c->id, key),
			    gn_slice(value, gn_writer_len(&f.w)), now);
}

void people_mark_sync(struct gn_people *p, struct people_contact *c, uint64_t order, gn_time now)
{
	char key[GN_CONTENT_REGISTER_KEY_MAX + 1];
	uint8_t value[8];
	gn_put_be64(value, order);
	people_register_set(p, key_of(READ_KEY, &c->id, key), GN_SLICE(value), now);
}

/* The key names the message's id alone: who reuses ids hides what they said with one. */
void people_hide_sync(struct gn_people *p, struct people_contact *c, bool mine,
		      const struct gn_content_id *id, gn_time now)
{
	char key[GN_CONTENT_REGISTER_KEY_MAX + 1] = GONE_KEY;
	uint8_t value[sizeof c->id.b + 1];
	gn_hex(GN_SLICE(id->b), key + strlen(key));
	memcpy(value, c->id.b, sizeof c->id.b);
	value[sizeof c->id.b] = mine;
	people_register_set(p, gn_str(key), GN_SLICE(value), now);
}

void people_clear_sync(struct gn_people *p, struct people_contact *c, uint64_t order, gn_time now)
{
	char key[GN_CONTENT_REGISTER_KEY_MAX + 1];
	uint8_t value[8];
	gn_put_be64(value, order);
	people_register_set(p, key_of(CLEAR_KEY, &c->id, key), GN_SLICE(value), now);
}

/* ---- from another device ---- */

void people_contact_remove(struct gn_people *p, struct people_contact *c)
{
	people_put(p, &(struct gn_people_row){
			      .kind = GN_PEOPLE_ROW_CONTACT, .gone = true, .chat = c->id});
	/* what a removed one writes next asks (PE-49), and comes in the sessions that there are */
	bool writes = c->state == GN_PEOPLE_ACCEPTED && !c->blocked;
	for (uint32_t i = 0; i < c->device_count && !writes; i++)
		people_event(p, &(struct gn_people_event){.kind = GN_PEOPLE_DEVICE_GONE,
							  .owner = c->owner,
							  .device = c->devices[i].key});
	people_contact_told(p, c, true);
	people_presence_drop(p, c);
	people_contact_free(p, c);
}

static struct people_contact *join_contact(struct gn_people *p, const struct gn_pk *owner,
					   const struct gn_hash *id)
{
	struct people_contact *c = people_contact_new(p, owner, id);
	if (!c)
		return NULL;
	c->state = GN_PEOPLE_ASKED;
	c->chat.joined = true;
	people_event(p, &(struct gn_people_event){.kind = GN_PEOPLE_WANT_RECORD, .owner = *owner});
	return c;
}

static void take_contact(struct gn_people *p, const struct gn_hash *id, struct gn_slice value,
			 gn_time now)
{
	struct people_contact *c = people_contact_by_chat(p, id), read = {.device_count = 0};
	struct people_form f = people_form_read(value);
	if (c && c->self)
		return;
	if (value.len == 0) {
		if (c)
			people_contact_remove(p, c);
		return;
	}
	walk_contact(&f, &read);
	if (!people_form_read_all(&f))
		return;
	if (!c)
		c = people_contact_get(p, &read.owner);
	if (!c && !(c = join_contact(p, &read.owner, id)))
		return;
	p->requests -= c->state == GN_PEOPLE_REQUEST;
	p->requests += read.state == GN_PEOPLE_REQUEST;
	c->state = read.state;
	c->trust = read.trust > c->trust ? read.trust : c->trust;
	c->blocked = read.blocked;
	c->reads_mine = read.reads_mine;
	c->introducer = read.introducer;
	c->petname_len = read.petname_len;
	memcpy(c->petname, read.petname, sizeof c->petname);
	people_contact_changed(p, c);
	people_answer_setups(p, c, now);
}

static bool hex_after(struct gn_slice key, const char *prefix, uint8_t *out, size_t len)
{
	struct gn_slice head = gn_str(prefix);
	return gn_slice_eq(gn_slice_sub(key, 0, head.len), head) &&
	       gn_unhex(gn_slice_sub(key, head.len, key.len), out, len) == GN_OK;
}

/* Hidden on another device; perhaps before it came here. */
static void take_gone(struct gn_people *p, const struct gn_content_id *id, struct gn_slice value)
{
	struct gn_people_message m;
	struct people_contact *c;
	struct gn_hash chat;
	if (value.len != sizeof chat.b + 1)
		return;
	memcpy(chat.b, value.p, sizeof chat.b);
	c = people_contact_by_chat(p, &chat);
	if (c && people_row_for(p, c, value.p[sizeof chat.b] == 1, id, &m) && !m.expired)
		people_take_away(p, c, &m);
}

static void take_register(struct gn_people *p, const struct gn_content_register *r, gn_time now)
{
	struct gn_content_register before;
	struct gn_content_id message;
	struct gn_hash id;
	if (people_find_register(p, r->key, &before) &&
	    (before.time > r->time || (before.time == r->time && before.device >= r->device)))
		return;
	people_register_put(p, r);
	if (hex_after(r->key, CONTACT_KEY, id.b, sizeof id.b)) {
		take_contact(p, &id, r->value, now);
	} else if (hex_after(r->key, READ_KEY, id.b, sizeof id.b)) {
		struct people_contact *c = people_contact_by_chat(p, &id);
		if (c && r->value.len == 8)
			people_read_to(p, c, gn_be64(r->value.p), false, now);
	} else if (hex_after(r->key, CLEAR_KEY, id.b, sizeof id.b)) {
		struct people_contact *c = people_contact_by_chat(p, &id);
		if (c && r->value.len == 8)
			people_event(p, &(struct gn_people_event){.kind = GN_PEOPLE_CLEARED,
								  .owner = c->owner,
								  .chat = id,
								  .seq = gn_be64(r->value.p)});
	} else if (hex_after(r->key, GONE_KEY, message.b, sizeof message.b)) {
		take_gone(p, &message, r->value);
	}
	people_event(p, &(struct gn_people_event){.kind = GN_PEOPLE_REGISTER});
}

static void take_copy(struct gn_people *p, uint64_t device, const struct gn_content *what,
		      gn_time now)
{
	struct gn_content copy;
	struct gn_hash id;
	size_t len;
	struct people_contact *c = people_contact_get(p, &what->u.sync.person);
	if (gn_content_open(what->u.sync.copy_of, &copy, &len) != GN_OK || copy.seq == 0 ||
	    (c && c->self)) {
		p->counters[PEOPLE_C_MALFORMED]++;
		return;
	}
	gn_sha256(&GN_SLICE(what->u.sync.person.b), 1, &id);
	if (!c)
		c = join_contact(p, &what->u.sync.person, &id);
	if (c)
		people_take(p, c, true, device, &copy, gn_slice(what->u.sync.copy_of.p, len), now);
	gn_wipe(&copy, sizeof copy);
}

void people_sync_take(struct gn_people *p, uint64_t device, const struct gn_content *what,
		      gn_time now)
{
	for (size_t i = 0; i < what->u.sync.count; i++)
		take_register(p, &what->u.sync.at[i], now);
	if (what->u.sync.copy_of.p)
		take_copy(p, device, what, now);
}
