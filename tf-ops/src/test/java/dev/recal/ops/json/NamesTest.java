package dev.recal.ops.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NamesTest {

  private static final List<String> KNOWN = List.of("train", "evaluate", "run");

  @Test
  void classesAndConstantsBecomeKebabCase() {
    assertThat(Names.ofClass(NamesTest.class)).isEqualTo("names-test");
    assertThat(Names.ofConstant(Thread.State.TIMED_WAITING)).isEqualTo("timed-waiting");
  }

  @Test
  void suggestsForTyposOnly() {
    assertThat(Names.nearest("tarin", KNOWN)).contains("train");
    assertThat(Names.nearest("evaluat", KNOWN)).contains("evaluate");
    assertThat(Names.nearest("runn", KNOWN)).contains("run");
    assertThat(Names.nearest("profile", KNOWN)).isEmpty();
    assertThat(Names.nearest("rxy", KNOWN)).isEmpty();
  }

  @Test
  void hintListsKnownNames() {
    assertThat(Names.hint("trainn", KNOWN))
        .isEqualTo(" Did you mean 'train'? Known are train, evaluate, run.");
    assertThat(Names.hint("xyz", KNOWN)).isEqualTo(" Known are train, evaluate, run.");
  }
}
