/* The hub: the composition root around a ledger, as the node is around the overlay. One loop,
 * one ledger, worker threads for disk and signatures, one thread for the history, an HTTP
 * listener of its own. Rules HB-n: docs/spec/hub.md; API: docs/openapi-hub.json. */
#ifndef GN_HUB_HUB_H
#define GN_HUB_HUB_H

#include "crypto/crypto.h"
#include "host/setting.h"

#define GN_HUB_WHY GN_HOST_WHY /* bytes of a sentence that explains a failure */
/* hosts under which a hub is asked, beside this machine's: a few domains of one proxy */
#define GN_HUB_NAMES 8

struct gn_hub_config {
	char data[512]; /* the hub's directory: keys, journal/, history.db */
	uint16_t http;  /* loopback port; 0: a free one */
	/* bytes of records the history may lag behind before it reads them from the journal */
	size_t history_queue;
	/* "sqlite", or "postgresql" and a blank and libpq's connection string */
	char history[256];
	uint32_t access_s;     /* seconds an access token is good for */
	uint32_t refresh_s;    /* and a refresh token */
	uint32_t rate_key;     /* requests a minute of one key, bursts of as many; 0: no bound */
	uint32_t rate_address; /* and of one address without a token */
	uint32_t rate_failed;  /* payments a minute of one key that may fail and leave a record */
	uint32_t rate_day;     /* operations a day of one key that leave a record */
	bool registration_officers; /* officers register people; else anybody registers himself */
	/* the client's address is the last of X-Forwarded-For: only behind a proxy that sets it */
	bool trust_proxy;
	char host_name[GN_HUB_NAMES][256]; /* HB-54: in lower case, without a port */
	unsigned host_names;
	bool accept_v0;  /* the profile geo-v0, of a new ledger; later a setting of the ledger */
	uint64_t memory; /* bytes of the ledger; default half of a small server, 4 GiB */
	enum gn_log_level log;
	char log_file[256]; /* empty: stderr */
};

/* The table of its members: gn_host_settings_default, _set, _parse. */
extern const struct gn_host_setting gn_hub_settings[];

/* Makes the data directory: the hub's key, the token key, the admin token. GN_EXISTS when there
 * is a hub already. pk: told. */
GN_MUST gn_err gn_hub_init(const char *data, struct gn_pk *pk, char why[GN_HUB_WHY]);
/* Runs until SIGTERM or SIGINT; makes what gn_hub_init makes if it is not there. ready_fd >= 0
 * gets "ready PORT\n" once the API answers, and is closed. On failure why is a sentence with
 * what to do. */
GN_MUST gn_err gn_hub_run(const struct gn_hub_config *config, int ready_fd, char why[GN_HUB_WHY]);

struct gn_hub_report {
	struct gn_pk hub;
	uint64_t records, files, bytes;
	/* bytes behind the last record that are no record: a torn tail, or damage */
	uint64_t torn;
	uint64_t watermark; /* the last record that the history knows, 0: there is none to ask */
	struct gn_hash state;
	gn_time last; /* time of the last record */
	bool copied;  /* the hub is running: a copy of its journal was read */
	/* the running hub or the history told how far it goes: a journal cut between two batches
	 * would be seen */
	bool end_known;
	/* with what it was compared */
	enum { GN_HUB_ALONE, GN_HUB_HISTORY, GN_HUB_CHECKPOINT, GN_HUB_LIVE } compared;
	/* at this record */
	uint64_t compared_at;
};
/* Whose journal lies there, by its first file; without the hub's lock or secret. */
GN_MUST gn_err gn_hub_key(const char *data, struct gn_pk *out);
/* What the running hub tells about itself (GET /integrity/checksum). */
struct gn_hub_live {
	uint64_t seq;
	struct gn_hash state;
};
/* Called now and then while something long is done: bytes of the journal, of how many (0: not
 * known). */
struct gn_hub_progress {
	void (*told)(void *user, uint64_t done, uint64_t all);
	void *user;
};
/* Replays the journal of a data directory from its first record, checks every signature,
 * checkpoint and invariant (LG-54); writes nothing there. While the hub runs, a copy of the
 * journal is read. live: asked before, or NULL; then the last CHECKPOINT is what the state was
 * compared with. GN_HASH: they differ. GN_TRUNCATED: the hub, or its history (SQLite), knows
 * records that the journal has no more. progress may be NULL. */
GN_MUST gn_err gn_hub_verify(const char *data, const struct gn_hub_live *live,
			     const struct gn_hub_progress *progress, struct gn_hub_report *out,
			     char why[GN_HUB_WHY]);
/* Each record in turn, as it was made durable, to `each`, decoded; stops when it is not GN_OK. */
struct gn_record_view;
GN_MUST gn_err gn_hub_records(const char *data,
			      gn_err (*each)(void *user, const struct gn_record_view *record),
			      void *user, char why[GN_HUB_WHY]);
/* The journal as one file (HB-20): every file of it with its name, length and hash. put takes
 * the bytes in order. */
GN_MUST gn_err gn_hub_export(const char *data, gn_err (*put)(void *user, struct gn_slice bytes),
			     void *user, char why[GN_HUB_WHY]);
/* Into a directory without a journal. get fills up to cap bytes and returns how many, 0 at the
 * end. Every hash is compared; a damaged or short file leaves no journal. Verify it afterwards. */
GN_MUST gn_err gn_hub_import(const char *data, size_t (*get)(void *user, uint8_t *out, size_t cap),
			     void *user, char why[GN_HUB_WHY]);

#endif
