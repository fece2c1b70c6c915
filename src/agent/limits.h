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

#endif
