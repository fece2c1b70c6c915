/* From NEW or LOCKED to OPEN and back: the store, sessions, people, own records; and what the
 * network says of people, handed to who needs it. */
#include "agent/job_int.h"
#include "agent/presence_int.h"
#include "agent/wallet_int.h"

#include <stdlib.h>

/* ---- what one part says to the others ---- */

static uint64_t get_unix(void *user)
{
	return agent_unix(user);
}

static void believe(struct gn_agent *a, const struct gn_identity *id, const struct gn_prekeys *p)
{
	struct gn_e2ee_version history[GN_E2EE_HISTORY];
	struct gn_e2ee_peer peer = {.owner = id->owner,
				    .device = p->device,
				    .identity = {id->version.seq, id->version.hash},
				    .history = history};
	for (; peer.history_count < id->history_count && peer.history_count < GN_E2EE_HISTORY;
	     peer.history_count++)
		history[peer.history_count] = (struct gn_e2ee_version){
			id->history[peer.history_count].seq, id->history[peer.history_count].hash};
	memcpy(peer.dh, p->dh, sizeof peer.dh);
	_Static_assert(sizeof(struct gn_prekey) == sizeof(struct gn_e2ee_prekey), "the same");
	memcpy(&peer.prekeys.last, &p->last, sizeof peer.prekeys.last);
	memcpy(peer.prekeys.few, p->few, sizeof peer.prekeys.few);
	peer.prekeys.few_count = p->few_count;
	agent_held_prekeys(a, &p->device, p->created);
	gn_err err = gn_e2ee_believe(a->e2ee, &peer);
	if (err == GN_NOMEM)
		agent_fail(a, err);
}

static void on_known(void *user, const struct gn_agent_known *k)
{
	struct gn_agent *a = user;
	struct gn_people_identity said;
	struct gn_people_device devices[GN_IDENTITY_DEVICES];
	struct gn_people_version history[GN_IDENTITY_HISTORY];
	gn_host_log(&a->host, GN_LOG_DEBUG, "known", "%zu versions, %zu devices' prekeys: %s",
		    k->identity_count, k->prekeys_count, gn_err_text(k->err));
	if (gn_pk_eq(&k->owner, &a->owner)) {
		agent_own_known(a, k);
		a->state_moved = true;
		return;
	}
	for (size_t i = 0; i < k->identity_count && !a->failed; i++) {
		agent_identity_of(a, k->identities[i], &said, devices, history);
		gn_err err = gn_people_identity(a->people, &said, a->now);
		if (err == GN_NOMEM)
			agent_fail(a, err);
		else
			agent_settle(a); /* each may say something, and two did (a fork) */
	}
	for (size_t i = 0; i < k->prekeys_count && !a->failed; i++)
		believe(a, k->identities[k->identity_count - 1], k->prekeys[i]);
	if (a->failed)
		return;
	agent_settle(a);
	if (k->identity_count && !a->failed)
		agent_safety_known(a, k->identities[k->identity_count - 1]);
	if (k->identity_count && !a->failed)
		agent_path_known(a, k->identities[k->identity_count - 1]);
	agent_post_hurry(a);
	a->look_waiting = a->look_waiting || k->prekeys_count > 0;
}

static void on_renew(void *user, unsigned place)
{
	if (place == AGENT_PLACE_QUEUE)
		agent_queue_renew(user);
	else if (place == AGENT_PLACE_PRESENCE)
		agent_presence_renew(user);
	else
		agent_own_renew(user, place);
}

static void on_put(void *user, unsigned place, gn_err err, unsigned receipts)
{
	struct gn_agent *a = user;
	gn_host_log(&a->host, err ? GN_LOG_INFO : GN_LOG_DEBUG, "published",
		    "place %u: %u nodes signed%s%s", place, receipts, err ? ": " : "",
		    err ? gn_err_text(err) : "");
	if (!err)
		agent_own_signed(a, place);
	if (err == GN_STALE)
		a->identity_ask = a->now; /* somebody published a newer one */
	a->state_moved = true;
}

