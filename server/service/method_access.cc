#include "server/service/method_access.h"

namespace ventral::service {

v1::Role ToProto(store::Role role) {
  switch (role) {
    case store::Role::kReader:
      return v1::ROLE_READER;
    case store::Role::kSubmitter:
      return v1::ROLE_SUBMITTER;
    case store::Role::kPublisher:
      return v1::ROLE_PUBLISHER;
    case store::Role::kWorker:
      return v1::ROLE_WORKER;
    case store::Role::kAdmin:
      return v1::ROLE_ADMIN;
  }
  return v1::ROLE_UNSPECIFIED;
}

std::optional<store::Role> FromProto(v1::Role role) {
  for (const store::Role known : store::kRoles) {
    if (ToProto(known) == role) return known;
  }
  return std::nullopt;
}

Result<MethodAccess> AccessOf(const google::protobuf::MethodDescriptor& method) {
  const v1::Access& stated = method.options().GetExtension(v1::access);
  const auto role = FromProto(stated.role());
  if (!role) {
    return Internal("the method " + method.full_name() +
                    " does not say who may call it: add option (access) to its proto");
  }
  return MethodAccess{"/" + method.service()->full_name() + "/" + method.name(), *role,
                      stated.audited(), stated.members_only()};
}

}  // namespace ventral::service
