// Places for calls that hold a thread for long: so many at a time, and half of them for one user.
#ifndef VENTRAL_SERVER_SERVICE_PLACES_H_
#define VENTRAL_SERVER_SERVICE_PLACES_H_

#include <map>
#include <mutex>
#include <string>

namespace ventral::service {

// Thread-safe.
class Places {
 public:
  explicit Places(int most) : most_(most), most_of_one_((most + 1) / 2) {}

  // One of them, for the current caller, held while it lives. Callers without a name are one user;
  // where accounts are off there are no users, and no halves.
  class Place {
   public:
    explicit Place(Places& places);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    bool held() const { return refusal_.empty(); }
    // Why there is none, for a message about the server; empty where it is held.
    const std::string& refusal() const { return refusal_; }

   private:
    Places& places_;
    std::string user_;
    std::string refusal_;
  };

 private:
  const int most_;
  const int most_of_one_;
  std::mutex mutex_;
  int held_ = 0;
  std::map<std::string, int> held_by_;  // more than none
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_PLACES_H_
