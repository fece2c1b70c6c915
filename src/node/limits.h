/* Bounds of the node's own tables (the engines have theirs). */
#ifndef GN_NODE_LIMITS_H
#define GN_NODE_LIMITS_H

/* bytes of one message between nodes: a chunk, its proof, framing */
#define GN_NODE_MESSAGE (72u * 1024)
#define GN_NODE_PEERS 8192u
/* an unneeded session is closed after so long without a message */
#define GN_NODE_SESSION_IDLE (30 * GN_SEC)

/* ---- time ---- */
/* for goodbyes: each session's last packet leaves, and once more if it was lost */
#define GN_NODE_GOODBYE (300 * GN_MSEC)
#define GN_NODE_STOP_MAX (3 * GN_SEC) /* for the last writes: who stops a machine waits no longer */
/* between packets of a quiet session: bindings of NATs last 30 s and more (RFC 4787, REQ-5) */
#define GN_NODE_KEEP_ALIVE (20 * GN_SEC)
/* where it was measured how long they last: 0.7 of that, but */
#define GN_NODE_KEEP_MIN (15 * GN_SEC)
#define GN_NODE_KEEP_MAX (120 * GN_SEC)
#define GN_NODE_LIFETIMES 16u /* networks: home, work, phone, and where one was lately */
#define GN_NODE_LIFETIME_SOON (60 * GN_SEC) /* after the network is known: what it is comes first */
#define GN_NODE_LIFETIME_AGAIN (1800 * GN_SEC)
#define GN_NODE_LIFETIME_EVERY (86400 * GN_SEC)
/* nothing comes in a session that is wanted: another is begun, in case its peer began anew */
#define GN_NODE_SILENT (5 * GN_SEC)
/* the same where a tunnel waits: another path has had a round trip to answer */
#define GN_NODE_SILENT_TUNNEL (100 * GN_MSEC)
#define GN_NODE_GREET (250 * GN_MSEC) /* between pings of all relays, because something is silent */
/* between two tries of another session's way: as long as a path is tried */
#define GN_NODE_GIVE_AGAIN (2 * GN_SEC)
#define GN_NODE_SILENT_AGAIN (60 * GN_SEC)
#define GN_NODE_UNUSED (15 * GN_SEC) /* a session without a message that was of use */
/* a small message that waits so long is asked for again by who needs it */
#define GN_NODE_DATAGRAM_LIFE (2 * GN_SEC)
/* between looks at who is late or stalled; the rates are of seconds */
#define GN_NODE_SWEEP (1 * GN_SEC)
/* a circuit or connection after its last session's end, so that the peer hears of that */
#define GN_NODE_LINK_LEAVES (1 * GN_SEC)
#define GN_NODE_SWEEP_IDLE (5 * GN_SEC) /* the same while nothing is unfinished: idle sessions */

/* ---- ways (reach.md RE-13, RE-30) ---- */
#define GN_NODE_LINKS 1024u    /* circuits: as many as the relay's engine holds */
#define GN_NODE_CARRIERS 1024u /* connections: as many as net takes (WSS_CONNECTIONS) */
#define GN_NODE_BEGINS 16u     /* wss:// to begin at: as many as places to begin at */
/* without a session over UDP: then a connection is dialled */
#define GN_NODE_CARRIER_ALONE (3 * GN_SEC)
#define GN_NODE_CARRIERS_OPEN 2u /* to others' urls begun at: as many as homes */
#define GN_NODE_URLS 4u          /* others' that are kept to begin at: each may be gone one day */
#define GN_NODE_URL_FAILURES 3u  /* in a row: then it is forgotten */
#define GN_NODE_URL_CALLS 8u     /* connections to peers being dialled: TLS costs both 1 ms */
/* records of linked nodes are looked up for their urls: after the start, so far apart, and at most
 * so far when none is to be had */
