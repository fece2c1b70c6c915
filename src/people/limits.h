/* Every bound of the module: unit and reason. Tests take each one at the limit and one past it. */
#ifndef GN_PEOPLE_LIMITS_H
#define GN_PEOPLE_LIMITS_H

/* ---- a content (PE-6); more in content.h ---- */
/* Files' names and types, a card's name, bytes: what file systems and mail allow. */
#define CONTENT_NAME_MAX 255u
#define CONTENT_MIME_MAX 127u
/* Bytes of a preview: a small picture (people.md). */
#define CONTENT_PREVIEW_MAX 4096u
/* Blocks of 1 MiB that a file names itself; a larger one has a manifest. */
#define CONTENT_BLOCKS_MAX 512u
/* Bytes of an identity record in a card; a token is 4 KiB. */
#define CONTENT_RECORD_MAX 16384u
#define CONTENT_TOKEN_MAX 4096u
/* Bytes of a payment link, a job's note, a system note's text and bytes. */
#define CONTENT_LINK_MAX 1024u
#define CONTENT_NOTE_MAX 1024u
/* Items asked for again at once: what one session and 10 minutes bring. */
#define CONTENT_RESEND_MAX 16u
/* Milliseconds and numbers of messages: 2^53, what JSON can carry. */
#define CONTENT_NUMBER_MAX (UINT64_C(1) << 53)
/* Seconds after reading: 400 days. */
#define CONTENT_EXPIRE_MAX (400u * 86400u)
/* Bytes that a copy for the own devices has around what it copies. */
#define CONTENT_COPY_AROUND 512u

#endif
