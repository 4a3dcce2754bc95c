# VENTRAL_SANITIZE: "", "address;undefined" or "thread".
set(VENTRAL_SANITIZE "" CACHE STRING "Sanitizers for every target of the project")
if(VENTRAL_SANITIZE)
  string(REPLACE ";" "," ventral_sanitize "${VENTRAL_SANITIZE}")
  add_compile_options(-fsanitize=${ventral_sanitize} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${ventral_sanitize})
  if(NOT VENTRAL_FUZZ)
    # Fast enough, with lines and whole stacks in a report; and soon built.
    add_compile_options(-O1 -g1)
    # GCC's manual: with a sanitizer it warns falsely of this.
    add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  endif()
endif()

# ventral_sanitize(<executable>): what it must hold for its sanitizer.
function(ventral_sanitize target)
  if(NOT "thread" IN_LIST VENTRAL_SANITIZE OR NOT VENTRAL_SERVICE)
    return()
  endif()
  if(NOT TARGET ventral_thread_sanitizer)
    add_library(ventral_thread_sanitizer OBJECT ${PROJECT_SOURCE_DIR}/tests/sanitizers/thread.cc)
    target_compile_options(ventral_thread_sanitizer PRIVATE -U__SANITIZE_THREAD__)
  endif()
  target_sources(${target} PRIVATE $<TARGET_OBJECTS:ventral_thread_sanitizer>)
endfunction()

# Every file tells libFuzzer what it runs; only the fuzzers have its main.
if(VENTRAL_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES Clang)
    message(FATAL_ERROR "VENTRAL_FUZZ needs clang: cmake --preset fuzz")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
