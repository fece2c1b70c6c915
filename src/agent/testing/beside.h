/* A node for tests: a real socket on the test's loop with the serving engine of app/1 behind it,
 * whose calls the test answers. And the link to it, with the turns of the loop. */
#ifndef GN_AGENT_TESTING_BESIDE_H
#define GN_AGENT_TESTING_BESIDE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "agent/link.h"
#include "host/app.h"

struct beside {
	struct gn_host host; /* its loop and randomness alone */
	char dir[64], path[96];
	/* the node */
	uv_pipe_t listener, conn;
	uv_write_t write;
	struct gn_host_app *app;
	bool listening, open, writing;
	uint8_t in[65536], out[65536];
	void (*call)(struct beside *b, const struct gn_host_app_event *e); /* of CALL */
	size_t gone; /* calls that were cancelled or late */
	/* the agent */
	struct gn_agent_link *link;
	void (*turn)(struct beside *b); /* the test's own part of a turn; NULL */
	unsigned ups, downs;
	gn_err down_err;
	char down_why[GN_HOST_WHY];
};

/* Where a test's files are: $TMPDIR, else in memory where that can be, since these tests ask
 * nothing of a disk. */
const char *beside_tmp(void);
void beside_make(struct beside *b); /* no node yet */
void beside_end(struct beside *b);
void beside_node_up(struct beside *b);
void beside_node_down(struct beside *b); /* hangs up, and listens no more */
void beside_hang_up(struct beside *b);
void beside_turn(struct beside *b);

struct gn_fbb *beside_builder(struct beside *b);
void beside_answer(struct beside *b, uint64_t call, struct gn_app_kind kind, gn_fbref table);
void beside_ok(struct beside *b, uint64_t call);
void beside_refuse(struct beside *b, uint64_t call, gn_err err);

#define BESIDE_UNTIL(b, what)                                                                      \
	do {                                                                                       \
		for (unsigned turns_ = 0; !(what) && turns_ < 400000; turns_++)                    \
			beside_turn(b);                                                            \
		assert_true(what);                                                                 \
	} while (0)

#endif
