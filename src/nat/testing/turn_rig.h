/* What tests of TURN begin with: a server, and one who asks it request by request, as a client
 * would, but for what a test bends. */
#ifndef GN_NAT_TURN_RIG_H
#define GN_NAT_TURN_RIG_H

#include "nat/turn_server_int.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define T0 (INT64_C(1700000000) * GN_SEC)

struct turn_rig {
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_env env;
	struct gn_turn_server *s;
	gn_time now;
	struct gn_turn_room room;
	struct gn_turn_out out;

	/* Who asks: the way, name and password, and how it is signed. */
	struct gn_turn_from from;
	const char *name, *password;
	bool sha256;
	char nonce[TURN_NONCE + 1]; /* "": it is fetched with the next request */
	uint8_t bytes[STUN_SAID_MAX];
	struct gn_stun_maker m;
	bool retold;           /* the next has the id of the last */
	struct gn_stun answer; /* the last, and the address of the last allocation */
	struct gn_addr relayed;
	uint32_t relay;
	char told[2 * TURN_ALLOCATIONS]; /* what the owner was told, but for what was opened */
};

/* A server of both families with the user ann; open: private peers are allowed. */
void turn_rig_open(struct turn_rig *r, bool open);
void turn_rig_close(struct turn_rig *r);
struct gn_addr turn_rig_addr(const char *text);

/* Begins a request; attributes are put into r->m, then it is asked: 0, or the code of the refusal,
 * or 1: nothing was said. What is said is checked as a client does. */
void turn_rig_begin(struct turn_rig *r, uint16_t method);
unsigned turn_rig_ask(struct turn_rig *r);
/* The same without credentials. */
unsigned turn_rig_ask_bare(struct turn_rig *r);

/* Whole ones. */
unsigned turn_rig_allocate(struct turn_rig *r, uint32_t lifetime);
unsigned turn_rig_refresh(struct turn_rig *r, uint32_t lifetime);
unsigned turn_rig_permit(struct turn_rig *r, const char *peer);
unsigned turn_rig_bind(struct turn_rig *r, uint16_t number, const char *peer);
/* Data by a Send indication, by a channel, from a peer. */
gn_err turn_rig_send(struct turn_rig *r, const char *peer, const char *data);
gn_err turn_rig_channel(struct turn_rig *r, uint16_t number, const char *data);
gn_err turn_rig_peer_says(struct turn_rig *r, const char *peer, const char *data);
/* What the owner was told since the last call: 'o' and 'c' for each, but for what the rig has
 * opened itself. */
const char *turn_rig_told(struct turn_rig *r);

#endif
