/* A hub's API as the wallet and the hub commands see it: calls, login by signature, signed
 * operations. What is signed and what an answer proves is src/wallet's; here are files, the
 * terminal, and sentences. */
#ifndef GEONET_HUB_CLIENT_H
#define GEONET_HUB_CLIENT_H

#include "geonet/frame/keys.h"
#include "wallet/http.h"
#include "wallet/hub.h"

#define OWN_HUBS "hubs.json" /* {URL: PID} of the hubs that were met */
/* {PID: {"participant": N, "officer": N}}: the last numbers signed for a hub */
#define OWN_SEQS "hub-seqs.json"

struct hub {
	char url[512];   /* without the last slash */
	struct gn_pk pk; /* of the hub, pinned at the first contact (DATA/hubs.json) */
	char pid[GN_PID_MAX];
	char address[32]; /* where it listens itself, as it signed (HB-45) */
	char token[512];  /* access token, after hub_login */
	char admin[80];   /* bootstrap token, for the hub's own machine */
	/* CURL *: the one connection on which the hub proved its key, for that token; or NULL */
	void *line;
	unsigned opened;    /* sockets of line: there is never a second one */
	bool officer;       /* hub_login_officer */
	uint64_t seq;       /* the signer's last sequence number */
	struct identity id; /* hub_close wipes it */
	bool loaded;
	bool quiet;      /* transport failures are not printed */
	size_t received; /* bytes of all answers */
};

/* Who it is, for src/wallet. */
static inline struct gn_wallet_hub hub_its(const struct hub *hub)
{
	struct gn_wallet_hub its = {.pk = hub->pk};
	memcpy(its.pid, hub->pid, sizeof its.pid);
	memcpy(its.address, hub->address, sizeof its.address);
	return its;
}

/* Finds the hub, has it prove its key, and pins that. CLI_OK or a printed failure. */
int hub_open(struct cli *cli, struct hub *hub);
/* As a participant; register_ok: a key that the hub does not know is no error (id is loaded,
 * token empty). */
int hub_login(struct cli *cli, struct hub *hub, bool register_ok);
/* As an officer: the bootstrap token of DATA/hub while it counts, else the identity. */
int hub_login_officer(struct cli *cli, struct hub *hub);
/* Ends the one connection. */
void hub_line_end(struct hub *hub);
/* Both at once: the hub, with somebody logged in who may govern it. */
int hub_open_officer(struct cli *cli, struct hub *hub);
/* HB-55: an answer's public_key, if its hash is the PID that was asked for: whatever else the
 * hub names is nobody's word. CLI_OK or a printed failure. */
int hub_take_key(struct cli *cli, const json_t *answer, const char *pid, struct gn_pk *out);
/* A participant's public key as hub_take_key() takes it; what: as of hub_call. */
int hub_key_of(struct cli *cli, struct hub *hub, const char *pid, const char *what,
	       struct gn_pk *out);
/* As anybody whom the hub knows, to read what is everybody's. */
int hub_login_reader(struct cli *cli, struct hub *hub);
void hub_close(struct hub *hub);
/* The PID of the hub at url, told by nobody else; false when no hub answers there. Prints and
 * remembers nothing. */
bool hub_who(struct cli *cli, const char *url, char pid[GN_PID_MAX]);
/* What it says of its health, as above; NULL when nothing answers. */
json_t *hub_health(struct cli *cli, const char *url);
/* Asks the hub with this key for its state; without a word when it does not answer or is another
 * one. Who cannot log in is told why on stderr. */
bool hub_state(struct cli *cli, const struct gn_pk *pk, uint64_t *seq, struct gn_hash *out);
/* An officer's command (LG-57), signed unless the bootstrap token counts; body is taken. */
int hub_command(struct cli *cli, struct hub *hub, const char *method, const char *path,
		json_t *body, json_t **out, const char *what);
/* CLI_OK for 2xx; else printed after `what`. body may be NULL (taken). *out: the answer, the
 * caller's. */
int hub_call(struct cli *cli, struct hub *hub, const char *method, const char *path, json_t *body,
	     json_t **out, const char *what);
/* All pages of a list, each {"items", "total"}, to the end of `list`; path has a "?" (HB-56).
 * CLI_OK or a printed failure. */
int hub_list(struct cli *cli, struct hub *hub, const char *path, json_t *list, const char *what);
/* The status and the answer, nothing printed but transport failures (-1). */
long hub_try(struct cli *cli, struct hub *hub, const char *method, const char *path, json_t *body,
	     json_t **out);
/* Prints the error envelope; returns the exit status. */
int hub_report(struct cli *cli, long status, const json_t *answer, const char *what);
/* {"signed", "signature"} of a geo-v1 operation; body is taken. tx_id NULL: the next sequence
 * number. NULL after printing. */
json_t *hub_signed(struct cli *cli, struct hub *hub, enum gn_op_kind kind, json_t *body,
		   const char *tx_id);
/* The equivalent's precision, and whether text is an amount of it; prints. */
int hub_amount(struct cli *cli, struct hub *hub, const char *equivalent, const char *text,
	       gn_amount *out, unsigned *precision);
/* A PID as it is; a name is refused with the PIDs that carry it. */
int hub_person(struct cli *cli, struct hub *hub, const char *text, char pid[GN_PID_MAX]);

#endif
