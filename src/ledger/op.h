/* Signed operations (LG-21..LG-25): what a participant may say, how it is written canonically in
 * both profiles, how it is read back and verified. Plain functions without state; safe from any
 * thread. */
#ifndef GN_LEDGER_OP_H
#define GN_LEDGER_OP_H

#include "crypto/crypto.h"
#include "ledger/amount.h"
#include "ledger/json.h"

enum gn_op_profile { GN_PROFILE_V0, GN_PROFILE_V1 };

enum gn_op_kind {
	GN_OP_REGISTER,    /* participant.register */
	GN_OP_PROFILE,     /* participant.profile */
	GN_OP_LINE_CREATE, /* line.create */
	GN_OP_LINE_UPDATE, /* line.update */
	GN_OP_LINE_CLOSE,  /* line.close */
	GN_OP_PAYMENT,     /* payment */
	GN_OP_VOTE,        /* payment.vote: answer of someone a payment asks (LG-28) */
	GN_OP_CONSENT,     /* clearing.consent: answer to a clearing offer (LG-47) */
	GN_OP_ADMIN,       /* admin: an officer's command; op_admin.h reads its body */
	GN_OP_LEAVE,       /* participant.leave: an empty body (LG-64) */
	GN_OP_KINDS,
};
/* "payment", "line.create"; NULL past the end. */
const char *gn_op_name(enum gn_op_kind kind);

/* Fields left out have p NULL (slices) or has_ false; slices borrow the signed bytes and are raw
 * JSON text (LG-23). */
struct gn_op_policy {
	bool present;
	bool auto_clearing, can_be_intermediate, ask; /* defaults filled in: true, true, false */
	struct gn_slice daily_limit, max_hop_usage;   /* amounts as typed */
	uint8_t blocked_count;
	/* SHA-256 of keys: parsed PIDs, in the order given */
	struct gn_hash blocked[OP_BLOCKED_MAX];
};

struct gn_op {
	enum gn_op_profile profile;
	enum gn_op_kind kind;
	struct gn_slice bytes; /* as signed */
	/* geo-v1 envelope */
	struct gn_hash hub, signer; /* PIDs as hashes */
	uint64_t seq;               /* 0 when tx_id stands in its place */
	int64_t ts;                 /* Unix seconds; 0 in v0 */
	struct gn_slice tx_id;      /* also of v0 payments */
	struct gn_slice body;       /* canonical text of the body: the same in both profiles */
	/* body */
	struct gn_slice display_name, description, equivalent, amount, limit, line_id, type,
		to_text, initiator_text;
	struct gn_slice user_profile; /* canonical JSON object */
	struct gn_pk public_key;      /* REGISTER */
	/* LINE_*, PAYMENT; zeros when `to` is no PID (then only to_text is set) */
	struct gn_hash to;
	struct gn_hash initiator; /* VOTE */
	bool has_policy;
	struct gn_op_policy policy;
	bool has_status, frozen; /* LINE_UPDATE */
	bool has_version;
	uint32_t version;            /* LINE_UPDATE, LINE_CLOSE in v1 */
	bool when_repaid;            /* LINE_CLOSE */
	bool yes;                    /* VOTE, CONSENT */
	uint8_t max_hops, max_paths; /* PAYMENT; 0 = not given */
	uint32_t timeout_ms;         /* PAYMENT; 0 = not given */
	uint8_t avoid_count;
	struct gn_hash avoid[OP_AVOID_MAX];
};

/* Why a field is refused; the bounds are the fault's. */
enum gn_op_reason {
	GN_OP_MISSING,
	GN_OP_UNKNOWN, /* the operation has no such field */
	GN_OP_NOT_STRING,
	GN_OP_NOT_NUMBER, /* least..most; both 0: a number that is no integer of 64 bits */
	GN_OP_NOT_FLAG,
	GN_OP_NOT_OBJECT,
	GN_OP_NOT_LIST,  /* of at most `most` PIDs */
	GN_OP_ENTRY,     /* entry `least` of the list is no PID */
	GN_OP_TOO_SHORT, /* characters: least..most */
	GN_OP_TOO_LONG,  /* the same; bytes, where least is 0 */
	GN_OP_TOO_LOW,   /* least..most */
	GN_OP_TOO_HIGH,
	GN_OP_CHARACTERS, /* least..most of A-Z, a-z, 0-9 and those of `form` */
	GN_OP_WORD,       /* one of those that `form` tells */
	GN_OP_NOT_PID,    /* `form` says whose it must be */
	GN_OP_VALUE,      /* not what `form` says */
	GN_OP_NO_CHANGE,  /* of a whole body that changes nothing */
	GN_OP_TWICE,      /* the same key stands in its object before */
	GN_OP_REASONS,
};
#define OP_FAULT_DEPTH 3
struct gn_op_fault {
	enum gn_op_reason reason;
	bool envelope;                        /* a member of geo-v1's envelope, else of the body */
	uint8_t depth;                        /* of path; 0: the body itself */
	struct gn_slice path[OP_FAULT_DEPTH]; /* raw names; borrow the text, or static */
	int64_t least, most;
	const char *form; /* static; may be NULL */
};
struct gn_op_faults {
	unsigned count; /* those that are beyond the list are left out */
	struct gn_op_fault list[OP_FAULTS_MAX];
};

