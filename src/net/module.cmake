# QUIC (quic_conn.c) is ngtcp2's.
target_include_directories(gn_net SYSTEM PRIVATE ${GEONET_NGTCP2}/include)
