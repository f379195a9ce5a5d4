package dev.recal.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Reports the slowest tests of the last build from the reports that Surefire wrote in each module.
 *
 * <p>The build runs it at the end of {@code verify}. It prints the report and writes it to {@code
 * target/slowest-tests.txt}.
 */
final class SlowestTestReport {

  private static final int CLASSES = 10;
  private static final int METHODS = 20;
  // Surefire keeps the reports of earlier builds and of renamed tests.
  private static final long BUILD_MILLIS = 3_600_000;

  /** Time of one test method, or of one run of a parameterized one. */
  private record Timed(String module, String type, String method, double seconds) {

    String inClass() {
      return module + "  " + type;
    }

    String inMethod() {
      return inClass() + "." + method;
    }
  }

  private SlowestTestReport() {}

  /**
   * Writes the report.
   *
   * @param arguments the directory of the parent project
   */
  public static void main(String[] arguments)
      throws IOException, ParserConfigurationException, SAXException {
    Path root = Path.of(arguments[0]);
    String report = report(times(root));
    Files.createDirectories(root.resolve("target"));
    Files.writeString(root.resolve("target/slowest-tests.txt"), report);
    System.out.print(report);
  }

  private static List<Timed> times(Path root)
      throws IOException, ParserConfigurationException, SAXException {
    List<Timed> times = new ArrayList<>();
    for (Path file : latest(root)) {
      String module = root.relativize(file).getName(0).toString();
      Element suite =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(file.toFile())
              .getDocumentElement();
      String name = suite.getAttribute("name");
      String type = name.substring(name.lastIndexOf('.') + 1);
      double rest = seconds(suite);
      NodeList cases = suite.getElementsByTagName("testcase");
      for (int i = 0; i < cases.getLength(); i++) {
        Element test = (Element) cases.item(i);
        String method = test.getAttribute("name").split("[(\\[{ ]", 2)[0];
        times.add(new Timed(module, type, method, seconds(test)));
        rest -= seconds(test);
      }
      times.add(new Timed(module, type, "<set-up>", Math.max(0, rest)));
    }
    return times;
  }

  private static double seconds(Element element) {
    return Double.parseDouble(element.getAttribute("time").replace(",", ""));
  }

  private static List<Path> latest(Path root) throws IOException {
    Map<Path, FileTime> written = new LinkedHashMap<>();
    try (Stream<Path> modules = Files.list(root)) {
      for (Path module : modules.sorted().toList()) {
        Path reports = module.resolve("target/surefire-reports");
        if (Files.isDirectory(reports)) {
          try (var files = Files.newDirectoryStream(reports, "TEST-*.xml")) {
            for (Path file : files) {
              written.put(file, Files.getLastModifiedTime(file));
            }
          }
        }
      }
    }
    long newest = written.values().stream().mapToLong(FileTime::toMillis).max().orElse(0);
    return written.entrySet().stream()
        .filter(entry -> newest - entry.getValue().toMillis() < BUILD_MILLIS)
        .map(Map.Entry::getKey)
        .toList();
  }

  private static String report(List<Timed> times) {
    double total = times.stream().mapToDouble(Timed::seconds).sum();
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, "%.1f s in tests, of all JVMs together%n", total));
    append(text, "By module", Integer.MAX_VALUE, sums(times, Timed::module));
    append(text, "Slowest classes", CLASSES, sums(times, Timed::inClass));
    append(text, "Slowest tests", METHODS, sums(times, Timed::inMethod));
    return text.toString();
  }

  private static Map<String, Double> sums(List<Timed> times, Function<Timed, String> group) {
    return times.stream()
        .collect(Collectors.groupingBy(group, Collectors.summingDouble(Timed::seconds)));
  }

  private static void append(
      StringBuilder text, String heading, int count, Map<String, Double> sums) {
    text.append(String.format("%n%s%n", heading));
    sums.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(count)
        .forEach(
            sum ->
                text.append(
                    String.format(Locale.ROOT, "%9.1f s  %s%n", sum.getValue(), sum.getKey())));
  }
}
