// Student's t distribution.
#ifndef VENTRAL_SCORING_METRICS_STUDENT_T_H_
#define VENTRAL_SCORING_METRICS_STUDENT_T_H_

namespace ventral {

// P(|T| ≤ t) of T with `dof` ≥ 1 degrees of freedom, t ≥ 0. The finite sums of Abramowitz & Stegun
// 1964, 26.7.3 and 26.7.4; above 1000 their approximation by the normal distribution, 26.7.8, which
// is within 1e-6 there.
double WithinT(double t, int dof);

// t ≥ 0 with P(|T| ≤ t) = level, 0 < level < 1.
double TQuantile(double level, int dof);

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_STUDENT_T_H_
