package dev.recal.tools.release;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Checks a staged release: every artefact is there with sources, Javadoc, licence, checksums and
 * the fields that a public repository demands.
 *
 * <pre>StagedRelease STAGING VERSION [signed]</pre>
 */
public final class StagedRelease {

  /** The artefacts that only consist of a POM. */
  static final List<String> POMS = List.of("recal", "recal-bom", "recal-libraries");

  /** The modules of the jars, by artefact. */
  static final Map<String, String> JARS =
      Map.of(
          "recal-tf-ops", "dev.recal.ops",
          "recal-graphs", "dev.recal.graphs",
          "recal-savedmodels", "dev.recal.savedmodels",
          "recal-models", "dev.recal.models",
          "recal-spark", "dev.recal.spark",
          "recal-testing", "dev.recal.testing",
          "recal-tools", "dev.recal.tools");

  private static final Map<String, String> CHECKSUMS = Map.of("md5", "MD5", "sha1", "SHA-1");
  private static final List<String> LICENCE = List.of("META-INF/LICENSE", "META-INF/NOTICE");
  private static final String SNAPSHOT = "-SNAPSHOT";

  private final Path staging;
  private final String version;
  private final boolean signed;
  private final List<String> problems = new ArrayList<>();

  private StagedRelease(Path staging, String version, boolean signed) {
    this.staging = staging;
    this.version = version;
    this.signed = signed;
  }

  /** Exits with 1 if something is missing. */
  public static void main(String[] args) throws IOException {
    boolean signed = args.length > 2 && Boolean.parseBoolean(args[2]);
    List<String> problems = problems(Path.of(args[0]), args[1], signed);
    problems.forEach(System.err::println);
    if (!problems.isEmpty()) {
      throw new IllegalStateException(
          "staging: expected a complete release, but got " + problems.size() + " problems.");
    }
    System.out.println("The staged release " + args[1] + " in " + args[0] + " is complete.");
  }

  /**
   * Returns what is wrong with a staged release, as sentences.
   *
   * @param staging a Maven repository
   * @param signed whether every file needs a signature
   */
  static List<String> problems(Path staging, String version, boolean signed) throws IOException {
    StagedRelease release = new StagedRelease(staging, version, signed);
    for (String artifact : POMS) {
      release.checkPom(artifact);
    }
    for (String artifact : JARS.keySet().stream().sorted().toList()) {
      release.checkPom(artifact);
      release.checkJar(artifact);
      release.checkContents(artifact, "-sources.jar", ".java");
      release.checkContents(artifact, "-javadoc.jar", "index.html");
    }
    return release.problems;
  }

  private void checkPom(String artifact) throws IOException {
    Optional<Path> file = file(artifact, ".pom");
    if (file.isEmpty()) {
      return;
    }
    String text = Files.readString(file.get());
    List<String> fields = new ArrayList<>(List.of("name", "description"));
    if (artifact.equals("recal")) {
      // The others inherit these.
      fields.addAll(List.of("url", "licenses", "developers", "scm"));
    }
    for (String field : fields) {
      if (!Pattern.compile("<" + field + "[ >]").matcher(text).find()) {
        problems.add(file.get().getFileName() + ": expected <" + field + ">, but got none.");
      }
    }
  }

  private void checkJar(String artifact) throws IOException {
    Optional<Path> file = checkContents(artifact, ".jar", ".class");
    if (file.isEmpty()) {
      return;
    }
    try (JarFile jar = new JarFile(file.get().toFile())) {
      Manifest manifest = jar.getManifest();
      requireEntry(file.get(), manifest, "Implementation-Version", version);
      requireEntry(file.get(), manifest, "Automatic-Module-Name", JARS.get(artifact));
    }
  }

  private void requireEntry(Path file, Manifest manifest, String name, String expected) {
    String actual = manifest == null ? null : manifest.getMainAttributes().getValue(name);
    if (!expected.equals(actual)) {
      problems.add(
          file.getFileName()
              + ": "
              + name
              + ": expected "
              + expected
              + ", but got "
              + actual
              + ".");
    }
  }

  /** Every jar needs the licence, those of sources and Javadoc too: each is distributed alone. */
  private Optional<Path> checkContents(String artifact, String ending, String entries)
      throws IOException {
    Optional<Path> file = file(artifact, ending);
    if (file.isPresent()) {
      try (JarFile jar = new JarFile(file.get().toFile())) {
        if (jar.stream().noneMatch(entry -> entry.getName().endsWith(entries))) {
          problems.add(
              file.get().getFileName() + ": expected entries *" + entries + ", but got none.");
        }
        for (String entry : LICENCE) {
          if (jar.getEntry(entry) == null) {
            problems.add(file.get().getFileName() + ": expected " + entry + ", but got none.");
          }
        }
      }
    }
    return file;
  }

  /** Returns an artefact's file after a check of its checksums, or reports that there is none. */
  private Optional<Path> file(String artifact, String ending) throws IOException {
    Path directory = staging.resolve("dev/recal").resolve(artifact).resolve(version);
    String base = version.endsWith(SNAPSHOT) ? version.replace(SNAPSHOT, "") : version;
    Pattern name =
        Pattern.compile(
            Pattern.quote(artifact + "-" + base)
                + "(-SNAPSHOT|-\\d{8}\\.\\d{6}-\\d+)?"
                + Pattern.quote(ending));
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      try (Stream<Path> files = Files.list(directory)) {
        files
            .filter(file -> name.matcher(file.getFileName().toString()).matches())
            .forEach(found::add);
      }
    }
    if (found.size() != 1) {
      problems.add(artifact + ": expected one file *" + ending + ", but got " + found.size() + ".");
      return Optional.empty();
    }
    checkChecksums(found.get(0));
    return Optional.of(found.get(0));
  }

  private void checkChecksums(Path file) throws IOException {
    for (Map.Entry<String, String> kind : CHECKSUMS.entrySet()) {
      Path checksum = file.resolveSibling(file.getFileName() + "." + kind.getKey());
      if (!Files.isRegularFile(checksum)) {
        problems.add(
            file.getFileName() + ": expected a file *." + kind.getKey() + ", but got none.");
      } else if (!Files.readString(checksum).strip().equals(digest(file, kind.getValue()))) {
        problems.add(checksum.getFileName() + ": expected the file's digest, but got another one.");
      }
    }
    if (signed && !Files.isRegularFile(file.resolveSibling(file.getFileName() + ".asc"))) {
      problems.add(file.getFileName() + ": expected a signature *.asc, but got none.");
    }
  }

  static String digest(Path file, String algorithm) throws IOException {
    try (InputStream stream = Files.newInputStream(file);
        DigestInputStream digesting =
            new DigestInputStream(stream, MessageDigest.getInstance(algorithm))) {
      digesting.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digesting.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException(missing);
    }
  }
}
