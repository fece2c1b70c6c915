/* Every bound of the module: unit and reason. Tests take each one at the limit and one past it. */
#ifndef GN_AGENT_LIMITS_H
#define GN_AGENT_LIMITS_H

/* ---- the link to the node ---- */
/* Calls at once: what the node takes of one connection. */
#define AGENT_LINK_CALLS 64u
/* Between two attempts: at first, and at most, so that a node that was started again is found while
 * a person watches. */
#define AGENT_LINK_WAIT (100 * GN_MSEC)
#define AGENT_LINK_WAIT_MAX (5 * GN_SEC)
/* Between two pings, which find a node that hangs (seams.md). */
#define AGENT_LINK_PING (5 * GN_SEC)
/* Bytes read and written at once. */
#define AGENT_LINK_READ 65536u

/* ---- what is known of others ---- */
/* People looked up at once: with 8 devices each, half of the link's calls; and those who wait: a
 * screen of chats after a start. */
#define AGENT_KNOW_LOOKUPS 2u
#define AGENT_KNOW_WAITING 256u
/* Answers wanted before a record counts as the newest (people.md), and versions that one lookup
 * tells: two places that differ, and one more for a fork. */
#define AGENT_KNOW_QUORUM 4u
#define AGENT_KNOW_VERSIONS 3u

#endif
