// Writes each audited call into the audit log, just before its client hears how it ended.
#ifndef VENTRAL_SERVER_SERVICE_AUDIT_H_
#define VENTRAL_SERVER_SERVICE_AUDIT_H_

#include <google/protobuf/message.h>
#include <grpcpp/support/server_interceptor.h>

#include <memory>
#include <string>

#include "server/store/audit_log.h"

namespace ventral::service {

// `log` outlives it. An event that cannot be stored is written into the server's own log.
// Of calls that failed, one a minute for each user, method and outcome: whoever is known cannot
// fill the database either. The server's log has them all.
// Where there are `accounts`, calls of nobody known are left to the server's log, so that strangers
// cannot fill the database.
std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeAudit(
    store::AuditLog& log, bool accounts);

// The resource that a message is about: its name, else its job, parent, checkpoint, model, pack,
// digest or id, else that of a message in it; "" where it names none. No other text of the message,
// no secret, and at most 400 bytes.
std::string ResourceIn(const google::protobuf::Message& message);
// The same of what an interceptor is handed; "" for nothing.
std::string ResourceOf(const void* message);

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_AUDIT_H_
