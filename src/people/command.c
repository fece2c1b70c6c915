/* What the person does. Each command is judged whole before anything changes: what is refused
 * leaves no trace. Spec: PE-14..PE-19, PE-27, PE-40..PE-49, PE-61. */
#include "people/people_int.h"

/* ---- saying ---- */

static bool people_say_it(enum gn_content_kind kind)
{
	return people_kind_shown(kind) || kind == GN_CONTENT_EDIT || kind == GN_CONTENT_DELETE ||
	       kind == GN_CONTENT_REACTION || kind == GN_CONTENT_TYPING;
}

/* May this chat be written in, with this? */
static gn_err may_say(struct gn_people *p, struct people_contact *c, const struct gn_content *what,
		      gn_time now)
{
	struct gn_people_message m;
	if (!people_say_it(what->kind) || gn_is_zero(&what->id, sizeof what->id))
		return GN_USAGE;
	if (c->blocked)
		return GN_DENIED;
	if (c->alarm)
		return GN_KEY;
	if (c->state == GN_PEOPLE_REQUEST || c->state == GN_PEOPLE_REFUSED)
		return GN_STATE;
	if (what->kind == GN_CONTENT_TYPING)
		return c->state == GN_PEOPLE_ACCEPTED ? GN_OK : GN_STATE;
	if (people_find_message(p, &c->id, true, &what->id, &m, NULL) && !m.early)
		return GN_EXISTS;
	if (c->chat.outstanding >= GN_PEOPLE_OUTSTANDING_MAX && !c->self)
		return GN_LIMIT;
	if (c->state == GN_PEOPLE_ACCEPTED)
		return GN_OK;
	if (!people_request_fits(what))
		return GN_DENIED;
	return c->wrote && gn_unix(now) < c->asked + PEOPLE_REQUEST_AGAIN ? GN_LIMIT : GN_OK;
}

static gn_err target(struct gn_people *p, struct people_contact *c, bool mine,
		     const struct gn_content_id *id, bool text)
{
	struct gn_people_message m;
	if (!people_find_message(p, &c->id, mine, id, &m, NULL) || m.early)
		return GN_NOT_FOUND;
	if (m.deleted || m.expired || m.kind >= GN_PEOPLE_GAP || !people_kind_shown(m.kind))
		return GN_DENIED;
	return text && m.kind != GN_CONTENT_TEXT && m.kind != GN_CONTENT_FILE ? GN_DENIED : GN_OK;
}

/* Is what it is about there, and ours to change? */
static gn_err may_change(struct gn_people *p, struct people_contact *c,
			 const struct gn_content *what)
{
	if (what->kind == GN_CONTENT_EDIT)
		return target(p, c, true, &what->ref.id, true);
	if (what->kind == GN_CONTENT_REACTION) {
		bool mine = gn_pk_is_zero(&what->ref.sender) ||
			    people_contact_get(p, &what->ref.sender) == p->self;
		if (!mine && people_contact_get(p, &what->ref.sender) != c)
			return GN_NOT_FOUND;
		return target(p, c, mine, &what->ref.id, false);
	}
	if (what->kind != GN_CONTENT_DELETE)
		return GN_OK;
	if (what->ids.count > GN_CONTENT_IDS_MAX)
		return GN_TOO_LARGE;
	for (size_t i = 0; i < what->ids.count; i++) {
		struct gn_content_id id = gn_content_ids_at(what->ids, i);
		GN_TRY(target(p, c, true, &id, false));
	}
	return GN_OK;
}

static gn_err say(struct gn_people *p, struct people_contact *c, const struct gn_content *what,
		  gn_time now)
{
	struct gn_content made = *what;
	struct gn_slice bytes;
	GN_TRY(may_say(p, c, what, now));
	GN_TRY(may_change(p, c, what));
	if (what->kind == GN_CONTENT_TYPING) {
		people_tell(p, c, &made, NULL, now);
		return GN_OK;
	}
	GN_TRY(people_make(p, c, &made, now, p->content, &bytes));
	if (c->state == GN_PEOPLE_ASKED) {
		c->wrote = true;
		c->asked = gn_unix(now);
		people_contact_changed(p, c);
	}
	people_say(p, c, &made, bytes, now);
	return GN_OK;
}

