package dev.recal.tools.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads Prometheus' text format as strictly as a scraper does. */
final class MetricsText {

  private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
  private static final String LABEL = "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\\n]|\\\\[\"\\\\n])*\"";
  private static final Pattern TYPE =
      Pattern.compile("# TYPE (" + NAME + ") (counter|gauge|histogram|summary|untyped)");
  private static final Pattern HELP = Pattern.compile("# HELP (" + NAME + ") .*");
  private static final Pattern SAMPLE =
      Pattern.compile(
          "("
              + NAME
              + ")(\\{(?:"
              + LABEL
              + "(?:,"
              + LABEL
              + ")*,?)?\\})? ([-+0-9.eE]+|[+-]Inf|NaN)");

  private final Map<String, Double> samples = new LinkedHashMap<>();
  private final Set<String> families = new LinkedHashSet<>();

  MetricsText(String text) {
    assertThat(text).endsWith("\n");
    String family = "";
    for (String line : text.split("\n")) {
      Matcher type = TYPE.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (type.matches()) {
        family = type.group(1);
        assertThat(families.add(family)).as("one block for %s", family).isTrue();
      } else if (!HELP.matcher(line).matches()) {
        assertThat(sample.matches()).as(line).isTrue();
        assertThat(sample.group(1)).startsWith(family);
        String key = sample.group(1) + (sample.group(2) == null ? "" : sample.group(2));
        assertThat(samples.put(key, number(sample.group(3)))).as("twice: %s", key).isNull();
      }
    }
  }

  private static double number(String text) {
    return text.endsWith("Inf")
        ? (text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY)
        : Double.parseDouble(text);
  }

  /** Returns the names of the metrics. */
  Set<String> families() {
    return families;
  }

  /** Returns the samples by name and labels, as they are written. */
  Map<String, Double> samples() {
    return samples;
  }

  double value(String key) {
    String name = key.replaceFirst("\\{.*", "");
    assertThat(samples.keySet().stream().filter(one -> one.startsWith(name)))
        .as(name)
        .contains(key);
    return samples.get(key);
  }
}
