# VENTRAL_SANITIZE: "", "address;undefined" or "thread".
set(VENTRAL_SANITIZE "" CACHE STRING "Sanitizers for every target of the project")
if(VENTRAL_SANITIZE)
  string(REPLACE ";" "," ventral_sanitize "${VENTRAL_SANITIZE}")
  add_compile_options(-fsanitize=${ventral_sanitize} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${ventral_sanitize})
endif()
# Every file tells libFuzzer what it runs; only the fuzzers have its main.
if(VENTRAL_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES Clang)
    message(FATAL_ERROR "VENTRAL_FUZZ needs clang: cmake --preset fuzz")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
