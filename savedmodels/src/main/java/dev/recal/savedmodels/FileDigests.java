package dev.recal.savedmodels;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.recal.ops.files.FileBytes;
import dev.recal.ops.files.FileFailures;
import dev.recal.savedmodels.check.DamagedModelException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The SHA-256 of each file of a model, recorded in {@code recal.json}: a file that was changed, cut
 * or lost since the model was written is rejected, naming the file. Digests detect accidents; an
 * attacker who changes a model on purpose can change them as well.
 *
 * <p>The digest of {@code recal.json} itself is computed with zeros in place of this digest.
 */
final class FileDigests {

  /** The member of {@link Extras#OWN}: an object from paths with slashes to hexadecimal digests. */
  static final String MEMBER = "sha256";

  private static final String METADATA = Extras.DIRECTORY + "/" + Extras.METADATA;
  private static final String UNSET = "0".repeat(64);
  private static final int BUFFER = 1 << 20;
  private static final Set<String> READ_BY_NAME =
      Set.of(
          ModelVersions.MODEL_FILE,
          METADATA,
          Extras.DIRECTORY + "/" + Extras.LABELS,
          Extras.DIRECTORY + "/" + Extras.GOLDEN_INPUTS,
          Extras.DIRECTORY + "/" + Extras.GOLDEN_OUTPUTS);
  private static final List<String> READ_BY_PREFIX = List.of("variables/variables.", "assets/");

  private FileDigests() {}

  /** Writes the metadata with the digests of all files that the model has by now. */
  static void write(Path model, JsonObject metadata) throws IOException {
    JsonObject digests = new JsonObject();
    for (String file : files(model)) {
      digests.addProperty(file, file.equals(METADATA) ? UNSET : digest(model.resolve(file)));
    }
    digests.addProperty(METADATA, UNSET);
    JsonObject all = metadata.deepCopy();
    all.getAsJsonObject(Extras.WRITER).add(MEMBER, digests);
    String text = Extras.text(all);
    Extras.writeMetadata(model, text.replace(UNSET, digest(text)));
  }

  /**
   * Compares the files of a model with their digests.
   *
   * @param metadata of the model, as read
   * @throws IOException if a file differs, is missing, or was added where loading reads it
   */
  static FileIntegrity check(Path model, JsonObject metadata) throws IOException {
    if (!(metadata.get(Extras.WRITER) instanceof JsonObject own) || !own.has(MEMBER)) {
      return new FileIntegrity(List.of(), List.of());
    }
    Map<String, String> recorded = recorded(model, own.get(MEMBER));
    requireSame(model, METADATA, recorded.get(METADATA), metadataDigest(model, recorded));
    for (Map.Entry<String, String> file : recorded.entrySet()) {
      if (!file.getKey().equals(METADATA)) {
        Path path = model.resolve(file.getKey());
        if (!Files.isRegularFile(path)) {
          throw new DamagedModelException(
              "File "
                  + path
                  + " is missing: it belongs to the model and was there when it was"
                  + " written.");
        }
        requireSame(model, file.getKey(), file.getValue(), digest(path));
      }
    }
    List<String> added = new ArrayList<>(files(model));
    added.removeAll(recorded.keySet());
    for (String file : added) {
      if (READ_BY_NAME.contains(file) || READ_BY_PREFIX.stream().anyMatch(file::startsWith)) {
        throw new DamagedModelException(
            "File "
                + model.resolve(file)
                + " does not belong to the model: it was added after the"
                + " model was written.");
      }
    }
    return new FileIntegrity(List.copyOf(recorded.keySet()), added);
  }

  private static Map<String, String> recorded(Path model, JsonElement json) throws IOException {
    Map<String, String> recorded = new TreeMap<>();
    if (json instanceof JsonObject object) {
      for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
        if (!isInside(entry.getKey())
            || !(entry.getValue() instanceof JsonPrimitive text)
            || !text.getAsString().matches("[0-9a-f]{64}")) {
          throw damaged(model);
        }
        recorded.put(entry.getKey(), text.getAsString());
      }
    }
    if (!recorded.containsKey(METADATA) || !recorded.containsKey(ModelVersions.MODEL_FILE)) {
      throw damaged(model);
    }
    return recorded;
  }

  // Names come from a file, and must not make this process read other files.
  private static boolean isInside(String name) {
    return name.matches("[^\\\\:\\p{Cntrl}]+")
        && Stream.of(name.split("/", -1))
            .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
  }

  private static DamagedModelException damaged(Path model) {
    return new DamagedModelException(
        String.format(
            Locale.ROOT,
            "File %s is damaged: '%s.%s' does not list the model's files with their SHA-256.",
            model.resolve(METADATA),
            Extras.WRITER,
            MEMBER));
  }

  private static void requireSame(Path model, String file, String expected, String found)
      throws IOException {
    if (!expected.equals(found)) {
      throw new DamagedModelException(
          String.format(
              Locale.ROOT,
              "File %s was changed after the model was written: expected SHA-256 %s…, but got %s…."
                  + " Copy or export the model again.",
              model.resolve(file),
              expected.substring(0, 12),
              found.substring(0, 12)));
    }
  }

  private static String metadataDigest(Path model, Map<String, String> recorded)
      throws IOException {
    // Its bytes, since a byte order mark would be a change as well.
    String text = new String(FileBytes.read(model.resolve(METADATA)), StandardCharsets.UTF_8);
    return digest(text.replace(recorded.get(METADATA), UNSET));
  }

  // Hidden files are what file managers leave everywhere.
  private static List<String> files(Path model) throws IOException {
    try (Stream<Path> walk = Files.walk(model, FileVisitOption.FOLLOW_LINKS)) {
      return walk.filter(Files::isRegularFile)
          .map(file -> name(model.relativize(file)))
          .filter(name -> !name.startsWith(".") && !name.contains("/."))
          .sorted()
          .toList();
    } catch (UncheckedIOException e) {
      throw new IOException(
          "The files of the SavedModel in "
              + model
              + " cannot be listed: "
              + FileFailures.reason(e.getCause())
              + ".",
          e);
    }
  }

  private static String name(Path relative) {
    List<String> parts = new ArrayList<>();
    relative.forEach(part -> parts.add(part.toString()));
    return String.join("/", parts);
  }

  private static String digest(String text) {
    return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String digest(Path file) throws IOException {
    MessageDigest digest = sha256();
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    try (FileChannel channel = FileChannel.open(file)) {
      while (channel.read(buffer) >= 0) {
        digest.update(buffer.flip());
        buffer.clear();
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("Every Java has SHA-256.", e);
    }
  }
}
