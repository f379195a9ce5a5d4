package dev.recal.tools.compatibility;

import eu.maveniverse.maven.mima.context.Context;
import eu.maveniverse.maven.mima.context.ContextOverrides;
import eu.maveniverse.maven.mima.context.Runtimes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.collection.CollectRequest;
import org.eclipse.aether.graph.Dependency;
import org.eclipse.aether.resolution.ArtifactResult;
import org.eclipse.aether.resolution.DependencyRequest;
import org.eclipse.aether.resolution.DependencyResolutionException;

/**
 * Jars resolved by Maven: from the local repository, or those of the user's settings. They are
 * never on this build's class path.
 */
final class Jars {

  private Jars() {}

  /**
   * Returns artifacts and their runtime dependencies.
   *
   * @param coordinates {@code group:artifact[:extension[:classifier]]:version}
   * @throws IOException if one cannot be resolved
   */
  static List<Path> of(List<String> coordinates) throws IOException {
    ContextOverrides settings = ContextOverrides.create().withUserSettings(true).build();
    try (Context maven = Runtimes.INSTANCE.getRuntime().create(settings)) {
      CollectRequest wanted = new CollectRequest();
      wanted.setRepositories(maven.remoteRepositories());
      for (String one : coordinates) {
        wanted.addDependency(new Dependency(new DefaultArtifact(one), "runtime"));
      }
      return maven
          .repositorySystem()
          .resolveDependencies(maven.repositorySystemSession(), new DependencyRequest(wanted, null))
          .getArtifactResults()
          .stream()
          .map(ArtifactResult::getArtifact)
          .map(artifact -> artifact.getFile().toPath())
          .toList();
    } catch (DependencyResolutionException e) {
      throw new IOException("The jars " + coordinates + " can be had nowhere.", e);
    }
  }
}
