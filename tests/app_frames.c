/* Frames of app/1 made by C, for the codecs of other languages: app_frames [COUNT] prints COUNT
 * lines of hex, a tab, and what the frame says as JSON that flatc reads. The same each time. */
#include "wire/generated/app_fb.h"
#include "wire/testing/random_fb.h"

#include <stdlib.h>

static uint8_t storage[1 << 17];

int main(int argc, char **argv)
{
	unsigned count = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 16;
	for (unsigned seed = 0; seed < count; seed++) {
		struct gn_slice frame;
		struct gn_fbt t;
		if (random_buffer(&gn_fbtype_app_frame, seed, storage, sizeof storage, &frame) ||
		    gn_fb_verify(frame, &gn_fbtype_app_frame, &t))
			return 1;
		for (size_t i = 0; i < frame.len; i++)
			printf("%02x", frame.p[i]);
		printf("\t%s\n", json_of(&gn_fbtype_app_frame, t).p);
	}
	return 0;
}
