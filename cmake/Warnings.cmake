option(VENTRAL_WERROR "Warnings are errors" OFF)
function(ventral_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
    # g++ 12 warns falsely about joining strings (GCC bug 105329), and about vectors in lambdas that it
    # inlines, in library headers too.
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-free-nonheap-object>
    $<$<BOOL:${VENTRAL_WERROR}>:-Werror>)
endfunction()
