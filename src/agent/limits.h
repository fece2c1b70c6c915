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
/* Bytes of a rule about paths, and nodes of a contact that it is said for: what the node takes. */
#define AGENT_PATH_MAX 64u
#define AGENT_PATH_NODES 4u
/* Bytes of one right of a client: a word and a PID. */
#define AGENT_RIGHT_MAX 64u
/* Bytes of a client's rights. */
#define AGENT_RIGHTS_MAX 4096u
/* Programs that may speak to the agent. */
#define AGENT_CLIENTS_MAX 64u
/* Events kept for who comes back, and for how many milliseconds (seams.md). */
#define AGENT_EVENTS_MAX 10000u
#define AGENT_EVENTS_MS (24u * 3600u * 1000u)

/* ---- pages of answers (seams.md; AG-41) ---- */
#define AGENT_LIMIT_DEFAULT 50u
#define AGENT_LIMIT_MAX 500u
/* Bytes of texts and rests in one page: a frame has 1 MiB. */
#define AGENT_PAGE_BYTES (900u * 1024u)
/* Bytes and words of what is searched for; more words are refused. */
#define AGENT_QUERY_MAX 1024u
#define AGENT_QUERY_WORDS 32u
/* Words around what was found. */
#define AGENT_SNIPPET_WORDS 12

/* ---- backups ---- */
/* Pages copied in one turn of the loop: 1 MiB, about 5 ms, so that messages go on. */
#define AGENT_BACKUP_PAGES 256u
/* How often it is told how far it is. */
#define AGENT_BACKUP_TELL (250 * GN_MSEC)

/* Calls of programs to the node that are passed on at once, of AGENT_LINK_CALLS. */
#define AGENT_PASSES 16u

/* ---- the door ---- */
/* Ports that are tried when the first is taken; the last is any free one. */
#define AGENT_DOOR_TRIES 10u
/* Codes that wait at once, and how long: while a browser starts. */
#define AGENT_PAIRS 4u
#define AGENT_PAIR_KEEP (300 * GN_SEC)

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

/* ---- the link to the node ---- */
/* Calls at once: what the node takes of one connection. */
#define AGENT_LINK_CALLS 64u
/* Bytes that it must take at once: an envelope, a file's hashes, a record, with what is around. */
#define AGENT_LINK_FRAME (512u << 10)
/* Between two attempts: at first, and at most, so that a node that was started again is found while
 * a person watches. */
#define AGENT_LINK_WAIT (100 * GN_MSEC)
#define AGENT_LINK_WAIT_MAX (5 * GN_SEC)
/* Between two pings, which find a node that hangs (seams.md). */
#define AGENT_LINK_PING (5 * GN_SEC)
/* Bytes read and written at once. */
#define AGENT_LINK_READ 65536u

/* Between two looks at how the node stands: while it reaches nobody, else. */
#define AGENT_NODE_WAIT (1 * GN_SEC)
#define AGENT_NODE_LOOK (60 * GN_SEC)

/* ---- what is known of others ---- */
/* People looked up at once: with 8 devices each, half of the link's calls; and those who wait: a
 * screen of chats after a start. */
#define AGENT_KNOW_LOOKUPS 2u
#define AGENT_KNOW_WAITING 256u
/* Seconds that what a lookup told is told once more for, instead of another lookup. */
#define AGENT_KNOW_KEPT 5u
/* Answers wanted before a record counts as the newest (people.md), and versions that one lookup
 * tells: two places that differ, and one more for a fork. */
#define AGENT_KNOW_QUORUM 4u
#define AGENT_KNOW_VERSIONS 3u

/* ---- own records in the network ---- */
/* Records kept published: the identity and prekeys at two places each, a front box at two, private
 * boxes of the last 31 days, groups. */
#define AGENT_PUBLISH_PLACES 64u
/* Put again after that long although enough nodes signed; and when too few did, after the first
 * wait, which doubles up to it. */
#define AGENT_PUBLISH_AGAIN (3600 * GN_SEC)
#define AGENT_PUBLISH_WAIT (1 * GN_SEC)
/* The part of its ttl after which a record is made anew: a half, as prekeys have it (people.md). */
#define AGENT_PUBLISH_RENEW 2u

/* That the machine's clock may differ from the node's, and that ours may be behind. */
#define AGENT_CLOCK_STEP (120 * GN_SEC)
/* Seconds that what was made here may lie ahead, for the clock was set back a little. */
#define AGENT_CLOCK_SLACK 3600u

