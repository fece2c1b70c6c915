# The app (app/), built by npm and Vite: GEONET_APP_DIR has its files once GEONET_APP_STAMP is
# there.
# Without npm, or with GEONET_APP off, programs have a page instead that says so.
option(GEONET_APP "build the app and put it into the agent and the node (needs npm)" ON)
find_program(NPM npm)
if(GEONET_APP AND NPM AND EXISTS ${CMAKE_SOURCE_DIR}/app/package.json)
  set(GEONET_APP_DIR ${CMAKE_BINARY_DIR}/app)
  set(GEONET_APP_STAMP ${CMAKE_BINARY_DIR}/app.stamp)
  file(GLOB_RECURSE app_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/app/src/*
    ${CMAKE_SOURCE_DIR}/app/public/*)
  file(GLOB app_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/app/*.html
    ${CMAKE_SOURCE_DIR}/app/*.json ${CMAKE_SOURCE_DIR}/app/*.ts)
  add_custom_command(OUTPUT ${GEONET_APP_STAMP}
    COMMAND ${CMAKE_SOURCE_DIR}/tools/app ${GEONET_APP_DIR}
    COMMAND ${CMAKE_COMMAND} -E touch ${GEONET_APP_STAMP}
    DEPENDS ${app_sources} ${app_files} ${CMAKE_SOURCE_DIR}/tools/app VERBATIM)
else()
  set(GEONET_APP_DIR ${CMAKE_SOURCE_DIR}/cmake/app)
  set(GEONET_APP_STAMP ${CMAKE_SOURCE_DIR}/cmake/app/index.html)
  if(GEONET_APP AND NOT NPM)
    message(STATUS "no npm here: the programs are built without the app (tools/setup app)")
  endif()
endif()
