# The world of the services' tests: not part of the programs.
set_target_properties(gn_services_testing PROPERTIES EXCLUDE_FROM_ALL TRUE)
target_link_libraries(gn_services_testing PUBLIC gn_store_testing PkgConfig::CMOCKA)