/* A command about one contact: its begin, its contact, its end. */
#define WITH_CONTACT(p, owner, c, err)                                                             \
	GN_TRY(people_begin(p));                                                                   \
	struct people_contact *c = people_contact_get(p, owner);                                   \
	gn_err err = c ? GN_OK : GN_NOT_FOUND

gn_err gn_people_say(struct gn_people *p, const struct gn_pk *owner, const struct gn_content *what,
		     gn_time now)
{
	WITH_CONTACT(p, owner, c, err);
	if (!err)
		err = say(p, c, what, now);
	return people_end(p, err);
}

gn_err gn_people_expire(struct gn_people *p, const struct gn_pk *owner, uint32_t seconds,
			gn_time now)
{
	WITH_CONTACT(p, owner, c, err);
	struct gn_content note = {.kind = GN_CONTENT_SYSTEM};
	if (!err && (c->state != GN_PEOPLE_ACCEPTED || !people_may_write(c)))
		err = GN_STATE;
	if (!err && seconds > CONTENT_EXPIRE_MAX)
		err = GN_RANGE;
	if (!err) {
		note.u.system.kind = GN_CONTENT_EXPIRE;
		note.u.system.number = seconds;
		people_say_kept(p, c, &note, now);
	}
	return people_end(p, err);
}

gn_err gn_people_box(struct gn_people *p, const struct gn_pk *owner,
		     const struct gn_content_box *box, gn_time now)
{
	WITH_CONTACT(p, owner, c, err);
	struct gn_content told = {.kind = GN_CONTENT_BOX};
	if (!err && (c->self || c->state != GN_PEOPLE_ACCEPTED || !people_may_write(c)))
		err = GN_STATE;
	if (!err && (gn_pk_is_zero(&box->box) || box->until > CONTENT_NUMBER_MAX))
		err = GN_RANGE;
	if (!err) {
		told.u.box = *box;
		people_say_kept(p, c, &told, now);
		gn_wipe(&told, sizeof told);
	}
	return people_end(p, err);
}

gn_err gn_people_presence(struct gn_people *p, const struct gn_pk *owner,
			  const struct gn_presence_told *presence, gn_time now)
{
	WITH_CONTACT(p, owner, c, err);
	struct gn_content note = {.kind = GN_CONTENT_SYSTEM};
	uint8_t bytes[GN_PRESENCE_TOLD_LEN];
	if (!err && (c->self || c->state != GN_PEOPLE_ACCEPTED || !people_may_write(c)))
		err = GN_STATE;
	if (!err) {
		gn_presence_told_put(presence, bytes);
		note.u.system.kind = GN_CONTENT_PRESENCE;
		note.u.system.bytes = GN_SLICE(bytes);
		people_say_kept(p, c, &note, now);
		gn_wipe(bytes, sizeof bytes);
	}
	return people_end(p, err);
}

gn_err gn_people_presence_of(struct gn_people *p, const struct gn_pk *owner,
			     struct gn_presence_told *out)
{
	struct gn_content_register r;
	struct people_contact *c = people_contact_get(p, owner);
	if (!c || !people_presence_get(p, c, &r))
		return GN_NOT_FOUND;
	return gn_presence_told_open(r.value, out) == GN_OK ? GN_OK : GN_NOT_FOUND;
}

/* ---- what became of it ---- */

static gn_err own_message(struct gn_people *p, const struct gn_hash *chat,
			  const struct gn_content_id *id, struct people_contact **c,
			  struct gn_people_message *m, struct gn_slice *content)
{
	*c = people_contact_by_chat(p, chat);
	if (!*c || !people_find_message(p, chat, true, id, m, content) || m->early ||
	    m->kind >= GN_PEOPLE_GAP)
		return GN_NOT_FOUND;
	return GN_OK;
}

