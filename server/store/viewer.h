// For whom the store is read.
#ifndef VENTRAL_SERVER_STORE_VIEWER_H_
#define VENTRAL_SERVER_STORE_VIEWER_H_

#include <string>

namespace ventral::store {

// Sees public models, and its own private ones. A deleted model or pack is seen by nobody.
struct Viewer {
  std::string user;       // id; empty where nobody known looks
  bool sees_all = false;  // an admin, the service itself, and anybody where accounts are off
};

inline Viewer Everything() { return {"", true}; }

// What stands for the viewer in a statement: NULL where it sees all.
inline const char* ViewerParameter(const Viewer& viewer) {
  return viewer.sees_all ? nullptr : viewer.user.c_str();
}

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_VIEWER_H_
