/* What others need to write to this device: its boxes' descriptors, its prekeys, and the identity
 * record that lists it with its front box.
 *
 *   boxes     keys follow from the vault and a number; the work in their descriptors is searched
 *             for a little in each turn, once
 *   prekeys   made once, put as they are while they hold, made anew after a week
 *   identity  the network is asked first; a new version is signed only when what is there does not
 *             name this device and its front box, while the vault lends the identity's key
 *
 * Places of publish: identity at two, prekeys at two, front box at two, private box. Rules AG-53,
 * AG-54, AG-55, AG-59. */
#include "agent/agent_int.h"

#include "records/name.h"
#include "records/prekeys.h"

#include <stdlib.h>

enum {
	PLACE_IDENTITY = 0,
	PLACE_PREKEYS = 2,
	PLACE_FRONT = 4,
	PLACE_PRIVATE = 6,
	PLACE_PID = 7, /* and the one after it, as for all at two places */
};

#define DAY 86400u

static const char *const box_names[AGENT_BOXES] = {"box.front", "box.private"};

/* ---- boxes ---- */

struct box_row { /* of the store, as it is in memory of this machine: nobody else reads it */
	uint64_t number, epoch, seq;
	uint8_t nonce[8];
	bool made;
};

static gn_err box_keys(struct gn_agent *a, unsigned which, uint64_t number)
{
	struct agent_box *b = &a->boxes[which];
	uint8_t context[9] = {(uint8_t)which}, seed[32];
	gn_put_be64(context + 1, number);
	GN_TRY(gn_agent_vault_derive(a->vault, "box/key", GN_SLICE(context), seed));
	gn_sk_from_seed(seed, &b->sk);
	gn_wipe(seed, sizeof seed);
	b->front = which == AGENT_FRONT;
	memset(b->hint, 0, sizeof b->hint);
	return b->front ? GN_OK
			: gn_agent_vault_derive(a->vault, "box/hint", GN_SLICE(context), b->hint);
}

static void box_save(struct gn_agent *a, unsigned which)
{
	const struct agent_box *b = &a->boxes[which];
	struct box_row row;
	struct gn_agent_tx tx;
	memset(&row, 0, sizeof row);
	row.epoch = b->epoch;
	row.seq = b->seq;
	row.made = b->made;
	memcpy(row.nonce, b->nonce, sizeof row.nonce);
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = agent_meta_put(&tx, box_names[which], &row, sizeof row);
	if (!err)
		err = gn_agent_tx_commit(&tx);
	if (!err)
		return;
	gn_agent_tx_abort(&tx);
	agent_fail(a, err);
}

static gn_err box_open(struct gn_agent *a, unsigned which)
{
	struct agent_box *b = &a->boxes[which];
	struct box_row row = {0};
	gn_err err = agent_meta(a, box_names[which], &row, sizeof row);
	if (err && err != GN_NOT_FOUND)
		return err;
	*b = (struct agent_box){.epoch = row.epoch, .seq = row.seq, .made = row.made};
	memcpy(b->nonce, row.nonce, sizeof b->nonce);
	return box_keys(a, which, row.number);
}