#define GN_NODE_URLS_FIRST (10 * GN_SEC)
#define GN_NODE_URLS_EVERY (60 * GN_SEC)
#define GN_NODE_URLS_LAST (1800 * GN_SEC)
#define GN_NODE_UDP_AGAIN (60 * GN_SEC) /* between tries of UDP while on a connection (RE-45) */
#define GN_NODE_UDP_TRIES 32u           /* sessions that try it at a time, four packets each */
/* a connection by which no session goes is closed: a handshake's time */
#define GN_NODE_CARRIER_UNUSED (15 * GN_SEC)
#define GN_NODE_QUIC_ROUNDS 64u    /* packets of QUIC sent in a turn: the rest in the next */
#define GN_NODE_CARRIER_PREFIX 16u /* bytes that a carrier may want before a packet */
#define GN_NODE_GUESSES 16u        /* paths found by guessing ports, each by a socket of its own */
#define GN_NODE_CALLS 512u         /* circuits of them that others opened: half is for our own */
#define GN_NODE_ASKED 64u          /* circuits that relays are asked for at a time */
#define GN_NODE_CALL_MIN 1000u     /* bytes of a packet that may begin a session */
/* until a key is proven by who calls: jet's handshake timeout and a half */
#define GN_NODE_CALL_PROOF (15 * GN_SEC)
/* without a packet: three keep-alives (GN_NODE_KEEP_ALIVE) */
#define GN_NODE_CIRCUIT_IDLE (75 * GN_SEC)
/* A circuit lets so many bytes a second through, or is none (RE-33); and of its burst so many are
 * left for what both ends have under way at once. */
#define GN_NODE_CIRCUIT_RATE 1024u
#define GN_NODE_CIRCUIT_SPARE (4u << 10)
#define GN_NODE_JUDGE GN_SEC              /* between looks at how circuits do, */
#define GN_NODE_JUDGE_SILENT (GN_SEC / 4) /* while one is silent and another is not */
/* circuits that stand by: of the half for our own a half; looks at who wants one; and after a try
 * that brought none */
#define GN_NODE_SPARES 256u
#define GN_NODE_SPARE_LOOK GN_SEC
#define GN_NODE_SPARE_AGAIN (30 * GN_SEC)
/* A circuit with more has bulk: what the commons give (RE-33), since a relay may say anything. Much
 * waits for so long before one is asked for; and after all relays refused, twice as long each time
 * up to: */
#define GN_NODE_CIRCUIT_SMALL ((64u << 10) - 1)
#define GN_NODE_BULK_AFTER (2 * GN_SEC)
#define GN_NODE_BULK_AGAIN (60 * GN_SEC)
#define GN_NODE_BULK_ROUNDS 3 /* doublings: 8 minutes */
/* seconds that a token is given on for, to a relay before the one that it is of: it could use it,
 * too, and nobody chose it but for where it leads */
#define GN_NODE_RIGHT_GIVEN 3600u
#define GN_NODE_RIGHTS_TEXT 65536u /* bytes of the file of tokens for relays: some sixty */
/* pairs of a relay and a peer with whom it went badly there, for how long each counts; as long as
 * a bad relay is left; the oldest gives way */
#define GN_NODE_BLAMES 64u
#define GN_NODE_BLAMED_FOR (3600 * GN_SEC)
#define GN_NODE_RELAYED_MTU 1443u /* bytes of a datagram in a relayed packet (RE-30) */
/* a session by which something was relayed so long ago is still in use: a circuit's idle time */
#define GN_NODE_RELAYED_LIFE (60 * GN_SEC)
#define GN_NODE_TRIES 8u            /* that one dial has under way, addresses and circuits */
#define GN_NODE_RELAYS 2u           /* asked for a circuit to a peer whose homes are not known */
#define GN_NODE_HOMES 2u            /* of a node: relays where it has a place (RE-35) */
#define GN_NODE_HOME_CANDIDATES 64u /* linked peers that are compared */
#define GN_NODE_OWN_RECORD 2048u    /* bytes of the own record */
#define GN_NODE_BARRED 8u           /* relays remembered that refused a place */
#define GN_NODE_BARRED_FOR (600 * GN_SEC)
#define GN_NODE_FINDS 64u                    /* node records looked up at a time */
#define GN_NODE_FIND_TIME (3 * GN_SEC)       /* then it is there, or nowhere */
#define GN_NODE_HOMES_LOOK (5 * GN_SEC)      /* between looks at who could be a home */
#define GN_NODE_RECORD_EVERY (60 * GN_SEC)   /* the own record is put at most twice */
#define GN_NODE_RECORD_SETTLE (1 * GN_SEC)   /* after a change */
#define GN_NODE_RECORD_FIRST (10 * GN_SEC)   /* after the start, where a url is told */
#define GN_NODE_RECORD_AGAIN (1500 * GN_SEC) /* and anew, though nothing has changed */
#define GN_NODE_DIAL_NEXT (250 * GN_MSEC)    /* from one address to the next */
/* to the first relay, for a peer of which nothing says that it is behind a NAT */
#define GN_NODE_DIAL_RELAY (1 * GN_SEC)
/* and from there until the peer's relays are asked for through others: a handshake and an OPEN, of
 * which one datagram was lost */
