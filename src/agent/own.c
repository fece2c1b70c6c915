/* The identity record that lists this device with its front box, and what is kept of the own
 * person: the network is asked first; a new version is signed only when what is there does not
 * name this device and its front box, while the vault lends the identity's key. Own boxes and
 * prekeys: own_boxes.c, own_prekeys.c. Rules AG-54, AG-68, AG-95. */
#include "agent/backup_int.h"
#include "agent/own_int.h"

#include "records/name.h"

#include <stdlib.h>

/* ---- the identity record ---- */

/* Is this device in it as it is, with this front box? */
static bool identity_says(const struct gn_agent *a, const struct gn_identity *id)
{
	return gn_identity_device(id, &a->device.sk.pk, a->device.pq_pk, agent_unix(a)) == GN_OK &&
	       gn_pk_eq(&id->front, &a->boxes[AGENT_FRONT].sk.pk);
}

/* Half of its time is to come: else it is made anew (AG-52). */
static bool is_young(const struct gn_agent *a, const struct gn_identity *id)
{
	return agent_unix(a) < id->created + id->ttl / AGENT_PUBLISH_RENEW &&
	       !agent_to_come(a, id->created);
}

/* One that is older than what is known already tells nothing. */
static void tell_own(struct gn_agent *a, const struct gn_identity *id)
{
	agent_safety_known(a, id);
	struct gn_people_identity said;
	struct gn_people_device devices[GN_IDENTITY_DEVICES];
	struct gn_people_version history[GN_IDENTITY_HISTORY];
	agent_identity_of(a, id, &said, devices, history);
	gn_e2ee_identity(a->e2ee, &id->owner, id->version.seq, &id->version.hash);
	gn_err err = gn_people_me(a->people, &said, a->now);
	if (err && err != GN_STALE)
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

/* The others are out of the record: they had the store, and no two lives of it may go on. */
static void note_listed(struct gn_agent *a)
{
	struct gn_agent_tx tx;
	uint8_t none = 0;
	if (!agent_put_back(a))
		return;
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	err = err ? err : agent_meta_put(&tx, AGENT_RESTORED, &none, sizeof none);
	err = err ? err : gn_agent_tx_commit(&tx);
	if (err) {
		gn_agent_tx_abort(&tx);
		agent_fail(a, err);
	}
}

/* Without any right: taken out by another device. One that is not there at all was forgotten by a
 * program that does not know devices, and is listed again. */
static bool is_revoked(const struct gn_agent *a, const struct gn_identity *id)
{
	for (size_t i = 0; i < id->key_count; i++)
		if (gn_pk_eq(&id->keys[i].pk, &a->device.sk.pk))
			return id->keys[i].kind == GN_FB_MEMBER_KIND_DEVICE && !id->keys[i].rights;
	return false;
}

/* That one; NULL: all but this device. */
static void revoke_some(const struct gn_agent *a, struct gn_identity *id, const struct gn_pk *which)
{
	for (size_t i = 0; i < id->key_count; i++) {
		struct gn_identity_key *k = &id->keys[i];
		if (k->kind != GN_FB_MEMBER_KIND_DEVICE || gn_pk_eq(&k->pk, &a->device.sk.pk) ||
		    !(k->rights & GN_FB_MEMBER_RIGHT_MESSAGE) ||
		    (which && !gn_pk_eq(&k->pk, which)))
			continue;
		k->rights = 0;
		k->expires = agent_unix(a);
	}
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

/* A version that lists this device, after the newest that is known (NULL: the first), and gives no
 * right to that one (NULL: as they are). */
static gn_err sign_identity(struct gn_agent *a, const struct gn_identity *newest,
			    const struct gn_pk *out_of_it)
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
	if (agent_put_back(a))
		revoke_some(a, id, NULL);
	else if (out_of_it)
		revoke_some(a, id, out_of_it);
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
		agent_own_record_keep(a, gn_buf_slice(&out));
		tell_own(a, mine);
	}
out:
	gn_agent_vault_identity_done(a->vault);
	free(id);
	free(mine);
	free(room);
	return err;
}