/* ---- open and locked ---- */

static gn_err open_sessions(struct gn_agent *a)
{
	const struct gn_e2ee_own own = {.owner = a->owner, .device = a->device.sk.pk};
	struct gn_e2ee_own mine = own;
	gn_err err = gn_agent_rows_load(a->db, &a->env, &a->e2ee);
	if (err != GN_NOT_FOUND)
		return err;
	memcpy(mine.dh, a->device.dh, sizeof mine.dh);
	err = gn_e2ee_new(&a->env, &mine, &a->e2ee);
	gn_wipe(&mine, sizeof mine);
	return err;
}

static gn_err try_open(struct gn_agent *a, char why[GN_AGENT_WHY])
{
	const struct gn_agent_device *device;
	struct gn_agent_db_place place = {.dir = gn_agent_vault_dir(a->vault),
					  .root = gn_agent_vault_root(a->vault),
					  .name = GN_AGENT_STORE,
					  .rand = &a->host.rand};
	GN_TRY(gn_agent_vault_owner(a->vault, &a->owner));
	GN_TRY(gn_agent_vault_device(a->vault, &device));
	a->device = *device;
	GN_TRY(gn_agent_vault_db_key(a->vault, place.key));
	gn_err err = gn_agent_db_open(&place, true, &a->db, why);
	gn_wipe(place.key, sizeof place.key);
	GN_TRY(err);
	why[0] = 0; /* what fails below has no sentence of the store's */
	GN_TRY(open_sessions(a));
	GN_TRY(agent_people_open(a));
	GN_TRY(agent_told_open(a));
	struct gn_agent_know_config know = {.link = a->link,
					    .session = agent_session(a),
					    .unix_now = get_unix,
					    .known = on_known,
					    .user = a};
	GN_TRY(gn_agent_know_new(&know, &a->know));
	struct gn_agent_publish_config publish = {.link = a->link,
						  .session = agent_session(a),
						  .unix_now = get_unix,
						  .renew = on_renew,
						  .put = on_put,
						  .user = a};
	GN_TRY(gn_agent_publish_new(&publish, &a->publish));
	GN_TRY(agent_own_open(a));
	GN_TRY(agent_queue_open(a));
	GN_TRY(agent_presence_open(a));
	GN_TRY(agent_files_open(a));
	GN_TRY(agent_wallet_open(a));
	GN_TRY(agent_out_open_due(a));
	agent_backup_open(a);
	agent_settle(a);
	a->post_due = a->waiting_due = a->now;
	return a->failed ? GN_IO : GN_OK;
}

gn_err agent_open(struct gn_agent *a)
{
	char why[GN_AGENT_WHY] = "";
	gn_err err = try_open(a, why);
	if (err) {
		gn_host_log(&a->host, GN_LOG_ERROR, "store", "%s", *why ? why : gn_err_text(err));
		agent_close(a);
	} else {
		agent_locked_end(a);
	}
	a->state_moved = true;
	return err;
}

void agent_close(struct gn_agent *a)
{
	agent_backup_close(a);
	agent_files_close(a);
	agent_wallet_close(a);
	agent_inbox_close(a);
	agent_post_close(a);
	agent_jobs_close(a);
	agent_presence_close(a);
	agent_own_record_close(a);
	gn_agent_publish_free(a->publish);
	gn_agent_know_free(a->know);
	gn_people_free(a->people);
	gn_e2ee_free(a->e2ee);
	gn_agent_db_close(a->db);
	a->publish = NULL;
	a->know = NULL;
	a->people = NULL;
	a->e2ee = NULL;
	a->db = NULL;
	a->event_count = a->claim_count = 0;
	memset(a->approvals, 0, sizeof a->approvals);
	agent_told_close(a);
	if (a->found_content)
		gn_wipe(a->found_content, a->found_content_cap);
	gn_wipe(&a->device, sizeof a->device);
	gn_wipe(a->boxes, sizeof a->boxes);
}
