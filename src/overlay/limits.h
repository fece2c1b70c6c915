/* Every bound of the overlay, with its unit and its reason. A drop at a bound moves the counter
 * of the same name. */
#ifndef GN_OVERLAY_LIMITS_H
#define GN_OVERLAY_LIMITS_H

/* clang-format off */

/* ---- messages ---- */
#define GN_OV_VERSION 1                  /* of the message protocol, in HELLO */
#define GN_OV_DATAGRAM_MAX 1100          /* bytes: sent unreliably up to here; 1,200 of a packet
                                            less jet's frame, tag and header */
#define GN_OV_MESSAGE_MAX 73728          /* bytes: a 64 KiB record, its post-quantum signature and
                                            the envelope */
#define GN_OV_REPLY_CONTACTS 10          /* contacts in one answer: those of one address that fit a
                                            datagram; of more addresses fewer do */
#define GN_OV_FIND_CONTACTS 24           /* nodes that a find gives, of several answers; as many of
                                            one answer are read */
#define GN_OV_ALTERNATIVES 3             /* contacts in LINK_NO */
#define GN_OV_DELTA_MAX 96               /* contacts or ids in one DELTA: the degree cap */
#define GN_OV_DIGEST_KEYS 40             /* entries in one DIGEST: one datagram */

#define GN_OV_RELAY_INNER 900            /* bytes of a question through another: a datagram with
                                            what is around it */
#define GN_OV_RELAY_RECORD 820           /* and of the record in a PUT of that length */
#define GN_OV_RELAY_ANSWER 8192          /* bytes of an answer to one: an identity with its
                                            post-quantum keys; longer ones are fetched directly */
#define GN_OV_RELAY_HOPS 2               /* peers that a question may go through */

/* ---- who we know ---- */
#define GN_OV_CONTACTS_MAX 4096          /* contacts remembered; two-hop knowledge at N = 10,000 is
                                            about 2,500 */
#define GN_OV_LINKS_MAX 96               /* open links of capacity class 1 */
#define GN_OV_LINKS_MAX_2 160            /* of class 2 */
#define GN_OV_CLIENTS_MAX 64             /* of these, links of clients that hold no keys */
#define GN_OV_CLIENTS_PREFIX 8           /* of these, from one prefix */
#define GN_OV_CLIENT_STAY (60 * GN_SEC)  /* nobody takes a client's place before: joining takes
                                            seconds */
#define GN_OV_CLIENT_TIME (900 * GN_SEC) /* nor does who began here as a client before that: the
                                            probation and a half */
#define GN_OV_CLIENT_LINKS 4             /* links a client keeps per side */
#define GN_OV_BOOTSTRAPS_MAX 32          /* addresses to begin at */
#define GN_OV_L_MAX 20                   /* leaf set per side */
#define GN_OV_R_MAX 20                   /* replicas */
#define GN_OV_SET_MAX 32                 /* nodes that answer for one key where they lie dense */
#define GN_OV_REGION_MAX 64              /* nodes asked before a record counts as not found */
#define GN_OV_ANNULUS_WANT 2             /* links per side and annulus, class 1 */
#define GN_OV_ANNULUS_CAP 3
#define GN_OV_PREFIX_MAX 2               /* links per address prefix in an annulus; receipts per
                                            prefix that count */
#define GN_OV_TOLD_MAX 384               /* contacts that we have by one node's word alone: four
                                            full lists */
#define GN_OV_TOLD_DIALS 12              /* addresses of these dialled without an answer, one more
                                            for each that answered ... */
#define GN_OV_TOLD_GOOD 24               /* ... up to so many */
#define GN_OV_DIALS_MAX 512              /* addresses remembered that were dialled by another's
                                            word */
#define GN_OV_DIAL_KEYS 3                /* keys that one of them is dialled for: two may be
                                            invented to hide the third */
#define GN_OV_CACHE_KEEP 64              /* contacts kept past their freshness: where healing
                                            begins */

/* ---- work in hand ---- */
#define GN_OV_OPS_MAX 256                /* operations of the owner at once */
#define GN_OV_OPS_CLIENTS 192            /* of these on behalf of others whom the owner serves */
#define GN_OV_OPS_VISITORS 96            /* and for strangers' pages: half of that */
#define GN_OV_CANDS_MAX 128              /* candidates of one lookup */
#define GN_OV_START_CANDS 48             /* own knowledge a lookup starts from */
#define GN_OV_CHOICE 16                  /* the next request goes to one of so many nearest */
#define GN_OV_REQUESTS_MAX 8192          /* unanswered requests */
#define GN_OV_REQUESTS_OTHERS 6144       /* of these such as peers bring about: pushes and offers */
#define GN_OV_REQUEST_KEY_PART 12        /* and of those one peer has at most 1/12: 512, eight times
                                            what it takes at once */
