/* The other end of an app/1 connection in tests: makes frames, takes what the server's end sent. */
#ifndef GN_HOST_TESTING_APP_PEER_H
#define GN_HOST_TESTING_APP_PEER_H

#include "host/app.h"

/* A frame of a table without children, with its length; in static storage, until the next call. */
struct gn_slice app_frame(struct gn_app_frame head, const void *args);
/* The next frame that app sends; all zero: none. In static storage, until the next call. */
struct gn_app_frame app_take(struct gn_host_app *app, gn_time now);
/* Seeds of host_app_fuzz and host_client_fuzz: {operation, length} before each piece of a stream.
 * 0: written. */
int app_write_corpus(const char *folder);

#endif
