/* Own prekeys: one `last` and a few, published at two places; and when which private half goes.
 *
 *   few   in the record -> left out [a week, or an hour after one was used] -> a record without it
 *         was signed at both places -> 24 hours -> erased
 *   last  in the record -> left out [a week] -> 31 days -> erased
 *
 * A first message is forward secret a day after it was read (people.md); a node that withholds new
 * records keeps old halves alive, never the other way round. Rules AG-55, AG-97. */
#include "agent/own_int.h"

#include "records/prekeys.h"

#include <stdlib.h>

#define LIFE_APART                                                                                 \
	65536u /* numbers of prekeys: more than a life of a store that is gone has given */

struct prekeys_row {         /* in the store, read by this machine alone */
	uint64_t seq, made;  /* Unix seconds */
	uint64_t last_made;  /* of `last`, */
	uint32_t last, next; /* its number; and that of the next ones */
	uint32_t few;        /* the first of the few; GN_E2EE_FEW of them */
	uint32_t records;    /* bytes of the first of the two records that follow */
};

/* A private half that no record of ours names any more. */
struct half {
	uint32_t id, pad;
	uint64_t at; /* Unix seconds: when it goes; UINT64_MAX: a day after the record was signed */
};
struct halves {
	size_t count;
	struct half list[AGENT_HALVES_MAX];
};

/* ---- the store ---- */

static gn_err get_row(struct gn_agent *a, struct prekeys_row *row)
{
	*row = (struct prekeys_row){.next = 1};
	gn_err err = agent_meta(a, "prekeys", row, sizeof *row);
	return err == GN_NOT_FOUND ? GN_OK : err;
}

static gn_err get_halves(struct gn_agent *a, struct halves *out)
{
	struct gn_buf room = {(uint8_t *)out->list, 0, sizeof out->list};
	gn_err err = gn_agent_meta_get(a->db, "prekeys.halves", &room);
	out->count = err ? 0 : room.len / sizeof out->list[0];
	return err == GN_NOT_FOUND ? GN_OK : err;
}

static gn_err put_halves(struct gn_agent_tx *tx, const struct halves *h)
{
	return gn_agent_meta_put(tx, "prekeys.halves",
				 gn_slice((const uint8_t *)h->list, h->count * sizeof h->list[0]));
}

static void leave_out(struct halves *h, uint32_t id, uint64_t at)
{
	if (h->count < AGENT_HALVES_MAX)
		h->list[h->count++] = (struct half){.id = id, .at = at};
}

/* Those whose time has come. */
static void erase_due(struct gn_agent *a, struct halves *h)
{
	uint32_t ids[AGENT_HALVES_MAX];
	size_t gone = 0, kept = 0;
	for (size_t i = 0; i < h->count; i++)
		if (h->list[i].at != UINT64_MAX &&
		    agent_to_come(a, h->list[i].at - AGENT_LAST_KEPT))
			h->list[i].at = agent_unix(a) + AGENT_LAST_KEPT;
	for (size_t i = 0; i < h->count; i++)
		if (h->list[i].at <= agent_unix(a))
			ids[gone++] = h->list[i].id;
		else
			h->list[kept++] = h->list[i];
	h->count = kept;
	gn_e2ee_prekeys_erase(a->e2ee, ids, gone);
}

/* ---- made and published ---- */

static gn_err publish(struct gn_agent *a, struct gn_slice records, size_t first)
{
	a->prekeys_signed = 0;
	GN_TRY(gn_agent_publish_set(a->publish, PLACE_PREKEYS, gn_slice_sub(records, 0, first),
				    a->now));
	return gn_agent_publish_set(a->publish, PLACE_PREKEYS + 1,
				    gn_slice_sub(records, first, records.len - first), a->now);
}

static void prekey_of(const struct gn_e2ee_prekey *in, struct gn_prekey *out)
{
	out->id = in->id;
	memcpy(out->x25519, in->x25519, sizeof out->x25519);
	memcpy(out->kem, in->kem, sizeof out->kem);
}

/* The `last` that is published. */
static gn_err published_last(struct gn_agent *a, const struct prekeys_row *row,
			     struct gn_prekey *out)
{
	struct gn_prekeys *p = malloc(sizeof *p);
	uint8_t *room = malloc(2 * GN_RECORD_MAX);
	struct gn_buf records = {room, 0, 2 * GN_RECORD_MAX};
	gn_err err = p && room ? gn_agent_meta_get(a->db, "prekeys.records", &records) : GN_NOMEM;
	if (!err && records.len < row->records)
		err = GN_CORRUPT;
	if (!err)
		err = gn_prekeys_open(gn_slice_sub(gn_buf_slice(&records), 0, row->records), p);
	if (!err)
		*out = p->last;
	free(room);
	free(p);
	return err;
}