#define GN_OV_REQUEST_PREFIX_PART 4      /* a prefix 1/4, once half is taken */
#define GN_OV_RELAYS_MAX 1024            /* of them that go through us for others */
#define GN_OV_RELAY_KEY_PART 16          /* of these one peer has at most 1/16: 64, what it may ask
                                            in three seconds */
#define GN_OV_RELAY_PREFIX_PART 4        /* a prefix 1/4, once half is taken */
#define GN_OV_JOBS_MAX 512               /* storage requests in flight; above: BUSY */
#define GN_OV_JOB_BYTES_MAX (16u << 20)  /* bytes of records being stored */
#define GN_OV_JOB_KEY_PART 8             /* of both one peer has at most 1/8: 64 jobs, 2 MiB */
#define GN_OV_JOB_PREFIX_PART 4          /* a prefix 1/4, once half is taken */
#define GN_OV_READS_OTHERS 48            /* records being read for peers at once; of the disk's 64
                                            the rest is ours */
#define GN_OV_READ_KEY_PART 6            /* of these one peer has at most 1/6: 8; what is above
                                            waits */
#define GN_OV_READ_PREFIX_PART 3         /* a prefix 1/3, once half is taken */
#define GN_OV_PUSHES_MAX GN_OV_REQUESTS_OTHERS /* records waiting to be pushed: each has a place
                                                  there */
#define GN_OV_PUSH_LOADS 32              /* of these, being read from the disk at once */
#define GN_OV_LEAVING_MAX 32             /* records whose takers are asked for proof at once */
#define GN_OV_MESSAGES_MAX 8192          /* messages not yet taken by the owner */
#define GN_OV_EVENTS_MAX 1024            /* events not yet taken; operations end in one each, so
                                            above the number of operations */
#define GN_OV_STORES_MAX 4096            /* storage requests not yet taken */
#define GN_OV_SPACES 4                   /* kinds of records with a part of the store each */
#define GN_OV_PUTTER_PART 16             /* a node key holds at most 1/16 of the store: 6,250 small
                                            records, 64 MiB */
#define GN_OV_PREFIX_PART 8              /* a prefix 1/8, once three quarters are taken */
#define GN_OV_PUTTERS_MAX 65536          /* node keys, and prefixes, that hold something */
#define GN_OV_ORIGIN_LEN 65              /* bytes behind a stored record: who brought it, and our
                                            tag */
#define GN_OV_WAY_LOOKS 512              /* records looked at for one that gives way: 0.1 ms, where
                                            all would be 20 ms */
#define GN_OV_OWNERS_MAX 100000          /* owners with a quota account */

/* ---- work per call: amplification ---- */
#define GN_OV_TICK_TIMERS 256            /* timers served per tick */
#define GN_OV_RELAY_RATE 20              /* a second, and at once: questions passed on for one peer,
                                            and to one */
#define GN_OV_RELAY_PUTS 8               /* of those to one, PUTs at once: they take of our share in
                                            its store, .. */
#define GN_OV_RELAY_PUT_EVERY (56 * GN_SEC) /* .. and one more each: 64 an hour */
#define GN_OV_REPAIR_RECORDS 512         /* records looked at per tick of the repair pass */
#define GN_OV_OFFERS_MAX 64              /* offers in answer to one "all": 2,560 keys, the rest next
                                            time */
#define GN_OV_FORGET_EVERY (10 * GN_SEC) /* per peer: walking all records because it restarted */
#define GN_OV_SUM_EVERY (30 * GN_SEC)    /* per peer: walking all records for its DIGEST */
#define GN_OV_SUM_ANY (8 * GN_SEC)       /* for whomever: 200 ms at 100,000 records */
#define GN_OV_SUM_NEAR 2                 /* ring neighbours on each side that may ask for it */
#define GN_OV_FLIP_EVERY (10 * GN_SEC)   /* per peer: beginning a link, changing its mode; each
                                            moves members */
#define GN_OV_MOVE_EVERY (600 * GN_SEC)  /* per key: another place; each ends its link and begins
                                            another */
#define GN_OV_FLIPS 4                    /* of them at once */
#define GN_OV_SENDS 4                    /* a lookup asks one of the nearest so often within one
                                            deadline */
#define GN_OV_RELAY_TRIES 2              /* in vain through others: then it is asked itself; one who
                                            passes on is not asked for a while */
#define GN_OV_TRIES 3                    /* PING, LINK, and requests to the nearest: sent so often
                                            before the peer counts as dead */

/* ---- times ---- */
#define GN_OV_DEAD_MIN (250 * GN_MSEC)   /* an answer is waited for at least so long */
#define GN_OV_COLD_MIN (2500 * GN_MSEC)  /* when no session is up: handshake and its retransmission
                                            included */
#define GN_OV_RELAY_MIN (500 * GN_MSEC)  /* through another, who waits so long as the first says
                                            before it tells that it was in vain */
