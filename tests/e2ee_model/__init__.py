"""GeoNet's end-to-end encryption as an executable model: written from the text that
docs/spec/e2ee.md stands on, never from the C sources, so that two people have read the same words.
Slow and obvious on purpose. mlkem, mldsa, chunk: mathematics; primitives: the rest; session: both
ratchets of one pair of devices; envelope: bytes; device: what a device keeps and decides;
driver: JSON lines; vectors: what a foreign implementation can check offline."""