/* Its descriptor, as it is to be now. */
static void box_publish(struct gn_agent *a, unsigned which)
{
	static const uint8_t kinds[AGENT_BOXES] = {GN_FB_BOX_KIND_FRONT, GN_FB_BOX_KIND_PRIVATE};
	static const unsigned places[AGENT_BOXES] = {PLACE_FRONT, PLACE_PRIVATE};
	struct agent_box *b = &a->boxes[which];
	const struct gn_boxrec_limits *most = gn_boxrec_limits(kinds[which]);
	struct gn_boxrec in = {.box = b->sk.pk,
			       .created = agent_unix(a),
			       .ttl = AGENT_BOX_TTL,
			       .kind = kinds[which],
			       .reader_count = 1,
			       .item_ttl = most->ttl,
			       .items = most->items,
			       .bytes = most->bytes,
			       .item_max = most->item_max,
			       .bits = which == AGENT_FRONT ? GN_BOXREC_WORK_BITS : 0,
			       .epoch = b->epoch};
	struct gn_people_invite invite;
	struct gn_sk read, ack;
	uint8_t room[GN_RECORD_MAX];
	gn_err err = gn_agent_vault_reader(a->vault, &b->sk.pk, &read);
	if (!err)
		err = gn_agent_vault_ack(a->vault, &b->sk.pk, &ack);
	if (err) {
		agent_fail(a, err);
		return;
	}
	in.readers[0] = (struct gn_boxrec_reader){.read = read.pk, .ack = ack.pk};
	gn_sk_wipe(&read);
	gn_sk_wipe(&ack);
	for (size_t i = 0; which == AGENT_FRONT && gn_people_invite_at(a->people, i, &invite);
	     i++) {
		struct gn_sk key;
		if (invite.until < in.created || in.invite_count == GN_BOXREC_INVITES)
			continue;
		gn_boxrec_invite_key(invite.secret, &key);
		in.invites[in.invite_count++] = key.pk;
		gn_sk_wipe(&key);
	}
	memcpy(in.nonce, b->nonce, sizeof in.nonce);
	in.seq = b->seq = in.created > b->seq ? in.created : b->seq + 1;
	b->created = in.created;
	for (uint8_t salt = 0; !err && salt < most->salts; salt++) {
		struct gn_buf out = {room, 0, sizeof room};
		err = gn_boxrec_record(&b->sk, &in, salt, &out);
		if (!err)
			err = gn_agent_publish_set(a->publish, places[which] + salt,
						   gn_buf_slice(&out), a->now);
	}
	if (err)
		gn_host_log(&a->host, GN_LOG_WARN, "box", "its descriptor cannot be made: %s",
			    gn_err_text(err));
	else
		box_save(a, which);
}

/* A little of the work of one that is not made yet. */
static bool box_work(struct gn_agent *a, unsigned which)
{
	struct agent_box *b = &a->boxes[which];
	if (b->made)
		return false;
	if (!b->epoch) {
		b->epoch = agent_unix(a) / DAY;
		b->created = 0;
	}
	struct gn_work_tries tries = {b->created, AGENT_WORK_TRIES};
	gn_err err = gn_boxrec_puzzle(&b->sk.pk, b->epoch, GN_BOXREC_WORK_BITS, tries, b->nonce);
	b->created += AGENT_WORK_TRIES; /* until it is made: how far the search is */
	if (err)
		return true;
	b->made = true;
	box_publish(a, which);
	return false;
}

void agent_own_box_for(struct gn_agent *a, const struct gn_pk *owner)
{
	struct agent_box *b = &a->boxes[AGENT_PRIVATE];
	struct gn_content_box told = {.box = b->sk.pk,
				      .until = agent_unix(a) + AGENT_CERTIFICATE_TTL};
	uint8_t context[64];
	struct gn_sk key;
	memcpy(context, b->sk.pk.b, 32);
	memcpy(context + 32, owner->b, 32);
	if (gn_agent_vault_derive(a->vault, "box/deposit", GN_SLICE(context), told.deposit_seed))
		return; /* it has been locked meanwhile */
	gn_sk_from_seed(told.deposit_seed, &key);
	struct gn_boxcert cert = {.key = key.pk,
				  .until = told.until,
				  .items = AGENT_CERTIFICATE_ITEMS,
				  .kib = AGENT_CERTIFICATE_KIB};
	gn_boxcert_make(&b->sk, &cert);
	gn_boxcert_put(&cert, told.certificate);
	memcpy(told.hint, b->hint, sizeof told.hint);
	gn_err err = gn_people_box(a->people, owner, &told, a->now);
	if (!err)
		agent_settle(a);
	gn_sk_wipe(&key);
	gn_wipe(&told, sizeof told);
}

