#include "agent/know.h"
#include "agent/limits.h"

#include <stdlib.h>
#include <string.h>

#define SALTS 2

static const struct gn_app_kind get_kind = {GN_FB_APP_BODY_APP_RECORD,
					    GN_FB_APP_RECORD_BODY_RECORD_GET};

struct know_lookup;

struct know_get { /* one call of the link */
	struct know_lookup *lookup;
	uint64_t call;   /* 0: none runs */
	unsigned device; /* of whose prekeys; of identities: not used */
};

struct know_lookup {
	struct gn_agent_know *know;
	struct gn_pk owner;
	bool taken, prekeys_asked;
	gn_err err; /* the first that was no plain absence */
	struct know_get gets[SALTS * GN_IDENTITY_DEVICES];
	unsigned running;
	/* records as they came, which what was opened borrows from */
	struct gn_slice records[AGENT_KNOW_VERSIONS];        /* owned */
	struct gn_identity *identities[AGENT_KNOW_VERSIONS]; /* by version, the newest last */
	size_t identity_count;
	struct gn_pk devices[GN_IDENTITY_DEVICES];
	size_t device_count;
	struct gn_prekeys *prekeys[GN_IDENTITY_DEVICES]; /* by device; NULL: not found */
};

struct gn_agent_know {
	struct gn_agent_know_config config;
	struct know_lookup lookups[AGENT_KNOW_LOOKUPS];
	struct gn_pk waiting[AGENT_KNOW_WAITING]; /* in turn */
	size_t waiting_count;
	struct know_lookup last; /* that told somebody's records, until `last_until`, */
	uint64_t last_until;
	bool again; /* and is wanted again */
};

/* ---- what was found ---- */

static int compare_versions(const struct gn_identity_version *a,
			    const struct gn_identity_version *b)
{
	if (a->seq != b->seq)
		return a->seq < b->seq ? -1 : 1;
	return memcmp(a->hash.b, b->hash.b, sizeof a->hash.b);
}

/* Puts one more version where it belongs; one past the bound: the oldest goes. */
static void add_identity(struct know_lookup *l, struct gn_slice record)
{
	struct gn_identity *id = calloc(1, sizeof *id);
	uint8_t *bytes = malloc(record.len);
	size_t at;
	if (!id || !bytes)
		goto drop;
	memcpy(bytes, record.p, record.len);
	if (gn_identity_open(gn_slice(bytes, record.len), id) != GN_OK ||
	    !gn_pk_eq(&id->owner, &l->owner))
		goto drop;
	for (at = l->identity_count; at > 0; at--) {
		int order = compare_versions(&id->version, &l->identities[at - 1]->version);
		if (order == 0)
			goto drop; /* the same from another place */
		if (order > 0)
			break;
	}
	if (l->identity_count == AGENT_KNOW_VERSIONS) {
		if (at == 0)
			goto drop;
		free((void *)(uintptr_t)l->records[0].p);
		free(l->identities[0]);
		l->identity_count--;
		at--;
		memmove(l->records, l->records + 1, l->identity_count * sizeof l->records[0]);
		memmove(l->identities, l->identities + 1,
			l->identity_count * sizeof l->identities[0]);
	}
	memmove(l->records + at + 1, l->records + at,
		(l->identity_count - at) * sizeof l->records[0]);
	memmove(l->identities + at + 1, l->identities + at,
		(l->identity_count - at) * sizeof l->identities[0]);
	l->records[at] = gn_slice(bytes, record.len);
	l->identities[at] = id;
	l->identity_count++;
	return;
drop:
	free(id);
	free(bytes);
}

static void add_prekeys(struct know_lookup *l, unsigned device, struct gn_slice record)
{
	const struct gn_identity *id = l->identities[l->identity_count - 1];
	struct gn_prekeys *p = calloc(1, sizeof *p);
	if (!p)
		return;
	struct gn_prekeys **held = &l->prekeys[device];
	if (gn_prekeys_open(record, p) != GN_OK || !gn_pk_eq(&p->device, &l->devices[device]) ||
	    gn_prekeys_judge(p, id, &l->owner, l->know->config.unix_now(l->know->config.user)) !=
		    GN_OK ||
	    (*held && (*held)->seq >= p->seq)) {
		free(p);
		return;
	}
	p->before = (struct gn_before){0}; /* which borrows from the record */
	free(*held);
	*held = p;
}