/* Reads canonical bytes. v0 needs `kind`; v1 takes it from the envelope and `kind` must be
 * GN_OP_KINDS or equal. Errors of gn_json_check, and GN_USAGE: a field is missing, of a wrong
 * type or out of form; GN_UNSUPPORTED: a field or operation nobody knows; GN_AMOUNT: an amount
 * that is no text; GN_RANGE: a number that nothing holds. *out is undefined after an error. */
GN_MUST gn_err gn_op_parse(enum gn_op_profile profile, enum gn_op_kind kind, struct gn_slice bytes,
			   struct gn_op *out);
/* The same, and says which fields are wrong; kind is what is expected. None: the text is not
 * canonical, or no object. What could be read stands in *out, but for errors of gn_json_check
 * (body.p is NULL). */
GN_MUST gn_err gn_op_check(enum gn_op_profile profile, enum gn_op_kind kind, struct gn_slice bytes,
			   struct gn_op *out, struct gn_op_faults *faults);
/* The field in which gn_json_parse or gn_json_check ended with err, if a field tells it. */
void gn_op_json_fault(enum gn_op_profile profile, const struct gn_json *j, gn_err err,
		      struct gn_op_faults *out);
/* A display name as a hub takes it (HB-19): nothing that forges what stands around it, which are
 * controls, line ends, what turns or hides text, and blanks at its ends. */
bool gn_op_name_ok(struct gn_slice text);
/* Ed25519 over exactly these bytes, no domain (v0 has none, v1 has it inside). GN_SIGNATURE. */
GN_MUST gn_err gn_op_verify(const struct gn_pk *signer, struct gn_slice bytes,
			    const struct gn_sig *sig);
void gn_op_sign(const struct gn_sk *sk, struct gn_slice bytes, struct gn_sig *out);

/* Wraps a canonical body for geo-v1. tx_id absent: seq is written. GN_TOO_LARGE. */
struct gn_op_envelope {
	enum gn_op_kind kind;
	struct gn_pk hub, signer;
	uint64_t seq;
	struct gn_slice tx_id;
	int64_t ts;
};
GN_MUST gn_err gn_op_wrap(const struct gn_op_envelope *e, struct gn_slice body, struct gn_buf *out);
/* The text a login signs (LG-24). GN_TOO_LARGE. */
GN_MUST gn_err gn_op_login_text(enum gn_op_profile profile, const struct gn_pk *hub,
				struct gn_slice challenge, struct gn_buf *out);
/* The text by which a hub proves its key to who sent the nonce (HB-45), signed like an
 * operation. address: where it listens itself. */
#define GN_OP_PROOF_MAX 256u
struct gn_slice gn_op_proof_text(const struct gn_pk *hub, const char *address, const char *nonce,
				 char text[GN_OP_PROOF_MAX]);

/* First 16 bytes of SHA-256("geonet/ledger/tx" || initiator || tx_id) (LG-26). */
struct gn_tx_key {
	uint8_t b[16];
};
void gn_tx_key(const struct gn_pk *initiator, struct gn_slice tx_id, struct gn_tx_key *out);

/* A line's id: pair, equivalent, side and a version in lower-case hex, written as a UUID of
 * version 8. Every version since the line was opened names it (LG-11), the first one is shown;
 * one of before that, when the line was closed and opened again, does not. */
#define GN_LINE_ID_LEN 36
struct gn_line_id {
	uint16_t eq;
	uint32_t pair, version;
	uint8_t side; /* 0: the owner is the pair's lower node */
};
void gn_line_id_text(const struct gn_line_id *id, char out[GN_LINE_ID_LEN + 1]);
GN_MUST gn_err gn_line_id_parse(struct gn_slice text, struct gn_line_id *out);

#endif
