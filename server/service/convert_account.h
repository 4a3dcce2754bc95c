// Users, tokens and audit events of the store → messages of ventral.v1.
#ifndef VENTRAL_SERVER_SERVICE_CONVERT_ACCOUNT_H_
#define VENTRAL_SERVER_SERVICE_CONVERT_ACCOUNT_H_

#include "server/store/accounts.h"
#include "server/store/audit_log.h"
#include "ventral/v1/admin.pb.h"

namespace ventral::service {

v1::User ToProto(const store::UserRow& row);
v1::Token ToProto(const store::TokenRow& row);
v1::AuditEvent ToProto(const store::AuditRow& row);

// @error invalid_input outside of the years 1678 to 2261, which is what TimePoint holds.
Result<TimePoint> FromTimestamp(const google::protobuf::Timestamp& time);

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_CONVERT_ACCOUNT_H_
