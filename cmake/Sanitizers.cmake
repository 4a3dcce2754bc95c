# VENTRAL_SANITIZE: "", "address;undefined" or "thread".
set(VENTRAL_SANITIZE "" CACHE STRING "Sanitizers for every target of the project")
if(VENTRAL_SANITIZE)
  string(REPLACE ";" "," ventral_sanitize "${VENTRAL_SANITIZE}")
  add_compile_options(-fsanitize=${ventral_sanitize} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${ventral_sanitize})
endif()
