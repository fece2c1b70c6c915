/* The node: its calls of app/1 over the node's socket (client_app.c), and what is not served there
 * yet over HTTP on the same socket (client_http.c). Whichever way, a reply is the same. */
#ifndef GEONET_CLIENT_H
#define GEONET_CLIENT_H

#include "geonet/frame/cli.h"
#include "wire/app.h"
#include <jansson.h>

struct call {
	const char *method; /* NULL: GET */
	char *path;         /* owned by the call: freed by client_call */
	struct gn_slice body;
	const char *type; /* Content-Type */
	/* A body that is read piece by piece instead: fills buf, returns how many bytes,
	 * SIZE_MAX to give up. */
	size_t (*read)(void *user, uint8_t *buf, size_t cap);
	uint64_t read_len;
	/* The answer's bytes as they come, instead of reply.data, once the status is 2xx; false
	 * to give up. */
	bool (*write)(void *user, struct gn_slice data);
	void *user;
	unsigned timeout; /* seconds without an answer; 0: 60; UINT_MAX: none */
	bool quiet;       /* what goes wrong between us and the node is not printed */
};
struct reply {
	long status;
	uint8_t *data; /* terminated */
	size_t len;
	json_t *json; /* NULL when it is not JSON */
	gn_err err;   /* of an error answer */
	const char *message;
	struct gn_app_kind kind; /* of app/1: which table json is */
	bool more;               /* of a list's page: others follow */
	bool agent;              /* who answered */
};
/* CLI_OK for 2xx; CLI_NO_NODE and CLI_FAILED (transport; printed); else the exit status that the
 * node's error means, not printed. */
int client_call(struct cli *cli, struct call call, struct reply *reply);
/* The same, printing the node's error after `what` ("the name could not be resolved"). */
int client_must(struct cli *cli, struct call call, struct reply *reply, const char *what);
/* A call of app/1: its table's args, which have no tables in them. */
struct ask {
	struct gn_app_kind kind;
	const void *args;
	/* Instead of args, of a table with tables in it. */
	gn_fbref (*make)(void *user, struct gn_fbb *b);
	/* A kind of which `then` makes calls that last, too: their answers go to event. */
	struct gn_app_kind also;
	unsigned timeout; /* seconds for all of it; 0: 60, or for ever where it lasts */
	bool quiet;
	bool agent; /* asked of this person's agent, not of the node */
	bool lasts; /* answers come until it is ended: each goes to event, too */
	/* A call that asks for events: each as JSON, lent, until it says false. */
	bool (*event)(void *user, struct gn_app_kind kind, const json_t *json);
	/* At first, and after event and input: a call on the same connection, until it says false:
	 * none. */
	bool (*then)(void *user, struct gn_app_kind *kind, const void **args);
	/* A call that lasts: stdin can be read; false: that was all, and it ends. */
	bool (*input)(void *user);
	/* A call with a stream, which lasts as long as something of it moves: its answers before
	 * the last one; the bytes that come; what goes, from the first answer on: how many bytes
	 * were put into buf, 0: that was all. False and SIZE_MAX give up: GN_CANCELLED. */
	bool (*more)(void *user, const json_t *json);
	bool (*write)(void *user, struct gn_slice data);
	size_t (*read)(void *user, uint8_t *buf, size_t cap);
	void *user;
};
/* As client_call; reply->json is what the HTTP route of this call answers. */
int client_ask(struct cli *cli, const struct ask *ask, struct reply *reply);
int client_ask_must(struct cli *cli, const struct ask *ask, struct reply *reply, const char *what);
/* The node's status; what: NULL, nothing is printed of an error. */
int client_status(struct cli *cli, struct reply *reply, const char *what);
/* The sites that the node keeps published; the same, and quiet: nothing is printed at all. */
int client_sites(struct cli *cli, struct reply *reply, const char *what, bool quiet);
/* A call of the node whose stream is joined with two descriptors, until both ways have ended or the
 * node ends it. Bytes go from the first answer of the kind `open` on. Neither descriptor is made
 * non-blocking; out is closed (a socket: shut) once all that comes is written. */
struct join {
	struct gn_app_kind kind, open;
	const void *args;
	int in, out;
	gn_time until; /* for that answer: then it is TIMEOUT; 0: no end */
	/* Each answer but the last, before a byte goes; may be NULL. */
	void (*told)(void *user, struct gn_app_kind kind, struct gn_fbt table);
	void *user;
	uint64_t sent, received; /* bytes, when it is over */
};
/* As client_ask. */
int client_join(struct cli *cli, struct join *join, struct reply *reply);
int client_report(struct cli *cli, const struct reply *reply, const char *what);
/* The exit status that an error answer means: an agent without a node is no node. */
int client_exit_of(const struct reply *reply);
void reply_free(struct reply *reply);
/* Says that no node runs, and how to start one: CLI_NO_NODE. */
int client_none(struct cli *cli);
/* The same of the agent ($GEONET_AGENT, $XDG_RUNTIME_DIR, DATA): that none runs, or that another
 * user holds its socket; is one there? */
int client_no_agent(struct cli *cli);
bool client_agent_alive(struct cli *cli);
/* Is a node there? Prints nothing. */
bool client_alive(struct cli *cli);
/* Where nobody signs for a record, though others are here: what is wrong, and what to do. */
#define CLIENT_NOBODY_KEEPS "no node here keeps records for others"
#define CLIENT_NOBODY_NEXT                                                                         \
	"for ten minutes after its start none does (geonet up --probation 0: this one does at "    \
	"once), nor one that was told to hold nothing (geonet give hold 10G ends that)"
/* Before something is signed: asks the node, if one runs, for its time (cli_now), and warns when
 * peers say another. */
void client_time(struct cli *cli);
/* When the node can reach nobody: "alone: none of these answers: HOST:PORT, ...", else NULL; the
 * caller frees. status: the node's, or NULL to ask it. */
char *client_alone(struct cli *cli, const json_t *status);

#endif
