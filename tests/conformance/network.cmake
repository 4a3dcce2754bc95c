# Networks and extraction against eager PyTorch, and the Python package's own tests.
set(VENTRAL_ARCHITECTURES ${CMAKE_BINARY_DIR}/test-architectures)
add_test(NAME network.architectures COMMAND ${VENTRAL_PYTHON}
  ${CMAKE_CURRENT_SOURCE_DIR}/network_architectures.py ${VENTRAL_ARCHITECTURES})
set_tests_properties(network.architectures PROPERTIES FIXTURES_SETUP architectures LABELS conformance TIMEOUT 900)
ventral_test(network_conformance_test LABEL conformance
  SOURCES network_test.cc
  LINKS ventral_test_networks
  PROPERTIES FIXTURES_REQUIRED architectures)
target_compile_definitions(network_conformance_test PRIVATE VENTRAL_ARCHITECTURES="${VENTRAL_ARCHITECTURES}")

add_test(NAME conformance.operators COMMAND ${VENTRAL_PYTHON}
  ${CMAKE_CURRENT_SOURCE_DIR}/network_operators.py ${PROJECT_SOURCE_DIR}/scoring/network/operators.txt
  --check ${PROJECT_SOURCE_DIR}/docs/operators.md --models ${VENTRAL_SHARED}/models)
set_tests_properties(conformance.operators PROPERTIES LABELS conformance TIMEOUT 600 ENVIRONMENT
  PYTHONDONTWRITEBYTECODE=1)

add_test(NAME conformance.extract
  COMMAND ${VENTRAL_PYTHON} -m pytest -q -p no:cacheprovider ${CMAKE_CURRENT_SOURCE_DIR}/extract_test.py)
set_tests_properties(conformance.extract PROPERTIES LABELS conformance TIMEOUT 600 ENVIRONMENT
  "VENTRAL_EXTRACT=$<TARGET_FILE:ventral-extract>;VENTRAL_SHARED=${VENTRAL_SHARED};PYTHONDONTWRITEBYTECODE=1")

# As a user has it: built from the clone, its gRPC code made from proto/.
add_test(NAME python_package.install
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/install_package.sh ${PROJECT_SOURCE_DIR}
    ${CMAKE_BINARY_DIR}/python-package ${VENTRAL_PYTHON})
set_tests_properties(python_package.install PROPERTIES LABELS conformance FIXTURES_SETUP python_package)
add_test(NAME conformance.python_package
  COMMAND ${VENTRAL_PYTHON} -m pytest -q -p no:cacheprovider ${PROJECT_SOURCE_DIR}/client/python)
set_tests_properties(conformance.python_package PROPERTIES LABELS conformance TIMEOUT 1200 RUN_SERIAL ON
  FIXTURES_REQUIRED python_package ENVIRONMENT
  "PYTHONDONTWRITEBYTECODE=1;PYTHONPATH=${CMAKE_BINARY_DIR}/python-package;VENTRAL_BIN=${CMAKE_BINARY_DIR}/bin;VENTRAL_PROGRAM=${CMAKE_BINARY_DIR}/bin/ventral")
