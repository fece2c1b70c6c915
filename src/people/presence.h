/* Presence: whether somebody is there now. A person has one sealed topic of the bus, its key made
 * for it; who is told where it is (gn_people_presence) follows it. Pure: messages of the topic and
 * the time in; messages to publish and changes out. docs/spec/people.md PE-80 and on.
 *
 *   own:    SILENT [set: online, away, busy] -> SHOWN, said again every GN_PRESENCE_PERIOD
 *           -> [set: offline, invisible] LEAVING, said once -> SILENT
 *   theirs: OFFLINE [a newer message of theirs] -> ONLINE, AWAY, BUSY
 *           -> OFFLINE [they say so; or their deadline passed]
 *
 * 1. Offline and invisible say the same bytes' worth: one message of the same size, then nothing.
 * 2. What is shown of somebody lasts GN_PRESENCE_LASTS at most, whatever they wrote.
 * 3. Only the key of the topic that was told counts; of its messages the newest (epoch, seq).
 * 4. A message that does not verify, open and parse changes nothing.
 *
 * Secrets (keys of topics) are wiped when they are replaced and at the end. Single-threaded. */
#ifndef GN_PEOPLE_PRESENCE_H
#define GN_PEOPLE_PRESENCE_H

#include "records/said.h"

struct gn_presence;

enum gn_presence_state { /* as PresenceState of app_agent.fbs */
			 GN_PRESENCE_OFFLINE = 0,
			 GN_PRESENCE_ONLINE,
			 GN_PRESENCE_AWAY,
			 GN_PRESENCE_BUSY,
			 GN_PRESENCE_INVISIBLE, /* own alone: to others it is offline */
			 GN_PRESENCE_STATES,
};
/* People who are followed at once: people.md has 32 at most, and each is a call at the node. */
#define GN_PRESENCE_FOLLOWED 16
#define GN_PRESENCE_PERIOD (30 * GN_SEC) /* between two messages of the same */
#define GN_PRESENCE_LASTS (90 * GN_SEC)  /* of a message: two may be lost; people.md: 100 s */
#define GN_PRESENCE_GAP (1 * GN_SEC)     /* between two messages, whatever the person does */
#define GN_PRESENCE_TOLD_LEN 64          /* bytes: the topic's key, the key that seals */
#define GN_PRESENCE_PAYLOAD_LEN 44       /* bytes: nonce 12, sealed 16, tag 16 */

/* The topic of a person, as its followers know it. */
struct gn_presence_told {
	struct gn_pk topic;
	uint8_t key[32]; /* secret */
};
void gn_presence_told_put(const struct gn_presence_told *told, uint8_t out[GN_PRESENCE_TOLD_LEN]);
/* GN_MALFORMED: another length, or zeros. */
GN_MUST gn_err gn_presence_told_open(struct gn_slice in, struct gn_presence_told *out);

GN_MUST gn_err gn_presence_new(const struct gn_env *env, struct gn_presence **out);
void gn_presence_free(struct gn_presence *p);

/* ---- the own one ---- */

/* A new topic; messages of it count from now. */
void gn_presence_own(struct gn_presence *p, const struct gn_sk *topic, const uint8_t key[32],
		     gn_time now);
/* GN_RANGE: no such state. */
GN_MUST gn_err gn_presence_set(struct gn_presence *p, enum gn_presence_state state, gn_time now);
enum gn_presence_state gn_presence_state(const struct gn_presence *p);
/* A message that is due, to be published; false: none is, or there is no topic. */
struct gn_presence_said {
	uint8_t bytes[256];
	size_t len;
	struct gn_sig sig;
};
bool gn_presence_publish(struct gn_presence *p, gn_time now, struct gn_presence_said *out);
/* Before another topic takes its place: a last message of it, that we are gone; false: nobody
 * thinks that we are there. */
bool gn_presence_last(struct gn_presence *p, gn_time now, struct gn_presence_said *out);
/* Nobody took the last one: again after GN_PRESENCE_GAP. */
void gn_presence_unheard(struct gn_presence *p, gn_time now);

/* ---- those of others, each named by their chat ---- */

/* Follows them, or goes on with another topic of theirs. GN_LIMIT: GN_PRESENCE_FOLLOWED are
 * followed. GN_EXISTS: it is that one already. */
GN_MUST gn_err gn_presence_follow(struct gn_presence *p, const struct gn_hash *chat,
				  const struct gn_presence_told *told);
/* Nothing is known of them from now on. */
void gn_presence_unfollow(struct gn_presence *p, const struct gn_hash *chat);
/* A message of their topic. GN_NOT_FOUND: they are not followed; GN_MALFORMED, GN_TEXT,
 * GN_TOO_LARGE, GN_SIGNATURE, GN_KEY (another publisher, or it does not open); GN_EXPIRED;
 * GN_STALE: one as new was heard. */
GN_MUST gn_err gn_presence_recv(struct gn_presence *p, const struct gn_hash *chat,
				struct gn_slice bytes, const struct gn_sig *sig, gn_time now);
struct gn_presence_of {
	struct gn_hash chat;
	struct gn_pk topic;
	enum gn_presence_state state;
	gn_time until; /* when they are offline unless heard of again; 0: they are */
};
bool gn_presence_get(const struct gn_presence *p, const struct gn_hash *chat,
		     struct gn_presence_of *out);
/* i below GN_PRESENCE_FOLLOWED; false: nobody has that place. */
bool gn_presence_at(const struct gn_presence *p, size_t i, struct gn_presence_of *out);
/* Somebody whose state changed since they were told here. */
bool gn_presence_next(struct gn_presence *p, struct gn_presence_of *out);

/* ---- time ---- */

gn_time gn_presence_deadline(const struct gn_presence *p);
/* Who was silent for too long is offline. */
void gn_presence_tick(struct gn_presence *p, gn_time now);

#endif
