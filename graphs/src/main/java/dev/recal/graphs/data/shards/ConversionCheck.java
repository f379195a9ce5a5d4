package dev.recal.graphs.data.shards;

import dev.recal.graphs.data.Candidate;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.items.ByteStore;
import dev.recal.graphs.data.items.DecodePass;
import dev.recal.graphs.data.items.EncodedItems;
import dev.recal.graphs.data.items.ForeignFormat;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ServableImage;
import dev.recal.graphs.data.scan.FolderScan;
import dev.recal.ops.files.FileBytes;
import dev.recal.ops.files.FileFailures;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Decodes all images of a folder once, so that no shard holds one that cannot be decoded. */
final class ConversionCheck {
  private ConversionCheck() {}

  /**
   * Finds the images that cannot be decoded.
   *
   * @param folder that the scan is of
   */
  static List<SkippedItem> undecodable(Path folder, FolderScan scan) {
    Map<Boolean, List<Candidate>> foreign =
        scan.images().parallelStream()
            .collect(Collectors.partitioningBy(image -> isForeign(folder.resolve(image.name()))));
    List<SkippedItem> failures = new ArrayList<>();
    foreign.get(true).parallelStream()
        .map(image -> unconvertible(folder, image))
        .flatMap(Optional::stream)
        .forEachOrdered(failures::add);
    failures.addAll(failures(folder, foreign.get(false)));
    return failures;
  }

  // A file that cannot be read fails in the other group, which reports the reason.
  private static boolean isForeign(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return ForeignFormat.of(in.readNBytes(ForeignFormat.HEAD_BYTES)).isPresent();
    } catch (IOException unreadable) {
      return false;
    }
  }

  private static Optional<SkippedItem> unconvertible(Path folder, Candidate image) {
    try {
      ServableImage.converted(FileBytes.read(folder.resolve(image.name())));
      return Optional.empty();
    } catch (ImageHeader.UnusableImageException damaged) {
      return Optional.of(new SkippedItem(image.name(), damaged.getMessage()));
    } catch (IOException unreadable) {
      return Optional.of(
          new SkippedItem(
              image.name(), "cannot be read (" + FileFailures.reason(unreadable) + ")"));
    }
  }

  private static List<SkippedItem> failures(Path folder, List<Candidate> images) {
    if (images.isEmpty()) {
      return List.of();
    }
    List<String> names = images.stream().map(Candidate::name).toList();
    ByteStore files =
        ByteStore.Files.of(names.stream().map(name -> folder.resolve(name).toString()).toList());
    EncodedItems items =
        new EncodedItems(names, files, images.stream().map(Candidate::header).toList());
    try {
      return DecodePass.check(items).failures().stream()
          .map(failure -> new SkippedItem(failure.name(), failure.reason()))
          .toList();
    } finally {
      items.release();
    }
  }
}
