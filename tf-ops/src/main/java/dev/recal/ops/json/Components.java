package dev.recal.ops.json;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Optional;

/** Reflection over records. */
final class Components {

  private Components() {}

  static Object value(Record row, RecordComponent component) {
    Method accessor = component.getAccessor();
    try {
      accessor.setAccessible(true);
      return accessor.invoke(row);
    } catch (ReflectiveOperationException broken) {
      throw new IllegalStateException("cannot read " + component, broken);
    }
  }

  /** Returns the class between the angle brackets of {@code Optional<T>} or {@code List<T>}. */
  static Class<?> argument(RecordComponent component) {
    Type argument = ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
    return (Class<?>) (argument instanceof ParameterizedType own ? own.getRawType() : argument);
  }

  /** Returns the record that {@code defaults()} gives, if the class has that method. */
  static Optional<Record> defaults(Class<?> type) {
    try {
      Method method = type.getDeclaredMethod("defaults");
      method.setAccessible(true);
      return Optional.of((Record) method.invoke(null));
    } catch (NoSuchMethodException none) {
      return Optional.empty();
    } catch (ReflectiveOperationException broken) {
      throw new IllegalStateException("cannot call " + type + ".defaults()", broken);
    }
  }

  static Record create(Class<?> type, Object[] values) throws InvocationTargetException {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return (Record) constructor.newInstance(values);
    } catch (InvocationTargetException refused) {
      throw refused;
    } catch (ReflectiveOperationException broken) {
      throw new IllegalStateException("cannot make a " + type, broken);
    }
  }
}
