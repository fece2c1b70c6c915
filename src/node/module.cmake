# The node's page as bytes inside the node: the app's node.html and what it loads (cmake/app.cmake).
set(pages_c ${CMAKE_BINARY_DIR}/gen/node_pages.c)
add_custom_command(OUTPUT ${pages_c}
  COMMAND ${CMAKE_SOURCE_DIR}/tools/embed --name node_pages --page node.html ${pages_c}
    ${GEONET_APP_DIR}
  DEPENDS ${GEONET_APP_STAMP} ${CMAKE_SOURCE_DIR}/tools/embed VERBATIM)
target_sources(gn_node PRIVATE ${pages_c})
add_custom_target(gn_node_pages DEPENDS ${pages_c}) # for who compiles the sources once more
add_dependencies(gn_node gn_node_pages)
