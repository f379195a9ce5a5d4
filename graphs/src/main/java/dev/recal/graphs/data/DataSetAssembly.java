package dev.recal.graphs.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last steps of opening a source: validation, remaining classes, report, digest. */
final class DataSetAssembly {
  private static final Logger LOG = LoggerFactory.getLogger(DataSetAssembly.class);

  private static final long AUTOMATIC_DECODE_BYTES = 512L << 20;

  private final String name;
  private final OpenSettings settings;
  private final List<SkippedItem> skipped = new ArrayList<>();

  DataSetAssembly(String name, OpenSettings settings) {
    this.name = name;
    this.settings = settings;
  }

  void skip(String item, String reason) {
    skipped.add(new SkippedItem(item, reason));
  }

  void skipAll(List<SkippedItem> items) {
    skipped.addAll(items);
  }

  /**
   * Makes a set of encoded images.
   *
   * @param classNames in the order of the candidates' labels
   * @param candidates in the order of the set
   * @param store makes access to the bytes of some of the candidates
   */
  DataSet encoded(
      List<String> classNames,
      List<Candidate> candidates,
      Function<List<Candidate>, ByteStore> store)
      throws IOException {
    requireImages(candidates.size());
    Items items = items(candidates, store);
    List<Candidate> usable = candidates;
    try {
      if (decodes(candidates)) {
        ImageHeader size = commonSize(candidates);
        boolean keep =
            size != null
                && Pixels.fits(
                    candidates.size(), size.height(), size.width(), settings.memoryLimitBytes());
        DecodePass.Prepared pass =
            keep
                ? DecodePass.prepare(items, new Preparation.Exact(size.height(), size.width()))
                : DecodePass.check(items);
        skipAll(pass.failures());
        usable = pass.decoded().stream().mapToObj(candidates::get).toList();
        if (keep) {
          items.release();
          items = new PixelItems(usable.stream().map(Candidate::name).toList(), pass.pixels());
        } else if (usable.size() < candidates.size() && !usable.isEmpty()) {
          Items all = items;
          items = items(usable, store);
          all.release();
        }
      }
      Digest digest = new Digest();
      usable.forEach(c -> digest.add(c.name()).add(c.size()).add(c.checksum()));
      int[] labels = usable.stream().mapToInt(Candidate::label).toArray();
      return withoutEmptyClasses(classNames, items, labels, digest);
    } catch (IOException | RuntimeException e) {
      items.release();
      throw e;
    }
  }

  /**
   * Makes a set of decoded images whose classes are known beforehand and all kept; frees the items
   * if that fails.
   *
   * @param digest so far holds the content of the items
   */
  DataSet decoded(List<String> classNames, Items items, int[] labels, Digest digest)
      throws IOException {
    try {
      report(labels.length);
      requireImages(labels.length);
      return finish(classNames, items, labels, digest);
    } catch (IOException | RuntimeException e) {
      items.release();
      throw e;
    }
  }

  /** Drops classes without remaining images. */
  private DataSet withoutEmptyClasses(
      List<String> classNames, Items items, int[] labels, Digest digest) throws IOException {
    boolean[] present = new boolean[classNames.size()];
    IntStream.of(labels).forEach(label -> present[label] = true);
    int[] newLabel = new int[classNames.size()];
    List<String> kept = new ArrayList<>();
    for (int label = 0; label < present.length; label++) {
      newLabel[label] = kept.size();
      if (present[label]) {
        kept.add(classNames.get(label));
      } else {
        skip(classNames.get(label), "is a class without usable images");
      }
    }
    report(labels.length);
    requireImages(labels.length);
    // One class from the start is a collection without classes.
    if (kept.size() < Math.min(2, classNames.size())) {
      throw new IllegalArgumentException(
          name
              + ": expected usable images of at least two classes, but only found those of "
              + kept.get(0)
              + skippedNote());
    }
    int[] relabelled = IntStream.of(labels).map(label -> newLabel[label]).toArray();
    return finish(kept, items, relabelled, digest);
  }

  private DataSet finish(List<String> classNames, Items items, int[] labels, Digest digest) {
    digest.addAll(classNames, Function.identity()).add(labels);
    int[] all = IntStream.range(0, labels.length).toArray();
    return new DataSet(name, classNames, items, all, labels, digest.toHex(), skipped);
  }

  private void requireImages(int count) throws IOException {
    if (count == 0) {
      if (settings.strict() && !skipped.isEmpty()) {
        throw strictFailure();
      }
      throw new IllegalArgumentException(name + " contains no usable images" + skippedNote());
    }
  }

  private void report(int used) throws IOException {
    if (skipped.isEmpty()) {
      return;
    }
    if (settings.strict()) {
      throw strictFailure();
    }
    LOG.warn("{}: {} used, {} skipped: {}", name, used, skipped.size(), briefSkipped());
  }

  private IOException strictFailure() {
    return new IOException(
        name
            + ": expected only usable images because strict is set, but "
            + skipped.size()
            + " are not: "
            + briefSkipped()
            + ".");
  }

  private String skippedNote() {
    return skipped.isEmpty() ? "." : " (" + skipped.size() + " skipped: " + briefSkipped() + ").";
  }

  private String briefSkipped() {
    return DataSet.brief(skipped.stream().map(SkippedItem::toString).toList());
  }

  private boolean decodes(List<Candidate> candidates) {
    return switch (settings.validation()) {
      case HEADERS -> false;
      case DECODE -> true;
      case AUTOMATIC ->
          candidates.stream().mapToLong(Candidate::size).sum() <= AUTOMATIC_DECODE_BYTES;
    };
  }

  private static Items items(
      List<Candidate> candidates, Function<List<Candidate>, ByteStore> store) {
    boolean onlyJpeg =
        candidates.stream().allMatch(c -> c.header().format() == ImageHeader.Format.JPEG);
    List<String> names = candidates.stream().map(Candidate::name).toList();
    int[] shorterSides =
        candidates.stream()
            .mapToInt(c -> Math.min(c.header().height(), c.header().width()))
            .toArray();
    return new EncodedItems(names, store.apply(candidates), onlyJpeg, shorterSides);
  }

  /** A header with the height and width of all, or null if they differ. */
  private static ImageHeader commonSize(List<Candidate> candidates) {
    ImageHeader first = candidates.get(0).header();
    boolean same =
        candidates.stream()
            .map(Candidate::header)
            .allMatch(h -> h.height() == first.height() && h.width() == first.width());
    return same ? first : null;
  }
}
