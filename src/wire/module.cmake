# The generated headers: `fbc` makes them, a test compares them with the schemas. Both in one list.
file(GLOB wire_schemas CONFIGURE_DEPENDS src/wire/schemas/*.fbs)
set(wire_sample src/wire/testdata/sample.fbs)
add_custom_target(fbc
  COMMAND tools/fbc src/wire/generated ${wire_schemas}
  COMMAND tools/fbc src/wire/testdata/generated ${wire_sample}
  COMMAND tools/fbc --ts app/src/wire/generated src/wire/schemas/app.fbs
  COMMAND tools/fbc --ts app/test/generated ${wire_sample}
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} VERBATIM)
if(GEONET_TESTS AND NOT GEONET_FUZZ)
  add_test(NAME fbc_generated COMMAND tools/fbc --check src/wire/generated ${wire_schemas}
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  add_test(NAME fbc_sample COMMAND tools/fbc --check src/wire/testdata/generated ${wire_sample}
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  add_test(NAME fbc_ts
    COMMAND tools/fbc --check --ts app/src/wire/generated src/wire/schemas/app.fbs
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  add_test(NAME fbc_ts_sample COMMAND tools/fbc --check --ts app/test/generated ${wire_sample}
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  add_test(NAME fbc_test COMMAND tools/fbc_test WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_source_files_properties(src/wire/wire_flatc_test.c PROPERTIES
    COMPILE_DEFINITIONS WIRE_FOLDER="${CMAKE_SOURCE_DIR}/src/wire")
endif()
