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

#endif  // VENTRAL_SERVER_STORE_VISIBLE_H_
