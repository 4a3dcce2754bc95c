#include <memory>

#include "client/cli/admin.h"
#include "client/cli/commands.h"
#include "client/cli/format.h"
#include "client/cli/table.h"

namespace ventral::cli {
namespace {

using Admin = v1::AdminService::StubInterface;

struct QuotaFlags {
  std::string user, jobs, uploads, upload_bytes;
};

std::string HolderName(const std::string& user) {
  return user.starts_with("users/") ? user : "users/" + user;
}

// "" or "5", "none", "default".
std::string CheckLimit(const std::string& text) {
  const bool number = !text.empty() && text.size() <= 18 &&
                      text.find_first_not_of("0123456789") == std::string::npos;
  if (number || text == "none" || text == "default") return "";
  return "'" + text + "' is no limit: write a number, none, or default";
}

std::int64_t LimitOf(const std::string& text) {
  if (text == "default") return -1;
  return text == "none" ? 0 : std::stoll(text);
}

Status Show(Session& session, const QuotaFlags& flags) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  v1::GetUserQuotaRequest request;
  request.set_name(HolderName(flags.user));
  VENTRAL_ASSIGN_OR_RETURN(
      const v1::UserQuota quota,
      connection->CallTwice(connection->admin(), &Admin::GetUserQuota, request));
  session.Print(quota, FormatQuota(quota));
  return Ok{};
}

Status Set(Session& session, const QuotaFlags& flags) {
  v1::SetUserQuotaRequest request;
  request.set_name(HolderName(flags.user));
  if (!flags.jobs.empty()) request.set_jobs(LimitOf(flags.jobs));
  if (!flags.uploads.empty()) request.set_daily_uploads(LimitOf(flags.uploads));
  if (!flags.upload_bytes.empty()) request.set_daily_upload_bytes(LimitOf(flags.upload_bytes));
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  VENTRAL_ASSIGN_OR_RETURN(
      const v1::UserQuota quota,
      connection->CallTwice(connection->admin(), &Admin::SetUserQuota, request));
  session.Print(quota, FormatQuota(quota));
  return Ok{};
}

}  // namespace

std::string FormatQuota(const v1::UserQuota& quota) {
  Table table(
      {{"LIMIT"}, {"MOST", Table::Align::kRight}, {"USED", Table::Align::kRight}, {"SET FOR"}});
  const auto add = [&](const char* name, const v1::QuotaLimit& limit) {
    table.Add({name, limit.limit() == 0 ? "none" : std::to_string(limit.limit()),
               std::to_string(limit.used()), limit.own() ? "this user" : "everyone"});
  };
  add("jobs at a time", quota.jobs());
  add("uploads a day", quota.daily_uploads());
  add("bytes uploaded a day", quota.daily_upload_bytes());
  return table.Text() + "the day ends on " + Time(quota.reset_time()) + "\n";
}

void AddAdminQuota(CLI::App& admin, Session& session) {
  CLI::App* group = AddAdminGroup(admin, "quota", "What a user may do at most",
                                  "ventral admin quota show mara\n"
                                  "ventral admin quota set mara --jobs 20 --upload-bytes default");
  const auto flags = std::make_shared<QuotaFlags>();
  AddCommand(*group, session, "show", "A user's limits, and what it has used of them",
             "ventral admin quota show mara", [&session, flags] { return Show(session, *flags); })
      ->add_option("user", flags->user, "Whose")
      ->required()
      ->check(NoSecret());
  CLI::App* set = AddCommand(*group, session, "set", "Change a user's limits",
                             "ventral admin quota set mara --jobs 20 --uploads none",
                             [&session, flags] { return Set(session, *flags); });
  set->add_option("user", flags->user, "Whose")->required()->check(NoSecret());
  const CLI::Validator limit(CheckLimit, "");
  set->add_option("--jobs", flags->jobs, "That wait or run at a time: a number, none, default")
      ->check(limit);
  set->add_option("--uploads", flags->uploads, "Files uploaded a day (UTC)")->check(limit);
  set->add_option("--upload-bytes", flags->upload_bytes, "Bytes uploaded a day (UTC)")
      ->check(limit);
}

}  // namespace ventral::cli