/* The new few into the record; `last` where it is to be another, else it stays. */
static gn_err fill(struct gn_agent *a, const struct prekeys_row *before, bool all,
		   struct prekeys_row *row, struct gn_prekeys *in)
{
	struct gn_e2ee_prekeys halves;
	GN_TRY(gn_e2ee_prekeys_new(a->e2ee, before->next, GN_E2EE_FEW, &halves));
	for (in->few_count = 0; in->few_count < halves.few_count; in->few_count++)
		prekey_of(&halves.few[in->few_count], &in->few[in->few_count]);
	row->few = before->next + 1;
	row->next = before->next + 1 + GN_E2EE_FEW;
	if (all) {
		prekey_of(&halves.last, &in->last);
		row->last = before->next;
		row->last_made = row->made;
		return GN_OK;
	}
	row->last = before->last;
	row->last_made = before->last_made;
	gn_e2ee_prekeys_erase(a->e2ee, &before->next, 1); /* the `last` that was made with them */
	return published_last(a, before, &in->last);
}

/* New ones, in one transaction with their private halves; after the record of that seq. */
static gn_err make(struct gn_agent *a, bool all, uint64_t after)
{
	struct prekeys_row before, row = {.made = agent_unix(a)};
	struct gn_prekeys in = {.created = row.made, .ttl = GN_PREKEYS_TTL, .identity = a->owner};
	struct halves h;
	struct gn_agent_tx tx = {0};
	GN_TRY(get_row(a, &before));
	GN_TRY(get_halves(a, &h));
	uint8_t *room = malloc(2 * GN_RECORD_MAX);
	struct gn_buf out = {room, 0, 2 * GN_RECORD_MAX};
	if (!room)
		return GN_NOMEM;
	if (after > before.seq) { /* another life gave numbers that are not in this store */
		before.seq = after;
		before.next += LIFE_APART;
	}
	row.seq = row.made > before.seq ? row.made : before.seq + 1;
	in.seq = row.seq;
	memcpy(in.dh, a->device.dh_pk, sizeof in.dh);
	erase_due(a, &h);
	gn_err err = fill(a, &before, all || !before.made, &row, &in);
	for (uint32_t i = 0; before.made && i < GN_E2EE_FEW; i++)
		leave_out(&h, before.few + i, UINT64_MAX);
	if (before.made && row.last != before.last)
		leave_out(&h, before.last, row.made + AGENT_LAST_KEPT);
	if (!err)
		err = gn_prekeys_record(&a->device.sk, a->device.pq_seed, &in, 0, &out);
	row.records = (uint32_t)out.len;
	if (!err)
		err = gn_prekeys_record(&a->device.sk, a->device.pq_seed, &in, 1, &out);
	if (!err)
		err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = agent_meta_put(&tx, "prekeys", &row, sizeof row);
	if (!err)
		err = gn_agent_meta_put(&tx, "prekeys.records", gn_buf_slice(&out));
	if (!err)
		err = put_halves(&tx, &h);
	if (!err)
		err = agent_keep(a, &tx);
	if (!err)
		err = gn_agent_tx_commit(&tx);
	if (err)
		gn_agent_tx_abort(&tx);
	else
		err = publish(a, gn_buf_slice(&out), row.records);
	a->prekeys_used = false;
	a->prekeys_made = row.made;
	a->last_made = row.last_made;
	a->prekeys_due = a->now;
	free(room);
	return err;
}

/* ---- the outside ---- */

gn_err agent_own_prekeys_renew(struct gn_agent *a)
{
	return make(a, true, 0);
}

/* Begun anew with every device that we write to. */
static void set_up_anew(struct gn_agent *a)
{
	struct gn_people_contact c;
	struct gn_pk device;
	for (size_t i = 0; gn_people_at(a->people, i, &c); i++) {
		struct gn_pk owner = *c.owner;
		for (size_t k = 0; gn_people_device_at(a->people, &owner, k, &device); k++) {
			gn_err err = gn_e2ee_anew(a->e2ee, &device);
			(void)err; /* there is none with it */
		}
	}
}