/* ---- own boxes and records ---- */
/* Hashes tried in one turn of the loop: some 10 ms. */
#define AGENT_WORK_TRIES 20000u
/* Bits of a stranger's work that we do when others have done more: 16 times as much. */
#define AGENT_WORK_MOST 24u
/* Seconds that records hold: a descriptor, an identity; that a device is listed (people.md). */
#define AGENT_BOX_TTL (30u * 86400u)
#define AGENT_IDENTITY_TTL (30u * 86400u)
#define AGENT_DEVICE_TTL (400u * 86400u)
/* Of a certificate: seconds, and what may lie untaken under it: a quarter of a private box. */
#define AGENT_CERTIFICATE_TTL (31u * 86400u)
#define AGENT_CERTIFICATE_ITEMS 250u
#define AGENT_CERTIFICATE_KIB 4096u
/* Seconds that a private box is in use (people.md), and that one of before is read: as long as a
 * certificate for it may last. */
#define AGENT_PRIVATE_TTL (7u * 86400u)
#define AGENT_BEFORE_TTL (31u * 86400u)
/* Those of before: five weeks of private ones, and those that devices and refused keys cost; the
 * one that ends first gives way. */
#define AGENT_BOXES_BEFORE 16u
/* Contacts in one turn that are looked at whether they know our box: 2 ms each to tell. */
#define AGENT_TELL_AT_ONCE 8u
/* Seconds: prekeys are made anew after use, at most so often; `last` is replaced, and its private
 * half kept; the others' halves go so long after a record without them was signed (people.md). */
#define AGENT_PREKEYS_AGAIN 3600u
#define AGENT_LAST_TTL (7u * 86400u)
#define AGENT_LAST_KEPT (31u * 86400u)
#define AGENT_FEW_KEPT 86400u
/* Private halves that wait for their end: as many as e2ee keeps. */
#define AGENT_HALVES_MAX 160u
/* Keys of messages that never came are thrown away (e2ee.h). */
#define AGENT_EXPIRE_EVERY (86400 * GN_SEC)
/* The own identity is looked at hourly (people.md); and after an error, or a full queue. */
#define AGENT_IDENTITY_LOOK (3600 * GN_SEC)
#define AGENT_IDENTITY_RETRY (5 * GN_SEC)

/* Whose request was accepted is looked up again after this, doubled up to the second. */
#define AGENT_CLAIM_WAIT (500 * GN_MSEC)
#define AGENT_CLAIM_WAIT_MAX (300 * GN_SEC)
/* What the person who accepted waits for it: less than a call's deadline. */
#define AGENT_CLAIM_SHOWN (8 * GN_SEC)

/* ---- sending ---- */
/* Deposits at once, and rows of the outbox looked at together: more than wait in deposits. */
#define AGENT_DEPOSITS 16u
#define AGENT_POST_AT_ONCE 48u
/* Between two looks at the outbox. */
#define AGENT_POST_LOOK (50 * GN_MSEC)
/* Milliseconds before it is tried again, doubled up to the second. */
#define AGENT_POST_WAIT_MS UINT64_C(500)
#define AGENT_POST_WAIT_MAX_MS UINT64_C(300000)
/* Milliseconds that a deposit steps back when its box has its share of the places: new ones, and
 * those that were tried already, of which a box that nobody answers for may have thousands. */
#define AGENT_STEP_BACK_MS 250u
#define AGENT_STEP_BACK_AGAIN_MS 30000u
/* Tries of what does not last, as receipts, five minutes apart: a day. */
#define AGENT_PASSING_TRIES 300u
/* Milliseconds of one deposit, all holders asked. */
#define AGENT_DEPOSIT_MS 60000u

/* ---- jobs ---- */

/* seconds of a lease, and of the shortest: renewed when a quarter of it is over, given up when a
 * program has said nothing for half of it; deliveries before a job is dead */
#define AGENT_JOB_LEASE 30u
#define AGENT_JOB_LEASE_MIN 5u
#define AGENT_JOB_DELIVERIES 3u
/* seconds that a job and what became of it stay: two weeks */
#define AGENT_JOB_TTL (14u * 86400u)
/* items that may wait at once: a quarter of a queue */
#define AGENT_JOB_ITEMS 2500u
#define AGENT_JOB_KIB 16384u
/* milliseconds that a program may wait for one */
#define AGENT_JOB_WAIT_MS 60000u
/* of the places below a program with a secret of its own has this part at most (AG-114) */
#define AGENT_PROGRAM_PART 4u
/* programs that work, or wait, at once */
#define AGENT_TASKS 16u
/* listings at once; jobs of one; the wait for holders that are slow, and for all of it */
#define AGENT_LISTINGS 4u
#define AGENT_LISTED 500u
#define AGENT_LIST_MORE (500 * GN_MSEC)
#define AGENT_LIST_WAIT (8 * GN_SEC)
/* seconds that a worker is let in, at most */
#define AGENT_GRANT_MAX (400u * 86400u)
/* Custodies that mean stored (people.md). */
#define AGENT_STORED 3u
/* Custodies kept of one item: those of both places of a front box, with the two nodes beyond. */
#define AGENT_CUSTODIES_MAX 24u
/* Milliseconds between two questions what the holders have, after the first custodies; while it
 * cannot be asked; and for which custodies are kept after they are over. */
