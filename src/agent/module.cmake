# The schema as bytes inside the program: schema.sql -> agent_schema.c in the build directory.
set(agent_schema ${CMAKE_SOURCE_DIR}/src/agent/schema.sql)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${agent_schema})
file(READ ${agent_schema} agent_schema_hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," agent_schema_bytes "${agent_schema_hex}")
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/agent_schema.c CONTENT
  "#include \"agent/db_int.h\"\nconst char agent_schema[] = {@agent_schema_bytes@ 0};\n" @ONLY)
target_sources(gn_agent PRIVATE ${CMAKE_BINARY_DIR}/generated/agent_schema.c)
# The app as bytes inside the program (cmake/app.cmake).
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/gen/agent_pages.c
  COMMAND ${CMAKE_SOURCE_DIR}/tools/embed --name agent_pages ${CMAKE_BINARY_DIR}/gen/agent_pages.c
    ${GEONET_APP_DIR}
  DEPENDS ${GEONET_APP_STAMP} ${CMAKE_SOURCE_DIR}/tools/embed VERBATIM)
target_sources(gn_agent PRIVATE ${CMAKE_BINARY_DIR}/gen/agent_pages.c)