void agent_own_sign(struct gn_agent *a, struct gn_fb_box_sign t)
{
	static const struct gn_app_kind signed_kind = {GN_FB_APP_BODY_APP_BOX,
						       GN_FB_APP_BOX_BODY_BOX_SIGNED};
	struct gn_boxrec_show show = {.role = gn_fb_box_sign_role(t)};
	struct gn_fb_key key = gn_fb_box_sign_key(t);
	struct gn_fb_hash exporter = gn_fb_box_sign_exporter(t);
	struct gn_sk sk = {0};
	struct gn_sig sig;
	bool found = false;
	memcpy(show.box.b, gn_fb_box_sign_box(t).b, sizeof show.box.b);
	memcpy(show.holder.b, gn_fb_box_sign_holder(t).b, sizeof show.holder.b);
	memcpy(show.exporter, exporter.b, sizeof show.exporter);
	if (show.role == GN_BOXREC_READER)
		found = gn_agent_vault_reader(a->vault, &show.box, &sk) == GN_OK;
	else if (show.role == GN_BOXREC_REMOVER)
		found = gn_agent_vault_ack(a->vault, &show.box, &sk) == GN_OK;
	for (unsigned i = 0; show.role == GN_BOXREC_DEPOSITOR && i < AGENT_DEPOSITS && !found; i++)
		if (a->deposits[i].out && memcmp(a->deposits[i].by.b, key.b, sizeof key.b) == 0) {
			sk = a->deposits[i].sk;
			found = true;
		}
	const struct gn_sk *queue = show.role == GN_BOXREC_WORKER      ? &a->queue.worker
				    : show.role == GN_BOXREC_DEPOSITOR ? &a->queue.deposit
								       : NULL;
	if (!found && queue && memcmp(queue->pk.b, key.b, sizeof key.b) == 0) {
		sk = *queue;
		found = true;
	}
	if (found && memcmp(sk.pk.b, key.b, sizeof key.b) == 0 && gn_agent_link_is_up(a->link)) {
		struct gn_fb_sig fb;
		gn_boxrec_show_sign(&sk, &show, &sig);
		memcpy(fb.b, sig.b, sizeof fb.b);
		struct gn_fb_box_signed_args args = {.sign = gn_fb_box_sign_sign(t), .sig = &fb};
		gn_fbref table = gn_fb_box_signed_make(gn_agent_link_builder(a->link), &args);
		gn_err err = gn_agent_link_call(a->link, signed_kind, table, 0, agent_no_answer, a,
						NULL);
		(void)err; /* the node asks again */
	}
	gn_sk_wipe(&sk);
}

void agent_no_answer(void *user, const struct gn_host_client_event *e)
{
	(void)user;
	(void)e;
}

/* ---- prekeys ---- */

struct prekeys_row {
	uint64_t seq, made; /* Unix seconds */
	uint32_t next;      /* the number of the next ones */
	uint32_t records;   /* bytes of the first of the two records that follow */
};

