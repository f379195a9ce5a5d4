package dev.recal.tools.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What TensorFlow does on a processor, by the instruction sets that Linux reports. */
class ProcessorTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "flags : fpu sse4_2 avx avx2 fma | false | false",
        "flags : avx2 avx512f avx512dq | false | false",
        "flags : avx2 avx_vnni | true | false",
        "flags : avx2 avx512f avx512_vnni | true | false",
        "flags : avx2 avx512f avx512_vnni avx512_bf16 | true | true",
        "flags : avx2 avx512f amx_tile amx_int8 amx_bf16 | true | true",
        "Features : fp asimd bf16 | false | false",
      })
  void oneDnnIsOnWhereTheProcessorHasInstructionsForNetworks(
      String line, boolean oneDnn, boolean bfloat16) {
    Processor processor = Processor.parse(List.of("model name : A processor", line), 2);
    assertThat(processor.hasOneDnnByDefault()).isEqualTo(oneDnn);
    assertThat(processor.multipliesBfloat16()).isEqualTo(bfloat16);
    assertThat(processor.model()).contains("A processor");
    // The variable has the last word.
    assertThat(Report.oneDnn(null, processor)).isEqualTo(oneDnn);
    assertThat(Report.oneDnn(" ", processor)).isEqualTo(oneDnn);
    assertThat(Report.oneDnn("0", processor)).isFalse();
    assertThat(Report.oneDnn("False", processor)).isFalse();
    assertThat(Report.oneDnn("1", processor)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "avx2 | false | TF_ENABLE_ONEDNN_OPTS=1 makes most trainings faster",
        "avx2 avx512_vnni | false | unset TF_ENABLE_ONEDNN_OPTS",
        "avx2 | true | use float32",
        "avx2 avx512_bf16 | true | try precision bfloat16",
      })
  void adviceNamesTheVariable(String flags, boolean oneDnn, String expected) {
    Processor processor = Processor.parse(List.of("flags : " + flags), 2);
    assertThat(Report.advice(processor, List.of(), oneDnn, false, GpuReport.detect()))
        .anyMatch(line -> line.contains(expected));
  }
}
