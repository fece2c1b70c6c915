/* What the simulation tests share: two endpoints on a link, an application that writes and
 * checks patterned streams and counts what it is told. The byte at offset o of stream i is a
 * function of both, so every byte is checked. */
#ifndef GN_JET_TESTING_PAIR_H
#define GN_JET_TESTING_PAIR_H

#include "jet/limits.h"
#include "jet/testing/link_sim.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define APP_STREAMS 512
#define APP_SPARES 1000u /* the first link of sockets besides */

struct app_stream {
	gn_jet_stream id;
	uint64_t total, written, read;
	bool writes, fin_read, reset, acked, wrong;
};

struct app {
	gn_jet_id id;
	int connected, closed, opened, moved, move_failed, datagrams, streams_events;
	gn_err err;
	uint32_t code;
	char reason[JET_REASON_MAX + 1];
	struct gn_pk peer;
	struct gn_way way;
	enum gn_jet_why why;
	int suspects, paths_events, offered;
	uint32_t sockets; /* besides: asked for last */
	int guessed, crowded;
	struct gn_addr seen[JET_PATHS_MAX]; /* of path id % 8 */
	gn_time moved_at;
	gn_time connected_at, last_read_at;
	uint64_t received;
	bool deaf;       /* does not read */
	bool echo_close; /* finish the sending side of streams the peer opened */
	struct app_stream streams[APP_STREAMS];
	int stream_count;
};

uint8_t app_byte(gn_jet_stream id, uint64_t o);
struct app_stream *app_stream(struct app *a, gn_jet_stream id);
void app_pump(struct gn_jet *jet, struct app *a, struct app_stream *s);
void app_read(struct gn_jet *jet, struct app *a, struct app_stream *s, gn_time now);
void app_event(struct jet_sim *sim, int node, const struct gn_jet_event *e);
/* Opens a stream and writes total bytes of it as they fit. */
gn_jet_stream app_send(struct jet_sim *sim, int node, uint64_t total, bool one_way,
		       enum gn_jet_class class);

struct pair {
	struct jet_sim sim;
	struct app app[2];
	gn_jet_id id;
};

void pair_init(struct pair *p, uint64_t seed, const struct gn_jet_config *client,
	       const struct gn_jet_config *server, const struct jet_sim_link_config *link);
void pair_dial(struct pair *p, const struct gn_pk *expected);
bool pair_is_connected(struct jet_sim *sim);
bool pair_is_closed(struct jet_sim *sim);
void pair_connect(struct pair *p);
/* Every stream that one side writes was read to its end by the other, and its writer was told. */
bool pair_all_done(struct jet_sim *sim);
void pair_check(struct pair *p);
/* For a failing seed. */
void pair_dump(const struct pair *p);
void pair_fini(struct pair *p);

#endif