#define GN_NODE_DIAL_CHAIN (3 * GN_SEC)

/* ---- rules about paths (RE-11) ---- */
#define GN_NODE_POLICIES 256u   /* of peers, and as many of contacts: kept in a file of 100 KiB */
#define GN_NODE_POLICY_NODES 4u /* of a contact: whoever names more as theirs could narrow more */
#define GN_NODE_POLICY_TEXT 64  /* bytes of a rule in words, with its end */

/* ---- tunnels (RE-63) ---- */
#define GN_NODE_TUNNELS 512u /* of programs; and as many that others opened: jet's memory of each */
/* that one key opened: 64 of a forward, and some; of one prefix, while half of all are taken */
#define GN_NODE_TUNNELS_KEY 80u
#define GN_NODE_TUNNELS_PREFIX 160u
#define GN_NODE_TUNNEL_HEAD_TIME (10 * GN_SEC) /* for a head, of 4.3 KiB at most */
#define GN_NODE_TUNNEL_PATIENCE 15000u         /* ms until a dial is over that says nothing */
#define GN_NODE_TUNNEL_PATIENCE_MAX 60000u     /* whatever it says */
#define GN_NODE_TUNNEL_TRY GN_SEC              /* between two tries to have a session */
/* without an answer, while another session is up: then it is asked by that one */
#define GN_NODE_TUNNEL_ANEW (3 * GN_SEC)
#define GN_NODE_TUNNEL_STUCK (20 * GN_MSEC) /* until a write that had no memory is tried again */
/* connections that are made for one key, 128 KiB each: as many as a forward has */
#define GN_NODE_FORWARD_CONNS 64u
#define GN_NODE_FORWARD_DIAL (10 * GN_SEC) /* until such a connection is there, its name too */
/* Such a connection ends when nothing at all was said on it for so long, or when one way has ended
 * and nothing goes the other for so long; one that talked may be silent, as ssh is: TCP asks after
 * so long whether the other end is there; how often this is looked at */
#define GN_NODE_FORWARD_MUTE (300 * GN_SEC)
#define GN_NODE_FORWARD_HALF (120 * GN_SEC)
#define GN_NODE_FORWARD_ALIVE 60u /* seconds */
#define GN_NODE_FORWARD_LOOK (10 * GN_SEC)
#define GN_NODE_FORWARD_PIECE 65536u /* bytes of it that are kept, each way */
/* a silent session with a tunnel is kept so long beside another: its paths may come back */
#define GN_NODE_TUNNEL_SILENT (60 * GN_SEC)
/* ---- fresh sessions (fresh.h, RE-55) ---- */
/* contexts: what a person follows, and writes to in an hour; a user who does not own the node has
 * GN_NODE_USER_PART of them */
#define GN_NODE_FRESH 256u
#define GN_NODE_FRESH_NAMES 1024u /* whose relays of the day before are remembered */
#define GN_NODE_FRESH_PEERS 128u  /* sessions of one: ten for each box that shares it */
/* bytes of one: of its ten sessions and what they bring, and of all */
#define GN_NODE_FRESH_MEMORY (16u << 20)
#define GN_NODE_FRESH_MEMORY_ALL (256u << 20)
#define GN_NODE_FRESH_ASKED 32u /* circuits asked for at a time, besides the node's own */
#define GN_NODE_FRESH_RELAYS 4u /* of one context; of one day remembered */
#define GN_NODE_FRESH_ENOUGH 8u /* relays that one is drawn from, if there are so many */
#define GN_NODE_FRESH_LEFT 8u   /* relays that failed, remembered for: */
#define GN_NODE_FRESH_LEFT_FOR (600 * GN_SEC)
#define GN_NODE_FRESH_TRIES 4u /* relays that are tried for one node */
/* OPEN, OPENED and a handshake over two legs: three round trips; then the next relay is tried, the
 * third before who asks has given up (box.md BX-30) */
