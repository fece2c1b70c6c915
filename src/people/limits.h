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

/* ---- a chat: what one contact can make us keep ---- */
/* Devices whose order is followed: 8 on either side. The one heard of longest ago gives way. */
#define PEOPLE_CHAINS_MAX 16u
/* Gaps kept apart; past it two neighbours of one device become one line. 48 bytes each. */
#define PEOPLE_GAPS_MAX 32u
/* Rows of messages that have not come, made by what was said of them: for each side. Past it what
 * is said of such a message is dropped. */
#define PEOPLE_EARLY_MAX 256u
/* Receipts that wait to go as one, and how long the first of them waits. */
#define PEOPLE_RECEIPTS_WAIT (1 * GN_SEC)
/* Messages marked as read, looked after, or expired in one call. */
#define PEOPLE_WORK_MAX 64u
/* Milliseconds after which an own content that no device took is looked after again, and given up
 * (people.md: a private box keeps 30 days). */
#define PEOPLE_CHECK_MS (24u * 3600u * 1000u)
#define PEOPLE_GIVE_UP_MS (UINT64_C(30) * 86400u * 1000u)

/* ---- a device of a contact ---- */
/* One-way traffic after which it gets a sign of life: messages, or time after the first (e2ee). */
#define PEOPLE_HEARD_MAX 50u
#define PEOPLE_HEARD_WAIT (86400 * GN_SEC)
/* Between two resends in one session, asked and answered; who answers is a minute more patient. */
#define PEOPLE_RESEND_WAIT (600 * GN_SEC)
#define PEOPLE_RESEND_SLACK (60 * GN_SEC)

/* ---- people ---- */
/* Strangers whose request was not answered: what a front box holds. The oldest not invited gives
 * way. */
#define PEOPLE_REQUESTS_MAX 500u
/* Seconds between two unanswered requests from one owner key, either way. */
#define PEOPLE_REQUEST_AGAIN (7u * 86400u)
/* Owner keys of before that a contact is still known by. */
#define PEOPLE_KEYS_BEFORE_MAX 4u
/* Open invites: what a box's descriptor lists; uses of one. */
#define PEOPLE_INVITES_MAX 64u
#define PEOPLE_INVITE_USES_MAX 10000u

/* ---- what a call gives ---- */
/* Events, rows and sends of one call: PEOPLE_WORK_MAX messages with what each brings along. */
#define PEOPLE_EVENTS_MAX 512u
#define PEOPLE_ROWS_MAX 512u
#define PEOPLE_SENDS_MAX 256u
/* Bytes of a row of a message without its content; of any other row but a register. */
#define PEOPLE_MESSAGE_ROW_MAX (GN_CONTENT_TEXT_MAX + 1024u)
#define PEOPLE_ROW_MAX 8192u

#endif
