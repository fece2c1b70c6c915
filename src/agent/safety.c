/* Safety numbers: 60 digits that two people compare, from both of their keys. What of a contact is
 * needed for it is kept from their newest record; that it was compared is kept with the keys, so
 * that another one never passes for what was looked at. Rule AG-71. */
#include "agent/agent_int.h"

struct keys_row { /* in the store, read by this machine alone */
	struct gn_pk owner;
	uint8_t pq_pk[GN_PQ_PK_LEN];
};
struct compared_row {
	uint64_t at_ms, changed; /* changed: their keys are others now */
	struct gn_hash keys;     /* SHA-256 of both people's keys */
};

static void name_of(const char *what, const struct gn_hash *chat, char out[80])
{
	size_t len = strlen(what);
	memcpy(out, what, len);
	gn_hex(GN_SLICE(chat->b), out + len);
}

static gn_err get_keys(struct gn_agent *a, const struct gn_hash *chat, struct keys_row *out)
{
	char name[80];
	name_of("keys.", chat, name);
	return agent_meta(a, name, out, sizeof *out);
}

static gn_err get_compared(struct gn_agent *a, const struct gn_hash *chat, struct compared_row *out)
{
	char name[80];
	name_of("compared.", chat, name);
	return agent_meta(a, name, out, sizeof *out);
}

static void put(struct gn_agent *a, const char *what, const struct gn_hash *chat, const void *p,
		size_t len)
{
	struct gn_agent_tx tx;
	char name[80];
	name_of(what, chat, name);
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = agent_meta_put(&tx, name, p, len);
	if (!err)
		err = agent_keep(a, &tx);
	(void)agent_tx_end(a, &tx, err);
}

/* The own person's are kept as if they were a contact of that key. */
static void own_chat(const struct gn_agent *a, struct gn_hash *out)
{
	struct gn_slice key = GN_SLICE(a->owner.b);
	gn_sha256(&key, 1, out);
}

static void hash_of(const struct keys_row *mine, const struct keys_row *theirs, struct gn_hash *out)
{
	struct gn_slice parts[] = {GN_SLICE(mine->owner.b), GN_SLICE(mine->pq_pk),
				   GN_SLICE(theirs->owner.b), GN_SLICE(theirs->pq_pk)};
	gn_sha256(parts, GN_COUNT(parts), out);
}

/* ---- what is known ---- */

/* Was it compared, and is it still the same? */
static void look(struct gn_agent *a, const struct gn_hash *chat)
{
	struct keys_row mine, theirs;
	struct compared_row row;
	struct gn_hash own, keys;
	own_chat(a, &own);
	if (get_compared(a, chat, &row) || get_keys(a, &own, &mine) || get_keys(a, chat, &theirs))
		return;
	hash_of(&mine, &theirs, &keys);
	bool changed = !gn_hash_eq(&keys, &row.keys);
	if (changed == (row.changed != 0))
		return;
	row.changed = changed;
	put(a, "compared.", chat, &row, sizeof row);
	a->state_moved = true;
}

void agent_safety_known(struct gn_agent *a, const struct gn_identity *id)
{
	struct gn_people_contact c;
	struct keys_row row, before;
	struct gn_hash chat;
	bool own = gn_pk_eq(&id->owner, &a->owner);
	if (own)
		own_chat(a, &chat);
	else if (gn_people_get(a->people, &id->owner, &c) == GN_OK)
		chat = *c.chat;
	else
		return;
	memset(&row, 0, sizeof row);
	row.owner = id->owner;
	if (id->pq_pk.len != sizeof row.pq_pk)
		return;
	memcpy(row.pq_pk, id->pq_pk.p, sizeof row.pq_pk);
	gn_err err = get_keys(a, &chat, &before);
	if (err && err != GN_NOT_FOUND)
		agent_fail(a, err);
	else if (err || memcmp(&row, &before, sizeof row) != 0)
		put(a, "keys.", &chat, &row, sizeof row);
	if (!own && !a->failed)
		look(a, &chat);
}

void agent_safety_of(struct gn_agent *a, const struct gn_people_contact *c, uint64_t *at_ms,
		     bool *changed)
{
	struct compared_row row;
	struct keys_row theirs;
	*at_ms = 0;
	*changed = false;
	if (!a->db || get_compared(a, c->chat, &row))
		return;
	*at_ms = row.at_ms;
	/* an announced key, too, is another one than was compared */
	*changed = row.changed != 0 ||
		   (!get_keys(a, c->chat, &theirs) && !gn_pk_eq(&theirs.owner, c->owner));
}

/* ---- the number ---- */

gn_err agent_safety_number(struct gn_agent *a, const struct gn_people_contact *c,
			   struct gn_e2ee_safety *out, const char **why)
{
	struct keys_row mine, theirs;
	struct gn_hash own;
	own_chat(a, &own);
	*why = "your own identity record is not published yet";
	GN_TRY(get_keys(a, &own, &mine));
	*why = "their identity record has not been found yet";
	GN_TRY(get_keys(a, c->chat, &theirs));
	gn_e2ee_safety(&(struct gn_e2ee_person){mine.owner, mine.pq_pk},
		       &(struct gn_e2ee_person){theirs.owner, theirs.pq_pk}, out);
	return GN_OK;
}

gn_err agent_safety_equal(struct gn_agent *a, const struct gn_people_contact *c)
{
	struct keys_row mine, theirs;
	struct gn_hash own, chat = *c->chat;
	struct gn_pk owner = *c->owner;
	enum gn_people_trust met = GN_PEOPLE_MET;
	struct gn_people_change change = {.trust = &met};
	struct compared_row row;
	own_chat(a, &own);
	GN_TRY(get_keys(a, &own, &mine));
	GN_TRY(get_keys(a, &chat, &theirs));
	memset(&row, 0, sizeof row);
	row.at_ms = agent_unix_ms(a);
	hash_of(&mine, &theirs, &row.keys);
	GN_TRY(gn_people_change(a->people, &owner, &change, a->now));
	put(a, "compared.", &chat, &row, sizeof row);
	return GN_OK;
}
