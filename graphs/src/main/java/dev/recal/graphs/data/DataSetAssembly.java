package dev.recal.graphs.data;

import dev.recal.graphs.data.items.ByteStore;
import dev.recal.graphs.data.items.DecodePass;
import dev.recal.graphs.data.items.Digest;
import dev.recal.graphs.data.items.EncodedItems;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ImageItems;
import dev.recal.graphs.data.items.Items;
import dev.recal.graphs.data.items.PixelItems;
import dev.recal.graphs.data.items.Pixels;
import dev.recal.graphs.data.items.Preparation;
import dev.recal.graphs.data.targets.ClassTargets;
import dev.recal.graphs.data.targets.TargetStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last steps of opening a source: validation, remaining classes, report, digest. */
public final class DataSetAssembly {
  private static final Logger LOG = LoggerFactory.getLogger(DataSetAssembly.class);

  private static final long AUTOMATIC_DECODE_BYTES = 512L << 20;

  private final String name;
  private final OpenSettings settings;
  private final List<SkippedItem> skipped = new ArrayList<>();

  /**
   * Begins a set.
   *
   * @param name of the set, for messages
   */
  public DataSetAssembly(String name, OpenSettings settings) {
    this.name = name;
    this.settings = settings;
  }

  /** Notes an item that is left out. */
  public void skip(String item, String reason) {
    skipped.add(new SkippedItem(item, reason));
  }

  /** Notes items that are left out. */
  public void skipAll(List<SkippedItem> items) {
    skipped.addAll(items);
  }

  /**
   * Makes a set of encoded images, each with its candidate's class. Classes without any image left
   * of are left out.
   *
   * @param classNames in the order of the candidates' labels
   * @param candidates in the order of the set
   * @param store makes access to the bytes of some of the candidates
   */
  public DataSet encoded(
      List<String> classNames,
      List<Candidate> candidates,
      Function<List<Candidate>, ByteStore> store)
      throws IOException {
    int[] labels = candidates.stream().mapToInt(Candidate::label).toArray();
    return encoded(
        candidates,
        store,
        usable -> withoutEmptyClasses(ClassTargets.of(classNames, labels).choose(usable)));
  }

  /**
   * Makes a set of encoded images with any targets; the candidates' labels do not count. An image
   * that its target does not fit is left out.
   *
   * @param targets of the candidates; one share is taken over if a set can be made
   * @param candidates in the order of the set
   * @param store makes access to the bytes of some of the candidates
   */
  public DataSet encoded(
      TargetStore targets, List<Candidate> candidates, Function<List<Candidate>, ByteStore> store)
      throws IOException {
    requireTargets(targets, candidates.size());
    int[] fitting = fitting(targets, candidates);
    TargetStore chosen = targets.choose(fitting);
    return encoded(
        IntStream.of(fitting).mapToObj(candidates::get).toList(),
        store,
        usable -> {
          report(usable.length);
          requireImages(usable.length);
          return chosen.choose(usable);
        });
  }

  private void requireFit(TargetStore targets, Items items) {
    if (!(items instanceof ImageItems images)) {
      return;
    }
    for (int item = 0; item < images.count(); item++) {
      Optional<String> reason = targets.mismatch(item, images.height(item), images.width(item));
      if (reason.isPresent()) {
        throw new IllegalArgumentException(
            "targets: image " + images.name(item) + " of " + name + " " + reason.get() + ".");
      }
    }
  }

  static void requireTargets(TargetStore targets, int items) {
    if (targets.count() != items) {
      throw new IllegalArgumentException(
          "targets: expected one for each of "
              + (items + " items, but got " + targets.count() + "."));
    }
  }

  private int[] fitting(TargetStore targets, List<Candidate> candidates) {
    return IntStream.range(0, candidates.size())
        .filter(
            index -> {
              Candidate candidate = candidates.get(index);
              ImageHeader header = candidate.header();
              Optional<String> reason = targets.mismatch(index, header.height(), header.width());
              reason.ifPresent(why -> skip(candidate.name(), why));
              return reason.isEmpty();
            })
        .toArray();
  }

  /** From the indices of the usable candidates to their targets. */
  private interface TargetFactory {
    TargetStore of(int[] usable) throws IOException;
  }

