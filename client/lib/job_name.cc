#include "client/lib/job_name.h"

#include <algorithm>

namespace ventral::client {
namespace {

constexpr std::string_view kCollection = "jobs/";
constexpr std::size_t kIdLength = 36;  // of a UUID
constexpr std::size_t kShortestPrefix = 4;
constexpr int kPage = 1000;

std::string IdOf(const std::string& given) {
  std::string id = given.substr(given.starts_with(kCollection) ? kCollection.size() : 0);
  std::transform(id.begin(), id.end(), id.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 'a' - 'A') : c;
  });
  return id;
}

Result<std::string> ResolveWhole(Connection& connection, const std::string& id) {
  v1::GetJobRequest request;
  request.set_name(std::string(kCollection) + id);
  VENTRAL_ASSIGN_OR_RETURN(
      const v1::Job job,
      connection.Call(connection.jobs(), &v1::JobService::StubInterface::GetJob, request));
  return job.name();
}

Result<std::string> ResolvePrefix(Connection& connection, const std::string& id) {
  const std::string prefix = std::string(kCollection) + id;
  std::string found;
  v1::ListJobsRequest request;
  request.set_page_size(kPage);
  do {
    VENTRAL_ASSIGN_OR_RETURN(
        const v1::ListJobsResponse page,
        connection.Call(connection.jobs(), &v1::JobService::StubInterface::ListJobs, request));
    for (const v1::Job& job : page.jobs()) {
      if (!job.name().starts_with(prefix) || job.name() == found) continue;
      if (!found.empty()) {
        return InvalidInput("'" + id + "' fits several jobs, " + found + " and " + job.name() +
                            " among them; give more of the id");
      }
      found = job.name();
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  if (found.empty()) {
    return NotFound("no job's id begins with '" + id + "'; 'ventral jobs' lists them");
  }
  return found;
}

}  // namespace

Result<std::string> ResolveJob(Connection& connection, const std::string& given) {
  const std::string id = IdOf(given);
  if (id.size() >= kIdLength) return ResolveWhole(connection, id);
  if (id.size() >= kShortestPrefix) return ResolvePrefix(connection, id);
  return InvalidInput("'" + given + "' is too short for a job; give at least " +
                      std::to_string(kShortestPrefix) + " characters of its id");
}

}  // namespace ventral::client
