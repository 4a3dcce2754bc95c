#include "server/service/places.h"

#include "server/service/caller.h"

namespace ventral::service {

Places::Place::Place(Places& places) : places_(places), user_(CurrentCaller().user) {
  const bool accounts = !(user_.empty() && CurrentCaller().is_admin);
  const std::lock_guard lock(places_.mutex_);
  int& own = places_.held_by_[user_];
  if (places_.held_ >= places_.most_) {
    refusal_ = "all " + std::to_string(places_.most_) + " places are taken";
  } else if (accounts && own >= places_.most_of_one_) {
    refusal_ = "you have " + std::to_string(own) + " of its " + std::to_string(places_.most_) +
               " places, and no user has more";
  } else {
    ++places_.held_;
    ++own;
  }
  if (own == 0) places_.held_by_.erase(user_);
}

Places::Place::~Place() {
  if (!held()) return;
  const std::lock_guard lock(places_.mutex_);
  --places_.held_;
  const auto own = places_.held_by_.find(user_);
  if (--own->second == 0) places_.held_by_.erase(own);
}

}  // namespace ventral::service