static gn_err publish_prekeys(struct gn_agent *a, struct gn_slice records, size_t first)
{
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

/* Private halves that no record in the network names any more: the few of the generation before the
 * last, `last` of AGENT_PREKEYS_KEPT before. */
static void erase_prekeys(struct gn_agent *a, uint32_t next)
{
	const uint32_t step = 1 + GN_E2EE_FEW;
	uint32_t ids[1 + GN_E2EE_FEW];
	size_t count = 0;
	for (uint32_t i = 1; next > 2 * step && i < step; i++)
		ids[count++] = next - 2 * step + i;
	if (next > AGENT_PREKEYS_KEPT * step)
		ids[count++] = next - AGENT_PREKEYS_KEPT * step;
	gn_e2ee_prekeys_erase(a->e2ee, ids, count);
}

/* New ones, in one transaction with their private halves. */
static gn_err make_prekeys(struct gn_agent *a, const struct prekeys_row *before)
{
	struct gn_e2ee_prekeys halves;
	struct prekeys_row row = {.made = agent_unix(a), .next = before->next + 1 + GN_E2EE_FEW};
	struct gn_prekeys in = {.created = row.made, .ttl = GN_PREKEYS_TTL, .identity = a->owner};
	uint8_t *room = malloc(2 * GN_RECORD_MAX);
	struct gn_buf out = {room, 0, 2 * GN_RECORD_MAX};
	struct gn_agent_tx tx = {0};
	if (!room)
		return GN_NOMEM;
	row.seq = row.made > before->seq ? row.made : before->seq + 1;
	in.seq = row.seq;
	memcpy(in.dh, a->device.dh_pk, sizeof in.dh);
	erase_prekeys(a, before->next);
	gn_err err = gn_e2ee_prekeys_new(a->e2ee, before->next, GN_E2EE_FEW, &halves);
	if (!err) {
		prekey_of(&halves.last, &in.last);
		for (in.few_count = 0; in.few_count < halves.few_count; in.few_count++)
			prekey_of(&halves.few[in.few_count], &in.few[in.few_count]);
		err = gn_prekeys_record(&a->device.sk, a->device.pq_seed, &in, 0, &out);
	}
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
		err = agent_keep(a, &tx);
	if (!err)
		err = gn_agent_tx_commit(&tx);
	if (err)
		gn_agent_tx_abort(&tx);
	else
		err = publish_prekeys(a, gn_buf_slice(&out), row.records);
	free(room);
	return err;
}

static gn_err prekeys_row(struct gn_agent *a, struct prekeys_row *row)
{
	*row = (struct prekeys_row){.next = 1};
	gn_err err = agent_meta(a, "prekeys", row, sizeof *row);
	return err == GN_NOT_FOUND ? GN_OK : err;
}

/* Those of before while they are new enough. */
static gn_err prekeys_open(struct gn_agent *a)
{
	struct prekeys_row row;
	uint8_t *room = malloc(2 * GN_RECORD_MAX);
	struct gn_buf records = {room, 0, 2 * GN_RECORD_MAX};
	gn_err err = room ? prekeys_row(a, &row) : GN_NOMEM;
	if (!err && row.made)
		err = gn_agent_meta_get(a->db, "prekeys.records", &records);
	if (!err)
		err = row.made && row.records <= records.len
			      ? publish_prekeys(a, gn_buf_slice(&records), row.records)
			      : make_prekeys(a, &row);
	free(room);
	return err;
}

/* ---- the identity record ---- */

/* Is this device in it as it is, with this front box? */
static bool identity_says(const struct gn_agent *a, const struct gn_identity *id)
{
	return gn_identity_device(id, &a->device.sk.pk, a->device.pq_pk, agent_unix(a)) == GN_OK &&
	       gn_pk_eq(&id->front, &a->boxes[AGENT_FRONT].sk.pk);
}

static void tell_own(struct gn_agent *a, const struct gn_identity *id)
{
	struct gn_people_identity said;
	struct gn_people_device devices[GN_IDENTITY_DEVICES];
	struct gn_people_version history[GN_IDENTITY_HISTORY];
	agent_identity_of(a, id, &said, devices, history);
	gn_e2ee_identity(a->e2ee, &id->owner, id->version.seq, &id->version.hash);
	gn_err err = gn_people_me(a->people, &said, a->now);
	if (err)
		agent_fail(a, err);
	else
		agent_settle(a);
}

void agent_identity_of(const struct gn_agent *a, const struct gn_identity *id,
		       struct gn_people_identity *out,
		       struct gn_people_device devices[GN_IDENTITY_DEVICES],
		       struct gn_people_version history[GN_IDENTITY_HISTORY])
{
	size_t at[GN_IDENTITY_DEVICES];
	size_t count = gn_identity_devices(id, agent_unix(a), at);
	*out = (struct gn_people_identity){.owner = id->owner,
					   .old_owner = id->old_owner,
					   .version = {id->version.seq, id->version.hash},
					   .next = id->next,
					   .history = history,
					   .history_count = id->history_count,
					   .devices = devices,
					   .device_count = count,
					   .front = id->front,
					   .name = id->display_name};
	for (size_t i = 0; i < count; i++)
		devices[i] = (struct gn_people_device){id->keys[at[i]].pk, id->keys[at[i]].name};
	for (size_t i = 0; i < id->history_count; i++)
		history[i] = (struct gn_people_version){id->history[i].seq, id->history[i].hash};
}

/* Adds this device, or puts right what is said of it. */
static gn_err list_device(const struct gn_agent *a, struct gn_identity *id)
{
	struct gn_identity_key *k = NULL;
	for (size_t i = 0; i < id->key_count; i++)
		if (gn_pk_eq(&id->keys[i].pk, &a->device.sk.pk))
			k = &id->keys[i];
	if (!k && id->key_count == GN_IDENTITY_KEYS)
		return GN_LIMIT;
	if (!k) {
		k = &id->keys[id->key_count++];
		*k = (struct gn_identity_key){.pk = a->device.sk.pk,
					      .name = gn_str(a->config.device_name),
					      .since = agent_unix(a)};
	}
	k->kind = GN_FB_MEMBER_KIND_DEVICE;
	k->rights |= GN_FB_MEMBER_RIGHT_MESSAGE;
	k->expires = agent_unix(a) + AGENT_DEVICE_TTL;
	k->pq_hash = a->device.pq_hash;
	id->front = a->boxes[AGENT_FRONT].sk.pk;
	return GN_OK;
}

/* The record set under the PID, by which who knows no more than that finds the key. One that the
 * person keeps with the tool is left alone. */
static gn_err sign_pid(struct gn_agent *a, const struct gn_sk *owner, bool first)
{
	char pid[GN_PID_MAX];
	struct gn_name_claim claim = {.created = agent_unix(a), .ttl = AGENT_IDENTITY_TTL};
	uint8_t ours = 0;
	struct gn_agent_tx tx;
	gn_err err = agent_meta(a, "pid", &ours, sizeof ours);
	if (err && err != GN_NOT_FOUND)
		return err;
	if (!first && !ours)
		return GN_OK;
	ours = 1;
	GN_TRY(gn_agent_tx_begin(a->db, &tx));
	err = agent_meta_put(&tx, "pid", &ours, sizeof ours);
	err = err ? err : gn_agent_tx_commit(&tx);
	if (err) {
		gn_agent_tx_abort(&tx);
		return err;
	}
	claim.seq = claim.created;
	gn_pid(&owner->pk, pid);
	GN_TRY(gn_name_parse(gn_str(pid), &claim.name, NULL));
	for (uint8_t salt = 0; salt < 2; salt++) {
		uint8_t room[GN_RECORD_MAX];
		struct gn_buf out = {room, 0, sizeof room};
		GN_TRY(gn_name_record(owner, &claim, salt, &out));
		GN_TRY(gn_agent_publish_set(a->publish, PLACE_PID + salt, gn_buf_slice(&out),
					    a->now));
	}
	return GN_OK;
}

/* A version that lists this device, after the newest that is known; id NULL: the first. */
static gn_err sign_identity(struct gn_agent *a, const struct gn_identity *newest)
{
	const struct gn_agent_identity *key;
	struct gn_identity *id = malloc(sizeof *id), *mine = malloc(sizeof *mine);
	uint8_t *room = malloc(2 * GN_RECORD_MAX);
	struct gn_buf out = {room, 0, GN_RECORD_MAX}, other = {NULL, 0, 0};
	gn_err err =
		id && mine && room ? gn_agent_vault_identity_get(a->vault, a->now, &key) : GN_NOMEM;
	if (err)
		goto out;
	*id = newest ? *newest : (struct gn_identity){.ttl = AGENT_IDENTITY_TTL};
	id->created = agent_unix(a);
	id->seq = (newest ? newest->seq : 0) > a->identity_seq ? newest->seq : a->identity_seq;
	id->seq = id->created > id->seq ? id->created : id->seq + 1;
	if (!newest && a->config.name[0])
		id->display_name = gn_str(a->config.name);
	err = list_device(a, id);
	if (!err)
		err = gn_identity_record(key->entropy, id, 0, &out);
	if (!err)
		err = gn_agent_publish_set(a->publish, PLACE_IDENTITY, gn_buf_slice(&out), a->now);
	other = (struct gn_buf){room + out.len, 0, 2 * GN_RECORD_MAX - out.len};
	if (!err)
		err = gn_identity_record(key->entropy, id, 1, &other);
	if (!err)
		err = gn_agent_publish_set(a->publish, PLACE_IDENTITY + 1, gn_buf_slice(&other),
					   a->now);
	if (!err)
		err = sign_pid(a, &key->keys.sk, !newest);
	if (!err)
		err = gn_identity_open(gn_buf_slice(&out), mine);
	if (!err) {
		a->identity_seq = id->seq;
		a->identity_wanted = false;
		tell_own(a, mine);
	}
out:
	gn_agent_vault_identity_done(a->vault);
	free(id);
	free(mine);
	free(room);
	return err;
}

void agent_own_known(struct gn_agent *a, const struct gn_agent_known *k)
{
	const struct gn_identity *newest =
		k->identity_count ? k->identities[k->identity_count - 1] : NULL;
	if (k->err && k->err != GN_NOT_FOUND) {
		a->identity_ask = a->now + AGENT_IDENTITY_RETRY;
		return;
	}
	a->identity_known = true;
	a->identity_ask = a->now + AGENT_IDENTITY_LOOK;
	for (size_t i = 0; i < k->identity_count; i++)
		if (k->identities[i]->seq > a->identity_seq)
			a->identity_seq = k->identities[i]->seq;
	if (newest && identity_says(a, newest)) {
		tell_own(a, newest);
		a->identity_wanted = false;
		return;
	}
	a->identity_wanted = true;
	if (!gn_agent_vault_sealed(a->vault) &&
	    gn_agent_vault_identity(a->vault, gn_slice(NULL, 0), a->now) != GN_OK)
		return;
	gn_err err = sign_identity(a, newest);
	if (err == GN_LOCKED)
		return; /* with the next passphrase */
	if (err)
		gn_host_log(&a->host, GN_LOG_WARN, "identity", "no record can be signed: %s",
			    gn_err_text(err));
}

/* ---- the outside ---- */

void agent_own_renew(struct gn_agent *a, unsigned place)
{
	struct prekeys_row row;
	gn_err err = GN_OK;
	if (place == PLACE_PREKEYS || place == PLACE_PREKEYS + 1) {
		err = prekeys_row(a, &row);
		/* both at once, with the first of them */
		if (!err && place == PLACE_PREKEYS)
			err = make_prekeys(a, &row);
	} else if (place == PLACE_FRONT) {
		box_publish(a, AGENT_FRONT);
	} else if (place == PLACE_PRIVATE) {
		box_publish(a, AGENT_PRIVATE);
	} else if (place == PLACE_IDENTITY) {
		a->identity_ask = a->now;
	}
	if (err)
		agent_fail(a, err);
}

void agent_own_invites(struct gn_agent *a)
{
	if (a->boxes[AGENT_FRONT].made)
		box_publish(a, AGENT_FRONT);
}

gn_err agent_own_open(struct gn_agent *a)
{
	for (unsigned i = 0; i < AGENT_BOXES; i++)
		GN_TRY(box_open(a, i));
	for (unsigned i = 0; i < AGENT_BOXES; i++)
		if (a->boxes[i].made)
			box_publish(a, i);
	GN_TRY(prekeys_open(a));
	a->identity_ask = a->now;
	a->identity_known = a->identity_wanted = false;
	struct gn_pk boxes[AGENT_BOXES];
	for (unsigned i = 0; i < AGENT_BOXES; i++)
		boxes[i] = a->boxes[i].sk.pk;
	return gn_agent_vault_boxes_put(a->vault, boxes, AGENT_BOXES);
}

gn_time agent_own_pump(struct gn_agent *a)
{
	for (unsigned i = 0; i < AGENT_BOXES; i++)
		if (box_work(a, i))
			return a->now; /* a little in each turn */
	if (a->identity_ask <= a->now && gn_agent_link_is_up(a->link)) {
		a->identity_ask = a->now + AGENT_IDENTITY_RETRY;
		gn_err err = gn_agent_know_ask(a->know, &a->owner);
		(void)err; /* full: asked again */
	}
	return gn_agent_link_is_up(a->link) ? a->identity_ask : GN_NEVER;
}
