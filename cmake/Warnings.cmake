option(VENTRAL_WERROR "Warnings are errors" OFF)
function(ventral_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
    $<$<BOOL:${VENTRAL_WERROR}>:-Werror>)
endfunction()
