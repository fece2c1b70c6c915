/* Calls of a program as an agent serves them, without a socket: what it would send back is kept
 * here. A test that waits for an answer turns its world until `calls_got` has it. */
#ifndef GN_AGENT_TESTING_CALLS_H
#define GN_AGENT_TESTING_CALLS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "agent/serve_int.h"

/* What came since calls_ask, of all that were asked; the table is that of the last answer. */
struct calls_got {
	unsigned answers, refusals;
	bool more;
	gn_err err; /* the last refusal's */
	char why[256];
	uint8_t bytes[GN_APP_FRAME_MAX];
	struct gn_fbt table;
	uint8_t member;
};
extern struct calls_got calls_got;

/* The agent takes calls, and tells as the world has it. */
void calls_serve(struct gn_agent *a);
/* Where the caller makes the table of its question; it is in use until that is answered. */
struct gn_fbb calls_builder(void);
/* Forgets what came and asks. The caller has a reference, gn_host_release. */
struct agent_request *calls_ask(struct gn_agent *a, gn_err (*run)(struct agent_request *r),
				struct gn_app_kind kind, struct gn_fbb *b, gn_fbref table);

#endif