#define GN_NODE_FRESH_TRY (3 * GN_SEC)
#define GN_NODE_FRESH_AGAIN (200 * GN_MSEC) /* while GN_NODE_FRESH_ASKED are asked for */
/* a session in which nothing is said: longer than a watch or a lease waits for its renewal */
#define GN_NODE_FRESH_QUIET (75 * GN_SEC)
#define GN_NODE_FRESH_IDLE (120 * GN_SEC) /* a context in which nothing runs */
#define GN_NODE_FRESH_OLD (3600 * GN_SEC) /* it goes on after its day */
#define GN_NODE_FRESH_SHIFT 21600u        /* seconds after 00:00 UTC, at most, that a day begins */
#define GN_NODE_FRESH_LOOK (5 * GN_SEC)
#define GN_NODE_MIXED                                                                              \
	8u /* one linked peer of so many, of a release before, makes a mixed network */
/* topics that are followed: eight people's contacts; a user who does not own the node has
 * GN_NODE_USER_PART of them */
#define GN_NODE_FRESH_TOPICS 128u
#define GN_NODE_FRESH_BOTH (10 * GN_SEC) /* two days hear one: what is on its way comes */
/* messages of one that are remembered: as many as a root has values */
#define GN_NODE_FRESH_TOLD 256u
#define GN_NODE_FRESH_QUEUE 64u           /* messages that wait for one node, */
#define GN_NODE_FRESH_QUEUED (512u << 10) /* and their bytes */
#define GN_NODE_FRESH_INBOUND 32u         /* unfinished ones of one node */

/* ---- memory of each engine, bytes: what its own limits come to, and a quarter more ---- */
#define GN_NODE_MEMORY_JET (512u << 20) /* sessions with their windows */
#define GN_NODE_MEMORY_OVERLAY (256u << 20)
#define GN_NODE_MEMORY_KV (128u << 20) /* the index of a million records */
#define GN_NODE_MEMORY_BLOCKS (256u << 20)
#define GN_NODE_MEMORY_SERVICES (256u << 20) /* chunks that are read ahead, manifests */
#define GN_NODE_COST_CHECK 60                /* an Ed25519 signature checked */
#define GN_NODE_COST_KIB_DAY 1               /* a KiB of an item kept for a day */
/* units a second that deposits under one certificate or token may cost, and seconds of them at
 * once: ten of 1 KiB for a month a second, 200 at once; in a group's box or a queue ten times so */
#define GN_NODE_TOKEN_RATE 2000u
#define GN_NODE_TOKEN_RATE_MANY 20000u
#define GN_NODE_TOKEN_BURST (20 * GN_SEC)
/* Of all strangers together who come by one relay: an eighth of what a key may, and as long at once
 * (guard.md GU-10). */
#define GN_NODE_RELAYED_RATE 12500u
#define GN_NODE_RELAYED_BURST (5 * GN_SEC)
#define GN_NODE_MEMORY_BOX_LOG (64u << 20) /* the index of 300,000 values */
#define GN_NODE_MEMORY_BUS (128u << 20)    /* messages of others, leases, copies on their way */
/* of what app/1 begins that lasts, boxes followed and worked at: one user's part (AP-14) */
#define GN_NODE_USER_PART 4u
#define GN_NODE_TOPIC_FILTERS 64        /* of one subscription over app/1 */
#define GN_NODE_MEMORY_BOX (192u << 20) /* an index of 200,000 items, descriptors, answers */
/* values in the log of boxes: items, and as many acknowledgements */
#define GN_NODE_BOX_ENTRIES 300000
#define GN_NODE_BOX_LOG_MIN (64u << 20)    /* bytes of that log besides the items */
#define GN_NODE_MEMORY_RELAY (32u << 20)   /* circuits, lanes, accounts */
#define GN_NODE_MEMORY_DIALBACK (1u << 20) /* its state, messages */
#define GN_NODE_MEMORY_OWN (64u << 20)     /* peers and their shares */

/* ---- settings ---- */
/* bytes of the data directory's path: a socket's name has 108 with the file in it */
#define GN_NODE_DATA 90u
#define GN_NODE_SOCKET 99u                    /* bytes of the path of the socket for all users */
#define GN_NODE_BOXES_MAX (UINT64_C(1) << 50) /* bytes of items in others' boxes */
#define GN_NODE_STORE_MAX (UINT64_C(1) << 60) /* bytes kept for others: what no disk has */
#define GN_NODE_PROBATION_MAX 86400u          /* seconds: a day's probation is never a server */