  private DataSet encoded(
      List<Candidate> candidates, Function<List<Candidate>, ByteStore> store, TargetFactory rest)
      throws IOException {
    requireImages(candidates.size());
    EncodedItems encoded = items(candidates, store);
    ImageItems items = encoded;
    int[] usable = IntStream.range(0, candidates.size()).toArray();
    try {
      Optional<long[]> contents =
          encoded.fileChecksums(candidates.stream().mapToLong(Candidate::size).toArray());
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
        pass.failures().forEach(failure -> skip(failure.name(), failure.reason()));
        usable = pass.decoded().stream().toArray();
        if (keep) {
          items.release();
          items = new PixelItems(names(candidates, usable), pass.pixels());
        } else if (usable.length < candidates.size() && usable.length > 0) {
          ImageItems all = items;
          items = items(IntStream.of(usable).mapToObj(candidates::get).toList(), store);
          all.release();
        }
      }
      Digest digest = new Digest();
      // Checkpoints of versions that did not read the contents of files hold this one.
      Digest earlier = new Digest();
      for (int index : usable) {
        Candidate c = candidates.get(index);
        long checksum = contents.isPresent() ? contents.get()[index] : c.checksum();
        digest.add(c.name()).add(c.size()).add(checksum);
        earlier.add(c.name()).add(c.size()).add(c.checksum());
      }
      return finish(
          items,
          rest.of(usable),
          contents.isPresent() ? List.of(digest, earlier) : List.of(digest));
    } catch (IOException | RuntimeException e) {
      items.release();
      throw e;
    }
  }

  private static List<String> names(List<Candidate> candidates, int[] chosen) {
    return IntStream.of(chosen).mapToObj(index -> candidates.get(index).name()).toList();
  }

  /**
   * Makes a set of decoded images whose classes are known beforehand and all kept; frees the items
   * if that fails.
   *
   * @param digest already contains the content of the items
   */
  public DataSet decoded(List<String> classNames, Items items, int[] labels, Digest digest)
      throws IOException {
    return decoded(ClassTargets.of(classNames, labels), items, digest);
  }

  /**
   * Makes a set of images or numbers in memory; frees the items if that fails.
   *
   * @param targets of the items; one share is taken over if a set can be made
   * @param digest already contains the content of the items
   */
  public DataSet decoded(TargetStore targets, Items items, Digest digest) throws IOException {
    try {
      report(items.count());
      requireImages(items.count());
      requireTargets(targets, items.count());
      requireFit(targets, items);
      return finish(items, targets, List.of(digest));
    } catch (IOException | RuntimeException e) {
      items.release();
      throw e;
    }
  }

  /** Drops classes without remaining images. */
  private ClassTargets withoutEmptyClasses(ClassTargets targets) throws IOException {
    List<String> classNames = targets.classNames();
    boolean[] present = new boolean[classNames.size()];
    IntStream.range(0, targets.count()).forEach(item -> present[targets.label(item)] = true);
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
    report(targets.count());
    requireImages(targets.count());
    // One class from the start is a collection without classes.
    if (kept.size() < Math.min(2, classNames.size())) {
      throw new IllegalArgumentException(
          name
              + ": expected usable images of at least two classes, but only found those of "
              + kept.get(0)
              + skippedNote());
    }
    return targets.relabelled(kept, newLabel);
  }

  private DataSet finish(Items items, TargetStore targets, List<Digest> digests) {
    int[] all = IntStream.range(0, items.count()).toArray();
    for (Digest digest : digests) {
      digest.addAll(targets.classNames(), Function.identity());
      targets.addTo(digest, all);
    }
    List<String> texts = digests.stream().map(Digest::toHex).toList();
    return new DataSet(name, items, all, targets, texts, skipped);
  }

  /**
   * Requires an item; the message names those that were skipped.
   *
   * @throws IOException if there is none because of skipped items, and the settings are strict
   * @throws IllegalArgumentException if there is none for another reason
   */
  public void requireImages(int count) throws IOException {
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
    return DataSet.summarise(skipped.stream().map(SkippedItem::toString).toList());
  }

  private boolean decodes(List<Candidate> candidates) {
    return switch (settings.validation()) {
      case HEADERS -> false;
      case DECODE -> true;
      case AUTOMATIC ->
          settings.strict()
              || candidates.stream().mapToLong(Candidate::size).sum() <= AUTOMATIC_DECODE_BYTES;
    };
  }

  private static EncodedItems items(
      List<Candidate> candidates, Function<List<Candidate>, ByteStore> store) {
    List<String> names = candidates.stream().map(Candidate::name).toList();
    List<ImageHeader> headers = candidates.stream().map(Candidate::header).toList();
    return new EncodedItems(names, store.apply(candidates), headers);
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
