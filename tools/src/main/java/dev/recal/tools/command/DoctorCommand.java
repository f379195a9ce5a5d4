package dev.recal.tools.command;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.ops.runtime.CudaLibraries;
import dev.recal.ops.runtime.NvidiaDriver;
import dev.recal.tools.console.Json;
import dev.recal.tools.doctor.GpuReport;
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
    line(
        out,
        "Devices",
        report.devices().isEmpty()
            ? "none: the chosen device cannot be used"
            : String.join(", ", report.devices()));
    print(out, report.gpu());
    out.println();
    report.advice().forEach(out::println);
  }

  private static void print(PrintWriter out, GpuReport gpu) {
    NvidiaDriver driver = gpu.driver();
    line(out, "NVIDIA driver", driver.version().orElse(driver.present() ? "unknown" : "none"));
    for (int i = 0; i < driver.gpus().size(); i++) {
      NvidiaDriver.Gpu found = driver.gpus().get(i);
      line(
          out,
          "GPU " + i,
          String.format(
              Locale.ROOT,
              "%s, %s, compute capability %s",
              found.name(),
              gibibytes(found.memoryBytes()),
              found.computeCapability()));
    }
    line(out, "CUDA and cuDNN", cuda(gpu.cuda()));
    if (gpu.cuda().installation().files().isEmpty()) {
      return;
    }
    for (GpuReport.Library library : gpu.libraries()) {
      String state = library.required() ? "missing" : "missing, not required";
      out.printf(
          Locale.ROOT,
          "  %-42s %s%n",
          library.name(),
          library
              .file()
              .map(file -> library.version().map(version -> version + "  ").orElse("") + file)
              .orElse(state));
    }
  }

  private static String cuda(CudaLibraries.Findings cuda) {
    if (cuda.redistributable().isPresent()) {
      return cuda.redistributable().get()
          + cuda.extracted().map(directory -> ", extracted").orElse(", extracted at first use");
    }
    if (cuda.installation().files().isEmpty()) {
      return "not found";
    }
    return cuda.complete() ? "installed" : "incomplete";
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
    object.add("gpu", toJson(report.gpu()));
    object.add("advice", gson.toJsonTree(report.advice()));
    return object;
  }

  private static JsonObject toJson(GpuReport gpu) {
    JsonObject object = new JsonObject();
    object.addProperty("natives", gpu.natives());
    object.addProperty("driver", gpu.driver().present());
    object.addProperty("driver_version", gpu.driver().version().orElse(null));
    JsonArray gpus = new JsonArray();
    for (NvidiaDriver.Gpu found : gpu.driver().gpus()) {
      JsonObject one = new JsonObject();
      one.addProperty("name", found.name());
      one.addProperty("memory_bytes", found.memoryBytes());
      one.addProperty("compute_capability", found.computeCapability());
      gpus.add(one);
    }
    object.add("gpus", gpus);
    object.addProperty("redistributable", gpu.cuda().redistributable().orElse(null));
    JsonArray found = new JsonArray();
    JsonArray missing = new JsonArray();
    JsonArray libraries = new JsonArray();
    for (GpuReport.Library library : gpu.libraries()) {
      (library.file().isPresent() ? found : missing).add(library.name());
      JsonObject one = new JsonObject();
      one.addProperty("name", library.name());
      one.addProperty("required", library.required());
      one.addProperty("version", library.version().orElse(null));
      one.addProperty("file", library.file().orElse(null));
      libraries.add(one);
    }
    object.add("found", found);
    object.add("missing", missing);
    object.add("libraries", libraries);
    return object;
  }
}
