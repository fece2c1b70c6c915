# TLS for QUIC is ngtcp2's business, too.
target_include_directories(gn_crypto SYSTEM PRIVATE ${GEONET_NGTCP2}/include)

# The English word list of BIP-39 is data of another project, so it is not kept here: it comes from
# Debian's python3-mnemonic (or from GEONET_BIP39_LIST), is checked against the hash everyone knows,
# and becomes a C array in the build directory.
find_file(GEONET_BIP39_LIST english.txt NO_DEFAULT_PATH PATHS
  /usr/lib/python3/dist-packages/mnemonic/wordlist
  /usr/share/bip39 DOC "the English word list of BIP-39")
if(NOT GEONET_BIP39_LIST)
  message(FATAL_ERROR "The English word list of BIP-39 is missing: install the package python3-mnemonic, or name the file by "
    "-DGEONET_BIP39_LIST=/path/to/english.txt")
endif()
file(SHA256 ${GEONET_BIP39_LIST} bip39_hash)
if(NOT bip39_hash STREQUAL 2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda)
  message(FATAL_ERROR "${GEONET_BIP39_LIST} is not the English word list of BIP-39 (SHA-256 ${bip39_hash})")
endif()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${GEONET_BIP39_LIST})

file(STRINGS ${GEONET_BIP39_LIST} bip39_words)
list(TRANSFORM bip39_words REPLACE "(.+)" "\"\\1\",")
list(JOIN bip39_words "\n" bip39_words)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/bip39_words.c CONTENT
  "#include \"crypto/phrase_int.h\"\nconst char gn_bip39_words[BIP39_WORDS][BIP39_WORD_MAX + 1] = {\n@bip39_words@\n};\n" @ONLY)
target_sources(gn_crypto PRIVATE ${CMAKE_BINARY_DIR}/generated/bip39_words.c)
