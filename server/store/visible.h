// The one rule of who sees which model, as a condition on the row `m` of models.
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

// Whether the viewer may have the details of a score `s`: layers, resamples, what each subject and
// neuroid says. Of a private or held-out pack its publisher and who sees all may; for others they
// would be thousands of probes in one attempt.
#define VENTRAL_DETAILED(viewer)                                        \
  " (" viewer                                                           \
  "::text IS NULL OR NOT EXISTS (SELECT FROM pack_policies y"           \
  "  WHERE y.pack_id = s.pack_id AND (y.private OR y.days IS NOT NULL)" \
  "    AND y.owner IS DISTINCT FROM " viewer "::text)) "

#endif  // VENTRAL_SERVER_STORE_VISIBLE_H_