/* A device of ours that is listed no more had the keys of our boxes: new ones, at once. */
static void note_devices(struct gn_agent *a, const struct gn_identity *id)
{
	struct gn_pk before[GN_IDENTITY_DEVICES], now[GN_IDENTITY_DEVICES];
	struct gn_buf room = {(uint8_t *)before, 0, sizeof before};
	size_t at[GN_IDENTITY_DEVICES], count = gn_identity_devices(id, agent_unix(a), at);
	struct gn_agent_tx tx = {0};
	bool gone = false;
	gn_err err = gn_agent_meta_get(a->db, "own.devices", &room);
	if (err && err != GN_NOT_FOUND) {
		agent_fail(a, err);
		return;
	}
	for (size_t i = 0; i < count; i++)
		now[i] = id->keys[at[i]].pk;
	for (size_t i = 0; i < room.len / sizeof before[0]; i++) {
		bool there = gn_pk_eq(&before[i], &a->device.sk.pk);
		for (size_t k = 0; k < count; k++)
			there = there || gn_pk_eq(&before[i], &now[k]);
		gone = gone || !there;
	}
	struct gn_slice list = gn_slice((const uint8_t *)now, count * sizeof now[0]);
	if (gn_slice_eq(gn_buf_slice(&room), list))
		return;
	err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = gn_agent_meta_put(&tx, "own.devices", list);
	(void)agent_tx_end(a, &tx, err);
	a->devices_moved = true;
	if (gone) {
		gn_host_log(&a->host, GN_LOG_INFO, "identity",
			    "a device of yours was revoked: new boxes");
		a->box_wanted[AGENT_FRONT] = a->box_wanted[AGENT_PRIVATE] = true;
	}
}

gn_err agent_own_revoke(struct gn_agent *a, const struct gn_pk *device)
{
	const struct gn_identity *newest = agent_own_record(a);
	if (!a->identity_known || !newest)
		return GN_PENDING;
	if (a->revoked)
		return GN_STATE;
	GN_TRY(sign_identity(a, newest, device));
	note_devices(a, agent_own_record(a));
	return a->failed ? GN_IO : GN_OK;
}

/* It stays so over a restart, whether the network is there or not. */
static void note_revoked(struct gn_agent *a, bool revoked)
{
	struct gn_agent_tx tx;
	uint8_t is = revoked;
	if (revoked == a->revoked)
		return;
	gn_host_log(&a->host, GN_LOG_WARN, "identity", "%s",
		    revoked ? "another device of yours took this one out: it sends nothing"
			    : "this device is listed again");
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	err = err ? err : agent_meta_put(&tx, AGENT_TAKEN_OUT, &is, sizeof is);
	err = err ? err : gn_agent_tx_commit(&tx);
	if (err) {
		gn_agent_tx_abort(&tx);
		agent_fail(a, err);
	}
	a->revoked = revoked;
	agent_post_hurry(a);
}

void agent_own_known(struct gn_agent *a, const struct gn_agent_known *k)
{
	const struct gn_identity *newest;
	size_t last = k->identity_count - 1;
	if (k->err && k->err != GN_NOT_FOUND) {
		a->identity_ask = a->now + AGENT_IDENTITY_RETRY;
		return;
	}
	a->identity_known = true;
	a->identity_ask = a->now + AGENT_IDENTITY_LOOK;
	for (size_t i = 0; i < k->identity_count; i++)
		if (k->identities[i]->seq > a->identity_seq)
			a->identity_seq = k->identities[i]->seq;
	if (k->identity_count)
		agent_own_record_keep(a, k->records[last]);
	newest = agent_own_record(a);
	if (newest && (!k->identity_count || k->identities[last]->seq < newest->seq))
		agent_own_record_publish(a); /* they have none, or one of before */
	if (newest)
		note_devices(a, newest);
	for (size_t i = 0; i < k->prekeys_count && !a->failed; i++)
		agent_own_prekeys_seen(a, k->prekeys[i]);
	if (newest)
		note_revoked(a, is_revoked(a, newest));
	if (a->revoked) {
		a->identity_wanted = false;
		return;
	}
	if (newest && identity_says(a, newest) && is_young(a, newest)) {
		note_listed(a);
		tell_own(a, newest);
		a->identity_wanted = false;
		return;
	}
	a->identity_wanted = true;
	if (!gn_agent_vault_sealed(a->vault) &&
	    gn_agent_vault_identity(a->vault, gn_slice(NULL, 0), a->now) != GN_OK)
		return;
	gn_err err = sign_identity(a, newest, NULL);
	if (err == GN_LOCKED)
		return; /* with the next passphrase */
	if (err)
		gn_host_log(&a->host, GN_LOG_WARN, "identity", "no record can be signed: %s",
			    gn_err_text(err));
}

