/* Bounds of the ledger: unit and reason. Those that callers must know are in the public headers. */
#ifndef GN_LEDGER_LIMITS_H
#define GN_LEDGER_LIMITS_H

/* signed bytes */
/* bytes of one signed body: a policy with 64 blocked PIDs is 4 KiB */
#define JSON_TEXT_MAX (16u << 10)
#define JSON_VALUES_MAX 512u /* values, keys apart: the parser's table lies on the stack */
#define JSON_DEPTH_MAX 16u   /* nesting */
/* seconds a geo-v1 operation stays good: signed offline, sent the same day */
#define OP_AGE_MAX (24 * 3600)
/* seconds it may lie behind its record, whose time never falls when the hub's clock does; <
 * BOOK_TX_KEEP */
#define OP_LAG_MAX (29 * 86400)
#define OP_AHEAD_MAX 300                    /* seconds a signer's clock may run ahead */
#define OP_SEQ_MAX ((INT64_C(1) << 62) - 1) /* a sequence number: a record holds it as a varint */
/* how far one may lie above the signer's last: Unix seconds may be used as one, and it takes
 * 2^30 signatures to use them up */
#define OP_SEQ_JUMP_MAX (UINT64_C(1) << 32)
#define OP_NAME_MAX 255u     /* bytes of a display name */
#define OP_FAULTS_MAX 16u    /* fields that a refusal names */
#define OP_TEXT_MAX 1024u    /* bytes of a description or reason */
#define OP_TX_ID_MAX 64u     /* characters */
#define OP_BLOCKED_MAX 64u   /* participants one line blocks: checked on every path over it */
#define OFFICER_NAME_MAX 64u /* bytes of the name an officer goes by */
/* milliseconds an officer may give an exact clearing: a worker is busy as long */
#define ADMIN_BUDGET_MS_MAX 600000
/* milliseconds a payer may give those who are asked: a day; the hub's payments.expiry_s_max
 * bounds it further */
#define OP_TIMEOUT_MS_MAX 86400000u
#define OP_AVOID_MAX 16u /* participants one payment avoids */

/* state */
#define BOOK_PARTICIPANTS_MAX (1u << 26)
#define BOOK_EQUIVALENTS_MAX 1024u
#define BOOK_PAIRS_MAX (1u << 29) /* per equivalent: ids with direction and flags fit 32 bits */
/* per equivalent: a half-edge keeps 3 bits beside the neighbour */
#define BOOK_NODES_MAX (1u << 29)
/* lines of one participant in one equivalent: slot numbers have 24 bits */
#define BOOK_DEGREE_MAX (1u << 24)
#define BOOK_VERSION_MAX ((1u << 24) - 1) /* changes of one line */
#define BOOK_OFFICERS_MAX 1024u /* keys that have or had a role: looked through one by one */
#define BOOK_OPEN_MAX 65536u    /* prepared payments and clearing offers at once */
/* of them payments of one payer: nobody waits for so many answers, and one key is not all of
 * them */
#define BOOK_OPEN_PAYER_MAX 256u
/* payments that wait for one participant's answer: what he can look through in an evening */
#define BOOK_OPEN_ASKED_MAX (BOOK_OPEN_MAX / 64)
/* once so many wait for one participant, his neighbours have shares */
#define BOOK_OPEN_CROWDED (BOOK_OPEN_ASKED_MAX / 2)
/* what comes over one neighbour's line then: 32 neighbours fill the other half */
#define BOOK_OPEN_VIA_MAX 16u
/* how long geo-v1 payment keys answer repeats */
#define BOOK_TX_KEEP (INT64_C(30) * 86400 * GN_SEC)
/* payment keys remembered: 8 GiB, far past one month of any hub */
#define BOOK_KEYS_MAX (1u << 28)

/* routing */
#define ROUTE_HOPS_MAX 10u  /* hops of a path, any setting */
#define ROUTE_PATHS_MAX 10u /* paths of a payment outside max-flow mode, any setting */
/* searches of one payment: thresholds, and lines or people excluded by a policy */
#define ROUTE_TRIES_MAX 32u
#define ROUTE_FLOW_PATHS_MAX 4096u /* paths of a payment in max-flow mode */
/* half-edges looked at to carry one payment by max-flow: about a second of the thread that does
 * it */
#define ROUTE_FLOW_WORK (1u << 27)
#define ROUTE_RAISES_MAX 16u /* lines named in an explanation */

/* clearing */
#define CLEAR_CYCLES_MAX 256u    /* cycles one payment clears inline: its latency */
#define CLEAR_WORK_INLINE 20000u /* half-edges one payment's inline clearing looks at */
#define CLEAR_ASKED_MAX 256u     /* people one offer asks */

/* a record's time, ns since 1970: the year 2116. Whatever is added to one, at most the seconds of
 * 32 bits, fits gn_time */
#define REC_TIME_MAX (INT64_MAX / 2)

/* two-phase */
#define TX_ASKED_MAX 64u                  /* people one payment asks */
#define TX_EXPIRY_DEFAULT (60 * GN_SEC)   /* reservation, when the payer names no timeout */
#define OFFER_EXPIRY (7 * 86400 * GN_SEC) /* a clearing offer: people look once a week */

/* engine */
#define INBOX_MAX 4096u /* requests taken and not yet sequenced */
#define TICK_WORK 256u  /* requests sequenced per tick */
/* bytes: what the kernel and disks write at once, so old batches are never rewritten */
#define JOURNAL_ALIGN 4096u
/* bytes gathered for one batch before requests are refused as busy */
#define JOURNAL_GROUP_MAX (8u << 20)
/* bytes of one record: an exact clearing of 10 million debts */
#define JOURNAL_RECORD_MAX (64u << 20)
#define JOURNAL_SEGMENT_DEFAULT (UINT64_C(256) << 20) /* bytes of one file */
/* bytes of journal between snapshots: 10 s of replay at most */
#define JOURNAL_SNAPSHOT_DEFAULT (UINT64_C(256) << 20)
#define JOURNAL_PIECE (1u << 20) /* bytes read at once in recovery */
#define JOURNAL_FILES_MAX 100000u

#endif
