package dev.recal.graphs.data.source;

/** The classes of drawn scenes: shapes within the unit circle, in alphabetical order. */
enum SceneShape {
  /** A full circle. */
  DISC,
  /** A circle with a hole, through which one sees what is behind. */
  RING,
  /** A square on a corner. */
  SQUARE,
  /** A star with five tips. */
  STAR,
  /** An equilateral triangle. */
  TRIANGLE;

  private static final double HOLE = 0.55;
  private static final Outline SQUARE_OUTLINE = Outline.of(4, 1);
  private static final Outline STAR_OUTLINE = Outline.of(5, 0.45);
  private static final Outline TRIANGLE_OUTLINE = Outline.of(3, 1);

  /** Whether a place belongs to the shape. */
  boolean contains(double x, double y) {
    double squared = x * x + y * y;
    return switch (this) {
      case DISC -> squared <= 1;
      case RING -> squared <= 1 && squared >= HOLE * HOLE;
      case SQUARE -> SQUARE_OUTLINE.contains(x, y);
      case STAR -> STAR_OUTLINE.contains(x, y);
      case TRIANGLE -> TRIANGLE_OUTLINE.contains(x, y);
    };
  }

  /** The corners of a polygon. */
  private record Outline(double[] x, double[] y) {

    /**
     * A regular polygon or a star.
     *
     * @param inner radius of the corners between two tips; 1 for a polygon without them
     */
    static Outline of(int tips, double inner) {
      boolean star = inner < 1;
      int corners = star ? 2 * tips : tips;
      double[] x = new double[corners];
      double[] y = new double[corners];
      for (int i = 0; i < corners; i++) {
        double radius = star && i % 2 == 1 ? inner : 1;
        // The same in every Java runtime, unlike Math's.
        x[i] = radius * StrictMath.sin(2 * Math.PI * i / corners);
        y[i] = -radius * StrictMath.cos(2 * Math.PI * i / corners);
      }
      return new Outline(x, y);
    }

    /** Counts the edges to the right. */
    boolean contains(double px, double py) {
      boolean inside = false;
      for (int i = 0, j = x.length - 1; i < x.length; j = i++) {
        if (y[i] > py != y[j] > py && px < (x[j] - x[i]) * (py - y[i]) / (y[j] - y[i]) + x[i]) {
          inside = !inside;
        }
      }
      return inside;
    }
  }
}
