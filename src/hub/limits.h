/* Bounds of the hub: unit and reason. The ledger has its own (ledger/limits.h). */
#ifndef GN_HUB_LIMITS_H
#define GN_HUB_LIMITS_H

/* bytes of a request's body: signed text is 16 KiB, and JSON escaping may triple it */
#define HUB_BODY_MAX (64u << 10)
#define HUB_ARG_MAX 128u       /* bytes of a path argument: line ids, PIDs, transaction ids */
#define HUB_REQUEST_ID_MAX 64u /* characters of X-Request-ID that are echoed */
#define HUB_REQUESTS_MAX 1024u /* connections at once */
/* open files: half of them for connections; 22 are open at rest, tasks on workers open two each
 * and wait for room */
#define HUB_FILES_MIN 64u
/* how far the last record may lie ahead before it is told */
#define HUB_CLOCK_BEHIND (300 * GN_SEC)
#define HUB_PAGE_MAX 200u    /* items of one list */
#define HUB_SESSIONS_WS 256u /* WebSockets of participants */
#define HUB_WS_EACH 16u      /* of one participant: programs and tabs of one person */
#define HUB_WS_PREFIX 64u    /* of one /24 or /48, while more than half are taken */
#define HUB_WS_MESSAGE 4096u /* bytes a client may send in one message: a subscription */
/* silence after which a client is asked whether it is there; twice that ends it */
#define HUB_WS_PING (30 * GN_SEC)
/* challenges remembered as used: logins within HUB_CHALLENGE_LIFE */
#define HUB_LOGINS_MAX 65536u
#define HUB_CHALLENGE_LIFE (120 * GN_SEC)
#define HUB_BUCKETS_MAX 65536u /* addresses and keys that a rate is kept for: 3 MiB */
#define HUB_VERIFY_BATCH 64u   /* signatures one worker checks in one go: 5 ms */
#define HUB_VERIFY_RUNNING 2u  /* such batches at once */
#define HUB_DISK_JOBS 16u      /* disk requests on workers at once */
/* bytes of records the history or the replica may lag behind before they read them from files */
#define HUB_HISTORY_QUEUE (64u << 20)
/* long questions that wait or run at once: each may take a second of the replica */
#define HUB_LONG_MAX 16u
/* questions of single rows that wait for the history: 1 ms each at most */
#define HUB_ASK_MAX 256u
/* of them with the thread at once: it is not to wait for the loop after each */
#define HUB_ASK_AHEAD 4u
#define HUB_PLACES_LATELY 64u /* answers remembered by who asked: of four times HUB_LONG_MAX */
#define HUB_HISTORY_AGAIN_NS 2000000000ull /* until a question tries again to reach a database */
/* requests at once that a rate lets through, if it lets as many through in a minute */
#define HUB_BURST_LEAST 60u
/* max-flows looked for on the copy for one payment, when others use them up meanwhile */
#define HUB_FLOW_ROUNDS 3u
#define HUB_CLEARING_JOBS 2u                  /* exact clearings computed at once: each a core */
#define HUB_CLEARING_MEMORY ((size_t)1 << 30) /* bytes of one: 10 million debts */
#define HUB_CYCLES_MAX 100u                   /* cycles one listing shows */
#define HUB_CYCLES_WORK 200000u               /* edges one listing of cycles looks at */
#define HUB_SPACE_LOOK (5 * GN_SEC)           /* between looks at the disk */
/* percent of the disk from which it is told: weeks before it is full */
#define HUB_SPACE_WARN 80u
#define HUB_SPACE_CALM 75u /* percent below which that is over */
#define HUB_WHY 640u       /* bytes of a sentence that explains a failure */

#endif
