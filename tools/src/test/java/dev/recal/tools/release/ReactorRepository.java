package dev.recal.tools.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A Maven repository with the artefacts of this build, under a version that no other repository
 * has: what an outside program would get, without anything in the user's own repository.
 */
final class ReactorRepository {

  static final String VERSION = "0-of-this-build";

  private static final Path ROOT = Path.of("..");
  private static final Map<String, String> POMS =
      Map.of("recal", ".", "recal-bom", "bom", "recal-libraries", "libraries");

  private ReactorRepository() {}

  /**
   * Writes the POMs of all modules and the jars of those below {@code tools}.
   *
   * @return whether all jars are there; they are, once the phase {@code package} is over
   */
  static boolean write(Path repository, String buildVersion) throws IOException {
    for (Map.Entry<String, String> pom : POMS.entrySet()) {
      writePom(repository, pom.getKey(), pom.getValue(), buildVersion);
    }
    boolean complete = true;
    for (String artifact : StagedRelease.JARS.keySet()) {
      String module = artifact.substring("recal-".length());
      writePom(repository, artifact, module, buildVersion);
      Path jar = ROOT.resolve(module).resolve("target/" + artifact + "-" + buildVersion + ".jar");
      if (Files.isRegularFile(jar)) {
        Files.copy(jar, file(repository, artifact, ".jar"));
      } else {
        complete &= artifact.equals("recal-tools") || artifact.equals("recal-spark");
      }
    }
    return complete;
  }

  private static void writePom(Path repository, String artifact, String module, String version)
      throws IOException {
    String pom = Files.readString(ROOT.resolve(module).resolve("pom.xml"));
    Path file = file(repository, artifact, ".pom");
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        pom.replace("<version>" + version + "</version>", "<version>" + VERSION + "</version>"));
  }

  private static Path file(Path repository, String artifact, String ending) {
    return repository
        .resolve("dev/recal/" + artifact + "/" + VERSION)
        .resolve(artifact + "-" + VERSION + ending);
  }
}
