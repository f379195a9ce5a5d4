package dev.recal.tools.command;

import dev.recal.graphs.style.StyleNorm;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Norms of style networks as words: in, bn, bn-se, bn-srm. */
final class StyleNormConverter implements ITypeConverter<StyleNorm> {

  @Override
  public StyleNorm convert(String word) {
    return Stream.of(StyleNorm.values())
        .filter(norm -> word(norm).equals(word.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "expected in, bn, bn-se or bn-srm, but got '" + word + "'"));
  }

  /** Returns the word of a norm. */
  static String word(StyleNorm norm) {
    return norm.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
