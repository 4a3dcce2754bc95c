// Products of one matrix A with many B. Included by dense_kernels_body.h, as that is.
//
// Eigen's product puts both of its matrices into another order every time; here A is once, and B is
// read as it is. A is cut into strips of one to three vectors of rows, and these into slices of the
// inner dimension that stay in the first cache; a tile of the product is a strip times a few
// columns and is summed in registers (Goto & van de Geijn 2008, ACM Trans. Math. Softw. 34:12).

namespace ventral {
namespace {

namespace E = VENTRAL_EIGEN;

template <typename Scalar>
struct Tiles {
  using Vector = typename E::internal::packet_traits<Scalar>::type;
  static constexpr std::ptrdiff_t kWidth = E::internal::packet_traits<Scalar>::size;
  // As many sums as there are registers for: sixteen, or with AVX-512 thirty-two.
  static constexpr int kColumns = sizeof(Vector) == 64 ? 8 : 4;
  static constexpr std::ptrdiff_t kSlice = 256;

  static std::ptrdiff_t VectorsOf(std::ptrdiff_t rows) { return (rows + kWidth - 1) / kWidth; }
  // Of so many vectors that are left: never one alone where two and two will do.
  static int StripOf(std::ptrdiff_t left) { return left == 4 || left == 2 ? 2 : left == 1 ? 1 : 3; }
  static std::ptrdiff_t Least(std::ptrdiff_t a, std::ptrdiff_t b) { return a < b ? a : b; }

  static std::ptrdiff_t Size(std::ptrdiff_t rows, std::ptrdiff_t inner) {
    return VectorsOf(rows) * kWidth * inner;
  }

  // Slice by slice, in it strip by strip, in that column by column; missing rows are 0.
  static void Pack(const Scalar* a, Scalar* packed, std::ptrdiff_t rows, std::ptrdiff_t inner) {
    for (std::ptrdiff_t first = 0; first < inner; first += kSlice) {
      const std::ptrdiff_t end = Least(first + kSlice, inner);
      std::ptrdiff_t row = 0;
      for (std::ptrdiff_t left = VectorsOf(rows); left > 0; left -= StripOf(left)) {
        const std::ptrdiff_t height = StripOf(left) * kWidth, there = Least(height, rows - row);
        for (std::ptrdiff_t k = first; k < end; ++k) {
          for (std::ptrdiff_t i = 0; i < there; ++i) *packed++ = a[k * rows + row + i];
          for (std::ptrdiff_t i = there; i < height; ++i) *packed++ = Scalar(0);
        }
        row += there;
      }
    }
  }

  // Where a tile is: `a` one strip of a slice, `b` and `c` the first of its columns.
  struct Place {
    const Scalar *a, *b;
    Scalar* c;
    std::ptrdiff_t depth, inner, rows;  // of the slice; between columns of b and of c
    std::ptrdiff_t there;               // rows of the strip that exist
    bool first;                         // the first slice, so c has nothing yet
  };

  template <int kVectors, int kTileColumns>
  static void Tile(const Place& at) {
    Vector sums[kTileColumns][kVectors];
    for (auto& column : sums) {
      for (Vector& sum : column) sum = E::internal::pset1<Vector>(Scalar(0));
    }
    const Scalar* a = at.a;
    for (std::ptrdiff_t k = 0; k < at.depth; ++k, a += kVectors * kWidth) {
      Vector strip[kVectors];
      for (int i = 0; i < kVectors; ++i) strip[i] = E::internal::ploadu<Vector>(a + i * kWidth);
      for (int j = 0; j < kTileColumns; ++j) {
        const Vector b = E::internal::pset1<Vector>(at.b[k + j * at.inner]);
        for (int i = 0; i < kVectors; ++i) sums[j][i] = E::internal::pmadd(strip[i], b, sums[j][i]);
      }
    }
    Scalar column[kVectors * kWidth];
    for (int j = 0; j < kTileColumns; ++j) {
      Scalar* const c = at.c + j * at.rows;
      for (int i = 0; i < kVectors; ++i) E::internal::pstoreu(column + i * kWidth, sums[j][i]);
      if (at.there == kVectors * kWidth) {  // a length that the compiler knows
        for (int i = 0; i < kVectors * kWidth; ++i) c[i] = at.first ? column[i] : c[i] + column[i];
      } else {
        for (int i = 0; i < at.there; ++i) c[i] = at.first ? column[i] : c[i] + column[i];
      }
    }
  }

  template <int kVectors>
  static void Strip(Place at, std::ptrdiff_t columns) {
    for (; columns >= kColumns; columns -= kColumns) {
      Tile<kVectors, kColumns>(at);
      at.b += kColumns * at.inner;
      at.c += kColumns * at.rows;
    }
    for (; columns > 0; --columns) {
      Tile<kVectors, 1>(at);
      at.b += at.inner;
      at.c += at.rows;
    }
  }

  static void Product(const Scalar* packed, const Scalar* b, Scalar* c, std::ptrdiff_t rows,
                      std::ptrdiff_t inner, std::ptrdiff_t columns) {
    for (std::ptrdiff_t first = 0; first < inner; first += kSlice) {
      const std::ptrdiff_t depth = Least(kSlice, inner - first);
      std::ptrdiff_t row = 0;
      for (std::ptrdiff_t left = VectorsOf(rows); left > 0; left -= StripOf(left)) {
        const int vectors = StripOf(left);
        const std::ptrdiff_t there = Least(vectors * kWidth, rows - row);
        const Place at{packed, b + first, c + row, depth, inner, rows, there, first == 0};
        if (vectors == 3) Strip<3>(at, columns);
        if (vectors == 2) Strip<2>(at, columns);
        if (vectors == 1) Strip<1>(at, columns);
        packed += vectors * kWidth * depth;
        row += there;
      }
    }
  }
};

}  // namespace
}  // namespace ventral
