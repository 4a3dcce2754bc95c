// Who may call a method, as its proto says (ventral/v1/access.proto).
#ifndef VENTRAL_SERVER_SERVICE_METHOD_ACCESS_H_
#define VENTRAL_SERVER_SERVICE_METHOD_ACCESS_H_

#include <google/protobuf/descriptor.h>

#include <optional>
#include <string>

#include "scoring/base/result.h"
#include "server/store/role.h"
#include "ventral/v1/access.pb.h"

namespace ventral::service {

struct MethodAccess {
  std::string method;  // "/ventral.v1.JobService/CancelJob"
  store::Role role = store::Role::kAdmin;
  bool audited = false;
  bool members_only = false;
};

// @error internal if the method does not say a role that this server knows.
Result<MethodAccess> AccessOf(const google::protobuf::MethodDescriptor& method);

v1::Role ToProto(store::Role role);
// nullopt for ROLE_UNSPECIFIED and for numbers of a later version.
std::optional<store::Role> FromProto(v1::Role role);

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_METHOD_ACCESS_H_
