/* Every bound of the module: unit and reason. Tests take each one at the limit and one past it. */
#ifndef GN_E2EE_LIMITS_H
#define GN_E2EE_LIMITS_H

/* ---- what a peer's message may cost ---- */
/* Keys passed over at once in one chain, DH or epoch (EE-28): some 10 ms of hashing in each of the
 * four runs that a message can ask for (pn, n, count, en), once an envelope (EE-31), and only
 * whoever shares the session can ask. */
#define E2EE_JUMP_MAX 25000u
/* Keys of messages that have not come, kept of each of the two kinds per session, the newest; a
 * reordering by 500 in both directions of time fits four times. 200 KiB at most. */
#define E2EE_SKIPPED_MAX 2000u
/* Seconds such a key waits: what a box keeps undelivered longer is asked for again. */
#define E2EE_SKIPPED_SECONDS (7u * 86400u)
/* Wraps of type 0 tried in one envelope: each costs three agreements and a decapsulation before
 * anything of it is proven. Two, because hints of two bytes collide. */
#define E2EE_SETUPS_TRIED 2u
/* Wraps of type 1 tried in one envelope: each costs two openings of a header in every session (7 ms
 * with 4,096 of them). Of 31 others four have the own hint once in 6 * 10^14 envelopes. */
#define E2EE_MESSAGES_TRIED 4u

/* ---- what is kept ---- */
/* Sessions per pair of devices: the one written in, one that crossed it, two of before. */
#define E2EE_SESSIONS_MAX 4u
/* Peer devices: 500 contacts with all 8 devices each. About 9 KiB each, and their sessions. */
#define E2EE_PEERS_MAX 4096u
/* Versions of an identity that a peer's `history` names (WR, people.md Keys). */
#define E2EE_HISTORY_MAX 64u
/* Prekeys besides `last` in one record. */
#define E2EE_FEW_MAX 4u
/* Private halves: five an hour for the day that `few` outlive their record, and the weeks of
 * `last`. */
#define E2EE_PREKEYS_MAX 160u
/* Set-ups remembered until their private halves are erased. One an hour from each of a dozen busy
 * peers over the 38 days of a `last`; past it a set-up is not opened (kept, tried again), because
 * one that is forgotten could be replayed. 56 bytes each. */
#define E2EE_REMEMBERED_MAX 16384u
/* Of them those of one person's devices: one an hour over the same time, and some more. Whoever
 * fills this keeps out themselves alone. */
#define E2EE_REMEMBERED_OWNER_MAX 1024u

/* Leaves in an epoch of a group: 1,000 people with four devices each. 40 bytes of an epoch's state
 * each, of which 32 are the chain's key. */
#define E2EE_LEAVES_MAX 4096u

/* ---- bytes ---- */
/* Wraps in one envelope: 32 set-ups with chunks fit the largest size. */
#define E2EE_WRAPS_MAX 32u
/* The largest of the seven sizes of envelopes, bytes: what a box takes (BX). */
#define E2EE_ENVELOPE_MAX 61440u
/* A session as one row of the agent's store, bytes, without its skipped keys. */
#define E2EE_SESSION_ROW_MAX 4096u
/* Numbers of sessions and of skipped keys that a row may name: none wraps round from there. */
#define E2EE_SERIALS (UINT64_MAX / 2)
/* Sessions that ended and of which the store was not told yet: one write ends 32 at most; past it
 * the store is told to write everything. */
#define E2EE_GONE_MAX 64u
/* Messages that a session with a chunk to send may send without: then room is made for one. */
#define E2EE_FORCED_AFTER 4u
/* The header says how many messages the epoch before had; this and more are one value. */
#define E2EE_COUNT_MAX 65535u

#endif
