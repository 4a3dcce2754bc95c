option(VENTRAL_WERROR "Warnings are errors" OFF)
function(ventral_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
    # g++ 12 warns falsely about joining strings, in library headers too (GCC bug 105329).
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
    $<$<BOOL:${VENTRAL_WERROR}>:-Werror>)
endfunction()
