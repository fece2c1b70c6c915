/* The server's state, and what its files say to each other. */
#ifndef GN_NAT_TURN_SERVER_INT_H
#define GN_NAT_TURN_SERVER_INT_H

#include "nat/limits.h"
#include "nat/turn_server.h"

struct turn_counts {
#define X(name) uint64_t name;
#include "nat/counters.def"
#undef X
};

struct turn_user {
	uint8_t name[TURN_NAME_MAX];
	uint8_t name_len;
	uint8_t md5[16], sha256[32]; /* keys of the long-term credential */
};

enum turn_state { TURN_OPENING, TURN_LIVE, TURN_CLOSING };

/* What an answer is signed with: as the request was. */
struct turn_key {
	uint8_t b[32];
	uint8_t len;
	bool sha256; /* by this integrity */
};

struct turn_permission {
	uint8_t ip[16];
	gn_time until;
};

struct turn_channel {
	struct gn_addr peer;
	uint16_t number;
	gn_time until;
};

struct turn_allocation {
	enum turn_state state;
	bool told; /* OPENING: the owner knows */
	bool v6, even;
	uint32_t relay;
	struct gn_turn_from from;
	const struct turn_user *user; /* borrowed; CLOSING: NULL */
	struct gn_addr relayed;
	uint32_t lifetime; /* seconds, of the Allocate */
	gn_time until;
	/* The Allocate, that it may be answered later, and again */
	struct gn_stun_id id;
	struct turn_key key;
	bool fingerprint;
	struct turn_permission permissions[TURN_CHANNELS]; /* until is past: free */
	struct turn_channel channels[TURN_CHANNELS];
};

struct gn_turn_server {
	struct gn_env env;
	struct gn_turn_server_config config;
	struct gn_addr own[TURN_OWN_MAX];
	size_t own_count;
	uint8_t secret[32];  /* of nonces */
	struct gn_map users; /* name with its length, padded -> turn_user * */
	struct turn_allocation *allocations[TURN_ALLOCATIONS];
	uint32_t serial; /* of the last relay */
	gn_time due;     /* the first of their ends */
	struct turn_counts count;
};

/* A request on its way. */
struct turn_ask {
	struct gn_turn_server *s;
	const struct gn_turn_from *from;
	const struct gn_stun *m;
	gn_time now;
	struct gn_turn_room *room;
	struct gn_turn_out *out;
	const struct turn_user *user; /* NULL: nothing is proven yet */
	struct turn_key key;
};

/* ---- turn_auth.c ---- */
/* 0, and the user and the key are known; else the code of the refusal. */
uint16_t turn_auth(struct turn_ask *ask);
void turn_nonce(const struct gn_turn_server *s, const struct gn_addr *to, gn_time now,
		char out[TURN_NONCE + 1]);
struct turn_user *turn_user(const struct gn_turn_server *s, struct gn_slice name);

/* ---- turn_answer.c ---- */
void turn_begin(struct gn_stun_maker *m, const struct turn_ask *ask, enum gn_stun_class kind);
void turn_end(struct gn_stun_maker *m, const struct turn_ask *ask);
/* Says so, if it is not too much. */
void turn_refuse(struct turn_ask *ask, uint16_t code, const uint16_t *types, size_t count);
void turn_answer_allocated(const struct turn_allocation *a, gn_time now, struct gn_turn_room *room,
			   struct gn_turn_out *out);
void turn_answer_not_opened(const struct turn_allocation *a, struct gn_turn_room *room,
			    struct gn_turn_out *out);

/* ---- turn_peer.c ---- */
/* May this be a peer of a, ever? 0, 403, 443. */
uint16_t turn_peer_allowed(const struct gn_turn_server *s, const struct turn_allocation *a,
			   const struct gn_addr *peer);
/* Is data let through between the two now? */
bool turn_peer_passes(const struct gn_turn_server *s, const struct turn_allocation *a,
		      const struct gn_addr *peer, gn_time now);
/* Places of one that are free. */
size_t turn_permissions_free(const struct turn_allocation *a, gn_time now);
bool turn_permitted(const struct turn_allocation *a, const struct gn_addr *peer, gn_time now);
/* False: there is no place. */
bool turn_permit(struct turn_allocation *a, const struct gn_addr *peer, gn_time now);
struct turn_channel *turn_channel_of(struct turn_allocation *a, const struct gn_addr *peer,
				     gn_time now);
struct turn_channel *turn_channel_at(struct turn_allocation *a, uint16_t number, gn_time now);
struct turn_channel *turn_channel_place(struct turn_allocation *a, gn_time now);

/* ---- turn_life.c ---- */
struct turn_allocation *turn_find(const struct gn_turn_server *s, const struct gn_turn_from *from);
struct turn_allocation *turn_relay(const struct gn_turn_server *s, uint32_t relay);
/* What an Allocate asks for. */
struct turn_wish {
	bool v6, even;
	uint32_t lifetime; /* seconds */
};
/* 0: one more of this user from there is OPENING; else why not. */
uint16_t turn_allocate(struct turn_ask *ask, const struct turn_wish *wish);
void turn_close(struct gn_turn_server *s, struct turn_allocation *a);
void turn_set_end(struct gn_turn_server *s, struct turn_allocation *a, gn_time until);

/* ---- turn_request.c ---- */
/* The code of its refusal, or 0: it is answered, or will be. */
uint16_t turn_request(struct turn_ask *ask);

#endif