/* ---- a lookup ---- */

static void free_found(struct know_lookup *l)
{
	for (size_t i = 0; i < l->identity_count; i++) {
		free(l->identities[i]);
		free((void *)(uintptr_t)l->records[i].p);
	}
	for (size_t i = 0; i < l->device_count; i++)
		free(l->prekeys[i]);
	*l = (struct know_lookup){0};
}

static void tell(struct gn_agent_know *k, const struct know_lookup *l)
{
	const struct gn_prekeys *found[GN_IDENTITY_DEVICES];
	struct gn_agent_known known = {.owner = l->owner,
				       .err = l->identity_count ? GN_OK
					      : l->err          ? l->err
								: GN_NOT_FOUND,
				       .identities =
					       (const struct gn_identity *const *)l->identities,
				       .records = l->records,
				       .identity_count = l->identity_count,
				       .prekeys = found};
	for (size_t i = 0; i < l->device_count; i++)
		if (l->prekeys[i])
			found[known.prekeys_count++] = l->prekeys[i];
	if (known.identity_count && !known.prekeys_count && l->err)
		known.err =
			l->err; /* their devices were not asked about: nothing is known of them */
	k->config.known(k->config.user, &known);
}

/* Over: they may be asked for again from where it is told. What was found is kept a little. */
static void end(struct know_lookup *l)
{
	struct gn_agent_know *k = l->know;
	l->taken = false;
	tell(k, l);
	if (l->identity_count && !l->err) {
		free_found(&k->last);
		k->last = *l;
		k->last_until = k->config.unix_now(k->config.user) + AGENT_KNOW_KEPT;
		k->again = false;
		*l = (struct know_lookup){0};
	}
	free_found(l);
}

static void on_values(void *user, const struct gn_host_client_event *e);

static bool ask(struct know_lookup *l, struct know_get *get, uint16_t type,
		const struct gn_hash *place)
{
	struct gn_agent_link *link = l->know->config.link;
	struct gn_fb_hash key;
	memcpy(key.b, place->b, sizeof key.b);
	struct gn_fb_record_get_args args = {.key = &key,
					     .type = type,
					     .quorum = AGENT_KNOW_QUORUM,
					     .local = true,
					     .session = l->know->config.session,
					     /* all of a person is known to be theirs */
					     .share = gn_be64(l->owner.b) | 1};
	*get = (struct know_get){.lookup = l, .device = get->device};
	if (!gn_agent_link_is_up(link))
		return false;
	gn_fbref table = gn_fb_record_get_make(gn_agent_link_builder(link), &args);
	if (gn_agent_link_call(link, get_kind, table, 0, on_values, get, &get->call) != GN_OK)
		return false;
	l->running++;
	return true;
}

static void ask_prekeys(struct know_lookup *l)
{
	size_t at[GN_IDENTITY_DEVICES];
	const struct gn_identity *id = l->identities[l->identity_count - 1];
	struct gn_agent_know *k = l->know;
	l->prekeys_asked = true;
	l->device_count = gn_identity_devices(id, k->config.unix_now(k->config.user), at);
	for (unsigned i = 0; i < l->device_count; i++) {
		l->devices[i] = id->keys[at[i]].pk;
		for (uint8_t salt = 0; salt < SALTS; salt++) {
			struct gn_hash place;
			struct know_get *get = &l->gets[i * SALTS + salt];
			get->device = i;
			gn_prekeys_key(&l->devices[i], salt, &place);
			if (!ask(l, get, GN_FB_RECORD_TYPE_PREKEYS, &place) && !l->err)
				l->err = GN_CLOSED;
		}
	}
}

static void step(struct know_lookup *l)
{
	if (l->running)
		return;
	if (!l->prekeys_asked && l->identity_count)
		ask_prekeys(l);
	if (!l->running)
		end(l);
}