/* ---- records held, bytes ---- */
#define GN_NODE_RECORDS_MIN (UINT64_C(1) << 20)
/* 12 million places: their index is 4 GB of memory */
#define GN_NODE_RECORDS_MAX (UINT64_C(1) << 37)
/* what each counts for at least: 100,000 of them are 1 GiB */
#define GN_NODE_RECORD_PLACE 10737u

/* ---- messages that wait to leave, bytes (NO-14) ---- */
#define GN_NODE_QUEUES_BYTES (128u << 20) /* for all peers */
#define GN_NODE_QUEUES_PREFIX (16u << 20) /* for those of one prefix, while the above is crowded */
/* for one peer: 16 chunks being spread to it, and as much again */
#define GN_NODE_QUEUE_BYTES (2u << 20)
#define GN_NODE_QUEUE_COUNT 1024u /* messages for one peer */
#define GN_NODE_QUEUE_EACH 128u   /* counted for each message besides its bytes */
/* in which one whole message must leave, not counting ... */
#define GN_NODE_QUEUE_STALL (20 * GN_SEC)
/* ... the time in which so many bytes a second do: 64 kbit/s among eight */
#define GN_NODE_LINE_RATE 1024u

/* ---- messages that come and are not whole, bytes (NO-13) ---- */
#define GN_NODE_INBOUND_BYTES (48u << 20)
/* of one peer: the 32 chunks it may be asked for, and as much again */
#define GN_NODE_INBOUND_KEY (4u << 20)
#define GN_NODE_INBOUND_PREFIX (6u << 20) /* of one prefix, while the whole is crowded */
/* counted for each message besides its bytes: its stream's state */
#define GN_NODE_INBOUND_EACH 1024u
/* before a session's rate is asked for: lost packets on a long path */
#define GN_NODE_INBOUND_GRACE (4 * GN_SEC)
/* bytes a second that the session must bring after that */
#define GN_NODE_INBOUND_RATE 16384u
/* after the grace, for a message in all, not counting the time in */
#define GN_NODE_INBOUND_TIME (30 * GN_SEC)
/* which it brings GN_NODE_LINE_RATE or its session so many bytes a second */
#define GN_NODE_INBOUND_SESSION 8192u
#define GN_NODE_INBOUND_LIFE (300 * GN_SEC) /* after the grace, in any case */

/* ---- work in units of 1 us, charged to whoever caused it ---- */
#define GN_NODE_COST_BAD 50u    /* a message that does not parse */
#define GN_NODE_COST_ASK 30u    /* a small one: its packet and that of the answer */
#define GN_NODE_COST_READ 90u   /* a record looked up and read */
#define GN_NODE_COST_STORE 400u /* a signature checked, a receipt signed, the log written */
/* each KiB begun of a record: received, hashed, copied, written */
#define GN_NODE_COST_STORE_KIB 44u
/* each KiB begun of a record: read, hashed twice or more, copied */
#define GN_NODE_COST_KIB 12u
/* a list of revoked tokens looked up: eight asked, what they answer checked */
#define GN_NODE_COST_LOOKUP 700u
#define GN_NODE_COST_CHUNK 60u      /* a chunk of a file read, hashed, sent */
#define GN_NODE_COST_CHUNK_PUT 100u /* a chunk received, hashed, written */
#define GN_NODE_COST_LIST 20u       /* each 256 bytes of a list of contacts: chosen, built */
#define GN_NODE_COST_CONTACT 10u    /* a contact that a peer's list names or lets go */
#define GN_NODE_COST_REFUSED 1000u  /* a message that was stopped or a queue that was thrown away */