#define AGENT_HELD_CHECK_MS UINT64_C(3600000)
#define AGENT_HELD_WAIT_MS UINT64_C(60000)
#define AGENT_PROOF_MS (UINT64_C(30) * 86400u * 1000u)
/* Unix seconds: no custody is taken at its word for longer than some 30 years. */
#define AGENT_CUSTODY_END UINT64_C(3000000000)
/* Envelopes of one message that are under way: to a box, to the front box, anew; with some more. */
#define AGENT_OF_ONE_MAX 8u
/* Milliseconds for which its receiver is there and has not receipted it: its holders may lie. */
#define AGENT_PRESENT_MS UINT64_C(600000)
/* Questions at once; people, and devices, of whom it is known when they were heard of. */
#define AGENT_CHECKS 8u
#define AGENT_HEARD 256u
/* Seconds between two new set-ups with a device that cannot open what we write (people.md). */
#define AGENT_ANEW_AGAIN 3600u
/* Looks for the prekeys of one with which a session begins anew, doubled from AGENT_POST_WAIT_MS:
 * 15 seconds, then it is written to with those that are known. */
#define AGENT_LOOK_TRIES 5u
/* Looks at whether new prekeys came, doubled from AGENT_POST_WAIT_MS: some four minutes. */
#define AGENT_AGAIN_TRIES 9u
/* Seconds that an item may lie in a private box, in a front box. */
#define AGENT_ITEM_TTL (30u * 86400u)
#define AGENT_FRONT_TTL (7u * 86400u)
/* Seconds that are left of one, at least, for it to be deposited (BX-5). */
#define AGENT_ITEM_TTL_MIN 60u
/* Milliseconds for which it is known what was written into an item. */
#define AGENT_WRITTEN_MS (UINT64_C(30) * 86400u * 1000u)

/* ---- receiving ---- */
/* Items that wait, tried together; and how often who was not found is looked for. */
#define AGENT_WAITING_AT_ONCE 64u
/* Of them in one box, past which any of them goes: honest holders have no more, 300 of strangers
 * and 250 of a contact; those who invent items fill no disk. */
#define AGENT_WAITING_MAX 600u
/* Acknowledgements that wait for a call; past it the box is followed anew. */
#define AGENT_TAKES 1024u
/* Calls of the link that are left to others meanwhile. */
#define AGENT_TAKES_LEAVE 24u
#define AGENT_WAITING_LOOK (600 * GN_SEC)
/* Items that a session's header opens and no key: each may cost 41 ms of hashing (e2ee, EE-28), so
 * of one deposit key so many are read in that time, and the rest wait; and deposit keys of which
 * that is known. */
#define AGENT_UNOPENED_MAX 16u
#define AGENT_UNOPENED_WAIT (600 * GN_SEC)
#define AGENT_BUDGETS 64u
/* Boxes followed while locked, items counted, and bytes of them kept in memory: a day's, so that
 * they are there at once when it is opened. */
#define AGENT_LOCKED_BOXES 20u
#define AGENT_LOCKED_ITEMS 2000u
#define AGENT_LOCKED_BYTES (4u << 20)
/* Before a box is followed again. */
#define AGENT_FOLLOW_WAIT (2 * GN_SEC)
/* Strangers whose item waits that are shown at once. */
#define AGENT_CLAIMS 512u

/* ---- files ---- */
/* Files on their way at once, as many that are fetched, and how many of either one client has: each
 * costs 2 MiB at most. */
#define AGENT_FILES 8u
#define AGENT_FILES_CLIENT 4u
/* Blocks of one file between its client and the node: one is filled while the other is stored. */
#define AGENT_FILE_SLOTS 2u
/* Nodes that keep a block, and seconds (people.md). */
#define AGENT_FILE_COPIES 3u
#define AGENT_FILE_TTL (30u * 86400u)
/* Before the node is asked again: at first, and at most. */
#define AGENT_FILE_WAIT (500 * GN_MSEC)
#define AGENT_FILE_WAIT_MAX (300 * GN_SEC)
/* The same while a client waits, whose call ends when nothing moves for 30 s. */
#define AGENT_FILE_WAIT_NODE (2 * GN_SEC)
/* Milliseconds after which what nobody goes on with is forgotten, and how often that is looked
 * for. */
