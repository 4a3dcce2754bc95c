#include "server/measures/measures.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace ventral::measures {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;

const Histogram::BucketBoundaries kCallSeconds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                  0.25,  0.5,    1,     2.5,  5,     10,   30};
const Histogram::BucketBoundaries kRunSeconds = {1,   3,    10,   30,    60,   180,
                                                 600, 1800, 3600, 10800, 21600};

// 64 MiB to 256 GiB.
const Histogram::BucketBoundaries kPeakBytes = {0x1p26, 0x1p27, 0x1p28, 0x1p29, 0x1p30, 0x1p31,
                                                0x1p32, 0x1p33, 0x1p34, 0x1p35, 0x1p36, 0x1p38};

}  // namespace

struct Measures::Families {
  prometheus::Registry registry;
  Family<Counter>& NewCounter(const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  }
  Family<Gauge>& NewGauge(const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
  }
  Family<Histogram>& NewHistogram(const char* name, const char* help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
  }

  Family<Histogram>& calls = NewHistogram("ventral_rpc_seconds", "How long calls took, by method");
  Family<Counter>& codes = NewCounter("ventral_rpc_total", "Calls that ended, by method and code");
  Family<Counter>& attempts = NewCounter(
      "ventral_attempts_total", "Attempts at jobs that a worker ended, by outcome and cause");
  Counter& leases =
      NewCounter("ventral_lease_losses_total", "Attempts whose worker fell silent").Add({});
  Histogram& extraction =
      NewHistogram("ventral_extraction_seconds", "How long networks ran").Add({}, kRunSeconds);
  Counter& slow = NewCounter("ventral_database_slow_total",
                             "Transactions that took long (--slow-query-ms); the log names them")
                      .Add({});
  Counter& stimuli =
      NewCounter("ventral_extraction_stimuli_total", "Stimuli that networks saw").Add({});
  Histogram& extractor_peak =
      NewHistogram("ventral_extractor_peak_bytes", "Most memory of a network's process")
          .Add({}, kPeakBytes);
  Histogram& evaluator_peak =
      NewHistogram("ventral_evaluator_peak_bytes", "Most memory of a scoring process")
          .Add({}, kPeakBytes);
  Family<Gauge>& jobs = NewGauge("ventral_queue_jobs", "Jobs that have not ended, by state");
  Gauge& oldest =
      NewGauge("ventral_queue_oldest_seconds", "Age of the oldest job that waits").Add({});
  Family<Gauge>& bytes = NewGauge("ventral_blob_bytes", "Bytes of blobs that rows name, by kind");
  Family<Gauge>& free =
      NewGauge("ventral_blob_disk_free_bytes", "What is free where the blobs lie");
  Gauge& in_use = NewGauge("ventral_database_connections_in_use", "Of this server's pool").Add({});
  Gauge& pool =
      NewGauge("ventral_database_connections_limit", "Size of this server's pool").Add({});
  Gauge& up = NewGauge("ventral_database_up", "1 while the database answers").Add({});
};

// What has not happened yet is 0, not absent: a rate begins with the first one.
Measures::Measures() : families_(std::make_unique<Families>()) {
  for (const char* outcome : {"succeeded", "released", "cancelled"}) {
    families_->attempts.Add({{"outcome", outcome}, {"cause", ""}});
  }
  for (const char* cause :
       {"invalid_checkpoint", "out_of_memory", "timeout", "crash", "infrastructure", "violation"}) {
    families_->attempts.Add({{"outcome", "failed"}, {"cause", cause}});
  }
}
Measures::~Measures() = default;

void Measures::CallEnded(const std::string& method, const std::string& code, double seconds) {
  families_->calls.Add({{"method", method}}, kCallSeconds).Observe(seconds);
  families_->codes.Add({{"method", method}, {"code", code}}).Increment();
}

void Measures::AttemptEnded(const std::string& outcome, const std::string& cause) {
  families_->attempts.Add({{"outcome", outcome}, {"cause", cause}}).Increment();
}

void Measures::LeasesRanOut(int count) { families_->leases.Increment(count); }

void Measures::Reported(const Run& run) {
  families_->evaluator_peak.Observe(static_cast<double>(run.evaluator_peak_bytes));
  if (run.seconds <= 0) return;
  families_->extraction.Observe(run.seconds);
  families_->stimuli.Increment(static_cast<double>(run.stimuli));
  families_->extractor_peak.Observe(static_cast<double>(run.extractor_peak_bytes));
}

void Measures::SlowTransaction() { families_->slow.Increment(); }

std::string Measures::Text(const Levels& levels) {
  Families& f = *families_;
  f.up.Set(levels.known ? 1 : 0);
  f.in_use.Set(levels.pool_in_use);
  f.pool.Set(levels.pool_size);
  // Absent where it is not known: 0 would be a full disk, for whoever has an alarm on it.
  if (levels.blob_disk_free_bytes) {
    f.free.Add({}).Set(static_cast<double>(*levels.blob_disk_free_bytes));
  }
  if (levels.known) {  // else what was known last stays
    f.jobs.Add({{"state", "queued"}}).Set(static_cast<double>(levels.queued));
    f.jobs.Add({{"state", "running"}}).Set(static_cast<double>(levels.running));
    f.oldest.Set(levels.oldest_queued_seconds);
    f.bytes.Add({{"kind", "checkpoint"}}).Set(static_cast<double>(levels.checkpoint_bytes));
    f.bytes.Add({{"kind", "pack"}}).Set(static_cast<double>(levels.pack_bytes));
    f.bytes.Add({{"kind", "grams"}}).Set(static_cast<double>(levels.grams_bytes));
  }
  return prometheus::TextSerializer().Serialize(f.registry.Collect());
}

}  // namespace ventral::measures
