/* Every bound of what a record says, with its unit and its reason. */
#ifndef GN_RECORDS_LIMITS_H
#define GN_RECORDS_LIMITS_H

#include "base/base.h"

/* identity */
#define IDENTITY_NAME_MAX 128     /* bytes of a display name */
#define IDENTITY_KEY_NAME_MAX 64  /* bytes of a device's name */
#define IDENTITY_PROFILE_MAX 4096 /* bytes */

/* boxes (BD-2, BD-3); bodies hold what is in records/box.h */
/* bytes of a descriptor: readers, invites, refused, workers, full, are 6.7 KB; the rest is for
 * what later versions say */
#define BOX_BODY_MAX 16384
#define BOX_FRONT_ITEMS 500
#define BOX_FRONT_ITEM_MAX 16384 /* bytes: set-ups for eight devices fit */
#define BOX_FRONT_TTL (7u * 86400)
#define BOX_PRIVATE_ITEMS 1000
#define BOX_PRIVATE_BYTES (16u << 20)
#define BOX_MANY_ITEMS 10000       /* of groups and queues: a month of 300 a day */
#define BOX_MANY_BYTES (64u << 20) /* a sixteenth of what a node keeps for boxes */
#define BOX_TTL (30u * 86400)
#define BOX_BITS_MAX 32        /* asked of a stranger: 8 min of one core */
#define BOX_LEASE_MAX 86400    /* seconds: longer jobs extend */
#define BOX_DELIVERIES_MAX 100 /* of one item: what fails so often stays dead */
/* a descriptor's work may be so old: a private box lives a week and is read for 31 days more, so
 * it works once; who stocks work up has little of it */
#define BOX_WORK_DAYS 40

/* prekeys (PK-2): bytes of a record with all keys, 11.9 KB, and a little for what comes */
#define PREKEYS_RECORD_MAX 12288
#define CHAIN_BODY_MAX 2048  /* bytes: 32 blocks of a snapshot are 1 KiB */
#define CHAIN_BLOCKS_MAX 32u /* of 1 MiB: 1,000 members with 4,096 leaves take six */

/* topics (TP-2) */
#define TOPIC_BODY_MAX 12288 /* bytes: 256 keys are 8 KiB */
#define TOPIC_TOKENS_MAX 32  /* of a label, as of a subject */
#define TOPIC_RATE_MAX 1000  /* messages a second: what a root signs for is 16 MB/s then */

/* names */
/* bytes of a normalised name: with ".geo" what DNS allows, 253 */
#define NAME_TEXT_MAX 249
/* characters of a claimed label: shorter ones would be gone in an hour */
#define NAME_TOP_MIN 3
/* names of one owner at a holder: from here on each doubling costs a bit */
#define NAME_FEW 8
/* of a puzzle: 8 min of one core; more names are the quota's business */
#define NAME_BITS_MAX 32
/* a version's work may be so old: solved yesterday, clocks, midnight */
#define NAME_WORK_DAYS 2
/* 2026-11-28: records made from this Unix day on do the work of NA-4 */
#define NAME_RULE_DAY 20785
/* days in which what was claimed before is renewed once without */
#define NAME_RULE_TERM 60
#define NAME_VALUE_MAX 1024              /* bytes of an entry's value */
#define NAME_ENTRY_TTL_MAX (30u * 86400) /* seconds */

/* manifests */
/* bytes: GN_MANIFEST_BLOCKS of 1 MiB, and what a FlatBuffer may be */
#define MANIFEST_MAX (64u << 20)
/* header rules of a manifest that opens; GN_BUNDLE_RULES of them count */
#define MANIFEST_HEADERS_OPEN 256
#define MANIFEST_HEADER_MAX 4096           /* bytes of a rule's glob, name or value */
#define MANIFEST_MIME_MAX 255              /* bytes */
#define MANIFEST_PACKS_MAX GN_BUNDLE_FILES /* packs of one manifest: never more than files */

#endif
