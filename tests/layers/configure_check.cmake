# Run with cmake -P: a target of LAYER linking LINKS and using USES passes, or stops the configuration.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/../../cmake/Layers.cmake)
ventral_check_layer(a_target ${LAYER} "${LINKS}" "${USES}")
message(STATUS "allowed")
