# The metrics against NumPy, SciPy, scikit-learn and rsatoolbox.
add_executable(metrics_driver ${CMAKE_CURRENT_LIST_DIR}/metrics_driver.cc ${CMAKE_CURRENT_LIST_DIR}/encoding_operations.cc)
target_link_libraries(metrics_driver PRIVATE ventral_metrics ventral_third_party_json)
ventral_warnings(metrics_driver)
set_target_properties(metrics_driver PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
foreach(family metrics responses encoding)
  add_test(NAME conformance.${family}_equal_their_peers COMMAND ${VENTRAL_PYTHON}
    ${CMAKE_CURRENT_LIST_DIR}/${family}_peers.py $<TARGET_FILE:metrics_driver> ${VENTRAL_SHARED})
  set_tests_properties(conformance.${family}_equal_their_peers PROPERTIES
    LABELS conformance TIMEOUT 600 SKIP_RETURN_CODE 77)
endforeach()
