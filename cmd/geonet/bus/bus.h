/* What the commands of topics have in common. */
#ifndef GEONET_BUS_H
#define GEONET_BUS_H

#include "geonet/frame/cli.h"
#include "geonet/identity/own.h"
#include "records/box.h"
#include "records/said.h"
#include "records/topic.h"
#include "wire/token.h"

#define TOPIC_KEPT (7u * 86400u) /* seconds that a message lies in a box of ours */

struct topic {
	struct gn_pk owner;
	char label[256];
	bool own;           /* said without a WHO */
	struct gn_hash key; /* of its record */
};
/* LABEL of one's own, or WHO/LABEL. False after printing; *exit tells the status. */
bool topic_of(struct cli *cli, const char *text, struct topic *out, int *exit);
/* client_ask_must, with what to do where there is no such topic. */
struct ask;
struct reply;
int topic_ask(struct cli *cli, const struct topic *topic, const struct ask *ask,
	      struct reply *reply, const char *what);
/* Its record as it stands; what: what fails without one, printed; NULL: nothing does. `before`
 * borrows from *bytes, which the caller frees. */
int topic_record(struct cli *cli, const struct topic *topic, struct gn_topicrec *out,
		 uint8_t **bytes, const char *what);
/* Unix ms by this machine's clock, which has milliseconds, unless the node's is another. */
uint64_t topic_now_ms(void);

struct identity;
/* As id_renew, with its box; what has one keeps it. */
int topic_renew(struct cli *cli, const struct identity *id, const char *label, struct own_term term,
		uint64_t *expires, bool *done);

/* ---- box.c: of one's own topics ---- */

void topic_box_key(const struct gn_sk *owner, const char *label, struct gn_sk *out);
/* The key that reads it without a token; owner: read where the topic is not open alone. */
void topic_box_reader(const struct topic *topic, const struct gn_topicrec *rec,
		      const struct gn_sk *owner, struct gn_sk *out);
/* Puts the box's descriptor, made or renewed when that is due. */
int topic_box_put(struct cli *cli, const struct topic *topic, const struct gn_topicrec *t,
		  const struct gn_sk *owner, const struct own_term *term);

/* ---- deposit.c ---- */

/* Leaves what was said in the topic's box; CLI_QUORUM, printed, when fewer than three nodes
 * promised to keep it. chain: of who publishes by a token; empty. *held: that promised. */
struct topic_deposit {
	const struct topic *topic;
	const struct gn_topicrec *rec;
	const struct gn_sk *publisher;
	const struct gn_said *said;
	struct gn_slice chain;
};
int topic_deposit(struct cli *cli, const struct topic_deposit *d, unsigned *held, unsigned *of);

/* ---- heard.c: which quorum messages were told here before ---- */

struct heard;
struct heard *heard_open(struct cli *cli, const struct gn_hash *topic);
void heard_free(struct heard *h);
/* Was it told? now: by this command, too. */
bool heard_has(const struct heard *h, const struct gn_said *said, bool now);
void heard_add(struct heard *h, const struct gn_said *said);

#endif