static void changed(struct gn_people *p, struct people_contact *c,
		    const struct gn_people_message *m)
{
	people_put_message(p, m, GN_PEOPLE_KEEP, gn_slice(NULL, 0));
	people_message_event(p, c, m, false, false);
}

gn_err gn_people_stored(struct gn_people *p, const struct gn_hash *chat,
			const struct gn_content_id *id, uint8_t held, uint8_t of, gn_time now)
{
	struct people_contact *c;
	struct gn_people_message m;
	(void)now;
	GN_TRY(people_begin(p));
	gn_err err = held > of ? GN_RANGE : own_message(p, chat, id, &c, &m, NULL);
	if (!err && (m.state == GN_PEOPLE_WAITING || m.state == GN_PEOPLE_STORED)) {
		m.state = held ? GN_PEOPLE_STORED : GN_PEOPLE_WAITING;
		m.held = held;
		m.of = of;
		changed(p, c, &m);
	}
	return people_end(p, err);
}

gn_err gn_people_failed(struct gn_people *p, const struct gn_hash *chat,
			const struct gn_content_id *id, enum gn_people_why why, gn_time now)
{
	struct people_contact *c;
	struct gn_people_message m;
	(void)now;
	GN_TRY(people_begin(p));
	bool known = why > GN_PEOPLE_NO_REASON && why < GN_PEOPLE_WHY_COUNT;
	gn_err err = known ? own_message(p, chat, id, &c, &m, NULL) : GN_RANGE;
	if (!err && people_waits(p, &m)) {
		m.state = GN_PEOPLE_FAILED;
		m.why = why;
		m.check = 0;
		people_waited(p, c, true, &m);
		changed(p, c, &m);
	}
	return people_end(p, err);
}

gn_err gn_people_retry(struct gn_people *p, const struct gn_hash *chat,
		       const struct gn_content_id *id, gn_time now)
{
	struct people_contact *c;
	struct gn_people_message m;
	struct gn_slice bytes;
	GN_TRY(people_begin(p));
	gn_err err = own_message(p, chat, id, &c, &m, &bytes);
	if (!err && (m.state != GN_PEOPLE_FAILED || m.device != p->device || !bytes.len ||
		     !people_may_write(c)))
		err = GN_STATE;
	if (!err && c->chat.outstanding >= GN_PEOPLE_OUTSTANDING_MAX)
		err = GN_LIMIT;
	if (!err) {
		people_send_kept(p, c, id, bytes, NULL, true);
		m.state = GN_PEOPLE_WAITING;
		m.why = GN_PEOPLE_NO_REASON;
		m.received = people_ms(now); /* it waits from now on */
		m.check = m.received + PEOPLE_CHECK_MS;
		people_waited(p, c, false, &m);
		changed(p, c, &m);
	}
	return people_end(p, err);
}

gn_err gn_people_hide(struct gn_people *p, const struct gn_hash *chat, bool mine,
		      const struct gn_content_id *id, bool everywhere, gn_time now)
{
	struct gn_people_message m;
	GN_TRY(people_begin(p));
	struct people_contact *c = people_contact_by_chat(p, chat);
	bool there = c && people_find_message(p, chat, mine, id, &m, NULL) && gn_people_shown(&m) &&
		     m.kind < GN_PEOPLE_GAP;
	if (!there)
		return people_end(p, GN_NOT_FOUND);
	if (!m.expired)
		people_take_away(p, c, &m);
	if (everywhere)
		people_hide_sync(p, c, mine, id, now);
	return people_end(p, GN_OK);
}

gn_err gn_people_clear(struct gn_people *p, const struct gn_pk *owner, uint64_t *order, gn_time now)
{
	WITH_CONTACT(p, owner, c, err);
	if (!err) {
		*order = *order && *order < c->chat.order ? *order : c->chat.order;
		people_clear_sync(p, c, *order, now);
	}
	return people_end(p, err);
}