/* ---- the outside ---- */

void agent_own_renew(struct gn_agent *a, unsigned place)
{
	gn_err err = GN_OK;
	if (place == PLACE_PREKEYS) /* both at once, with the first of them */
		err = agent_own_prekeys_renew(a);
	else if (place == PLACE_FRONT)
		agent_own_box_publish(a, AGENT_FRONT);
	else if (place == PLACE_PRIVATE)
		agent_own_box_publish(a, AGENT_PRIVATE);
	else if (place >= PLACE_BEFORE && (place - PLACE_BEFORE) % 2 == 0)
		agent_own_box_publish(a, AGENT_BEFORE + (place - PLACE_BEFORE) / 2);
	else if (place == PLACE_IDENTITY)
		a->identity_ask = a->now;
	if (err)
		agent_fail(a, err);
}

void agent_own_signed(struct gn_agent *a, unsigned place)
{
	if (place == PLACE_PREKEYS || place == PLACE_PREKEYS + 1)
		agent_own_prekeys_signed(a, place);
	else if (place == PLACE_PRIVATE)
		a->tell_at = 0;
}

bool agent_own_published(const struct gn_agent *a)
{
	return a->publish && !a->identity_wanted && a->identity_known &&
	       gn_agent_publish_held(a->publish, PLACE_FRONT) &&
	       gn_agent_publish_held(a->publish, PLACE_PRIVATE) &&
	       gn_agent_publish_done(a->publish);
}

void agent_own_invites(struct gn_agent *a)
{
	agent_own_box_publish(a, AGENT_FRONT);
}

gn_err agent_own_anew(struct gn_agent *a)
{
	a->box_wanted[AGENT_PRIVATE] = true;
	return agent_own_prekeys_renew(a);
}

gn_err agent_own_open(struct gn_agent *a)
{
	GN_TRY(agent_own_boxes_open(a));
	GN_TRY(agent_own_prekeys_open(a));
	a->identity_ask = a->now;
	a->identity_known = a->identity_wanted = false;
	a->expire_due = a->now;
	uint8_t taken = 0;
	GN_TRY(agent_own_record_open(a));
	a->identity_seq = agent_own_record(a) ? agent_own_record(a)->seq : 0;
	gn_err err = agent_meta(a, AGENT_TAKEN_OUT, &taken, sizeof taken);
	a->revoked = !err && taken;
	return err == GN_NOT_FOUND ? GN_OK : err;
}

gn_time agent_own_pump(struct gn_agent *a)
{
	gn_time next = agent_own_boxes_pump(a);
	if (!a->failed)
		next = gn_time_min(next, agent_own_prekeys_pump(a));
	if (a->expire_due <= a->now && !a->failed) {
		gn_e2ee_expire(a->e2ee, a->now);
		agent_settle(a);
		a->expire_due = a->now + AGENT_EXPIRE_EVERY;
	}
	if (a->identity_ask <= a->now && gn_agent_link_is_up(a->link)) {
		a->identity_ask = a->now + AGENT_IDENTITY_RETRY;
		gn_err err = gn_agent_know_ask(a->know, &a->owner);
		(void)err; /* full: asked again */
	}
	next = gn_time_min(next, a->expire_due);
	return gn_agent_link_is_up(a->link) ? gn_time_min(next, a->identity_ask) : next;
}
