# One interface target a third party: ventral_third_party_<name>. Headers are SYSTEM includes, so
# that our warnings are about our code.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

function(ventral_third_party name)
  add_library(ventral_third_party_${name} INTERFACE)
  target_link_libraries(ventral_third_party_${name} INTERFACE ${ARGN})
endfunction()

# Prefers a .pc file; falls back to a plain library name.
function(ventral_third_party_pkg name)
  pkg_check_modules(VENTRAL_PKG_${name} REQUIRED IMPORTED_TARGET ${ARGN})
  ventral_third_party(${name} PkgConfig::VENTRAL_PKG_${name})
endfunction()

find_package(Eigen3 3.4 REQUIRED NO_MODULE)
ventral_third_party(eigen Eigen3::Eigen)
find_package(OpenSSL REQUIRED)
ventral_third_party(crypto OpenSSL::Crypto)
find_package(nlohmann_json REQUIRED)
ventral_third_party(json nlohmann_json::nlohmann_json)
ventral_third_party(jsonschema)   # valijson: headers only
ventral_third_party(csv csv)      # libcsv has no .pc file
find_package(ZLIB REQUIRED)
ventral_third_party(zlib ZLIB::ZLIB)
ventral_third_party_pkg(png libpng)
ventral_third_party_pkg(jpeg libjpeg)
ventral_third_party(cli)          # CLI11: headers only
ventral_third_party_pkg(seccomp libseccomp)
find_package(spdlog REQUIRED)
ventral_third_party(spdlog spdlog::spdlog)

if(VENTRAL_SERVICE)
  ventral_third_party_pkg(matio matio)
  ventral_third_party_pkg(zip libzip)
  ventral_third_party_pkg(curl libcurl)
  ventral_third_party_pkg(xml pugixml)
  ventral_third_party_pkg(pqxx libpqxx libpq)
  ventral_third_party_pkg(httplib cpp-httplib)
  ventral_third_party_pkg(prometheus prometheus-cpp-core)
  find_package(Protobuf REQUIRED)
  pkg_check_modules(GRPCPP REQUIRED IMPORTED_TARGET grpc++)
  find_library(GRPCPP_REFLECTION grpc++_reflection REQUIRED)
  find_program(GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)
  ventral_third_party(grpc ${GRPCPP_REFLECTION} PkgConfig::GRPCPP protobuf::libprotobuf Threads::Threads)
  if("thread" IN_LIST VENTRAL_SANITIZE)
    # The headers of protobuf and Abseil would make types larger than those of the installed libraries, which were
    # compiled without. The standard library's keep to it.
    target_compile_options(ventral_third_party_grpc INTERFACE -U__SANITIZE_THREAD__ -D_GLIBCXX_TSAN=1)
  endif()
endif()

find_package(Torch REQUIRED)
add_library(ventral_third_party_torch INTERFACE)
target_link_libraries(ventral_third_party_torch INTERFACE ${TORCH_LIBRARIES})
target_include_directories(ventral_third_party_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
# ATen/Parallel.h has at::parallel_for run on one thread, silently, where its includer is not compiled for OpenMP. The
# runtime is the one that LibTorch brings, so that both share their threads; clang has another.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  target_compile_options(ventral_third_party_torch INTERFACE -fopenmp)
  file(GLOB VENTRAL_GOMP "${TORCH_INSTALL_PREFIX}/lib/libgomp*.so*")
  if(NOT VENTRAL_GOMP)
    set(VENTRAL_GOMP gomp)
  endif()
  target_link_libraries(ventral_third_party_torch INTERFACE ${VENTRAL_GOMP})
endif()