#define GN_OV_RTT_GUESS (100 * GN_MSEC)  /* before anything was measured */
#define GN_OV_HEDGE (30 * GN_MSEC)
#define GN_OV_TOMB (600 * GN_SEC)        /* a dead or lying contact is not tried for so long */
#define GN_OV_DIAL_TIME (10 * GN_SEC)    /* an unproven contact is waited for so long at most; a
                                            dial is one attempt */
#define GN_OV_FORGIVE (3600 * GN_SEC)    /* a teller's debt is halved so often */
#define GN_OV_NEWS (2 * GN_SEC)          /* another's word may be this much older than it says: the
                                            way here */
#define GN_OV_FRESH_PINGS 5              /* long ping periods that a contact stays a candidate after
                                            somebody heard it: 15 min */
#define GN_OV_FORGET (86400 * GN_SEC)    /* and is forgotten after this */
#define GN_OV_REACH_TELL (60 * GN_SEC)   /* between changes of what we say of our reach: each goes
                                            to all links */
#define GN_OV_LEAF_AGAIN (60 * GN_SEC)   /* after a refused leaf link; when the peer says, sooner */
#define GN_OV_LEAF_LEAST GN_SEC          /* it says no less than this, and is believed once in the
                                            time above */
#define GN_OV_LEAF_SOON (50 * GN_MSEC)   /* after that moment, and as much again at random */
#define GN_OV_FILL (120 * GN_SEC)        /* between checks of annuli and caps */
#define GN_OV_HAND_OVER (600 * GN_SEC)   /* a record that is no longer ours is kept so long at
                                            least */
#define GN_OV_STANDING (3600 * GN_SEC)   /* who is known for less does not count for letting a
                                            record go */
#define GN_OV_PROVE_TIME (30 * GN_SEC)   /* the takers of a record prove that they have it within
                                            this */
#define GN_OV_PROVE_AGAIN (3600 * GN_SEC) /* or are asked again after this */
#define GN_OV_OFFER_AGAIN (3600 * GN_SEC) /* a copy that is not ours is compared with the nearest so
                                             often */
#define GN_OV_REACH_EVERY (10 * GN_SEC)  /* the density of the ring is taken from all link lists so
                                            often */
#define GN_OV_REPAIR_DELAY (1 * GN_SEC)  /* after a leaf change: more of them usually follow */
#define GN_OV_SPREAD_DELAY (20 * GN_SEC) /* after a PUT: its writer reaches the rest by itself, as a
                                            rule */
#define GN_OV_REPAIR_SECOND (8 * GN_SEC) /* between the rounds of a repair pass */
#define GN_OV_REPAIR_PAUSE (10 * GN_MSEC) /* between the ticks of a pass */
#define GN_OV_REPAIR_AGAIN (15 * GN_SEC) /* while members have not confirmed, doubled up to the
                                            digest period */
#define GN_OV_BOOT_FIRST (1 * GN_SEC)    /* between bootstrap attempts, doubled ... */
#define GN_OV_BOOT_LAST (60 * GN_SEC)    /* ... up to this, for ever */
#define GN_OV_BEGIN (200 * GN_MSEC)      /* after the start or the last restored record: time to
                                            name bootstrap addresses */
#define GN_OV_ALONE (5 * GN_SEC)         /* no bootstrap address has answered for so long: we are
                                            the first node */
#define GN_OV_STORE_TIME (1500 * GN_MSEC) /* a holder may need so long to make a record durable */
#define GN_OV_LINE_SLOW (125 * GN_MSEC)  /* that a line takes for a KiB of records at most, and
                                            until it is known */
#define GN_OV_LINE_FREE (8u << 10)       /* bytes of records on their way that are in every deadline
                                            already */
#define GN_OV_LINE_MAX (60 * GN_SEC)     /* a line is waited for so long at most: 480 KiB at the
                                            slowest */
#define GN_OV_OP_LIFE (30 * GN_SEC)      /* an operation ends by then, and its line's time, whatever
                                            happens */
#define GN_OV_CLOCK_STEP (120 * GN_SEC)  /* clocks that differ by more are wrong: under half of
                                            GN_RECORD_AHEAD_MAX */
#define GN_OV_CLOCK_VOTES 3              /* prefixes (keys where exempt) whose clocks must be known
                                            to correct ours */
#define GN_OV_CLOCK_HOLD (600 * GN_SEC)  /* a clock that was set is followed after this when nobody
                                            can tell */
#define GN_OV_CLOCK_SURE (3600 * GN_SEC) /* uptime after which a clock that nobody confirms may end
                                            a grace */
#define GN_OV_CLOCK_LOOK (10 * GN_SEC)   /* between looks at what peers say */
#define GN_OV_KEEP_EXPIRED (7 * 86400 * GN_SEC) /* of running time: long enough for a wrong clock to
                                                   be noticed */
#define GN_OV_HEAL_FIRST (5 * GN_SEC)    /* below L links: healing at once, then doubled up to its
                                            period */
#define GN_OV_PROBATION (600 * GN_SEC)

/* clang-format on */

#endif
