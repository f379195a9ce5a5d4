package dev.recal.tools.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The versions of the product and its platform, without loading TensorFlow. */
public final class Versions implements IVersionProvider {

  private static final Properties BUILD_PROPERTIES = read();

  /** Returns this library's version. */
  public static String recal() {
    return BUILD_PROPERTIES.getProperty("recal");
  }

  /** Returns the version of TensorFlow Java that this was built with. */
  public static String tensorflowJava() {
    return BUILD_PROPERTIES.getProperty("tensorflow-java");
  }

  /** Returns the virtual machine's name and version. */
  public static String jvm() {
    return System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version");
  }

  /** Returns the operating system's name, version and architecture. */
  public static String system() {
    return String.join(
        " ",
        System.getProperty("os.name"),
        System.getProperty("os.version"),
        System.getProperty("os.arch"));
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "Recal " + recal(), "TensorFlow Java " + tensorflowJava(), "JVM " + jvm(), "OS " + system()
    };
  }

  private static Properties read() {
    Properties properties = new Properties();
    try (InputStream stream = Versions.class.getResourceAsStream("version.properties")) {
      properties.load(stream);
    } catch (IOException broken) {
      throw new UncheckedIOException("cannot read version.properties", broken);
    }
    return properties;
  }
}
