/* One connection of app/1 to the node that stays, with several tunnels in it; and what is waited
 * for beside it. */
#ifndef GEONET_SEND_LINK_H
#define GEONET_SEND_LINK_H

#include "geonet/frame/cli.h"
#include "host/client.h"

#include <poll.h>

#define LINK_READ 65536u
#define TUNNEL_WHY 256u

struct client_kept;
struct link {
	int fd;
	struct gn_host_client *client; /* owned */
	bool over;                     /* the node is gone; err, detail */
	gn_err err;
	uint64_t moves; /* events heard, bytes taken or said: what may let others go on */
	size_t in_at, in_len;
	uint8_t in[LINK_READ];
};

/* Connects, and greets: calls may be made. NULL after printing. */
struct link *link_open(struct cli *cli);
void link_close(struct link *l); /* NULL is fine */
/* Reads and writes what it can, once something can be, or one of `count` more can be read, or the
 * time is there. */
void link_wait(struct link *l, struct pollfd *more, unsigned count, gn_time until);
/* False: nothing now. */
bool link_next(struct link *l, struct gn_host_client_event *out);

/* A SIGINT, SIGTERM or SIGHUP came since link_heed. */
void link_heed(void);
bool link_interrupted(void);

/* ---- tunnels: docs/spec/app.md ---- */

/* NONE -> WAITS -> OPEN [TunnelIs] -> ENDED [its last answer]; ENDED and NONE may begin anew */
enum tunnel_state { TUNNEL_NONE, TUNNEL_WAITS, TUNNEL_OPEN, TUNNEL_ENDED };
struct tunnel {
	enum tunnel_state state;
	uint64_t call;
	struct gn_pk own, peer;
	uint8_t exported[32];
	bool eof;               /* no more bytes come */
	bool end_said;          /* nor go */
	bool stood;             /* the node took it: a listening one, too */
	gn_err err;             /* ENDED: GN_OK: both ways ended */
	char why[TUNNEL_WHY];   /* what the node says to that */
	struct client_kept *in; /* owned */
};

/* GN_OK, or what the connection says. rule: which ways its session may take (RE-11); "": any. */
gn_err tun_dial(struct tunnel *t, struct link *l, const struct gn_pk *node, const char *service,
		const char *rule);
gn_err tun_listen(struct tunnel *t, struct link *l, const char *service, const char *rule);
/* Is it one that leaves a way? Asked before anything is begun: an exit status, after printing. */
int tun_rule(struct cli *cli, struct link *l, const char *rule);
/* An event of the link: is it this tunnel's? Then it is taken. */
bool tun_hear(struct tunnel *t, const struct gn_host_client_event *e);
/* The bytes that came; so many of them are used up. */
struct gn_slice tun_in(const struct tunnel *t);
void tun_taken(struct tunnel *t, struct link *l, size_t len);
size_t tun_room(struct tunnel *t, struct link *l);
void tun_send(struct tunnel *t, struct link *l, struct gn_slice bytes);
void tun_end(struct tunnel *t, struct link *l); /* nothing more goes */
/* It is given up, whatever is on its way: NONE. */
void tun_drop(struct tunnel *t, struct link *l);
void tun_free(struct tunnel *t);

#endif
