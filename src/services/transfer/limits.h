/* Every bound of pairing and transfers, with its unit and its reason. What a peer can use up: of a
 * stranger three runs of SPAKE2 a code (100 us each); of who paired, one manifest and the slots of
 * one transfer. Rules: docs/spec/reach.md RE-61, RE-62. */
#ifndef GN_TRANSFER_LIMITS_H
#define GN_TRANSFER_LIMITS_H

#include "base/base.h"

/* ---- pairing ---- */

#define CODE_FAILURES 3          /* guesses: one of 1.4 million is right by chance */
#define CODE_APART (5 * GN_SEC)  /* from one guess to the next: a person types no faster */
#define CODE_LIFE (600 * GN_SEC) /* as long as its record (RE-60) */
#define PAIRING_TIME (15 * GN_SEC)

/* ---- the stream ---- */

/* bytes of a manifest: 100,000 files, or 700 GB; twice in memory while it is opened */
#define TRANSFER_MANIFEST_MAX (24u << 20)
#define TRANSFER_BLOCKS (1u << 20) /* of all files: 1 TiB; a byte of memory each */
#define TRANSFER_REASON_MAX 256    /* bytes of a STOP's sentence */

/* ---- names at the receiver ---- */

#define TRANSFER_PART_MAX 255 /* bytes between two '/': what file systems take */
/* bytes of a name on the first level: " (999)" and ".part" are added */
#define TRANSFER_TOP_MAX 244
#define TRANSFER_TOPS 1024 /* names on the first level: compared with each other */
/* as many as files: 4 KiB of a disk and an inode each, though no byte of them is offered */
#define TRANSFER_FOLDERS 100000
#define TRANSFER_NUMBER 999 /* of "name (n)": then it is given up */

/* ---- files ---- */

#define TRANSFER_SLOTS 32               /* chunks on their way to the disk: 2 MiB */
#define TRANSFER_AHEAD 3                /* blocks read before they are sent: 3 MiB */
#define TRANSFER_SYNC_BYTES (64u << 20) /* are lost in a power cut at most, or: */
#define TRANSFER_SYNC_TIME (5 * GN_SEC)
#define TRANSFER_SOURCE_MAX 4096 /* bytes of the owner's own name of a file: PATH_MAX */
#define TRANSFER_NOTE_MAX 512    /* bytes that the owner keeps with a transfer */
#define TRANSFER_RUNS 4096       /* of one sync that are recorded: others are hashed anew */
/* bytes of a state: a manifest and 100,000 names of 390 bytes; more names are not taken */
#define TRANSFER_STATE_MAX (64u << 20)

#endif
