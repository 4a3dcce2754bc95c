#ifndef VENTRAL_SERVER_SERVICE_ADMIN_HANDLERS_H_
#define VENTRAL_SERVER_SERVICE_ADMIN_HANDLERS_H_

#include "server/store/accounts.h"
#include "server/store/audit_log.h"
#include "server/store/quotas.h"
#include "ventral/v1/admin.grpc.pb.h"

namespace ventral::service {

class AdminHandlers final : public v1::AdminService::Service {
 public:
  // All outlive this.
  AdminHandlers(store::Accounts& accounts, store::AuditLog& audit, store::Quotas& quotas)
      : accounts_(accounts), audit_(audit), quotas_(quotas) {}

  grpc::Status CreateUser(grpc::ServerContext* context, const v1::CreateUserRequest* request,
                          v1::User* response) override;
  grpc::Status ListUsers(grpc::ServerContext* context, const v1::ListUsersRequest* request,
                         v1::ListUsersResponse* response) override;
  grpc::Status SetUserRole(grpc::ServerContext* context, const v1::SetUserRoleRequest* request,
                           v1::User* response) override;
  grpc::Status DisableUser(grpc::ServerContext* context, const v1::DisableUserRequest* request,
                           v1::User* response) override;
  grpc::Status EnableUser(grpc::ServerContext* context, const v1::EnableUserRequest* request,
                          v1::User* response) override;
  grpc::Status CreateToken(grpc::ServerContext* context, const v1::CreateTokenRequest* request,
                           v1::CreateTokenResponse* response) override;
  grpc::Status ListTokens(grpc::ServerContext* context, const v1::ListTokensRequest* request,
                          v1::ListTokensResponse* response) override;
  grpc::Status RevokeToken(grpc::ServerContext* context, const v1::RevokeTokenRequest* request,
                           v1::Token* response) override;
  grpc::Status ListAuditEvents(grpc::ServerContext* context,
                               const v1::ListAuditEventsRequest* request,
                               v1::ListAuditEventsResponse* response) override;
  // In quota_handlers.cc.
  grpc::Status GetUserQuota(grpc::ServerContext* context, const v1::GetUserQuotaRequest* request,
                            v1::UserQuota* response) override;
  grpc::Status SetUserQuota(grpc::ServerContext* context, const v1::SetUserQuotaRequest* request,
                            v1::UserQuota* response) override;

 private:
  store::Accounts& accounts_;
  store::AuditLog& audit_;
  store::Quotas& quotas_;
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_ADMIN_HANDLERS_H_
