// Uniforms and normals by counter, written once in terms of a vector of LANES doubles.
//
// The including file defines LANES, Reals, Words, Mask, lane_offsets, INTERLEAVE_LOW, INTERLEAVE_HIGH, MULTIPLY_ADD,
// MULTIPLY_LOW_HALVES, append_selected, any and BODY. Every operation acts on each lane alone, so a value never
// depends on the lane, the tile or the call in which it was made.
//
// Sources: J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011), for Philox;
// M. Wichura, "Algorithm AS 241: the percentage points of the normal distribution" (1988), PPND16, for the quantile.

enum {
  /// Scenarios made together: two Philox blocks a lane, two scenarios a block.
  GROUP = 4 * LANES,
  /// Scenarios between two passes: the tile and its lists stay in the first-level cache.
  TILE = 1024,
};

// MARK: - Philox

/// The two 64-bit words of the Philox4x32-10 blocks at the counters (`pair`, stream, factor).
///
/// Each 32-bit word sits in the low half of a 64-bit lane; the high half may hold anything between rounds. The rounds
/// of two vectors of blocks alternate, because those of one depend on each other.
static inline __attribute__((always_inline)) void philox_words(
    CVKDraws draws, const Words pair[2], Words even[2], Words odd[2]) {
  const Words low_half = 0xFFFFFFFFull;
  uint32_t key0 = (uint32_t)draws.seed, key1 = (uint32_t)(draws.seed >> 32);
  Words c0[2], c1[2], c2[2], c3[2];
  for (int i = 0; i < 2; i++) {
    c0[i] = pair[i];
    c1[i] = (uint64_t)draws.stream;
    c2[i] = draws.factor & 0xFFFFFFFFull;
    c3[i] = draws.factor >> 32;
  }
#pragma clang loop unroll(full)
  for (int round = 0; round < 10; round++) {
    const Words k0 = (uint64_t)key0, k1 = (uint64_t)key1;
#pragma clang loop unroll(full)
    for (int i = 0; i < 2; i++) {
      const Words product0 = MULTIPLY_LOW_HALVES(c0[i], 0xD2511F53ull);
      const Words product1 = MULTIPLY_LOW_HALVES(c2[i], 0xCD9E8D57ull);
      c0[i] = (product1 >> 32) ^ c1[i] ^ k0;
      c1[i] = product1;
      c2[i] = (product0 >> 32) ^ c3[i] ^ k1;
      c3[i] = product0;
    }
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  for (int i = 0; i < 2; i++) {
    even[i] = (c0[i] & low_half) | (c1[i] << 32);
    odd[i] = (c2[i] & low_half) | (c3[i] << 32);
  }
}

/// The centre of the cell of width 2^-52 that the top 52 bits of a word name: exact, symmetric about a half.
static inline __attribute__((always_inline)) Reals uniform(Words word) {
  const Words in_one_to_two = (word >> 12) | (Words)0x3FF0000000000000ull;
  return (Reals)in_one_to_two - (Reals)(1 - 0x1p-53);
}

/// The uniforms of the GROUP scenarios 2·pair, 2·pair + 1, …
static inline __attribute__((always_inline)) void uniform_group(CVKDraws draws, uint64_t pair, Reals group[4]) {
  const Words first = (Words)pair + lane_offsets;
  const Words pairs[2] = {first, first + (Words)(uint64_t)LANES};
  Words even[2], odd[2];
  philox_words(draws, pairs, even, odd);
  for (int half = 0; half < 2; half++) {
    group[2 * half] = uniform(INTERLEAVE_LOW(even[half], odd[half]));
    group[2 * half + 1] = uniform(INTERLEAVE_HIGH(even[half], odd[half]));
  }
}

static inline Reals load(const double *from) {
  Reals value;
  memcpy(&value, from, sizeof value);
  return value;
}

static inline void store(Reals value, double *to) { memcpy(to, &value, sizeof value); }

// MARK: - The normal quantile

/// Half the width of the central interval, |p - 1/2| <= 0.425, and the square of it.
static const double central_half_width = 0.425;
static const double central_constant = 0.180625;

/// Below this probability, exp(-25), the far tail begins.
static const double far_tail_probability = 0x1.E8A37A45FC32Ep-37;

static const double central_numerator[8] = {
    3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
    4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3};
static const double central_denominator[8] = {
    1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
    2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3};
static const double near_numerator[8] = {
    1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
    1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4};
static const double near_denominator[8] = {
    1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
    1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9};
static const double far_numerator[8] = {
    6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
    2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7};
static const double far_denominator[8] = {
    1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
    7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15};

/// The coefficients 1/3, 1/5, … 1/19 of artanh(s) / s in powers of s² beyond the constant.
static const double artanh_series[9] = {
    1.0 / 3, 1.0 / 5, 1.0 / 7, 1.0 / 9, 1.0 / 11, 1.0 / 13, 1.0 / 15, 1.0 / 17, 1.0 / 19};

static inline __attribute__((always_inline)) Reals polynomial(const double *coefficients, int terms, Reals x) {
  Reals sum = coefficients[terms - 1];
#pragma clang loop unroll(full)
  for (int term = terms - 2; term >= 0; term--) sum = MULTIPLY_ADD(sum, x, (Reals)coefficients[term]);
  return sum;
}

/// log p = e·log 2 + 2·artanh((m - 1) / (m + 1)) with p = 2^e·m, m in [sqrt(1/2), sqrt(2)), for normal numbers p > 0.
///
/// The series stops below 2^-55 of its sum; log 2 is split so that e times its first part is exact.
static inline __attribute__((always_inline)) Reals logarithm(Reals p) {
  const Words bits = (Words)p;
  // Adding the distance from sqrt(1/2) to 1 carries into the exponent exactly when the fraction exceeds sqrt(2).
  const Words shifted = bits + (Words)(0x3FF0000000000000ull - 0x3FE6A09E667F3BCDull);
  const Words mantissa = (shifted & (Words)0x000FFFFFFFFFFFFFull) + (Words)0x3FE6A09E667F3BCDull;
  const Reals exponent = (Reals)((shifted >> 52) | (Words)0x4330000000000000ull) - (Reals)(0x1p52 + 1023);
  const Reals m = (Reals)mantissa;
  const Reals s = (m - (Reals)1.0) / (m + (Reals)1.0);
  const Reals z = s * s, twice = s + s;
  const Reals fraction = MULTIPLY_ADD(twice, z * polynomial(artanh_series, 9, z), twice);
  const Reals low = MULTIPLY_ADD(exponent, (Reals)0x1.A39EF35793C76p-33, fraction);
  return MULTIPLY_ADD(exponent, (Reals)0x1.62E42FEEp-1, low);
}

/// The quantile where |p - 1/2| <= 0.425; elsewhere finite and of no meaning.
static inline __attribute__((always_inline)) Reals central_quantile(Reals centred) {
  const Reals r = MULTIPLY_ADD(-centred, centred, (Reals)central_constant);
  return centred * polynomial(central_numerator, 8, r) / polynomial(central_denominator, 8, r);
}

/// The quantile where |p - 1/2| > 0.425.
static inline __attribute__((always_inline)) Reals tail_quantile(Reals p) {
  const Reals complement = (Reals)1.0 - p;
  const Reals tail = p < complement ? p : complement;
  const Reals root = __builtin_elementwise_sqrt(-logarithm(tail));
  const Reals near = root - (Reals)1.6;
  Reals size = polynomial(near_numerator, 8, near) / polynomial(near_denominator, 8, near);
  const Mask is_far = tail < (Reals)far_tail_probability;
  if (__builtin_expect(any(is_far), 0)) {
    const Reals far = root - (Reals)5.0;
    size = is_far ? polynomial(far_numerator, 8, far) / polynomial(far_denominator, 8, far) : size;
  }
  return p < complement ? -size : size;
}

/// The positions of a tile whose probability lies outside the central interval.
typedef struct {
  int count;
  double probability[TILE + LANES];
  int32_t place[TILE + LANES];
} TailList;

/// Turns the probabilities of a tile, a whole number of vectors, into their quantiles.
///
/// The first pass writes the central formula everywhere and lists the 15 % of the lanes that belong to the tail; the
/// second works on that list in full vectors. No branch depends on a draw, save the one into the far tail.
static inline __attribute__((always_inline)) void quantiles_of_tile(double *tile, int count) {
  double tails[TILE + LANES];
  int32_t places[TILE + LANES];
  int length = 0;
  for (int i = 0; i < count; i += LANES) {
    const Reals p = load(tile + i);
    const Reals centred = p - (Reals)0.5;
    const Mask in_tail = __builtin_elementwise_abs(centred) > (Reals)central_half_width;
    store(central_quantile(centred), tile + i);
    length = append_selected(p, in_tail, i, tails, places, length);
  }
  for (int lane = 0; lane < LANES; lane++) tails[length + lane] = 0.05;
  for (int i = 0; i < length; i += LANES) store(tail_quantile(load(tails + i)), tails + i);
  for (int i = 0; i < length; i++) tile[places[i]] = tails[i];
}

// MARK: - Whole groups

static void uniform_groups(CVKDraws draws, uint64_t pair, double *out, uint64_t groups) {
  for (uint64_t i = 0; i < groups; i++) {
    Reals group[4];
    uniform_group(draws, pair + i * (GROUP / 2), group);
    for (int part = 0; part < 4; part++) store(group[part], out + i * GROUP + (uint64_t)(part * LANES));
  }
}

static void normal_groups(CVKDraws draws, uint64_t pair, double *out, uint64_t groups) {
  const uint64_t groups_of_tile = TILE / GROUP;
  for (uint64_t done = 0; done < groups; done += groups_of_tile) {
    const uint64_t now = groups - done < groups_of_tile ? groups - done : groups_of_tile;
    uniform_groups(draws, pair + done * (GROUP / 2), out + done * GROUP, now);
    quantiles_of_tile(out + done * GROUP, (int)now * GROUP);
  }
}

// MARK: - Any range

/// Covers any range of scenarios by whole groups: the first scenario of an odd start and the rest after the last
/// whole group come from a group of their own.
static inline __attribute__((always_inline)) void cover_range(
    void (*make_groups)(CVKDraws, uint64_t, double *, uint64_t), CVKDraws draws, uint64_t first, double *out,
    uint64_t count) {
  double part[GROUP];
  if (count > 0 && first % 2 == 1) {
    make_groups(draws, first / 2, part, 1);
    *out = part[1];
    first++, out++, count--;
  }
  const uint64_t whole = count / GROUP;
  make_groups(draws, first / 2, out, whole);
  const uint64_t rest = count - whole * GROUP;
  if (rest > 0) {
    make_groups(draws, first / 2 + whole * (GROUP / 2), part, 1);
    memcpy(out + whole * GROUP, part, rest * sizeof *part);
  }
}

void BODY(fill_uniforms)(CVKDraws draws, uint64_t first, double *out, uint64_t count) {
  cover_range(uniform_groups, draws, first, out, count);
}

void BODY(fill_normals)(CVKDraws draws, uint64_t first, double *out, uint64_t count) {
  cover_range(normal_groups, draws, first, out, count);
}

void BODY(normal_quantiles)(const double *probabilities, double *out, uint64_t count) {
  double tile[TILE];
  for (uint64_t done = 0; done < count; done += TILE) {
    const int now = count - done < TILE ? (int)(count - done) : TILE;
    const int padded = (now + LANES - 1) / LANES * LANES;
    memcpy(tile, probabilities + done, (size_t)now * sizeof *tile);
    for (int i = now; i < padded; i++) tile[i] = 0.5;
    quantiles_of_tile(tile, padded);
    memcpy(out + done, tile, (size_t)now * sizeof *tile);
  }
}
