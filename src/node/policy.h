/* Which ways sessions may take, as their owners say (RE-11): a rule of the node (the setting
 * `path`), of a peer (`geonet path`), of the person whose node it is (their contact's, said by an
 * agent), and of who asks (an application's call); the narrowest wins.
 * A rule in words: any, or some of direct, lan, relay and tls, then metered=yes|ask|no and
 * relays=1|2, with commas or spaces between them: "relay,relays=2". */
#ifndef GN_NODE_POLICY_H
#define GN_NODE_POLICY_H

#include "host/host.h"
#include "jet/jet.h"
#include "node/limits.h"

struct gn_node;

#define GN_NODE_NEAR (GN_JET_ALLOW_DIRECT | GN_JET_ALLOW_LAN)
#define GN_NODE_WAYS (GN_JET_ALLOW_ALL & ~GN_JET_ALLOW_METERED)

enum gn_policy_metered {
	GN_POLICY_UNSAID,
	GN_POLICY_ASK, /* not before who asks says yes */
	GN_POLICY_NO,
	GN_POLICY_YES,
};

struct gn_policy {       /* zeros: nothing is said */
	uint8_t ways;    /* of enum gn_jet_allow but METERED; 0: any */
	uint8_t metered; /* may it cost money? */
	uint8_t relays;  /* how many follow each other; 0: as the node likes */
};

/* GN_TEXT, with why. Empty: nothing is said. */
GN_MUST gn_err gn_node_policy_parse(struct gn_slice text, struct gn_policy *out,
				    char why[GN_HOST_WHY]);
/* The shortest words for it: "any" where nothing is said. */
void gn_node_policy_text(const struct gn_policy *p, char out[GN_NODE_POLICY_TEXT]);

enum gn_node_rule {
	GN_NODE_RULE_NONE,
	GN_NODE_RULE_NODE,
	GN_NODE_RULE_PEER,
	GN_NODE_RULE_CONTACT,
	GN_NODE_RULE_APP
};

/* What holds for a peer. */
struct gn_policy_now {
	unsigned allowed;          /* as gn_jet_allow; without METERED on a metered node: none */
	uint8_t relays;            /* 1 or 2; 0: nothing is said */
	bool confirmed;            /* who asks says that it may cost money */
	enum gn_node_rule narrows; /* whose rule is the narrowest */
	struct gn_policy rule;     /* that one */
};

struct gn_node_policy_user { /* who asks something, while they do */
	struct gn_pk pk;
	struct gn_policy policy;
};

struct gn_node_policy_contact { /* a node that a person says is theirs */
	struct gn_pk node, person;
};

struct gn_node_policies {
	struct gn_policy own;
	struct gn_map by_key;     /* gn_pk -> struct gn_policy */
	struct gn_map by_contact; /* struct gn_node_policy_contact -> struct gn_policy */
	struct gn_map by_user;    /* number -> struct gn_node_policy_user */
	uint64_t last;
	uint64_t refused; /* sessions that a rule ended, or kept from beginning */
};

/* The file `paths`: a line for each node, "KEY = RULE", and for each that is of a contact,
 * "KEY/PERSON = RULE". */
#define GN_NODE_POLICY_LINE (64 + 4 + GN_NODE_POLICY_TEXT)
#define GN_NODE_POLICY_OF 65 /* "/PERSON" */
#define GN_NODE_POLICIES_TEXT                                                                      \
	(64 + GN_NODE_POLICIES * (2 * GN_NODE_POLICY_LINE + GN_NODE_POLICY_OF))
/* Up to the first line that is none, whose number and fault are why: GN_TEXT, GN_LIMIT. */
GN_MUST gn_err gn_node_policies_read(struct gn_node_policies *s, struct gn_slice text,
				     char why[GN_HOST_WHY]);
/* out has room for GN_NODE_POLICIES_TEXT. */
void gn_node_policies_write(const struct gn_node_policies *s, struct gn_buf *out);

/* ---- policy.c: what holds, and in words ---- */

/* Why the session is on its path: jet's word, or what the node knows better (RE-12). */
const char *gn_node_why_text(const struct gn_node *node, const struct gn_jet_info *info);

struct gn_policy_now gn_node_policy(const struct gn_node *node, const struct gn_pk *pk);
/* That peer is told no address of ours, and we want none of its (RE-11). NULL: is there any such?
 */
bool gn_node_policy_hides(const struct gn_node *node, const struct gn_pk *pk);
/* May a session with that peer go this way? */
bool gn_node_policy_lets(const struct gn_node *node, const struct gn_pk *pk,
			 const struct gn_way *way);
/* .. by a connection, by a relay? ways: of enum gn_jet_allow. */
bool gn_node_policy_lets_kind(const struct gn_node *node, const struct gn_pk *pk, unsigned ways);
/* A stranger's first packet, by which nobody is known yet: the node's rule alone. */
bool gn_node_policy_takes(const struct gn_node *node, const struct gn_way *from,
			  struct gn_slice datagram);
/* GN_POLICY when no way at all is left for that peer. */
gn_err gn_node_policy_any(const struct gn_node *node, const struct gn_pk *pk);
/* "the rule of this node for that peer (relay)" */
void gn_node_policy_say(const struct gn_node *node, const struct gn_pk *pk, char *out, size_t cap);

/* A session is up: it keeps to what holds. GN_POLICY: it is by no way that is allowed, and is being
 * closed. */
gn_err gn_node_policy_session(struct gn_node *node, gn_jet_id id, const struct gn_pk *pk);

/* ---- rules.c: what is said ---- */

/* The settings', then what the file says, before anything is written (NO-11). */
void gn_node_policy_init(struct gn_node *node);
GN_MUST gn_err gn_node_policy_read(struct gn_node *node, char why[GN_HOST_WHY]);
void gn_node_policy_fini(struct gn_node *node);

/* What the owner says of that peer, kept over restarts; `any` ends it. GN_LIMIT; and what keeping
 * says, when it is as before. */
GN_MUST gn_err gn_node_policy_set(struct gn_node *node, const struct gn_pk *pk,
				  const struct gn_policy *p);
/* What the owner says of a person: it holds for these nodes and no others any more; nodes NULL: for
 * those that it holds for. `any` ends it. GN_USAGE: more nodes than may be; GN_LIMIT, and as
 * above. */
GN_MUST gn_err gn_node_policy_of_contact(struct gn_node *node, const struct gn_pk *person,
					 const struct gn_pk *nodes, unsigned count,
					 const struct gn_policy *p);
/* What else rules look at is another (whether bytes cost money): sessions keep to it. */
void gn_node_policy_anew(struct gn_node *node);
/* Who asks something of that peer has a rule of its own, until it lets go. 0: it has none, or
 * there is no memory. */
uint64_t gn_node_policy_hold(struct gn_node *node, const struct gn_pk *pk,
			     const struct gn_policy *p);
/* It is of that peer from now on: who comes was not known before. */
void gn_node_policy_turn(struct gn_node *node, uint64_t hold, const struct gn_pk *pk);
void gn_node_policy_let_go(struct gn_node *node, uint64_t hold);

#endif
