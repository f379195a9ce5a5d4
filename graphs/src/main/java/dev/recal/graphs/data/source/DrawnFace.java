package dev.recal.graphs.data.source;

import dev.recal.graphs.data.source.FaceCanvas.Region;
import java.util.ArrayList;
import java.util.List;

/**
 * One image of a drawn identity.
 *
 * @param rgb interleaved, row by row
 * @param points pixel coordinates (x, y) of the eyes, the tip of the nose and the corners of the
 *     mouth, the left ones of the image first; the centre of the first pixel is (0, 0)
 */
record DrawnFace(byte[] rgb, List<double[]> points) {

  /** Incremented whenever the same settings draw another face. */
  static final int VERSION = 2;

  private static final double[] WHITE = {0.95, 0.95, 0.93};
  private static final double[] BLACK = {0.06, 0.05, 0.05};
  private static final double[] MOLE = {0.3, 0.18, 0.13};
  private static final double[] THROAT = {0.2, 0.06, 0.06};
  private static final double EYE_DEPTH = 0.3;
  private static final double NOSE_DEPTH = 0.5;
  private static final double MOUTH_DEPTH = 0.35;

  /** Draws an identity in one view. */
  static DrawnFace draw(FaceTraits traits, FaceView view, int size) {
    return new Painter(traits, view, new FaceCanvas(size, view.pose())).face();
  }

  private record Painter(FaceTraits traits, FaceView view, FaceCanvas canvas) {

    DrawnFace face() {
      FaceView.Scenery scenery = view.scenery();
      canvas.fill(scenery.above(), scenery.below());
      head();
      for (int side = -1; side <= 1; side += 2) {
        eye(side);
        brow(side);
      }
      nose();
      mouth();
      FaceTraits.Style style = traits.style();
      double[] mole = place(style.moleX(), style.moleY(), MOUTH_DEPTH);
      canvas.paint(ellipse(mole, 0.05, 0.05, 0), mole, 0.05, MOLE, 0.9);
      if (scenery.glasses()) {
        glasses();
      }
      if (scenery.object() > 0) {
        double[] centre = {scenery.objectX(), scenery.objectY()};
        canvas.paint(ellipse(centre, scenery.object(), scenery.object(), 0), scenery.clothes(), 1);
      }
      return new DrawnFace(canvas.develop(view.light(), view.seed()), points());
    }

    // Where a point of the face is seen: turned to the side and upwards.
    private double[] place(double u, double v, double depth) {
      FaceView.Pose pose = view.pose();
      return new double[] {
        u * Math.cos(pose.yaw()) + depth * Math.sin(pose.yaw()),
        v * Math.cos(pose.pitch()) + depth * Math.sin(pose.pitch())
      };
    }

    private void head() {
      FaceTraits.Style style = traits.style();
      FaceTraits.Outline outline = traits.outline();
      double volume = style.volume();
      double[] behind = place(0, -0.1, -0.15);
      double around = outline.width() + volume;
      canvas.paint(ellipse(behind, around, 1 + 0.7 * volume, 0), traits.hair(), 1);
      if (style.length() > 0) {
        double[] lower = place(0, 0.55 * style.length(), -0.2);
        canvas.paint(ellipse(lower, around, 0.5 + 0.5 * style.length(), 0), traits.hair(), 1);
      }
      double[] shade = FaceTraits.mix(traits.skin(), BLACK, 0.25);
      canvas.paint((u, v) -> Math.max(Math.abs(u) - 0.55 * outline.width(), 0.5 - v), shade, 1);
      canvas.paint((u, v) -> 1.12 + 0.12 * u * u - v, view.scenery().clothes(), 1);
      for (int side = -1; side <= 1; side += 2) {
        double[] ear = place(side * outline.width(), 0, 0);
        Region lobe = ellipse(ear, 0.6 * outline.ears(), 1.6 * outline.ears(), 0);
        canvas.paint(lobe, ear, 1.6 * outline.ears(), shade, 1);
      }
      Region face = outline(outline);
      canvas.paint(face, traits.skin(), 1);
      canvas.paint(
          (u, v) -> Math.max(face.distance(u, v), 0.42 - 0.35 * u * u - v),
          traits.hair(),
          0.6 * style.beard());
      canvas.paint(
          (u, v) -> {
            double from = u - style.parting();
            // Over the edge of the face, so that no line of skin is left around the hair.
            return Math.max(face.distance(u, v) - 0.03, v - style.hairline() - 0.45 * from * from);
          },
          traits.hair(),
          1);
    }

    private Region outline(FaceTraits.Outline outline) {
      double turned = outline.width() * Math.cos(view.pose().yaw() / 2);
      double square = outline.squareness();
      return (u, v) -> {
        double x = Math.abs(u) / (turned * (1 - outline.taper() * Math.max(0, v)));
        double y = Math.abs(v);
        double radius = (1 - square) * Math.sqrt(x * x + y * y) + square * Math.max(x, y);
        return (radius - 1) * turned;
      };
    }

    private double[] eyePlace(int side) {
      return place(side * traits.eyes().spacing(), traits.eyes().height(), EYE_DEPTH);
    }

