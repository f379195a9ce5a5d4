package dev.recal.ops;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.DeviceSpec;

/** Names of devices as TensorFlow Java's specifications, which it cannot parse itself. */
public final class Devices {

  private static final Pattern NAME =
      Pattern.compile(
          "(?:/job:([a-z][a-zA-Z0-9_]{0,99})/replica:(\\d{1,9})/task:(\\d{1,9}))?"
              + "/device:(CPU|GPU):(\\d{1,9})");

  private Devices() {}

  /**
   * Parses a name.
   *
   * @param name for example {@code /device:GPU:1}, or with the job, replica and task of a cluster
   * @throws IllegalArgumentException if it has another form
   */
  public static DeviceSpec parse(String name) {
    Matcher matcher = NAME.matcher(name);
    Arguments.require(
        matcher.matches(),
        "device",
        "a name like /job:worker/replica:0/task:0/device:CPU:0 or /device:CPU:0",
        "'" + name + "'");
    DeviceSpec.Builder builder =
        DeviceSpec.newBuilder()
            .deviceType(DeviceSpec.DeviceType.valueOf(matcher.group(4)))
            .deviceIndex(Integer.valueOf(matcher.group(5)));
    if (matcher.group(1) != null) {
      builder
          .job(matcher.group(1))
          .replica(Integer.valueOf(matcher.group(2)))
          .task(Integer.valueOf(matcher.group(3)));
    }
    return builder.build();
  }
}
