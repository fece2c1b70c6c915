/* What a content does to others. Who may do what is in the names: an edit and a deletion name a
 * message by its id alone, and the sender is always who says it, so another's message is not
 * even found. What is said of a message that has not come waits for it in an early row.
 *
 * 1. The same contents in any order leave the same rows (message.c, and newest by (order, id)
 *    here).
 * 2. Only the contact itself tells its box.
 *
 * Spec: PE-14..PE-18, PE-80. */
#include "people/people_int.h"

static struct gn_people_at at_of(const struct gn_content *what)
{
	return (struct gn_people_at){what->order, what->id};
}

static void edit(struct gn_people *p, struct people_contact *c, bool mine,
		 const struct gn_content *what)
{
	struct gn_people_message m;
	struct gn_people_at at = at_of(what);
	if (!people_row_for(p, c, mine, &what->ref.id, &m) ||
	    !people_message_edit(&m, &at, what->text))
		return;
	people_put_message(p, &m, GN_PEOPLE_KEEP, gn_slice(NULL, 0));
	people_message_event(p, c, &m, false, false);
}

static void take_back(struct gn_people *p, struct people_contact *c, bool mine,
		      const struct gn_content *what)
{
	for (size_t i = 0; i < what->ids.count; i++) {
		struct gn_people_message m;
		struct gn_content_id id = gn_content_ids_at(what->ids, i);
		if (gn_content_id_eq(&id, &what->id) || !people_row_for(p, c, mine, &id, &m) ||
		    !people_message_delete(&m))
			continue;
		people_put_message(p, &m,
				   people_needless(p, c, &m) ? GN_PEOPLE_DROP : GN_PEOPLE_KEEP,
				   gn_slice(NULL, 0));
		people_message_event(p, c, &m, false, false);
	}
}

static bool is_of(const struct people_contact *c, const struct gn_pk *owner)
{
	bool is = gn_pk_eq(&c->owner, owner);
	for (uint32_t i = 0; i < c->before_count; i++)
		is |= gn_pk_eq(&c->before[i], owner);
	return is;
}

/* Whose message is meant. False: of nobody in this chat. */
static bool refers_to_mine(const struct gn_people *p, const struct people_contact *c, bool mine,
			   const struct gn_content_ref *ref, bool *of_mine)
{
	bool ours = is_of(p->self, &ref->sender), theirs = is_of(c, &ref->sender);
	*of_mine = gn_pk_is_zero(&ref->sender) ? mine : ours;
	return gn_pk_is_zero(&ref->sender) || ours || theirs;
}

static void react(struct gn_people *p, struct people_contact *c, bool mine,
		  const struct gn_content *what)
{
	struct gn_people_message m;
	struct gn_people_at at = at_of(what);
	bool of_mine;
	if (!refers_to_mine(p, c, mine, &what->ref, &of_mine) ||
	    !people_row_for(p, c, of_mine, &what->ref.id, &m) ||
	    !people_message_react(&m, mine, &at, what->u.emoji))
		return;
	people_put_message(p, &m, GN_PEOPLE_KEEP, gn_slice(NULL, 0));
	people_message_event(p, c, &m, false, false);
}

/* The certificate is of the key whose seed comes with it; its signature is the holders' to
 * judge. */
static void box(struct gn_people *p, struct people_contact *c, const struct gn_content *what)
{
	struct gn_people_at at = at_of(what);
	struct gn_sk deposit;
	gn_sk_from_seed(what->u.box.deposit_seed, &deposit);
	bool fits = memcmp(deposit.pk.b, what->u.box.certificate, sizeof deposit.pk.b) == 0;
	gn_sk_wipe(&deposit);
	if (!fits)
		p->counters[PEOPLE_C_BOXES_UNFIT]++;
	if (!fits || !people_at_newer(&at, &c->chat.box_at))
		return;
	if (!c->box && !(c->box = GN_NEW(p->env.alloc, struct gn_content_box))) {
		people_break(p, GN_NOMEM);
		return;
	}
	*c->box = what->u.box;
	c->chat.box_at = at;
	people_contact_changed(p, c);
	people_chat_changed(p, c);
}

/* Theirs, and not of one of our devices. */
static void presence(struct gn_people *p, struct people_contact *c, const struct gn_content *what)
{
	struct gn_presence_told told;
	if (gn_presence_told_open(what->u.system.bytes, &told) != GN_OK)
		return;
	gn_wipe(&told, sizeof told);
	if (people_presence_put(p, c, what))
		people_contact_told(p, c, false);
}

static void system_note(struct gn_people *p, struct people_contact *c, bool mine,
			const struct gn_content *what, gn_time now)
{
	struct gn_people_at at = at_of(what);
	if (what->u.system.kind == GN_CONTENT_READS && !mine &&
	    people_at_newer(&at, &c->chat.reads_at)) {
		c->chat.reads_at = at;
		c->reads_theirs = what->u.system.number != 0;
		people_contact_changed(p, c);
		people_chat_changed(p, c);
	}
	if (what->u.system.kind == GN_CONTENT_PRESENCE && !mine && !c->self)
		presence(p, c, what);
	if (what->u.system.kind == GN_CONTENT_EXPIRE && people_at_newer(&at, &c->chat.expire_at)) {
		c->chat.expire_at = at;
		c->chat.expire = (uint32_t)what->u.system.number;
		people_chat_changed(p, c);
		people_tell_line(p, c, GN_PEOPLE_LINE_EXPIRE, what->u.system.number,
				 gn_slice(NULL, 0), now);
		people_contact_told(p, c, false);
	}
}

void people_effect(struct gn_people *p, struct people_contact *c, bool mine,
		   const struct gn_content *what, gn_time now)
{
	switch (what->kind) {
	case GN_CONTENT_EDIT: edit(p, c, mine, what); break;
	case GN_CONTENT_DELETE: take_back(p, c, mine, what); break;
	case GN_CONTENT_REACTION: react(p, c, mine, what); break;
	case GN_CONTENT_BOX:
		if (!mine && !c->self)
			box(p, c, what);
		break;
	case GN_CONTENT_SYSTEM: system_note(p, c, mine, what, now); break;
	case GN_CONTENT_OTHER:
	case GN_CONTENT_TEXT:
	case GN_CONTENT_FILE:
	case GN_CONTENT_CONTACT:
	case GN_CONTENT_RECEIPT:
	case GN_CONTENT_TYPING:
	case GN_CONTENT_PAYMENT:
	case GN_CONTENT_JOB:
	case GN_CONTENT_SYNC:
	case GN_CONTENT_RESEND: break;
	}
}
