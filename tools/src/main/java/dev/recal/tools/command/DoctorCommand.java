package dev.recal.tools.command;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import dev.recal.tools.console.Json;
import dev.recal.tools.doctor.Processor;
import dev.recal.tools.doctor.Report;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code recal doctor}: versions, devices, and what is missing. */
@Command(
    name = "doctor",
    description = "Show versions, devices, memory, and what is missing to use a GPU.")
public final class DoctorCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    Report report = Report.detect();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Json.print(out, toJson(report));
    } else {
      print(out, report);
    }
    out.flush();
    return 0;
  }

  private static void print(PrintWriter out, Report report) {
    Processor processor = report.processor();
    line(out, "Recal", report.recal());
    line(
        out,
        "TensorFlow",
        report.tensorflow()
            + " (TensorFlow Java "
            + report.tensorflowJava()
            + ", native "
            + String.join(", ", report.natives())
            + ")");
    line(out, "JVM", report.jvm());
    line(out, "System", report.system());
    line(
        out,
        "Processor",
        processor.model().orElse("unknown") + ", " + processor.cores() + " cores");
    line(
        out,
        "Instructions",
        processor.flags().isEmpty() ? "unknown" : String.join(" ", processor.flags()));
    line(
        out,
        "Memory",
        String.format(
            Locale.ROOT,
            "%s total, %s free; Java heap up to %s",
            gibibytes(report.memoryBytes()),
            gibibytes(report.freeMemoryBytes()),
            gibibytes(report.heapBytes())));
    line(out, "oneDNN", report.oneDnn() ? "on" : "off");
    line(out, "Devices", String.join(", ", report.devices()));
    line(out, "NVIDIA driver", report.gpu().driver() ? "loaded" : "not loaded");
    line(
        out,
        "CUDA libraries",
        report.gpu().found().isEmpty() ? "none found" : String.join(", ", report.gpu().found()));
    out.println();
    report.advice().forEach(out::println);
  }

  private static void line(PrintWriter out, String name, String value) {
    out.printf(Locale.ROOT, "%-15s %s%n", name, value);
  }

  private static String gibibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
  }

  private static JsonObject toJson(Report report) {
    Gson gson = new GsonBuilder().create();
    JsonObject object = new JsonObject();
    object.addProperty("recal", report.recal());
    object.addProperty("tensorflow", report.tensorflow());
    object.addProperty("tensorflow_java", report.tensorflowJava());
    object.add("natives", gson.toJsonTree(report.natives()));
    object.addProperty("jvm", report.jvm());
    object.addProperty("system", report.system());
    JsonObject processor = new JsonObject();
    processor.addProperty("model", report.processor().model().orElse(null));
    processor.addProperty("cores", report.processor().cores());
    processor.add("flags", gson.toJsonTree(report.processor().flags()));
    processor.addProperty("bfloat16", report.processor().multipliesBfloat16());
    object.add("processor", processor);
    JsonObject memory = new JsonObject();
    memory.addProperty("total_bytes", report.memoryBytes());
    memory.addProperty("free_bytes", report.freeMemoryBytes());
    memory.addProperty("heap_bytes", report.heapBytes());
    object.add("memory", memory);
    object.addProperty("onednn", report.oneDnn());
    object.add("devices", gson.toJsonTree(report.devices()));
    JsonObject gpu = new JsonObject();
    gpu.addProperty("driver", report.gpu().driver());
    gpu.add("found", gson.toJsonTree(report.gpu().found()));
    gpu.add("missing", gson.toJsonTree(report.gpu().missing()));
    object.add("gpu", gpu);
    object.add("advice", gson.toJsonTree(report.advice()));
    return object;
  }
}
