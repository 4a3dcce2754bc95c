#include "server/blob/s3_xml.h"

#include <time.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <pugixml.hpp>

namespace ventral {
namespace {

constexpr std::size_t kLongestUploadId = 2048;
constexpr std::size_t kLongestCode = 64;

Error CannotRead(const char* what) {
  return Unavailable("the server's blob store answers what cannot be read: try again later", what);
}

// The root, if it has this name. No DTD is looked at, so no entity grows.
pugi::xml_node RootOf(pugi::xml_document& document, std::string_view xml, const char* name) {
  if (!document.load_buffer(xml.data(), xml.size(), pugi::parse_default)) return {};
  const pugi::xml_node root = document.document_element();
  return std::string_view(root.name()) == name ? root : pugi::xml_node();
}

Result<TimePoint> TimeFrom(const char* text, const char* form) {
  struct tm parts {};
  if (::strptime(text, form, &parts) == nullptr) return InvalidInput("is no time");
  const std::chrono::seconds time(::timegm(&parts));
  // strptime reads years that no clock here can hold.
  if (time < std::chrono::seconds(0) ||
      time > std::chrono::floor<std::chrono::seconds>(TimePoint::duration::max()))
    return InvalidInput("is no time of this age");
  return TimePoint(time);
}

// "2026-11-30T10:25:06.123Z", to the second.
Result<TimePoint> TimeIn(const pugi::xml_node& node) {
  return TimeFrom(node.text().get(), "%Y-%m-%dT%H:%M:%S");
}

bool ReadSize(const char* text, Bytes* size) {
  const std::string_view digits(text);
  const auto end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, size->value);
  return read.ec == std::errc() && read.ptr == end;
}

}  // namespace

Result<S3Page> ParseS3Page(std::string_view xml) {
  pugi::xml_document document;
  const pugi::xml_node root = RootOf(document, xml, "ListBucketResult");
  if (!root) return CannotRead("wanted was a ListBucketResult");
  S3Page page;
  for (const pugi::xml_node& node : root.children("Contents")) {
    S3Object object;
    object.key = node.child("Key").text().get();
    object.etag = node.child("ETag").text().get();
    const auto modified = TimeIn(node.child("LastModified"));
    if (!modified.ok() || !ReadSize(node.child("Size").text().get(), &object.size)) {
      return CannotRead("an object of the list has no size or time");
    }
    object.modified = *modified;
    page.objects.push_back(std::move(object));
  }
  if (root.child("IsTruncated").text().as_bool()) {
    page.next = root.child("NextContinuationToken").text().get();
    if (page.next.empty()) return CannotRead("a list goes on, and does not say where");
  }
  return page;
}

Result<S3UploadPage> ParseS3Uploads(std::string_view xml) {
  pugi::xml_document document;
  const pugi::xml_node root = RootOf(document, xml, "ListMultipartUploadsResult");
  if (!root) return CannotRead("wanted was a ListMultipartUploadsResult");
  S3UploadPage page;
  for (const pugi::xml_node& node : root.children("Upload")) {
    const auto begun = TimeIn(node.child("Initiated"));
    if (!begun.ok()) return CannotRead("an upload of the list has no time");
    page.uploads.push_back(
        {node.child("Key").text().get(), node.child("UploadId").text().get(), *begun});
  }
  if (root.child("IsTruncated").text().as_bool()) {
    page.next_key = root.child("NextKeyMarker").text().get();
    page.next_id = root.child("NextUploadIdMarker").text().get();
    if (page.next_key.empty()) return CannotRead("a list goes on, and does not say where");
  }
  return page;
}

Result<std::string> ParseS3UploadId(std::string_view xml) {
  pugi::xml_document document;
  const pugi::xml_node root = RootOf(document, xml, "InitiateMultipartUploadResult");
  std::string id = root.child("UploadId").text().get();
  if (id.empty() || id.size() > kLongestUploadId) return CannotRead("an upload has no id");
  return id;
}

bool IsS3Completion(std::string_view xml) {
  pugi::xml_document document;
  return static_cast<bool>(RootOf(document, xml, "CompleteMultipartUploadResult"));
}

std::string S3ErrorCodeIn(std::string_view xml) {
  pugi::xml_document document;
  std::string code = RootOf(document, xml, "Error").child("Code").text().get();
  const bool plain =
      std::all_of(code.begin(), code.end(), [](unsigned char c) { return std::isalnum(c) != 0; });
  return plain && code.size() <= kLongestCode ? code : "";
}

Result<TimePoint> ParseHttpDate(const std::string& text) {
  return TimeFrom(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT");
}

}  // namespace ventral