/* ---- the API and the gateway ---- */
#define GN_NODE_BODY (16u << 20) /* bytes of a JSON or record body */
/* seconds until what was refused for want of room is asked again: an operation takes as long */
#define GN_NODE_RETRY_S 5u
/* nobody is turned away because of what a cache has known for longer */
#define GN_NODE_NEW GN_SEC
#define GN_NODE_TARGET 4096u    /* bytes of a request's path and query */
#define GN_NODE_CLOCK_TEXT 192u /* bytes of the sentence about a wrong clock */
#define GN_NODE_LOOKUPS 32u     /* shown on the status page */
#define GN_NODE_STEPS 24u
#define GN_NODE_LOOKUP_SET 8u      /* of those who hold what was looked up */
#define GN_NODE_READERS 64u        /* downloads at once: 1.5 MiB each */
#define GN_NODE_READERS_SMALL 128u /* and small ones: 4 chunks each, 32 MiB */
/* bytes: with its head an answer's queue takes it whole */
#define GN_NODE_READ_SMALL (192u << 10)
/* readers of manifests besides, one for each site being opened */
#define GN_NODE_OPENS 64u
/* ms behind GN_HTTP_ANSWER_RATE: then it gives way to others */
#define GN_NODE_READ_BEHIND 2000u
/* nothing of it came: then it gives way to a site with fewer */
#define GN_NODE_READ_STILL (5 * GN_SEC)
/* for a slot: of 256 connections 8 are left for the API */
#define GN_NODE_READS_WAITING 184u
#define GN_NODE_READ_WAIT (60 * GN_SEC)   /* for a slot */
#define GN_NODE_READ_LOOK (250 * GN_MSEC) /* between looks at who stalls, while others wait */

#define GN_NODE_JOBS 32u        /* disk requests on workers at once: their buffers are memory */
#define GN_NODE_BATCH 64000u    /* bytes of one GSO send */
#define GN_NODE_UDP_ROUNDS 16u  /* receive calls of one turn: the rest waits in the kernel */
#define GN_NODE_PUMP_ROUNDS 64u /* work per turn of the loop before others get theirs */

/* what an answer of app/1 lists: as many as there are holders, and values of an equivocation */
#define GN_NODE_RECEIPTS 24u
#define GN_NODE_VALUES 8u
/* bytes that were read for calls of app/1 and wait for room: the largest manifest, and a chunk for
 * each reader */
#define GN_NODE_RESTS (96u << 20)
/* events kept for who reads slowly: a lookup has 3 KiB */
#define GN_NODE_TOLD 1024u
#define GN_NODE_TOLD_BYTES (1u << 20)
#define GN_NODE_TOLD_KEEP (600 * GN_SEC)
#define GN_NODE_STATUS_EACH GN_SEC /* between two events of the node's status */
#define GN_NODE_DISK_NODES 400u    /* places of nodes in one answer; of more their density alone */
#define GN_NODE_DISK_TICKS 360u    /* parts of the turn that it is said of */
#define GN_NODE_PAGE 50u           /* of a list, when a call says nothing */
#define GN_NODE_PAGE_MAX 500u      /* whatever it says */
#define GN_NODE_COUNTERS 1024u     /* of all engines together */

/* the machine has slept for so long: longer than the clocks' difference ever jumps awake (RE-10) */
#define GN_NODE_SLEPT (5 * GN_SEC)

/* ---- the home router's part (RE-16) ---- */
#define MAP_LEASE 7200u             /* seconds that UPnP is asked for, and believed */
#define MAP_CHILD_TIME (5 * GN_SEC) /* of the process that speaks UPnP: then it is killed */

/* found on this network (RE-44), of the overlay's 32 places to begin at: the owner has 24 */
#define LAN_BOOTSTRAPS 8

/* ---- own addresses (gather.h, RE-15) ---- */
#define GATHER_VOICES 32              /* prefixes whose word on where we are is kept */
#define GATHER_AGREE 2u               /* of these, that must tell an address */
#define GATHER_PORTS 3u               /* that must be known, to tell of how they follow */
#define GATHER_DELTA 64               /* more between them is no step of a box */
#define GATHER_AGE (300 * GN_SEC)     /* what a session said is good for after its end */
#define GATHER_SETTLE (300 * GN_MSEC) /* more follows, when something was told */
#define OFFERS_EVERY (5 * GN_SEC)     /* between two offers to one session: as jet's tries */
#define OFFERS_RETRY (250 * GN_MSEC)  /* of one whose handshake is not confirmed yet */
/* candidates of an offer, so that each kind has room: with the owner's and the router's 9 of
 * 12, the others are of the own network */
#define GATHER_HOSTS 4u
#define GATHER_REFLEXIVE_V4 2u /* where liars agree, too, the true one goes with theirs */
#define GATHER_REFLEXIVE_V6 1u