    private void eye(int side) {
      FaceTraits.Eyes eyes = traits.eyes();
      double[] centre = eyePlace(side);
      double opening = eyes.size() * eyes.opening() * (1 - view.expression().closed());
      Region open = ellipse(centre, eyes.size(), opening, side * eyes.slant());
      double reach = eyes.size() + 0.05;
      canvas.paint(open, centre, reach, WHITE, 1);
      Region iris = ellipse(centre, 0.5 * eyes.size(), 0.5 * eyes.size(), 0);
      Region pupil = ellipse(centre, 0.22 * eyes.size(), 0.22 * eyes.size(), 0);
      canvas.paint(both(open, iris), centre, reach, traits.iris(), 1);
      canvas.paint(both(open, pupil), centre, reach, BLACK, 1);
      Region lid = ellipse(centre, eyes.size() + 0.02, opening + 0.02, side * eyes.slant());
      canvas.paint(
          (u, v) -> {
            double above = Math.max(lid.distance(u, v), -open.distance(u, v));
            return Math.max(above, v - centre[1] - 0.03);
          },
          centre,
          reach,
          BLACK,
          0.8);
    }

    private void brow(int side) {
      FaceTraits.Eyes eyes = traits.eyes();
      double height = eyes.height() - eyes.browHeight() - view.expression().raised();
      double[] centre = place(side * eyes.spacing(), height, EYE_DEPTH);
      double slope = side * eyes.browSlant();
      canvas.paint(
          band(centre, eyes.browLength(), slope, -0.05, eyes.browThickness()),
          centre,
          2 * eyes.browLength(),
          FaceTraits.mix(traits.hair(), BLACK, 0.35),
          0.95);
    }

    private double[] noseTip() {
      return place(0, traits.eyes().height() + traits.mouth().noseLength(), NOSE_DEPTH);
    }

    private void nose() {
      double width = traits.mouth().noseWidth();
      double length = traits.mouth().noseLength();
      double[] shade = FaceTraits.mix(traits.skin(), BLACK, 0.3);
      double[] tip = noseTip();
      double[] bridge = place(0.3 * width, traits.eyes().height() + 0.55 * length, 0.4);
      canvas.paint(ellipse(bridge, 0.25 * width, 0.45 * length, 0), bridge, length, shade, 0.5);
      canvas.paint(ellipse(tip, width, 0.5 * width, 0), tip, width, shade, 0.6);
      double[] above = {tip[0], tip[1] - 0.15 * width};
      canvas.paint(ellipse(above, 0.9 * width, 0.45 * width, 0), above, width, traits.skin(), 1);
      for (int side = -1; side <= 1; side += 2) {
        double[] nostril = {tip[0] + side * 0.5 * width, tip[1] + 0.15 * width};
        canvas.paint(ellipse(nostril, 0.22 * width, 0.14 * width, 0), nostril, width, BLACK, 0.7);
      }
    }

    private double[] mouthPlace() {
      return place(0, traits.mouth().height(), MOUTH_DEPTH);
    }

    private void mouth() {
      FaceTraits.Mouth mouth = traits.mouth();
      double[] centre = mouthPlace();
      double width = mouth.width() * Math.cos(view.pose().yaw());
      double smile = view.expression().smile();
      double open = view.expression().open();
      canvas.paint(
          band(centre, width, 0, smile, mouth.fullness() + open), centre, 0.6, traits.lips(), 1);
      canvas.paint(band(centre, 0.85 * width, 0, smile, 0.012 + open), centre, 0.6, THROAT, 0.9);
    }

    private void glasses() {
      double radius = 0.27;
      for (int side = -1; side <= 1; side += 2) {
        double[] centre = eyePlace(side);
        Region lens = ellipse(centre, radius, 0.8 * radius, 0);
        canvas.paint(
            (u, v) -> Math.abs(lens.distance(u, v)) - 0.02, centre, radius + 0.05, BLACK, 1);
      }
    }

    private List<double[]> points() {
      FaceTraits.Mouth mouth = traits.mouth();
      double corner = mouth.height() - 0.5 * view.expression().smile();
      List<double[]> places = new ArrayList<>();
      places.add(eyePlace(-1));
      places.add(eyePlace(1));
      places.add(noseTip());
      places.add(place(-mouth.width(), corner, MOUTH_DEPTH));
      places.add(place(mouth.width(), corner, MOUTH_DEPTH));
      return places.stream().map(canvas::pixel).toList();
    }
  }

  private static Region both(Region one, Region other) {
    return (u, v) -> Math.max(one.distance(u, v), other.distance(u, v));
  }

  /** An ellipse whose axes are turned by an angle. */
  private static Region ellipse(double[] centre, double width, double height, double angle) {
    double cosine = Math.cos(angle);
    double sine = Math.sin(angle);
    double across = Math.max(width, 1e-3);
    double down = Math.max(height, 1e-3);
    double shorter = Math.min(across, down);
    return (u, v) -> {
      double x = (cosine * (u - centre[0]) + sine * (v - centre[1])) / across;
      double y = (cosine * (v - centre[1]) - sine * (u - centre[0])) / down;
      return (Math.sqrt(x * x + y * y) - 1) * shorter;
    };
  }

  /** A parabola's band, thickest in the middle; its ends are raised by {@code rise}. */
  private static Region band(
      double[] centre, double halfWidth, double slope, double rise, double thickness) {
    return (u, v) -> {
      double t = (u - centre[0]) / halfWidth;
      double middle = centre[1] + slope * (u - centre[0]) - rise * (t * t - 0.5);
      double edge = Math.abs(v - middle) - thickness * Math.max(0.25, 1 - t * t);
      return Math.max(edge, (Math.abs(t) - 1) * halfWidth);
    };
  }
}
