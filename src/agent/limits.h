/* Every bound of the module: unit and reason. Tests take each one at the limit and one past it. */
#ifndef GN_AGENT_LIMITS_H
#define GN_AGENT_LIMITS_H

/* ---- vault ---- */
/* Bytes of a passphrase: what a key file takes (crypto). */
#define AGENT_PASSPHRASE_MAX 1024u
/* Wrong passphrases that cost no waiting: a person mistypes. */
#define AGENT_TRIES_FREE 3u
/* Milliseconds to wait after the next wrong one; doubled by each further one. */
#define AGENT_DELAY_FIRST_MS 1000u
/* Milliseconds it grows to: who forgot theirs must be able to try, who guesses gets 288 a day. */
#define AGENT_DELAY_MAX_MS 300000u
/* Milliseconds that the identity's key stays open for what a person just allowed. */
#define AGENT_IDENTITY_MS 60000u
/* Boxes that a locked agent follows: front, private ones of the last 31 days, groups. */
#define AGENT_BOXES_MAX 256u

/* ---- the sealed file ---- */
/* Bytes of a page, the same in every store, so that a page is known by its place. */
#define AGENT_PAGE 4096u
/* Bytes at a page's end that are ours: tag 16, nonce 12, mark 4. */
#define AGENT_PAGE_RESERVED 32u
/* Pages looked at to tell a wrong key from a damaged file. */
#define AGENT_PAGES_TRIED 8u

/* ---- rows ---- */
/* Bytes of one text: what one envelope carries. */
#define AGENT_TEXT_MAX 61440u
/* Bytes of the rest of a message, a contact, a chat, an entry of the outbox, an item. */
#define AGENT_BYTES_MAX 262144u
/* Bytes of a row of e2ee: skipped keys and the rows of a big address book. */
#define AGENT_ROW_MAX (16u << 20)
/* Bytes of a name: of a contact, a client, a setting. */
#define AGENT_NAME_MAX 256u
/* Bytes of a client's rights. */
#define AGENT_RIGHTS_MAX 4096u
/* Programs that may speak to the agent. */
#define AGENT_CLIENTS_MAX 64u
/* Events kept for who comes back, and for how many milliseconds (seams.md). */
#define AGENT_EVENTS_MAX 10000u
#define AGENT_EVENTS_MS (24u * 3600u * 1000u)

/* ---- pages of answers (seams.md) ---- */
#define AGENT_LIMIT_DEFAULT 50u
#define AGENT_LIMIT_MAX 500u
/* Bytes of texts and rests in one page: a frame has 1 MiB. */
#define AGENT_PAGE_BYTES (900u * 1024u)
/* Bytes and words of what is searched for; more words are refused. */
#define AGENT_QUERY_MAX 1024u
#define AGENT_QUERY_WORDS 32u
/* Words around what was found. */
#define AGENT_SNIPPET_WORDS 12

/* ---- work ---- */
/* Milliseconds that a statement waits for another connection of this process. */
#define AGENT_BUSY_MS 5000
/* Statements prepared once and kept. */
#define AGENT_STATEMENTS_MAX 96u
/* Bytes of pages kept in memory, of an agent that is to have less than 30 MB. */
#define AGENT_CACHE_KIB 4096
/* Pages of WAL after which they go to the file. */
#define AGENT_CHECKPOINT_PAGES 1000
/* Bytes that the WAL is cut to afterwards. */
#define AGENT_WAL_KEPT (8u << 20)

#endif
