if(PQ_FOUND)
  target_compile_definitions(gn_history PRIVATE GN_HAVE_PQ)
endif()
