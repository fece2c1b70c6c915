/* What is one's own and ends unless it is renewed: names, the identity record, the list of revoked
 * tokens, topics, sites. own.c knows until when each is held, node/renew.c renews. */
#ifndef GEONET_OWN_H
#define GEONET_OWN_H

#include "crypto/crypto.h"
#include "geonet/frame/cli.h"
#include <jansson.h>

#define OWN_NAMES "own-names.json"     /* {NAME: {owner, seq, created, expires, record}} */
#define OWN_ID "own-id.json"           /* the same of the identity record */
#define OWN_REVOKED "own-revoked.json" /* {PID: {seq, expires, list: {id: expires}}} */
#define OWN_TOPICS "own-topics.json"   /* by label {owner, seq, created, expires, record} */
#define OWN_LIST_NAME "of revoked tokens"
#define OWN_WARN (7u * 86400u) /* seconds before the end that a word is said */

/* For how long something is renewed, and how many nodes must sign it (0: the node's own number). */
struct own_term {
	uint64_t ttl, w;
	bool force; /* also what is not past half of its term */
};

/* {owner, seq, created, expires, record}: what own-names.json and own-id.json say of a record. */
json_t *own_entry(const char *pid, uint64_t seq, uint64_t created, uint64_t ttl,
		  const char *record);
/* The own names, by name; the caller's reference. */
json_t *own_names(struct cli *cli);
/* Takes the list of own names out of the file that the node once shared, before an older node
 * writes over it. */
void own_names_migrate(struct cli *cli);
/* [{kind: "identity"|"list"|"name"|"topic"|"site", name, expires}] in this order; sites: the node's
 * answer, or NULL. The caller's reference. */
json_t *own_list(struct cli *cli, const json_t *sites);
/* Until when: "2026-12-28 01:20", and how soon that is when it is soon, or over. One of
 * out.c's buffers. */
const char *own_until(uint64_t expires);
/* "name alice.geo ends in 3 h", or how it expired, of one of them (one of out.c's buffers); NULL
 * when it lasts longer than a week. */
const char *own_ends(const json_t *item);
/* Says what ends within a week, or has ended, and what helps; nothing when nothing does. */
void own_warn(struct cli *cli, const json_t *list);
/* Seconds since the epoch when the name or site (of the node's own list) ended, 0 when that is
 * not known. */
uint64_t own_name_ended(struct cli *cli, const char *name);
uint64_t own_site_ended(struct cli *cli, const struct gn_pk *owner, const char *label);

#endif