gn_err gn_people_read(struct gn_people *p, const struct gn_pk *owner, uint64_t order, gn_time now)
{
	WITH_CONTACT(p, owner, c, err);
	if (!err) {
		if (order > c->chat.order)
			order = c->chat.order;
		bool newer = order > c->chat.read_to;
		people_read_to(p, c, order, true, now);
		if (newer)
			people_mark_sync(p, c, order, now);
	}
	return people_end(p, err);
}

/* ---- people ---- */

gn_err gn_people_add(struct gn_people *p, const struct gn_people_add *add, gn_time now)
{
	struct gn_hash id;
	GN_TRY(people_begin(p));
	struct people_contact *c = people_contact_get(p, &add->owner);
	bool ok = add->name.len <= GN_PEOPLE_NAME_MAX && gn_utf8_ok(add->name) &&
		  add->petname.len <= GN_PEOPLE_NAME_MAX && gn_plain_ok(add->petname);
	gn_err err = ok ? GN_OK : GN_TEXT;
	if (!err && (c ? c->self : gn_pk_is_zero(&add->owner)))
		err = GN_USAGE;
	if (!err && !c && p->contact_count >= GN_PEOPLE_CONTACTS_MAX)
		err = GN_LIMIT;
	if (err)
		return people_end(p, err);
	bool is_new = !c;
	gn_sha256(&GN_SLICE(add->owner.b), 1, &id);
	if (is_new && !(c = people_contact_new(p, &add->owner, &id)))
		return people_end(p, GN_NOMEM);
	if (is_new) {
		c->state = GN_PEOPLE_ASKED;
		people_contact_name(c, add->name);
		c->introducer = add->introducer;
		c->petname_len = (uint32_t)add->petname.len;
		if (add->petname.len)
			memcpy(c->petname, add->petname.p, add->petname.len);
		people_event(p, &(struct gn_people_event){.kind = GN_PEOPLE_WANT_RECORD,
							  .owner = c->owner});
	}
	if (add->trust > c->trust)
		c->trust = add->trust;
	if (c->state == GN_PEOPLE_REQUEST || c->state == GN_PEOPLE_REFUSED)
		people_accept(p, c, now);
	people_contact_changed(p, c);
	people_contact_sync(p, c, false, now);
	err = people_end(p, GN_OK);
	return err || is_new ? err : GN_EXISTS;
}

gn_err gn_people_remove(struct gn_people *p, const struct gn_pk *owner, gn_time now)
{
	WITH_CONTACT(p, owner, c, err);
	if (!err && c->self)
		err = GN_USAGE;
	if (!err) {
		people_contact_sync(p, c, true, now);
		people_contact_remove(p, c);
	}
	return people_end(p, err);
}

gn_err gn_people_answer(struct gn_people *p, const struct gn_pk *owner, bool accept, gn_time now)
{
	WITH_CONTACT(p, owner, c, err);
	if (!err && c->state != GN_PEOPLE_REQUEST && !(accept && c->state == GN_PEOPLE_REFUSED))
		err = GN_STATE;
	if (!err && accept) {
		people_accept(p, c, now);
	} else if (!err) {
		p->requests--;
		c->state = GN_PEOPLE_REFUSED;
		people_contact_changed(p, c);
	}
	if (!err)
		people_contact_sync(p, c, false, now);
	return people_end(p, err);
}

static void set_reads(struct gn_people *p, struct people_contact *c, bool reads, gn_time now)
{
	struct gn_content note = {.kind = GN_CONTENT_SYSTEM};
	if (c->reads_mine == reads)
		return;
	c->reads_mine = reads;
	note.u.system.kind = GN_CONTENT_READS;
	note.u.system.number = reads;
	if (c->state == GN_PEOPLE_ACCEPTED && people_may_write(c))
		people_say_kept(p, c, &note, now);
}

