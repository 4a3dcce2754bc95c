// Private to blob: libcurl's handles and header lists, which free themselves.
#ifndef VENTRAL_SERVER_BLOB_S3_HANDLES_H_
#define VENTRAL_SERVER_BLOB_S3_HANDLES_H_

#include <curl/curl.h>

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace ventral {

using CurlHandle = std::unique_ptr<CURL, void (*)(CURL*)>;

// Easy handles and their open connections, for the next request of any thread.
class S3Handles {
 public:
  CurlHandle Take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        CurlHandle handle = std::move(idle_.back());
        idle_.pop_back();
        return handle;
      }
    }
    return {curl_easy_init(), curl_easy_cleanup};
  }
  void Give(CurlHandle handle) {
    curl_easy_reset(handle.get());  // forgets keys and callbacks, keeps the connection
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kMostIdle) idle_.push_back(std::move(handle));
  }

 private:
  static constexpr std::size_t kMostIdle = 64;

  std::mutex mutex_;
  std::vector<CurlHandle> idle_;
};

class S3Headers {
 public:
  ~S3Headers() { curl_slist_free_all(list_); }
  S3Headers() = default;
  S3Headers(const S3Headers&) = delete;
  S3Headers& operator=(const S3Headers&) = delete;
  void Add(const std::string& line) { list_ = curl_slist_append(list_, line.c_str()); }
  curl_slist* list() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_S3_HANDLES_H_
