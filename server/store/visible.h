// The one rule of who sees which model, as a condition on the row `m` of models; and which pack.
#ifndef VENTRAL_SERVER_STORE_VISIBLE_H_
#define VENTRAL_SERVER_STORE_VISIBLE_H_

// `viewer` is the placeholder of ViewerParameter, such as "$2". Every statement that reads what
// belongs to a model for somebody has it; so nothing is counted, and no page is shorter, for a
// model that is not seen.
#define VENTRAL_VISIBLE(viewer)                                                             \
  " (m.deleted IS NULL AND (NOT m.private OR " viewer "::text IS NULL OR m.owner = " viewer \
  "::text)) "

// Whether the viewer may change the model `m`: its owner, and who sees all.
#define VENTRAL_OWNS(viewer) \
  " coalesce(" viewer "::text IS NULL OR m.owner = " viewer "::text, false) "

// Whether the pack that `row` names (a row of packs, jobs, scores …) was not deleted: it stands in
// every statement that reads for somebody what belongs to a pack.
#define VENTRAL_PACK_SEEN(row)                                            \
  " NOT EXISTS (SELECT FROM pack_policies gone WHERE gone.pack_id = " row \
  ".pack_id AND gone.deleted IS NOT NULL) "

// The same of the pack whose benchmark has this id, which begins with the pack's and a dot.
#define VENTRAL_BENCHMARK_SEEN(id)                                                  \
  " NOT EXISTS (SELECT FROM pack_policies gone WHERE gone.pack_id = split_part(" id \
  ", '.', 1) AND gone.deleted IS NOT NULL) "

// Whether the viewer may change the pack whose policy is `y`: its publisher, and who sees all.
#define VENTRAL_PUBLISHES(viewer) \
  " coalesce(" viewer "::text IS NULL OR y.owner = " viewer "::text, false) "

// Whether the viewer may have the details of a score `s`: layers, resamples, what each subject and
// neuroid says. Of a private or held-out pack its publisher and who sees all may; for others they
// would be thousands of probes in one attempt.
#define VENTRAL_DETAILED(viewer)                                        \
  " (" viewer                                                           \
  "::text IS NULL OR NOT EXISTS (SELECT FROM pack_policies y"           \
  "  WHERE y.pack_id = s.pack_id AND (y.private OR y.days IS NOT NULL)" \
  "    AND y.owner IS DISTINCT FROM " viewer "::text)) "

#endif  // VENTRAL_SERVER_STORE_VISIBLE_H_