static void on_values(void *user, const struct gn_host_client_event *e)
{
	struct know_get *get = user;
	struct know_lookup *l = get->lookup;
	if (e->what == GN_HOST_CLIENT_ANSWER && e->kind.area == GN_FB_APP_BODY_APP_RECORD &&
	    e->kind.member == GN_FB_APP_RECORD_BODY_RECORD_VALUES) {
		struct gn_fb_record_values t = {e->table};
		for (uint32_t i = 0; i < gn_fb_record_values_values_len(t); i++) {
			struct gn_slice record =
				gn_fb_record_value_record(gn_fb_record_values_values_at(t, i));
			if (l->prekeys_asked)
				add_prekeys(l, get->device, record);
			else
				add_identity(l, record);
		}
	} else if (e->what == GN_HOST_CLIENT_FAILED && e->fault.err != GN_NOT_FOUND && !l->err) {
		l->err = e->fault.err;
	}
	if (e->what == GN_HOST_CLIENT_FAILED || (e->what == GN_HOST_CLIENT_ANSWER && !e->more)) {
		get->call = 0;
		l->running--;
		step(l);
	}
}

static void begin(struct know_lookup *l, struct gn_agent_know *k, const struct gn_pk *owner)
{
	*l = (struct know_lookup){.know = k, .owner = *owner, .taken = true};
	for (uint8_t salt = 0; salt < SALTS; salt++) {
		struct gn_hash place;
		gn_identity_key_of(owner, salt, &place);
		if (!ask(l, &l->gets[salt], GN_FB_RECORD_TYPE_IDENTITY, &place) && !l->err)
			l->err = GN_CLOSED;
	}
	step(l);
}

/* ---- the outside ---- */

gn_err gn_agent_know_new(const struct gn_agent_know_config *config, struct gn_agent_know **out)
{
	struct gn_agent_know *k = calloc(1, sizeof *k);
	if (!k)
		return GN_NOMEM;
	k->config = *config;
	*out = k;
	return GN_OK;
}

void gn_agent_know_free(struct gn_agent_know *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < AGENT_KNOW_LOOKUPS; i++) {
		struct know_lookup *l = &k->lookups[i];
		for (size_t j = 0; j < GN_COUNT(l->gets); j++)
			gn_agent_link_drop(k->config.link, l->gets[j].call);
		free_found(l);
	}
	free_found(&k->last);
	free(k);
}

gn_err gn_agent_know_ask(struct gn_agent_know *k, const struct gn_pk *owner)
{
	for (size_t i = 0; i < AGENT_KNOW_LOOKUPS; i++)
		if (k->lookups[i].taken && gn_pk_eq(&k->lookups[i].owner, owner))
			return GN_OK;
	for (size_t i = 0; i < k->waiting_count; i++)
		if (gn_pk_eq(&k->waiting[i], owner))
			return GN_OK;
	if (k->again && gn_pk_eq(&k->last.owner, owner))
		return GN_OK;
	if (k->waiting_count == AGENT_KNOW_WAITING)
		return GN_LIMIT;
	k->waiting[k->waiting_count++] = *owner;
	return GN_OK;
}

gn_err gn_agent_know_want(struct gn_agent_know *k, const struct gn_pk *owner)
{
	bool kept = k->last.identity_count && gn_pk_eq(&k->last.owner, owner) &&
		    k->config.unix_now(k->config.user) < k->last_until;
	if (!kept)
		return gn_agent_know_ask(k, owner);
	k->again = true;
	return GN_OK;
}

void gn_agent_know_pump(struct gn_agent_know *k)
{
	struct know_lookup last = k->last;
	if (k->again) {
		k->last = (struct know_lookup){0};
		k->again = false;
		tell(k, &last);
		free_found(&last);
	}
	for (size_t i = 0; i < AGENT_KNOW_LOOKUPS && k->waiting_count; i++) {
		if (k->lookups[i].taken ||
		    gn_agent_link_room(k->config.link) < SALTS * GN_IDENTITY_DEVICES)
			continue;
		struct gn_pk owner = k->waiting[0];
		k->waiting_count--;
		memmove(k->waiting, k->waiting + 1, k->waiting_count * sizeof k->waiting[0]);
		begin(&k->lookups[i], k, &owner);
	}
}
