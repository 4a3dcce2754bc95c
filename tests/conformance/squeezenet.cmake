if(VENTRAL_SERVICE)
  add_test(NAME conformance.squeezenet_equals_its_peers COMMAND ${VENTRAL_PYTHON}
    ${CMAKE_CURRENT_LIST_DIR}/squeezenet_peers.py $<TARGET_FILE:ventral> ${PROJECT_SOURCE_DIR} ${VENTRAL_SHARED})
  # The longest of all: it starts first, and others run beside it.
  set_tests_properties(conformance.squeezenet_equals_its_peers PROPERTIES
    LABELS conformance TIMEOUT 1200 SKIP_RETURN_CODE 77 COST 600)
endif()
