/* A device of ours: what struct gn_e2ee is, and its sessions per peer device (EE-29, EE-30). */
#ifndef GN_E2EE_DEVICE_INT_H
#define GN_E2EE_DEVICE_INT_H

#include "e2ee/limits.h"
#include "e2ee/session_int.h"

enum {
#define X(name, text) E2EE_C_##name,
#include "e2ee/counters.def"
#undef X
	E2EE_COUNTERS
};

struct e2ee_peer {
	struct gn_e2ee_peer is; /* its history points to the next member */
	struct gn_e2ee_version history[GN_E2EE_HISTORY];
	struct e2ee_session *sessions[E2EE_SESSIONS_MAX]; /* owned, in the order they were made */
	unsigned count;
	struct e2ee_session *written; /* the one written in; NULL: none was opened yet */
	bool changed;                 /* since its row was told of */
};

struct gn_e2ee {
	struct gn_env env; /* borrowed parts */
	struct e2ee_own own;
	struct e2ee_prekeys prekeys;
	struct gn_map peers;                  /* device key -> struct e2ee_peer *, owned */
	struct e2ee_session *newest, *oldest; /* order of trial: last active first */
	uint64_t next_session;
	/* what a store has not been told of yet */
	struct e2ee_session *changed;
	uint32_t peers_changed;
	bool own_changed, setups_changed, all_changed;
	uint64_t gone[E2EE_GONE_MAX];
	uint32_t gone_count;
	uint64_t counters[E2EE_COUNTERS];
};

struct e2ee_peer *e2ee_peer_get(const struct gn_e2ee *e, const struct gn_pk *device);
struct e2ee_session *e2ee_session_by_id(const struct gn_e2ee *e, uint64_t id);
/* The session that a message for this box is written in; NULL: a set-up has to be made. */
struct e2ee_session *e2ee_session_for(const struct e2ee_peer *peer, const struct gn_pk *box);

/* Its row is no longer what was stored. */
void e2ee_session_changed(struct gn_e2ee *e, struct e2ee_session *s);
/* Heap, not yet the device's; NULL: no memory. */
struct e2ee_session *e2ee_session_new(const struct gn_e2ee *e);
void e2ee_session_free(const struct gn_e2ee *e, struct e2ee_session *s);
/* The device's from now on; `arrived`: by the peer's set-up, which decides what is written in. One
 * session too many goes. Cannot fail. */
void e2ee_session_keep(struct gn_e2ee *e, struct e2ee_peer *peer, struct e2ee_session *s,
		       bool arrived, uint64_t now);
/* None of the peer's is written again. */
void e2ee_only_read(struct gn_e2ee *e, struct e2ee_peer *peer);
/* The same, because we set up anew. */
void e2ee_set_aside(struct gn_e2ee *e, struct e2ee_peer *peer);
/* A message is written in one that had lost a crossing: it is no longer only read. */
void e2ee_session_taken_up(struct gn_e2ee *e, struct e2ee_session *s);
/* A message was opened in it; reset: with that it became only read (EE-27). */
void e2ee_session_opened(struct gn_e2ee *e, struct e2ee_session *s, bool reset, uint64_t now);
/* All of a peer's. */
void e2ee_sessions_end(struct gn_e2ee *e, struct e2ee_peer *peer);
/* As it was saved, at its place: its id is given. GN_CORRUPT: there can be no such session. */
GN_MUST gn_err e2ee_session_restore(struct gn_e2ee *e, struct e2ee_peer *peer,
				    struct e2ee_session *s, bool written);

#endif
