package dev.recal.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScoreImagesTest {

  @Test
  void optionsBecomeAJob() {
    ScoringJob job =
        ScoreImages.parse(
                List.of(
                    "--model=m",
                    "--images",
                    "hdfs://h/i",
                    "--out",
                    "o/",
                    "--top-k",
                    "3",
                    "--resume"))
            .orElseThrow();
    assertThat(job.source()).isEqualTo(new ImageFolder("hdfs://h/i"));
    assertThat(job.errors()).isEqualTo("o-errors");
    assertThat(job.scoring().topK()).isEqualTo(3);
    assertThat(job.scoring().batch()).isEqualTo(32);
    assertThat(job.chunk()).isEqualTo(20_000);
    assertThat(job.resume()).isTrue();
    assertThat(ScoreImages.parse(List.of("--help"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --out o --images i                    | --model: expected a value, but got none.
          --model m --images i                  | --out: expected a value, but got none.
          --model m --out o                     | expected either --images or --table, but got none
          --model m --out o --images i --table t | expected either --images or --table, but got both
          --modle m                             | There is no option '--modle'. Did you mean '--model'?
          --model m --model n                   | --model: expected once
          --model                               | --model: expected a value, but got none.
          --model m --out o --images i --top-k 0 | --top-k: expected a whole number of at least 1
          --model m --out o --images i --batch x | --batch: expected a whole number
          --model m --out o --images i --errors o | errors: expected another directory than out
          --model m --out o --images i --path-column p | --path-column: expected --table
          """)
  void usageErrorsNameTheOption(String arguments, String message) {
    assertThatThrownBy(() -> ScoreImages.parse(List.of(arguments.split(" "))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void messagesNameOptions() {
    assertThat(ScoreImages.withOption("out: expected a new directory."))
        .isEqualTo("--out: expected a new directory.");
    assertThat(ScoreImages.withOption("topK: expected 1.")).isEqualTo("--top-k: expected 1.");
    assertThat(ScoreImages.withOption("There is no file.")).isEqualTo("There is no file.");
  }
}