#define AGENT_FILE_KEPT_MS (UINT64_C(7) * 86400u * 1000u)
#define AGENT_FILE_LOOK (3600 * GN_SEC)
/* Between two words of how far it is. */
#define AGENT_FILE_TELL (250 * GN_MSEC)
/* Bytes above which a file of somebody else is given only to who says that they want it. */
#define AGENT_FILE_LARGE (UINT64_C(100) << 20)
/* Bytes of a preview (people.md), and files that one answer lists. */
#define AGENT_FILE_PREVIEW 4096u
#define AGENT_FILES_LISTED 100u
/* Bytes that come from the node and were not opened yet: a stream's window. */
#define AGENT_FILE_WINDOW (256u << 10)

/* ---- calls ---- */
/* Events that are kept for who comes back, and their bytes (seams.md). */
#define AGENT_TOLD_COUNT 10000u
#define AGENT_TOLD_BYTES (8u << 20)
#define AGENT_TOLD_KEEP (24 * 3600 * GN_SEC)
/* Cursors that are kept back at once, so that one that was told is never taken again; after a kill
 * so many are skipped at most. */
#define AGENT_TOLD_AHEAD 64u
/* Milliseconds between two times that it is written down when a client was here. */
#define AGENT_SEEN_MS 3600000u
/* What persons are asked at once, and for how long an answer counts. */
#define AGENT_APPROVALS_MAX 8u
#define AGENT_APPROVAL_KEEP (300 * GN_SEC)
/* Bytes of a call's JSON: a text of 16 KiB, escaped. */
#define AGENT_BODY (256u << 10)
/* Milliseconds that a message may be overtaken before its absence is shown. */
#define AGENT_GAP_SHOWN_MS UINT64_C(10000)
/* Bytes of a preview that stands in a message; larger ones are asked for (seams.md). */
#define AGENT_PREVIEW 1024u
/* Chats in one answer. */
#define AGENT_CHATS_MAX 200u
/* Bytes of them above which what was said last is left out: 16 KiB each, and a frame has 1 MiB. */
#define AGENT_CHATS_BYTES (640u << 10)
/* Seconds that an invite is open when nobody says so. */
#define AGENT_INVITE_TTL (7u * 86400u)
/* Bytes of a runtime directory's path: a socket's path has 107. */
#define AGENT_RUNTIME_MAX 86u
/* Of a node that is the machine's service. */
#define AGENT_SERVICE_SOCKET "/run/geonet/app.sock"

/* ---- presence ---- */
/* Seconds that a topic is used (people.md: weekly), and its record's ttl, renewed at its half. */
#define AGENT_PRESENCE_TOPIC (7u * 86400u)
#define AGENT_PRESENCE_TTL (2u * 86400u)
/* Messages a second that its roots take: one (PE-82), and the last of a topic that is left. */
#define AGENT_PRESENCE_RATE 2u
/* Until a topic that could not be followed is tried again: the node looks it up each time. */
#define AGENT_PRESENCE_AGAIN (5 * GN_SEC)
/* Programs that follow it: each costs a person's table for each change. */
#define AGENT_PRESENCE_WATCHERS 16u

/* ---- wallet ---- */
/* Hubs that one person is at. */
#define AGENT_WALLET_HUBS 8u
/* What waits for its turn at one hub. */
#define AGENT_WALLET_WAITING 16u
/* Quotes that may still be signed, and for how long. */
#define AGENT_WALLET_QUOTES 32u
#define AGENT_WALLET_QUOTE_KEEP (600 * GN_SEC)
/* Acts whose outcome is not known yet; and others that are kept, so that a repeat does nothing. */
#define AGENT_WALLET_OPEN 32u
#define AGENT_WALLET_KEPT 200u
/* Bytes of all answers of a hub to one piece of work, and seconds for one of them. */
#define AGENT_WALLET_ANSWERS (4u << 20)
#define AGENT_WALLET_ANSWER_S 30u
/* Pages of 200 lines, and of questions, that are read. */
#define AGENT_WALLET_PAGES 5u
/* Payments that are kept for reading without the hub. */
#define AGENT_WALLET_PAYMENTS 100u
/* Lines in the way that are shown. */
#define AGENT_WALLET_CUT 8u
/* Between two looks at a hub; before an act, or a look, that failed is tried again, doubled to. */
#define AGENT_WALLET_LOOK (30 * GN_SEC)
#define AGENT_WALLET_AGAIN (1 * GN_SEC)
#define AGENT_WALLET_AGAIN_MAX (300 * GN_SEC)

/* ---- all of it ---- */
/* Bytes of sessions and people: 10,000 contacts of 4 KiB, as many sessions. */
#define AGENT_MEMORY (256u << 20)

#endif
