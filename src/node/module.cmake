# The status page as bytes inside the node: page/* -> pages.c in the build directory.
file(GLOB page_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/node/page/*)
set(pages_c ${CMAKE_BINARY_DIR}/gen/node_pages.c)
add_custom_command(OUTPUT ${pages_c}
  COMMAND ${CMAKE_SOURCE_DIR}/tools/embed ${pages_c} ${page_files}
  DEPENDS ${page_files} ${CMAKE_SOURCE_DIR}/tools/embed VERBATIM)
target_sources(gn_node PRIVATE ${pages_c})
add_custom_target(gn_node_pages DEPENDS ${pages_c}) # for who compiles the sources once more
add_dependencies(gn_node gn_node_pages)
