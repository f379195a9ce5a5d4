package dev.recal.tools.oneshot;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The size of an image on a command line.
 *
 * @param width in pixels
 * @param height in pixels
 */
public record ImageSize(int width, int height) {

  private static final Pattern FORM = Pattern.compile("([0-9]{1,7})[x×]([0-9]{1,7})");

  /** Reads a size such as {@code 400x250}. */
  public static final class Converter implements ITypeConverter<ImageSize> {
    @Override
    public ImageSize convert(String text) {
      Matcher found = FORM.matcher(text);
      if (!found.matches()) {
        throw new TypeConversionException(
            "expected WIDTHxHEIGHT in pixels, for example 400x250, but got '" + text + "'.");
      }
      ImageSize size =
          new ImageSize(Integer.parseInt(found.group(1)), Integer.parseInt(found.group(2)));
      if (size.width < 1 || size.height < 1) {
        throw new TypeConversionException("expected at least one pixel, but got '" + text + "'.");
      }
      return size;
    }
  }
}
