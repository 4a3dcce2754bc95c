// Times on their way into PostgreSQL and back: UTC, to the microsecond.
#ifndef VENTRAL_SERVER_STORE_TIMESTAMP_H_
#define VENTRAL_SERVER_STORE_TIMESTAMP_H_

#include <string>
#include <string_view>

#include "scoring/base/clock.h"
#include "scoring/base/result.h"

namespace ventral::store {

// "2025-01-31 12:00:00.123456+00"; what lies below a microsecond is cut off. Years 1 to 9999.
std::string TimestampText(TimePoint time);
// What PostgreSQL prints under DateStyle ISO and TimeZone UTC.
// @error corrupt_data if it is anything else.
Result<TimePoint> ParseTimestamp(std::string_view text);

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_TIMESTAMP_H_
