if(PQ_FOUND)
  target_compile_definitions(gn_hub PRIVATE GN_HAVE_PQ)
endif()
