package dev.recal.tools.console;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Writes the archive of loaded classes (AppCDS) that the launcher of a distribution asks for, from
 * which later runs of the same command start.
 *
 * <p>The JVM can write one whenever it ends, but after a wrong file name it would lack most of the
 * command's classes, and no later run would replace it. An archive gets its name when it is
 * complete: runs at the same time see all of it, or nothing.
 */
public final class ClassArchive {

  /** The file; the launcher sets it, and lets the JVM record what an archive needs. */
  static final String PROPERTY = "recal.class-archive";

  private static final AtomicBoolean WRITTEN = new AtomicBoolean();

  private ClassArchive() {}

  /** Writes the archive if the launcher asks for it; to be called when a command has succeeded. */
  public static void write() {
    String file = System.getProperty(PROPERTY, "");
    if (file.isEmpty() || WRITTEN.getAndSet(true)) {
      return;
    }
    Path archive = Path.of(file);
    Path part = archive.resolveSibling(archive.getFileName() + "." + ProcessHandle.current().pid());
    try {
      link(command("vmClassHierarchy"));
      dump(part);
      Files.move(part, archive, StandardCopyOption.ATOMIC_MOVE);
    } catch (JMException | IOException | RuntimeException impossible) {
      // Later runs start like this one.
      delete(part);
    }
  }

  // The JDK's code for this command prints the file's name.
  private static void dump(Path part) throws JMException {
    PrintStream out = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false));
    try {
      // As 'jcmd PID VM.cds dynamic_dump FILE' does.
      command("vmCds", "dynamic_dump", part.toString());
    } finally {
      System.setOut(out);
    }
  }

  private static String command(String name, String... arguments) throws JMException {
    return String.valueOf(
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                name,
                new Object[] {arguments},
                new String[] {String[].class.getName()}));
  }

  /**
   * Links the classes of a listing: archives contain linked classes only, and a class whose
   * annotations were read, as of all commands for a list of them, is not linked yet.
   *
   * @param hierarchy lines such as {@code |--|--dev.recal.tools.Main/0x00007fe8a4018d50}
   */
  private static void link(String hierarchy) {
    ClassLoader loader = ClassArchive.class.getClassLoader();
    for (String line : hierarchy.lines().toList()) {
      String name = line.replaceFirst("^[| -]*", "").replaceFirst("/.*", "");
      try {
        // Asking for members links a class, without its initialisation.
        Class.forName(name, false, loader).getDeclaredConstructors();
      } catch (ClassNotFoundException | LinkageError without) {
        // A class of a lambda, or one that refers to a library that is not there.
      }
    }
  }

  private static void delete(Path part) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException stays) {
      // Nothing reads it.
    }
  }
}