/* ---- what is given to others (giving.h, RE-64) ---- */
#define GIVING_MONTHS 12u      /* remembered */
#define GIVING_BY 1024u        /* keys and tokens counted by month: 64 bytes each */
#define GIVING_REFUSED 65536u  /* hashes: 4 MiB of memory, and of a file */
#define GIVING_RATE_MIN 16384u /* bytes a second: eight small circuits */
#define GIVING_RATE_MAX (1u << 30)
#define GIVING_MONTH_MIN (UINT64_C(1) << 20) /* bytes */
#define GIVING_MONTH_MAX (UINT64_C(1) << 50)
#define GIVING_MOST (UINT64_C(1) << 56)       /* bytes of a month that a file may say */
#define GIVING_MONTH_LAST (9999u * 12u + 11u) /* of a year with four digits */
#define GIVING_LOOK GN_SEC                    /* between looks at what was given, while any is */
/* between two times that it is written, as other small files: what a node that dies has given since
 * is not counted, at the usual rates 120 MiB */
#define GIVING_SAVE (60 * GN_SEC)
#define GIVING_SHOWN 64u /* keys and tokens in an answer, those with most */

/* ---- a TURN server's address as a way (turn_keep.c, RE-47) ---- */
#define GN_NODE_TURN_LOGIN 512u         /* bytes of the file with our name and password there */
#define GN_NODE_TURN_OPEN (10 * GN_SEC) /* until a line to the server stands */
#define GN_NODE_TURN_LINE_QUEUE 65536u  /* bytes that a line has not taken: more is lost */
#define GN_NODE_TURN_AGAIN_FIRST (5 * GN_SEC) /* after a failure, then twice as late each time, */
#define GN_NODE_TURN_AGAIN_LAST (300 * GN_SEC)
#define GN_NODE_TURN_PEER_IDLE (120 * GN_SEC) /* without a packet a peer's channel is let go */
#define GN_NODE_TURN_PEERS 32u                /* as many as nat's client has channels */
#define GN_NODE_TURN_TOLD 16u       /* of them for addresses that peers tell: half is for our own */
#define GN_NODE_TURN_TOLD_EACH 2u   /* of one peer: what is seen from outside */
#define GN_NODE_TURN_TOLD_PREFIX 4u /* of peers of one prefix, and of those of whom none is known */
#define GN_NODE_TURN_TOLD_WAIT (30 * GN_SEC) /* one of these from where nothing comes is let go */

/* ---- STUN and TURN for others (turn.c) ---- */
#define GN_NODE_TURN_FILE 65536u        /* bytes of the users' file */
#define GN_NODE_TURN_USERS 256u         /* in it: nat's TURN_USERS_MAX */
#define GN_NODE_TURN_PASSWORD 128u      /* bytes of one */
#define GN_NODE_TURN_PORTS 128u         /* of relays to choose from at least: 64, and even ones */
#define GN_NODE_TURN_ROUNDS 8u          /* datagrams of one relay in a turn of the loop */
#define GN_NODE_TURN_LOOK (60 * GN_SEC) /* between looks at our addresses */
/* Who has no allocation may take so many us of CPU a second, 5 % of a core, and as much at
 * once; of one prefix an eighth. Prefixes are counted in so many slots. */
#define GN_NODE_TURN_STRANGERS 50000u
#define GN_NODE_TURN_PREFIX 6250u
#define GN_NODE_TURN_BURST GN_SEC
#define GN_NODE_TURN_SLOTS 256u
/* Bytes a second of one allocation, both ways together, and a second of it at once: 16 Mbit/s, four
 * people seen by a fifth. A datagram counts for 64 bytes more than it has. */
#define GN_NODE_TURN_RATE (2u << 20)
#define GN_NODE_TURN_EACH 64u
/* Connections, each 20 KiB: what TURN has allocations, and strangers; of one prefix as nat has */
#define GN_NODE_TURN_CONNS 96u
#define GN_NODE_TURN_CONNS_PREFIX 16u
#define GN_NODE_TURN_QUEUE 65536u           /* bytes that one has not taken; what follows is lost */
#define GN_NODE_TURN_KERNEL (256 << 10)     /* and in the kernel: 128 ms of the rate */
#define GN_NODE_TURN_STRANGER (15 * GN_SEC) /* without an allocation: then it ends */
#define GN_NODE_TURN_SWEEP (5 * GN_SEC)     /* between looks at these */
#define GN_NODE_TURN_PEM 65536u             /* bytes of a certificate's file, or a key's */

#endif