void agent_own_prekeys_seen(struct gn_agent *a, const struct gn_prekeys *p)
{
	struct prekeys_row row;
	gn_err err = get_row(a, &row);
	if (!err && (!row.made || p->seq <= row.seq || !gn_pk_eq(&p->device, &a->device.sk.pk)))
		return;
	gn_host_log(&a->host, GN_LOG_WARN, "store",
		    "an old copy of this device's data was put back: new keys, new sessions; what "
		    "was said meanwhile is not in it");
	set_up_anew(a);
	a->box_wanted[AGENT_PRIVATE] = true;
	err = err ? err : make(a, true, p->seq);
	if (err)
		agent_fail(a, err);
}

void agent_own_prekeys_used(struct gn_agent *a)
{
	a->prekeys_used = true;
	a->prekeys_due = a->now;
}

gn_err agent_own_prekeys_open(struct gn_agent *a)
{
	struct prekeys_row row;
	uint8_t *room = malloc(2 * GN_RECORD_MAX);
	struct gn_buf records = {room, 0, 2 * GN_RECORD_MAX};
	gn_err err = room ? get_row(a, &row) : GN_NOMEM;
	if (!err && row.made)
		err = gn_agent_meta_get(a->db, "prekeys.records", &records);
	if (!err && row.made && row.records <= records.len) {
		a->prekeys_made = row.made;
		a->last_made = row.last_made;
		err = publish(a, gn_buf_slice(&records), row.records);
	} else if (!err) {
		err = make(a, true, 0);
	}
	a->prekeys_due = a->now;
	free(room);
	return err;
}

void agent_own_prekeys_signed(struct gn_agent *a, unsigned place)
{
	struct halves h;
	struct gn_agent_tx tx = {0};
	bool moved = false;
	a->prekeys_signed |= 1u << (place - PLACE_PREKEYS);
	if (a->prekeys_signed != 3)
		return;
	gn_err err = get_halves(a, &h);
	for (size_t i = 0; !err && i < h.count; i++)
		if (h.list[i].at == UINT64_MAX) {
			h.list[i].at = agent_unix(a) + AGENT_FEW_KEPT;
			moved = true;
		}
	if (!err && !moved)
		return;
	if (!err)
		err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = put_halves(&tx, &h);
	if (!err)
		err = gn_agent_tx_commit(&tx);
	a->prekeys_due = a->now;
	if (!err)
		return;
	gn_agent_tx_abort(&tx);
	agent_fail(a, err);
}

/* Private halves go when it is time, and it is said when the next does. */
static gn_err look(struct gn_agent *a, uint64_t *next)
{
	struct halves h;
	struct gn_agent_tx tx = {0};
	GN_TRY(get_halves(a, &h));
	size_t before = h.count;
	erase_due(a, &h);
	*next = UINT64_MAX;
	for (size_t i = 0; i < h.count; i++)
		*next = h.list[i].at < *next ? h.list[i].at : *next;
	if (h.count == before)
		return GN_OK;
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = put_halves(&tx, &h);
	if (!err)
		err = agent_keep(a, &tx);
	if (!err)
		err = gn_agent_tx_commit(&tx);
	if (err)
		gn_agent_tx_abort(&tx);
	return err;
}

gn_time agent_own_prekeys_pump(struct gn_agent *a)
{
	uint64_t next = UINT64_MAX, again = a->prekeys_made + AGENT_PREKEYS_AGAIN;
	if (a->prekeys_due > a->now)
		return a->prekeys_due;
	gn_err err = GN_OK;
	if (a->last_made + AGENT_LAST_TTL <= agent_unix(a) || agent_to_come(a, a->prekeys_made))
		err = make(a, true, 0);
	else if (a->prekeys_used && again <= agent_unix(a)) {
		err = make(a, false, 0);
		a->prekeys_used = false;
		err = err == GN_LIMIT ? GN_OK : err; /* too many halves are left */
	}
	if (!err)
		err = look(a, &next);
	if (err) {
		agent_fail(a, err);
		return GN_NEVER;
	}
	next = a->prekeys_used && again < next ? again : next;
	next = a->last_made + AGENT_LAST_TTL < next ? a->last_made + AGENT_LAST_TTL : next;
	a->prekeys_due = next < GN_NEVER / GN_SEC ? (gn_time)next * GN_SEC : GN_NEVER;
	return a->prekeys_due;
}
