/* Limits of the services; those that callers see are in the public headers. Amplification (work or bytes that a peer's byte can
 * cause here) is listed apart. */
#ifndef GN_SERVICES_LIMITS_H
#define GN_SERVICES_LIMITS_H

/* names */
#define NAMES_TEXT_MAX 249                /* bytes of a normalised name: with ".geo" what DNS allows, 253 */
#define NAMES_TOP_MIN 3                   /* characters of a claimed label: shorter ones would be gone in an hour */
#define NAMES_VALUE_MAX 1024              /* bytes of an entry's value */
#define NAMES_ENTRY_TTL_MAX (30u * 86400) /* seconds */
#define NAMES_JOBS_MAX 256                /* resolutions and puts at once */
#define NAMES_CACHE_MAX 1024              /* resolved names */
#define NAMES_CACHE_TTL 300               /* seconds at most: a change of owner is seen soon */
#define NAMES_PINS_MAX 65536              /* names whose first owner is remembered */
#define NAMES_STEPS_MAX 20                /* places looked up for one name: 8 labels, each may hand over to a PID, and an alias */
#define NAMES_CANDIDATES 16               /* owners told apart for one name: all that two lookups can show */
#define NAMES_CACHE_BYTES (4u << 20)      /* of cached records */

/* identity */
#define IDENTITY_NAME_MAX 128      /* bytes of a display name */
#define IDENTITY_KEY_NAME_MAX 64   /* bytes of a device's name */
#define IDENTITY_PROFILE_MAX 4096  /* bytes */

/* bundles: manifests */
#define BUNDLES_MANIFEST_MAX (64u << 20) /* bytes: GN_MANIFEST_BLOCKS of 1 MiB, and what a FlatBuffer may be */
#define BUNDLES_HEADERS_MAX 256          /* header rules of one manifest */
#define BUNDLES_HEADER_MAX 4096          /* bytes of a rule's glob, name or value */
#define BUNDLES_MIME_MAX 255             /* bytes */

#endif