gn_err gn_people_change(struct gn_people *p, const struct gn_pk *owner,
			const struct gn_people_change *change, gn_time now)
{
	WITH_CONTACT(p, owner, c, err);
	if (!err && c->self)
		err = GN_USAGE;
	if (!err && change->petname &&
	    (change->petname->len > GN_PEOPLE_NAME_MAX || !gn_plain_ok(*change->petname)))
		err = GN_TEXT;
	if (!err && change->trust && (unsigned)*change->trust > GN_PEOPLE_MET)
		err = GN_RANGE;
	if (err)
		return people_end(p, err);
	if (change->petname) {
		c->petname_len = (uint32_t)change->petname->len;
		if (c->petname_len)
			memcpy(c->petname, change->petname->p, c->petname_len);
	}
	if (change->cleared)
		people_clear(p, c, now);
	if (change->trust && *change->trust > c->trust)
		c->trust = *change->trust;
	if (change->blocked)
		c->blocked = *change->blocked;
	if (change->reads)
		set_reads(p, c, *change->reads, now);
	people_contact_changed(p, c);
	people_contact_sync(p, c, false, now);
	return people_end(p, GN_OK);
}

gn_err gn_people_set(struct gn_people *p, struct gn_slice key, struct gn_slice value, gn_time now)
{
	static const char own[] = "people/";
	GN_TRY(people_begin(p));
	gn_err err = GN_OK;
	if (!key.len || !gn_plain_ok(key))
		err = GN_TEXT;
	else if (key.len > GN_CONTENT_REGISTER_KEY_MAX || value.len > GN_CONTENT_VALUE_MAX)
		err = GN_TOO_LARGE;
	else if (gn_slice_eq(gn_slice_sub(key, 0, sizeof own - 1), gn_str(own)))
		err = GN_DENIED;
	if (!err)
		people_register_set(p, key, value, now);
	return people_end(p, err);
}

/* ---- invites ---- */

static struct gn_people_invite *find_invite(struct gn_people *p,
					    const uint8_t secret[GN_INVITE_SECRET_LEN])
{
	for (uint32_t i = 0; i < p->invite_count; i++)
		if (memcmp(p->invites[i].secret, secret, GN_INVITE_SECRET_LEN) == 0)
			return &p->invites[i];
	return NULL;
}

gn_err gn_people_invite(struct gn_people *p, const struct gn_people_invite *invite, gn_time now)
{
	GN_TRY(people_begin(p));
	gn_err err = GN_OK;
	if (invite->uses == 0 || invite->uses > PEOPLE_INVITE_USES_MAX || invite->used ||
	    invite->until <= gn_unix(now))
		err = GN_RANGE;
	else if (find_invite(p, invite->secret))
		err = GN_EXISTS;
	uint32_t kept = 0;
	for (uint32_t i = 0; i < p->invite_count && !err; i++)
		if (p->invites[i].until > gn_unix(now) && p->invites[i].used < p->invites[i].uses)
			p->invites[kept++] = p->invites[i];
	p->invite_count = err ? p->invite_count : kept;
	if (!err && p->invite_count == PEOPLE_INVITES_MAX)
		err = GN_LIMIT;
	if (!err) {
		p->invites[p->invite_count++] = *invite;
		p->own_changed = true;
	}
	return people_end(p, err);
}

gn_err gn_people_uninvite(struct gn_people *p, const uint8_t secret[GN_INVITE_SECRET_LEN],
			  gn_time now)
{
	(void)now;
	GN_TRY(people_begin(p));
	struct gn_people_invite *v = find_invite(p, secret);
	if (v) {
		*v = p->invites[--p->invite_count];
		p->own_changed = true;
	}
	return people_end(p, v ? GN_OK : GN_NOT_FOUND);
}

bool gn_people_invite_at(const struct gn_people *p, size_t i, struct gn_people_invite *out)
{
	if (i < p->invite_count)
		*out = p->invites[i];
	return i < p->invite_count;
}
